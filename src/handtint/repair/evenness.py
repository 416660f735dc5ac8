"""A tiny network's answer on uneven fading and vignettes: a gain and an offset that vary slowly over the photo.

A place of value v becomes gain * v + offset. The logarithm of the gain and the offset are surfaces of second degree
with a term for the corners, so that nothing smaller than the picture is touched. A dark coat below and a bright sky
above look like uneven light; the network has learned from photographs what is usual, and says little when it is unsure.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.resize import resize_planes
from handtint.model_card import EVENNESS
from handtint.repair import network
from handtint.repair.survey import is_plain

TERMS = 7
OUTPUTS = 2 * TERMS
MOST_LOG_GAIN, MOST_OFFSET = 0.7, 0.35


def leveling(gray: np.ndarray, rows: slice, columns: slice) -> tuple[np.ndarray, np.ndarray]:
    """(h, w) gain and offset that level (h, w) encoded gray, as seen inside `rows` and `columns`."""
    part = gray[rows, columns]
    if is_plain(part):
        return np.ones_like(gray), np.zeros_like(gray)
    small = resize_planes(part[..., None], (network.SIDE, network.SIDE))
    said = network.run(network.weights(EVENNESS), np.clip(small, 0, 1).repeat(3, axis=2))
    y, x = (_across(side, within) for side, within in zip(gray.shape, (rows, columns), strict=True))
    return surfaces(said, *np.meshgrid(y, x, indexing="ij"))


def surfaces(said: np.ndarray, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gain and offset at places y, x of -1..1 across the picture."""
    squares = y * y + x * x
    terms = np.stack([np.ones_like(y), y, x, y * y, x * x, x * y, squares * squares / 2], axis=-1)
    gain = np.exp(np.clip(terms @ said[:TERMS], -MOST_LOG_GAIN, MOST_LOG_GAIN))
    return gain.astype(np.float32), np.clip(terms @ said[TERMS:], -MOST_OFFSET, MOST_OFFSET).astype(np.float32)


def _across(side: int, within: slice) -> np.ndarray:
    """Centers of `side` pixels, -1..1 across those within; beyond them the edge's value holds."""
    first, stop, _ = within.indices(side)
    return np.clip((2 * np.arange(side) + 1 - 2 * first) / (stop - first) - 1, -1, 1)
