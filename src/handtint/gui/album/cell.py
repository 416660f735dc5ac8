"""Draws one photo of an album in the grid: original, result or half of each, with its name, badges and state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from handtint.album.photos import AlbumPhoto, State
from handtint.gui.album.actions import CellView
from handtint.gui.album.model import PHOTO, state_word
from handtint.gui.album.words import reason_of
from handtint.gui.parts import icons
from handtint.gui.parts.theme import LIGHT, Colors
from handtint.gui.parts.translating import translated
from handtint.gui.parts.words import isolated

BOX = QSize(176, 132)  # room for the picture, logical pixels
CELL = QSize(204, 196)
_BADGE = 16  # of the icon in it

Pictures = Callable[[AlbumPhoto], tuple[QImage | None, QImage | None]]  # before, after


class AlbumCell(QStyledItemDelegate):
    """Draws cells of `CELL` or larger.

    Args:
        pictures: gives the thumbnails of a photo; None for one that is not made yet or does not exist.
    """

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.view = CellView.HALVES
        self.width = CELL.width()
        self.height = max(CELL.height(), BOX.height() + 33 + 2 * parent.fontMetrics().height())  # two lines of words
        self._colors = LIGHT
        self._badges: dict[tuple[str, str, float], QPixmap] = {}

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self._badges.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self.width, self.height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        photo = index.data(PHOTO)
        if not isinstance(photo, AlbumPhoto):
            return
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        colors = self._colors
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tile = QRectF(rect).adjusted(4, 4, -4, -4)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.chosen if is_selected else colors.hover))
            painter.drawRoundedRect(tile, 8, 8)
        if is_selected or state & QStyle.StateFlag.State_HasFocus:
            is_focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(colors.text if is_focused else colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 7, 7)
        left = rect.left() + (rect.width() - BOX.width()) // 2
        box = QRect(left, rect.top() + 12, BOX.width(), BOX.height())
        self._draw_picture(painter, photo, box)
        self._draw_badges(painter, photo, box)
        self._draw_text(painter, photo, QRect(left, box.bottom() + 7, BOX.width(), rect.bottom() - box.bottom() - 12))
        painter.restore()

    def _draw_picture(self, painter: QPainter, photo: AlbumPhoto, box: QRect) -> None:
        before, after = self._pictures(photo)
        if self.view is CellView.ORIGINAL:
            after = None
        elif self.view is CellView.RESULT and after is not None and not after.isNull():
            before = None
        if before is not None and not before.isNull():
            _draw(painter, before, box, 0.0, 1.0)
        if after is not None and not after.isNull():
            is_split = before is not None and not before.isNull()
            area = _draw(painter, after, box, 0.5 if is_split else 0.0, 1.0)
            if is_split:
                middle = area.center().x()
                painter.setPen(QPen(QColor(255, 255, 255, 210), 1.5))
                painter.drawLine(QPointF(middle, area.top()), QPointF(middle, area.bottom()))
        if (before is None or before.isNull()) and (after is None or after.isNull()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._colors.hover))
            painter.drawRoundedRect(QRectF(box), 5, 5)
            if photo.is_broken:
                self._draw_icon(
                    painter, "warning", self._colors.danger, box.center() - QRect(0, 0, 28, 28).center(), 28
                )

    def _draw_badges(self, painter: QPainter, photo: AlbumPhoto, box: QRect) -> None:
        """Badges over the picture: star and own settings left, verdict and failure right; and the progress bar."""
        colors = self._colors
        right = []
        if photo.verdict is not None:
            right.append(("done", "#8fe0a0") if photo.verdict == "accepted" else ("close", "#ffb4a2"))
        if photo.state is State.FAILED:
            right.append(("warning", "#ffb4a2"))
        left = [("star", "#ffd766")] if photo.is_marked else []
        if photo.has_own:
            left.append(("sliders", "#ffffff"))
        for badges, is_right in ((left, False), (right, True)):
            for number, (name, color) in enumerate(badges):
                x = box.right() - 23 - 27 * number if is_right else box.left() + 3 + 27 * number
                badge = QRect(x, box.top() + 4, 22, 22)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(20, 20, 20, 170))
                painter.drawEllipse(badge)
                self._draw_icon(painter, name, color, badge.center() - QRect(0, 0, _BADGE, _BADGE).center(), _BADGE)
        if photo.state is State.MAKING:
            bar = QRectF(box.left() + 10, box.bottom() - 13, box.width() - 20, 5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(20, 20, 20, 170))
            painter.drawRoundedRect(bar.adjusted(-2, -2, 2, 2), 4, 4)
            bar.setWidth(max(bar.width() * photo.fraction, 4.0))
            painter.setBrush(QColor(colors.accent_hover))
            painter.drawRoundedRect(bar, 2, 2)

    def _draw_text(self, painter: QPainter, photo: AlbumPhoto, place: QRect) -> None:
        metrics = painter.fontMetrics()
        line = QRect(place.left(), place.top(), place.width(), metrics.height())
        center = Qt.AlignmentFlag.AlignHCenter
        painter.setPen(QColor(self._colors.text))
        name = metrics.elidedText(photo.path.name, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(line, center, isolated(name))
        has_reason = photo.state in (State.FAILED, State.SKIPPED) and photo.text
        words = reason_of(translated(photo.text), photo.path) if has_reason else state_word(photo)
        words = isolated(photo.folder) if photo.state is State.DONE and not photo.is_stale and photo.folder else words
        is_bad = photo.state is State.FAILED
        painter.setPen(QColor(self._colors.danger if is_bad else self._colors.muted))
        line.translate(0, metrics.height() + 1)
        painter.drawText(line, center, metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width()))

    def _draw_icon(self, painter: QPainter, name: str, color: str, at: QPoint, size: int) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        key = (name, color, ratio * size)
        if key not in self._badges:
            self._badges[key] = icons.pixmap(name, QColor(color), size, ratio)
        painter.drawPixmap(at, self._badges[key])


def _draw(painter: QPainter, image: QImage, box: QRect, start: float, stop: float) -> QRectF:
    """Draw the part from `start` to `stop` of the width of an image that is fitted into the box; returns its place."""
    size = QSize(image.size()).scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    area = QRectF(
        box.left() + (box.width() - size.width()) // 2,
        box.top() + (box.height() - size.height()) // 2,
        size.width(),
        size.height(),
    )
    part = QRectF(area.left() + start * area.width(), area.top(), (stop - start) * area.width(), area.height())
    source = QRectF(start * image.width(), 0, (stop - start) * image.width(), image.height())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(part, image, source)
    return area
