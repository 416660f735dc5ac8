"""The window of Tools > Teach a Model: first the form to choose photos, then the lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from handtint import model_card
from handtint.errors import HandtintError
from handtint.gui.parts.dialogs import ask, fit
from handtint.gui.parts.fitting import Scrolled, Stack
from handtint.gui.parts.model_names import title_of
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr, translated
from handtint.gui.teach.choose import ChooseForm
from handtint.gui.teach.learn import LearnView
from handtint.gui.teach.lesson import Lesson, LessonPhase
from handtint.model_card import ModelFile
from handtint.teaching import runs
from handtint.teaching.runs import Request, Run
from handtint.teaching.trainer import Trainer


class TeachWindow(QDialog):
    """Stays open beside the main window. Closing it hides it, and the lesson goes on.

    Args:
        models: gives the models there are, whenever they are shown.
        start_survey, start_lesson: start a trainer process.
    """

    taught = Signal(object)  # ModelFile, to color with
    changed = Signal()  # state or progress of the lesson

    def __init__(
        self,
        models: Callable[[], Sequence[ModelFile]],
        start_survey: Callable[[tuple[Path, ...]], Trainer],
        start_lesson: Callable[[Run], Trainer],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("teach", "Teach a Model"))
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self.setAcceptDrops(True)
        self._models, self._start_lesson = models, start_lesson
        self.lesson: Lesson | None = None
        self.choose = ChooseForm(start_survey, self)
        self.learn = LearnView(self)
        self.stack = Stack(self)
        self.stack.addWidget(self.choose)
        self.stack.addWidget(self.learn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Scrolled(self.stack, self))
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
        """Whether a trainer process is running for a lesson."""
        return self.lesson is not None and self.lesson.is_running

    def open_(self) -> None:
        """Come to the front, with the present models and lessons."""
        if self.lesson is None:
            self.choose.refresh(self._models())
        self.show()
        self.raise_()
        self.activateWindow()

    def take_up(self, run: Run) -> None:
        """Continue a run, or show the verdict on a finished one."""
        self.lesson = Lesson(run, self._start_lesson, self)
        self.lesson.changed.connect(self.changed)
        self.lesson.measured.connect(self.changed)
        self.learn.show_lesson(self.lesson, self._parent_of(run))
        self.stack.setCurrentWidget(self.learn)
        if self.lesson.phase is not LessonPhase.FINISHED:
            self.lesson.begin()
        self.learn.take_focus()
        self.changed.emit()

    def leave(self) -> None:
        """Go back to the form; a run that learned nothing is deleted."""
        if self.lesson is not None and not self.lesson.is_running:
            run = self.lesson.run
            if run.result is None and not run.can_go_on:
                runs.discard(run)
            self.lesson.deleteLater()
            self.lesson = None
            self.choose.refresh(self._models())
            self.stack.setCurrentWidget(self.choose)
            self.changed.emit()

    def end(self) -> None:
        """Save and stop the lesson, wait until that is done, and end the survey."""
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
            run = runs.run_for(request)
        except HandtintError as error:
            self.choose.show_trouble(translated(error))
            return
        self.choose.survey.close()
        self.take_up(run)

    def _use(self) -> None:
        lesson = self.lesson
        if lesson is None or lesson.result is None:
            return
        try:
            path = runs.install(Path(lesson.result["model"]))
            model = ModelFile(path, model_card.read_card(path), path.stat().st_size)
        except HandtintError as error:
            self.learn.show_trouble(translated(error))
            return
        runs.discard(lesson.run)
        self.leave()
        self.choose.folders.clear()
        self.hide()
        self.taught.emit(model)

    def _discard(self, run: Run) -> None:
        name = run.request.name
        if ask(
            self,
            tr("teach", 'Discard "{name}"?', name=name),
            tr("teach", "What it learned is lost for good. Your photos and the other models are not affected."),
            tr("teach", "&Discard"),
            tr("teach", "&Keep It"),
        ):
            runs.discard(run)
            self.leave()
            self.choose.refresh(self._models())

    def _parent_of(self, run: Run) -> str:
        model = run.request.model
        return title_of(Path(model).stem if model.endswith(model_card.SUFFIX) else model)

    # events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        is_welcome = self.stack.currentWidget() is self.choose
        if is_welcome and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.choose.folders.set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.choose.folders.set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.choose.folders.set_hot(False)
        event.acceptProposedAction()
        found = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        QTimer.singleShot(0, self, lambda: self.choose.folders.add(found))  # first let the file manager finish the drag
