"""Small pictures of files, made on a working thread for those that are in view; the last ones used are kept.

One is made at a time, the most wanted first, and what has left the view is never begun.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from handtint.gui.parts.worker import Job, Worker
from handtint.gui.session import jobs
from handtint.progress import Progress

_BUDGET_BYTES = 256 * 2**20
_LEAST_BYTES = 1024  # what a picture that could not be made counts


class Thumbnails(QObject):
    """The pictures at hand, and those on their way.

    Args:
        box: what a picture is made to fit into, in device pixels.
    """

    arrived = Signal(object)  # Path

    def __init__(self, worker: Worker, box: QSize, parent: QObject | None = None, budget_bytes: int = _BUDGET_BYTES):
        super().__init__(parent)
        self._worker, self._box, self._budget_bytes = worker, box, budget_bytes
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._bytes = 0
        self._wanted: list[Path] = []
        self._job: Job | None = None

    @property
    def kept_bytes(self) -> int:
        return self._bytes

    def get(self, path: Path) -> QImage | None:
        """The picture of a file if it is here; a null one where none can be made."""
        image = self._kept.get(path)
        if image is not None:
            self._kept.move_to_end(path)
        return image

    def want(self, paths: Sequence[Path]) -> None:
        """These are in view, most wanted first; whatever was wanted before no longer is."""
        self._wanted = list(paths)
        if self._job is None or self._job.is_over:
            self._make_next()

    def drop(self, path: Path) -> None:
        """The file changed."""
        image = self._kept.pop(path, None)
        if image is not None:
            self._bytes -= _size(image)

    def clear(self) -> None:
        """Let go of everything, and want nothing."""
        self._kept.clear()
        self._wanted, self._bytes = [], 0
        if self._job is not None:
            self._job.cancel()

    def _make_next(self) -> None:
        self._wanted = [path for path in self._wanted if path not in self._kept]
        if self._wanted:
            path = self._wanted.pop(0)
            self._job = self._worker.submit(
                _making(path, self._box),
                lambda image: self._keep(path, image),
                lambda error: self._keep(path, QImage()),
            )

    def _keep(self, path: Path, image: QImage) -> None:
        self.drop(path)
        self._kept[path] = image
        self._bytes += _size(image)
        while self._bytes > self._budget_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])
        self._make_next()
        self.arrived.emit(path)


def _size(image: QImage) -> int:
    return max(image.sizeInBytes(), _LEAST_BYTES)


def _making(path: Path, box: QSize) -> Callable[[Progress], QImage]:
    def make(progress: Progress) -> QImage:
        image = jobs.thumbnail(path)
        if image.width() <= box.width() and image.height() <= box.height():
            return image
        return image.scaled(box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)

    return make
