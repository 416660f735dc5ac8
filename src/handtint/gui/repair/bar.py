"""The bar above a photo whose damage is shown: the tools, the size of the brush, and what will be filled."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from handtint.gui.canvas.brush import SIZES
from handtint.gui.parts.action_buttons import action_button
from handtint.gui.parts.translating import tr

_SLIDER = 120  # logical pixels


class DamageBar(QFrame):
    """Its signals come from the user's actions only, never from `show_state`."""

    sized = Signal(int)
    left = Signal()

    def __init__(self, brush: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setAccessibleName(tr("repair", "Damage"))
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.setProperty("role", "muted")
        self.brush = action_button(brush, self, has_text=True)
        self.extent = QSlider(Qt.Orientation.Horizontal, self)
        self.extent.setRange(*SIZES)
        self.extent.setAccessibleName(tr("repair", "Size of the brush"))
        self.extent.setToolTip(tr("repair", "How wide the brush is ([ and ])"))
        self.extent.valueChanged.connect(self.sized)
        label = QLabel(tr("repair", "Si&ze"), self)
        label.setBuddy(self.extent)
        done = QPushButton(tr("repair", "D&one"), self)
        done.setToolTip(tr("repair", "Hide the marks (Esc); they still take effect"))
        done.setAccessibleName(tr("repair", "Done"))
        done.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        done.clicked.connect(self.left)
        self.extent.setFixedWidth(_SLIDER)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        row.addWidget(self.brush)
        row.addWidget(label)
        row.addWidget(self.extent)
        row.addWidget(done)
        self.hide()

    def show_state(self, size: int, *, is_brush: bool) -> None:
        """Show these without telling anyone."""
        self.extent.blockSignals(True)
        self.extent.setValue(size)
        self.extent.blockSignals(False)
        self.extent.setEnabled(is_brush)

    def say(self, sentence: str) -> None:
        """Say what is marked, or how to go on."""
        self.said.setText(sentence)
