"""Zoom and pan as numbers."""

from __future__ import annotations

import pytest

from handtint.gui.canvas.viewport import LARGEST_SCALE, View

PHOTO, VIEWPORT = (4000, 3000), (800, 600)


def test_fitting_shows_the_whole_photo_in_the_middle() -> None:
    view = View.fitted(PHOTO, VIEWPORT)
    assert view.to_viewport((0, 0), VIEWPORT) == pytest.approx((0, 0))
    assert view.to_viewport(PHOTO, VIEWPORT) == pytest.approx(VIEWPORT)


@pytest.mark.parametrize("about", [(100, 80), (400, 300), (790, 10)])
def test_zooming_keeps_the_place_under_the_cursor(about: tuple[int, int]) -> None:
    view = View.fitted(PHOTO, VIEWPORT)
    place = view.to_photo(about, VIEWPORT)
    zoomed = view.zoomed(1.5, about, PHOTO, VIEWPORT)
    assert zoomed.scale == 1.5
    assert zoomed.to_viewport(place, VIEWPORT) == pytest.approx(about)


def test_panning_stops_where_the_photo_ends() -> None:
    view = View(1.0, 2000, 1500).panned(1e6, -1e6, PHOTO, VIEWPORT)
    assert view.to_viewport((0, 0), VIEWPORT)[0] == pytest.approx(0)
    assert view.to_viewport(PHOTO, VIEWPORT)[1] == pytest.approx(600)


def test_zoom_has_an_end_both_ways() -> None:
    view = View.fitted(PHOTO, VIEWPORT)
    assert view.zoomed(1e9, (0, 0), PHOTO, VIEWPORT).scale == LARGEST_SCALE
    assert view.zoomed(1e-9, (0, 0), PHOTO, VIEWPORT) == view
