"""What a repair may ask for, and its short text."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys

import pytest

from handtint.errors import HandtintError
from handtint.recipe.damage import Damage
from handtint.recipe.repair import (
    Fade,
    FadedColor,
    Noise,
    Repair,
    RepairError,
    Sharpness,
    parse_repair,
)


def test_a_repair_asks_for_nothing_by_default() -> None:
    assert Repair().is_off
    assert Repair().amounts() == {}
    assert not Repair(noise=Noise(1)).is_off
    assert not Repair(gray="auto").is_off


def test_a_short_text_asks_for_a_repair() -> None:
    repair = Repair(
        Damage(30), Fade(40, 10), noise=Noise(20, 5.5, 1, 2), faded_color=FadedColor(60), sharpness=Sharpness(7)
    )
    text = "damage=30,fade=40,even=10,color=60,noise=20,grain=5.5,blocks=1,screen=2,sharpness=7"
    assert parse_repair(text) == repair
    assert parse_repair(" fade = 40 , even=10 ") == Repair(fade=Fade(40, 10))


def test_a_white_point_has_a_short_text() -> None:
    repair = Repair(faded_color=FadedColor(60, (120.5, 80.0)))
    assert parse_repair("white=120.5:80, color=60") == repair


def test_what_one_repair_asks_for_joins_another() -> None:
    one = Repair(Damage(30), noise=Noise(20), gray="red")
    both = one.with_all_of(Repair(noise=Noise(grain=10), sharpness=Sharpness(5)))
    assert both == Repair(Damage(30), noise=Noise(20, 10), gray="red", sharpness=Sharpness(5))
    assert both.has_all_of(one)
    assert not one.has_all_of(both)
    assert both.without("noise.grain").without("sharpness") == one
    assert one.without("noise") == Repair(Damage(30), gray="red")


def test_auto_stands_alone() -> None:
    assert parse_repair(" auto ") == "auto"
    with pytest.raises(RepairError, match="is given alone"):
        parse_repair("auto,fade=3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fadr=40", 'Did you mean "fade"'),
        ("xyzzy=40", "There are: auto, damage, fade"),
        ("", "lacks its name"),
        ("fade=40,", "lacks its name"),
        ("fade", "from 0 to 100"),
        ("fade=", "from 0 to 100"),
        ("fade=101", "from 0 to 100"),
        ("fade=-1", "from 0 to 100"),
        ("fade=nan", "from 0 to 100"),
        ("fade=inf", "from 0 to 100"),
        ("fade=4x", "such as fade=40"),
        ("fade=4,fade=5", "given twice"),
        ("white=4:5,white=4:5", "given twice"),
        ("white=4", "such as white=120:80"),
        ("white=4:-1", "such as white=120:80"),
        ("white=nan:1", "such as white=120:80"),
        ("white=4:5:6", "such as white=120:80"),
        ("whte=4:5", 'Did you mean "white"'),
    ],
)
def test_a_text_that_cannot_be_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(RepairError, match=said):
        parse_repair(text)


@pytest.mark.parametrize("amount", [-0.1, 100.1, math.nan, math.inf, "40", None, True])
def test_an_amount_out_of_range_is_refused_by_name(amount: object) -> None:
    for make, name in ((Fade, "fade"), (FadedColor, "faded color"), (Noise, "noise"), (Sharpness, "sharpness")):
        with pytest.raises(ValueError, match=f"amount of {name} must be"):
            make(amount)
    with pytest.raises(HandtintError, match="noise: grain"):
        Noise(grain=amount)  # type: ignore[arg-type]


def test_a_gray_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(RepairError, match='Did you mean "green"'):
        Repair(gray="gren")


@pytest.mark.parametrize("white", [(1.0,), (1.0, -2.0), (1.0, math.nan), [1.0, 2.0], "12"])
def test_a_white_point_must_be_a_pixel(white: object) -> None:
    with pytest.raises(RepairError, match="white point"):
        FadedColor(50, white)  # type: ignore[arg-type]


def test_every_field_has_a_default_that_json_can_hold() -> None:
    def check(record: object) -> None:
        for item in dataclasses.fields(record):  # type: ignore[arg-type]
            value = getattr(record, item.name)
            if dataclasses.is_dataclass(value):
                check(value)
            else:
                assert value is None or type(value) in (bool, int, float, str, tuple)

    check(Repair())


def test_the_recipe_comes_without_numpy() -> None:
    code = "import sys, handtint.recipe.repair; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
