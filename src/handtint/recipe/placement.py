"""Where pixels of the source land in the result of a `Geometry`, and where pixels of the result come from.

Both ways are one projective matrix, so that hints, faces and overlays follow a photo wherever it is turned. Sizes are
(height, width); points are (x, y) in pixels, (0, 0) the top left corner of the first pixel, its center (0.5, 0.5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from handtint.recipe.geometry import Corners, Geometry, GeometryError, Point

Size = tuple[int, int]
Matrix = tuple[float, float, float, float, float, float, float, float, float]  # row by row

MAX_PIXELS = 500_000_000
_FOCAL = 0.65  # of the picture's diagonal: a telephone's main camera, 24 to 28 mm on 35 mm film


@dataclass(frozen=True)
class Frame:
    """The part of the flat picture that is kept: its center there, its whole pixels, degrees the picture is turned."""

    center: Point
    width: int
    height: int
    tilt: float


@dataclass(frozen=True)
class Placement:
    """A geometry on a source of a known size.

    Attributes:
        source_size: height, width of the upright source.
        size: height, width of the result.
        matrix: takes (x, y, 1) of the result to the source.
        inverse: takes (x, y, 1) of the source to the result.
    """

    source_size: Size
    size: Size
    matrix: Matrix
    inverse: Matrix

    def to_source(self, x: float, y: float) -> Point:
        """The place in the source that is seen at this place of the result."""
        return moved(self.matrix, x, y)

    def to_result(self, x: float, y: float) -> Point:
        """Where a place of the source is seen in the result; outside of it if it is cropped away."""
        return moved(self.inverse, x, y)

    def shows(self, x: float, y: float) -> bool:
        """Whether a place of the source is within the result."""
        u, v = self.to_result(x, y)
        return 0 <= u < self.size[1] and 0 <= v < self.size[0]

    def scale(self, x: float, y: float) -> float:
        """Pixels of the result for one of the source, along a line, at a place of the source."""
        return _scale(self.inverse, x, y)

    def center_scale(self) -> float:
        """`scale` at the middle of the result."""
        return self.scale(*self.to_source(self.size[1] / 2, self.size[0] / 2))


def place(geometry: Geometry, source_size: Size) -> Placement:
    """What the geometry makes of a source of this size. Raises `GeometryError`."""
    flat, flatten = _flat(geometry, source_size)
    if flat[0] * flat[1] > MAX_PIXELS:
        raise GeometryError("The print, made flat, would be too large. Mark its corners again.")
    frame = framed(geometry, source_size)
    matrix = product(flatten, product(_of_frame(frame), _unturned(geometry, frame)))
    if geometry.moves_exactly:
        a, b, c, d, e, f, g, h, i = (float(round(value)) for value in matrix)
        matrix = (a, b, c, d, e, f, g, h, i)
    width, height = frame.width, frame.height
    if geometry.is_quarter_turned:
        width, height = height, width
    if any(matrix[6] * x + matrix[7] * y + matrix[8] <= 0 for x in (0, width) for y in (0, height)):
        raise GeometryError("The crop reaches beyond the horizon of the print's perspective. Make it smaller.")
    return Placement(source_size, (height, width), matrix, inverted(matrix))


def flat_size(geometry: Geometry, source_size: Size) -> Size:
    """Height, width of the picture that crop and straightening work on: the source, or the print made flat."""
    return _flat(geometry, source_size)[0]


def framed(geometry: Geometry, source_size: Size) -> Frame:
    """The part of the flat picture that is kept. Raises `GeometryError` for a crop that lies outside of it."""
    height, width = flat_size(geometry, source_size)
    tilt = geometry.tilt
    if geometry.crop is None:
        shrink = largest_inside(width, height, tilt, (width, height))
        return Frame((width / 2, height / 2), max(int(width * shrink), 1), max(int(height * shrink), 1), tilt)
    x, y, w, h = geometry.crop
    if tilt:
        center = (x + w / 2, y + h / 2)
        if not (0 <= center[0] <= width and 0 <= center[1] <= height):
            raise _outside(geometry, width, height)
        return Frame(center, max(round(w), 1), max(round(h), 1), tilt)
    left, right = (min(max(round(value), 0), width) for value in (x, x + w))
    top, bottom = (min(max(round(value), 0), height) for value in (y, y + h))
    if left >= right or top >= bottom:
        raise _outside(geometry, width, height)
    return Frame(((left + right) / 2, (top + bottom) / 2), right - left, bottom - top, 0.0)


def largest_inside(width: float, height: float, tilt: float, within: tuple[float, float]) -> float:
    """By how much a width x height rectangle, turned by `tilt`, must shrink to fit (width, height); 1 if it does."""
    cos, sin = math.cos(math.radians(tilt)), abs(math.sin(math.radians(tilt)))
    across, down = width * cos + height * sin, width * sin + height * cos
    return min(within[0] / across, within[1] / down, 1.0)


def _outside(geometry: Geometry, width: int, height: int) -> GeometryError:
    assert geometry.crop is not None
    numbers = ", ".join(f"{value:g}" for value in geometry.crop)
    return GeometryError(
        "The crop {numbers} lies outside the photo, which has {width} x {height} pixels.",
        numbers=numbers,
        width=width,
        height=height,
    )


def _flat(geometry: Geometry, source_size: Size) -> tuple[Size, Matrix]:
    if geometry.corners is None:
        return source_size, (1, 0, 0, 0, 1, 0, 0, 0, 1)
    height, width = source_size
    if any(not (-1 <= x <= width + 1 and -1 <= y <= height + 1) for x, y in geometry.corners):
        raise GeometryError("A corner of the print lies outside the photo. Mark the print's corners again.")
    size = _print_size(geometry.corners, source_size)
    return size, _onto(geometry.corners, size)


def _print_size(corners: Corners, source_size: Size) -> Size:
    """Height, width of the print made flat: its true shape, as many pixels as its longer sides have.

    The shape follows from the perspective where a camera's middle is the picture's and its focal length a usual one
    (Zhang and He, "Whiteboard scanning and image enhancement", 2007).
    """
    (x1, y1), (x2, y2), (x4, y4), (x3, y3) = corners  # theirs go row by row
    across = max(math.hypot(x2 - x1, y2 - y1), math.hypot(x4 - x3, y4 - y3))
    down = max(math.hypot(x3 - x1, y3 - y1), math.hypot(x4 - x2, y4 - y2))
    height, width = source_size
    m1, m2, m3, m4 = ((x - width / 2, y - height / 2, 1.0) for x, y in ((x1, y1), (x2, y2), (x3, y3), (x4, y4)))
    k2 = _dot(_cross(m1, m4), m3) / _dot(_cross(m2, m4), m3)
    k3 = _dot(_cross(m1, m4), m2) / _dot(_cross(m3, m4), m2)
    focal = _FOCAL * math.hypot(width, height)
    sides = [
        math.sqrt(((k * m[0] - m1[0]) ** 2 + (k * m[1] - m1[1]) ** 2) / focal**2 + (k - 1) ** 2)
        for k, m in ((k2, m2), (k3, m3))
    ]
    shape = sides[0] / sides[1]
    if across / down < shape:
        across = down * shape
    else:
        down = across / shape
    return max(round(down), 1), max(round(across), 1)


def _onto(corners: Corners, size: Size) -> Matrix:
    """Takes the rectangle of a size onto the corners (Heckbert, "Fundamentals of texture mapping", 1989)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area
    height, width = size
    return (
        (x1 - x0 + g * x1) / width,
        (x3 - x0 + h * x3) / height,
        x0,
        (y1 - y0 + g * y1) / width,
        (y3 - y0 + h * y3) / height,
        y0,
        g / width,
        h / height,
        1.0,
    )


def _of_frame(frame: Frame) -> Matrix:
    """From the frame's own pixels to the flat picture."""
    if not frame.tilt:
        return (1, 0, frame.center[0] - frame.width / 2, 0, 1, frame.center[1] - frame.height / 2, 0, 0, 1)
    cos, sin = math.cos(math.radians(frame.tilt)), math.sin(math.radians(frame.tilt))
    x, y = frame.width / 2, frame.height / 2
    return (cos, sin, frame.center[0] - cos * x - sin * y, -sin, cos, frame.center[1] + sin * x - cos * y, 0, 0, 1)


def _unturned(geometry: Geometry, frame: Frame) -> Matrix:
    """From the result to the frame."""
    width, height = frame.width, frame.height
    unturned: dict[int, Matrix] = {
        0: (1, 0, 0, 0, 1, 0, 0, 0, 1),
        90: (0, 1, 0, -1, 0, height, 0, 0, 1),
        180: (-1, 0, width, 0, -1, height, 0, 0, 1),
        270: (0, -1, width, 1, 0, 0, 0, 0, 1),
    }
    back = unturned[geometry.turn]
    if not geometry.mirrored:
        return back
    return product(back, (-1, 0, height if geometry.is_quarter_turned else width, 0, 1, 0, 0, 0, 1))


def product(left: Matrix, right: Matrix) -> Matrix:
    """The matrix that does `right` first, then `left`."""
    a, b, c, d, e, f, g, h, i = (
        sum(left[3 * row + k] * right[3 * k + column] for k in range(3)) for row in range(3) for column in range(3)
    )
    return a, b, c, d, e, f, g, h, i


def inverted(matrix: Matrix) -> Matrix:
    """The matrix that undoes another."""
    a, b, c, d, e, f, g, h, i = matrix
    cofactors = (e * i - f * h, c * h - b * i, b * f - c * e)
    cofactors += (f * g - d * i, a * i - c * g, c * d - a * f)
    cofactors += (d * h - e * g, b * g - a * h, a * e - b * d)
    whole = a * cofactors[0] + b * cofactors[3] + c * cofactors[6]
    r = tuple(value / whole for value in cofactors)
    return r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]


def moved(matrix: Matrix, x: float, y: float) -> Point:
    """Where a matrix takes a point; infinitely far for what lies beyond the horizon of a perspective."""
    depth = matrix[6] * x + matrix[7] * y + matrix[8]
    if depth <= 0:
        return math.inf, math.inf
    return (matrix[0] * x + matrix[1] * y + matrix[2]) / depth, (matrix[3] * x + matrix[4] * y + matrix[5]) / depth


def _scale(matrix: Matrix, x: float, y: float) -> float:
    """The square root of by how much an area grows there: |det| / depth^3."""
    depth = abs(matrix[6] * x + matrix[7] * y + matrix[8])
    return math.sqrt(abs(_dot(_cross(matrix[:3], matrix[3:6]), matrix[6:])) / depth**3)


def _cross(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _dot(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))
