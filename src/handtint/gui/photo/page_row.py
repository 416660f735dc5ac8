"""Which page of a file is shown: a field to choose another, and a way to open all of them as photos."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto


class PageRow(QWidget):
    """Shown only for a file that holds several pictures."""

    chosen = Signal(int)  # the page, from 1
    all_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = QComboBox(self)
        self.field.setAccessibleName(tr("photo", "Page"))
        self.field.setToolTip(tr("photo", "Which of the pictures in this file is shown; each has its own edits"))
        self.every = QPushButton(tr("photo", "All Pa&ges"), self)
        self.every.setProperty("role", "link")
        self.every.setAccessibleName(tr("photo", "All Pages"))
        self.every.setToolTip(tr("photo", "Open every page of this file as a photo of its own"))
        name = FieldName(tr("photo", "&Page"), self.field, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(name)
        row.addWidget(self.field)
        row.addStretch(1)
        row.addWidget(self.every)
        self.field.activated.connect(lambda index: self.chosen.emit(index + 1))
        self.every.clicked.connect(self.all_wanted)
        self.hide()

    def show_photo(self, photo: OpenPhoto | None) -> None:
        """Show which page a photo is."""
        pages = photo.pages if photo is not None else 1
        self.setVisible(pages > 1)
        if pages != self.field.count():
            self.field.clear()
            self.field.addItems([tr("photo", "{page} of {pages}", page=page + 1, pages=pages) for page in range(pages)])
        self.field.setCurrentIndex(photo.page - 1 if photo is not None else 0)
