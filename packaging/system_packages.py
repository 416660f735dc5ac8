"""What the system must have for Handtint to run from its source, be built and be tested, with the Debian packages that
bring it, and how it gets there.

`python packaging/system_packages.py tests|window` sees to what Qt needs for that; packaging/bootstrap.sh runs it. Needs
no Python package. Exit codes: 0 all is there, 1 something is missing (named on standard error), 2 wrong usage.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

TO_BUILD = {
    "dpkg-deb": "dpkg",
    "objdump": "binutils",
    "strip": "binutils",
    "makeself": "makeself",
    "xz": "xz-utils",
}
TO_TEST = {"Xvfb": "xvfb", "debootstrap": "debootstrap"}
TO_CHECK = {
    "appstreamcli": "appstream",
    "desktop-file-validate": "desktop-file-utils",
    "makensis": "nsis",
    "mandoc": "mandoc",
}

# What Qt loads, each with its package: without a screen, and beside that for a window. The bundle brings what not every
# desktop has of it.
OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
WINDOW = OFFSCREEN | {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_PURPOSES = {"tests": OFFSCREEN, "window": WINDOW}  # of packaging/bootstrap.sh


class MissingError(Exception):
    """What is missing, and how to install it."""


def missing_of(needed: dict[str, str]) -> dict[str, str]:
    """Of programs and libraries (`lib*.so*`), each with its package, those that are not there."""
    return {name: package for name, package in needed.items() if not _is_there(name)}


def _is_there(name: str) -> bool:
    if ".so." not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def see_to(needed: dict[str, str]) -> None:
    """Install what is missing where that asks for no password. Raises `MissingError` with what to install elsewhere."""
    missing = missing_of(needed)
    if not missing:
        return
    packages = sorted(set(missing.values()))
    is_root = os.geteuid() == 0
    if shutil.which("apt-get") and (is_root or shutil.which("sudo")):
        prefix = [] if is_root else ["sudo", "-n"]
        install = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q"]
        install += ["--no-install-recommends", *packages]
        print(f"installing {' '.join(packages)} with apt-get", flush=True)
        if not _succeeds(install) and _succeeds([*prefix, "apt-get", "update", "-q"]):
            _succeeds(install, says_why=True)
    missing = missing_of(needed)
    if missing:
        raise MissingError(
            f"These are missing: {', '.join(missing)}. Install them (on Debian and Ubuntu: sudo apt-get "
            f"install {' '.join(sorted(set(missing.values())))}), then run this again."
        )


def _succeeds(command: list[str], *, says_why: bool = False) -> bool:
    nowhere = subprocess.DEVNULL
    errors = None if says_why else nowhere
    return subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=errors, check=False).returncode == 0


def main() -> int:
    """Install what is missing, or say what is."""
    if len(sys.argv) != 2 or sys.argv[1] not in _PURPOSES:
        print(f"Usage: {sys.argv[0]} {'|'.join(_PURPOSES)}", file=sys.stderr)
        return 2
    try:
        see_to(_PURPOSES[sys.argv[1]])
    except MissingError as error:
        print(f"Handtint set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
