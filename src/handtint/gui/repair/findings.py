"""What inspecting a photo found, a line each; a click applies one of them, or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.parts.action_buttons import push_button
from handtint.gui.parts.translating import tr, translated
from handtint.recipe.repair import Repair

if TYPE_CHECKING:
    from handtint.repair.inspecting import Finding


class FindingList(QWidget):
    """Empty until `show_findings`."""

    taken = Signal(object)  # Finding

    def __init__(self, take_all: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] | None = None
        self._rows: list[QWidget] = []
        self.buttons: list[QPushButton] = []
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setProperty("role", "muted")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.take_all = push_button(take_all, self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.words)
        self._layout.addWidget(self.take_all)

    def show_findings(self, findings: tuple[Finding, ...] | None, repair: Repair, else_: str) -> None:
        """Show these, and which of them a repair takes care of; `else_` where nobody looked yet."""
        if findings is not self._findings:
            self._findings = findings
            self._make_rows(findings or ())
        text = else_ if findings is None else "" if findings else tr("repair", "Nothing was found that needs repair.")
        self.words.setText(text)
        self.words.setVisible(bool(text))
        for button, finding in zip(self.buttons, findings or (), strict=True):
            is_taken = repair.has_all_of(finding.repair)
            button.setEnabled(not is_taken)
            button.setText(tr("repair", "Applied") if is_taken else tr("repair", "Apply"))
        self.take_all.setVisible(len(findings or ()) > 1)
        self.setVisible(bool(text) or bool(findings))

    def _make_rows(self, findings: tuple[Finding, ...]) -> None:
        for row in self._rows:
            self._layout.removeWidget(row)
            row.deleteLater()
        self._rows, self.buttons = [], []
        for number, finding in enumerate(findings):
            row = QWidget(self)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            words = QLabel(translated(finding.words), row)
            words.setWordWrap(True)
            button = QPushButton(row)
            button.setProperty("role", "link")
            button.setAccessibleName(tr("repair", "Apply: {words}", words=translated(finding.words)))
            button.setToolTip(tr("repair", "Repair this, and leave the rest as it is"))
            button.clicked.connect(lambda _=False, finding=finding: self.taken.emit(finding))
            line.addWidget(words, 1)
            line.addWidget(button)
            self._layout.insertWidget(1 + number, row)
            self._rows.append(row)
            self.buttons.append(button)
            row.show()
