"""The brush of tools that paint on the photo: its size on a slider, and the radius which that gives."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

SIZES = (1, 100)  # of the slider
_KEY_STEP = 5  # sizes: by about a quarter
_LEAST = 0.75  # pixels of the photo: a brush of less would miss the middles of all pixels


class Brush(QObject):
    """Equal steps of the size enlarge it by equal factors.

    Args:
        smallest, largest: its radius at the ends of the slider, as shares of the photo's short side.

    Attributes:
        size: one of `SIZES`.
    """

    changed = Signal()

    def __init__(self, smallest: float, largest: float, size: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._smallest, self._largest, self.size = smallest, largest, size

    def set_size(self, size: int) -> None:
        """Take this size, or the nearest there is."""
        self.size = min(max(size, SIZES[0]), SIZES[1])
        self.changed.emit()

    def step(self, way: int) -> None:
        """Make it larger by a key (1), or smaller (-1)."""
        self.set_size(self.size + way * _KEY_STEP)

    def radius(self, photo: tuple[int, int]) -> float:
        """Its radius in pixels of a photo of this (height, width)."""
        smallest, largest = (max(share * min(photo), _LEAST) for share in (self._smallest, self._largest))
        return smallest * (largest / smallest) ** ((self.size - SIZES[0]) / (SIZES[1] - SIZES[0]))
