"""What a user chose for a photo. No numpy here: the window is there before it."""

from __future__ import annotations

from dataclasses import dataclass

from handtint.recipe.hints import Hint


@dataclass(frozen=True)
class Settings:
    """What a user chose for a photo.

    Attributes:
        vividness: 0 truthful and quiet .. 1 liveliest.
        strength: scales chroma; 1 is as predicted, 0 gray.
        hints: colors put on places.
        recolor: whether a photo that is already in color is colored anew.
        variant: 0 the default coloring, 1 and 2 the others (see `imaging.variants`).
    """

    vividness: float = 0.4
    strength: float = 1.0
    hints: tuple[Hint, ...] = ()
    recolor: bool = False
    variant: int = 0
