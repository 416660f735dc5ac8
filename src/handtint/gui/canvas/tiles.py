"""Full-size parts of a layer, fetched on a working thread as they come into view.

A tile is `TILE` x `TILE` pixels of the photo reduced by `step` (1, 2, 4..). One tile is fetched at a time,
nearest to the middle of the view first, and what has left the view is never begun. The last ones used are
kept, up to `budget_bytes`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.canvas.pixels import Layer, to_image
from handtint.gui.parts.worker import Task, Worker
from handtint.progress import Progress

TILE = 512


@dataclass(frozen=True)
class Place:
    """Which tile: reduced by `step`, in this row and column of the grid at that step."""

    step: int
    row: int
    column: int

    def rectangle(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """left, top, right, bottom in photo pixels, of a photo of this (width, height)."""
        side = TILE * self.step
        left, top = self.column * side, self.row * side
        return left, top, min(left + side, size[0]), min(top + side, size[1])


def places(seen: tuple[float, float, float, float], size: tuple[int, int], step: int) -> list[Place]:
    """Tiles that touch `seen` (left, top, right, bottom in photo pixels), nearest to its middle first."""
    side = TILE * step
    columns, rows = -(-size[0] // side), -(-size[1] // side)
    left, top = max(int(seen[0] // side), 0), max(int(seen[1] // side), 0)
    right, bottom = min(int(seen[2] // side), columns - 1), min(int(seen[3] // side), rows - 1)
    middle_x, middle_y = (seen[0] + seen[2]) / 2 / side - 0.5, (seen[1] + seen[3]) / 2 / side - 0.5
    found = [Place(step, row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
    return sorted(found, key=lambda place: (place.row - middle_y) ** 2 + (place.column - middle_x) ** 2)


class Tiles(QObject):
    """The tiles at hand, and those on their way."""

    arrived = Signal()
    failed = Signal(Exception)

    def __init__(self, worker: Worker, parent: QObject | None = None, budget_bytes: int = 256 * 1024 * 1024) -> None:
        super().__init__(parent)
        self._worker = worker
        self._budget_bytes = budget_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[int, Place], QImage] = OrderedDict()
        self._wanted: list[tuple[Layer, Place]] = []
        self._task: Task | None = None

    def get(self, layer: Layer, place: Place) -> QImage | None:
        """The tile, if it is here."""
        image = self._kept.get((layer.key, place))
        if image is not None:
            self._kept.move_to_end((layer.key, place))
        return image

    def want(self, tiles: Sequence[tuple[Layer, Place]]) -> None:
        """These are in view and missing, most wanted first; whatever was wanted before no longer is."""
        self._wanted = list(tiles)
        if self._task is None or self._task.is_over:
            self._fetch_next()

    def forget(self, *kept: Layer | None) -> None:
        """Drop the tiles of all layers but these."""
        keys = {layer.key for layer in kept if layer is not None}
        for name in [name for name in self._kept if name[0] not in keys]:
            self._bytes -= self._kept.pop(name).sizeInBytes()
        self._wanted = [(layer, place) for layer, place in self._wanted if layer.key in keys]

    def _fetch_next(self) -> None:
        self._wanted = [(layer, place) for layer, place in self._wanted if (layer.key, place) not in self._kept]
        if self._wanted:
            layer, place = self._wanted.pop(0)
            self._task = self._worker.submit(
                _fetch(layer, place), lambda image: self._keep(layer, place, image), self._give_up
            )

    def _keep(self, layer: Layer, place: Place, image: QImage) -> None:
        self._kept[layer.key, place] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > self._budget_bytes and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self._fetch_next()
        self.arrived.emit()

    def _give_up(self, error: Exception) -> None:
        self._wanted = []
        self.failed.emit(error)


def _fetch(layer: Layer, place: Place) -> Callable[[Progress], QImage]:
    left, top, right, bottom = place.rectangle(layer.size)
    return lambda progress: to_image(layer.region(slice(top, bottom), slice(left, right), place.step))
