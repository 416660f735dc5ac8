"""The open album: its photos, what was set for them, and what was said of the results. No widgets.

Folders are read and notes kept on a worker. Every signal comes after the state it tells of.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from handtint.album.choices import Notes, NotesError, read_notes, usual_output, write_notes
from handtint.album.photos import AlbumPhoto, Contents, State, look_through, look_up_dates, tell_stale
from handtint.album.plan import Order
from handtint.album.planning import order_of
from handtint.album.review import Review, ReviewError, Verdict, write_review
from handtint.album.same_look.known import Lead
from handtint.errors import HandtintError
from handtint.gui.album.model import AlbumModel
from handtint.gui.album.scribe import Scribe
from handtint.gui.parts.worker import Job as Work
from handtint.gui.parts.worker import Worker
from handtint.gui.session.session import Session
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings

log = logging.getLogger(__name__)
_DATES_AT_ONCE = 1000


class Album(QObject):
    """See the module's text.

    Attributes:
        notes: of the open album; None where none is open.
        leads: which photo others take their colors from, as far as is known; see `Order.leads`.
    """

    loaded = Signal()  # other photos
    changed = Signal(object)  # paths of photos that are otherwise than before; None for all
    troubled = Signal(str)  # a sentence for the user
    faulted = Signal(Exception)  # a fault of ours

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.worker = Worker("handtint-album", self)
        self.model = AlbumModel(self)
        self.notes: Notes | None = None
        self.leads: dict[Path, Lead | None] = {}
        self.review: Review | None = None
        self._loading: Work | None = None
        self._may_keep = True
        self._scribe = Scribe(self.worker, self)
        self._scribe.failed.connect(lambda error: self.troubled.emit(self.sentence(error)))
        self._stale = QTimer(self)
        self._stale.setSingleShot(True)
        self._stale.setInterval(150)
        self._stale.timeout.connect(self.find_stale)

    # opening

    def open(self, folder: Path, recursive: bool | None = None) -> None:
        """Look through a folder and make it the open album; one without photos is told of and changes nothing.

        Args:
            recursive: whether folders inside count; None for what was chosen before.
        """
        folder = folder.absolute()
        if recursive is not None and self.notes is not None and self.notes.folder == folder:
            self.notes.recursive = recursive
            self._keep_notes()
        self.keep_now()
        models, usual = list(self._session.models), self._session.default_model

        def work(progress: Progress) -> tuple[Notes, Contents, str]:
            trouble = ""
            try:
                notes = read_notes(folder)
            except NotesError as error:
                notes, trouble = Notes(folder, usual_output(folder)), str(error)
            if recursive is not None:
                notes.recursive = recursive
            contents = look_through(notes, order_of(notes, models, usual), progress)
            if not contents.photos and recursive is None and not notes.recursive:
                notes.recursive = True
                contents = look_through(notes, order_of(notes, models, usual), progress)
            return notes, contents, trouble

        self.stop_loading()
        self._loading = self.worker.submit(work, lambda found: self._take(*found), lambda e: self._not_read(folder, e))

    def stop_loading(self) -> None:
        """Leave the album as it is."""
        if self._loading is not None:
            self._loading.cancel()

    def _take(self, notes: Notes, contents: Contents, trouble: str) -> None:
        if not contents.photos:
            self._not_read(notes.folder, None)
            return
        self.notes, self.review, self._may_keep = notes, contents.review, not trouble
        self.leads = contents.leads
        self.model.set_photos(contents.photos)
        self.loaded.emit()
        for sentence in filter(None, [trouble, *contents.troubles]):
            self.troubled.emit(sentence)

    def _not_read(self, folder: Path, error: Exception | None) -> None:
        if error is not None and not isinstance(error, OSError):
            self.faulted.emit(error)
        elif error is None or error.errno is None:
            name = folder.name or folder
            text = self.tr('There are no photos that Handtint can read in "{0}". Choose another folder.')
            self.troubled.emit(text.format(name))
        else:
            text = self.tr('The folder "{0}" could not be opened: {1}. Check your rights to it.')
            self.troubled.emit(text.format(folder, error.strerror))

    def shut(self) -> None:
        """Close the album; nothing of it is lost."""
        self.stop_loading()
        self.keep_now()
        self.notes = self.review = None
        self.leads = {}
        self.model.set_photos([])
        self.loaded.emit()

    def close(self) -> None:
        """Write down what is not, and end the thread. The run must be over, or the session closed."""
        self.worker.close()
        self.keep_now()

    # what is set

    def settings_of(self, path: Path) -> Settings:
        return self.notes.settings_of(path) if self.notes is not None else Settings()

    def order(self, retry: bool = False) -> Order | None:
        """What would be asked for now; None without an album or model."""
        if self.notes is None:
            return None
        return order_of(self.notes, self._session.models, self._session.default_model, retry, self.leads)

    def set_own(self, own: Mapping[Path, Settings | None]) -> None:
        """Settings of single photos; None for the album's."""
        if self.notes is None:
            return
        for path, settings in own.items():
            if settings is None:
                self.notes.own.pop(path, None)
            else:
                self.notes.own[path] = settings
            photo = self.model.photo(path)
            if photo is not None:
                photo.has_own = settings is not None
        self._note(list(own))

    def set_all(self, settings: Settings) -> None:
        """Settings of every photo that has none of its own."""
        if self.notes is not None and self.notes.settings != settings:
            self.notes.settings = settings
            self._note([])

    def choose(self, output: Path, save: SaveOptions, model: str, recolor: bool, same_look: bool) -> None:
        """Where results go and how they are made and saved."""
        if self.notes is None:
            return
        is_elsewhere = self.notes.output != output
        self.notes.output, self.notes.save, self.notes.model = output, save, model
        self.notes.same_look = same_look
        self.notes.settings = dataclasses.replace(self.notes.settings, recolor=recolor)
        self._note([])
        if is_elsewhere:  # other results, other states
            self.keep_now()
            try:
                self.review = Review(output)
            except ReviewError as error:
                self.review = None
                self.troubled.emit(str(error))
            for photo in self.model.photos:
                photo.state, photo.target, photo.text, photo.verdict, photo.work = State.TODO, None, "", None, ""
                photo.is_stale = False
            self.leads = {}
            self.changed.emit(None)

    def mark(self, paths: Iterable[Path], on: bool) -> None:
        """Put a star on photos, or take it off."""
        if self.notes is None:
            return
        paths = list(paths)
        for path in paths:
            (self.notes.marked.add if on else self.notes.marked.discard)(path)
            photo = self.model.photo(path)
            if photo is not None:
                photo.is_marked = on
        self._keep_notes()
        self.changed.emit(paths)

    def _note(self, paths: list[Path]) -> None:
        self._keep_notes()
        self._stale.start()
        self.changed.emit(paths)

    def find_stale(self) -> None:
        """Find out which results are out of date."""
        order = self.order()
        if order is not None:
            before = {photo.path for photo in self.model.photos if photo.is_stale}
            tell_stale(self.model.photos, order)
            after = {photo.path for photo in self.model.photos if photo.is_stale}
            if before != after:
                self.changed.emit(list(before ^ after))

    # what is said of results

    def judge(self, path: Path, verdict: Verdict | None) -> bool:
        """Say a verdict on a photo's result; whether that could be done."""
        photo = self.model.photo(path)
        if self.review is None or photo is None or photo.target is None or not photo.has_result:
            return False
        try:
            self.review.judge(photo.target, verdict)
        except ReviewError as error:
            self.troubled.emit(str(error))
            return False
        photo.verdict = verdict
        self.keep_review()
        self.changed.emit([path])
        return True

    def result_of(self, photo: AlbumPhoto) -> Path | None:
        """The file with the photo's result, which may have been set aside."""
        if photo.target is None or not photo.has_result:
            return None
        return self.review.result(photo.target) if self.review is not None else photo.target

    def rejected(self) -> list[Path]:
        """Rejected results that are still among the others."""
        return self.review.rejected() if self.review is not None else []

    def set_rejected_aside(self) -> int:
        """Move rejected results into a folder of their own; returns how many. The rest stays where one fails."""
        count = 0
        try:
            for target in self.rejected():
                assert self.review is not None
                self.review.set_aside(target)
                count += 1
        except ReviewError as error:
            self.troubled.emit(str(error))
        self.keep_review()
        self.changed.emit(None)
        return count

    # dates

    def look_up_dates(self, done: Callable[[], None]) -> None:
        """Find out when photos were taken, for those not asked before; `done` is called now and then."""
        paths = [photo.path for photo in self.model.photos if not photo.is_dated][:_DATES_AT_ONCE]
        if not paths:
            return

        def take(found: dict[Path, float | None]) -> None:
            for path, taken in found.items():
                photo = self.model.photo(path)
                if photo is not None:
                    photo.taken, photo.is_dated = taken, True
            done()
            self.look_up_dates(done)

        self.worker.submit(lambda progress: look_up_dates(paths, progress), take, self.faulted.emit)

    # writing down

    def keep_now(self) -> None:
        """Write down at once what is not yet."""
        self._scribe.now()

    def _keep_notes(self) -> None:
        notes = self.notes
        if notes is not None and self._may_keep:
            self._scribe.soon(("notes", notes.folder), lambda: functools.partial(write_notes, notes.copy()))

    def keep_review(self) -> None:
        """The verdicts changed: write them down soon."""
        review = self.review
        if review is not None:
            self._scribe.soon(
                ("review", review.folder), lambda: functools.partial(write_review, review.folder, review.to_json())
            )

    def sentence(self, error: Exception) -> str:
        """What to say of an error; a fault of ours is shown with its report."""
        if isinstance(error, HandtintError):
            log.warning("%s", error)
            return str(error)
        self.faulted.emit(error)
        return self.tr("Something went wrong inside Handtint. Your originals are unchanged.")
