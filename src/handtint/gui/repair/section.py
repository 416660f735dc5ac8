"""The section of the panel that repairs: what the photo needs, in words, and a slider for each step."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.slider import LabeledSlider
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto, Stage
from handtint.recipe.repair import GRAYS, Repair


class RepairSection(QWidget):
    """Shows the repair of the current photo and says when the user changes it. The steps are folded away at first."""

    chosen = Signal(object, str)  # Repair, the part of it that was changed
    color_chosen = Signal(bool)  # whether the photo is colored, or only repaired
    settled = Signal()  # a slider was released

    def __init__(self, auto: QAction, reset: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._repair = Repair()
        self.fold = QToolButton(self)
        self.fold.setText(tr("repair", "Repair"))
        self.fold.setProperty("role", "section")
        self.fold.setAutoRaise(True)
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip(tr("repair", "Show the steps of repair, or fold them away"))
        self.fold.setAccessibleName(tr("repair", "Steps of repair"))
        self.auto = push_button(auto, self)
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.steps = QWidget(self)
        self.sliders = {key: self._slider(key, name, tip) for key, name, tip in self._rows()}
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
        tip = tr("repair", "Leave the photo gray: what is saved is the repaired photo without color")
        self.only = check_box(tr("repair", "Repair only, no color"), tip, False, self.steps)
        self.reset = push_button(reset, self.steps)
        self._lay_out()
        self.fold.toggled.connect(self._show_steps)
        self.gray.activated.connect(lambda index: self._choose("gray", self.gray.itemData(index)))
        self.only.clicked.connect(lambda on: self.color_chosen.emit(not on))
        self._show_steps(False)
        self.show_photo(None)

    def _rows(self) -> list[tuple[str, str, str]]:
        """Field of the repair, name and tool tip of each slider."""
        return [
            (
                "damage.sensitivity",
                tr("repair", "Damage"),
                tr(
                    "repair", "Dust, hairs, scratches and cracks are found and filled; the more, the less sure they are"
                ),
            ),
            (
                "fade.amount",
                tr("repair", "Fading"),
                tr("repair", "Blacks and whites of a faded photo are brought back"),
            ),
            ("fade.even", tr("repair", "Evenness"), tr("repair", "Fading that differs from place to place is leveled")),
            (
                "faded_color.amount",
                tr("repair", "Faded colors"),
                tr("repair", "The dyes of a color photo that faded unequally are brought back"),
            ),
            ("noise.amount", tr("repair", "Noise"), tr("repair", "Noise and grain are taken away")),
            ("sharpness.amount", tr("repair", "Sharpness"), tr("repair", "Edges are made crisper, without halos")),
        ]

    def _slider(self, key: str, name: str, tip: str) -> LabeledSlider:
        slider = LabeledSlider(name, tip, 1.0, 0.0, None, self.steps)
        slider.changed.connect(lambda value: self._choose(key, float(round(value * 100))))
        slider.slider.sliderReleased.connect(self.settled)
        return slider

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.auto)
        rows = QVBoxLayout(self.steps)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(8)
        for slider in self.sliders.values():
            rows.addWidget(slider)
        gray = QHBoxLayout()
        label = QLabel(tr("repair", "Gray from"), self.steps)
        label.setBuddy(self.gray)
        gray.addWidget(label)
        gray.addWidget(self.gray, 1)
        rows.addLayout(gray)
        rows.addWidget(self.only)
        rows.addWidget(self.reset)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.words)
        layout.addWidget(self.steps)

    def show_photo(self, photo: OpenPhoto | None) -> None:
        """Show a photo's repair, without telling anyone."""
        is_open = photo is not None and photo.photo is not None
        is_color = photo is not None and photo.judgment is not None and photo.judgment.is_color
        self._repair = photo.asked.repair if photo is not None else Repair()
        for key, slider in self.sliders.items():
            part, field = key.split(".")
            slider.set_value(getattr(getattr(self._repair, part), field) / 100)
            slider.setEnabled(is_open and (is_color or key != "faded_color.amount"))
        self.gray.setCurrentIndex(self.gray.findData(self._repair.gray))
        self.gray.setEnabled(is_open and not is_color)
        is_only = photo is not None and not photo.is_to_be_colored and photo.asked.is_repaired
        self.only.setChecked(is_only)
        self.only.setEnabled(is_open and not is_color and photo is not None and photo.asked.is_repaired)
        self.words.setText(self._words_of(photo))
        self.words.setVisible(bool(self.words.text()))

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        for slider in self.sliders.values():
            slider.reset_button.setIcon(icons.icon("reset", QColor(colors.muted), QColor(colors.disabled), 14))
            slider.reset_button.setIconSize(QSize(14, 14))

    def _words_of(self, photo: OpenPhoto | None) -> str:
        """What a look at the photo found; while its steps are folded away, at least what is on."""
        if photo is None or photo.photo is None:
            return ""
        if photo.findings is not None:
            return "\n".join(photo.findings) or tr("repair", "Nothing was found that needs repair.")
        if photo.stage is not Stage.UNREADABLE and photo.asked.is_repaired and not self.fold.isChecked():
            return tr(
                "repair",
                "On: {value}",
                value=", ".join(
                    self.sliders[key].slider.accessibleName()
                    for key in self.sliders
                    if getattr(getattr(self._repair, key.split(".")[0]), key.split(".")[1])
                )
                or tr("repair", "Gray from"),
            )
        return ""

    def _show_steps(self, on: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.steps.setVisible(on)

    def _choose(self, key: str, value: Any) -> None:
        part, _, field = key.partition(".")
        if field:
            value = dataclasses.replace(getattr(self._repair, part), **{field: value})
        self._repair = dataclasses.replace(self._repair, **{part: value})
        self.chosen.emit(self._repair, f"repair.{key}")
