"""All colors that sRGB can show at one lightness: hue from left to right, chroma from gray at the foot upwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from handtint.gui.canvas.pixels import to_image
from handtint.gui.hints.swatch import Ab, color_at, color_word
from handtint.gui.parts.translating import tr

if TYPE_CHECKING:
    import numpy as np

_HEIGHT = 116
_COLUMNS, _ROWS = 180, 48  # of the picture, which is drawn larger
_HANDLE = 7.0
_HUE_STEP, _CHROMA_STEP = 3.0, 0.03  # degrees, part of the most chroma, for an arrow key; five times that with Shift
_KEYS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Down: (0, -1),
    Qt.Key.Key_Up: (0, 1),
}


class ColorField(QWidget):
    """Chooses a and b; the lightness is the photo's."""

    chosen = Signal(object)  # Ab, also while dragging
    let_go = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the photo
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            tr("hints", "Hue from left to right, from gray at the bottom to the strongest color at the top")
        )
        self.setAccessibleName(tr("hints", "Color field"))
        self._lightness = 50.0
        self._hue, self._part = 60.0, 0.0  # degrees; part of the most chroma
        self._picture = QImage()
        self._pictured = -1.0  # the lightness of the picture
        self._is_held = False

    def show_color(self, lightness: float, ab: Ab) -> None:
        """Show where this color lies among those of its lightness, without telling anyone."""
        self._lightness = lightness
        chroma = math.hypot(*ab)
        if chroma > 0.5:  # gray has no hue: the handle stays in its column
            self._hue = math.degrees(math.atan2(ab[1], ab[0])) % 360
        most = self._most()
        self._part = min(chroma / most, 1.0) if most > 0 else 0.0
        self.setAccessibleDescription(
            tr(
                "hints",
                "{word}, {code}. Arrow keys: left and right for the hue, up and down for more and less color.",
                word=color_word(lightness, ab),
                code=color_at(lightness, ab).name(),
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT)

    def _choose(self, hue: float, part: float) -> None:
        self._hue, self._part = hue, min(max(part, 0.0), 1.0)
        chroma = self._part * self._most()
        self.update()
        self.chosen.emit((chroma * math.cos(math.radians(self._hue)), chroma * math.sin(math.radians(self._hue))))

    def _most(self) -> float:
        """The most chroma that the hue has at the lightness."""
        from handtint.imaging.color import gamut

        return float(gamut.largest_chroma(self._lightness, math.radians(self._hue)))

    def _choose_at(self, point: QPointF) -> None:
        area = self._area()
        x = min(max((point.x() - area.left()) / area.width(), 0.0), 1.0)
        self._choose(x * 359.9, (area.bottom() - point.y()) / area.height())

    def _area(self) -> QRectF:
        """Where the colors are, with room for the handle."""
        return QRectF(self.rect()).adjusted(3, 3, -3, -3)

    def paintEvent(self, event: QPaintEvent) -> None:
        if round(self._lightness) != self._pictured:
            self._pictured = round(self._lightness)
            self._picture = to_image(_colors(self._lightness))
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = self._area()
        shape = QPainterPath()
        shape.addRoundedRect(area, 6, 6)
        painter.save()
        painter.setClipPath(shape)
        painter.drawImage(area, self._picture)
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), 2.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        handle = QPointF(
            area.left() + self._hue / 360 * area.width(),
            min(max(area.bottom() - self._part * area.height(), area.top() + 5), area.bottom() - 5),
        )
        painter.setPen(QPen(QColor(0, 0, 0, 140), 3.4))
        painter.drawEllipse(handle, _HANDLE, _HANDLE)
        painter.setPen(QPen(QColor(255, 255, 255), 2.0))
        painter.drawEllipse(handle, _HANDLE, _HANDLE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_held = True
            self._choose_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_held:
            self._choose_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_held = False
            self.let_go.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in _KEYS:
            super().keyPressEvent(event)
            return
        x, y = _KEYS[event.key()]
        times = 5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self._choose((self._hue + x * times * _HUE_STEP) % 360, self._part + y * times * _CHROMA_STEP)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS and not event.isAutoRepeat():
            self.let_go.emit()
        else:
            super().keyReleaseEvent(event)


def _colors(lightness: float) -> np.ndarray:
    """(rows, columns, 3) uint8: the picture of the field."""
    import numpy as np

    from handtint.imaging.color import gamut

    hue = np.radians((np.arange(_COLUMNS) + 0.5) * 360 / _COLUMNS)
    part = 1 - (np.arange(_ROWS) + 0.5) / _ROWS
    chroma = part[:, None] * gamut.largest_chroma(lightness, hue)
    return gamut.srgb_at(lightness, np.stack([chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1))
