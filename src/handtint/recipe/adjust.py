"""How the colors of a photo are adjusted once they are there: warmer or cooler, and more or less of each kind of color.

The model is not asked again. How it is done: `imaging.coloring.adjusting`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from handtint.errors import Sentence
from handtint.plain import nearest
from handtint.recipe.form import RecipeError

RANGES = ("skin", "foliage", "sky", "other")
_RANGE_WORDS = Sentence("skin"), Sentence("foliage"), Sentence("sky"), Sentence("other")
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
            raise RecipeError(
                "Warmth must be from -{max_warmth} to {max_warmth}, not {warmth}.",
                max_warmth=f"{MAX_WARMTH:g}",
                warmth=f"{self.warmth:g}",
            )
        for name in RANGES:
            value = getattr(self, name)
            if not 0 <= value <= MAX_SATURATION:
                raise RecipeError(
                    "The saturation of {name} must be from 0 to {max_saturation} %, not {value}.",
                    name=name,
                    max_saturation=f"{MAX_SATURATION:g}",
                    value=f"{value:g}",
                )

    @property
    def saturations(self) -> tuple[float, ...]:
        """In percent, in the order of `RANGES`."""
        return tuple(getattr(self, name) for name in RANGES)

    @property
    def words(self) -> tuple[str, ...]:
        """Each adjustment with its amount, such as `warmth +20` and `skin 80 %`; none where nothing is adjusted."""
        words: list[str] = [Sentence("warmth {amount}", amount=f"{self.warmth:+g}")] if self.warmth else []
        for word, value in zip(_RANGE_WORDS, self.saturations, strict=True):
            if value != 100:
                words.append(Sentence("{colors} {percent} %", colors=word, percent=f"{value:g}"))
        return tuple(words)


def parse_saturation(text: str) -> dict[str, float]:
    """Saturations in percent by range, of a text such as `skin=80,foliage=120`. Raises `RecipeError`."""
    found: dict[str, float] = {}
    for item in text.split(","):
        name, equals, value = (piece.strip() for piece in item.partition("="))
        if name not in RANGES:
            near, all_ = nearest(name, RANGES), Sentence("There are: {names}.", names=", ".join(RANGES))
            hint = Sentence('Did you mean "{name}"?', name=near) if near else all_
            what = f'"{name}" is no range of colors' if name else "A saturation lacks the range of colors it is for"
            raise RecipeError("{what}. {hint}", what=what, hint=hint)
        if name in found:
            raise RecipeError('"{name}" is given twice. Give each range of colors once.', name=name)
        try:
            amount = float(value)
        except ValueError:
            amount = math.nan
        if not equals or not 0 <= amount <= MAX_SATURATION:
            raise RecipeError(
                '"{item}" is not a saturation. Give percent from 0 to {max_saturation}, such as {name}=80.',
                item=item.strip(),
                max_saturation=f"{MAX_SATURATION:g}",
                name=name,
            )
        found[name] = amount
    return found
