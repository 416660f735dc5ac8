"""Places of a photo that keep little or none of their color, as a coarse mask over the upright source.

The mask is text: its cells row by row as runs of equal ones, each run a count (left out where it is 1) and a letter
from `a`, all of the color, to `u`, none of it, in steps of 5 %. `5000a12u3k` is 5000 cells that are as they were, 12
that are gray and 3 with half of their color.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handtint.recipe.form import RecipeError

MAX_SIDE = 512  # cells
LONGEST = 100_000  # characters
LEVELS = 20  # from all of the color to none
_RUN = re.compile(r"([1-9][0-9]{0,5})?([a-u])")
_RUNS = re.compile(rf"(?:{_RUN.pattern})*")
_FIRST = ord("a")


@dataclass(frozen=True)
class Protected:
    """A mask; a record of `recipe.form`. Raises `RecipeError` for one that is broken or too large.

    Attributes:
        width, height: cells across and down the whole upright source, each 1..512.
        runs: what the cells are; see the module's text.
    """

    width: int
    height: int
    runs: str

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise RecipeError(
                "The mask of protected places has {width} x {height} cells; it may have 1 to {max_side} a side.",
                width=self.width,
                height=self.height,
                max_side=MAX_SIDE,
            )
        if len(self.runs) > LONGEST:
            raise RecipeError(
                "The mask of protected places is too ragged: its text has {count} characters, of at most "
                "{longest}. Paint it with a larger brush.",
                count=f"{len(self.runs):,}",
                longest=f"{LONGEST:,}",
            )
        if not _RUNS.fullmatch(self.runs):
            raise RecipeError("The mask of protected places is not a list of runs such as 500a12u3k.")
        cells = sum(int(count or 1) for count, _ in _RUN.findall(self.runs))
        if cells != self.width * self.height:
            raise RecipeError(
                "The mask of protected places has runs for {cells} cells, and not for {width} x {height}.",
                cells=f"{cells:,}",
                width=self.width,
                height=self.height,
            )

    @property
    def levels(self) -> bytes:
        """One byte a cell, row by row: 0 all of the color .. 20 none of it."""
        return b"".join(bytes([ord(letter) - _FIRST]) * int(count or 1) for count, letter in _RUN.findall(self.runs))


def protected_by(levels: bytes, width: int, height: int) -> Protected | None:
    """The mask with these cells, see `Protected.levels`; None where nothing is protected. Raises `RecipeError`."""
    if not any(levels):
        return None
    runs = (match.group() for match in re.finditer(rb"(.)\1*", levels, re.DOTALL))
    text = "".join(f"{len(run) if len(run) > 1 else ''}{chr(_FIRST + run[0])}" for run in runs)
    return Protected(width, height, text)
