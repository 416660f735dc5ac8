"""Adjustments and protected places, as they stand in a recipe."""

from __future__ import annotations

import random

import pytest

from handtint.recipe.adjust import Adjust, parse_saturation
from handtint.recipe.files import has_places, without_places
from handtint.recipe.form import RecipeError
from handtint.recipe.presets import applied
from handtint.recipe.protected import Protected, protected_by
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings

CORNER = Protected(4, 2, "u3a4k")


def test_saturations_are_given_by_range() -> None:
    assert parse_saturation("skin=80, foliage = 120.5") == {"skin": 80, "foliage": 120.5}
    assert Adjust(warmth=-5, **parse_saturation("sky=0")).words == ("warmth -5", "sky 0 %")
    assert Adjust().words == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks the range"),
        ("skin", '"skin" is not a saturation. Give percent from 0 to 200, such as skin=80.'),
        ("skin=", "is not a saturation"),
        ("skin=nan", "is not a saturation"),
        ("skin=201", "is not a saturation"),
        ("skin=80,skin=90", "given twice"),
        ("folage=80", 'Did you mean "foliage"?'),
        ("sea=80", "There are: skin, foliage, sky, other."),
    ],
)
def test_saturations_that_make_no_sense_are_refused(text: str, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_saturation(text)
    assert said in str(caught.value)


def test_a_mask_comes_back_from_its_text() -> None:
    assert Protected(4, 2, "u3a2kbu").levels == bytes([20, 0, 0, 0, 10, 10, 1, 20])
    chance = random.Random(1)
    for width, height in ((1, 1), (512, 3), (37, 41)):
        levels = bytes(chance.choice((0, 0, 0, 10, 20, chance.randrange(21))) for _ in range(width * height))
        mask = protected_by(b"\x14" + levels[1:], width, height)
        assert mask is not None
        assert mask.levels == b"\x14" + levels[1:]
    assert protected_by(bytes(12), 4, 3) is None


def test_a_mask_as_large_as_can_be_is_short_where_it_is_plain() -> None:
    mask = protected_by(bytes([20]) * 512 * 512, 512, 512)
    assert mask == Protected(512, 512, "262144u")


def test_protected_places_belong_to_one_photo_and_adjustments_to_any() -> None:
    adjusted, own = Recipe(Settings(adjust=Adjust(30))), Recipe(Settings(protected=CORNER))
    assert has_places(own)
    assert not has_places(adjusted)
    assert without_places(own) == Recipe()
    assert without_places(adjusted) == adjusted
    assert applied(own, adjusted).color == Settings(adjust=Adjust(30), protected=CORNER)
    assert applied(adjusted, own).color == Settings()
    assert applied(adjusted, own, with_places=True) == own
