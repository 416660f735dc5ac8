"""A lesson under way: progress, curves, held-out photos colored by both models, and the verdict at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors, restyle
from handtint.gui.parts.translating import tr, translated
from handtint.gui.teach.comparison import Comparison
from handtint.gui.teach.curves import Curves
from handtint.gui.teach.lesson import Lesson, LessonPhase
from handtint.gui.teach.words import BETTER, WORSE, headline, progress_line, verdict_line, verdict_words

_HEAD_LINES = 3  # of text under the headline, always: what is below must not move


class LearnView(QWidget):
    """Shows a lesson, with buttons to pause, stop or continue it, and to use or discard its model."""

    used = Signal()
    discarded = Signal()
    left = Signal()  # back to the form

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lesson: Lesson | None = None
        self._parent = ""
        self._colors: Colors | None = None
        self._is_failed_use = False
        self._icon = QLabel(self)
        self._icon.setFixedSize(26, 26)
        self.title = QLabel(self)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setFixedHeight(self.fontMetrics().lineSpacing() * _HEAD_LINES + 4)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("teach", "Progress"))
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(policy)
        self.curves = Curves(self)
        self.comparison = Comparison(self)
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        def make(text: str, tip: str) -> QPushButton:
            button = QPushButton(text, self)
            button.setToolTip(tip)
            button.setAccessibleName(text.replace("&", ""))
            button.setAutoDefault(False)
            return button

        self.copy_button = make(
            tr("teach", "&Copy Details"), tr("teach", "Copy the output of the trainer, for a bug report")
        )
        self.back_button = make(
            tr("teach", "&Back"), tr("teach", "Go back to the choice of photos; the lesson is kept")
        )
        self.discard_button = make(tr("teach", "&Discard…"), tr("teach", "Delete everything that was learned"))
        self.pause_button = make(
            tr("teach", "&Pause"), tr("teach", "Leave the computer free for other work for a while")
        )
        self.stop_button = make(
            tr("teach", "&Stop"), tr("teach", "Save what was learned and stop; you can go on another day")
        )
        self.go_button = make(tr("teach", "&Go On"), tr("teach", "Go on from where it stopped"))
        self.use_button = make(
            tr("teach", "&Use It"), tr("teach", "Add the new model to the list of models and color with it")
        )
        self.details_button = make(tr("teach", "Det&ails"), tr("teach", "Show the figures behind the verdict"))
        self.details_button.setCheckable(True)
        self.details_button.toggled.connect(self._show_figures)
        self.copy_button.clicked.connect(self._copy)
        self.back_button.clicked.connect(self.left)
        self.discard_button.clicked.connect(self.discarded)
        self.pause_button.clicked.connect(self._pause)
        self.stop_button.clicked.connect(self._stop)
        self.go_button.clicked.connect(self._go_on)
        self.use_button.clicked.connect(self.used)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self._icon)
        top.addWidget(self.title, 1)
        head = QFrame(self)
        head.setObjectName("card")
        inside = QVBoxLayout(head)
        inside.setContentsMargins(18, 14, 18, 14)
        inside.setSpacing(8)
        inside.addLayout(top)
        inside.addWidget(self.text)
        inside.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.copy_button, self.back_button, self.discard_button, self.details_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.pause_button, self.stop_button, self.go_button, self.use_button):
            row.addWidget(button)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.curves, 5)
        columns.addWidget(self.comparison, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        layout.addWidget(head)
        layout.addLayout(columns, 1)
        layout.addLayout(row)

    # showing the state

    def show_lesson(self, lesson: Lesson, parent: str) -> None:
        """Show a lesson and follow it; `parent` names the model it started from."""
        self._lesson, self._parent = lesson, parent
        self._is_failed_use = False
        lesson.changed.connect(self._show_state)
        lesson.measured.connect(self._show_figures)
        self.comparison.set_names(parent, lesson.run.request.name)
        self._show_state()

    def show_trouble(self, sentence: str) -> None:
        """Say why the model could not be added to the others; the user may try again."""
        self._is_failed_use = True
        self._show_icon("warning")
        self.text.setText(sentence)

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self._colors = colors
        self.curves.set_colors(colors)
        self.comparison.set_colors(colors)
        if self._lesson is not None and not self._is_failed_use:
            self._show_state()

    def _show_state(self) -> None:
        lesson = self._lesson
        if lesson is None:
            return
        phase = lesson.phase
        name = lesson.run.request.name
        titles = {
            LessonPhase.PREPARING: tr("teach", 'Getting ready to teach "{name}"', name=name),
            LessonPhase.LEARNING: tr("teach", 'Teaching "{name}"', name=name),
            LessonPhase.PAUSING: tr("teach", 'Pausing "{name}"…', name=name),
            LessonPhase.PAUSED: tr("teach", '"{name}" is paused', name=name),
            LessonPhase.STOPPING: tr("teach", 'Stopping "{name}"…', name=name),
            LessonPhase.COMPARING: tr(
                "teach", '"{name}" has finished learning; now both models are compared', name=name
            ),
            LessonPhase.STOPPED: tr("teach", '"{name}" has been stopped', name=name),
            LessonPhase.FAILED: tr("teach", 'Teaching "{name}" failed', name=name),
        }
        before = self.title.text()
        if lesson.result is not None and phase is LessonPhase.FINISHED:
            self.title.setText(headline(lesson.result, name, self._parent))
        else:
            self.title.setText(titles[phase])
        if self.title.text() != before:
            self.title.setAccessibleName(self.title.text())
            QAccessible.updateAccessibility(QAccessibleEvent(self.title, QAccessible.Event.Alert))
        self._show_icon(self._icon_name(lesson))
        self._show_buttons(lesson)
        self._show_figures()

    def _show_figures(self) -> None:
        lesson = self._lesson
        if lesson is None:
            return
        phase, history = lesson.phase, lesson.history
        if phase is LessonPhase.FINISHED and lesson.result is not None:
            text = (
                verdict_line(lesson.result, lesson.run.request.name, self._parent)
                if self.details_button.isChecked()
                else verdict_words(lesson.result)
            )
        elif phase is LessonPhase.FAILED:
            text = translated(lesson.trouble)
        elif phase is LessonPhase.STOPPED:
            text = tr(
                "teach",
                "{done} % is done and saved. You can go on at any time, today or another day.",
                done=round(history.done * 100),
            )
        else:
            text = progress_line(lesson)
        if not self._is_failed_use:
            self.text.setText(text)
        restyle(self.text, "role", "muted" if phase not in (LessonPhase.FINISHED, LessonPhase.FAILED) else "")
        is_waiting = phase is LessonPhase.COMPARING or (phase is LessonPhase.PREPARING and history.done == 0)
        self.bar.setRange(0, 0 if is_waiting else 1000)
        self.bar.setValue(round(history.done * 1000))
        self.bar.setVisible(phase is not LessonPhase.FINISHED)
        self.curves.show_history(history, self._parent)
        self.comparison.show_sheet(history.sheet, history.sheets)

    def _show_buttons(self, lesson: Lesson) -> None:
        had_focus = any(button.hasFocus() for button in self.findChildren(QPushButton))
        phase = lesson.phase
        is_paused = phase in (LessonPhase.PAUSING, LessonPhase.PAUSED)
        is_over = phase.is_over and not lesson.is_running  # until then the process may still write
        verdict = lesson.result.get("verdict") if lesson.result is not None else None
        for button, shown in (
            (self.copy_button, phase is LessonPhase.FAILED),
            (self.details_button, is_over and phase is LessonPhase.FINISHED),
            (self.back_button, is_over),
            (self.discard_button, is_over),
            (self.pause_button, not phase.is_over),
            (self.stop_button, not phase.is_over),
            (self.go_button, is_over and phase is not LessonPhase.FINISHED),
            (self.use_button, is_over and phase is LessonPhase.FINISHED),
        ):
            button.setVisible(shown)
        self.pause_button.setText(tr("teach", "&Resume") if is_paused else tr("teach", "&Pause"))
        self.pause_button.setAccessibleName(self.pause_button.text().replace("&", ""))
        self.pause_button.setToolTip(
            tr("teach", "Go on teaching")
            if is_paused
            else tr("teach", "Leave the computer free for other work for a while")
        )
        self.pause_button.setEnabled(is_paused or phase is LessonPhase.LEARNING)
        self.stop_button.setEnabled(phase not in (LessonPhase.STOPPING, LessonPhase.COMPARING))
        self.go_button.setText(tr("teach", "&Try Again") if phase is LessonPhase.FAILED else tr("teach", "&Go On"))
        self.go_button.setAccessibleName(self.go_button.text().replace("&", ""))
        restyle(self.go_button, "role", "primary")
        restyle(self.use_button, "role", "primary" if verdict not in (None, WORSE) else "")
        if had_focus or self.hasFocus():
            self._focus(lesson, is_over)

    def take_focus(self) -> None:
        """Take the focus from the form."""
        if self._lesson is not None:
            self._focus(self._lesson, self._lesson.phase.is_over)

    def _focus(self, lesson: Lesson, is_over: bool) -> None:
        """Move the focus to the most likely next button, where the one that had it is gone."""
        buttons = [self.pause_button, self.stop_button]
        if is_over and lesson.result is None:
            buttons = [self.go_button]
        elif is_over and lesson.result is not None:  # who taught a model wants it; one click brings back the other
            is_worse = lesson.result.get("verdict") == WORSE
            buttons = [self.discard_button if is_worse else self.use_button]
        if any(button.hasFocus() and button.isEnabled() for button in self.findChildren(QPushButton)):
            return
        for button in buttons:
            if button.isEnabled() and not button.isHidden():
                button.setFocus()
                return
        self.setFocus()  # or Qt gives it to whatever comes next

    def _icon_name(self, lesson: Lesson) -> str:
        if lesson.phase is LessonPhase.FAILED:
            return "warning"
        if lesson.phase is LessonPhase.FINISHED and lesson.result is not None:
            verdict = lesson.result.get("verdict")
            return "done" if verdict == BETTER else "warning" if verdict == WORSE else "info"
        return "teach"

    def _show_icon(self, name: str) -> None:
        if self._colors is not None:
            color = {"warning": self._colors.danger, "done": self._colors.focus}.get(name, self._colors.muted)
            self._icon.setPixmap(icons.pixmap(name, QColor(color), 24, self.devicePixelRatioF()))

    # buttons

    def _pause(self) -> None:
        if self._lesson is not None:
            if self._lesson.phase is LessonPhase.LEARNING:
                self._lesson.pause()
            else:
                self._lesson.resume()

    def _stop(self) -> None:
        if self._lesson is not None:
            self._lesson.stop()

    def _go_on(self) -> None:
        if self._lesson is not None:
            self._lesson.begin()

    def _copy(self) -> None:
        if self._lesson is not None:
            QGuiApplication.clipboard().setText(self._lesson.details)
