"""Crops and straightening as a person sets them: on what is seen, by aspect, by a line that should be level.

Each takes a `Geometry` and the (height, width) of its source and gives another. What is seen is the result of the
geometry that is given. Those that need the crop raise `GeometryError` where it lies outside the photo.
"""

from __future__ import annotations

import math
from dataclasses import replace

from handtint.recipe.geometry import MAX_STRAIGHTEN, Geometry, GeometryError, Rectangle
from handtint.recipe.placement import Frame, Size, flat_size, framed, largest_inside

ASPECTS: dict[str, tuple[int, int] | None] = {
    "free": None,
    "original": None,
    "1:1": (1, 1),
    "3:2": (3, 2),
    "4:3": (4, 3),
    "5:7": (7, 5),
}
"""Long side, short side; a crop that stands upright has them the other way round."""


def cropped_to_aspect(geometry: Geometry, source_size: Size, aspect: str) -> Geometry:
    """The largest crop of an aspect inside what is seen, about its middle; "free" changes nothing.

    The aspect lies or stands as what is seen does; "original" has the shape of the whole picture.
    """
    if aspect == "free":
        return geometry
    frame = framed(geometry, source_size)
    ratio = ASPECTS[aspect]
    if ratio is None:
        height, width = flat_size(geometry, source_size)
        shape = width / height
    else:
        shape = ratio[0] / ratio[1] if frame.width >= frame.height else ratio[1] / ratio[0]
    width = min(frame.width, frame.height * shape)
    height = width / shape
    return _with_frame(geometry, source_size, frame, frame.center, (max(width, 1), max(height, 1)))


def cropped_to_seen(geometry: Geometry, source_size: Size, seen: Rectangle) -> Geometry:
    """Only this rectangle (x, y, width, height) of what is seen, in pixels of the result; it may reach beyond."""
    frame = framed(geometry, source_size)
    x, y, width, height = seen
    if min(width, height) < 1:
        raise GeometryError("A crop is at least one pixel wide and high. Draw it larger.")
    seen_width, seen_height = frame.width, frame.height
    if geometry.is_quarter_turned:
        seen_width, seen_height = seen_height, seen_width
    dx, dy = x + width / 2 - seen_width / 2, y + height / 2 - seen_height / 2
    if geometry.mirrored:
        dx = -dx
    for _ in range(geometry.turn // 90):
        dx, dy = dy, -dx
    if geometry.is_quarter_turned:
        width, height = height, width
    cos, sin = math.cos(math.radians(frame.tilt)), math.sin(math.radians(frame.tilt))
    center = (frame.center[0] + cos * dx + sin * dy, frame.center[1] - sin * dx + cos * dy)
    return _with_frame(geometry, source_size, frame, center, (width, height))


def uncropped(geometry: Geometry, source_size: Size) -> Geometry:
    """The same with nothing cut off: for drawing a crop on. Tilted, it has corners in which there is no picture."""
    height, width = flat_size(geometry, source_size)
    if not geometry.tilt:
        return replace(geometry, crop=None)
    cos, sin = math.cos(math.radians(geometry.tilt)), abs(math.sin(math.radians(geometry.tilt)))
    across, down = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    return replace(geometry, crop=((width - across) / 2, (height - down) / 2, float(across), float(down)))


def fitted(geometry: Geometry, source_size: Size) -> Geometry:
    """The same with its crop shrunk about its middle, its shape kept, until it holds nothing outside the picture."""
    if geometry.crop is None:
        return geometry
    height, width = flat_size(geometry, source_size)
    frame = framed(geometry, source_size)
    x, y = frame.center
    within = (2 * min(x, width - x), 2 * min(y, height - y))
    shrink = largest_inside(frame.width, frame.height, frame.tilt, within)
    if shrink >= 1:
        return geometry
    size = (max(math.floor(frame.width * shrink), 1), max(math.floor(frame.height * shrink), 1))
    return _with_frame(geometry, source_size, frame, frame.center, size)


def straightened(geometry: Geometry, source_size: Size, degrees: float) -> Geometry:
    """Straightened by this many degrees, its crop shrunk to fit. Raises ValueError beyond 15 degrees."""
    return fitted(replace(geometry, straighten=degrees), source_size)


def leveled(geometry: Geometry, source_size: Size, start: tuple[float, float], end: tuple[float, float]) -> Geometry:
    """Straightened so that a line drawn on what is seen becomes level or upright, whichever it is nearer to.

    Raises `GeometryError` where that is too far, or the line has no length.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    if not math.hypot(dx, dy) > 1:
        raise GeometryError("The line is too short to tell how it slopes. Draw it along the horizon or a wall.")
    slope = (math.degrees(math.atan2(dy, dx)) + 45) % 90 - 45
    degrees = geometry.straighten - slope
    if abs(degrees) > MAX_STRAIGHTEN:
        raise GeometryError(
            "That line slopes by {degrees} degrees, and a photo is straightened by at most "
            "{max_straighten}. Draw it along the horizon or a wall, or rotate the photo first.",
            degrees=f"{abs(degrees):.0f}",
            max_straighten=f"{MAX_STRAIGHTEN:g}",
        )
    return straightened(geometry, source_size, degrees)


def _with_frame(
    geometry: Geometry, source_size: Size, frame: Frame, center: tuple[float, float], size: tuple[float, float]
) -> Geometry:
    """With a crop of this center and size (width, height); none where that is all there is."""
    height, width = flat_size(geometry, source_size)
    crop = (center[0] - size[0] / 2, center[1] - size[1] / 2, float(size[0]), float(size[1]))
    if not frame.tilt:
        (left, right), (top, bottom) = _whole(center[0], size[0], width), _whole(center[1], size[1], height)
        crop = (float(left), float(top), float(right - left), float(bottom - top))
        if crop == (0, 0, width, height):
            return replace(geometry, crop=None)
    return replace(geometry, crop=crop)


def _whole(center: float, extent: float, limit: int) -> tuple[int, int]:
    """The whole pixels, from the first to behind the last, of a span; at least one of them."""
    count = max(round(extent), 1)
    start = round(center - count / 2)
    first = min(max(start, 0), limit - 1)
    return first, max(min(start + count, limit), first + 1)


def turned_as(found: Geometry, before: Geometry) -> Geometry:
    """A print that was found on the upright source, turned and mirrored as another geometry is."""
    angle = -found.straighten if before.mirrored else found.straighten
    return replace(found, turn=before.turn, mirrored=before.mirrored, straighten=angle)


def scaled(geometry: Geometry, source_size: Size, size: Size) -> Geometry:
    """The same for a copy of the source of another size, for instance a preview."""
    y, x = size[0] / source_size[0], size[1] / source_size[1]
    corners, crop = geometry.corners, geometry.crop
    if corners is not None:
        a, b, c, d = ((corner[0] * x, corner[1] * y) for corner in corners)
        corners = (a, b, c, d)
    if crop is not None:  # which counts in the flat picture
        before, after = flat_size(geometry, source_size), flat_size(replace(geometry, corners=corners), size)
        y, x = after[0] / before[0], after[1] / before[1]
        crop = (crop[0] * x, crop[1] * y, max(crop[2] * x, 1.0), max(crop[3] * y, 1.0))
    return replace(geometry, corners=corners, crop=crop)
