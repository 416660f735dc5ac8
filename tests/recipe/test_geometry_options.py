"""Turns and crops on the command line."""

from __future__ import annotations

import pytest

from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.geometry_options import GeometryOrder, parse_geometry


def test_nothing_asked_for_is_nothing_done():
    assert parse_geometry() == GeometryOrder()
    assert not GeometryOrder().searches


def test_numbers_are_taken_as_they_are():
    order = parse_geometry(rotate="-90", straighten="-1.5", crop="10,20,300,200")
    assert order == GeometryOrder(Geometry(turn=270, straighten=-1.5, crop=(10, 20, 300, 200)))
    assert not order.searches


def test_what_is_to_be_found_is_told_apart():
    assert parse_geometry(rotate="90", straighten="auto") == GeometryOrder(Geometry(90), finds_angle=True)
    assert parse_geometry(crop="print") == GeometryOrder(finds_print=True)
    assert parse_geometry(rotate="180", split=True) == GeometryOrder(Geometry(180), splits=True)
    assert parse_geometry(split=True).searches


def test_the_corners_of_a_print_are_read():
    order = parse_geometry(rotate="90", crop="5,6,70,50", perspective="10,20,110.5,15,120,90,4,95")
    corners = ((10.0, 20.0), (110.5, 15.0), (120.0, 90.0), (4.0, 95.0))
    assert order == GeometryOrder(Geometry(90, corners=corners, crop=(5, 6, 70, 50)))


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
        ({"perspective": "1,2,3,4,5,6,7"}, '"1,2,3,4,5,6,7" is no print'),
        ({"perspective": "0,0,9,nan,9,9,0,9"}, "finite"),
        ({"perspective": "0,0,0,90,90,90,90,0"}, "clockwise"),
        ({"perspective": "0,0,90,0,90,90,0,90", "split": True}, "--split looks for it"),
        ({"perspective": "0,0,90,0,90,90,0,90", "crop": "print"}, "--crop print looks for it"),
        ({"perspective": "0,0,90,0,90,90,0,90", "straighten": "auto"}, "--straighten auto looks for it"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(options, said):
    with pytest.raises(GeometryError, match=said) as told:
        parse_geometry(**options)
    assert str(told.value).endswith(".")
