"""The controls beside the photo: repair, model, vividness, strength, hints, adjustments, what is known of it, save."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from handtint.gui.actions import Actions
from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.adjust.section import AdjustSection
from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.fitting import ElidedLabel, FieldName
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.model_names import tip_of, title_of, use_of
from handtint.gui.parts.sidebar import WIDTH, Sidebar
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import number
from handtint.gui.photo.page_row import PageRow
from handtint.gui.photo.variants import VariantStrip
from handtint.gui.repair.actions import RepairActions
from handtint.gui.repair.section import RepairSection
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.imaging.color.tone import Tone
from handtint.model_card import ModelFile
from handtint.recipe.settings import Settings


class Panel(Sidebar):
    """Shows the current photo's settings and says when the user changes them."""

    model_chosen = Signal(object)  # ModelFile
    settings_chosen = Signal(object)  # Settings
    settled = Signal()  # a slider was released

    def __init__(
        self,
        models: Sequence[ModelFile],
        actions: Actions,
        adjusts: AdjustActions,
        repairs: RepairActions,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._models = list(models)
        self._settings = Settings()

        self.repair = RepairSection(repairs, self)
        self.model = QComboBox(self)
        self.model.setAccessibleName(tr("photo", "Model"))
        self.model.setToolTip(tr("photo", "The model that colors the photo; each has a different style"))
        self.back = QPushButton(self)
        self.back.setProperty("role", "link")
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self._parent_model: ModelFile | None = None
        self.set_models(self._models)
        self.use_when = self._muted("")
        self.use_when.setWordWrap(True)
        self.use_when.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.use_when.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.variants = VariantStrip(self)
        self.pages = PageRow(self)
        self.make_color_controls()
        self.hints = QLabel(self)
        self.erase_hints = push_button(actions.erase_hints, self, "link")
        self.adjust = AdjustSection(adjusts, self)
        self.reset = push_button(actions.reset, self)
        self.copy = push_button(actions.copy, self)
        self.save = push_button(actions.save, self, "primary")
        self._facts = self._muted("")
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._name = ElidedLabel(self)

        self._model_label = FieldName(tr("photo", "&Model"), self.model, self)
        layout = QVBoxLayout()
        layout.addWidget(self.repair)
        layout.addSpacing(8)
        layout.addWidget(self._section(tr("photo", "Color")))
        layout.addSpacing(2)
        model_row = QHBoxLayout()
        model_row.addWidget(self._model_label)
        model_row.addStretch(1)
        model_row.addWidget(self.back)
        layout.addLayout(model_row)
        layout.addWidget(self.model)
        layout.addWidget(self.use_when)
        layout.addWidget(self.variants)
        layout.addSpacing(6)
        self.add_color_controls(layout)
        hint_row = Flow()
        hint_row.addWidget(self.hints)
        hint_row.add_stretch()
        hint_row.addWidget(self.erase_hints)
        layout.addLayout(hint_row)
        layout.addSpacing(10)
        layout.addWidget(self.adjust)
        layout.addSpacing(10)
        layout.addWidget(self.reset)
        layout.addSpacing(8)
        layout.addWidget(self._section(tr("photo", "Photo")))
        layout.addWidget(self._name)
        layout.addWidget(self.pages)
        layout.addWidget(self._facts)
        self.save.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        foot = Flow()
        foot.addWidget(self.copy)
        foot.addWidget(self.save)
        self.lay_out(layout, foot)

        self.model.activated.connect(self._choose_model)
        self.back.clicked.connect(self._choose_parent)
        self.variants.chosen.connect(lambda number: self._choose(variant=number))
        self.vividness.changed.connect(lambda v: self._choose(vividness=v))
        self.strength.changed.connect(lambda v: self._choose(strength=v))
        self.closely.clicked.connect(lambda on: self._choose(closely=on))
        self.closely.clicked.connect(self.settled)
        self.adjust.chosen.connect(lambda adjust: self._choose(adjust=adjust))
        self.adjust.settled.connect(self.settled)
        for slider in (self.vividness, self.strength):
            slider.slider.sliderReleased.connect(self.settled)

    def set_models(self, models: Sequence[ModelFile]) -> None:
        """Offer these models; which one is chosen is said by `show_photo`."""
        self._models = list(models)
        self.model.clear()
        self.model.addItems([title_of(m.card.name) for m in self._models] or [tr("photo", "No model found")])
        for index, file in enumerate(self._models):
            self.model.setItemData(index, tip_of(file), Qt.ItemDataRole.ToolTipRole)
        self._show_parent(None)

    def show_photo(self, photo: OpenPhoto | None, model: ModelFile | None) -> None:
        """Show a photo's settings and facts; controls that do nothing now are disabled, never hidden."""
        is_open = photo is not None and photo.state not in (
            PhotoState.UNREADABLE,
            PhotoState.READING,
            PhotoState.WAITING,
        )
        is_done = photo is not None and photo.state is PhotoState.DONE and photo.is_to_be_colored
        self.pages.show_photo(photo)
        self._settings = photo.settings if photo is not None else Settings()
        self.show_color(self._settings)
        self.variants.show_photo(photo)
        if model is not None:
            self.model.setCurrentIndex([m.path for m in self._models].index(model.path))
            self.use_when.setText(use_of(model.card))
            self.use_when.setToolTip(tip_of(model))
        self._show_parent(model)
        prediction = photo.prediction if photo is not None else None
        has_range = prediction is None or prediction.logits is not None
        for widget in (self.model, self._model_label, self.use_when, self.back):
            widget.setEnabled(is_open and bool(self._models))
        self.vividness.setEnabled(is_done and has_range)
        self.vividness.set_tip(
            tr("photo", "From quiet, most likely colors to the liveliest that the model considers possible")
            if has_range
            else tr("photo", "This model gives only one answer, so there is nothing to choose")
        )
        self.strength.setEnabled(is_done)
        self.closely.setEnabled(is_open and photo is not None and photo.is_to_be_colored)
        self.adjust.show_photo(photo)
        self._show_hints(photo)
        name = photo.name if photo is not None else ""
        self._name.show_text(name, _place_of(photo) if photo is not None else "")
        self._facts.setText("\n".join(self._facts_of(photo)))

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        super().set_colors(colors)
        self.repair.set_colors(colors)
        self.adjust.set_colors(colors)
        self.save.setIcon(icons.icon("save", QColor(colors.accent_text), QColor(colors.disabled), 18))

    def _facts_of(self, photo: OpenPhoto | None) -> list[str]:
        if photo is None or photo.photo is None:
            return []
        height, width = photo.photo.size
        meta = photo.photo.meta
        words = {
            Tone.GRAY: tr("photo", "gray"),
            Tone.TONED: tr("photo", "toned"),
            Tone.COLOR: tr("photo", "in color"),
        }
        judgment = photo.judgment
        tone = words[judgment.tone] if judgment is not None else ""
        if judgment is not None and not judgment.is_sure:
            tone = tr("photo", "perhaps in color")
        megapixels = width * height / 1e6
        facts = [
            tr(
                "photo",
                "{width} × {height} ({megapixels} MP)",
                width=width,
                height=height,
                megapixels=number(megapixels, 1),
            ),
            tr(
                "photo",
                "{format}, {bit_depth} bit, {tone}",
                format=meta.format or "?",
                bit_depth=meta.bit_depth,
                tone=tone,
            ),
        ]
        notes = [
            *map(translated, meta.notes),
            *map(translated, photo.prediction.notes if photo.prediction is not None else ()),
        ]
        return [*facts, "", *notes] if notes else facts

    def _show_hints(self, photo: OpenPhoto | None) -> None:
        count = len(photo.settings.hints) if photo is not None else 0
        if count == 0:
            text = tr("photo", "No color hints")
        elif count == 1:
            text = tr("photo", "1 color hint")
        else:
            text = tr("photo", "{count} color hints", count=count)
        self.hints.setText(text)

    def _choose_model(self, index: int) -> None:
        if self._models:
            self.model_chosen.emit(self._models[index])

    def _choose_parent(self) -> None:
        if self._parent_model is not None:
            self.model_chosen.emit(self._parent_model)

    def _show_parent(self, model: ModelFile | None) -> None:
        """Offer the way back from a model that was taught to the one it learned from."""
        name = model.card.parent_name if model is not None else ""
        others = [file for file in self._models if file != model]  # one that went on learning may keep its name
        self._parent_model = next((file for file in others if name and file.card.name == name), None)
        self.back.setVisible(self._parent_model is not None)
        name = title_of(name) if name else ""
        text = self.back.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, WIDTH // 3)
        self.back.setText(tr("photo", "Back to {name}", name=text))
        self.back.setAccessibleName(tr("photo", "Back to {name}", name=name))
        self.back.setToolTip(tr("photo", 'Color with "{name}" again, which this model learned from', name=name))

    def _choose(self, **values: Any) -> None:
        self._settings = dataclasses.replace(self._settings, **values)
        self.settings_chosen.emit(self._settings)

    def _section(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", "section")
        return label

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setProperty("role", "muted")
        return label


def _place_of(photo: OpenPhoto) -> str:
    if photo.home is None:
        return str(photo.path)
    return tr("photo", "From the clipboard; it is not saved in any file yet")
