"""The row above the photo: open, what is seen, the original while held, hints, zoom."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from handtint.gui.actions import Actions
from handtint.gui.parts.action_buttons import ICON, action_button, segments
from handtint.gui.turning.actions import TurnActions

CLICK_MS = 300  # a button that is held for less was clicked


class Toolbar(QFrame):
    """The tools above the photo."""

    original_held = Signal(bool)

    def __init__(self, actions: Actions, turns: TurnActions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setFixedHeight(52)
        layout = QHBoxLayout(self)  # made from left to right: the order of the Tab key
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(4)
        layout.addWidget(action_button(actions.open, self, has_text=True))
        self._left = layout.count()
        layout.addStretch(1)
        layout.addWidget(segments(actions.modes.values(), self), alignment=Qt.AlignmentFlag.AlignVCenter)
        layout.addSpacing(8)
        self.original = self._held_button(actions.original)
        layout.addWidget(self.original)
        layout.addSpacing(4)
        self.hints = action_button(actions.hints, self, has_text=True)
        layout.addWidget(self.hints)
        self.crop = action_button(turns.crop, self)
        self.crop.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.crop.setMenu(turns.menu(self))
        layout.addWidget(self.crop)
        layout.addStretch(1)
        layout.addWidget(action_button(actions.zoom_out, self))
        self.zoom = QLabel("", self)
        self.zoom.setMinimumWidth(58)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom.setAccessibleName(self.tr("Zoom"))
        self.zoom.setToolTip(self.tr("Screen pixels for each pixel of the photo"))
        layout.addWidget(self.zoom)
        layout.addWidget(action_button(actions.zoom_in, self))
        layout.addSpacing(6)
        layout.addWidget(action_button(actions.fit, self))
        layout.addWidget(action_button(actions.actual, self))

    def add_at_left(self, action: QAction) -> None:
        """A button beside Open, seen while its action is."""
        button = action_button(action, self, has_text=True)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(self._left, button)
        action.visibleChanged.connect(lambda: button.setVisible(action.isVisible()))
        button.setVisible(action.isVisible())
        item = row.itemAt(self._left - 1)
        before = item.widget() if item is not None else None
        assert before is not None
        QWidget.setTabOrder(before, button)

    def show_zoom(self, scale: float | None) -> None:
        """Say how large the photo is shown."""
        self.zoom.setText("" if scale is None else self.tr("{0} %").format(f"{scale * 100:.0f}"))

    def _held_button(self, action: QAction) -> QToolButton:
        """A button that tells when it goes down and up, and switches its action where that was a mere click."""
        button = QToolButton(self)
        button.setCheckable(True)
        button.setIconSize(ICON)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.iconText())
        held = QElapsedTimer()

        def press() -> None:
            held.start()
            self.original_held.emit(True)

        def release() -> None:
            if held.isValid() and held.elapsed() < CLICK_MS:
                action.trigger()
            self.original_held.emit(False)
            button.setChecked(action.isChecked())

        button.pressed.connect(press)
        button.released.connect(release)

        def follow() -> None:
            button.setText(action.iconText())
            button.setIcon(action.icon())
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())
            button.setChecked(action.isChecked())

        action.changed.connect(follow)
        follow()
        return button
