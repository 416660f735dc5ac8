"""Everything a person asks of one photo, as one record. Its JSON form: `recipe.form`.

A new part is a record of its own with defaults for all of its fields, and one more line in `Recipe`. Where no part is
asked for, nothing of it is written, so results that were made before the part existed stay as they are.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from handtint.recipe.form import RecipeError, from_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.repair import Repair
from handtint.recipe.settings import Settings
from handtint.recipe.source import Source

MOST_PRINTS = 999  # on one scan
_BARE_SETTINGS = {"vividness", "strength", "hints", "recolor", "variant"}  # as Handtint 0.1 wrote them


@dataclass(frozen=True)
class Recipe:
    """What is asked of one photo. Places are pixels of the upright source, whatever the crop.

    Attributes:
        color: how it is colored.
        model: name of the model that colors it; None for the model chosen where the recipe is used.
        geometry: how it is turned and cropped.
        repair: what is repaired before it is colored.
        is_repair_automatic: whether the photo itself decides what is repaired, in place of `repair`.
        is_colored: whether it is colored at all; otherwise it is repaired only.
        source: which picture of the file it is about.
        is_inverted: whether the picture is a negative, made positive before anything else is done with it.
        part: number of the print on a scan that was split, from 1; 0 for photos that were not.
    """

    color: Settings = field(default_factory=Settings)
    model: str | None = None
    geometry: Geometry = field(default_factory=Geometry)
    repair: Repair = field(default_factory=Repair)
    is_repair_automatic: bool = False
    is_colored: bool = True
    source: Source = field(default_factory=Source)
    is_inverted: bool = False
    part: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.part <= MOST_PRINTS:
            raise RecipeError(
                "A print on a scan has a number from 1 to {most_prints}, not {part}.",
                most_prints=MOST_PRINTS,
                part=self.part,
            )

    @property
    def is_repaired(self) -> bool:
        """Whether any repair is asked for."""
        return self.is_repair_automatic or not self.repair.is_off

    @property
    def view(self) -> tuple[Geometry, bool]:
        """What is seen of the picture before any repair: how it is turned and cropped, whether it is inverted."""
        return self.geometry, self.is_inverted

    def with_color(self, color: Settings) -> Recipe:
        """The same with these settings."""
        return dataclasses.replace(self, color=color)

    def with_geometry(self, geometry: Geometry) -> Recipe:
        """The same, turned and cropped that way."""
        return dataclasses.replace(self, geometry=geometry)


def recipe_from_json(value: Any, what: str = "The recipe") -> Recipe:
    """A recipe from its JSON object, or from the bare settings that Handtint 0.1 wrote. Raises `RecipeError`."""
    if isinstance(value, dict) and value and value.keys() <= _BARE_SETTINGS:
        return Recipe(from_json(Settings, value, what))
    return from_json(Recipe, value, what)
