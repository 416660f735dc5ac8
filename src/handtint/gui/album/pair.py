"""An original and its result for the review, read on a worker thread; the next pair is read ahead."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.errors import HandtintError
from handtint.gui.canvas.pixels import PREVIEW_SIDE, Layer, layer_before
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session import tasks
from handtint.progress import Progress
from handtint.recipe.form import RecipeError
from handtint.recipe.recipe import Recipe, recipe_from_json

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo
    from handtint.restore.rendering import Preview

_MAX_PIXELS_AHEAD = 30_000_000  # after a larger photo no other is read ahead: two would fill the memory


@dataclass(frozen=True, eq=False)
class Pair:
    """What the review compares.

    Attributes:
        before, after: for the canvas; None where `trouble` says why.
        photo, preview: the original, for coloring it with other settings.
    """

    source: Path
    before: Layer | None = None
    after: Layer | None = None
    photo: Photo | None = None
    preview: Preview | None = None
    trouble: str = ""


class PairReader(QObject):
    """Reads the requested pair, then the one likely requested next."""

    arrived = Signal(object)  # Pair, the one requested last
    faulted = Signal(Exception)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._requested: tuple[Path, Path] | None = None
        self._next: tuple[Path, Path] | None = None
        self._ahead: Pair | None = None
        self._task: Task | None = None

    def request(self, source: Path, result: Path, then: tuple[Path, Path] | None) -> None:
        """Read a photo and its result; `then` is the pair likely requested next."""
        ahead, self._ahead = self._ahead, None
        self.cancel()
        self._requested, self._next = (source, result), then
        if ahead is not None and ahead.source == source:
            self._arrive(ahead)
        else:
            self._task = self._worker.submit(_reading(source, result), self._arrive, self._fail, urgent=True)

    def cancel(self) -> None:
        """Drop all requests."""
        self._requested = self._next = self._ahead = None
        if self._task is not None:
            self._task.cancel()

    def _arrive(self, pair: Pair) -> None:
        self.arrived.emit(pair)
        is_small = pair.photo is not None and pair.photo.size[0] * pair.photo.size[1] <= _MAX_PIXELS_AHEAD
        if self._next is not None and is_small:
            self._task = self._worker.submit(_reading(*self._next), self._keep, self._fail)

    def _keep(self, pair: Pair) -> None:
        self._ahead = pair

    def _fail(self, error: Exception) -> None:
        self.faulted.emit(error)


def _reading(source: Path, result: Path) -> Callable[[Progress], Pair]:
    def read(progress: Progress) -> Pair:
        from handtint.imaging.opening import read_photo  # on the worker thread, like all of `tasks`
        from handtint.restore.rendering import Preview

        try:
            recipe = _recipe_of(result)
            before = tasks.turned(tasks.read(source, recipe.source, progress.part(0.0, 0.4)), recipe, progress)
            photo = read_photo(result, progress.part(0.5, 0.8))
            preview = Preview(photo, PREVIEW_SIDE, progress.part(0.8, 1.0))
        except HandtintError as error:
            return Pair(source, trouble=translated(error))
        if photo.size != before.photo.size:
            text = tr(
                "album",
                'The result "{name}" differs in size from the original, so they cannot be compared here.',
                name=result.name,
            )
            return Pair(source, trouble=text)
        return Pair(source, before.before, layer_before(photo, preview.before), before.photo, before.preview)

    return read


def _recipe_of(result: Path) -> Recipe:
    """How it was made from the original, as the result says; an empty recipe where it does not say."""
    from handtint.imaging.provenance import read_provenance

    noted = read_provenance(result)
    with contextlib.suppress(RecipeError):  # of a newer Handtint, or of none: the sizes will tell
        return recipe_from_json(noted.recipe) if noted is not None else Recipe()
    return Recipe()
