"""Coloring the current photo on the model's thread, and rendering its picture and variants on the view's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.canvas.pixels import Layer
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Latest, Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.model_card import ModelFile

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction


class Coloring(QObject):
    """Takes a photo that is read to the picture of its settings. Serves one photo at a time: the one given last.

    Args:
        loaded_model: used on the thread of `model_worker` only.
        sentence: what to tell a user of an error.
    """

    changed = Signal()  # state, error or variants of the photo
    result_changed = Signal()
    progressed = Signal(float, str)
    device_found = Signal(str)
    failed = Signal(Exception)  # while rendering

    def __init__(
        self,
        loaded_model: tasks.LoadedModel,
        model_worker: Worker,
        view_worker: Worker,
        sentence: Callable[[Exception], str],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._loaded_model, self._model_worker, self._sentence = loaded_model, model_worker, sentence
        self._rendering = Latest(view_worker)
        self._picturing = Latest(view_worker)
        self._task: Task | None = None
        self._current: OpenPhoto | None = None

    @property
    def is_running(self) -> bool:
        """Whether the model is asked, or about to be."""
        return self._task is not None and not self._task.is_over

    @property
    def is_rendered(self) -> bool:
        """Whether the picture is that of the photo's settings, or none is on its way."""
        return self._rendering.is_idle

    def prepare(self, model: ModelFile | None) -> None:
        """Get torch and the model ready."""
        if model is None:
            self.device_found.emit(tr("session", "No model"))
            return
        self.device_found.emit(tr("session", "Getting the model ready…"))
        # A model that does not load says so when a photo is to be colored with it.
        self._model_worker.submit(
            lambda progress: self._loaded_model.load(model, progress),
            self.device_found.emit,
            lambda error: self.device_found.emit(""),
        )

    def begin(self, photo: OpenPhoto) -> None:
        """Color the photo, or render it where its model has been asked; leave alone what is in color already."""
        self._current = photo
        if self._task is not None:
            self._task.cancel()
        if photo.is_left_alone:
            photo.state, photo.after, photo.variants = PhotoState.READY, None, ()
            self.result_changed.emit()
        elif photo.prediction is not None or not photo.is_to_be_colored:
            photo.state, photo.error = PhotoState.DONE, ""
            self.render(photo)
        else:
            self._color(photo)
        self.changed.emit()

    def render(self, photo: OpenPhoto) -> None:
        """Make the picture of the photo's settings, then those of its variants."""
        self._current = photo
        source, preview, prediction, settings = photo.photo, photo.preview, photo.shown_prediction, photo.settings
        if source is None or preview is None or (prediction is None and photo.is_to_be_colored):
            return

        def done(layer: Layer) -> None:
            if photo is self._current and photo.photo is source:
                photo.after, photo.thumbnail = layer, layer.levels[-1]
                self.result_changed.emit()
                if prediction is None:
                    photo.variants = ()
                else:
                    picture(prediction)
                self.changed.emit()

        def picture(prediction: Prediction) -> None:
            self._picturing.request(
                lambda progress: tasks.variant_pictures(preview, prediction, settings), pictured, self.failed.emit
            )

        def pictured(images: tuple[QImage, ...]) -> None:
            if photo is self._current and photo.photo is source:
                photo.variants = images
                self.changed.emit()

        self._rendering.request(
            lambda progress: tasks.render_layer(source, preview, prediction, settings), done, self.failed.emit
        )

    def cancel(self) -> None:
        """Stop asking the model; the photo stays uncolored."""
        if self.is_running and self._task is not None:
            self._task.cancel()
            if self._current is not None:
                self._leave_uncolored(self._current)

    def stop(self) -> None:
        """What the model is asked for is not wanted any more; what is shown stays."""
        if self._task is not None:
            self._task.cancel()
        self._rendering.cancel()
        self._picturing.cancel()

    def drop(self) -> None:
        """Another photo comes: nothing of this one is needed any more."""
        self._current = None
        self.stop()

    def _color(self, photo: OpenPhoto) -> None:
        model, source, recipe = photo.model, photo.photo, photo.asked
        if model is None or source is None:
            photo.state = PhotoState.READY
            photo.error = tr(
                "session", "There is no model to color with. Put one into the models folder and start Handtint again."
            )
            return
        photo.state, photo.error = PhotoState.COLORING, ""

        def done(prediction: Prediction) -> None:
            photo.keep_prediction(model, recipe, prediction)
            photo.state = PhotoState.DONE
            self.device_found.emit(self._loaded_model.device)
            self.render(photo)
            self.changed.emit()

        def failed(error: Exception) -> None:
            photo.error = self._sentence(error)
            self._leave_uncolored(photo)
            self.changed.emit()

        self._task = self._model_worker.submit(
            lambda progress: self._loaded_model.color(model, source, recipe, photo.name, progress),
            done,
            failed,
            self.progressed.emit,
        )

    def _leave_uncolored(self, photo: OpenPhoto) -> None:
        """Show no color that another model made as if this one had."""
        photo.state, photo.after, photo.variants = PhotoState.READY, None, ()
        self.result_changed.emit()
