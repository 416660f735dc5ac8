"""One printed page: pictures as large as it lets them be, and a line of words. Draws on whatever a painter is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

_GAP = 0.02  # between two pictures, of the longer side of the page


def is_better_wide(pictures: Sequence[QImage], page: QSizeF) -> bool:
    """Whether the pictures become larger on a page laid on its side; `page` stands upright."""
    upright, wide = (_places(pictures, size)[0] for size in (page, page.transposed()))
    return wide.width() > upright.width()


def draw_page(painter: QPainter, page: QRectF, pictures: Sequence[QImage], caption: str) -> None:
    """Draw pictures of one shape, and the caption below them if there is one."""
    room = QRectF(page)
    if caption:
        line = painter.fontMetrics().height()
        foot = QRectF(page.left(), page.bottom() - line, page.width(), line)
        room.setBottom(foot.top() - line / 2)
        text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideMiddle, round(page.width()))
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
