"""The bundle as an installer for Windows, and as an app in a disk image for macOS. Neither was tried there yet.

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
import sys
from pathlib import Path

from publisher import publisher

HERE = Path(__file__).resolve().parent
_SIGN_COMMAND = "HANDTINT_SIGN_COMMAND"
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
    if os.environ.get(_SIGN_COMMAND):  # the uninstaller, which the compiler makes; it calls this program with its file
        values["SIGN"] = subprocess.list2cmdline([sys.executable, str(HERE / "other_packages.py")])
    return [compiler, "-V2", "-WX", *(f"-D{name}={value}" for name, value in values.items()), _script()]


def _script() -> str:
    return str(HERE / "windows" / "handtint.nsi")


def _sign_windows(file: Path) -> None:
    command = os.environ.get(_SIGN_COMMAND)
    if command:
        parts = (part.strip('"') for part in shlex.split(command, posix=False))  # posix would take \ away
        subprocess.run([part.replace("{file}", str(file)) for part in parts], check=True)


def macos_image(app: Path, work: Path, out: Path, version: str, package: str) -> Path:
    """Put the app, which PyInstaller signed, into a disk image; sign and notarize both where the environment says so.

    Raises `CalledProcessError`.
    """
    folder = work / "image"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["ditto", str(app), str(folder / app.name)], check=True)
    (folder / "Applications").symlink_to("/Applications")
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"{package}-{version}-{platform.machine()}.dmg"
    for command in image_commands(folder / app.name, file):
        subprocess.run(command, check=True)
    shutil.rmtree(folder)
    return file


def image_commands(app: Path, file: Path) -> list[list[str]]:
    """What makes the disk image of an app's folder.

    The app gets a ticket of its own: it is copied out of the image, and is to start without a network. notarytool may
    call it a success that Apple refused; then stapler finds no ticket and fails.
    """
    identity, profile = os.environ.get("HANDTINT_SIGN_IDENTITY"), os.environ.get("HANDTINT_NOTARY_PROFILE")
    submit = ["xcrun", "notarytool", "submit", "--keychain-profile", profile or "", "--wait"]
    image, sent = str(file), str(app.parent.with_name("app.zip"))
    commands = [["codesign", "--verify", "--deep", "--strict", str(app)]]  # without an identity it is signed too
    if identity and profile:
        commands += [["ditto", "-c", "-k", "--keepParent", str(app), sent], [*submit, sent]]
        commands += [["xcrun", "stapler", "staple", str(app)]]
    commands += [
        ["hdiutil", "create", "-volname", "Handtint", "-srcfolder", str(app.parent), "-ov", "-format", "ULMO", image]
    ]
    if identity:
        commands += [["codesign", "--sign", identity, "--timestamp", image]]
    if identity and profile:
        commands += [[*submit, image], ["xcrun", "stapler", "staple", image]]
    return commands


if __name__ == "__main__":
    _sign_windows(Path(sys.argv[1]))
