"""What the user chose for every photo and start: theme, language, how before and after are compared, preferences."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from handtint.gui.actions import Actions
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.theme import Theme, ThemeKeeper
from handtint.gui.parts.translating import tr
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session


class Appearance(QObject):
    """See the module's text.

    Args:
        show_mode: compares before and after that way, wherever they are on screen.
        tell: says a sentence in the status bar.
    """

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        actions: Actions,
        memory: Memory,
        keeper: ThemeKeeper,
        show_mode: Callable[[Mode], None],
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._actions = window, session, actions
        self._memory, self._keeper = memory, keeper
        self._show_mode, self._tell = show_mode, tell
        connect(
            [
                (actions.preferences, self._ask_for_preferences),
                *((action, lambda mode=mode: self._set_mode(mode)) for mode, action in actions.modes.items()),
                *((action, lambda theme=theme: self._set_theme(theme)) for theme, action in actions.themes.items()),
                *((action, lambda code=code: self._set_language(code)) for code, action in actions.languages.items()),
            ]
        )

    def restore(self) -> None:
        """Take what was chosen last."""
        actions, memory = self._actions, self._memory
        actions.modes[memory.mode].setChecked(True)
        self._show_mode(memory.mode)
        actions.themes[memory.theme].setChecked(True)
        self._keeper.choose(memory.theme)
        actions.languages.get(memory.language, actions.languages[""]).setChecked(True)
        actions.filmstrip.setChecked(memory.is_filmstrip_shown)

    def _set_mode(self, mode: Mode) -> None:
        self._memory.mode = mode
        self._show_mode(mode)

    def _set_theme(self, theme: Theme) -> None:
        self._memory.theme = theme
        self._keeper.choose(theme)

    def _set_language(self, code: str) -> None:
        self._memory.language = code
        self._tell(tr("main_window", "The language changes when Handtint is started again."))

    def _ask_for_preferences(self) -> None:
        from handtint.gui.preferences import PreferencesDialog  # the window is there sooner

        themes, languages = list(self._actions.themes.values()), list(self._actions.languages.values())
        choices = [(tr("main_window", "&Theme"), themes), (tr("main_window", "&Language"), languages)]
        dialog = PreferencesDialog(self._memory, self._session, choices, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
