"""How a layer (in device pixels), the wipe line and the labels (in logical pixels) are painted."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from handtint.gui.canvas.pixels import Layer
from handtint.gui.canvas.tiles import Place, Tiles, places
from handtint.gui.canvas.viewport import Size, View
from handtint.recipe.placement import Matrix, Placement

_MOSAIC_SCALE = 4.0  # from here on pixels are shown as squares: who zooms in so far wants to see them
_HANDLE = 15.0  # radius


def draw_layer(painter: QPainter, layer: Layer, view: View, pane: Size, clip: QRectF, tiles: Tiles) -> list[Place]:
    """Draw what `clip` (device pixels) shows of the layer; returns the places of tiles still missing."""
    left, top = view.to_photo((clip.left(), clip.top()), pane)
    right, bottom = view.to_photo((clip.right(), clip.bottom()), pane)
    width, height = layer.size
    seen = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    if seen[0] >= seen[2] or seen[1] >= seen[3]:
        return []
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.scale < _MOSAIC_SCALE)
    level = layer.level_for(view.scale)
    _draw_part(painter, level, (0, 0, width, height), seen, view, pane)
    if view.scale <= layer.preview_scale * 1.02 or layer.preview_scale >= 1:
        return []
    step = 2 ** max(math.floor(math.log2(1 / view.scale)), 0)
    if step > layer.coarsest_step:
        return []
    missing = []
    for place in places(seen, layer.size, step):
        image = tiles.get(layer, place)
        if image is None:
            missing.append(place)
        else:
            _draw_part(painter, image, place.rectangle(layer.size), seen, view, pane)
    return missing


def _draw_part(
    painter: QPainter,
    image: QImage,
    area: tuple[int, int, int, int],
    seen: tuple[float, float, float, float],
    view: View,
    pane: Size,
) -> None:
    """Draw an image that stands for `area` of the photo, only where it is seen.

    Edges are rounded to whole device pixels, the same for neighbors, so that no seam shows between tiles.
    """
    x0, y0 = (round(v) for v in view.to_viewport((area[0], area[1]), pane))
    x1, y1 = (round(v) for v in view.to_viewport((area[2], area[3]), pane))
    if x1 <= x0 or y1 <= y0:
        return
    # Whole source pixels around what is seen, so that the picture does not creep while it is panned.
    per_x, per_y = image.width() / (area[2] - area[0]), image.height() / (area[3] - area[1])
    left = max(math.floor((seen[0] - area[0]) * per_x) - 1, 0)
    top = max(math.floor((seen[1] - area[1]) * per_y) - 1, 0)
    right = min(math.ceil((seen[2] - area[0]) * per_x) + 1, image.width())
    bottom = min(math.ceil((seen[3] - area[1]) * per_y) + 1, image.height())
    if left >= right or top >= bottom:
        return
    grow_x, grow_y = (x1 - x0) / image.width(), (y1 - y0) / image.height()
    target = QRectF(x0 + left * grow_x, y0 + top * grow_y, (right - left) * grow_x, (bottom - top) * grow_y)
    painter.drawImage(target, image, QRectF(left, top, right - left, bottom - top))


def draw_line(painter: QPainter, x: float, seen: QRectF, is_focused: bool) -> None:
    """The wipe line with its handle, over the height of the photo that is seen."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 3.5))
    painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
    painter.setPen(QPen(QColor(255, 255, 255), 1.5))
    painter.drawLine(QPointF(x, seen.top()), QPointF(x, seen.bottom()))
    middle = QPointF(x, seen.center().y())
    painter.setPen(QPen(QColor(0, 0, 0, 70), 1.0))
    painter.setBrush(QColor(255, 255, 255))
    painter.drawEllipse(middle, _HANDLE, _HANDLE)
    if is_focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1.5))
        painter.drawEllipse(middle, _HANDLE + 4, _HANDLE + 4)
    painter.setPen(
        QPen(
            QColor(50, 50, 50),
            1.7,
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
    )
    for sign in (-1, 1):
        tip = middle + QPointF(sign * 8, 0)
        painter.drawPolyline([tip + QPointF(-sign * 4, -4), tip, tip + QPointF(-sign * 4, 4)])


def draw_placed(painter: QPainter, image: QImage, size: tuple[int, int], matrix: Matrix) -> None:
    """Draw an image of something of this (height, width), whose pixels a matrix takes to those of the painter."""
    a, b, c, d, e, f, g, h, i = matrix
    painter.save()
    scaled = QTransform.fromScale(size[1] / image.width(), size[0] / image.height())
    painter.setTransform(scaled * QTransform(a, d, g, b, e, h, c, f, i), True)  # Qt's points are rows
    painter.drawImage(0, 0, image)
    painter.restore()


def placed_picture(image: QImage, placement: Placement, longest: int) -> QImage:
    """What a placement makes of an image of all of its source, with a longer side of `longest` pixels at most."""
    height, width = placement.size
    scale = min(longest / max(height, width), 1.0)
    made = QImage(max(round(width * scale), 1), max(round(height * scale), 1), QImage.Format.Format_RGB32)
    made.fill(QColor("gray"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(made.width() / width, made.height() / height)
    draw_placed(painter, image, placement.source_size, placement.inverse)
    painter.end()
    return made


def draw_focus(painter: QPainter, room: QRectF) -> None:
    """A frame just inside `room`, to be seen on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, away in ((QColor(20, 20, 20), 2.5), (QColor(255, 255, 255), 4.0)):
        painter.setPen(QPen(color, 1.5))
        painter.drawRoundedRect(room.adjusted(away, away, -away, -away), 4, 4)


def draw_cross(painter: QPainter, middle: QPointF) -> None:
    """Where the keyboard points, to be seen on any photo."""
    for color, width in ((QColor(0, 0, 0, 150), 3.4), (QColor(255, 255, 255), 1.6)):
        painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(middle + QPointF(4 * x, 4 * y), middle + QPointF(12 * x, 12 * y))


def draw_brush(painter: QPainter, middle: QPointF, radius: float) -> None:
    """The edge of a brush, to be seen on any photo."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, away in ((QColor(0, 0, 0, 160), 0.0), (QColor(255, 255, 255), 1.2)):
        painter.setPen(QPen(color, 1.2))
        painter.drawEllipse(middle, radius + away, radius + away)


def draw_label(painter: QPainter, text: str, corner: QPointF, *, from_right: bool = False) -> None:
    """A quiet pill that names a half of the comparison; `corner` is its top left, or top right."""
    painter.save()
    font = painter.font()
    font.setPointSizeF(max(font.pointSizeF() * 0.92, 7.0))
    painter.setFont(font)
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 18, metrics.height() + 7
    box = QRectF(corner.x() - (width if from_right else 0), corner.y(), width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(20, 20, 20, 150))
    painter.drawRoundedRect(box, height / 2, height / 2)
    painter.setPen(QColor(245, 245, 245))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
