"""How a photo is colored, as a person chose it. No numpy here: the window is there before it."""

from __future__ import annotations

from dataclasses import dataclass, field

from handtint.errors import Sentence
from handtint.recipe.adjust import Adjust
from handtint.recipe.form import RecipeError, always_written
from handtint.recipe.hints import Hint
from handtint.recipe.protected import Protected
from handtint.recipe.reference import ReferencePhoto

VARIANTS = 3
MAX_STRENGTH = 2.0


@dataclass(frozen=True)
class Settings:
    """How a photo is colored; a record of `recipe.form`. Raises `RecipeError` for values out of range.

    Attributes:
        vividness: 0 truthful and quiet .. 1 liveliest.
        strength: scales chroma, 0..2; 1 is as predicted, 0 gray.
        hints: colors put on places.
        recolor: whether a photo that is already in color is colored all the same, from its lightness.
        variant: 0 the default coloring, 1 and 2 the others (see `imaging.coloring.variants`).
        adjust: what is done to the colors that are there by all that.
        protected: places that keep little or none of their color; None where there are none.
        reference: a photo whose colors this one takes where both show the same; None to color it by itself.
        closely: whether the model sees the photo twice as large as usual, so that it knows small faces and things.
    """

    vividness: float = always_written(0.4)
    strength: float = 1.0
    hints: tuple[Hint, ...] = ()
    recolor: bool = False
    variant: int = 0
    adjust: Adjust = field(default_factory=Adjust)
    protected: Protected | None = None
    reference: ReferencePhoto | None = None
    closely: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.vividness <= 1:  # not a number is in no range
            raise RecipeError("Vividness must be from 0 to 1, not {vividness}.", vividness=f"{self.vividness:g}")
        if not 0 <= self.strength <= MAX_STRENGTH:
            raise RecipeError(
                "Strength must be from 0 to {max_strength}, not {strength}.",
                max_strength=f"{MAX_STRENGTH:g}",
                strength=f"{self.strength:g}",
            )
        if self.variant not in range(VARIANTS):
            raise RecipeError(
                "The variant must be a whole number from 0 to {variants}, not {variant}.",
                variants=VARIANTS - 1,
                variant=repr(self.variant),
            )

    @property
    def adjustments(self) -> tuple[str, ...]:
        """In words, each with its amount, what is done to the colors once they are there, such as `skin 80 %`."""
        return (*self.adjust.words, *((Sentence("protected places"),) if self.protected is not None else ()))
