"""What a plan will need of time and disk space, from the heads of its photos."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handtint.album.pace import Pace
from handtint.album.plan import Job
from handtint.imaging.formats.probe import pixels_in
from handtint.paths import is_there

_USUAL_PIXELS = 8_000_000  # of a photo whose head does not say
# Of photographs colored and saved as they are by default; measured on the samples, upper end.
_BYTES_PER_PIXEL = {".png": 2.0, ".tif": 2.5, ".tiff": 2.5}
_EIGHT_BIT = (".jpg", ".jpeg", ".jpe", ".jfif", ".webp")


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
