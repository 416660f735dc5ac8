"""The bundle as an installer for Windows, and as an app in a disk image for macOS.

Signing is asked for by environment variables, and left out where they are not set:

    Windows  HANDTINT_SIGN_COMMAND   a command line with {file} in it, such as one of signtool
    macOS    HANDTINT_SIGN_IDENTITY  the identity in the keychain, `Developer ID Application: ...`
             HANDTINT_NOTARY_PROFILE the profile that `xcrun notarytool store-credentials` was given
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
from pathlib import Path

from publisher import publisher

HERE = Path(__file__).resolve().parent
_MAKENSIS = r"C:\Program Files (x86)\NSIS\makensis.exe"  # whose installer leaves PATH alone
PROGRAMS = ("handtint.exe", "handtint-window.exe", "handtint-train.exe")


def windows_installer(bundle: Path, parts: Path, out: Path, version: str, package: str) -> Path:
    """Compile the NSIS script and return the installer; where told how, the programs and it are signed.

    Raises `CalledProcessError`, `FileNotFoundError` where makensis is missing.
    """
    for name in PROGRAMS:
        if (bundle / name).is_file():
            _sign_windows(bundle / name)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{package}-{version}-setup.exe"
    subprocess.run(nsis_command(bundle, parts / "handtint.ico", file, version), check=True)
    _sign_windows(file)
    return file


def nsis_command(bundle: Path, icon: Path, file: Path, version: str) -> list[str]:
    """The command that compiles the installer."""
    values = {"VERSION": version, "BUNDLE": bundle, "ICON": icon, "OUT": file}
    values |= {"LICENSE": HERE.parent / "LICENSE", "PUBLISHER": publisher().name}
    compiler = shutil.which("makensis") or _MAKENSIS
    return [compiler, "-V2", "-WX", *(f"-D{name}={value}" for name, value in values.items()), _script()]


def _script() -> str:
    return str(HERE / "windows" / "handtint.nsi")


def _sign_windows(file: Path) -> None:
    command = os.environ.get("HANDTINT_SIGN_COMMAND")
    if command:
        subprocess.run([part.replace("{file}", str(file)) for part in shlex.split(command, posix=False)], check=True)


def macos_image(app: Path, work: Path, out: Path, version: str, package: str) -> Path:
    """Put the app, which PyInstaller signed if told an identity, into a disk image; sign and notarize that too.

    Raises `CalledProcessError`.
    """
    folder = work / "image"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["ditto", str(app), str(folder / app.name)], check=True)
    (folder / "Applications").symlink_to("/Applications")
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{package}-{version}-{platform.machine()}.dmg"
    for command in image_commands(folder, file):
        subprocess.run(command, check=True)
    shutil.rmtree(folder)
    return file


def image_commands(folder: Path, file: Path) -> list[list[str]]:
    """What makes the disk image of a folder: create, and where the environment says so, sign, notarize, staple."""
    image = str(file)
    commands = [
        ["hdiutil", "create", "-volname", "Handtint", "-srcfolder", str(folder), "-ov", "-format", "ULMO", image]
    ]
    identity, profile = os.environ.get("HANDTINT_SIGN_IDENTITY"), os.environ.get("HANDTINT_NOTARY_PROFILE")
    if identity:
        commands.insert(0, ["codesign", "--verify", "--deep", "--strict", str(folder / "Handtint.app")])
        commands.append(["codesign", "--sign", identity, "--timestamp", image])
    if identity and profile:
        commands.append(["xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait"])
        commands.append(["xcrun", "stapler", "staple", image])
    return commands
