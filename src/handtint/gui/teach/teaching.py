"""Teaching a model, as the main window knows it: the window for it, its progress, the question before closing.

Modules needed only for teaching are imported on first use, so that the main window starts sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.parts.translating import tr
from handtint.model_card import ModelFile

if TYPE_CHECKING:
    from handtint.gui.teach.window import TeachWindow
    from handtint.teaching.runs import Run
    from handtint.teaching.trainer import Trainer


class Teaching(QObject):
    """See the module's text.

    Args:
        models: gives the models there are, whenever they are shown.

    Attributes:
        button: for the status bar; visible while there is a lesson.
        start_survey, start_lesson: start a trainer process; tests replace them.
    """

    taught = Signal(object)  # ModelFile, to color with

    def __init__(self, models: Callable[[], Sequence[ModelFile]], keeper: ThemeKeeper, window: QWidget) -> None:
        super().__init__(window)
        self._models, self._keeper, self._window = models, keeper, window
        self.start_survey = _survey
        self.start_lesson = _start_to_learn
        self.window: TeachWindow | None = None
        self.button = QPushButton(window)
        self.button.setProperty("role", "link")
        self.button.setToolTip(tr("teach", "Show the lesson"))
        self.button.setAccessibleName(tr("teach", "Show the lesson"))
        self.button.clicked.connect(self.open)
        self.button.hide()

    def open(self) -> None:
        """Show the window, which is made and the plotting library loaded on first use."""
        if self.window is None:
            from handtint.gui.teach.window import TeachWindow

            self.window = TeachWindow(self._models, self.start_survey, self.start_lesson, self._window)
            self.window.taught.connect(self.taught)
            self.window.changed.connect(self._show_state)
            self._keeper.changed.connect(self._set_colors)
            self._set_colors()
        self.window.open_()

    def may_close(self) -> bool:
        """Ask if a lesson is going on; returns whether the window may close. What was learned is kept."""
        if self.window is None or not self.window.is_learning:
            return True
        return ask(
            self._window,
            tr("teach", "Stop teaching and close?"),
            tr("teach", 'What was learned is kept. To continue, press "Go On" in Tools > Teach a Model.'),
            tr("teach", "&Stop and Close"),
        )

    def close(self) -> None:
        """Save and stop the lesson, and wait until that is done."""
        if self.window is not None:
            self.window.end()

    def _set_colors(self) -> None:
        if self.window is not None:
            self.window.set_colors(self._keeper.colors)

    def _show_state(self) -> None:
        from handtint.gui.teach.lesson import LessonPhase
        from handtint.plain import duration

        lesson = self.window.lesson if self.window is not None else None
        self.button.setVisible(lesson is not None)
        if lesson is None:
            return
        name = lesson.run.request.name
        if lesson.phase is LessonPhase.FINISHED:
            text = tr("teach", '"{name}" is finished: show the verdict', name=name)
        elif lesson.phase is LessonPhase.FAILED:
            text = tr("teach", 'Teaching "{name}" failed: show why', name=name)
        elif lesson.phase in (LessonPhase.PAUSED, LessonPhase.PAUSING, LessonPhase.STOPPED):
            text = tr("teach", '"{name}" paused at {done} %', name=name, done=round(lesson.history.done * 100))
        elif lesson.history.left_s is None or lesson.phase is LessonPhase.COMPARING:
            text = tr("teach", 'Teaching "{name}"', name=name)
        else:
            text = tr(
                "teach", 'Teaching "{name}": {duration} left', name=name, duration=duration(lesson.history.left_s)
            )
        self.button.setText(text)


def _survey(folders: tuple[Path, ...]) -> Trainer:
    from handtint.teaching.trainer import survey

    return survey(folders)


def _start_to_learn(run: Run) -> Trainer:
    from handtint.gui.teach.lesson import start_to_learn

    return start_to_learn(run)
