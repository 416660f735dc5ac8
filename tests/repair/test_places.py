"""Some pixels of a photo, kept as numbers: what they say must be what a mask would say."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from handtint.repair.damage.places import Places, stroke


def some_mask(seed: int = 0, shape: tuple[int, int] = (60, 83), share: float = 0.4) -> np.ndarray:
    return np.random.default_rng(seed).random(shape) < share


def test_components_are_those_of_scipy() -> None:
    mask = some_mask()
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    places = Places.of_mask(mask)
    ours = places.components()
    assert ours.max() + 1 == count
    pairs = set(zip(ours.tolist(), labels[mask].tolist(), strict=True))
    assert len(pairs) == count


def test_the_end_of_a_row_is_no_neighbor_of_the_next_ones_start() -> None:
    mask = np.zeros((3, 5), bool)
    mask[0, 4] = mask[1, 0] = True
    assert Places.of_mask(mask).components().tolist() == [0, 1]


def test_a_line_has_the_depth_of_half_its_width() -> None:
    mask = np.zeros((40, 90), bool)
    lines = {10: 1, 20: 2, 30: 5, 50: 12}  # left side and width
    for left, width in lines.items():
        mask[:, left : left + width] = True
    places = Places.of_mask(mask)
    depth = places.depth(30)
    deepest = [depth[(places.columns >= left) & (places.columns < left + width)].max() for left, width in lines.items()]
    assert deepest == [1, 1, 3, 6]


def test_the_border_of_the_photo_is_no_edge_of_a_damage() -> None:
    mask = np.zeros((30, 30), bool)
    mask[:, :6] = True
    assert Places.of_mask(mask).depth(30).max() == 6


def test_growing_takes_in_what_is_within_the_radius() -> None:
    mask = some_mask(3, (50, 50), 0.01)
    grown = Places.of_mask(mask).grown(4).mask()
    away = ndimage.distance_transform_edt(~mask)
    assert np.array_equal(grown, away**2 <= 4.5**2)


def test_a_part_of_the_mask_is_the_part_of_the_whole() -> None:
    mask = some_mask(1)
    places = Places.of_mask(mask)
    assert np.array_equal(places.mask(slice(7, 31), slice(11, 50)), mask[7:31, 11:50])
    assert np.array_equal(places.mask(), mask)


def test_union_and_difference_are_those_of_masks() -> None:
    a, b = some_mask(1), some_mask(2)
    assert np.array_equal((Places.of_mask(a) | Places.of_mask(b)).mask(), a | b)
    assert np.array_equal((Places.of_mask(a) - Places.of_mask(b)).mask(), a & ~b)


def test_a_stroke_covers_what_is_near_its_line() -> None:
    size = (120, 700)
    points = [(20.0, 30.0), (650.0, 90.0)]
    mask = stroke(size, points, 5).mask()
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    along = np.clip(((x - 20) * 630 + (y - 30) * 60) / (630**2 + 60**2), 0, 1)
    away = np.hypot(x - 20 - 630 * along, y - 30 - 60 * along)
    assert np.array_equal(mask, away <= 5)


def test_a_stroke_beyond_the_photo_covers_nothing_and_a_thin_one_at_least_a_pixel() -> None:
    assert len(stroke((50, 50), [(-30.0, 20.0)], 5)) == 0
    assert 1 <= len(stroke((50, 50), [(20.5, 20.5)], 0.1)) <= 5


def test_no_places_are_no_trouble() -> None:
    none = Places.none((5, 7))
    assert len(none.components()) == len(none.depth(4)) == len(none.grown(3)) == 0
    assert not none.mask().any()
    assert len(none | none) == len(none - none) == 0
