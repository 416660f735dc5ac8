"""The brush that paints protected places: strokes on the cells of a mask."""

from __future__ import annotations

import math

import numpy as np

from handtint.imaging.resize import fit
from handtint.recipe.protected import LEVELS, MAX_SIDE, Protected, protected_by

_SOFTEST_EDGE = 1.5  # cells, without any feather: a harder edge would show steps


def cells_of(protected: Protected | None, source_size: tuple[int, int]) -> np.ndarray:
    """(h, w) uint8, 0 all of the color .. `LEVELS` none of it, in memory of its own, to be painted on.

    Args:
        source_size: height, width of the upright source, for a mask that is yet to be made.
    """
    if protected is not None:
        return np.frombuffer(protected.levels, np.uint8).reshape(protected.height, protected.width).copy()
    longest = min(MAX_SIDE, max(source_size))
    return np.zeros(fit(source_size, longest, longest), np.uint8)


def mask_of(cells: np.ndarray) -> Protected | None:
    """The mask of these cells; None where nothing is protected. Raises `RecipeError` for one that is too ragged."""
    height, width = cells.shape
    return protected_by(cells.tobytes(), width, height)


class Stroke:
    """One stroke of the brush; where it overlaps itself it counts once.

    Args:
        cells: (h, w) as they were before.
        source_size: height, width of the upright source, in whose pixels places and sizes are.
        radius: of the brush, in pixels.
        feather: part of the radius over which it fades, 0..1.
        amount: how much of the color is taken under the brush, 0..1; 0 erases.
    """

    def __init__(
        self, cells: np.ndarray, source_size: tuple[int, int], radius: float, feather: float, amount: float
    ) -> None:
        self._before, self._amount = cells, amount
        self._scale = cells.shape[1] / source_size[1], cells.shape[0] / source_size[0]
        reach = max(radius * sum(self._scale) / 2, _SOFTEST_EDGE / 2)
        self._edge = max(reach * feather, _SOFTEST_EDGE)
        self._reach = reach + _SOFTEST_EDGE / 2  # where it ends; a hard edge lies around the radius
        self._cover = np.zeros(cells.shape, np.float32)
        self._last: tuple[float, float] | None = None

    def lead_to(self, x: float, y: float) -> None:
        """Move the brush in a straight line to a place, or put it down there."""
        x1, y1 = x * self._scale[0] - 0.5, y * self._scale[1] - 0.5
        x0, y0 = self._last or (x1, y1)
        self._last, reach = (x1, y1), self._reach
        top, bottom = max(math.floor(min(y0, y1) - reach), 0), max(math.ceil(max(y0, y1) + reach) + 1, 0)
        left, right = max(math.floor(min(x0, x1) - reach), 0), max(math.ceil(max(x0, x1) + reach) + 1, 0)
        part = self._cover[top:bottom, left:right]
        down = np.arange(top, top + part.shape[0], dtype=np.float32)[:, None] - y0
        right_of = np.arange(left, left + part.shape[1], dtype=np.float32) - x0
        dx, dy = x1 - x0, y1 - y0
        along = np.clip((right_of * dx + down * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        inside = np.clip((reach - np.hypot(right_of - along * dx, down - along * dy)) / self._edge, 0, 1)
        np.maximum(part, inside * inside * (3 - 2 * inside), out=part)

    @property
    def cells(self) -> np.ndarray:
        """(h, w) uint8 as they are now."""
        return np.rint(self._before + self._cover * (LEVELS * self._amount - self._before)).astype(np.uint8)
