"""How fast photos are made, and what a plan will need: time and disk space, from the heads of its photos.

A run's pace is remembered on this computer, so that the next plan knows it before the first photo.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handtint import paths
from handtint.album.order import Job
from handtint.atomic import write_whole
from handtint.imaging.formats.probe import pixels_in
from handtint.paths import is_there
from handtint.recipe.saving import SUFFIXES

# Before the first run on a computer: measured on two cores of 2024 without a GPU, 8-bit JPEG to JPEG.
_FIRST_S_PER_PHOTO = 0.15
_FIRST_S_PER_MEGAPIXEL = 0.06
_USUAL_PIXELS = 8_000_000  # of a photo whose head does not say
# Of photographs colored and saved as they are by default; measured on the samples, upper end.
_BYTES_PER_PIXEL = {".png": 2.0, ".tif": 2.5, ".tiff": 2.5}
_EIGHT_BIT = (*SUFFIXES["jpeg"], *SUFFIXES["webp"])
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
        """How long so many photos of so many megapixels take."""
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


@dataclass(frozen=True)
class Estimate:
    """What a plan will need: `seconds` about; bytes of results, about, and bytes free where they go."""

    megapixels: float
    result_bytes: int
    free_bytes: int | None
    seconds: float


def estimate(jobs: Sequence[Job], folder: Path, pace: Pace) -> Estimate:
    """Look at the head of every photo and say what making them will need."""
    pixels = results = 0
    for job in jobs:
        count, depth = pixels_in(job.source) or (_USUAL_PIXELS, 8)
        pixels += count
        suffix = job.target.suffix.lower()
        results += int(count * _BYTES_PER_PIXEL.get(suffix, 0.6) * (depth // 8 if suffix not in _EIGHT_BIT else 1))
    free = None
    with contextlib.suppress(OSError, StopIteration):
        free = shutil.disk_usage(next(p for p in (folder, *folder.absolute().parents) if is_there(p))).free
    return Estimate(pixels / 1e6, results, free, pace.seconds(len(jobs), pixels / 1e6))


def _file() -> Path:
    return paths.state_dir() / "pace.json"


def _recalled() -> float:
    try:
        return float(json.loads(_file().read_text(encoding="utf-8"))["s_per_megapixel"])
    except (OSError, ValueError, KeyError, TypeError):
        return _FIRST_S_PER_MEGAPIXEL
