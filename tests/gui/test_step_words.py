"""What a step of the history is called."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from handtint.gui.session.step_words import step_words
from handtint.recipe.damage import Damage
from handtint.recipe.geometry import Geometry
from handtint.recipe.history import changes
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import FadedColor, Noise, Repair

_UNSPOKEN = {"color.recolor", "source.page", "source.partial"}  # decisions that are no steps


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (Recipe(geometry=Geometry(turn=90)), "Turn by 90°"),
        (Recipe(geometry=Geometry(turn=270)), "Turn by -90°"),
        (Recipe(geometry=Geometry(mirrored=True)), "Flip"),
        (Recipe(geometry=Geometry(straighten=-1.25)), "Straighten 0.0° → -1.3°"),
        (Recipe(geometry=Geometry(crop=(1, 1, 20, 20))), "Crop"),
        (Recipe(geometry=Geometry(corners=((0, 0), (30, 0), (30, 30), (0, 30)))), "Perspective"),
        (Recipe(geometry=Geometry(turn=90, crop=(1, 1, 20, 20))), "Geometry"),
        (Recipe(repair=Repair(noise=Noise(screen=40))), "Printed screen 0 → 40"),
        (Recipe(repair=Repair(gray="red")), "Gray from red"),
        (Recipe(repair=Repair(faded_color=FadedColor(white=(3, 4)))), "White point"),
        (Recipe(repair=Repair(damage=Damage(20), noise=Noise(20))), "Repair"),
        (Recipe(is_repair_automatic=True), "Automatic repair"),
        (Recipe(is_colored=False), "Repair only"),
        (Recipe(is_colored=False, geometry=Geometry(turn=90)), "Several settings"),
    ],
)
def test_steps_of_geometry_and_repair_have_words(after: Recipe, words: str) -> None:
    assert step_words(Recipe(), after) == words


def test_steps_back_have_words_of_their_own() -> None:
    cropped = Recipe(geometry=Geometry(crop=(1, 1, 20, 20)))
    assert step_words(cropped, Recipe()) == "Crop removed"
    assert step_words(Recipe(is_colored=False), Recipe()) == "Color it"


def _fields(kind: Any, place: str = "") -> Iterator[str]:
    """The paths of all fields of a record, as changes name them."""
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        path = f"{place}.{field.name}" if place else field.name
        if dataclasses.is_dataclass(hints[field.name]):
            yield from _fields(hints[field.name], path)
        else:
            yield path


def test_every_wish_of_a_recipe_is_called_by_words_for_people() -> None:
    from handtint.gui.session.step_words import _WHOLE, _WORDS

    assert changes(Recipe(), Recipe(is_colored=False))[0].path in _WORDS
    assert sorted(set(_fields(Recipe)) - set(_WORDS) - set(_WHOLE) - _UNSPOKEN) == []
