#!/usr/bin/env python3
"""Checks what describes Handtint to systems, as far as Linux can: `python packaging/descriptions.py`.

AppStream metainfo, desktop entry, man page and shell scripts; that the installer for Windows compiles, of a bundle that
is none; that what macOS reads is a property list. The programs for it are installed where they are missing.

Exit codes: 0 all are right, 1 something is wrong (named on standard error).
"""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import linux_packages
import other_packages
import system_packages
from build import version
from publisher import publisher

HERE = Path(__file__).resolve().parent
# Stricter than plistutil, which takes a list with a tag missing.
_READ_PROPERTIES = "import plistlib, sys; plistlib.load(open(sys.argv[1], 'rb'))"


def commands(work: Path) -> dict[str, list[str]]:
    """What to run, by what it checks. What has to be made for it is made in `work`."""
    share = work / "share"
    linux_packages.share(share, version(), work, "/usr/lib/handtint")
    return {
        "AppStream metainfo": [
            *("appstreamcli", "validate", "--no-net", "--explain"),
            str(share / "metainfo" / f"{publisher().app_id}.metainfo.xml"),
        ],
        "desktop entry": ["desktop-file-validate", str(share / "applications" / "handtint.desktop")],
        "man page": ["mandoc", "-T", "lint", "-W", "warning", str(share / "man" / "man1" / "handtint.1.gz")],
        "installer for Windows": other_packages.nsis_command(
            stub_bundle(work / "bundle"), icon(work / "handtint.ico"), work / "handtint-setup.exe", version()
        ),
        **{
            f"macos/{file.name}": [sys.executable, "-c", _READ_PROPERTIES, str(file)]
            for file in sorted((HERE / "macos").glob("*.plist"))
        },
        **{file.name: ["sh", "-n", str(file)] for file in (HERE / "linux" / "install.sh", HERE / "bootstrap.sh")},
    }


def stub_bundle(folder: Path) -> Path:
    """A folder like a bundle for Windows, with nothing in its files."""
    (folder / "_internal").mkdir(parents=True)
    for name in (*other_packages.PROGRAMS, "_internal/python311.dll"):
        (folder / name).write_bytes(b"MZ")
    return folder


def icon(file: Path) -> Path:
    """An icon for Windows of 16 gray pixels a side."""
    side = 16
    head = struct.pack("<3H", 0, 1, 1) + struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, 40 + side * side * 4, 22)
    bitmap = struct.pack("<3I2H6I", 40, side, 2 * side, 1, 32, *[0] * 6)  # twice as high: a mask might follow
    file.write_bytes(head + bitmap + b"\x80\x80\x80\xff" * side * side)
    return file


def main() -> int:
    """Check all; returns the exit code."""
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="handtint-descriptions-") as work:
        try:
            system_packages.see_to(system_packages.TO_CHECK)
        except system_packages.MissingError as error:
            print(f"descriptions.py: {error}", file=sys.stderr)
            return 1
        for name, command in commands(Path(work)).items():
            done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
            print(f"{name}: {'right' if done.returncode == 0 else 'wrong'}", flush=True)
            if done.returncode:
                wrong += 1
                print(f"descriptions.py: {name}:\n{done.stdout}{done.stderr}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
