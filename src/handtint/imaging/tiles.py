"""Bands of rows: how a photo is walked through without standing in memory whole. Geometry only, in pixels."""

from __future__ import annotations

from collections.abc import Iterator

_BAND_PIXELS = 1 << 19  # 2 MiB a float32 plane


def bands(rows: range, width: int, multiple: int = 1) -> Iterator[slice]:
    """Slices of about half a million pixels that cover `rows` (step 1) in order.

    All but the last have a number of rows that is a multiple of `multiple`.
    """
    step = max(_BAND_PIXELS // max(width, 1) // multiple, 1) * multiple
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))
