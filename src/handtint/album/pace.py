"""How fast photos are made: for what a plan will take, and for the time that is left of a run.

A run's pace is remembered on this computer, so that the next plan knows it before the first photo.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from handtint import paths
from handtint.atomic import write_whole

# Before the first run on a computer: measured on two cores of 2024 without a GPU, 8-bit JPEG to JPEG.
_FIRST_S_PER_PHOTO = 0.15
_FIRST_S_PER_MEGAPIXEL = 0.06
_ENOUGH = 5  # photos that a run must have made to be remembered


class Pace:
    """Seconds for photos of a size, from what was measured last.

    Every photo costs something for itself and something for its pixels; the first is fixed, the second measured.
    """

    def __init__(self, s_per_megapixel: float | None = None) -> None:
        self._s_per_megapixel = _recalled() if s_per_megapixel is None else s_per_megapixel
        self._start = time.monotonic()
        self._count = 0
        self._megapixels = 0.0

    def seconds(self, photos: int, megapixels: float) -> float:
        return photos * _FIRST_S_PER_PHOTO + megapixels * self._s_per_megapixel

    def made(self, pixels: int) -> None:
        """Count a photo that was made."""
        self._count += 1
        self._megapixels += pixels / 1e6

    def left_s(self, photos: int) -> float | None:
        """Seconds that so many photos more will take; None before the first is made."""
        return (time.monotonic() - self._start) / self._count * photos if self._count else None

    def remember(self) -> None:
        """Keep what this run measured, if it made enough photos to tell."""
        if self._count < _ENOUGH or not self._megapixels:
            return
        elapsed = time.monotonic() - self._start
        rate = max(elapsed - self._count * _FIRST_S_PER_PHOTO, 0.2 * elapsed) / self._megapixels
        text = json.dumps({"s_per_megapixel": round(rate, 5)}).encode()
        with contextlib.suppress(OSError):  # the next estimate is worse; nothing else
            _file().parent.mkdir(parents=True, exist_ok=True)
            write_whole(_file(), lambda file: file.write(text), overwrite=True)


def duration(seconds: float) -> str:
    """A length of time as people say it: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _file() -> Path:
    return paths.state_dir() / "pace.json"


def _recalled() -> float:
    try:
        return float(json.loads(_file().read_text(encoding="utf-8"))["s_per_megapixel"])
    except (OSError, ValueError, KeyError, TypeError):
        return _FIRST_S_PER_MEGAPIXEL
