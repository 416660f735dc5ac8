"""What a photo's geometry could be, found in its picture: its tilt, the print on a scan's bed, several prints.

All work on shrunk copies, for which the photo is read once, in bands. They raise `Cancelled`.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.photo import Photo
from handtint.imaging.resize import fit, resize_planes, shrink_pixels
from handtint.progress import Progress
from handtint.recipe.framing import fitted
from handtint.recipe.geometry import MAX_STRAIGHTEN, Geometry
from handtint.recipe.geometry_options import GeometryOrder
from handtint.repair.lines import SIDE, tilt_of_lines
from handtint.repair.prints.finding import COARSE_SIDE, FINE_SIDE, find_prints
from handtint.repair.prints.rectangle import Rectangle, print_geometry

_STRAIGHT = 0.1  # degrees, too small to be seen


def find_straightening(photo: Photo, progress: Progress | None = None) -> float | None:
    """Degrees clockwise by which the photo should be turned to be level: by its lines, else by its print's edge.

    0.0 where it is level as it is, None where nothing tells.
    """
    small = _shrunk(photo, FINE_SIDE, progress)
    tilt = tilt_of_lines(_smaller(small, SIDE).mean(axis=2))
    if tilt is None:
        prints = _prints_of(small)
        tilt = prints[0].tilt if len(prints) == 1 and abs(prints[0].tilt) <= MAX_STRAIGHTEN else None
    if tilt is None:
        return None
    return -round(tilt, 2) if abs(tilt) > _STRAIGHT else 0.0


def find_print(photo: Photo, progress: Progress | None = None) -> Geometry | None:
    """Crop and angle of the print on a scan's white or black bed, the largest where there are several."""
    small = _shrunk(photo, FINE_SIDE, progress)
    prints = _prints_of(small)
    if not prints:
        return None
    largest = max(prints, key=lambda one: one.width * one.height)
    return print_geometry(_of_photo(largest, small, photo), photo.size)


def find_frames(photo: Photo, progress: Progress | None = None) -> list[Rectangle]:
    """Where each print on a scan lies, row by row, each row from the left; none where there is no print."""
    small = _shrunk(photo, FINE_SIDE, progress)
    return [_of_photo(one, small, photo) for one in _in_reading_order(_prints_of(small))]


def split_scan(photo: Photo, progress: Progress | None = None) -> list[Geometry]:
    """One geometry for each print on a scan, in the order of `find_frames`."""
    return [print_geometry(one, photo.size) for one in find_frames(photo, progress)]


def resolve(photo: Photo, order: GeometryOrder, progress: Progress | None = None) -> tuple[list[Geometry], list[str]]:
    """The geometries that an order asks for, one for each result, and sentences about what was not found."""
    geometry = order.geometry
    if order.splits:
        found = split_scan(photo, progress)
        if found:
            return [replace(one, turn=geometry.turn) for one in found], []
        return [geometry], [Sentence("No print's edge was found on a white or black bed; the photo was not split.")]
    if order.finds_print:
        found = find_print(photo, progress)
        if found is not None:
            return [replace(found, turn=geometry.turn)], []
        return [geometry], [Sentence("No print's edge was found on a white or black bed; the photo was not cropped.")]
    if order.finds_angle:
        angle = find_straightening(photo, progress)
        if angle is None:
            return [geometry], [Sentence("No horizon or straight lines were found; the photo was not straightened.")]
        return [fitted(replace(geometry, straighten=angle), photo.size)], []
    return [geometry], []


def _shrunk(photo: Photo, side: int, progress: Progress | None) -> np.ndarray:
    """(h, w, 3) uint8, the longer side at most `side`; a smaller photo stays as it is."""
    side = min(side, max(photo.size))
    return shrink_pixels(photo, fit(photo.size, side, side), progress)


def _smaller(picture: np.ndarray, side: int) -> np.ndarray:
    """(h, w, 3) float32 of it."""
    side = min(side, max(picture.shape[:2]))
    return resize_planes(picture.astype(np.float32), fit((picture.shape[0], picture.shape[1]), side, side))


def _prints_of(small: np.ndarray) -> list[Rectangle]:
    return find_prints(_smaller(small, COARSE_SIDE), small)


def _of_photo(found: Rectangle, small: np.ndarray, photo: Photo) -> Rectangle:
    """In the photo what was found in a copy of it."""
    return found.scaled(photo.size[1] / small.shape[1], photo.size[0] / small.shape[0])


def _in_reading_order(prints: list[Rectangle]) -> list[Rectangle]:
    """Row by row where a level line parts them, else column by column where an upright one does, and so on inside."""
    for middle, half in ((_middle_y, _half_height), (_middle_x, _half_width)):
        groups: list[list[Rectangle]] = []
        end = -math.inf
        for one in sorted(prints, key=middle):
            if not groups or middle(one) - 0.8 * half(one) > end:  # prints are never laid in line to the pixel
                groups.append([])
            groups[-1].append(one)
            end = max(end, middle(one) + 0.8 * half(one))
        if len(groups) > 1:
            return [one for group in groups for one in _in_reading_order(group)]
    return sorted(prints, key=lambda one: (one.y, one.x))


def _middle_x(one: Rectangle) -> float:
    return one.x


def _middle_y(one: Rectangle) -> float:
    return one.y


def _half_width(one: Rectangle) -> float:
    cos, sin = math.cos(math.radians(one.tilt)), abs(math.sin(math.radians(one.tilt)))
    return (one.width * cos + one.height * sin) / 2


def _half_height(one: Rectangle) -> float:
    cos, sin = math.cos(math.radians(one.tilt)), abs(math.sin(math.radians(one.tilt)))
    return (one.width * sin + one.height * cos) / 2
