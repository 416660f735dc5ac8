"""The corners of a print that is being made flat, as numbers. No widgets."""

from __future__ import annotations

from dataclasses import replace

from handtint.recipe.geometry import Corners, Geometry, GeometryError, Point
from handtint.recipe.placement import Size, place

LEAST_SIDE = 10  # pixels of a photo on which the corners of a print can be put
_INSET = 0.1  # of each side, where nothing was marked before


class Flattening:
    """Four corners on the whole picture as it is rotated and mirrored, on the way to a geometry.

    Args:
        source_size: (height, width) of the upright source.

    Attributes:
        whole: the whole picture on its source.
        corners: in pixels of the upright source.
    """

    def __init__(self, geometry: Geometry, source_size: Size) -> None:
        self._began = geometry
        self._turned = Geometry(geometry.turn, geometry.mirrored)
        self._source_size = source_size
        self.whole = place(self._turned, source_size)
        height, width = source_size
        left, top = width * _INSET, height * _INSET
        self.corners = geometry.corners or _rectangle(left, top, width - left, height - top)

    @property
    def points(self) -> list[Point]:
        """The corners on the whole picture, in the order of the geometry."""
        return [self.whole.to_result(*corner) for corner in self.corners]

    @property
    def geometry(self) -> Geometry:
        """With the print made flat; none where its corners are the photo's; as it was where none was moved."""
        height, width = self._source_size
        if self.corners == _rectangle(0.0, 0.0, width, height):
            return self._began if self._began.corners is None else self._began.with_corners(None)
        return self._began if self.corners == self._began.corners else self._began.with_corners(self.corners)

    @property
    def size(self) -> Size:
        """(height, width) of the print made flat, in pixels of the result."""
        return place(replace(self._turned, corners=self.corners), self._source_size).size

    def move(self, number: int, x: float, y: float) -> bool:
        """Move a corner to a place of the whole picture, or the nearest inside it; whether that can be a print."""
        height, width = self.whole.size
        moved = self.whole.to_source(min(max(x, 0.0), width), min(max(y, 0.0), height))
        corners = list(self.corners)
        corners[number] = (round(moved[0], 2), round(moved[1], 2))
        a, b, c, d = corners
        try:
            wanted = replace(self._turned, corners=(a, b, c, d))
            place(wanted, self._source_size)
        except (GeometryError, ValueError, ArithmeticError):
            return False
        self.corners = (a, b, c, d)
        return True

    def unmark(self) -> None:
        """Put the corners to those of the photo: nothing is made flat."""
        height, width = self._source_size
        self.corners = _rectangle(0.0, 0.0, width, height)


def _rectangle(left: float, top: float, right: float, bottom: float) -> Corners:
    return (
        (float(left), float(top)),
        (float(right), float(top)),
        (float(right), float(bottom)),
        (float(left), float(bottom)),
    )
