"""Everything a person asks of one photo, as one record. Its JSON form: `recipe.form`.

A new part is a record of its own with defaults for all of its fields, and one more line in `Recipe`. Where no part is
asked for, nothing of it is written, so results that were made before the part existed stay as they are.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from handtint.recipe.form import from_json
from handtint.recipe.settings import Settings

_BARE_SETTINGS = {"vividness", "strength", "hints", "recolor", "variant"}  # as Handtint 0.1 wrote them


@dataclass(frozen=True)
class Recipe:
    """What is asked of one photo. Places are pixels of the upright source.

    Attributes:
        color: how it is colored.
        model: name of the model that colors it; None for the model chosen where the recipe is used.
    """

    color: Settings = field(default_factory=Settings)
    model: str | None = None

    def with_color(self, color: Settings) -> Recipe:
        """The same with these settings."""
        return dataclasses.replace(self, color=color)


def recipe_from_json(value: Any, what: str = "The recipe") -> Recipe:
    """A recipe from its JSON object, or from the bare settings that Handtint 0.1 wrote. Raises `RecipeError`."""
    if isinstance(value, dict) and value and value.keys() <= _BARE_SETTINGS:
        return Recipe(from_json(Settings, value, what))
    return from_json(Recipe, value, what)
