"""Print: what goes on the paper, with a picture of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from handtint.gui.parts.dialogs import name_buttons
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.translating import tr

_PREVIEW = 380  # logical pixels a side
_GAP = 0.02  # between two pictures, of the longer side of the paper
_MARGIN = 0.05  # of the longer side of the paper, about what printers leave white


class PrintDialog(QDialog):
    """Asks for what is printed; `with_before`, `caption` and `is_wide` hold the answer.

    Args:
        pictures: before and after, of any size.
        name: of the photo.
        paper: width and height of the paper, upright, in any unit.
    """

    def __init__(self, pictures: Sequence[QImage], name: str, paper: QSizeF, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("saving", "Print"))
        self._pictures, self._name, self._paper_size = pictures, name, paper
        self.paper = _Paper(self)
        self.result_only = QRadioButton(tr("saving", "The &result"), self)
        self.result_only.setToolTip(tr("saving", "The colored photo on the whole page"))
        self.both = QRadioButton(tr("saving", "&Before and after"), self)
        self.both.setToolTip(tr("saving", "Both on one page"))
        for button in (self.result_only, self.both):
            button.setAccessibleName(button.text().replace("&", ""))
        self.result_only.setChecked(True)
        self.named = check_box(
            tr("saving", "&Name of the photo below"),
            tr("saving", "A line of words at the foot of the page"),
            False,
            self,
        )
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        go_on = self.buttons.addButton(tr("saving", "&Print…"), QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setDefault(True)
        name_buttons(self.buttons)
        choices = QVBoxLayout()
        choices.setSpacing(10)
        for button in (self.result_only, self.both):
            choices.addWidget(button)
        choices.addSpacing(8)
        choices.addWidget(self.named)
        choices.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.paper)
        row.addLayout(choices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(16)
        layout.addLayout(row)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.both.toggled.connect(self._show_paper)
        self.named.toggled.connect(self._show_paper)
        self._show_paper()

    @property
    def with_before(self) -> bool:
        """Whether the original is printed beside the result."""
        return self.both.isChecked()

    @property
    def caption(self) -> str:
        """The line under the picture; empty for none."""
        return self._name if self.named.isChecked() else ""

    @property
    def is_wide(self) -> bool:
        """Whether the paper is better used wide."""
        return is_better_wide(self._shown, self._paper_size)

    @property
    def _shown(self) -> Sequence[QImage]:
        return self._pictures if self.with_before else self._pictures[-1:]

    def _show_paper(self) -> None:
        size = self._paper_size.transposed() if self.is_wide else self._paper_size
        self.paper.show_paper(size, self._shown, self.caption)


class _Paper(QWidget):
    """A sheet of paper as it will be printed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_PREVIEW, _PREVIEW)
        self.setAccessibleName(tr("saving", "The page as it will be printed"))
        self.setToolTip(tr("saving", "The page as it will be printed"))
        self._size, self._pictures, self._caption = QSizeF(1, 1), list[QImage](), ""

    def show_paper(self, size: QSizeF, pictures: Sequence[QImage], caption: str) -> None:
        self._size, self._pictures, self._caption = size, list(pictures), caption
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = _PREVIEW / max(self._size.width(), self._size.height())
        sheet = QRectF(0, 0, self._size.width() * scale, self._size.height() * scale)
        sheet.moveCenter(QRectF(self.rect()).center())
        margin = _MARGIN * _PREVIEW
        painter = QPainter(self)
        painter.fillRect(sheet, QColor("white"))
        painter.setPen(QColor("black"))
        font = painter.font()
        font.setPixelSize(9)
        painter.setFont(font)
        draw_on_paper(painter, sheet.adjusted(margin, margin, -margin, -margin), self._pictures, self._caption)


def is_better_wide(pictures: Sequence[QImage], paper: QSizeF) -> bool:
    """Whether the pictures become larger on wide paper; `paper` stands upright."""
    upright, wide = (_places(pictures, size)[0] for size in (paper, paper.transposed()))
    return wide.width() > upright.width()


def draw_on_paper(painter: QPainter, paper: QRectF, pictures: Sequence[QImage], caption: str) -> None:
    """Draw pictures of one shape, and the caption below them if there is one."""
    room = QRectF(paper)
    if caption:
        line = painter.fontMetrics().height()
        foot = QRectF(paper.left(), paper.bottom() - line, paper.width(), line)
        room.setBottom(foot.top() - line / 2)
        text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideMiddle, round(paper.width()))
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for picture, place in zip(pictures, _places(pictures, room.size()), strict=True):
        painter.drawImage(place.translated(room.topLeft()), picture)


def _places(pictures: Sequence[QImage], room: QSizeF) -> list[QRectF]:
    """Where in the room each picture goes: beside or below each other, whichever lets them be larger."""
    count = len(pictures)
    gap = _GAP * max(room.width(), room.height()) * (count > 1)
    shape = QSizeF(pictures[0].size())
    cells = (
        (QSizeF((room.width() - gap * (count - 1)) / count, room.height()), QPointF(1, 0)),
        (QSizeF(room.width(), (room.height() - gap * (count - 1)) / count), QPointF(0, 1)),
    )
    sizes = [(shape.scaled(cell, Qt.AspectRatioMode.KeepAspectRatio), way) for cell, way in cells]
    size, way = max(sizes, key=lambda found: found[0].width())
    step = QPointF(way.x() * (size.width() + gap), way.y() * (size.height() + gap))
    extent = QPointF(size.width(), size.height()) + step * (count - 1)
    start = (QPointF(room.width(), room.height()) - extent) / 2
    return [QRectF(start + step * index, size) for index in range(count)]
