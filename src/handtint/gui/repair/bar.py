"""The bar above a photo whose damage is shown: the tools, the size of the brush, and what will be filled."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QPushButton, QSlider, QWidget

from handtint.gui.canvas.brush import SIZES
from handtint.gui.parts.action_buttons import action_button
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.flow import Flow
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
        label = FieldName(tr("repair", "Si&ze"), self.extent, self)
        done = QPushButton(tr("repair", "D&one"), self)
        done.setToolTip(tr("repair", "Hide the marks (Esc); they still take effect"))
        done.setAccessibleName(tr("repair", "Done"))
        done.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        done.clicked.connect(self.left)
        self.extent.setFixedWidth(_SLIDER)
        self._controls = Flow()
        for control in (self.brush, label, self.extent, done):
            self._controls.addWidget(control)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(14, 6, 14, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.said, 1)
        self._row.addLayout(self._controls)
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text stands above the controls where it would have less room than they do."""
        is_narrow = self.width() < 2 * self._controls.sizeHint().width()
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._row.direction() != direction:
            self._row.setDirection(direction)
            self.updateGeometry()  # it is as tall as that takes
        super().resizeEvent(event)

    def show_state(self, size: int, *, is_brush: bool) -> None:
        """Show these without telling anyone."""
        self.extent.blockSignals(True)
        self.extent.setValue(size)
        self.extent.blockSignals(False)
        self.extent.setEnabled(is_brush)

    def say(self, sentence: str) -> None:
        """Say what is marked, or how to go on."""
        self.said.setText(sentence)
