"""Redoing a result in review: a panel for vividness and strength, and a preview of what they give."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.errors import HandtintError
from handtint.gui.album.pair import Pair
from handtint.gui.canvas.pixels import Layer
from handtint.gui.parts.side_panel import SidePanel
from handtint.gui.parts.translating import told, tr
from handtint.gui.parts.worker import Job, Latest, Worker
from handtint.gui.session import jobs
from handtint.gui.session.session import Session
from handtint.model_card import ModelFile
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction


class RedoPanel(SidePanel):
    """Vividness and strength for coloring one photo again."""

    chosen = Signal(object)  # Settings, while they change
    accepted = Signal(object)  # Settings
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.settings = Settings()
        title = QLabel(tr("album", "Redo with other settings"), self)
        title.setProperty("role", "section")
        self.text = QLabel(self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.make_sliders()
        self.make_button = QPushButton(tr("album", "&Color Again"), self)
        self.make_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(tr("album", "&Keep This Result"), self)
        for button, tip in (
            (self.make_button, tr("album", "Color this photo with these settings and replace the result")),
            (self.cancel_button, tr("album", "Close this and keep the result as it is")),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout()
        layout.addWidget(title)
        layout.addWidget(self.text)
        layout.addWidget(self.vividness)
        layout.addSpacing(10)
        layout.addWidget(self.strength)
        foot = QVBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.make_button)
        self.lay_out(layout, foot)
        self.vividness.changed.connect(lambda value: self._choose(vividness=value))
        self.strength.changed.connect(lambda value: self._choose(strength=value))
        self.make_button.clicked.connect(lambda: self.accepted.emit(self.settings))
        self.cancel_button.clicked.connect(self.cancelled)

    def begin(self, settings: Settings) -> None:
        """Start with these settings, while the model is at work; `show_prediction` follows."""
        self.settings = settings
        self.vividness.set_value(settings.vividness)
        self.strength.set_value(settings.strength)
        self.text.setText(tr("album", "The model is looking at the photo…"))

    def show_prediction(self, prediction: Prediction) -> None:
        """The prediction is here: from now on every change shows at once."""
        self.vividness.setEnabled(prediction.logits is not None)
        text = tr("album", "This is a preview. The file changes only when you press Color Again.")
        self.text.setText(" ".join([text, *map(told, prediction.notes)]))

    def _choose(self, **values: float) -> None:
        self.settings = dataclasses.replace(self.settings, **values)
        self.chosen.emit(self.settings)


class Redo(QObject):
    """Has the model predict a photo once, then previews what the panel's settings make of that."""

    rendered = Signal(object)  # Layer

    def __init__(self, panel: RedoPanel, session: Session, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._session = panel, session
        self._pair: Pair | None = None
        self._predicting: Job | None = None
        self._rendering = Latest(worker)
        self.prediction: Prediction | None = None
        panel.chosen.connect(self._render)

    @property
    def is_open(self) -> bool:
        """Whether the panel is shown."""
        return not self._panel.isHidden()

    def begin(
        self, pair: Pair, model: ModelFile, settings: Settings, lead: tuple[Path, Settings] | None = None
    ) -> None:
        """Open the panel with these settings; `lead` is the photo whose colors this one takes, with its settings."""
        original, name = pair.photo, pair.source.name
        if original is None:
            return
        self._pair, self.prediction = pair, None
        self._panel.begin(settings)
        self._panel.show()
        self._panel.vividness.slider.setFocus()

        def done(prediction: Prediction) -> None:
            self.prediction = prediction
            self._panel.show_prediction(prediction)
            self._render(self._panel.settings)

        def failed(error: Exception) -> None:
            self._panel.text.setText(told(error))

        def predict(progress: Progress) -> Prediction:
            loaded, reference = self._session.loaded_model, None
            if lead is not None:
                with contextlib.suppress(HandtintError):  # then it is colored on its own, and the run says why
                    reference = loaded.reference(model, *lead, progress.part(0.0, 0.5))
            asking = progress.part(0.5 if lead else 0.0, 1.0)
            return loaded.color(model, original, Recipe(settings), name, asking, reference)

        self._predicting = self._session.model_worker.submit(predict, done, failed)

    def end(self) -> None:
        """Close the panel and cancel what is under way."""
        if self._predicting is not None:
            self._predicting.cancel()
        self._rendering.cancel()
        self._pair = self.prediction = None
        self._panel.hide()

    def _render(self, settings: Settings) -> None:
        pair, prediction = self._pair, self.prediction
        if pair is None or pair.photo is None or pair.preview is None or prediction is None:
            return
        photo, preview = pair.photo, pair.preview

        def done(layer: Layer) -> None:
            if pair is self._pair:
                self.rendered.emit(layer)

        self._rendering.request(
            lambda progress: jobs.render_layer(photo, preview, prediction, settings), done, self._session.faulted.emit
        )
