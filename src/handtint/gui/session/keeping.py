"""Keeps what is asked of the open photos by itself, a moment after it changed and on a thread of its own."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.errors import HandtintError
from handtint.gui.parts.autosave import Autosave
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker
from handtint.gui.session.open_photo import OpenPhoto
from handtint.model_card import ModelFile
from handtint.recipe.files import RecipeFile
from handtint.recipe.form import RecipeError
from handtint.recipe.history import History, Step
from handtint.recipe.known_photos import KnownPhotos
from handtint.recipe.recipe import Recipe
from handtint.recipe.store import Kept, RecipeStore, kept_now

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Origin:
    """Of what a result of ours was made, and how.

    Attributes:
        source: None where it was not found.
    """

    made: RecipeFile
    source: Path | None


@dataclass(frozen=True)
class Known:
    """What is known of a photo's file.

    Attributes:
        sha256: None where it could not be read again, or nothing may be kept of it.
        trouble: why not, for the user.
        prints: what is kept of the prints of a scan that was split.
    """

    sha256: str | None = None
    kept: Kept | None = None
    trouble: RecipeError | None = None
    prints: tuple[Kept, ...] = ()


class Keeping(QObject):
    """See the module's text."""

    troubled = Signal(Exception)  # of writing once, until that works again
    cleared = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.store, self.known = RecipeStore(), KnownPhotos()
        self._worker: Worker | None = None
        self._autosave: Autosave | None = None
        self._is_troubled = False

    def look_up(self, path: Path, page: int) -> Known:
        """What is kept of a page of a photo. On any thread."""
        try:
            sha256 = self.known.sha256(path)
            kept = self.store.read(sha256, page)
            parts = range(1, 1 + (kept.prints if kept else 0))
            prints = [self.store.read(sha256, page, part) for part in parts]
            return Known(sha256, kept, prints=tuple(one for one in prints if one is not None))
        except RecipeError as error:  # of a newer Handtint, which nothing may be written over
            return Known(trouble=error)
        except OSError as error:
            log.warning("%s", error)
            return Known()

    def origin(self, path: Path, recent: Sequence[Path]) -> Origin | None:
        """Of what a file was made, if it is a result; None for photos. On any thread."""
        from handtint.imaging.recipe_files import find_source, recipe_of_result

        try:
            made = recipe_of_result(path)
        except RecipeError as error:  # reading the picture says what is wrong with the file
            log.warning("%s", error)
            return None
        if made is None:
            return None
        known = self.known.places_of(made.sha256) if made.sha256 is not None else []
        return Origin(made, find_source(path, made, [*known, *recent], self.known.sha256))

    def put_back(self, photo: OpenPhoto, found: Known, model_named: Callable[[str | None], ModelFile | None]) -> None:
        """Put a photo whose bytes are known for the first time back to how it was left."""
        before, photo.sha256 = photo.sha256, found.sha256
        if photo.history.past and photo.sha256 != before:  # changed before these bytes were known
            self.keep(photo)
        if found.trouble is not None:
            self.troubled.emit(found.trouble)
        kept = found.kept
        if before is not None or kept is None:
            return
        asked = dataclasses.replace(kept.recipe, model=None, source=photo.asked.source)
        model = model_named(kept.recipe.model)
        past, photo.snapshots = [*kept.past, *photo.history.past], kept.snapshots
        if (photo.is_given or photo.history.past) and photo.asked != asked:
            past.insert(len(kept.past), Step(kept.recipe))  # a step back leads there
            photo.history = History(past)
            return
        photo.history = History(past, list(kept.future))
        photo.asked = photo.restored = asked
        photo.kept_hints = asked.color.hints
        photo.model, photo.left_at = model or photo.model, kept.time

    def keep(self, photo: OpenPhoto) -> None:
        """Keep what is asked of this photo, in a moment."""
        if photo.sha256 is not None:
            _, autosave = self._keepers()
            autosave.soon(_key(photo, photo.sha256), lambda: self._writing(photo))

    def _keepers(self) -> tuple[Worker, Autosave]:
        """Made when the first is needed."""
        if self._worker is None or self._autosave is None:
            self._worker = Worker("handtint-keeping", self, tr("keeping", "keeping your changes"))
            self._autosave = Autosave(self._worker, self)
            self._autosave.failed.connect(self._tell)
        return self._worker, self._autosave

    def forget(self, photo: OpenPhoto) -> None:
        """Keep nothing of this photo any more, until it is changed again."""
        sha256 = photo.sha256
        if photo.asked.part:  # it stays a print of its scan
            self.keep(photo)
        elif sha256 is not None and self._autosave is not None:
            self._autosave.soon(_key(photo, sha256), lambda: lambda: self.store.forget(sha256, photo.page))

    def clear(self) -> None:
        """Keep nothing of any photo any more, until it is changed again; `cleared` follows."""
        worker, autosave = self._keepers()
        autosave.now()  # or what is on its way would be written after that
        worker.submit(lambda progress: self.store.clear(), lambda _: self.cleared.emit(), self._tell)

    def close(self) -> None:
        """Write what is unwritten, and end the thread."""
        if self._autosave is not None and self._worker is not None:
            self._autosave.now()
            self._worker.close()

    def now(self) -> None:
        """Write what is unwritten, on this thread."""
        if self._autosave is not None:
            self._autosave.now()

    def _writing(self, photo: OpenPhoto) -> Callable[[], None]:
        sha256, history, asked = photo.sha256, photo.history, photo.asked
        if sha256 is None:
            return lambda: None
        prints = len(photo.prints) if photo.is_split else 0
        future = [step for step in history.future if step.recipe.part == asked.part]  # prints are kept by themselves
        if asked == Recipe(source=asked.source) and not (history.past or future or photo.snapshots or prints):
            return lambda: self.store.forget(sha256, photo.page)
        kept = kept_now(sha256, photo.path.name, photo.recipe, history.past, future, photo.snapshots, prints)

        def write() -> None:
            self.store.write(kept)
            photo.kept_hints = asked.color.hints
            self._is_troubled = False

        return write

    def _tell(self, error: Exception) -> None:
        if not self._is_troubled or not isinstance(error, HandtintError):
            self._is_troubled = True
            self.troubled.emit(error)


def _key(photo: OpenPhoto, sha256: str) -> tuple[str, Path]:
    """What a photo is written under."""
    return "recipe", Path(f"{sha256}-{photo.page}-{photo.asked.part}")
