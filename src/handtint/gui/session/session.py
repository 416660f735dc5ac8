"""The open photos: which one is current, and what is done for it. No widgets.

`Session` gives access to the parts of this wing: `reading` of files, `developing` of what was read into a picture,
`editing` of what is asked for, `pages` of files that hold several, `splitting` of scans, `keeping` of all that,
`recalling` it for photos that were not shown yet, `thumbnails`.

Two workers: `model` owns the colorizer and its device and does what takes long (coloring, and the writing of
`results`); `view` reads photos and makes what is looked at. Only the current photo's pixels are kept; of the others
their settings and predictions, so that going back to one colors nothing anew.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.canvas.tiles import Tiles
from handtint.gui.parts.faults import sentence_for
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Task, Work, Worker, close_all
from handtint.gui.session import tasks
from handtint.gui.session.developing import Developing
from handtint.gui.session.editing import Editing
from handtint.gui.session.keeping import Keeping, Known
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.pages import Pages
from handtint.gui.session.reading import Reading
from handtint.gui.session.recalling import Recalling
from handtint.gui.session.splitting import Splitting
from handtint.gui.session.thumbnails import Thumbnails
from handtint.model_card import DEFAULT_MODEL, ModelFile
from handtint.recipe.files import RecipeFile
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.stamps import stamp_if_there

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer

log = logging.getLogger(__name__)


class Session(QObject):
    """See the module's text. Every signal comes after the state has changed."""

    list_changed = Signal()
    current_changed = Signal()
    state_changed = Signal()  # state, work, error or result of the current photo
    photo_read = Signal()
    restored = Signal(object, float)  # OpenPhoto as it was left, and when that was, in seconds since 1970
    result_changed = Signal()
    went_on = Signal(object, object)  # OpenPhoto that is shown in place of the result at this Path
    orphaned = Signal(object, object)  # OpenPhoto that is a result, RecipeFile that says of what
    progressed = Signal(float, str)
    troubled = Signal(str)  # a sentence for the user, not about the current photo's color
    faulted = Signal(Exception)  # a fault of ours
    device_found = Signal(str)
    closed = Signal()

    def __init__(
        self,
        load_colorizer: Callable[[ModelFile], Colorizer],
        models: Sequence[ModelFile],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.models = list(models)
        self.default_model = self.models[0] if self.models else None
        self.photos: list[OpenPhoto] = []
        self.current: OpenPhoto | None = None
        self.device = ""
        self.loaded_model = tasks.LoadedModel(load_colorizer)  # for work on the model's thread only
        self.model_worker = Worker("handtint-model", self, tr("session", "coloring or saving"))  # owns the model
        self.view_worker = Worker("handtint-view", self, tr("session", "reading a photo"))  # makes what is looked at
        self._disk_worker: Worker | None = None
        self.keeping = Keeping(self)
        self.keeping.troubled.connect(self._report_failure)
        self.tiles = Tiles(self.view_worker, self)
        self.tiles.failed.connect(self._report_failure)
        self._thumbnails = Thumbnails(self.view_worker, self.photos, self.keeping, self)
        self._thumbnails.made.connect(self.list_changed)
        self._reading = Reading(self.view_worker, self.keeping, self.sentence, self)
        self._reading.done.connect(self._take)
        self._reading.done_anew.connect(self._take_anew)
        self._reading.orphaned.connect(self.orphaned)
        self._reading.originated.connect(self.go_on_from)
        self._reading.unreadable.connect(self.list_changed)
        self._reading.unreadable.connect(self.state_changed)
        self._reading.failed.connect(self._report_failure)
        self.developing = Developing(self.loaded_model, self.model_worker, self.view_worker, self.sentence, self)
        self.developing.changed.connect(self.state_changed)
        self.developing.turned.connect(self.photo_read)
        self.developing.thumbnail_made.connect(self.list_changed)
        self.developing.decided.connect(self.keeping.keep)
        self.developing.result_changed.connect(self.result_changed)
        self.developing.progressed.connect(self.progressed)
        self.developing.device_found.connect(self._set_device)
        self.developing.failed.connect(self._report_failure)
        self.editing = Editing(lambda: self.current, self.model_named, self.developing, self.keeping, self)
        self.editing.changed.connect(self.state_changed)
        self.editing.turned.connect(self._turn_anew)
        self.editing.changed.connect(self._thumbnails.make_next)  # of photos that are turned without being shown
        self.splitting = Splitting(self.photos, self.keeping, self.model_named, self)
        self.splitting.changed.connect(self._show_read)
        self.editing.joined.connect(self.splitting.join)
        self.editing.split_again.connect(self.splitting.split_again)
        self._recalling = Recalling(
            self.view_worker, self.photos, lambda: self.current, self.keeping, self.splitting, self.model_named, self
        )
        self._recalling.recalled.connect(self._show_more)
        self._recalling.failed.connect(self._report_failure)
        self.pages = Pages(self.photos, lambda: self.current, lambda: self.default_model, self)
        self.pages.added.connect(self._show_more)
        self.pages.chosen.connect(self.show)
        self.pages.left.connect(self.forget)
        self.recent: Callable[[], Sequence[Path]] = lambda: ()  # where the photo that a result was made of may be
        self.is_closed = False

    # opening, choosing, closing

    def open(self, paths: Sequence[Path], recipe: Recipe | None = None, home: Path | None = None) -> None:
        """Add photos, those in folders too, and show the first of them; new ones begin with `recipe` and `home`."""
        found = [photo for path in paths for photo in tasks.photos_to_open(path)]
        if paths and not found:
            self.troubled.emit(
                tr(
                    "session",
                    'There are no photos that Handtint can read in "{folder}". Choose another folder.',
                    folder=paths[0].name or paths[0],
                )
            )
            return
        page, part = (recipe.source.page, recipe.part) if recipe is not None else (1, 0)
        of_page = [photo for photo in reversed(self.photos) if photo.page == page]  # of a split scan the first print
        at_hand = {photo.path: photo for photo in of_page if part in (0, photo.asked.part)}
        for path in found:
            if path not in at_hand:
                at_hand[path] = photo = OpenPhoto(path, self.default_model, home=home, is_given=recipe is not None)
                if recipe is not None:
                    photo.asked = dataclasses.replace(recipe, model=None)
                    photo.model = self.model_named(recipe.model) or photo.model
                self.photos.append(photo)
        if found:
            self.list_changed.emit()
            self.show(at_hand[found[0]])
            self._thumbnails.make_next()

    def _show_more(self) -> None:
        self.list_changed.emit()
        self.state_changed.emit()
        self._thumbnails.make_next()

    def show(self, photo: OpenPhoto | None) -> None:
        """Make it the current one: read it, color it if it was not, drop the pixels of the one before."""
        if photo is self.current and (photo is None or photo.state is not PhotoState.UNREADABLE):
            return
        self._stop_current()
        self.current = photo
        self.current_changed.emit()
        if photo is not None:
            self._reading.begin(photo, list(self.recent()) if photo.sha256 is None else None)
        self._thumbnails.make_next()  # the one that was left may have none yet
        self.state_changed.emit()

    def close_photo(self) -> None:
        """Close the current photo and show its neighbor."""
        if self.current is None:
            return
        index = self.photos.index(self.current)
        del self.photos[index]
        self.list_changed.emit()
        self.show(self.photos[min(index, len(self.photos) - 1)] if self.photos else None)

    def recall(self, photos: Sequence[OpenPhoto], then: Callable[[list[OpenPhoto]], object]) -> None:
        """Call `then` with photos as they were left, also those that were not shown yet; see `Recalling`."""
        self._recalling.recall(photos, then)

    def forget(self, photo: OpenPhoto) -> None:
        """Let go of a photo that is not shown."""
        if photo is not self.current and photo in self.photos:
            self.photos.remove(photo)
            self.list_changed.emit()

    def close(self) -> None:
        """Cancel everything and end the threads, or leave those behind that do not end in time."""
        self.is_closed = True
        self.keeping.close()
        workers = (self.model_worker, self.view_worker, self._disk_worker)
        close_all([worker for worker in workers if worker is not None])
        self.closed.emit()

    def _stop_current(self) -> None:
        self._reading.cancel()
        self.developing.drop()
        self.tiles.forget()
        if self.current is not None:
            if self.current.state is not PhotoState.UNREADABLE:
                self.current.state = PhotoState.WAITING
            self.current.upright = self.current.seen = self.current.photo = self.current.preview = None
            self.current.repaired_as = None
            self.current.before = self.current.after = None
            self.current.variants = ()

    def go_on_from(self, result: OpenPhoto, made: RecipeFile, source: Path) -> None:
        """Show the photo that a result was made of, with the recipe it was made with, in place of the result."""
        if result not in self.photos:
            return
        at, was_current = self.photos.index(result), result is self.current
        photo = self.pages.at_hand(source, made.recipe.source.page, made.recipe.part)
        if photo is None:
            photo = OpenPhoto(source, self.default_model, dataclasses.replace(made.recipe, model=None), is_given=True)
            photo.model = self.model_named(made.recipe.model) or photo.model
            self.photos[at] = photo
            photo.restored = photo.asked
            photo.kept_hints = photo.settings.hints
        else:
            del self.photos[at]
            self.editing.set_recipe(made.recipe, name=tr("session", "As in the result"), photo=photo)
        stamp = stamp_if_there(result.path)
        if photo.work is not None:
            photo.mark_saved(result.path, SaveOptions(), photo.work, stamp)
        self.list_changed.emit()
        if was_current:
            photo.result_opened = result.path
            self.show(photo)

    def reload(self) -> None:
        """Read the current photo's file anew, which another program wrote.

        What is shown stays until that is done, and where it fails. Settings stay; hints do if the size does.
        """
        if self.current is not None and self.current.photo is not None:
            self._reading.begin_anew(self.current)

    def _take_anew(self, photo: OpenPhoto, read: tasks.ReadResult, found: Known) -> None:
        self._stop_current()
        self._take(photo, read, found)

    def _take(self, photo: OpenPhoto, read: tasks.ReadResult, found: Known) -> None:
        if photo.stamp not in (None, read.stamp):
            photo.forget_colors()
            photo.thumbnail = None
        photo.upright, photo.stamp, photo.pages = read, read.stamp, read.photo.meta.pages
        had_places = photo.take_size(read.photo.size)
        is_first = photo.sha256 is None
        self.keeping.put_back(photo, found, self.model_named)
        shown = self.splitting.reopened(photo, read, found) if is_first else photo
        if shown is not photo:
            self._show_read(shown, read)
            self._tell_left(shown)
            return

        def seen() -> None:
            if photo.result_opened is not None:
                self.went_on.emit(photo, photo.result_opened)
                photo.result_opened = photo.left_at = None
            else:
                self._tell_left(photo)
            if had_places:
                sentence = tr(
                    "session",
                    'The size of "{photo}" changed, so its color hints, protected places and crop were removed.',
                    photo=photo.name,
                )
                self.troubled.emit(sentence)

        self.developing.begin(photo, read, seen)

    def _tell_left(self, photo: OpenPhoto) -> None:
        if photo.left_at is not None:
            self.restored.emit(photo, photo.left_at)
            photo.left_at = None

    def _show_read(self, photo: OpenPhoto, read: tasks.ReadResult | None) -> None:
        """Make a photo the current one whose file was read for another one."""
        if read is None:
            self.list_changed.emit()
            self.show(photo)
            return
        self._stop_current()
        self.current, photo.upright, photo.pages = photo, read, read.photo.meta.pages
        self.list_changed.emit()
        self.current_changed.emit()
        self.developing.begin(photo, read)
        self.state_changed.emit()

    def _turn_anew(self, photo: OpenPhoto) -> None:
        if photo.upright is not None:
            self._reading.cancel()
            self.developing.begin(photo, photo.upright)

    # the models

    def model_named(self, name: str | None) -> ModelFile | None:
        """The model that can be chosen under this name."""
        return next((model for model in reversed(self.models) if model.card.name == name), None)

    def add_model(self, model: ModelFile) -> None:
        """Let a model be chosen that was not there at the start, in place of one of the same file."""
        self.models = [known for known in self.models if known.path != model.path] + [model]

    def drop_model(self, model: ModelFile) -> None:
        """Let a model be chosen no more; photos that it colored are colored by the usual one."""
        self.models = [known for known in self.models if known != model]
        usual = self.model_named(DEFAULT_MODEL) or next(iter(self.models), None)
        if self.default_model == model:
            self.default_model = usual
        for photo in self.photos:
            if photo.model == model and photo is not self.current:
                photo.model = usual
        if usual is not None and self.current is not None and self.current.model == model:
            self.editing.set_model(usual)
        self.state_changed.emit()

    def set_model(self, model: ModelFile) -> None:
        """Color the current photo, and those to come, with another model."""
        self.default_model = model
        self.editing.set_model(model)

    def prepare(self) -> None:
        """Get torch and the default model ready in the background."""
        self.developing.prepare(self.default_model)

    def load_model_anew(self) -> None:
        """Take what was chosen for the device since the model was loaded."""
        self.model_worker.submit(
            lambda progress: self.loaded_model.drop(), lambda _: self.prepare(), self._report_failure
        )

    def take_cores(self, count: int | None) -> None:
        """Take so many cores of the CPU at most from now on; None for as many as usual."""
        self.loaded_model.cores = count
        self.model_worker.submit(
            lambda progress: self.loaded_model.take_threads(None), lambda _: None, self._report_failure
        )

    def _set_device(self, device: str) -> None:
        self.device = device
        self.device_found.emit(device)

    # for others that need a thread

    def run_on_disk(
        self, work: Work, on_done: Callable[[Any], object], on_failed: Callable[[Exception], object] | None = None
    ) -> Task:
        """Do something small on the disk's own thread: a drive that does not answer holds nothing else up."""
        if self._disk_worker is None:
            self._disk_worker = Worker("handtint-disk", self, tr("session", "looking at a file or folder"))
        return self._disk_worker.submit(work, on_done, on_failed or self._report_failure)

    def run_on_view(self, work: Work, on_done: Callable[[Any], object]) -> Task:
        """Do something on the thread that reads photos and makes what is looked at."""
        return self.view_worker.submit(work, on_done, self._report_failure)

    def request_thumbnail(self, path: Path, done: Callable[[QImage], None]) -> Task:
        """A small picture of a file, a null one where it cannot be read."""
        return self._thumbnails.request(path, done)

    # errors

    def _report_failure(self, error: Exception) -> None:
        self.troubled.emit(self.sentence(error))

    def sentence(self, error: Exception) -> str:
        """What to tell a user of an error; a fault of ours is told by `faulted` besides."""
        return sentence_for(error, self.faulted.emit)
