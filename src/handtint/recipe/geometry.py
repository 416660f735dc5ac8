"""How a photo is turned, straightened, flattened and cropped.

In this order: the print that `corners` mark, if any, is made flat; the flat picture is straightened and cropped; what
is left is turned by right angles, then mirrored. Places are pixels of the upright source (EXIF's orientation applied),
(0, 0) the top left corner of its first pixel. Where a source pixel lands: `recipe.placement`. Crops by aspect and by
what is seen: `recipe.framing`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from handtint.errors import HandtintError, Sentence

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Rectangle = tuple[float, float, float, float]

MAX_STRAIGHTEN = 15.0
_FARTHEST = 1_000_000.0  # pixels; no photo is that wide
_NARROWEST = 8.0  # pixels a side of a print marked by its corners


class GeometryError(HandtintError):
    """A turn or a crop that this photo does not allow."""


@dataclass(frozen=True)
class Geometry:
    """How a photo is turned and cropped; the default leaves it as it is. Raises ValueError.

    Attributes:
        turn: 0, 90, 180 or 270 degrees clockwise.
        mirrored: left and right exchanged, after the turn.
        straighten: degrees clockwise as seen in the result, -15..15.
        corners: four corners of a print photographed at an angle, clockwise, the print's top left first.
        crop: x, y, width, height of what is kept. With `straighten` the rectangle is tilted about its center; with
            `corners` it counts in pixels of the print made flat. None keeps all, or with `straighten` the largest
            rectangle of the picture's shape that has no empty corners.
    """

    turn: int = 0
    mirrored: bool = False
    straighten: float = 0.0
    corners: Corners | None = None
    crop: Rectangle | None = None

    def __post_init__(self) -> None:
        if type(self.turn) is not int or self.turn not in (0, 90, 180, 270):
            raise ValueError(Sentence("a turn is 0, 90, 180 or 270 degrees, not {turn}", turn=repr(self.turn)))
        if not isinstance(self.mirrored, bool):
            raise ValueError(Sentence("mirrored is true or false, not {mirrored}", mirrored=repr(self.mirrored)))
        angle = _number(self.straighten, "the angle to straighten by")
        if abs(angle) > MAX_STRAIGHTEN:
            raise ValueError(
                Sentence(
                    "a photo is straightened by at most {max_straighten} degrees, not {angle}",
                    max_straighten=f"{MAX_STRAIGHTEN:g}",
                    angle=f"{angle:g}",
                )
            )
        object.__setattr__(self, "straighten", angle + 0.0)  # no -0.0
        if self.corners is not None:
            object.__setattr__(self, "corners", _corners(self.corners))
        if self.crop is not None:
            object.__setattr__(self, "crop", _crop(self.crop))

    @property
    def moves_exactly(self) -> bool:
        """Whether each pixel of the result is one of the source, not interpolated."""
        return self.straighten == 0 and self.corners is None

    @property
    def is_quarter_turned(self) -> bool:
        """Whether what is across in the source is upright in the result."""
        return self.turn in (90, 270)

    @property
    def tilt(self) -> float:
        """Degrees clockwise by which the source itself is turned, the mirror not yet applied."""
        return -self.straighten if self.mirrored else self.straighten

    def rotated_right(self) -> Geometry:
        """What is seen, turned by a quarter clockwise."""
        return replace(self, turn=(self.turn + (270 if self.mirrored else 90)) % 360)

    def rotated_left(self) -> Geometry:
        """What is seen, turned by a quarter counterclockwise."""
        return replace(self, turn=(self.turn + (90 if self.mirrored else 270)) % 360)

    def flipped(self) -> Geometry:
        """What is seen, left and right exchanged."""
        return replace(self, mirrored=not self.mirrored, straighten=-self.straighten)

    def flipped_over(self) -> Geometry:
        """What is seen, top and bottom exchanged."""
        return replace(self.flipped(), turn=(self.turn + 180) % 360)

    def with_corners(self, corners: Corners | None) -> Geometry:
        """Another print marked, or none; crop and straightening, which counted in the former, go."""
        return replace(self, corners=corners, crop=None, straighten=0.0)


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(Sentence("{what} is a number, not {value}", what=what, value=repr(value)))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(Sentence("{what} is a finite number, not {value}", what=what, value=repr(value)))
    return number


def _numbers(values: Any, count: int, what: str) -> tuple[float, ...]:
    if not isinstance(values, (tuple, list)) or len(values) != count:
        raise ValueError(f"{what} has {count} numbers, not {values!r}")
    numbers = tuple(_number(value, f"each number of {what}") for value in values)
    if any(abs(number) > _FARTHEST for number in numbers):
        raise ValueError(Sentence("{what} lies outside any photo: {values}", what=what, values=repr(values)))
    return numbers


def _crop(crop: Any) -> Rectangle:
    x, y, width, height = _numbers(crop, 4, "a crop")
    if width < 1 or height < 1:
        raise ValueError(
            Sentence(
                "a crop is at least one pixel wide and high, not {width} x {height}",
                width=f"{width:g}",
                height=f"{height:g}",
            )
        )
    return x, y, width, height


def _corners(corners: Any) -> Corners:
    if not isinstance(corners, (tuple, list)) or len(corners) != 4:
        raise ValueError(Sentence("a print has four corners, not {corners}", corners=repr(corners)))
    a, b, c, d = ((_numbers(corner, 2, "a corner")) for corner in corners)
    points: Corners = ((a[0], a[1]), (b[0], b[1]), (c[0], c[1]), (d[0], d[1]))
    for index, (x, y) in enumerate(points):
        (x0, y0), (x1, y1) = points[index - 1], points[(index + 1) % 4]
        before, after = math.hypot(x - x0, y - y0), math.hypot(x1 - x, y1 - y)
        if min(before, after) < _NARROWEST:
            raise ValueError(
                Sentence("the corners of a print are at least {narrowest} pixels apart", narrowest=f"{_NARROWEST:g}")
            )
        if (x - x0) * (y1 - y) - (y - y0) * (x1 - x) < 0.02 * before * after:  # of about one degree
            raise ValueError(
                Sentence("the corners of a print go clockwise from its top left one, and no three in one line")
            )
    return points
