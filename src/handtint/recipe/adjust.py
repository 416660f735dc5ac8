"""How the colors of a photo are adjusted once they are there: warmer or cooler, and more or less of each kind of color.

The model is not asked again. How it is done: `imaging.coloring.adjusting`.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

from handtint.recipe.form import RecipeError

RANGES = ("skin", "foliage", "sky", "other")
MAX_WARMTH = 100.0
MAX_SATURATION = 200.0


@dataclass(frozen=True)
class Adjust:
    """Adjustments of one photo; a record of `recipe.form`. Raises `RecipeError` for values out of range.

    Attributes:
        warmth: -100 cooler .. 100 warmer.
        skin, foliage, sky, other: saturation of colors of that range of hues in percent, 0..200; 100 is as it was,
            0 gray. `other` is every hue that is none of the three.
    """

    warmth: float = 0.0
    skin: float = 100.0
    foliage: float = 100.0
    sky: float = 100.0
    other: float = 100.0

    def __post_init__(self) -> None:
        if not -MAX_WARMTH <= self.warmth <= MAX_WARMTH:  # not a number is in no range
            raise RecipeError(f"Warmth must be from -{MAX_WARMTH:g} to {MAX_WARMTH:g}, not {self.warmth:g}.")
        for name in RANGES:
            value = getattr(self, name)
            if not 0 <= value <= MAX_SATURATION:
                raise RecipeError(f"The saturation of {name} must be from 0 to {MAX_SATURATION:g} %, not {value:g}.")

    @property
    def saturations(self) -> tuple[float, ...]:
        """In percent, in the order of `RANGES`."""
        return tuple(getattr(self, name) for name in RANGES)

    @property
    def words(self) -> tuple[str, ...]:
        """Each adjustment with its amount, such as `warmth +20` and `skin 80 %`; none where nothing is adjusted."""
        words = [f"warmth {self.warmth:+g}"] if self.warmth else []
        return (
            *words,
            *(f"{name} {value:g} %" for name, value in zip(RANGES, self.saturations, strict=True) if value != 100),
        )


def parse_saturation(text: str) -> dict[str, float]:
    """Saturations in percent by range, of a text such as `skin=80,foliage=120`. Raises `RecipeError`."""
    found: dict[str, float] = {}
    for item in text.split(","):
        name, equals, value = (side.strip() for side in item.partition("="))
        if name not in RANGES:
            near = difflib.get_close_matches(name, RANGES, 1)
            hint = f'Did you mean "{near[0]}"?' if near else f"There are {', '.join(RANGES)}."
            what = f'"{name}" is no range of colors' if name else "A saturation lacks the range of colors it is for"
            raise RecipeError(f"{what}. {hint}")
        if name in found:
            raise RecipeError(f'"{name}" is given twice. Give each range of colors once.')
        try:
            amount = float(value)
        except ValueError:
            amount = math.nan
        if not equals or not 0 <= amount <= MAX_SATURATION:
            raise RecipeError(
                f'"{item.strip()}" is no saturation. Give percent from 0 to {MAX_SATURATION:g}, such as {name}=80.'
            )
        found[name] = amount
    return found
