"""The row above the photo: open, what is seen, the original while held, hints, zoom."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from handtint.gui.actions import Actions
from handtint.gui.parts.action_buttons import ICON, action_button, segments
from handtint.gui.parts.fitting import give_room
from handtint.gui.parts.translating import tr
from handtint.gui.turning.actions import TurnActions

CLICK_MS = 300  # a button that is held for less was clicked


class Toolbar(QFrame):
    """The tools above the photo. Where there is too little room, buttons show their pictures alone."""

    original_held = Signal(bool)

    def __init__(self, actions: Actions, turns: TurnActions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setFixedHeight(52)
        layout = QHBoxLayout(self)  # made from left to right: the order of the Tab key
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(4)
        self._wordy = [action_button(actions.open, self, has_text=True)]
        self._is_short, self._words = False, 0  # whether words are left out; the room that they take
        layout.addWidget(self._wordy[0])
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
        self._plain = action_button(actions.zoom_out, self)
        layout.addWidget(self._plain)
        self.zoom = QLabel("", self)
        give_room(self.zoom, tr("photo", "{scale} %", scale="1600"))
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.zoom.setAccessibleName(tr("photo", "Zoom"))
        self.zoom.setToolTip(tr("photo", "Screen pixels for each pixel of the photo"))
        layout.addWidget(self.zoom)
        layout.addWidget(action_button(actions.zoom_in, self))
        layout.addSpacing(6)
        layout.addWidget(action_button(actions.fit, self))
        layout.addWidget(action_button(actions.actual, self))
        self._wordy += [self.original, self.hints]

    def add_at_left(self, action: QAction) -> None:
        """A button beside Open, seen while its action is."""
        button = action_button(action, self, has_text=True)
        self._wordy.append(button)
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
        self.zoom.setText("" if scale is None else tr("photo", "{scale} %", scale=f"{scale * 100:.0f}"))

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return hint if self._is_short else QSize(hint.width() - self._words, hint.height())

    def event(self, event: QEvent) -> bool:
        """Words come and go with the room for them."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._fit_words()
        return super().event(event)

    def _fit_words(self) -> None:
        seen = [button for button in self._wordy if not button.isHidden()]
        if not self._is_short:
            plain = self._plain.sizeHint().width()
            self._words = sum(max(button.sizeHint().width() - plain, 0) for button in seen)
        is_short = self.width() < self.minimumSizeHint().width() + self._words
        if is_short != self._is_short:
            self._is_short = is_short
            style = Qt.ToolButtonStyle
            for button in self._wordy:
                button.setToolButtonStyle(style.ToolButtonIconOnly if is_short else style.ToolButtonTextBesideIcon)

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
