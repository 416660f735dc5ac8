#!/usr/bin/env python3
"""Compares how soon the window is there: `python packaging/start_time.py dist/cpu/handtint build/cpu/env/bin/python`.

The bundle, and the same app from the source tree with the Python named, start in turn on a virtual screen, without
network. What counts is the shortest of some starts each: what else the machine does makes a start longer, never
shorter. The first start reads the files and counts for nothing.

Needs no Python package. Exit codes: 0 the bundle is as fast as it must be, 1 it is not (named on standard error).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import system_packages
from place import Place, SmokeError, end, say
from screen import Screen, ScreenError

ROOT = Path(__file__).resolve().parents[1]
_STARTS = 5
_WINDOW_S = 60.0
_SLOWEST = 1.5  # times what the same window takes from the source tree


def start_seconds(command: list[str], screen: Screen) -> float:
    """From the start of a program to its window on the screen."""
    screen.wait_for(lambda: not screen.shows_something(), 10)
    began = time.monotonic()
    window = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not screen.wait_for(screen.shows_something, _WINDOW_S):
            raise SmokeError("No window came up.")
        return time.monotonic() - began
    finally:
        end(window)


def compare(bundle: Path, source_python: Path) -> None:
    """Raises `SmokeError` where the window of the bundle comes up much later than that of the source tree."""
    with Screen() as screen, tempfile.TemporaryDirectory(prefix="handtint-home-") as home:
        place = Place(bundle / "handtint", bundle, Path(home), env={"DISPLAY": f":{screen.number}"})
        packed = place.command([], window=True)
        place.env["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT}"
        source = place.wrapped([str(source_python), "-m", "handtint"])
        times = [(start_seconds(packed, screen), start_seconds(source, screen)) for _ in range(_STARTS + 1)]
    of_bundle, of_source = map(min, zip(*times[1:], strict=True))
    ratio = of_bundle / of_source
    say(f"window after {of_bundle:.2f} s, from the source tree after {of_source:.2f} s: {ratio:.2f} times")
    if ratio > _SLOWEST:
        raise SmokeError(f"The window takes {ratio:.2f} times as long as from the source tree, not {_SLOWEST}.")


def main() -> int:
    """Compare what is named; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("bundle", type=Path, help="the folder with the programs")
    parser.add_argument("source_python", type=Path, help="a Python with the packages that the bundle holds")
    options = parser.parse_args()
    try:
        system_packages.see_to(system_packages.TO_TEST)
        compare(options.bundle.absolute(), options.source_python.absolute())
    except (SmokeError, ScreenError, system_packages.MissingError) as error:
        print(f"start_time.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
