"""A plan as a table: each photo, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication

from handtint.album.plan import Event, Job, Plan
from handtint.gui.parts.theme import DARK, LIGHT

Index = QModelIndex | QPersistentModelIndex


class PlanTable(QAbstractTableModel):
    """A plan, a photo a line: those left out first, since they are what there is to know."""

    def __init__(self, folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._rows: list[Job | Event] = []
        self._output = folder

    def show_plan(self, plan: Plan, output: Path) -> None:
        self.beginResetModel()
        self._output = output
        self._rows = [*(event for event in plan.others if not event.is_routine), *plan.jobs]
        self._rows += [event for event in plan.others if event.is_routine]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Photo"), self.tr("What becomes of it"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _below(row.source, self._folder) if index.column() == 0 else self._words(row)
        if role == Qt.ItemDataRole.ForegroundRole and isinstance(row, Event) and row.kind == "failed":
            is_dark = QGuiApplication.palette().base().color().lightness() < 128
            return QColor((DARK if is_dark else LIGHT).danger)
        return None

    def _words(self, row: Job | Event) -> str:
        if isinstance(row, Event):
            if row.is_routine:
                return self.tr("Made before; stays as it is")
            text = self.tr("Left out: {0}") if row.kind == "skipped" else self.tr("Not tried: {0}")
            return text.format(row.text)
        words = _below(row.target, self._output)
        if row.why:
            words += " · " + self.tr("anew: {0}").format(row.why)
        if row.follows:
            words += " · " + self.tr("colors as {0}").format(_below(row.follows, self._folder))
        return words + (f" · {row.note}" if row.note else "")


def _below(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
