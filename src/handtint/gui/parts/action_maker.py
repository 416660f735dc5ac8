"""How a command of the window is declared: what it says, by which keys it is called, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from PySide6.QtGui import QAction, QActionGroup, QColor, QKeySequence
from PySide6.QtWidgets import QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors

Keys = QKeySequence.StandardKey | str | Sequence[str] | None


class ActionMaker:
    """Makes the actions of one window, and draws their icons."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._icons: dict[QAction, str] = {}

    def make(
        self, text: str, tip: str, keys: Keys = None, icon: str = "", short: str = "", *, is_checkable: bool = False
    ) -> QAction:
        """An action of the window; `connect` says later what it does.

        Args:
            text: as menus show it, with `&` before the letter that chooses it.
            tip: one sentence for the tool tip, which names the first of the keys besides.
            icon: its name among those of `icons`.
            short: the text of buttons; without it, the same without `&`.
        """
        action = QAction(text, self._window)
        action.setIconText(short or text.replace("&", ""))
        if isinstance(keys, QKeySequence.StandardKey):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts([QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys)])
        first = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({first})" if first else tip)
        action.setStatusTip("")
        action.setCheckable(is_checkable)
        if icon:
            self._icons[action] = icon
            action.setIconVisibleInMenu(False)
        self._window.addAction(action)
        return action

    def group(self, actions: Iterable[QAction]) -> None:
        """Let one of these be checked at a time."""
        group = QActionGroup(self._window)
        for action in actions:
            action.setCheckable(True)
            group.addAction(action)

    def disable_all_but(self, actions: Container[QAction]) -> None:
        """Let only these be triggered."""
        for action in self._window.actions():
            action.setEnabled(action in actions)

    def set_colors(self, colors: Colors) -> None:
        """Draw the icons in the theme's colors."""
        for action, name in self._icons.items():
            action.setIcon(icons.icon(name, QColor(colors.text), QColor(colors.disabled)))


def put_away(tools: Iterable[QAction]) -> None:
    """Trigger those that are checked, as their user would."""
    for tool in tools:
        if tool.isChecked():
            tool.trigger()


def connect(pairs: Sequence[tuple[QAction, Callable[[], object]]]) -> None:
    """Connect actions to functions that take no argument."""
    for action, function in pairs:
        action.triggered.connect(lambda _checked=False, function=function: function())
