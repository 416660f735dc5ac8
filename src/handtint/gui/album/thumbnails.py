"""Thumbnails of the files in view, as they are asked for, made on a worker thread; the most recently used are kept.

They are made one at a time, in the order of the latest request; files that have left the view are skipped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe

_BUDGET_BYTES = 256 * 2**20
_LEAST_BYTES = 1024  # counted for a thumbnail that could not be made


class Thumbnails(QObject):
    """A cache of thumbnails, and the queue of those to be made.

    Args:
        box: the size that thumbnails fit into, in device pixels.
        recipe_of: what is asked of a file: its thumbnail is inverted, turned and cropped that way.
        budget_bytes: memory for the cache.
    """

    arrived = Signal(object)  # Path

    def __init__(
        self,
        worker: Worker,
        box: QSize,
        recipe_of: Callable[[Path], Recipe],
        parent: QObject | None = None,
        budget_bytes: int = _BUDGET_BYTES,
    ) -> None:
        super().__init__(parent)
        self._worker, self._box, self._recipe_of, self._budget_bytes = worker, box, recipe_of, budget_bytes
        self._kept: OrderedDict[Path, tuple[Recipe, QImage]] = OrderedDict()
        self._bytes = 0
        self._requested: list[Path] = []
        self._task: Task | None = None

    def get(self, path: Path) -> QImage | None:
        """The thumbnail of a file, perhaps as it was asked for before; None without one, null if none can be made."""
        if path not in self._kept:
            return None
        self._kept.move_to_end(path)
        return self._kept[path][1]

    def request(self, paths: Sequence[Path]) -> None:
        """Make the thumbnails that are missing or out of date in this order, in place of those requested before."""
        self._requested = list(paths)
        if self._task is None or self._task.is_over:
            self._make_next()

    def drop(self, path: Path) -> None:
        """Forget the thumbnail of a file that changed."""
        if path in self._kept:
            self._bytes -= _size(self._kept.pop(path)[1])

    def clear(self) -> None:
        """Forget all thumbnails and requests."""
        self._kept.clear()
        self._requested, self._bytes = [], 0
        if self._task is not None:
            self._task.cancel()

    def _make_next(self) -> None:
        self._requested = [path for path in self._requested if not self._is_kept(path)]
        if self._requested:
            path = self._requested.pop(0)
            recipe = self._shown_of(path)
            self._task = self._worker.submit(
                _making(path, recipe, self._box),
                lambda image: self._keep(path, recipe, image),
                lambda error: self._keep(path, recipe, QImage()),
            )

    def _is_kept(self, path: Path) -> bool:
        return path in self._kept and self._kept[path][0] == self._shown_of(path)

    def _shown_of(self, path: Path) -> Recipe:
        """As much of what is asked of a file as its thumbnail shows."""
        recipe = self._recipe_of(path)
        return Recipe(geometry=recipe.geometry, is_inverted=recipe.is_inverted, source=recipe.source)

    def _keep(self, path: Path, recipe: Recipe, image: QImage) -> None:
        self.drop(path)
        self._kept[path] = recipe, image
        self._bytes += _size(image)
        while self._bytes > self._budget_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1][1])
        self._make_next()
        self.arrived.emit(path)


def _size(image: QImage) -> int:
    return max(image.sizeInBytes(), _LEAST_BYTES)


def _making(path: Path, recipe: Recipe, box: QSize) -> Callable[[Progress], QImage]:
    def make(progress: Progress) -> QImage:
        image = tasks.thumbnail(path, recipe)
        if image.width() <= box.width() and image.height() <= box.height():
            return image
        return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    return make
