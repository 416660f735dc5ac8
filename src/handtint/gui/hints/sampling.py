"""Light and color of small squares of a photo and its result, for hints. Quick enough for the window's thread."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from handtint.recipe.adjust import Adjust
from handtint.recipe.settings import Settings

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction
    from handtint.imaging.photo import Photo

_SIDE = 16  # pixels a side that are looked at


def lightness_at(photo: Photo, place: tuple[float, float], radius: float) -> float:
    """Mean L of the square around a place (x, y), pixels of the photo."""
    rows, columns = _square(photo, place, radius)
    step = max((rows.stop - rows.start) // _SIDE, 1)
    return float(photo.lightness(slice(rows.start, rows.stop, step), slice(columns.start, columns.stop, step)).mean())


def ab_of_photo(photo: Photo, place: tuple[float, float], radius: float) -> tuple[float, float]:
    """Mean ab of the same square of the photo as it came."""
    rows, columns = _square(photo, place, radius)
    step = max((rows.stop - rows.start) // _SIDE, 1)
    a, b = photo.ab(slice(rows.start, rows.stop, step), slice(columns.start, columns.stop, step)).mean((0, 1))
    return float(a), float(b)


def ab_of_result(
    photo: Photo, prediction: Prediction, settings: Settings, place: tuple[float, float], radius: float
) -> tuple[float, float]:
    """Mean ab of the same square of the result at strength 1 and not adjusted, which is what a hint says."""
    from handtint.imaging.photo import Photo
    from handtint.restore.rendering import Rendering

    rows, columns = _square(photo, place, radius)
    plain = dataclasses.replace(settings, strength=1.0, adjust=Adjust(), protected=None)
    rendering = Rendering(photo, prediction, plain)
    pixels = rendering.region(rows, columns, max((rows.stop - rows.start) // _SIDE, 1))
    a, b = Photo(pixels).ab().mean((0, 1))
    return float(a), float(b)


def _square(photo: Photo, place: tuple[float, float], radius: float) -> tuple[slice, slice]:
    """Rows and columns of the square around a place (x, y), at least one pixel of the photo."""

    def part(middle: float, length: int) -> slice:
        start = min(max(round(middle - radius), 0), length - 1)
        return slice(start, min(max(round(middle + radius), start + 1), length))

    return part(place[1], photo.size[0]), part(place[0], photo.size[1])
