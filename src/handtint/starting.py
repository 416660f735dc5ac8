"""How a program starts: what keeps it from starting, in a sentence, and garbage collection meanwhile."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from collections.abc import Iterator, Mapping

from handtint.errors import HandtintError, Sentence

_MISSING = re.compile(r"(lib[\w+.-]+?\.so[.\d]*): cannot open shared object file")
_ODD_PACKAGES = {"libglib-2.0.so.0": "libglib2.0-0", "libgthread-2.0.so.0": "libglib2.0-0"}
_ON_A_DESKTOP = ("xcb", "wayland")  # of Qt's platforms, those that need one


class NotLoaded(HandtintError):
    """A part that Handtint needs could not be loaded."""


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Collect no garbage while lasting objects are imported and made, and never search those later.

    Python looks through all objects whenever there are a quarter more: that was 8 % of an import of torch, and 6 % of
    the way to the window.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def display_trouble(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Why no window can be shown; empty where nothing prevents it. Asked before Qt, which would abort."""
    if platform != "linux" or environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return ""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen and not chosen.startswith(_ON_A_DESKTOP):
        return ""
    return (
        "There is no display to show the window on (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "Start Handtint on a desktop, or use its command line: `handtint restore --help`."
    )


def library_trouble(text: str) -> str:
    """Which system library an error is about and how to get it; empty if none."""
    found = _MISSING.search(text)
    if found is None:
        return ""
    name, package = found[1], _debian_package(found[1])
    return Sentence(
        "The system library {name} is missing. On Debian and Ubuntu `sudo apt install {package}` gets it, "
        "on Fedora `sudo dnf install '{name}()(64bit)'`.",
        name=name,
        package=package,
    )


def not_loaded(what: str, error: BaseException) -> NotLoaded:
    """The error to raise where an import of `what` failed."""
    cause = library_trouble(str(error))
    if not cause:
        line = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        cause = Sentence(
            "{line}. Install Handtint again; if that does not help, report this with what `handtint doctor` says.",
            line=line,
        )
    return NotLoaded("{what} could not be loaded. {cause} Your photos are unchanged.", what=what, cause=cause)


def _debian_package(name: str) -> str:
    """The package of a library, as Debian's policy names it (8.1): its name, and the number of its version."""
    if name in _ODD_PACKAGES:
        return _ODD_PACKAGES[name]
    stem, _, version = name.partition(".so")
    version = version.strip(".").split(".")[0]
    return f"{stem}{'-' if stem[-1].isdigit() and version else ''}{version}".lower().replace("_", "-")
