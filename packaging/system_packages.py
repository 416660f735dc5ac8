"""What the build and its tests need of the system, with the Debian packages that bring it, and how it gets there."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess

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

# Libraries that Qt's part for X11 needs and not every desktop has: the bundle brings them. Each with its package.
LIBRARIES = {
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
    "libxkbcommon.so.0": "libxkbcommon0",
    "libEGL.so.1": "libegl1",  # not brought, but Qt must start to draw the icons
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libX11-xcb.so.1": "libx11-xcb1",
}


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
    if shutil.which("apt-get"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        install = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q"]
        install += ["--no-install-recommends", *packages]
        print(f"installing {' '.join(packages)} with apt-get", flush=True)
        if not _succeeds(install) and _succeeds([*prefix, "apt-get", "update", "-q"]):
            _succeeds(install)
    missing = missing_of(needed)
    if missing:
        raise MissingError(
            f"These are missing: {', '.join(missing)}. Install them (on Debian and Ubuntu: sudo apt-get "
            f"install {' '.join(packages)}), then run this again."
        )


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0
