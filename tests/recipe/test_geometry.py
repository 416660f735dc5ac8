"""A recipe's turns and crops: what it takes, and where pixels go."""

from __future__ import annotations

import dataclasses
import json
import math
import random

import pytest

from handtint.recipe.form import from_json
from handtint.recipe.framing import (
    ASPECTS,
    cropped_to_aspect,
    cropped_to_seen,
    fitted,
    leveled,
    scaled,
    straightened,
    uncropped,
)
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.placement import flat_size, place

SIZE = (300, 400)
PRINT = ((50.0, 60.0), (350.0, 40.0), (330.0, 260.0), (40.0, 230.0))


def some_geometries() -> list[Geometry]:
    chance = random.Random(5)
    return [
        Geometry(
            turn=chance.choice((0, 90, 180, 270)),
            mirrored=chance.random() < 0.5,
            straighten=chance.choice((0.0, chance.uniform(-15, 15))),
            corners=chance.choice((None, PRINT)),
            crop=chance.choice((None, (40.0, 50.0, 120.0, 90.0))),
        )
        for _ in range(60)
    ]


def test_the_default_leaves_a_photo_as_it_is():
    placed = place(Geometry(), SIZE)
    assert placed.size == SIZE
    assert placed.to_source(12.5, 7.25) == placed.to_result(12.5, 7.25) == (12.5, 7.25)


def test_a_geometry_survives_json():
    for geometry in some_geometries():
        text = json.dumps(dataclasses.asdict(geometry))
        assert Geometry(**json.loads(text)) == from_json(Geometry, json.loads(text), "The geometry") == geometry


@pytest.mark.parametrize(
    "fields",
    [
        {"turn": 45},
        {"turn": 90.0},
        {"turn": True},
        {"turn": None},
        {"mirrored": 1},
        {"straighten": 15.1},
        {"straighten": math.nan},
        {"straighten": "2"},
        {"straighten": True},
        {"straighten": 10**400},
        {"crop": (0, 0, 0, 10)},
        {"crop": (0, 0, math.inf, 10)},
        {"crop": (0, 0, 10)},
        {"crop": (0, 0, 10, 1e9)},
        {"crop": "print"},
        {"corners": ((0, 0), (9, 0), (9, 9))},
        {"corners": ((0, 0), (0, 99), (99, 99), (99, 0))},  # counterclockwise
        {"corners": ((0, 0), (99, 0), (50, 0.1), (0, 99))},  # three in a line
        {"corners": ((0, 0), (99, 99), (99, 0), (0, 99))},  # crossed
        {"corners": ((0, 0), (99, 0), (99, math.nan), (0, 99))},
        {"corners": ((0, 0), (5, 0), (5, 99), (0, 99))},
    ],
)
def test_what_makes_no_sense_is_refused(fields):
    with pytest.raises(ValueError, match=r"\w{3}"):
        Geometry(**fields)


def test_places_go_there_and_back():
    chance = random.Random(1)
    for geometry in some_geometries():
        placed = place(geometry, SIZE)
        for _ in range(5):
            u, v = chance.uniform(0, placed.size[1]), chance.uniform(0, placed.size[0])
            assert placed.to_result(*placed.to_source(u, v)) == pytest.approx((u, v))


def test_rotating_and_flipping_act_on_what_is_seen():
    for geometry in some_geometries():
        before = place(geometry, SIZE)
        height, width = before.size
        x, y = before.to_source(13.0, 9.0)
        for changed, where in (
            (geometry.rotated_right(), (height - 9.0, 13.0)),
            (geometry.rotated_left(), (9.0, width - 13.0)),
            (geometry.flipped(), (width - 13.0, 9.0)),
            (geometry.flipped_over(), (13.0, height - 9.0)),
        ):
            assert place(changed, SIZE).to_result(x, y) == pytest.approx(where)
        assert geometry.rotated_right().rotated_left() == geometry.flipped().flipped() == geometry


def test_straightening_turns_what_is_seen_clockwise():
    for geometry in (Geometry(), Geometry(mirrored=True), Geometry(90, mirrored=True)):
        level, turned = place(geometry, SIZE), place(dataclasses.replace(geometry, straighten=3.0), SIZE)
        ends = [turned.to_result(*level.to_source(level.size[1] / 2 + dx, level.size[0] / 2)) for dx in (-50, 50)]
        slope = math.degrees(math.atan2(ends[1][1] - ends[0][1], ends[1][0] - ends[0][0]))
        assert slope == pytest.approx(3.0)


def test_a_straightened_photo_has_its_shape_and_no_empty_corners():
    for angle in (0.1, -4, 15):
        placed = place(Geometry(straighten=angle), SIZE)
        height, width = placed.size
        assert width / height == pytest.approx(4 / 3, rel=0.01)
        at_edge = 0
        for corner in ((0, 0), (width, 0), (width, height), (0, height)):
            x, y = placed.to_source(*corner)
            assert 0 <= x <= 400
            assert 0 <= y <= 300
            at_edge += min(x, y, 400 - x, 300 - y) < 1.5
        assert at_edge >= 2


def test_a_marked_print_becomes_a_rectangle_of_its_own_shape():
    placed = place(Geometry(corners=PRINT), SIZE)
    height, width = placed.size
    for corner, seen in zip(PRINT, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        assert placed.to_result(*corner) == pytest.approx(seen, abs=1e-6)


def test_the_shape_of_a_print_is_that_of_the_print_not_of_its_foreshortened_sides():
    """A 3 x 2 print before a camera of 26 mm, leaned back by 30 degrees and turned by 20."""
    height, width = 3000, 4000
    focal = 0.65 * math.hypot(height, width)
    corners = []
    for x, y in ((-1.5, -1), (1.5, -1), (1.5, 1), (-1.5, 1)):
        lean, turn = math.radians(30), math.radians(20)
        y, z = y * math.cos(lean), y * math.sin(lean)
        x, z = x * math.cos(turn) + z * math.sin(turn), z * math.cos(turn) - x * math.sin(turn) + 4
        corners.append((width / 2 + focal * x / z, height / 2 + focal * y / z))
    flat = flat_size(Geometry(corners=tuple(corners)), (height, width))
    assert flat[1] / flat[0] == pytest.approx(1.5, rel=0.01)
    foreshortened = math.dist(corners[0], corners[1]) / math.dist(corners[0], corners[3])
    assert abs(foreshortened / 1.5 - 1) > 0.05


def test_scale_says_how_much_larger_things_become():
    placed = place(Geometry(corners=((0, 0), (200, 0), (200, 100), (0, 100))), (100, 200))
    assert placed.scale(50, 50) == pytest.approx(1)
    tilted = place(Geometry(90, straighten=7.0), SIZE)
    assert tilted.scale(10, 20) == pytest.approx(1)
    near_far = place(Geometry(corners=((100, 50), (300, 50), (400, 300), (0, 300))), SIZE)
    assert near_far.scale(200, 60) > 1.5 * near_far.scale(200, 290)


def test_a_place_beyond_the_horizon_of_a_perspective_is_nowhere():
    placed = place(Geometry(corners=((190, 150), (210, 150), (400, 300), (0, 300))), SIZE)
    assert placed.to_result(200, 0) == (math.inf, math.inf)
    assert not placed.shows(200, 0)
    assert placed.shows(200, 200)


@pytest.mark.parametrize("crop", [(400, 0, 5, 5), (-20, 0, 10, 10), (0, 300, 400, 10)])
@pytest.mark.parametrize("straighten", [0.0, 2.0])
def test_a_crop_outside_the_photo_is_told(crop, straighten):
    with pytest.raises(GeometryError, match="outside the photo, which has 400 x 300"):
        place(Geometry(crop=crop, straighten=straighten), SIZE)


def test_corners_outside_the_photo_are_told():
    with pytest.raises(GeometryError, match="corner"):
        place(Geometry(corners=PRINT), (100, 100))


def test_a_crop_that_reaches_out_is_cut_to_the_photo():
    assert place(Geometry(crop=(-50, 280, 100, 100)), SIZE).size == (20, 50)


def test_the_smallest_and_the_thinnest_photos_can_be_turned():
    for size in ((1, 1), (1, 60000), (60000, 1)):
        assert place(Geometry(90), size).size == size[::-1]
        assert min(place(Geometry(straighten=15), size).size) >= 1
        assert cropped_to_aspect(Geometry(), size, "3:2")


def test_crops_by_aspect_lie_or_stand_as_what_is_seen():
    assert place(cropped_to_aspect(Geometry(), SIZE, "3:2"), SIZE).size == (267, 400)
    assert place(cropped_to_aspect(Geometry(90), SIZE, "3:2"), SIZE).size == (400, 267)
    assert place(cropped_to_aspect(Geometry(), SIZE, "1:1"), SIZE).size == (300, 300)
    assert place(cropped_to_aspect(Geometry(), SIZE, "5:7"), SIZE).size == (286, 400)
    assert cropped_to_aspect(Geometry(), SIZE, "4:3") == Geometry()
    assert cropped_to_aspect(Geometry(), SIZE, "original") == Geometry()
    cut = Geometry(crop=(10, 10, 60, 200))
    assert cropped_to_aspect(cut, SIZE, "free") == cut
    assert place(cropped_to_aspect(cut, SIZE, "original"), SIZE).size == (45, 60)


def test_aspects_hold_on_pictures_turned_and_tilted():
    for geometry in some_geometries():
        for name, ratio in ASPECTS.items():
            if ratio:
                height, width = place(cropped_to_aspect(geometry, SIZE, name), SIZE).size
                assert max(width, height) / min(width, height) == pytest.approx(ratio[0] / ratio[1], rel=0.05)


def test_a_rectangle_drawn_on_what_is_seen_is_what_is_kept():
    for geometry in some_geometries():
        before = place(geometry, SIZE)
        cut = place(cropped_to_seen(geometry, SIZE, (5, 7, 40, 30)), SIZE)
        assert cut.size == (30, 40)
        assert cut.to_result(*before.to_source(25.0, 22.0)) == pytest.approx((20.0, 15.0))


def test_a_crop_can_be_drawn_larger_again():
    geometry = Geometry(90, mirrored=True, straighten=4.0, crop=(100, 100, 50, 50))
    whole = uncropped(geometry, SIZE)
    placed = place(whole, SIZE)
    for corner in ((0, 0), (400, 0), (400, 300), (0, 300)):
        u, v = placed.to_result(*corner)
        assert -1e-6 <= u <= placed.size[1] + 1e-6
        assert -1e-6 <= v <= placed.size[0] + 1e-6
    again = cropped_to_seen(whole, SIZE, (100, 100, 200, 150))
    assert place(again, SIZE).size == (150, 200)


def test_a_tilted_crop_is_shrunk_until_it_holds_no_empty_corner():
    geometry = straightened(Geometry(crop=(0, 0, 390, 200)), SIZE, 10.0)
    placed = place(geometry, SIZE)
    height, width = placed.size
    assert width / height == pytest.approx(390 / 200, rel=0.02)
    for corner in ((0, 0), (width, 0), (width, height), (0, height)):
        x, y = placed.to_source(*corner)
        assert -1e-6 <= x <= 400 + 1e-6
        assert -1e-6 <= y <= 300 + 1e-6
    small = Geometry(crop=(100, 100, 50, 40), straighten=10.0)
    assert fitted(small, SIZE) == small


def test_a_line_drawn_along_a_horizon_becomes_level():
    for geometry in (Geometry(), Geometry(90, mirrored=True, straighten=-2.0), Geometry(straighten=1.0)):
        before = place(geometry, SIZE)
        start, end = (50.0, 100.0), (150.0, 106.0)
        after = place(leveled(geometry, SIZE, start, end), SIZE)
        a, b = (after.to_result(*before.to_source(*point)) for point in (start, end))
        assert a[1] == pytest.approx(b[1])
        after = place(leveled(geometry, SIZE, (100, 50), (96, 150)), SIZE)
        a, b = (after.to_result(*before.to_source(*point)) for point in ((100, 50), (96, 150)))
        assert a[0] == pytest.approx(b[0])


def test_a_line_too_steep_or_too_short_is_told():
    with pytest.raises(GeometryError, match="slopes by 30 degrees"):
        leveled(Geometry(), SIZE, (0, 0), (100, 57.74))
    with pytest.raises(GeometryError, match="too short"):
        leveled(Geometry(), SIZE, (5, 5), (5, 5))


def test_a_preview_gets_the_same_geometry_at_its_size():
    for geometry in some_geometries():
        large, small = place(geometry, SIZE), place(scaled(geometry, SIZE, (150, 200)), (150, 200))
        assert small.size == pytest.approx((large.size[0] / 2, large.size[1] / 2), abs=1.1)
        x, y = large.to_source(large.size[1] / 2, large.size[0] / 2)
        seen = small.to_result(x / 2, y / 2)
        assert seen == pytest.approx((small.size[1] / 2, small.size[0] / 2), abs=1.1)
