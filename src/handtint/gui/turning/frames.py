"""The prints of a scan that is being split, as numbers: where each lies, moved, resized, tilted, drawn, taken away.

No widgets. Points are those of the whole scan as it is rotated and mirrored.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from handtint.recipe.framing import turned_as
from handtint.recipe.geometry import Geometry, GeometryError, Point
from handtint.recipe.placement import Size, place
from handtint.repair.prints.rectangle import Rectangle, print_geometry

MOST_TILT = 45.0
_SMALLEST = 16.0  # pixels a side
_CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


class Frames:
    """Rectangles on the upright source, one of them chosen.

    Args:
        source_size: (height, width) of the upright source.

    Attributes:
        whole: the whole scan on its source.
        chosen: number of a frame; where there is none it means nothing.
    """

    def __init__(self, geometry: Geometry, source_size: Size, found: Sequence[Rectangle] = ()) -> None:
        self._turned = Geometry(geometry.turn, geometry.mirrored)
        self._source_size = source_size
        self.whole = place(self._turned, source_size)
        self.all: list[Rectangle] = list(found)
        self.chosen = 0

    def geometries(self) -> list[Geometry]:
        """One for each frame, turned as the scan is. Raises `GeometryError` for a frame that can be no print."""
        made = []
        for number, frame in enumerate(self.all, 1):
            try:
                one = turned_as(print_geometry(frame, self._source_size), self._turned)
                place(one, self._source_size)
            except (GeometryError, ValueError) as error:
                raise GeometryError(
                    "Frame {number} cannot be a print where it is now. Move it or draw it larger.", number=number
                ) from error
            made.append(one)
        return made

    def corners(self, number: int) -> list[Point]:
        """Where the corners of a frame are seen."""
        return [self.whole.to_result(*corner) for corner in self.all[number].corners]

    def at(self, x: float, y: float) -> int | None:
        """The smallest frame at a place."""
        u, v = self.whole.to_source(x, y)
        held = []
        for number, frame in enumerate(self.all):
            along, down = _axes(frame.tilt)
            dx, dy = u - frame.x, v - frame.y
            across, upright = dx * along[0] + dy * along[1], dx * down[0] + dy * down[1]
            if abs(across) <= frame.width / 2 and abs(upright) <= frame.height / 2:
                held.append((frame.width * frame.height, number))
        return min(held)[1] if held else None

    def move(self, dx: float, dy: float) -> None:
        """Move the chosen frame, its middle within the scan."""
        if self.all:
            frame = self.all[self.chosen]
            u, v = self._vector(dx, dy)
            height, width = self._source_size
            x, y = min(max(frame.x + u, 0.0), width), min(max(frame.y + v, 0.0), height)
            self.all[self.chosen] = replace(frame, x=x, y=y)

    def drag_corner(self, corner: int, x: float, y: float) -> None:
        """Move a corner of the chosen frame there, or to the nearest place within the scan; the opposite one stays."""
        frame = self.all[self.chosen]
        height, width = self._source_size
        u, v = self.whole.to_source(x, y)
        u, v = min(max(u, 0.0), width), min(max(v, 0.0), height)
        along, down = _axes(frame.tilt)
        a, b = _CORNERS[corner]
        fixed = (
            frame.x - a * frame.width / 2 * along[0] - b * frame.height / 2 * down[0],
            frame.y - a * frame.width / 2 * along[1] - b * frame.height / 2 * down[1],
        )
        dx, dy = u - fixed[0], v - fixed[1]
        w = max(a * (dx * along[0] + dy * along[1]), _SMALLEST)
        h = max(b * (dx * down[0] + dy * down[1]), _SMALLEST)
        center = (
            fixed[0] + a * w / 2 * along[0] + b * h / 2 * down[0],
            fixed[1] + a * w / 2 * along[1] + b * h / 2 * down[1],
        )
        self.all[self.chosen] = Rectangle(*center, w, h, frame.tilt)

    def resize(self, dx: float, dy: float) -> None:
        """Let the chosen frame's right and lower sides, as they are seen, go so far."""
        if self.all:
            corners = self.corners(self.chosen)
            last = max(range(4), key=lambda n: corners[n][0] + corners[n][1])
            self.drag_corner(last, corners[last][0] + dx, corners[last][1] + dy)

    def tilt(self, degrees: float) -> None:
        """Tilt the chosen frame so far, clockwise as seen."""
        if self.all:
            angle = -degrees if self._turned.mirrored else degrees
            self.all[self.chosen] = replace(self.all[self.chosen], tilt=min(max(angle, -MOST_TILT), MOST_TILT))

    @property
    def seen_tilt(self) -> float:
        """Degrees that the chosen frame is tilted, clockwise as seen."""
        if not self.all:
            return 0.0
        tilt = self.all[self.chosen].tilt
        return -tilt if self._turned.mirrored else tilt

    def draw(self, start: Point, end: Point) -> bool:
        """Add a frame from one corner to the other, as far as there is scan, and choose it; whether it is one."""
        height, width = self.whole.size
        (x0, y0), (x1, y1) = ((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in (start, end))
        if min(abs(x1 - x0), abs(y1 - y0)) < _SMALLEST:
            return False
        (u0, v0), (u1, v1) = self.whole.to_source(x0, y0), self.whole.to_source(x1, y1)
        self.all.append(Rectangle((u0 + u1) / 2, (v0 + v1) / 2, abs(u1 - u0), abs(v1 - v0), 0.0))
        self.chosen = len(self.all) - 1
        return True

    def remove(self) -> None:
        """Take the chosen frame away."""
        if self.all:
            del self.all[self.chosen]
            self.chosen = min(self.chosen, max(len(self.all) - 1, 0))

    def _vector(self, dx: float, dy: float) -> Point:
        """A way as seen, on the source."""
        x0, y0 = self.whole.to_source(0, 0)
        x1, y1 = self.whole.to_source(dx, dy)
        return x1 - x0, y1 - y0


def _axes(tilt: float) -> tuple[Point, Point]:
    """Unit vectors along the width and down the height of a frame."""
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    return (cos, sin), (-sin, cos)
