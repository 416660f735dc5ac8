"""Hints from photo pixels to planes."""

from __future__ import annotations

import numpy as np

from handtint.imaging.hints import Hint, rasterize


def test_a_hint_covers_its_square_and_nothing_else() -> None:
    planes = rasterize([Hint(x=30, y=10, radius=5, a=40, b=-20)], (100, 200), (100, 200))
    assert planes.dtype == np.float32
    assert planes[..., 2].sum() == 100
    assert (planes[5:15, 25:35] == (40, -20, 1)).all()


def test_a_hint_lies_at_the_same_place_at_every_size() -> None:
    hint = Hint(x=150, y=50, radius=25, a=10, b=20)
    small = rasterize([hint], (100, 200), (20, 40))
    assert np.argwhere(small[..., 2]).min(0).tolist() == [5, 25]
    assert np.argwhere(small[..., 2]).max(0).tolist() == [14, 34]


def test_the_smallest_hint_still_covers_a_pixel() -> None:
    planes = rasterize([Hint(x=4000, y=3000, radius=1, a=5, b=5)], (6000, 8000), (30, 40))
    assert planes[..., 2].sum() == 1
    assert planes[15, 20, 2] == 1


def test_hints_at_the_border_stay_inside_the_picture() -> None:
    hints = [Hint(0, 0, 8, 1, 1), Hint(200, 100, 8, 2, 2)]
    planes = rasterize(hints, (100, 200), (50, 100))
    assert (planes[0, 0] == (1, 1, 1)).all()
    assert (planes[-1, -1] == (2, 2, 1)).all()
    assert planes[..., 2].sum() == 32


def test_a_later_hint_lies_over_an_earlier_one() -> None:
    planes = rasterize([Hint(5, 5, 3, 1, 1), Hint(5, 5, 1, 9, 9)], (10, 10), (10, 10))
    assert planes[5, 5, 0] == 9
    assert planes[2, 2, 0] == 1


def test_without_hints_every_plane_is_empty() -> None:
    assert not rasterize([], (10, 10), (4, 5)).any()
