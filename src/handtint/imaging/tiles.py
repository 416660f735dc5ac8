"""Bands of rows: how a photo is walked through without standing in memory whole. Geometry only, in pixels."""

from __future__ import annotations

from collections.abc import Iterator

_BAND_PIXELS = 1 << 18  # 1 MiB a float32 plane


def band_rows(width: int, multiple: int = 1) -> int:
    """Rows of a band of about a quarter of a million pixels; a multiple of `multiple`."""
    return max(_BAND_PIXELS // max(width, 1) // multiple, 1) * multiple


def bands(rows: range, width: int, multiple: int = 1) -> Iterator[slice]:
    """Bands that cover `rows` (step 1) in order; only the last may have fewer rows than `band_rows` says."""
    step = band_rows(width, multiple)
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))
