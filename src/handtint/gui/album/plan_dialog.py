"""Restore Album: what will be made and where, what is left out and why, and what it needs, before anything starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from handtint.album.choices import Choices
from handtint.album.order import Event, Job, Order, Plan
from handtint.album.pace import Estimate
from handtint.album.planning import PlanRequest
from handtint.gui.album.plan_form import PlanForm
from handtint.gui.album.words import reason_of
from handtint.gui.parts.dialogs import fit, name_buttons
from handtint.gui.parts.fitting import Scrolled
from handtint.gui.parts.theme import DARK, LIGHT, restyle
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import isolated, number
from handtint.model_card import ModelFile
from handtint.plain import duration

_DELAY_MS = 250  # after a change, until the plan is made again
Index = QModelIndex | QPersistentModelIndex
Planned = Callable[[Plan], None]
AskForPlan = Callable[[PlanRequest, Planned, Callable[[Estimate], None], Callable[[str], None], Planned], None]


class PlanDialog(QDialog):
    """Asks where and how, and shows the plan for that. Writes nothing; `chosen` and `form` hold the answer.

    Photos that may be in color already have a box to leave them out.

    Args:
        models, usual: the models to choose from, and the one to start with.
        request: makes what is to be planned from an order and a folder.
        ask: makes the plan; see `AlbumRuns.plan`.
        only: how many photos were selected; None for all.
        retry: whether photos that failed are to be tried again.
    """

    def __init__(
        self,
        choices: Choices,
        models: Sequence[ModelFile],
        usual: ModelFile,
        request: Callable[[Order, Path], PlanRequest],
        ask: AskForPlan,
        parent: QWidget | None,
        *,
        only: int | None = None,
        retry: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("album", "Restore Album"))
        self._request, self._ask = request, ask
        self.plan: Plan | None = None
        self.estimate: Estimate | None = None
        self._planned_for: tuple[Order, Path] | None = None
        self._is_over = False
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._make_plan)
        title = QLabel(
            tr("album", 'Restore "{name}"', name=choices.folder.name or str(choices.folder))
            if only is None
            else tr("album", 'Restore {only} selected photos of "{name}"', only=only, name=choices.folder.name)
            if only != 1
            else tr("album", 'Restore the selected photo of "{name}"', name=choices.folder.name),
            self,
        )
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        text = QLabel(tr("album", "Your originals are not changed; the results go into a folder of their own."), self)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        self.form = PlanForm(choices, models, usual, retry, self)
        self.summary = QLabel(self)
        self.summary.setProperty("role", "title")
        self.summary.setWordWrap(True)
        self.needs = QLabel(self)
        self.needs.setProperty("role", "muted")
        self.needs.setWordWrap(True)
        self.needs.setTextFormat(Qt.TextFormat.PlainText)
        self.needs.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.needs.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows = PlanTable(choices.folder, choices.left_out, self)
        self.table = QTableView(self)
        self.table.setModel(self.rows)
        self.table.setAccessibleName(tr("album", "What will be made"))
        self.table.setToolTip(tr("album", "Each photo, with the file its result goes to, or why it is left out"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().resizeSection(0, 270)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start_button = self.buttons.addButton(tr("album", "&Start"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.start_button.setDefault(True)
        self.start_button.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.start_button.text()) + 150)
        name_buttons(self.buttons)
        inside = QWidget(self)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(24, 22, 24, 10)
        rows.setSpacing(10)
        rows.addWidget(title)
        rows.addWidget(text)
        rows.addSpacing(6)
        rows.addWidget(self.form)
        rows.addSpacing(8)
        rows.addWidget(self.summary)
        rows.addWidget(self.needs)
        rows.addWidget(self.table, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Scrolled(inside, self))  # large letters on a small screen
        self.buttons.setContentsMargins(24, 0, 24, 20)
        layout.addWidget(self.buttons)
        fit(self, 820, 720, parent)
        self.form.changed.connect(self._plan_soon)
        self.rows.left_out_changed.connect(self._show_counts)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._make_plan()

    # the plan

    def done(self, result: int) -> None:
        """From now on no plan is made any more, though a field that is left may ask for one."""
        self._is_over = True
        super().done(result)

    def _plan_soon(self) -> None:
        """Make the plan again in a moment: the one shown no longer fits the fields."""
        self.plan = self.estimate = None
        self.start_button.setEnabled(False)
        self._delay.start()

    def _make_plan(self) -> None:
        if self._is_over:
            return
        self.plan = self.estimate = None
        self.start_button.setEnabled(False)
        if not self.form.folder_field.text().strip():
            self._show_trouble(tr("album", "Choose a folder for the results."))
            return
        self._say(tr("album", "Making the plan…"), "")
        order, output = self.form.order, self.form.output
        self._planned_for = (order, output)
        self._ask(
            self._request(order, output), self._show_plan, self._show_estimate, self._show_trouble, self._sort_out
        )

    @property
    def chosen(self) -> Plan:
        """The plan without the photos that the user left out."""
        plan = self.plan or Plan([], [])
        return Plan([job for job in plan.jobs if job.source not in self.rows.left_out], plan.others, plan.left_out)

    def _show_plan(self, plan: Plan) -> None:
        self.plan = plan
        self.rows.show_plan(plan, self.form.output)
        self._show_counts()
        if self.chosen.jobs:
            self._say(self.summary.text(), tr("album", "Estimating time and disk space…"))

    def _sort_out(self, plan: Plan) -> None:
        """The plan for the same fields, with more known of its photos."""
        if self.plan is not None:
            self.plan = plan
            self.rows.show_plan(plan, self.form.output)
            self._show_counts()

    def _show_counts(self) -> None:
        if self.plan is None:
            return
        plan = self.chosen
        count = len(plan.jobs)
        doubts = sum(bool(job.doubt) for job in self.plan.jobs)
        by_hand = len(self.plan.jobs) - count
        routine = sum(event.is_routine for event in plan.others)
        skipped = sum(event.kind == "skipped" and not event.is_routine for event in plan.others)
        failed = sum(event.kind == "failed" for event in plan.others)
        following = sum(job.follows is not None for job in plan.jobs)
        parts = [
            tr("album", "{count} to color", count=count) if count else tr("album", "Nothing to color"),
            tr("album", "{following} of them with the colors of another photo", following=following)
            if following
            else "",
            tr("album", "{routine} already done", routine=routine) if routine else "",
            tr("album", "{skipped} left out", skipped=skipped + by_hand) if skipped + by_hand else "",
            tr("album", "{doubts} to look at", doubts=doubts) if doubts else "",
            tr("album", "{failed} not tried", failed=failed) if failed else "",
        ]
        summary = "\n".join((" · ".join(filter(None, parts)), *map(translated, plan.left_out)))
        self._say(summary, self.needs.text() if count else "")
        self.start_button.setEnabled(count > 0)
        self.start_button.setText(tr("album", "&Color {n} Photo(s)", count) if count else tr("album", "&Start"))
        self.start_button.setAccessibleName(self.start_button.text().replace("&", ""))
        self.start_button.setToolTip(self.start_button.accessibleName())

    def _show_estimate(self, estimate: Estimate) -> None:
        self.estimate = estimate
        if self.plan is None or not self.plan.jobs:
            return
        free = estimate.free_bytes
        text = tr(
            "album",
            "About {duration}, and {size} of disk space",
            duration=duration(estimate.seconds),
            size=_size(estimate.result_bytes),
        )
        text += tr("album", " ({size} free).", size=_size(free)) if free is not None else "."
        is_tight = free is not None and estimate.result_bytes > free
        if is_tight:
            text += " " + tr(
                "album", "There may not be enough room for all. Free some space, or choose another folder."
            )
        if self.plan.open:
            text += " " + tr("album", "Photos of one scene are found first; this takes some extra time.")
        self._say(self.summary.text(), text, "danger" if is_tight else "muted")

    def _show_trouble(self, sentence: str) -> None:
        self.plan = None
        self.start_button.setEnabled(False)
        self.rows.show_plan(Plan([], []), self.form.output)
        self._say(tr("album", "This cannot be done"), sentence, "danger")

    def _say(self, summary: str, needs: str, role: str = "muted") -> None:
        self.summary.setText(summary)
        self.needs.setText(needs)
        restyle(self.needs, "role", role)

    def accept(self) -> None:
        """Close the dialog only if the plan on screen is the one for the fields."""
        if self.chosen.jobs and self._planned_for == (self.form.order, self.form.output):
            super().accept()


class PlanTable(QAbstractTableModel):
    """A plan as a table, one photo a row: those asked about and those left out first, since they may need attention.

    Attributes:
        left_out: photos that the user took out of the plan.
    """

    left_out_changed = Signal()

    def __init__(self, folder: Path, left_out: Iterable[Path], parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self.left_out = set(left_out)
        self._rows: list[Job | Event] = []
        self._output = folder

    def show_plan(self, plan: Plan, output: Path) -> None:
        """Show the rows of a plan."""
        self.beginResetModel()
        self._output = output
        self._rows = [job for job in plan.jobs if self._is_asked_about(job)]
        self._rows += [event for event in plan.others if not event.is_routine]
        self._rows += [job for job in plan.jobs if not self._is_asked_about(job)]
        self._rows += [event for event in plan.others if event.is_routine]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (tr("album", "Photo"), tr("album", "Result"))[section]
        return None

    def _is_asked_about(self, row: Job | Event) -> bool:
        return isinstance(row, Job) and (bool(row.doubt) or row.source in self.left_out)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Photos that are asked about have a box."""
        flags = super().flags(index)
        if index.isValid() and index.column() == 0 and self._is_asked_about(self._rows[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0 or not self._is_asked_about(row):
            return False
        is_wanted = Qt.CheckState(value) == Qt.CheckState.Checked
        (self.left_out.discard if is_wanted else self.left_out.add)(row.source)
        self.dataChanged.emit(self.index(index.row(), 0), self.index(index.row(), 1))
        self.left_out_changed.emit()
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return isolated(_below(row.source, self._folder)) if index.column() == 0 else self._words(row)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and self._is_asked_about(row):
            return Qt.CheckState.Unchecked if row.source in self.left_out else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.ToolTipRole:
            reason = translated(row.text) if isinstance(row, Event) and not row.is_routine else self._words(row)
            return f"{isolated(row.source)}\n{reason}"
        if role == Qt.ItemDataRole.ForegroundRole and isinstance(row, Event) and row.kind == "failed":
            is_dark = QGuiApplication.palette().base().color().lightness() < 128
            return QColor((DARK if is_dark else LIGHT).danger)
        return None

    def _words(self, row: Job | Event) -> str:
        if isinstance(row, Event):
            if row.is_routine:
                return tr("album", "Already done; stays as it is")
            return reason_of(translated(row.text), row.source)
        if self._is_asked_about(row):
            doubt = tr("album", "It may be in color already") if row.doubt else ""
            choice = (
                tr("album", "left out") if row.source in self.left_out else tr("album", "untick it to leave it out")
            )
            return " · ".join(filter(None, (doubt, choice, translated(row.note))))
        words = isolated(_below(row.target, self._output))
        if row.why:
            words += " · " + tr("album", "again: {why}", why=translated(row.why))
        if row.follows:
            words += " · " + tr("album", "colors as {below}", below=_below(row.follows, self._folder))
        return words + (f" · {translated(row.note)}" if row.note else "")


def _below(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _size(count: int) -> str:
    return (
        tr("album", "{size} GB", size=number(count / 1e9, 1))
        if count >= 1e9
        else tr("album", "{size} MB", size=max(round(count / 1e6), 1))
    )
