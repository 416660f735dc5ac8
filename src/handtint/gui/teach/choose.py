"""What is chosen before a lesson: which photos, which model to start from, how long; and unfinished lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from handtint.errors import HandtintError
from handtint.gui.parts.fields import spin_box
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.model_names import tip_of, title_of, use_of
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr, translated
from handtint.gui.teach.folders import Folders
from handtint.gui.teach.lesson import Survey
from handtint.model_card import DEFAULT_MODEL, ModelFile
from handtint.teaching import runs
from handtint.teaching.history import is_open, recalled
from handtint.teaching.runs import Request, Run
from handtint.teaching.trainer import Trainer

_MINUTES = 30
_LONGEST = 48 * 60
_NAME = "mine"
_WIDTH = 300  # of the right column, logical pixels
_MOST_RUNS = 3  # shown


class ChooseForm(QWidget):
    """Signals what the user chose to start, continue or discard.

    Args:
        start_survey: starts a trainer process that examines folders.
    """

    started = Signal(object)  # Request
    continued = Signal(object)  # Run
    discarded = Signal(object)  # Run

    def __init__(self, start_survey: Callable[[tuple[Path, ...]], Trainer], parent: QWidget) -> None:
        super().__init__(parent)
        self.survey = Survey(start_survey, self)
        self._models: list[ModelFile] = []
        self._runs: list[Run] = []
        self._taken: set[str] = set()
        self._proposed = ""
        title = QLabel(tr("teach", "Teach a model on your own photographs"), self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        title.setWordWrap(True)
        text = QLabel(
            tr(
                "teach",
                "A model gets better at your old photographs by learning from color photographs of similar places, "
                "clothes and light. Nothing leaves this computer, and the model you start from is not changed.",
            ),
            self,
        )
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        self._waiting = QVBoxLayout()
        self._waiting.setSpacing(8)
        self._cards: list[QWidget] = []
        self.folders = Folders(self)
        columns = QHBoxLayout()
        columns.setSpacing(32)
        columns.addWidget(self.folders, 1)
        columns.addLayout(self._form())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 20)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addSpacing(8)
        layout.addLayout(self._waiting)
        layout.addSpacing(12)
        layout.addLayout(columns, 1)

        self.folders.chosen.connect(self.survey.begin)
        self.survey.changed.connect(self._show_survey)
        self.name.textChanged.connect(self._show_state)
        self.model.currentIndexChanged.connect(self._show_model)
        self.minutes.valueChanged.connect(self._show_estimate)
        self.start_button.clicked.connect(self._start)
        self._show_survey()
        self._show_estimate()

    def refresh(self, models: Sequence[ModelFile]) -> None:
        """Show the models that can be taught, and the unfinished lessons."""
        chosen = self.model.currentData()
        self._models = [file for file in models if runs.can_teach(file.card)]
        self.model.clear()
        for index, file in enumerate(self._models):
            self.model.addItem(title_of(file.card.name), file.card.name)
            self.model.setItemData(index, tip_of(file), Qt.ItemDataRole.ToolTipRole)
        for name in (DEFAULT_MODEL, chosen):
            if name is not None and self.model.findData(name) >= 0:
                self.model.setCurrentIndex(self.model.findData(name))
        self._runs = [run for run in runs.list_runs() if is_open(run)]
        self._taken = {file.card.name for file in models} | {file.path.stem for file in models}
        self._taken |= {run.request.name for run in self._runs}
        if self.name.text() == self._proposed:
            self._proposed = _NAME
            number = 1
            while self._proposed in self._taken:
                number += 1
                self._proposed = f"{_NAME} {number}"
            self.name.setText(self._proposed)
        self._show_runs()
        self._show_model()
        self._show_estimate()
        self._show_state()

    def show_trouble(self, sentence: str) -> None:
        """Say why nothing was started."""
        self.trouble.setText(sentence)

    def set_colors(self, colors: Colors) -> None:
        """Follow the theme."""
        self.folders.set_colors(colors)

    # parts

    def _form(self) -> QVBoxLayout:
        self.model = QComboBox(self)
        self.model.setAccessibleName(tr("teach", "Start from"))
        self.model.setToolTip(tr("teach", "The model that the new one starts from; it is not changed"))
        self._use_when = QLabel(self)
        self._use_when.setProperty("role", "muted")
        self._use_when.setWordWrap(True)
        self._use_when.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._use_when.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(tr("teach", "Name"))
        self.name.setToolTip(tr("teach", "The name of the new model in the list of models"))
        self.name.setMaxLength(63)
        self.minutes = spin_box(self)
        self.minutes.setRange(1, _LONGEST)
        self.minutes.setSingleStep(5)
        self.minutes.setValue(_MINUTES)
        self.minutes.setSuffix(tr("teach", " minutes"))
        self.minutes.setAccessibleName(tr("teach", "Time"))
        self.minutes.setToolTip(tr("teach", "How long to teach, without pauses. The arrow keys change it by 5 minutes"))
        self._estimate = QLabel(self)
        self._estimate.setProperty("role", "muted")
        self._estimate.setWordWrap(True)
        self.trouble = QLabel(self)
        self.trouble.setProperty("role", "danger")
        self.trouble.setWordWrap(True)
        self.trouble.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self.start_button = QPushButton(tr("teach", "&Start Teaching"), self)
        self.start_button.setProperty("role", "primary")
        self.start_button.setAutoDefault(False)
        self.start_button.setAccessibleName(tr("teach", "Start teaching"))
        layout = QVBoxLayout()
        layout.setSpacing(6)
        section = QLabel(tr("teach", "New model"), self)
        section.setProperty("role", "section")
        layout.addWidget(section)
        layout.addSpacing(4)
        for text, field, below in (
            (tr("teach", "Start &from"), self.model, self._use_when),
            (tr("teach", "&Name"), self.name, None),
            (tr("teach", "&Time"), self.minutes, self._estimate),
        ):
            label = FieldName(text, field, self)
            field.setFixedWidth(_WIDTH)
            layout.addWidget(label)
            layout.addWidget(field)
            if below is not None:
                below.setFixedWidth(_WIDTH)
                layout.addWidget(below)
            layout.addSpacing(8)
        layout.addStretch(1)
        self.trouble.setFixedWidth(_WIDTH)
        layout.addWidget(self.trouble)
        layout.addWidget(self.start_button)
        return layout

    # showing the state

    def _show_runs(self) -> None:
        for card in self._cards:
            self._waiting.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [self._card(run) for run in self._runs[:_MOST_RUNS]]
        for card in self._cards:
            self._waiting.addWidget(card)

    def _card(self, run: Run) -> QFrame:
        card = QFrame(self)
        card.setObjectName("card")
        name = run.request.name
        title = QLabel(
            tr(
                "teach",
                '"{name}", started from "{title_of}"',
                name=name,
                title_of=title_of(Path(run.request.model).stem),
            ),
            card,
        )
        title.setProperty("role", "title")
        if run.result is None:
            state = tr("teach", "{done} % done, not finished", done=round(recalled(run).done * 100))
            words, tip = tr("teach", "&Go On"), tr("teach", 'Go on with teaching "{name}"', name=name)
        else:
            state = tr("teach", "finished; waiting for your decision")
            words, tip = tr("teach", "Show Res&ult"), tr("teach", 'Show how well "{name}" does', name=name)
        detail = QLabel(state, card)
        detail.setProperty("role", "muted")
        button = QPushButton(words, card)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self.continued.emit(run))
        drop = QPushButton(tr("teach", "&Discard"), card)
        drop.setToolTip(tr("teach", 'Delete everything "{name}" has learned', name=name))
        drop.setAccessibleName(tr("teach", 'Discard "{name}"', name=name))
        drop.clicked.connect(lambda: self.discarded.emit(run))
        for each in (button, drop):
            each.setAutoDefault(False)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(16, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(detail)
        layout.addStretch(1)
        layout.addWidget(button)
        layout.addWidget(drop)
        return card

    def _show_model(self) -> None:
        index = self.model.currentIndex()
        self._use_when.setText(use_of(self._models[index].card) if 0 <= index < len(self._models) else "")

    def _show_estimate(self) -> None:
        end = QDateTime.currentDateTime().addSecs(self.minutes.value() * 60)
        is_today = end.date() == QDateTime.currentDateTime().date()
        form = QLocale.FormatType.ShortFormat
        when = QLocale().toString(end.time(), form) if is_today else QLocale().toString(end, form)
        self._estimate.setText(
            tr(
                "teach",
                "If you start now, it is done at about {when}; comparing the models then takes a few minutes. "
                "You can pause, or stop and go on another day.",
                when=when,
            )
        )

    def _show_survey(self) -> None:
        self.folders.show_survey(self.survey)
        self._show_state()

    def _show_state(self) -> None:
        self.trouble.setText(self._name_trouble() if self._models else "")
        if not self.folders.folders:
            why = tr("teach", "Choose a folder of color photographs first")
        elif self.survey.is_running:
            why = tr("teach", "The photos are being examined")
        elif not self.survey.is_good:
            why = tr("teach", "These are not enough photos to learn from")
        elif not self._models:
            why = tr("teach", "There is no model to learn from")
        elif self.trouble.text():
            why = self.trouble.text()
        else:
            why = ""
        self.start_button.setEnabled(not why)
        self.start_button.setToolTip(why or tr("teach", "Start teaching, in the background"))

    def _name_trouble(self) -> str:
        name = self.name.text().strip()
        if name in self._taken:
            return tr(
                "teach",
                'There is already a model or an unfinished lesson named "{name}". Choose another name.',
                name=name,
            )
        try:
            runs.check_name(name)
        except HandtintError as error:
            return translated(error)
        return ""

    def _start(self) -> None:
        self.started.emit(
            Request(
                self.folders.folders,
                name=self.name.text().strip(),
                model=self.model.currentData(),
                minutes=float(self.minutes.value()),
            )
        )
