"""The licenses of all that the bundle holds, as one text. The spec makes it, in the environment of the bundle."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
_NAMES = re.compile(r"(?i)(licen[cs]e|copying|notice|authors)[^/]*$")
_NOT_SHIPPED = {  # for building only, or a name for several others
    "altgraph",
    "cuda-toolkit",
    "handtint",
    "macholib",
    "pefile",
    "pip",
    "pyinstaller-hooks-contrib",
    "pywin32-ctypes",
    "setuptools",
    "wheel",
}
_RULE = "=" * 100

# What a package's own files do not say, or not where a program finds it.
_NOTES = {
    "pyside6-essentials": "Qt and PySide6 are used under the GNU Lesser General Public License, version 3, whose text "
    "follows. They lie in the program's folder as libraries of their own, unchanged, and may be replaced by versions "
    "of yours that fit. Their source is to be had from the makers of Qt, under qt.io.",
    "shiboken6": "Part of PySide6; see there.",
    "pyinstaller": "Only PyInstaller's starter is shipped, whose license has an exception for that.",
}
_TEXTS = {"pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt")}  # in license_texts/; LGPL 3 adds to GPL 3


class LicenseError(Exception):
    """Something is shipped whose license was not found."""


def collect(distributions: Iterable[metadata.Distribution], libraries: Iterable[Path] = ()) -> str:
    """One text with a list of what is shipped, then every license.

    Args:
        distributions: Python packages; those used for building only are left out.
        libraries: of the system that the bundle was made on, as Debian installs them.

    Raises `LicenseError` where a package says nothing of its license.
    """
    shipped = {_name(found): found for found in distributions}
    parts: list[tuple[str, str, str]] = [("Handtint", "MIT", _read(HERE.parent / "LICENSE"))]
    parts.append(("Python " + sys.version.split()[0], "PSF-2.0", _python_license()))
    parts += [_part(name, shipped[name]) for name in sorted(set(shipped) - _NOT_SHIPPED)]
    parts += _system_parts(libraries)
    silent = [title for title, license_, text in parts if not license_ and not text]
    if silent:
        raise LicenseError(f"No license was found for {', '.join(silent)}. Look into it before shipping it.")
    listed = "\n".join(f"  {title}: {license_}" for title, license_, _ in parts)
    body = "\n\n".join(f"{_RULE}\n{title}\n{_RULE}\n\n{text.strip()}" for title, _, text in parts)
    return f"Handtint comes with:\n\n{listed}\n\n{body}\n"


def _part(name: str, found: metadata.Distribution) -> tuple[str, str, str]:
    title = f"{found.metadata['Name']} {found.version}"
    files = [file for file in found.files or () if _is_license(str(file))]
    seen: dict[str, str] = {}
    for file in files:
        text = _read(Path(str(file.locate()))).strip()
        if text:
            seen.setdefault(text, str(file))  # many of torch's parts come with the same text
    for file in _TEXTS.get(name, ()):
        seen.setdefault(_read(HERE / "license_texts" / file).strip(), file)
    texts = [f"({_short(file)})\n\n{text}" if len(seen) > 1 else text for text, file in seen.items()]
    note = [_NOTES[name]] if name in _NOTES else []
    summary = _summary(found)
    return title, summary, "\n\n".join([*note, *texts]) or (f"License: {summary}" if summary else "")


def _is_license(file: str) -> bool:
    """A file of a package that holds a license: in its metadata, or beside its code by a usual name."""
    return not file.endswith((".py", ".pyc", ".pyi")) and (".dist-info/licenses/" in file or bool(_NAMES.search(file)))


def _summary(found: metadata.Distribution) -> str:
    """The license in a word or line, as the package's metadata has it; empty if it has none."""
    about = found.metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    classes = [
        text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or () if text.startswith("License ::")
    ]
    line = (about.get_all("License") or [""])[0].strip().split("\n")[0][:100]
    return ", ".join(classes) or line


def _name(found: metadata.Distribution) -> str:
    return re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower()


def _short(file: str) -> str:
    return re.sub(r"^.*?\.dist-info/(licenses/)?", "", file)


def _python_license() -> str:
    places = [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt"]
    for place in places:
        if place.is_file():
            return _read(place)
    return "Python Software Foundation License Version 2; its text stands at docs.python.org under License."


def _system_parts(libraries: Iterable[Path]) -> list[tuple[str, str, str]]:
    """What Debian says of the packages that libraries of the system came from."""
    names: dict[str, list[str]] = {}
    for library in libraries:
        owner = _owner(library)
        if not owner:
            raise LicenseError(f"{library} is shipped, but belongs to no Debian package; its license is not known.")
        names.setdefault(owner, []).append(library.name)
    parts = []
    for owner, files in sorted(names.items()):
        text = _read(Path("/usr/share/doc") / owner / "copyright")
        parts.append((f"{owner} ({', '.join(sorted(set(files)))})", "see below", text))
    return parts


def _owner(library: Path) -> str:
    """The Debian package of a file, by any of its names where /lib is a link to /usr/lib; empty if it has none."""
    for path in (library, library.resolve()):
        for name in (str(path), f"/usr{path}", str(path).removeprefix("/usr")):
            found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False).stdout
            if found:
                return found.split(":")[0].strip()
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def write(out: Path, libraries: Iterable[str]) -> None:
    """Write the text for the environment that this runs in. Raises `LicenseError`."""
    out.write_text(collect(metadata.distributions(), map(Path, libraries)), encoding="utf-8")
