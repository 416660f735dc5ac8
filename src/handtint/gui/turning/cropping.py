"""What is being cropped, as numbers: the whole turned picture, and the rectangle of it that is kept. No widgets.

Rectangles are (x, y, width, height) in pixels of the whole picture as it is turned and straightened, nothing cut off.
"""

from __future__ import annotations

from dataclasses import replace

from handtint.recipe.framing import ASPECTS, cropped_to_aspect, cropped_to_seen, leveled, straightened, uncropped
from handtint.recipe.geometry import MAX_STRAIGHTEN, Geometry, Rectangle
from handtint.recipe.placement import Placement, Size, flat_size, place

_SMALLEST = 16.0  # pixels a side, or the whole picture's
_HALVINGS = 12


class Cropping:
    """A geometry on its way to another.

    Args:
        source_size: (height, width) of the upright source.

    Attributes:
        geometry: as it is now.
        aspect: one of `framing.ASPECTS`.
    """

    def __init__(self, geometry: Geometry, source_size: Size) -> None:
        self.geometry, self.aspect = geometry, "free"
        self._source_size = source_size
        self._by_hand = geometry  # what angle and aspect are applied to, so that going back with them gives it again

    @property
    def whole(self) -> Placement:
        """The whole picture on its source."""
        return place(uncropped(self.geometry, self._source_size), self._source_size)

    @property
    def rectangle(self) -> Rectangle:
        """What is kept."""
        kept, whole = place(self.geometry, self._source_size), self.whole
        (x, y), (right, bottom) = (
            whole.to_result(*kept.to_source(*corner)) for corner in ((0, 0), (kept.size[1], kept.size[0]))
        )
        return min(x, right), min(y, bottom), abs(right - x), abs(bottom - y)

    @property
    def size(self) -> Size:
        """(height, width) of what is kept, in pixels of the result."""
        return place(self.geometry, self._source_size).size

    @property
    def ratio(self) -> float | None:
        """Width / height that resizing keeps; None where it is free."""
        if self.aspect == "free":
            return None
        sides = ASPECTS[self.aspect]
        if sides is None:
            height, width = flat_size(self.geometry, self._source_size)
            return height / width if self.geometry.is_quarter_turned else width / height
        height, width = self.size
        return sides[0] / sides[1] if width >= height else sides[1] / sides[0]

    def replace(self, geometry: Geometry) -> None:
        """Begin again with another geometry."""
        self.geometry = self._by_hand = geometry
        self.aspect = "free"

    def straighten(self, degrees: float) -> None:
        """Level by this angle, clockwise as seen; the rectangle shrinks to what there is of the picture."""
        degrees = min(max(degrees, -MAX_STRAIGHTEN), MAX_STRAIGHTEN)
        self._by_hand = replace(self._by_hand, straighten=degrees)
        self._apply()

    def level(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Level by a line on the whole picture. Raises `GeometryError` where it slopes too much or has no length."""
        self.straighten(round(leveled(self.geometry, self._source_size, start, end).straighten, 2))

    def set_aspect(self, aspect: str) -> None:
        """Keep to an aspect from now on."""
        self.aspect = aspect
        self._apply()

    def move(self, dx: float, dy: float) -> None:
        """Move the rectangle, as far as there is picture."""
        x, y, width, height = self.rectangle
        for step in ((dx, 0.0), (0.0, dy)):  # one may go on where the other cannot
            if any(step):
                x, y = self.rectangle[:2]
                self._go_to((x + step[0], y + step[1], width, height))

    def resize(self, dx: float, dy: float, edges: tuple[int, int] = (1, 1)) -> None:
        """Move edges of the rectangle, as far as there is picture; the opposite ones stay.

        Args:
            edges: which: -1 left or top, 1 right or bottom, 0 none; horizontally, vertically.
        """
        x, y, width, height = self.rectangle
        new_width, new_height = width + dx * edges[0], height + dy * edges[1]
        ratio = self.ratio
        if ratio is not None:
            if edges[1] == 0 or (edges[0] != 0 and abs(dx) >= abs(dy) * ratio):
                new_height = new_width / ratio
            else:
                new_width = new_height * ratio
        smallest = min(_SMALLEST, *self.whole.size)
        grown = max(smallest / new_width if new_width > 0 else 0.0, smallest / new_height if new_height > 0 else 0.0)
        if ratio is not None and grown > 1:
            new_width, new_height = new_width * grown, new_height * grown
        new_width, new_height = max(new_width, smallest), max(new_height, smallest)
        left = x + (width - new_width) * {-1: 1.0, 0: 0.5, 1: 0.0}[edges[0]]
        top = y + (height - new_height) * {-1: 1.0, 0: 0.5, 1: 0.0}[edges[1]]
        if ratio is None:
            left, top = (left if edges[0] else x), (top if edges[1] else y)
        self._go_to((left, top, new_width, new_height))

    def draw(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw another rectangle from one corner to the other, as far as there is picture."""
        height, width = self.whole.size
        (x0, y0), (x1, y1) = ((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in (start, end))
        w, h = max(abs(x1 - x0), 1.0), max(abs(y1 - y0), 1.0)
        ratio = self.ratio
        if ratio is not None:
            w, h = min(w, h * ratio), min(h, w / ratio)
        drawn = (x0 if x1 >= x0 else x0 - w, y0 if y1 >= y0 else y0 - h, w, h)
        if min(w, h) >= min(_SMALLEST, height, width) and self._is_inside(drawn):
            self._take(drawn)

    def _apply(self) -> None:
        self.geometry = straightened(self._by_hand, self._source_size, self._by_hand.straighten)
        self.geometry = cropped_to_aspect(self.geometry, self._source_size, self.aspect)

    def _go_to(self, wanted: Rectangle) -> None:
        """Go from the present rectangle towards another, as far as there is picture."""
        begin = self.rectangle
        low, high = 0.0, 1.0
        if not self._is_inside(wanted):
            for _ in range(_HALVINGS):
                middle = (low + high) / 2
                low, high = (middle, high) if self._is_inside(_between(begin, wanted, middle)) else (low, middle)
            wanted = _between(begin, wanted, low)
        self._take(wanted)

    def _take(self, rectangle: Rectangle) -> None:
        whole = uncropped(self.geometry, self._source_size)
        self.geometry = self._by_hand = cropped_to_seen(whole, self._source_size, rectangle)

    def _is_inside(self, rectangle: Rectangle) -> bool:
        """Whether a rectangle holds nothing but picture; a pixel more is rounding."""
        x, y, width, height = rectangle
        whole = self.whole
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        if self.geometry.corners is None:
            corners = [whole.to_source(*corner) for corner in corners]
            limits = whole.source_size
        else:
            limits = whole.size
        return all(-1 <= u <= limits[1] + 1 and -1 <= v <= limits[0] + 1 for u, v in corners)


def _between(begin: Rectangle, end: Rectangle, share: float) -> Rectangle:
    x, y, width, height = (a + (b - a) * share for a, b in zip(begin, end, strict=True))
    return x, y, width, height
