"""The section of the panel that repairs: what the photo needs, in words, and a slider and an eye for each step."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import action_button, push_button
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.fold import Fold
from handtint.gui.parts.slider import LabeledSlider
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.repair.actions import RepairActions
from handtint.gui.repair.eye import Eye
from handtint.gui.repair.findings import FindingList
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.recipe.repair import GRAYS, Repair


class _Row(NamedTuple):
    """A step: field of the repair, part of it that the eye hides (none for a field that goes with another), words."""

    key: str
    part: str
    name: str
    tip: str


class RepairSection(QWidget):
    """Shows the repair of the current photo and says when the user changes it. The steps are folded away at first."""

    chosen = Signal(object, str)  # Repair, the part of it that was changed
    taken = Signal(object)  # Finding
    color_chosen = Signal(bool)  # whether the photo is colored, or only repaired
    unseen_chosen = Signal(object)  # frozenset of the parts that are not to be seen
    settled = Signal()  # a slider was released

    def __init__(self, actions: RepairActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._repair = Repair()
        self.steps = QWidget(self)
        self.fold = Fold(
            tr("repair", "Repair"),
            tr("repair", "Show or hide the repair steps"),
            tr("repair", "Steps of repair"),
            self.steps,
            self,
        )
        self.auto = push_button(actions.auto, self)
        self.findings = FindingList(actions.take_all, self)
        self.marks = action_button(actions.marks, self.steps, has_text=True)
        self.brush = action_button(actions.brush, self.steps, has_text=True)
        self.sliders: dict[str, LabeledSlider] = {}
        self.eyes: dict[str, Eye] = {}
        for row in self._rows():
            self.sliders[row.key] = self._slider(row)
            if row.part:
                self.eyes[row.part] = self._eye(row.part, row.name)
        self.white = action_button(actions.white, self.steps, has_text=True)
        self.no_white = QPushButton(tr("repair", "Remove"), self.steps)
        self.no_white.setProperty("role", "link")
        self.no_white.setToolTip(tr("repair", "Use no white point"))
        self.no_white.setAccessibleName(tr("repair", "Remove the white point"))
        self.no_white.clicked.connect(lambda: self._choose("faded_color.white", None))
        self.gray = QComboBox(self.steps)
        self.gray.setAccessibleName(tr("repair", "Gray from"))
        self.gray.setToolTip(tr("repair", "Which color channel of a stained or yellowed scan its gray is taken from"))
        names = [
            tr("repair", "Lightness"),
            tr("repair", "The cleanest channel"),
            tr("repair", "Red"),
            tr("repair", "Green"),
            tr("repair", "Blue"),
        ]
        for gray, name in zip(GRAYS, names, strict=True):
            self.gray.addItem(name, gray)
        self.gray.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.gray.setMinimumContentsLength(8)
        self.eyes["gray"] = self._eye("gray", tr("repair", "gray from a channel"))
        tip = tr("repair", "Leave the photo gray: what is saved is the repaired photo without color")
        self.only = check_box(tr("repair", "Repair only, no color"), tip, False, self.steps)
        self.reset = push_button(actions.reset, self.steps)
        self._lay_out()
        self.gray.activated.connect(lambda index: self._choose("gray", self.gray.itemData(index)))
        self.only.clicked.connect(lambda on: self.color_chosen.emit(not on))
        self.findings.taken.connect(self.taken)
        self.show_photo(None)

    def _rows(self) -> list[_Row]:
        return [
            _Row(
                "damage.sensitivity",
                "damage",
                tr("repair", "Damage"),
                tr(
                    "repair", "Dust, hairs, scratches and cracks are found and filled; the more, the less sure they are"
                ),
            ),
            _Row(
                "fade.amount",
                "fade.amount",
                tr("repair", "Fading"),
                tr("repair", "Blacks and whites of a faded photo are brought back"),
            ),
            _Row(
                "fade.even",
                "fade.even",
                tr("repair", "Evenness"),
                tr("repair", "Fading that differs from place to place is leveled"),
            ),
            _Row(
                "faded_color.amount",
                "faded_color",
                tr("repair", "Faded colors"),
                tr("repair", "The dyes of a color photo that faded unequally are brought back"),
            ),
            _Row("noise.amount", "noise.amount", tr("repair", "Noise"), tr("repair", "Noise and grain are removed")),
            _Row(
                "noise.grain",
                "",
                tr("repair", "Grain"),
                tr("repair", "How much of the grain that was removed is given back"),
            ),
            _Row(
                "noise.blocks",
                "noise.blocks",
                tr("repair", "JPEG blocks"),
                tr("repair", "Steps and ripples of strong JPEG compression are smoothed"),
            ),
            _Row(
                "noise.screen",
                "noise.screen",
                tr("repair", "Printed screen"),
                tr("repair", "The dots of a picture from a book or newspaper are removed"),
            ),
            _Row(
                "sharpness.amount",
                "sharpness",
                tr("repair", "Sharpness"),
                tr("repair", "Edges are made crisper, without halos"),
            ),
        ]

    def _slider(self, row: _Row) -> LabeledSlider:
        slider = LabeledSlider(row.name, row.tip, 1.0, 0.0, None, self.steps)
        slider.changed.connect(lambda value: self._choose(row.key, float(round(value * 100))))
        slider.slider.sliderReleased.connect(self.settled)
        return slider

    def _eye(self, part: str, name: str) -> Eye:
        eye = Eye(name, self.steps)
        eye.closed.connect(lambda _: self.unseen_chosen.emit(self._closed()))
        return eye

    def _closed(self) -> frozenset[str]:
        return frozenset(part for part, eye in self.eyes.items() if eye.is_closed)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.auto)
        rows = QVBoxLayout(self.steps)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(8)
        for row in self._rows():
            slider = self.sliders[row.key]
            if row.part:
                slider.add_beside_value(self.eyes[row.part])
            rows.addWidget(slider)
            if row.key == "damage.sensitivity":
                rows.addLayout(_in_a_row(self.marks, self.brush))
            elif row.key == "faded_color.amount":
                rows.addLayout(_in_a_row(self.white, self.no_white))
        gray = QHBoxLayout()
        label = FieldName(tr("repair", "Gray from"), self.gray, self.steps)
        gray.addWidget(label)
        gray.addWidget(self.gray, 1)
        gray.addWidget(self.eyes["gray"])
        rows.addLayout(gray)
        rows.addWidget(self.only)
        rows.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.findings)
        layout.addWidget(self.steps)

    def show_photo(self, photo: OpenPhoto | None, unseen: frozenset[str] = frozenset()) -> None:
        """Show a photo's repair, and which parts of it are not seen, without telling anyone."""
        is_open = photo is not None and photo.photo is not None
        is_color = photo is not None and photo.judgment is not None and photo.judgment.is_color
        self._repair = photo.asked.repair if photo is not None else Repair()
        for key, slider in self.sliders.items():
            slider.set_value(self._amount(key) / 100)
            slider.setEnabled(is_open and (is_color or key != "faded_color.amount"))
        for part, eye in self.eyes.items():
            eye.show_closed(part in unseen)
            eye.setEnabled(is_open and self._repair.without(part) != self._repair)
        self.no_white.setVisible(self._repair.faded_color.white is not None)
        self.gray.setCurrentIndex(self.gray.findData(self._repair.gray))
        self.gray.setEnabled(is_open and not is_color)
        is_only = photo is not None and not photo.is_to_be_colored and photo.asked.is_repaired
        self.only.setChecked(is_only)
        self.only.setEnabled(is_open and not is_color and photo is not None and photo.asked.is_repaired)
        findings = photo.findings if photo is not None and is_open else None
        self.findings.show_findings(findings, self._repair, self._words_of(photo))

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        for slider in self.sliders.values():
            slider.reset_button.setIcon(icons.icon("reset", QColor(colors.muted), QColor(colors.disabled), 14))
            slider.reset_button.setIconSize(QSize(14, 14))
        for eye in self.eyes.values():
            eye.set_colors(colors)

    def _amount(self, key: str) -> float:
        part, field = key.split(".")
        return getattr(getattr(self._repair, part), field)

    def _words_of(self, photo: OpenPhoto | None) -> str:
        """What is on, while the steps are folded away."""
        if photo is None or photo.photo is None or photo.state is PhotoState.UNREADABLE or self.fold.isChecked():
            return ""
        if not photo.asked.is_repaired:
            return ""
        names = [slider.slider.accessibleName() for key, slider in self.sliders.items() if self._amount(key)]
        names += [tr("repair", "Marks")] if self._repair.damage.edits else []
        names += [tr("repair", "White Point")] if self._repair.faded_color.white is not None else []
        names += [tr("repair", "Gray from")] if self._repair.gray != GRAYS[0] else []
        return tr("repair", "On: {names}", names=", ".join(names))

    def _choose(self, key: str, value: Any) -> None:
        hidden = {part for part in self._closed() if key.startswith(part) or part.startswith(key)}
        for part in hidden:  # who changes a step wants to see it
            self.eyes[part].show_closed(False)
        if hidden:
            self.unseen_chosen.emit(self._closed())
        part, _, field = key.partition(".")
        if field:
            value = dataclasses.replace(getattr(self._repair, part), **{field: value})
        self._repair = dataclasses.replace(self._repair, **{part: value})
        self.chosen.emit(self._repair, f"repair.{key}")


def _in_a_row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
