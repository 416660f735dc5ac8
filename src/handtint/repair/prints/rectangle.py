"""A rectangle that may be tilted: how a print lies on a scan."""

from __future__ import annotations

import math
from dataclasses import dataclass

from handtint.recipe.framing import fitted
from handtint.recipe.geometry import MAX_STRAIGHTEN, Corners, Geometry
from handtint.recipe.placement import Size


@dataclass(frozen=True)
class Rectangle:
    """Center, width, height in pixels; degrees clockwise, -45..45."""

    x: float
    y: float
    width: float
    height: float
    tilt: float

    def scaled(self, x: float, y: float) -> Rectangle:
        """The same in a copy of (nearly) the same shape."""
        along = math.sqrt(x * y)
        return Rectangle(self.x * x, self.y * y, self.width * along, self.height * along, self.tilt)

    @property
    def corners(self) -> Corners:
        """Clockwise, its top left first."""
        cos, sin = math.cos(math.radians(self.tilt)), math.sin(math.radians(self.tilt))
        a, b, c, d = (
            (
                self.x + cos * u * self.width / 2 - sin * v * self.height / 2,
                self.y + sin * u * self.width / 2 + cos * v * self.height / 2,
            )
            for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        )
        return a, b, c, d


def print_geometry(lies: Rectangle, photo_size: Size) -> Geometry:
    """What makes a photo of a print that lies there on a scan of (height, width). Raises ValueError."""
    tilt = round(lies.tilt, 3)
    if abs(tilt) > MAX_STRAIGHTEN:
        height, width = photo_size
        a, b, c, d = ((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in lies.corners)
        return Geometry(corners=(a, b, c, d))
    crop = (lies.x - lies.width / 2, lies.y - lies.height / 2, lies.width, lies.height)
    left, top, width, height = (round(value, 2) for value in crop)
    return fitted(Geometry(straighten=-tilt, crop=(left, top, width, height)), photo_size)
