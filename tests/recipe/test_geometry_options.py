"""Turns and crops on the command line."""

from __future__ import annotations

import pytest

from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.geometry_options import GeometryOrder, parse_geometry


def test_nothing_asked_for_is_nothing_done():
    assert parse_geometry() == GeometryOrder()
    assert not GeometryOrder().looks


def test_numbers_are_taken_as_they_are():
    order = parse_geometry(rotate="-90", straighten="-1.5", crop="10,20,300,200")
    assert order == GeometryOrder(Geometry(turn=270, straighten=-1.5, crop=(10, 20, 300, 200)))
    assert not order.looks


def test_what_is_to_be_found_is_told_apart():
    assert parse_geometry(rotate="90", straighten="auto") == GeometryOrder(Geometry(90), finds_angle=True)
    assert parse_geometry(crop="print") == GeometryOrder(finds_print=True)
    assert parse_geometry(rotate="180", split=True) == GeometryOrder(Geometry(180), splits=True)
    assert parse_geometry(split=True).looks


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rotate": "45"}, '"45" is no turn'),
        ({"rotate": "left"}, '"left" is no turn'),
        ({"straighten": "16"}, "at most 15 degrees, not 16"),
        ({"straighten": "nan"}, "finite"),
        ({"straighten": "much"}, '"much" is no angle'),
        ({"crop": "1,2,3"}, '"1,2,3" is no crop'),
        ({"crop": "0,0,0,5"}, "at least one pixel"),
        ({"crop": "a,b,c,d"}, "is no crop"),
        ({"crop": "print", "straighten": "2"}, "Leave --straighten out"),
        ({"split": True, "crop": "print"}, "Leave --crop out"),
        ({"split": True, "straighten": "auto"}, "Leave --straighten out"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(options, said):
    with pytest.raises(GeometryError, match=said) as told:
        parse_geometry(**options)
    assert str(told.value).endswith(".")
