"""A button that shows a color, and plain names of colors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from handtint.gui.parts.keys import ENTER
from handtint.gui.parts.translating import tr

Ab = tuple[float, float]

_GRAY_CHROMA = 6.0
_DARK_ORANGE = 45.0  # L below which orange is called brown


def color_at(lightness: float, ab: Ab) -> QColor:
    """What a color looks like at a lightness."""
    return colors_at([lightness], [ab])[0]


def colors_at(lightness: Sequence[float], ab: Sequence[Ab]) -> list[QColor]:
    """What colors look like, each at its lightness."""
    from handtint.imaging.color import gamut

    return [QColor(*pixel) for pixel in gamut.srgb_at(lightness, ab).tolist()] if ab else []


def color_word(lightness: float, ab: Ab) -> str:
    """What most people would call the color."""
    if math.hypot(*ab) < _GRAY_CHROMA:
        return tr("swatch", "gray")
    hue = math.degrees(math.atan2(ab[1], ab[0])) % 360
    if 45 <= hue < 85 and lightness < _DARK_ORANGE:
        return tr("swatch", "brown")
    names = (
        (15, tr("swatch", "pink")),
        (45, tr("swatch", "red")),
        (80, tr("swatch", "orange")),
        (112, tr("swatch", "yellow")),
        (170, tr("swatch", "green")),
        (225, tr("swatch", "turquoise")),
        (300, tr("swatch", "blue")),
        (335, tr("swatch", "violet")),
    )
    return next((name for limit, name in names if hue < limit), tr("swatch", "pink"))


class Swatch(QAbstractButton):
    """Shows a color; `is_current` puts a frame around it."""

    def __init__(self, side: int, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side
        self.ab: Ab = (0.0, 0.0)
        self._color = QColor("gray")
        self._is_current = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the photo
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(self.sizeHint())
        self._tell(label)

    def show_color(self, lightness: float, ab: Ab, label: str) -> None:
        """`label` says where the color is from; it is read out together with the color."""
        self.ab = ab
        self._color = color_at(lightness, ab)
        self._tell(f"{label}: {color_word(lightness, ab)}, {self._color.name()}")
        self.update()

    def _tell(self, words: str) -> None:
        self.setToolTip(words)
        self.setAccessibleName(words)

    def set_current(self, on: bool) -> None:
        """Show whether this is the color of the hint."""
        self._is_current = on
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self.palette()
        whole = QRectF(self.rect())
        frame = None
        if self.hasFocus():
            frame = colors.color(QPalette.ColorRole.Link)
        elif self._is_current:
            frame = colors.color(QPalette.ColorRole.WindowText)
        if frame is not None:
            painter.setPen(QPen(frame, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole.adjusted(1, 1, -1, -1), 7, 7)
        inset = 1 if self.underMouse() and not self.isDown() and frame is None else 3
        painter.setPen(QPen(QColor(127, 127, 127, 120), 1.0))
        painter.setBrush(self._color)
        painter.drawRoundedRect(whole.adjusted(inset + 0.5, inset + 0.5, -inset - 0.5, -inset - 0.5), 5, 5)
