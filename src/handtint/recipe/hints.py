"""Hints: colors a person puts on places of a photo. How a coloring follows them: `kriging`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hint:
    """One color at one place.

    Attributes:
        x, y: center in pixels of the full-size photo; (0, 0) is the top left corner.
        radius: half the side of the square it covers, in pixels of the full-size photo.
        a, b: color in Lab units.
    """

    x: float
    y: float
    radius: float
    a: float
    b: float


def squares(hints: Sequence[Hint], photo_size: tuple[int, int], size: tuple[int, int]) -> list[tuple[slice, slice]]:
    """Rows and columns that each hint covers in planes of `size` over a photo of `photo_size`, at least one pixel."""
    height, width = size
    scale_y, scale_x = height / photo_size[0], width / photo_size[1]
    found = []
    for hint in hints:
        top = min(max(int((hint.y - hint.radius) * scale_y + 0.5), 0), height - 1)
        left = min(max(int((hint.x - hint.radius) * scale_x + 0.5), 0), width - 1)
        bottom = max(int((hint.y + hint.radius) * scale_y + 0.5), top + 1)
        right = max(int((hint.x + hint.radius) * scale_x + 0.5), left + 1)
        found.append((slice(top, bottom), slice(left, right)))
    return found
