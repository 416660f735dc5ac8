"""The bar above a photo whose places are protected: what the brush does, its size and its feather."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QSlider, QWidget

from handtint.gui.canvas.brush import SIZES
from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.translating import tr

_SLIDER = 84  # logical pixels, at least


class ProtectBar(QFrame):
    """Its signals come from the user's actions only, never from `show_state`."""

    chosen = Signal(float)  # how much color the brush takes, 0..1; 0 erases
    sized = Signal(int)
    feathered = Signal(int)  # percent of the radius
    left = Signal()

    def __init__(self, erase_all: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAccessibleName(tr("adjust", "Protected places"))
        self.amount = QComboBox(self)
        self.amount.setAccessibleName(tr("adjust", "Brush"))
        self.amount.setToolTip(tr("adjust", "What the brush does with color; with Shift held down it erases"))
        names = (tr("adjust", "Keep gray here"), tr("adjust", "Half as much here"), tr("adjust", "Erase"))
        for amount, name in zip((1.0, 0.5, 0.0), names, strict=True):
            self.amount.addItem(name, amount)
        self.amount.activated.connect(lambda index: self.chosen.emit(self.amount.itemData(index)))
        self.extent = self._slider(SIZES, tr("adjust", "Size of the brush"), tr("adjust", "How wide it is ([ and ])"))
        self.extent.valueChanged.connect(self.sized)
        self.feather = self._slider(
            (0, 100), tr("adjust", "Feather"), tr("adjust", "How softly its edge fades (Shift with [ and ])")
        )
        self.feather.valueChanged.connect(self.feathered)
        self.erase_all = push_button(erase_all, self)
        done = QPushButton(tr("adjust", "D&one"), self)
        done.setToolTip(tr("adjust", "Put the brush away (Esc); protected places stay"))
        done.setAccessibleName(tr("adjust", "Done"))
        for button in (self.erase_all, done):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        done.clicked.connect(self.left)
        row = Flow(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.addWidget(self.amount)
        for text, slider in ((tr("adjust", "Si&ze"), self.extent), (tr("adjust", "Feat&her"), self.feather)):
            label = FieldName(text, slider, self)
            row.addWidget(label)
            row.addWidget(slider)
        row.addWidget(self.erase_all)
        row.addWidget(done)
        self.hide()

    def _slider(self, ends: tuple[int, int], name: str, tip: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(*ends)
        slider.setAccessibleName(name)
        slider.setToolTip(tip)
        slider.setMinimumWidth(_SLIDER)
        return slider

    def show_state(self, amount: float, size: int, feather: int) -> None:
        """Show these without telling anyone."""
        self.amount.setCurrentIndex(self.amount.findData(amount))
        for slider, value in ((self.extent, size), (self.feather, feather)):
            slider.blockSignals(True)
            slider.setValue(value)
            slider.blockSignals(False)
