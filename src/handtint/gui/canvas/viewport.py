"""Where a photo lies in a viewport: zoom about a point, pan, fit. Plain numbers, no widgets.

All lengths are device pixels; `scale` is device pixels per photo pixel, so 1 shows every pixel of the
photo as one pixel of the screen. Points are (x, y), sizes (width, height).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Point = tuple[float, float]
Size = tuple[float, float]

LARGEST_SCALE = 16.0
_LARGEST_FIT = 4.0  # a small photo is enlarged to fit, but not into a mosaic


def fit_scale(photo: Size, viewport: Size) -> float:
    """The scale at which the whole photo is seen."""
    return max(min(viewport[0] / photo[0], viewport[1] / photo[1], _LARGEST_FIT), 1e-4)


@dataclass(frozen=True)
class View:
    """A scale, and the point of the photo in the middle of the viewport."""

    scale: float
    x: float
    y: float

    @classmethod
    def fitted(cls, photo: Size, viewport: Size) -> View:
        """The whole photo in the viewport."""
        return cls(fit_scale(photo, viewport), photo[0] / 2, photo[1] / 2)

    def to_photo(self, point: Point, viewport: Size) -> Point:
        """The point of the photo under a point of the viewport."""
        return (
            self.x + (point[0] - viewport[0] / 2) / self.scale,
            self.y + (point[1] - viewport[1] / 2) / self.scale,
        )

    def to_viewport(self, point: Point, viewport: Size) -> Point:
        """Where in the viewport a point of the photo is seen."""
        return (
            (point[0] - self.x) * self.scale + viewport[0] / 2,
            (point[1] - self.y) * self.scale + viewport[1] / 2,
        )

    def zoomed(self, scale: float, about: Point, photo: Size, viewport: Size) -> View:
        """At another scale, with the photo's point under `about` staying where it is."""
        scale = min(max(scale, min(fit_scale(photo, viewport), 1.0)), LARGEST_SCALE)
        x, y = self.to_photo(about, viewport)
        moved = View(scale, x - (about[0] - viewport[0] / 2) / scale, y - (about[1] - viewport[1] / 2) / scale)
        return moved.kept_inside(photo, viewport)

    def panned(self, dx: float, dy: float, photo: Size, viewport: Size) -> View:
        """Moved so that the photo goes by (dx, dy) on the screen."""
        moved = replace(self, x=self.x - dx / self.scale, y=self.y - dy / self.scale)
        return moved.kept_inside(photo, viewport)

    def kept_inside(self, photo: Size, viewport: Size) -> View:
        """Centered where smaller than the viewport; else with no edge of the photo inside the viewport."""

        def keep(middle: float, extent: float, room: float) -> float:
            half = room / 2 / self.scale
            return extent / 2 if extent <= 2 * half else min(max(middle, half), extent - half)

        return replace(self, x=keep(self.x, photo[0], viewport[0]), y=keep(self.y, photo[1], viewport[1]))
