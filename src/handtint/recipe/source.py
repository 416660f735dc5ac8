"""Which picture of a photo's file is meant. No step of its edits changes that."""

from __future__ import annotations

from dataclasses import dataclass

from handtint.recipe.form import RecipeError


@dataclass(frozen=True)
class Source:
    """What is taken of a file; a record of `recipe.form`. Raises `RecipeError`.

    Attributes:
        page: of a file that holds several pictures, from 1.
        partial: whether a picture of which a part is missing is taken as far as it is there; gray is put in its place.
    """

    page: int = 1
    partial: bool = False

    def __post_init__(self) -> None:
        if self.page < 1:
            raise RecipeError("Pages count from 1, so there is none with the number {page}.", page=self.page)
