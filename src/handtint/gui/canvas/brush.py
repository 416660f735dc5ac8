"""The brush of tools that paint on the photo: its size on a slider, and the radius which that gives."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = (1, 100)  # of the slider
_KEY_STEP = 5  # sizes: by about a quarter
_LEAST = 0.75  # pixels of the photo: a brush of less would miss the middles of all pixels


@dataclass
class Brush:
    """Equal steps of the size enlarge it by equal factors.

    Attributes:
        smallest, largest: its radius at the ends of the slider, as shares of the photo's short side.
        size: one of `SIZES`.
    """

    smallest: float
    largest: float
    size: int

    def set_size(self, size: int) -> None:
        """Take this size, or the nearest there is."""
        self.size = min(max(size, SIZES[0]), SIZES[1])

    def step(self, way: int) -> None:
        """Make it larger by a key (1), or smaller (-1)."""
        self.set_size(self.size + way * _KEY_STEP)

    def radius(self, photo: tuple[int, int]) -> float:
        """Its radius in pixels of a photo of this (height, width)."""
        smallest, largest = (max(share * min(photo), _LEAST) for share in (self.smallest, self.largest))
        return smallest * (largest / smallest) ** ((self.size - SIZES[0]) / (SIZES[1] - SIZES[0]))
