"""The open album: its photos, their settings, and the verdicts on their results. No widgets.

Folders are read and changes saved on a worker thread. Every signal is emitted after the state has changed.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from handtint.album.choices import Choices, ChoicesError, has_choices, read_choices, usual_output, write_choices
from handtint.album.identity import signs_of
from handtint.album.order import Order
from handtint.album.photos import AlbumPhoto, Contents, State, look_through, look_up_dates, tell_stale
from handtint.album.planning import order_of
from handtint.album.review import Review, ReviewError, Verdict, write_review
from handtint.album.scenes.known import Lead
from handtint.gui.album.model import AlbumModel
from handtint.gui.parts.autosave import Autosave
from handtint.gui.parts.faults import sentence_for
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.worker import Task, Worker
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings

log = logging.getLogger(__name__)
_DATES_AT_ONCE = 1000


class Album(QObject):
    """See the module's text.

    Args:
        memory: how the user wants results to be saved, for albums that are new.

    Attributes:
        choices: what is set for the open album; None where none is open.
        leads: which photo each takes its colors from, as far as known; see `Order.leads`.
    """

    loaded = Signal()  # other photos
    changed = Signal(object)  # paths of the photos that changed; None for all
    troubled = Signal(str)  # a sentence for the user
    faulted = Signal(Exception)  # a fault of ours

    def __init__(self, session: Session, memory: Memory, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._memory = session, memory
        self.worker = Worker("handtint-album", self, tr("album", "reading or writing the album's folder"))
        self.model = AlbumModel(self)
        self.choices: Choices | None = None
        self.leads: dict[Path, Lead | None] = {}
        self.review: Review | None = None
        self._loading: Task | None = None
        self._may_save = True
        self._autosave = Autosave(self.worker, self)
        self._autosave.failed.connect(lambda error: self.troubled.emit(self.sentence(error)))
        self._stale = QTimer(self)
        self._stale.setSingleShot(True)
        self._stale.setInterval(150)
        self._stale.timeout.connect(self.find_stale)

    # opening

    def open(self, folder: Path, recursive: bool | None = None) -> None:
        """List a folder and make it the open album; for one without photos only `troubled` is emitted.

        Args:
            recursive: whether subfolders count; None for what was chosen before.
        """
        folder = folder.absolute()
        if recursive is not None and self.choices is not None and self.choices.folder == folder:
            self.choices.recursive = recursive
            self._save_choices()
        self.save_now()
        models, usual = list(self._session.models), self._session.default_model
        new = Choices(folder, usual_output(folder, self._memory.results_folder), save=self._memory.save_options)

        def work(progress: Progress) -> tuple[Choices, Contents, str]:
            trouble = ""
            try:
                choices = read_choices(folder, new)
            except ChoicesError as error:
                choices, trouble = new, translated(error)
            if recursive is not None:
                choices.recursive = recursive
            contents = look_through(choices, order_of(choices, models, usual), progress)
            if not contents.photos and recursive is None and not choices.recursive:
                choices.recursive = True
                contents = look_through(choices, order_of(choices, models, usual), progress)
            choices.signs = signs_of(folder, [photo.path for photo in contents.photos])
            return choices, contents, trouble

        self.stop_loading()
        self._loading = self.worker.submit(work, lambda found: self._take(*found), lambda e: self._not_read(folder, e))

    def stop_loading(self) -> None:
        """Stop opening a folder; the open album stays."""
        if self._loading is not None:
            self._loading.cancel()

    def _take(self, choices: Choices, contents: Contents, trouble: str) -> None:
        if not contents.photos:
            self._not_read(choices.folder, None, contents.left_out)
            return
        self.choices, self.review, self._may_save = choices, contents.review, not trouble
        self.leads = contents.leads
        self.model.set_photos(contents.photos)
        if choices.was or (has_choices(choices.folder) and choices.signs != choices.known.base.get("signs")):
            self._save_choices()
        self.loaded.emit()
        # Before what is more urgent: the last is what is seen.
        for sentence in filter(
            None, [" ".join(map(translated, contents.left_out)), trouble, *map(translated, contents.troubles)]
        ):
            self.troubled.emit(sentence)

    def _not_read(self, folder: Path, error: Exception | None, left_out: Sequence[str] = ()) -> None:
        if error is not None and not isinstance(error, OSError):
            self.faulted.emit(error)
        elif error is None or error.errno is None:
            name = folder.name or folder
            text = tr(
                "album", 'There are no photos in "{name}" that Handtint can read. Choose another folder.', name=name
            )
            self.troubled.emit(" ".join((text, *map(translated, left_out))))
        else:
            text = tr(
                "album",
                'The folder "{folder}" could not be opened: {reason}. Check that you are allowed to read it.',
                folder=folder,
                reason=error.strerror,
            )
            self.troubled.emit(text)

    def shut(self) -> None:
        """Close the album; everything set for it is saved."""
        self.stop_loading()
        self.save_now()
        self.choices = self.review = None
        self.leads = {}
        self.model.set_photos([])
        self.loaded.emit()

    def close(self) -> None:
        """Save what is unsaved, and end the thread. The run must be over, or the session closed."""
        if self.worker.close():  # else the drive does not answer, and saving would wait for it as well
            self.save_now()

    # settings and stars

    def has(self, path: Path) -> bool:
        """Whether it is a photo of the open album."""
        return self.choices is not None and self.model.photo(path) is not None

    def settings_of(self, path: Path) -> Settings:
        """The settings of a photo: its own, else the album's."""
        return self.choices.settings_of(path) if self.choices is not None else Settings()

    def order(self, retry: bool = False) -> Order | None:
        """What a run would be asked for now; None without an album or a model."""
        if self.choices is None:
            return None
        return order_of(self.choices, self._session.models, self._session.default_model, retry, self.leads)

    def recipe_of(self, path: Path) -> Recipe:
        """What is asked of a photo, with the name of the model that colors it."""
        if self.choices is None:
            return Recipe()
        recipe, named = self.choices.recipe_of(path), self._session.model_named
        model = named(recipe.model) or named(self.choices.model) or self._session.default_model
        return dataclasses.replace(recipe, model=model.card.name if model is not None else None)

    def set_own(self, own: Mapping[Path, Recipe | None]) -> None:
        """Set what is asked of single photos; None gives a photo the album's again, and so does what the album asks."""
        if self.choices is None:
            return
        usual = self.recipe_of(Path()).model
        for path, recipe in own.items():
            if recipe is not None and (recipe.model == usual or self._session.model_named(recipe.model) is None):
                recipe = dataclasses.replace(recipe, model=None)
            if recipe is None or recipe == self.choices.recipe:
                self.choices.own.pop(path, None)
            else:
                self.choices.own[path] = recipe
            photo = self.model.photo(path)
            if photo is not None:
                photo.has_own = path in self.choices.own
        self._settings_changed(list(own))

    def set_all(self, recipe: Recipe) -> None:
        """Set what is asked of all photos that have nothing of their own; without a model in it the album's stays."""
        choices = self.choices
        if choices is not None:
            wanted, model = dataclasses.replace(recipe, model=None), self._session.model_named(recipe.model)
            name = model.card.name if model is not None else choices.model
            if (wanted, name) != (choices.recipe, choices.model):
                choices.recipe, choices.model = wanted, name
                self._settings_changed([])

    def leave_out(self, photos: Iterable[Path]) -> None:
        """Set which photos are not to be colored; those that are seen in no plan any more stay out."""
        if self.choices is not None:
            self.choices.left_out = set(photos)
            self._save_choices()

    def choose(self, output: Path, save: SaveOptions, model: str, recipe: Recipe, by_scene: bool) -> None:
        """Set where results go, and how they are made and saved."""
        if self.choices is None:
            return
        is_elsewhere = self.choices.output != output
        self.choices.output, self.choices.save, self.choices.model = output, save, model
        self.choices.by_scene = by_scene
        self.choices.recipe = recipe
        self._settings_changed([])
        if is_elsewhere:  # other results, so other states
            self.save_now()
            try:
                self.review = Review(output)
            except ReviewError as error:
                self.review = None
                self.troubled.emit(translated(error))
            for photo in self.model.photos:
                photo.state, photo.target, photo.text, photo.verdict, photo.work = State.TODO, None, "", None, ""
                photo.is_stale = False
            self.leads = {}
            self.changed.emit(None)

    def mark(self, paths: Iterable[Path], on: bool) -> None:
        """Put a star on photos, or take it off."""
        if self.choices is None:
            return
        paths = list(paths)
        for path in paths:
            (self.choices.marked.add if on else self.choices.marked.discard)(path)
            photo = self.model.photo(path)
            if photo is not None:
                photo.is_marked = on
        self._save_choices()
        self.changed.emit(paths)

    def _settings_changed(self, paths: list[Path]) -> None:
        self._save_choices()
        self._stale.start()
        self.changed.emit(paths)

    def find_stale(self) -> None:
        """Find out which results no longer fit the settings."""
        order = self.order()
        if order is not None:
            before = {photo.path for photo in self.model.photos if photo.is_stale}
            tell_stale(self.model.photos, order)
            after = {photo.path for photo in self.model.photos if photo.is_stale}
            if before != after:
                self.changed.emit(list(before ^ after))

    # verdicts

    def judge(self, path: Path, verdict: Verdict | None) -> bool:
        """Accept or reject a photo's result, None takes that back; returns whether it worked."""
        photo = self.model.photo(path)
        if self.choices is None or photo is None or photo.target is None or not photo.has_result:
            return False
        try:
            if self.review is None:  # could not be read; it may have been moved away since
                self.review = Review(self.choices.output)
            self.review.judge(photo.target, verdict)
        except ReviewError as error:
            self.troubled.emit(translated(error))
            return False
        photo.verdict = verdict
        self.save_review()
        self.changed.emit([path])
        return True

    def result_of(self, photo: AlbumPhoto) -> Path | None:
        """The file with the photo's result, wherever it is: rejected ones may be set aside."""
        if photo.target is None or not photo.has_result:
            return None
        return self.review.result(photo.target) if self.review is not None else photo.target

    def rejected(self) -> list[Path]:
        """The rejected results that are not set aside yet."""
        return self.review.rejected() if self.review is not None else []

    def set_rejected_aside(self) -> int:
        """Move rejected results into a folder of their own, until one fails; returns how many were moved."""
        count = 0
        try:
            for target in self.rejected():
                assert self.review is not None
                self.review.set_aside(target)
                count += 1
        except ReviewError as error:
            self.troubled.emit(translated(error))
        self.save_review()
        self.changed.emit(None)
        return count

    # dates

    def look_up_dates(self, done: Callable[[], None]) -> None:
        """Find out when photos were taken, where that is not known yet; calls `done` after every batch."""
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

    # saving

    def save_now(self) -> None:
        """Save at once what is unsaved."""
        self._autosave.now()

    def _save_choices(self) -> None:
        choices = self.choices
        if choices is not None and self._may_save:
            self._autosave.soon(("choices", choices.folder), lambda: functools.partial(write_choices, choices.copy()))

    def save_review(self) -> None:
        """Save the verdicts soon: they changed."""
        review = self.review
        if review is not None:
            self._autosave.soon(("review", review.folder), lambda: functools.partial(write_review, review.copy()))

    def sentence(self, error: Exception) -> str:
        """The sentence for an error; a fault of ours is also reported with its details."""
        return sentence_for(error, self.faulted.emit)
