"""Teaching a model as the app's window knows it: opens its own window, says how far it is, asks before closing.

What is only needed once something is taught is imported then: the app's window is there sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.saving.closing import ask
from handtint.model_card import ModelFile

if TYPE_CHECKING:
    from handtint.gui.teach.window import TeachWindow
    from handtint.teaching.trainer import Run, Trainer


class Teaching(QObject):
    """See the module's text.

    Args:
        models: those there are, asked for when they are shown.

    Attributes:
        button: for the status bar; there while something is taught.
        start_survey, start_lesson: start a trainer process.
    """

    taught = Signal(object)  # ModelFile: to be used

    def __init__(self, models: Callable[[], Sequence[ModelFile]], keeper: ThemeKeeper, window: QWidget) -> None:
        super().__init__(window)
        self._models, self._keeper, self._over = models, keeper, window
        self.start_survey = _survey
        self.start_lesson = _start_to_learn
        self.window: TeachWindow | None = None
        self.button = QPushButton(window)
        self.button.setProperty("role", "link")
        self.button.setToolTip(self.tr("Show what is being taught"))
        self.button.setAccessibleName(self.tr("Show what is being taught"))
        self.button.clicked.connect(self.open)
        self.button.hide()

    def open(self) -> None:
        """Show the window. It is made, and the plotting library loaded, when first wanted."""
        if self.window is None:
            from handtint.gui.teach.window import TeachWindow

            self.window = TeachWindow(self._models, self.start_survey, self.start_lesson, self._over)
            self.window.taught.connect(self.taught)
            self.window.changed.connect(self._show_state)
            self._keeper.changed.connect(self._set_colors)
            self._set_colors()
        self.window.open_()

    def may_close(self) -> bool:
        """Ask where something is being taught; all of it is kept."""
        if self.window is None or not self.window.is_learning:
            return True
        return ask(
            self._over,
            self.tr("Stop teaching and close?"),
            self.tr('What was learned is kept: "Go On" in Tools > Teach a Model goes on from there.'),
            self.tr("&Stop and Close"),
        )

    def close(self) -> None:
        """Save and stop what is being taught, and wait for that."""
        if self.window is not None:
            self.window.end()

    def _set_colors(self) -> None:
        if self.window is not None:
            self.window.set_colors(self._keeper.colors)

    def _show_state(self) -> None:
        from handtint.gui.teach.lesson import Stage
        from handtint.gui.teach.words import duration

        lesson = self.window.lesson if self.window is not None else None
        self.button.setVisible(lesson is not None)
        if lesson is None:
            return
        name = lesson.run.request.name
        if lesson.stage is Stage.FINISHED:
            text = self.tr('"{0}" is finished: see the verdict').format(name)
        elif lesson.stage is Stage.FAILED:
            text = self.tr('Teaching "{0}" failed: see why').format(name)
        elif lesson.stage in (Stage.PAUSED, Stage.PAUSING, Stage.STOPPED):
            text = self.tr('"{0}" rests at {1} %').format(name, round(lesson.history.done * 100))
        elif lesson.history.left_s is None or lesson.stage is Stage.COMPARING:
            text = self.tr('Teaching "{0}"').format(name)
        else:
            text = self.tr('Teaching "{0}": {1} to go').format(name, duration(lesson.history.left_s))
        self.button.setText(text)


def _survey(folders: tuple[Path, ...]) -> Trainer:
    from handtint.teaching import trainer as finetune

    return finetune.survey(folders)


def _start_to_learn(run: Run) -> Trainer:
    from handtint.gui.teach.lesson import start_to_learn

    return start_to_learn(run)
