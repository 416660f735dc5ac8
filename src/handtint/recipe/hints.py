"""Hints: colors a person puts on places of a photo. How a coloring follows them: `kriging`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handtint.recipe.form import RecipeError
from handtint.recipe.placement import Placement

_LARGEST_AB = 128.0


@dataclass(frozen=True)
class Hint:
    """One color at one place; a record of `recipe.form`. Raises `RecipeError` for values out of range.

    Attributes:
        x, y: center in pixels of the upright source; (0, 0) is the top left corner.
        radius: half the side of the square it covers, in pixels of the upright source.
        a, b: color in Lab units.
    """

    x: float
    y: float
    radius: float
    a: float
    b: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.x, self.y, self.radius, self.a, self.b))):
            raise RecipeError("A hint's place, radius and color must be finite numbers.")
        if self.radius <= 0:
            raise RecipeError("A hint has the radius {radius}, which must be above 0.", radius=f"{self.radius:g}")
        if max(abs(self.a), abs(self.b)) > _LARGEST_AB:
            raise RecipeError("A hint has a or b beyond -128 to 128.")


def seen_hints(hints: Sequence[Hint], placement: Placement | None) -> tuple[Hint, ...]:
    """Where hints are in a photo that was turned and cropped; without those that are cropped away.

    With no placement the photo is the upright source itself.
    """
    if placement is None:
        return tuple(hints)
    found = []
    for hint in hints:
        if placement.shows(hint.x, hint.y):
            x, y = placement.to_result(hint.x, hint.y)
            found.append(replace(hint, x=x, y=y, radius=hint.radius * placement.scale(hint.x, hint.y)))
    return tuple(found)


def source_hint(hint: Hint, placement: Placement | None) -> Hint:
    """The hint on the upright source that is seen at this one; a tenth of a pixel is as near as anybody points."""
    if placement is None:
        return hint
    x, y = placement.to_source(hint.x, hint.y)
    x, y = round(x, 1), round(y, 1)
    return replace(hint, x=x, y=y, radius=round(hint.radius / placement.scale(x, y), 2))


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
