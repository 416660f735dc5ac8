"""The window of Tools > Teach a Model: the page of choices, then the page of the training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from handtint import model_card
from handtint.errors import HandtintError
from handtint.gui.parts.dialogs import fit
from handtint.gui.parts.theme import Colors
from handtint.gui.saving.closing import ask
from handtint.gui.teach.choose import ChoosePage
from handtint.gui.teach.learn import LearnPage
from handtint.gui.teach.lesson import Lesson, Stage
from handtint.model_card import ModelFile
from handtint.teaching import trainer as finetune
from handtint.teaching.trainer import Request, Run, Trainer


class TeachWindow(QDialog):
    """Stays open beside the app's window. Closing it hides it, and what is learned goes on.

    Args:
        models: those there are, asked for when they are shown.
        start_survey, start_lesson: start a trainer process.
    """

    taught = Signal(object)  # ModelFile: to be used
    changed = Signal()  # what the lesson is at

    def __init__(
        self,
        models: Callable[[], Sequence[ModelFile]],
        start_survey: Callable[[tuple[Path, ...]], Trainer],
        start_lesson: Callable[[Run], Trainer],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach a Model"))
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self.setAcceptDrops(True)
        self._models, self._start_lesson = models, start_lesson
        self.lesson: Lesson | None = None
        self.choose = ChoosePage(start_survey, self)
        self.learn = LearnPage(self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.choose)
        self.pages.addWidget(self.learn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        fit(self, 980, 720, parent)
        self.choose.started.connect(self._start)
        self.choose.continued.connect(self.take_up)
        self.choose.discarded.connect(self._discard)
        self.learn.used.connect(self._use)
        self.learn.discarded.connect(lambda: self.lesson is not None and self._discard(self.lesson.run))
        self.learn.left.connect(self.leave)
        self.choose.refresh(models())

    @property
    def is_learning(self) -> bool:
        """Whether a trainer process is at work for a lesson."""
        return self.lesson is not None and self.lesson.is_running

    def open_(self) -> None:
        """Come to the front, with the models and trainings there are now."""
        if self.lesson is None:
            self.choose.refresh(self._models())
        self.show()
        self.raise_()
        self.activateWindow()

    def take_up(self, run: Run) -> None:
        """Go on with a run, or show the verdict of one that came to its end."""
        self.lesson = Lesson(run, self._start_lesson, self)
        self.lesson.changed.connect(self.changed)
        self.lesson.measured.connect(self.changed)
        self.learn.show_lesson(self.lesson, self._parent_of(run))
        self.pages.setCurrentWidget(self.learn)
        if self.lesson.stage is not Stage.FINISHED:
            self.lesson.begin()
        self.learn.take_focus()
        self.changed.emit()

    def leave(self) -> None:
        """Back to the page of choices; a run in which nothing was learned leaves nothing behind."""
        if self.lesson is not None and not self.lesson.is_running:
            run = self.lesson.run
            if run.result is None and not run.can_go_on:
                finetune.discard(run)
            self.lesson.deleteLater()
            self.lesson = None
            self.choose.refresh(self._models())
            self.pages.setCurrentWidget(self.choose)
            self.changed.emit()

    def end(self) -> None:
        """Save, stop, wait for that, and end what looks at photos."""
        self.hide()
        self.choose.survey.close()
        if self.lesson is not None:
            self.lesson.close()

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self.choose.set_colors(colors)
        self.learn.set_colors(colors)

    def _start(self, request: Request) -> None:
        try:
            run = finetune.run_for(request)
        except HandtintError as error:
            self.choose.show_trouble(str(error))
            return
        self.choose.survey.close()
        self.take_up(run)

    def _use(self) -> None:
        lesson = self.lesson
        if lesson is None or lesson.result is None:
            return
        try:
            path = finetune.install(Path(lesson.result["model"]))
            model = ModelFile(path, model_card.read_card(path), path.stat().st_size)
        except HandtintError as error:
            self.learn.show_trouble(str(error))
            return
        finetune.discard(lesson.run)
        self.leave()
        self.choose.folders.clear()
        self.hide()
        self.taught.emit(model)

    def _discard(self, run: Run) -> None:
        name = run.request.name
        if ask(
            self,
            self.tr('Discard "{0}"?').format(name),
            self.tr("What it learned cannot be brought back. Your photos and the other models stay."),
            self.tr("&Discard"),
            self.tr("&Keep It"),
        ):
            finetune.discard(run)
            self.leave()
            self.choose.refresh(self._models())

    def _parent_of(self, run: Run) -> str:
        model = run.request.model
        return Path(model).stem if model.endswith(model_card.SUFFIX) else model

    # events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        is_welcome = self.pages.currentWidget() is self.choose
        if is_welcome and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.choose.folders.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.choose.folders.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.choose.folders.set_hot(False)
        event.acceptProposedAction()
        found = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        QTimer.singleShot(0, self, lambda: self.choose.folders.add(found))  # let the file manager's drag end first
