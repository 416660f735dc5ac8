"""Help > Keyboard Shortcuts: what the keys do, read off the actions themselves; then those of workspaces and tools."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.actions import HELD_KEYS
from handtint.gui.help.context_keys import key_rows
from handtint.gui.parts.dialogs import close_button, fit
from handtint.gui.parts.translating import tr


def shortcut_rows(window: QWidget) -> list[tuple[str, str]]:
    """Each action that has a key, and its keys as this system writes them."""
    rows = []
    for action in window.findChildren(QAction):
        native = QKeySequence.SequenceFormat.NativeText
        keys = [key.toString(native) for key in action.shortcuts()]
        held = action.property(HELD_KEYS) or []
        keys += [tr("help", "hold {key}", key=QKeySequence(key).toString(native)) for key in held]
        if keys:
            rows.append((action.text().replace("&", "").rstrip("…"), ", ".join(keys)))
    return rows


class ShortcutDialog(QDialog):
    """All keys, by where they work."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("help", "Keyboard Shortcuts"))
        rows = [*shortcut_rows(window), *key_rows()]
        self.table = QTableWidget(len(rows), 2, self)
        self.table.setAccessibleName(tr("help", "Keyboard shortcuts"))
        self.table.setToolTip(tr("help", "What the keys do"))
        self.table.horizontalHeader().setVisible(False)
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        for index, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(index, column, QTableWidgetItem(text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(self.table)
        layout.addWidget(close_button(self))
        fit(self, 680, 640, window)
        self.table.horizontalHeader().setMinimumSectionSize(self.width() * 2 // 5)  # then it is scrolled sideways
        self.table.selectRow(0)
        self.table.setFocus()
