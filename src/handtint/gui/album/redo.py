"""Redoing a result in review: a panel for what is asked of one photo, and a preview of what that gives."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.errors import HandtintError
from handtint.gui.album.pair import Pair
from handtint.gui.canvas.pixels import PREVIEW_SIDE, Layer
from handtint.gui.parts.fields import combo_box
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.model_names import tip_of, title_of
from handtint.gui.parts.sidebar import Sidebar
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.worker import Latest, Task, Worker
from handtint.gui.session import tasks
from handtint.gui.session.session import Session
from handtint.model_card import ModelFile
from handtint.progress import Progress
from handtint.recipe.presets import Preset, Presets, applied
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction
    from handtint.imaging.photo import Photo
    from handtint.restore.rendering import Preview


class RedoPanel(Sidebar):
    """Preset, model, variant and color for one photo; what else its recipe asks for stays.

    Attributes:
        recipe: what is asked for now, with the name of the model.
    """

    chosen = Signal(object)  # Recipe, while it changes
    accepted = Signal(object)  # Recipe
    cancelled = Signal()
    more_wanted = Signal()  # hints, repair, turning: the photo on its own

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.recipe = Recipe()
        self._presets: list[Preset] = []
        title = QLabel(tr("album", "Redo with other settings"), self)
        title.setProperty("role", "section")
        self.text = QLabel(self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.preset = combo_box(tr("album", "Preset"), tr("album", "A preset to start from; hints stay"), self)
        self.model = combo_box(tr("album", "Model"), tr("album", "The model that colors this photo"), self)
        self.variant = combo_box(tr("album", "Variant"), tr("album", "What else the photo may have looked like"), self)
        self.variant.addItems([tr("album", "1, likeliest"), tr("album", "2, warmer"), tr("album", "3, cooler")])
        self.make_color_controls()
        self.more_button = QPushButton(tr("album", "All To&ols…"), self)
        self.make_button = QPushButton(tr("album", "&Color Again"), self)
        self.make_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(tr("album", "&Keep This Result"), self)
        for button, tip in (
            (
                self.more_button,
                tr("album", "The photo on its own, with hints, repair and turning; Save there replaces the result"),
            ),
            (self.make_button, tr("album", "Color this photo with these settings and replace the result")),
            (self.cancel_button, tr("album", "Close this and keep the result as it is")),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout()
        layout.addWidget(title)
        layout.addWidget(self.text)
        for name, box in (
            (tr("album", "Pre&set"), self.preset),
            (tr("album", "&Model"), self.model),
            (tr("album", "Var&iant"), self.variant),
        ):
            label = FieldName(name, box, self)
            layout.addWidget(label)
            layout.addWidget(box)
        layout.addSpacing(6)
        self.add_color_controls(layout)
        layout.addWidget(self.more_button)
        foot = QVBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.make_button)
        self.lay_out(layout, foot)
        self.preset.activated.connect(self._apply_preset)
        self.model.activated.connect(lambda index: self._ask(model=self.model.itemData(index)))
        self.variant.activated.connect(lambda index: self._choose(variant=index))
        self.vividness.changed.connect(lambda value: self._choose(vividness=value))
        self.strength.changed.connect(lambda value: self._choose(strength=value))
        self.closely.clicked.connect(lambda on: self._choose(closely=on))
        self.more_button.clicked.connect(self.more_wanted)
        self.make_button.clicked.connect(lambda: self.accepted.emit(self.recipe))
        self.cancel_button.clicked.connect(self.cancelled)

    def begin(self, recipe: Recipe, models: Sequence[ModelFile], presets: Sequence[Preset]) -> None:
        """Start with this recipe, while the model is at work; `show_prediction` follows."""
        self._presets = list(presets)
        self.preset.clear()
        self.preset.addItem(tr("album", "As it is"))
        self.preset.addItems([preset.name for preset in presets])
        self.model.clear()
        for model in models:
            self.model.addItem(title_of(model.card.name), model.card.name)
            self.model.setItemData(self.model.count() - 1, tip_of(model), Qt.ItemDataRole.ToolTipRole)
        self._show(recipe)
        self.show_waiting()

    def show_waiting(self) -> None:
        """The model is asked."""
        self.text.setText(tr("album", "The model is looking at the photo…"))

    def show_prediction(self, prediction: Prediction | None) -> None:
        """The prediction is here: from now on every change shows at once. None: it is not colored at all."""
        self.vividness.setEnabled(prediction is not None and prediction.logits is not None)
        self.strength.setEnabled(prediction is not None)
        self.closely.setEnabled(prediction is not None)
        self.variant.setEnabled(prediction is not None and prediction.variants > 1)
        text = tr("album", "This is a preview. The file changes only when you press Color Again.")
        self.text.setText(" ".join([text, *map(translated, prediction.notes if prediction is not None else ())]))

    def _show(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.show_color(recipe.color)
        self.variant.setCurrentIndex(recipe.color.variant)
        self.model.setCurrentIndex(self.model.findData(recipe.model))

    def _apply_preset(self, index: int) -> None:
        if index > 0:
            recipe = applied(self.recipe, self._presets[index - 1].recipe)
            if self.model.findData(recipe.model) < 0:
                recipe = dataclasses.replace(recipe, model=self.recipe.model)
            self._show(recipe)
            self.chosen.emit(recipe)

    def _choose(self, **values: float) -> None:
        self._ask(color=dataclasses.replace(self.recipe.color, **values))

    def _ask(self, **values: Settings | str) -> None:
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(0)
        self.recipe = dataclasses.replace(self.recipe, **values)
        self.chosen.emit(self.recipe)


class _Asked(NamedTuple):
    """A request to the model, and its prediction for the photo repaired as the recipe says."""

    photo: Photo
    preview: Preview
    prediction: Prediction | None


class Redo(QObject):
    """Has the model predict a photo, again after a change of model or repair, and previews the result."""

    rendered = Signal(object)  # Layer

    def __init__(self, panel: RedoPanel, session: Session, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._panel, self._session = panel, session
        self._pair: Pair | None = None
        self._lead: tuple[Path, Settings] | None = None
        self._predicting: Task | None = None
        self._rendering = Latest(worker)
        self._presets = Presets()
        self._course: object = None  # what of a recipe the model was asked by
        self._asked: _Asked | None = None
        panel.chosen.connect(self._follow)

    @property
    def is_open(self) -> bool:
        """Whether the panel is shown."""
        return not self._panel.isHidden()

    @property
    def prediction(self) -> Prediction | None:
        """The model's prediction; None before that."""
        return self._asked.prediction if self._asked is not None else None

    def begin(self, pair: Pair, recipe: Recipe, lead: tuple[Path, Settings] | None = None) -> None:
        """Open the panel with this recipe; `lead` is the photo whose colors this one takes, with its settings."""
        if pair.photo is None:
            return
        self._pair, self._lead, self._asked = pair, lead, None
        self._panel.begin(recipe, self._session.models, self._presets.all())
        self._panel.show()
        self._panel.vividness.slider.setFocus()
        self._predict(recipe)

    def end(self) -> None:
        """Close the panel and cancel what is under way."""
        if self._predicting is not None:
            self._predicting.cancel()
        self._rendering.cancel()
        self._pair = self._asked = None
        self._panel.hide()

    def _follow(self, recipe: Recipe) -> None:
        if _course(recipe) != self._course:
            self._predict(recipe)
        else:
            self._render(recipe)

    def _predict(self, recipe: Recipe) -> None:
        """Ask the model, which takes a while."""
        pair, lead = self._pair, self._lead
        model = self._session.model_named(recipe.model)
        if pair is None or pair.photo is None or pair.preview is None or model is None:
            return
        original, shown, name = pair.photo, pair.preview, pair.source.name
        if self._predicting is not None:
            self._predicting.cancel()
        self._course, self._asked = _course(recipe), None
        self._panel.show_waiting()

        def done(asked: _Asked) -> None:
            self._asked = asked
            self._panel.show_prediction(asked.prediction)
            self._render(self._panel.recipe)

        def failed(error: Exception) -> None:
            self._panel.text.setText(translated(error))

        def predict(progress: Progress) -> _Asked:
            loaded, reference, photo, preview, followed = self._session.loaded_model, None, original, shown, recipe
            if recipe.is_repaired:
                from handtint.restore import way
                from handtint.restore.rendering import Preview

                photo, followed = way.repaired(original, recipe, progress.part(0.0, 0.3))
                preview = Preview(photo, PREVIEW_SIDE)
                if not followed.is_colored:
                    return _Asked(photo, preview, None)
            if lead is not None:
                with contextlib.suppress(HandtintError):  # then it is colored on its own, and the run says why
                    reference = loaded.reference(model, *lead, progress.part(0.3, 0.6))
            asked = followed.with_color(dataclasses.replace(followed.color, recolor=True))
            return _Asked(photo, preview, loaded.color(model, photo, asked, name, progress.part(0.6, 1.0), reference))

        self._predicting = self._session.model_worker.submit(predict, done, failed)

    def _render(self, recipe: Recipe) -> None:
        pair, asked = self._pair, self._asked
        if pair is None or asked is None:
            return

        def done(layer: Layer) -> None:
            if pair is self._pair:
                self.rendered.emit(layer)

        self._rendering.request(
            lambda progress: tasks.render_layer(asked.photo, asked.preview, asked.prediction, recipe.color),
            done,
            self._session.faulted.emit,
        )


def _course(recipe: Recipe) -> object:
    """What a new prediction is needed for when it changes."""
    return recipe.model, recipe.repair, recipe.is_repair_automatic, recipe.is_colored, recipe.color.closely
