"""Two pages of the Help menu: the keyboard shortcuts, read off the actions themselves, and About."""

from __future__ import annotations

import platform

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from handtint import __version__, paths
from handtint.gui.actions import HELD_KEYS
from handtint.gui.help import licenses
from handtint.gui.parts import icons
from handtint.gui.parts.dialogs import close_button, fit


def shortcut_rows(window: QWidget) -> list[tuple[str, str]]:
    """What each action with a key does, and its keys as this system writes them."""
    rows = []
    for action in window.findChildren(QAction):
        native = QKeySequence.SequenceFormat.NativeText
        keys = [key.toString(native) for key in action.shortcuts()]
        held = action.property(HELD_KEYS) or []
        keys += [window.tr("hold {0}").format(QKeySequence(key).toString(native)) for key in held]
        if keys:
            rows.append((action.text().replace("&", "").rstrip("…"), ", ".join(keys)))
    return rows


class ShortcutPage(QDialog):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keyboard Shortcuts"))
        rows = shortcut_rows(window)
        self.table = QTableWidget(len(rows), 2, self)
        self.table.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.table.setToolTip(self.tr("What the keys do"))
        self.table.horizontalHeader().setVisible(False)
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.verticalHeader().setDefaultSectionSize(28)
        for index, row in enumerate(rows):
            for column, text in enumerate(row):
                self.table.setItem(index, column, QTableWidgetItem(text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(self.table)
        layout.addWidget(close_button(self))
        fit(self, 520, 640, window)
        self.table.selectRow(0)
        self.table.setFocus()


class About(QDialog):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("About Handtint"))
        picture = QLabel(self)
        picture.setPixmap(icons.pixmap("handtint", None, 84, self.devicePixelRatioF()))
        name = QLabel(self.tr("Handtint {0}").format(__version__), self)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(font.Weight.DemiBold)
        name.setFont(font)
        text = QLabel(
            self.tr(
                "Restores and colorizes old photographs on your own computer. Nothing is sent anywhere.\n\n"
                "MIT license. The color is a model's guess, not a record of what was there.\n"
                "Made with Qt and PySide6 (LGPL), PyTorch, Pillow, tifffile and others; "
                "their licenses come with the program (Licenses, below)."
            ),
            self,
        )
        text.setWordWrap(True)
        text.setFixedWidth(380)
        facts = QLabel(
            self.tr("Python {0}, Qt {1}\nLog: {2}").format(platform.python_version(), pyside_version, paths.log_dir()),
            self,
        )
        facts.setProperty("role", "muted")
        facts.setWordWrap(True)
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(12)
        for label in (name, text, facts):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(22)
        row.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.setSpacing(18)
        layout.addLayout(row)
        buttons = close_button(self)
        licenses.add_button(buttons, self)
        layout.addWidget(buttons)
