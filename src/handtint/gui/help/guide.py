"""Help > Guide: how to use Handtint, with pictures of its windows. The files come with the program."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from handtint import paths
from handtint.gui.parts.dialogs import close_button, fit
from handtint.gui.parts.translating import in_language, tr


class GuideWindow(QDialog):
    """Stays open beside the main window, so that users can follow it step by step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("help", "Handtint Guide"))
        self.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QTextBrowser(self)
        self.text.setOpenExternalLinks(False)
        self.text.setAccessibleName(tr("help", "Guide"))
        self.text.setToolTip(tr("help", "How to use Handtint"))
        self.text.document().setDocumentMargin(18)
        self.text.setSource(QUrl.fromLocalFile(str(in_language(paths.guide_dir() / "guide.html"))))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(12)
        layout.addWidget(self.text)
        layout.addWidget(close_button(self))
        fit(self, 860, 760, parent)
        self.text.setFocus()
