"""A rectangle that may be tilted: how a print lies on a scan."""

from __future__ import annotations

import math
from dataclasses import dataclass


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
