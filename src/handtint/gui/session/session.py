"""The open photos: which one is current, its settings, reading and undo; coloring is in `coloring`. No widgets.

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

from handtint.errors import HandtintError
from handtint.gui.canvas.tiles import Tiles
from handtint.gui.parts.faults import fault_sentence
from handtint.gui.parts.translating import told, tr
from handtint.gui.parts.worker import Job, Work, Worker, close_all
from handtint.gui.session import jobs
from handtint.gui.session.coloring import Coloring
from handtint.gui.session.keeping import Found, Keeping, Origin
from handtint.gui.session.open_photo import OpenPhoto, Stage
from handtint.gui.session.repairing import Repairing
from handtint.model_card import ModelFile
from handtint.progress import Progress
from handtint.recipe.files import RecipeFile
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.history import History, Step
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.recipe.store import Snapshot
from handtint.stamps import stamp_if_there

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer

log = logging.getLogger(__name__)


class Session(QObject):
    """See the module's text. Every signal comes after the state it tells of."""

    list_changed = Signal()
    current_changed = Signal()
    state_changed = Signal()  # stage, work, error or result of the current photo
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
        self._loaded_model = jobs.LoadedModel(load_colorizer)
        self._model_worker = Worker("handtint-model", self, tr("session", "coloring or saving"))
        self._view_worker = Worker("handtint-view", self, tr("session", "reading a photo"))
        self._disk_worker: Worker | None = None
        self.keeping = Keeping(self)
        self.keeping.troubled.connect(self._report_failure)
        self.tiles = Tiles(self._view_worker, self)
        self.tiles.failed.connect(self._report_failure)
        self._coloring = Coloring(self._loaded_model, self._model_worker, self._view_worker, self.sentence, self)
        self._coloring.changed.connect(self.state_changed)
        self._coloring.result_changed.connect(self.result_changed)
        self._coloring.progressed.connect(self.progressed)
        self._coloring.device_found.connect(self._set_device)
        self._coloring.failed.connect(self._report_failure)
        self._repairing = Repairing(self._model_worker, self.sentence, self)
        self._repairing.changed.connect(self.state_changed)
        self._repairing.result_changed.connect(self.result_changed)
        self._repairing.progressed.connect(self.progressed)
        self._repairing.mended.connect(self._take_mended)
        self._repairing.inspected.connect(self._take_inspection)
        self._repairing.failed.connect(self._report_failure)
        self._reading: Job | None = None
        self._thumbnail: Job | None = None
        self.recent: Callable[[], Sequence[Path]] = lambda: ()  # where the photo that a result was made of may be
        self.is_closed = False

    # opening, choosing, closing

    def open(self, paths: Sequence[Path], settings: Settings | None = None, home: Path | None = None) -> None:
        """Add photos, those in folders too, and show the first of them; new ones begin with `settings` and `home`."""
        found = [photo for path in paths for photo in jobs.photos_to_open(path)]
        if paths and not found:
            self.troubled.emit(
                tr(
                    "session",
                    'There are no photos that Handtint can read in "{name}". Choose another folder.',
                    name=paths[0].name or paths[0],
                )
            )
            return
        at_hand = {photo.path: photo for photo in self.photos}
        for path in found:
            if path not in at_hand:
                asked = Recipe(settings or Settings())
                at_hand[path] = OpenPhoto(path, self.default_model, asked, home, is_given=settings is not None)
                self.photos.append(at_hand[path])
        if found:
            self.list_changed.emit()
            self.show(at_hand[found[0]])
            self._make_next_thumbnail()

    def show(self, photo: OpenPhoto | None) -> None:
        """Make it the current one: read it, color it if it was not, drop the pixels of the one before."""
        if photo is self.current and (photo is None or photo.stage is not Stage.UNREADABLE):
            return
        self._stop_current()
        self.current = photo
        self.current_changed.emit()
        if photo is not None:
            self._read(photo)
        self.state_changed.emit()

    def close_photo(self) -> None:
        """Close the current photo and show its neighbor."""
        if self.current is None:
            return
        index = self.photos.index(self.current)
        del self.photos[index]
        self.list_changed.emit()
        self.show(self.photos[min(index, len(self.photos) - 1)] if self.photos else None)

    def forget(self, photo: OpenPhoto) -> None:
        """Let go of a photo that is not shown."""
        if photo is not self.current and photo in self.photos:
            self.photos.remove(photo)
            self.list_changed.emit()

    def close(self) -> None:
        """Cancel everything and end the threads, or leave those behind that do not end in time."""
        self.is_closed = True
        self.keeping.close()
        workers = (self._model_worker, self._view_worker, self._disk_worker)
        close_all([worker for worker in workers if worker is not None])
        self.closed.emit()

    def _stop_current(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._coloring.drop()
        self._repairing.drop()
        self.tiles.forget()
        if self.current is not None:
            if self.current.stage is not Stage.UNREADABLE:
                self.current.stage = Stage.WAITING
            self.current.upright = self.current.seen = self.current.photo = self.current.preview = None
            self.current.mended_as = None
            self.current.before = self.current.after = None
            self.current.variants = ()

    def _read(self, photo: OpenPhoto) -> None:
        photo.stage, photo.error = Stage.READING, ""

        def failed(error: Exception) -> None:
            photo.stage, photo.error = Stage.UNREADABLE, self.sentence(error)
            self.list_changed.emit()
            self.state_changed.emit()

        recent = list(self.recent()) if photo.sha256 is None else None

        def work(progress: Progress) -> tuple[Origin | None, tuple[jobs.ReadResult, Found] | None]:
            origin = self.keeping.origin(photo.path, recent) if recent is not None else None
            is_found = origin is not None and origin.source is not None
            return origin, None if is_found else self._opened(photo.path, progress)

        def done(found: tuple[Origin | None, tuple[jobs.ReadResult, Found] | None]) -> None:
            origin, opened = found
            if opened is not None:
                self._take(photo, *opened)
                if origin is not None:
                    self.orphaned.emit(photo, origin.made)
            elif origin is not None and origin.source is not None:
                self.go_on_from(photo, origin.made, origin.source)

        self._reading = self._view_worker.submit(work, done, failed, urgent=True)

    def go_on_from(self, result: OpenPhoto, made: RecipeFile, source: Path) -> None:
        """Show the photo that a result was made of, with the recipe it was made with, in place of the result."""
        if result not in self.photos:
            return
        at, was_current = self.photos.index(result), result is self.current
        photo = next((one for one in self.photos if one.path == source), None)
        if photo is None:
            photo = OpenPhoto(source, self.default_model, dataclasses.replace(made.recipe, model=None), is_given=True)
            photo.model = self.model_named(made.recipe.model) or photo.model
            self.photos[at] = photo
            photo.restored = photo.asked
            photo.kept_hints = photo.settings.hints
        else:
            del self.photos[at]
            self.set_recipe(made.recipe, name=tr("session", "As in the result"), photo=photo)
        stamp = stamp_if_there(result.path)
        if photo.work is not None:
            photo.mark_saved(result.path, SaveOptions(), photo.work, stamp)
        self.list_changed.emit()
        if was_current:
            photo.result_opened = result.path
            self.show(photo)

    def _opened(self, path: Path, progress: Progress) -> tuple[jobs.ReadResult, Found]:
        """On a working thread."""
        read = jobs.read(path, progress)
        return read, self.keeping.look_up(path)

    def reload(self) -> None:
        """Read the current photo's file anew, which another program wrote.

        What is shown stays until that is done, and where it fails. Settings stay; hints do if the size does.
        """
        photo = self.current
        if photo is None or photo.photo is None:
            return

        def done(opened: tuple[jobs.ReadResult, Found]) -> None:
            self._stop_current()
            self._take(photo, *opened)

        self._reading = self._view_worker.submit(
            lambda progress: self._opened(photo.path, progress), done, self._report_failure, urgent=True
        )

    def _take(self, photo: OpenPhoto, read: jobs.ReadResult, found: Found) -> None:
        if photo.stamp not in (None, read.stamp):
            photo.forget_colors()
            photo.thumbnail = None
        photo.upright, photo.stamp = read, read.stamp
        had_places = photo.take_size(read.photo.size)
        left = self._take_kept(photo, found)

        def seen() -> None:
            if photo.result_opened is not None:
                self.went_on.emit(photo, photo.result_opened)
                photo.result_opened = None
            elif left is not None:
                self.restored.emit(photo, left)
            if had_places:
                text = tr(
                    "session",
                    '"{name}" changed its size, so its color hints and its crop were removed.',
                    name=photo.path.name,
                )
                self.troubled.emit(text)

        self._turn(photo, read, seen)

    def _turn(self, photo: OpenPhoto, upright: jobs.ReadResult, then: Callable[[], None] | None = None) -> None:
        """Show a photo that is read as its geometry says, and color it."""
        geometry = photo.asked.geometry
        if self._reading is not None:
            self._reading.cancel()

        def done(seen: jobs.ReadResult) -> None:
            photo.seen, photo.mended_as = seen, Repair()
            photo.photo, photo.preview, photo.judgment, photo.before, _ = seen
            photo.stage, photo.after, photo.variants = Stage.READY, None, ()
            if photo.thumbnail is None:
                photo.thumbnail = seen.before.levels[-1]
                self.list_changed.emit()
            self.photo_read.emit()
            if then is not None:
                then()
            self._color_or_render()

        def failed(error: Exception) -> None:
            photo.asked = photo.asked.with_geometry(Geometry())
            done(upright)
            self._report_failure(error)

        if geometry == Geometry():
            done(upright)
            return
        self._coloring.drop()
        self._repairing.drop()
        photo.stage, photo.error, photo.seen, photo.photo, photo.preview = Stage.READING, "", None, None, None
        self._reading = self._view_worker.submit(
            lambda progress: jobs.turned(upright, geometry, progress), done, failed, urgent=True
        )

    def _take_kept(self, photo: OpenPhoto, found: Found) -> float | None:
        """Put a photo that is read for the first time back to how it was left; when that was, None where it was not."""
        is_first, photo.sha256 = photo.sha256 is None, found.sha256
        if found.trouble is not None:
            self._report_failure(found.trouble)
        kept = found.kept
        if not is_first or kept is None:
            if photo.history.past:  # changed before its bytes were known
                self.keeping.note(photo)
            return None
        asked = dataclasses.replace(kept.recipe, model=None)
        model = self.model_named(kept.recipe.model)
        past, photo.snapshots = [*kept.past, *photo.history.past], kept.snapshots
        if (photo.is_given or photo.history.past) and photo.asked != asked:
            past.insert(len(kept.past), Step(kept.recipe))  # a step back leads there
            photo.history = History(past)
            return None
        photo.history = History(past, list(kept.future))
        photo.asked = photo.restored = asked
        photo.kept_hints = asked.color.hints
        photo.model = model or photo.model
        return kept.time

    def model_named(self, name: str | None) -> ModelFile | None:
        """The model that can be chosen under this name."""
        return next((model for model in reversed(self.models) if model.card.name == name), None)

    # coloring

    @property
    def is_coloring(self) -> bool:
        """Whether the current photo is on its way to its color."""
        return self._coloring.is_running

    @property
    def is_shown(self) -> bool:
        """Whether the picture is that of the current photo's settings, or none is on its way."""
        return self._coloring.is_rendered and not self._repairing.is_running

    def prepare(self) -> None:
        """Get torch and the default model ready in the background."""
        self._coloring.prepare(self.default_model)

    def add_model(self, model: ModelFile) -> None:
        """Let a model be chosen that was not there at the start, in place of one of the same file."""
        self.models = [known for known in self.models if known.path != model.path] + [model]

    def set_model(self, model: ModelFile) -> None:
        """Color the current photo, and those to come, with another model."""
        self.default_model = model
        current = self.current
        if current is not None and current.model != model:
            before = current.recipe
            current.model = model
            if current.photo is not None:
                current.history.record(before, current.recipe)
                self.keeping.note(current)
            self._color_or_render()

    def set_settings(self, settings: Settings, part: str = "") -> None:
        """Show the current photo with other settings; the model is not asked again. See `set_recipe`."""
        if self.current is not None:
            self.set_recipe(self.current.recipe.with_color(settings), part)

    def set_recipe(self, recipe: Recipe, part: str = "", name: str = "", photo: OpenPhoto | None = None) -> None:
        """Ask something else of a photo, by default the current one.

        Changes of one `part` in a row are undone at once, until `settle`; see `History`. The step is called `name`, or
        by what changed. A model that is not there is not chosen.
        """
        photo = photo or self.current
        if photo is None:
            return
        if self.model_named(recipe.model) is None:
            recipe = dataclasses.replace(recipe, model=photo.recipe.model)
        if recipe != photo.recipe:
            photo.history.record(photo.recipe, recipe, part, name)
            self._apply(photo, recipe)

    def set_geometry(self, geometry: Geometry, name: str) -> None:
        """Turn or crop the current photo; `name` is what the step is called."""
        if self.current is not None:
            self.set_recipe(self.current.recipe.with_geometry(geometry), name=name)
            self.settle()

    def settle(self) -> None:
        """A control was released: what changes next is undone separately."""
        if self.current is not None:
            self.current.history.settle()

    def undo(self) -> None:
        """Take the last change of the current photo back."""
        if self.current is not None and (recipe := self.current.history.undo(self.current.recipe)):
            self._apply(self.current, recipe)

    def redo(self) -> None:
        """Make the change that was taken back last."""
        if self.current is not None and (recipe := self.current.history.redo(self.current.recipe)):
            self._apply(self.current, recipe)

    def go_to_step(self, number: int) -> None:
        """Take back or make again as many steps as lead to this one: 0 is before the first."""
        current = self.current
        if current is None:
            return
        history, recipe = current.history, current.recipe
        while len(history.past) > number and (before := history.undo(recipe)) is not None:
            recipe = before
        while len(history.past) < number and (after := history.redo(recipe)) is not None:
            recipe = after
        self._apply(current, recipe)

    def take_snapshot(self, name: str) -> None:
        """Keep the current photo's recipe under a name."""
        if (current := self.current) is not None:
            self._set_snapshots(current, (*current.snapshots, Snapshot(name, current.recipe)))

    def drop_snapshot(self, snapshot: Snapshot) -> None:
        """Forget a snapshot of the current photo."""
        if (current := self.current) is not None:
            self._set_snapshots(current, tuple(one for one in current.snapshots if one is not snapshot))

    def _set_snapshots(self, photo: OpenPhoto, snapshots: tuple[Snapshot, ...]) -> None:
        photo.snapshots = snapshots
        self.keeping.note(photo)
        self.state_changed.emit()

    def switch_to(self, snapshot: Snapshot) -> None:
        """Show a snapshot, as a step; where it is shown already, what was before it."""
        current = self.current
        if current is None:
            return
        past, future = current.history.past, current.history.future
        if past and past[-1].name == snapshot.name and current.recipe == snapshot.recipe:
            self.undo()
        elif future and future[-1].name == snapshot.name and future[-1].recipe == snapshot.recipe:
            self.redo()
        else:
            self.set_recipe(snapshot.recipe, name=snapshot.name)

    def forget_edits(self) -> None:
        """Show the current photo as if it had never been opened, and keep nothing of it."""
        current = self.current
        if current is not None:
            self._apply(current, dataclasses.replace(current.first, model=current.recipe.model))
            current.history, current.snapshots, current.restored = History(), (), None
            self.state_changed.emit()
            self.keeping.forget(current)

    def load_hints(self, photo: OpenPhoto, hints: tuple[Hint, ...]) -> None:
        """Put the hints of a file in place of an open photo's own."""
        photo.kept_hints = hints
        settings = dataclasses.replace(photo.settings, hints=hints)
        self.set_recipe(photo.recipe.with_color(settings), photo=photo)
        self.state_changed.emit()

    def _apply(self, photo: OpenPhoto, recipe: Recipe) -> None:
        has_other_hints = recipe.color.hints != photo.settings.hints
        model = self.model_named(recipe.model) or photo.model
        is_other_model = model != photo.model
        is_turned = recipe.geometry != photo.asked.geometry
        was_colored, was_left_alone = photo.is_to_be_colored, photo.is_left_alone
        photo.asked, photo.model = dataclasses.replace(recipe, model=None), model
        is_other_course = not photo.is_mended or (photo.is_to_be_colored, photo.is_left_alone) != (
            was_colored,
            was_left_alone,
        )
        self.keeping.note(photo)
        if is_turned:
            photo.thumbnail, photo.error, photo.findings = None, "", None
        if photo is self.current:
            if is_turned:
                if photo.upright is not None:
                    self._coloring.drop()
                    self._repairing.drop()
                    self._turn(photo, photo.upright)
            elif is_other_course or is_other_model or (has_other_hints and photo.error):
                self._color_or_render()
            elif photo.stage is Stage.DONE:
                self._coloring.render(photo)
        self.state_changed.emit()

    def recolor(self) -> None:
        """Color the current photo although it is in color, or once more after it failed."""
        if self.current is not None and self.current.photo is not None:
            self.current.settings = dataclasses.replace(self.current.settings, recolor=True)
            self.keeping.note(self.current)
            self._color_or_render()

    def cancel(self) -> None:
        """Stop looking for what a photo needs, repairing and coloring."""
        self._repairing.cancel()
        self._coloring.cancel()
        self.state_changed.emit()

    def _color_or_render(self) -> None:
        current = self.current
        if current is None or current.photo is None:
            return
        if current.is_mended:
            self._repairing.stop_mending()
            self._coloring.begin(current)
        else:
            self._coloring.stop()
            self._repairing.begin(current)

    # repair

    def set_repair(self, repair: Repair, part: str = "", name: str = "") -> None:
        """Repair the current photo that way; see `set_recipe`."""
        if self.current is not None:
            recipe = dataclasses.replace(self.current.recipe, repair=repair, is_repair_automatic=False)
            if repair.is_off:
                recipe = dataclasses.replace(recipe, is_colored=True)
            self.set_recipe(recipe, part, name)

    def set_colored(self, on: bool) -> None:
        """Color the current photo, or only repair it."""
        if self.current is not None:
            name = tr("session", "Color it") if on else tr("session", "Repair only")
            self.set_recipe(dataclasses.replace(self.current.recipe, is_colored=on), name=name)

    def resume(self) -> None:
        """Repair the current photo after that failed or was stopped, and go on from there."""
        self._color_or_render()
        self.state_changed.emit()

    def repair_automatically(self) -> None:
        """Look at what the current photo needs, and repair that."""
        if self.current is not None and self.current.seen is not None:
            self._repairing.inspect(self.current)

    @property
    def is_inspecting(self) -> bool:
        """Whether somebody waits for what the current photo needs."""
        return self._repairing.is_inspecting

    @property
    def is_repairing(self) -> bool:
        """Whether the current photo is on its way to being repaired."""
        return self._repairing.is_running

    def _take_mended(self, photo: OpenPhoto) -> None:
        self.keeping.note(photo)
        if photo is self.current:
            self._coloring.begin(photo)

    def _take_inspection(self, photo: OpenPhoto, repair: Repair) -> None:
        if photo is self.current:
            photo.history.settle()
            self.set_repair(repair, name=tr("session", "Automatic repair"))
            self.settle()
            self.state_changed.emit()

    # for others that need a thread

    def run_on_disk(
        self, work: Work, on_done: Callable[[Any], object], on_failed: Callable[[Exception], object] | None = None
    ) -> Job:
        """Do something small on the disk's own thread: a drive that does not answer holds nothing else up."""
        if self._disk_worker is None:
            self._disk_worker = Worker("handtint-disk", self, tr("session", "looking at a file or folder"))
        return self._disk_worker.submit(work, on_done, on_failed or self._report_failure)

    def run_on_view(self, work: Work, on_done: Callable[[Any], object]) -> Job:
        """Do something on the thread that reads photos and makes what is looked at."""
        return self._view_worker.submit(work, on_done, self._report_failure)

    @property
    def model_worker(self) -> Worker:
        """The thread that owns the model."""
        return self._model_worker

    @property
    def loaded_model(self) -> jobs.LoadedModel:
        """For work on the model's thread only."""
        return self._loaded_model

    # thumbnails, device, errors

    def _make_next_thumbnail(self) -> None:
        if self._thumbnail is not None and not self._thumbnail.is_over:
            return
        photo = next((photo for photo in self.photos if photo.thumbnail is None), None)
        if photo is None:
            return

        def done(image: QImage) -> None:
            photo.thumbnail = photo.thumbnail or image
            self.list_changed.emit()
            self._make_next_thumbnail()

        self._thumbnail = self.request_thumbnail(photo.path, done)

    def request_thumbnail(self, path: Path, done: Callable[[QImage], None]) -> Job:
        """A small picture of a file, a null one where it cannot be read."""
        return self._view_worker.submit(lambda progress: jobs.thumbnail(path), done, lambda error: done(QImage()))

    def _set_device(self, device: str) -> None:
        self.device = device
        self.device_found.emit(device)

    def _report_failure(self, error: Exception) -> None:
        self.troubled.emit(self.sentence(error))

    def sentence(self, error: Exception) -> str:
        """What to tell a user of an error; a fault of ours is told by `faulted` besides."""
        if isinstance(error, HandtintError):
            log.warning("%s", error)
            return told(error)
        self.faulted.emit(error)
        return fault_sentence()
