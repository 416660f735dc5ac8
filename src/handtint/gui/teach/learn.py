"""The page of a training: how far it is, its curves, held-out photos by both models, and the verdict at the end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.theme import Colors, set_look
from handtint.gui.teach.curves import Curves
from handtint.gui.teach.lesson import OVER, Lesson, Stage
from handtint.gui.teach.sheet import Comparison
from handtint.gui.teach.words import BETTER, WORSE, headline, progress_line, verdict_line

_HEAD_LINES = 3  # of text under the headline; nothing below moves when it is shorter


class LearnPage(QWidget):
    """Shows a lesson and lets it be paused, stopped, gone on with, used or discarded."""

    used = Signal()
    discarded = Signal()
    left = Signal()  # back to the page of choices

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
        self.bar.setAccessibleName(self.tr("Progress"))
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

        self.copy_button = make(self.tr("&Copy Details"), self.tr("Copy what the trainer said, for a report"))
        self.back_button = make(self.tr("&Back"), self.tr("Back to the choice of photos"))
        self.discard_button = make(self.tr("&Discard…"), self.tr("Remove all that was learned"))
        self.pause_button = make(self.tr("&Pause"), self.tr("Leave the computer to other work for a while"))
        self.stop_button = make(
            self.tr("&Stop"), self.tr("Save what was learned and stop; it can be gone on with another day")
        )
        self.go_button = make(self.tr("&Go On"), self.tr("Go on from where it was saved"))
        self.use_button = make(self.tr("&Use It"), self.tr("Put the new model among the others and color with it"))
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
        for button in (self.copy_button, self.back_button, self.discard_button):
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

    # showing what is

    def show_lesson(self, lesson: Lesson, parent: str) -> None:
        """Follow a lesson; `parent` names the model it learns from."""
        self._lesson, self._parent = lesson, parent
        self._is_failed_use = False
        lesson.changed.connect(self._show_state)
        lesson.measured.connect(self._show_figures)
        self.comparison.set_names(parent, lesson.run.request.name)
        self._show_state()

    def show_trouble(self, sentence: str) -> None:
        """Say why the model could not be put among the others; it may be tried again."""
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
        stage = lesson.stage
        name = lesson.run.request.name
        titles = {
            Stage.PREPARING: self.tr('Getting ready to teach "{0}"'),
            Stage.LEARNING: self.tr('Teaching "{0}"'),
            Stage.PAUSING: self.tr('Pausing "{0}"…'),
            Stage.PAUSED: self.tr('"{0}" is paused'),
            Stage.STOPPING: self.tr('Stopping "{0}"…'),
            Stage.COMPARING: self.tr('"{0}" has learned; now both models are compared'),
            Stage.STOPPED: self.tr('"{0}" is stopped'),
            Stage.FAILED: self.tr('Teaching "{0}" failed'),
        }
        is_new = self.title.text()
        if lesson.result is not None and stage is Stage.FINISHED:
            self.title.setText(headline(lesson.result, name, self._parent))
        else:
            self.title.setText(titles[stage].format(name))
        if self.title.text() != is_new:
            self.title.setAccessibleName(self.title.text())
            QAccessible.updateAccessibility(QAccessibleEvent(self.title, QAccessible.Event.Alert))
        self._show_icon(self._icon_name(lesson))
        self._show_buttons(lesson)
        self._show_figures()

    def _show_figures(self) -> None:
        lesson = self._lesson
        if lesson is None:
            return
        stage, history = lesson.stage, lesson.history
        if stage is Stage.FINISHED and lesson.result is not None:
            text = verdict_line(lesson.result, lesson.run.request.name, self._parent)
        elif stage is Stage.FAILED:
            text = lesson.trouble
        elif stage is Stage.STOPPED:
            text = self.tr("{0} % is learned and saved. Go on whenever you like, today or another day.").format(
                round(history.done * 100)
            )
        else:
            text = progress_line(lesson)
        if not self._is_failed_use:
            self.text.setText(text)
        set_look(self.text, "role", "muted" if stage not in (Stage.FINISHED, Stage.FAILED) else "")
        is_waiting = stage is Stage.COMPARING or (stage is Stage.PREPARING and history.done == 0)
        self.bar.setRange(0, 0 if is_waiting else 1000)
        self.bar.setValue(round(history.done * 1000))
        self.bar.setVisible(stage is not Stage.FINISHED)
        self.curves.show_history(history, self._parent)
        self.comparison.show_sheet(history.sheet, history.sheets)

    def _show_buttons(self, lesson: Lesson) -> None:
        had_focus = any(button.hasFocus() for button in self.findChildren(QPushButton))
        stage = lesson.stage
        is_paused = stage in (Stage.PAUSING, Stage.PAUSED)
        is_over = stage in OVER and not lesson.is_running  # the process may still write
        verdict = lesson.result.get("verdict") if lesson.result is not None else None
        for button, shown in (
            (self.copy_button, stage is Stage.FAILED),
            (self.back_button, is_over),
            (self.discard_button, is_over),
            (self.pause_button, stage not in OVER),
            (self.stop_button, stage not in OVER),
            (self.go_button, is_over and stage is not Stage.FINISHED),
            (self.use_button, is_over and stage is Stage.FINISHED),
        ):
            button.setVisible(shown)
        self.pause_button.setText(self.tr("&Resume") if is_paused else self.tr("&Pause"))
        self.pause_button.setAccessibleName(self.pause_button.text().replace("&", ""))
        self.pause_button.setToolTip(
            self.tr("Go on learning") if is_paused else self.tr("Leave the computer to other work for a while")
        )
        self.pause_button.setEnabled(is_paused or stage is Stage.LEARNING)
        self.stop_button.setEnabled(stage not in (Stage.STOPPING, Stage.COMPARING))
        self.go_button.setText(self.tr("&Try Again") if stage is Stage.FAILED else self.tr("&Go On"))
        self.go_button.setAccessibleName(self.go_button.text().replace("&", ""))
        set_look(self.go_button, "role", "primary")
        set_look(self.use_button, "role", "" if verdict == WORSE else "primary")
        if had_focus or self.hasFocus():
            self._focus(lesson, is_over)

    def take_focus(self) -> None:
        """Take the focus over from another page."""
        if self._lesson is not None:
            self._focus(self._lesson, self._lesson.stage in OVER)

    def _focus(self, lesson: Lesson, is_over: bool) -> None:
        """Give the focus to what is likely wanted next, where the button that had it went away."""
        buttons = [self.pause_button, self.stop_button]
        if is_over:
            is_used = lesson.result is not None and lesson.result.get("verdict") != WORSE
            buttons = [self.use_button if is_used else self.discard_button if lesson.result else self.go_button]
        if any(button.hasFocus() and button.isEnabled() for button in self.findChildren(QPushButton)):
            return
        for button in buttons:
            if button.isEnabled() and not button.isHidden():
                button.setFocus()
                return
        self.setFocus()  # not to whatever comes next

    def _icon_name(self, lesson: Lesson) -> str:
        if lesson.stage is Stage.FAILED:
            return "warning"
        if lesson.stage is Stage.FINISHED and lesson.result is not None:
            verdict = lesson.result.get("verdict")
            return "done" if verdict == BETTER else "warning" if verdict == WORSE else "info"
        return "teach"

    def _show_icon(self, name: str) -> None:
        if self._colors is not None:
            color = {"warning": self._colors.danger, "done": self._colors.focus}.get(name, self._colors.muted)
            self._icon.setPixmap(icons.pixmap(name, QColor(color), 24, self.devicePixelRatioF()))

    # what the user does

    def _pause(self) -> None:
        if self._lesson is not None:
            if self._lesson.stage is Stage.LEARNING:
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
