"""A heading that shows what lies under it, or folds it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from handtint.gui.parts import icons


class Fold(QToolButton):
    """Folds `under` away at first."""

    def __init__(self, text: str, tip: str, name: str, under: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = under
        self.setText(text)
        self.setProperty("role", "section")
        self.setAutoRaise(True)
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setToolTip(tip)
        self.setAccessibleName(name)
        self.toggled.connect(self._show)
        self._show(False)

    def _show(self, on: bool) -> None:
        self.setArrowType(icons.fold_arrow(on))
        self._under.setVisible(on)
