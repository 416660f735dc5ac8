"""Our own line icons, drawn from `resources/icons/*.svg` in the color of the theme, each when it is first seen."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPainterPath, QPixmap
from PySide6.QtSvg import QSvgRenderer

from handtint import paths

_INK = "#000000"  # what the files are drawn in
_ALONG_THE_LINE = ("back",)  # turned round where lines are read from the right


def icon(name: str, color: QColor, disabled: QColor, size: int = 20) -> QIcon:
    """The icon of that name, `size` logical pixels, sharp at every scaling of the desktop."""
    return QIcon(_Engine(name, color, disabled, size))


class _Engine(QIconEngine):
    """Draws one icon. Most are in menus that nobody opens, and all at every scaling took a fifth of the start."""

    _copies: ClassVar[list[_Engine]] = []  # Qt holds them without a reference to what is Python's

    def __init__(self, name: str, color: QColor, disabled: QColor, size: int) -> None:
        super().__init__()
        self._name, self._color, self._disabled, self._size = name, color, disabled, size
        self._drawn: dict[tuple[int, float, bool], QPixmap] = {}

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        side = min(size.width(), size.height(), self._size)
        return QSize(side, side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """`size` in logical pixels."""
        side, is_disabled = self.actualSize(size, mode, state).width(), mode == QIcon.Mode.Disabled
        key = side, scale, is_disabled
        if key not in self._drawn:
            self._drawn[key] = pixmap(self._name, self._disabled if is_disabled else self._color, side, scale)
        return self._drawn[key]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        painter.drawPixmap(rect, self.scaledPixmap(rect.size(), mode, state, painter.device().devicePixelRatioF()))

    def clone(self) -> QIconEngine:
        self._copies.append(_Engine(self._name, self._color, self._disabled, self._size))
        return self._copies[-1]


def pixmap(name: str, color: QColor | None, size: int, ratio: float = 1.0) -> QPixmap:
    """One drawing of an icon; `color` None keeps the file's own colors. Empty where there is no room for a pixel."""
    side = round(size * ratio)
    if side < 1:
        return QPixmap()
    text = (paths.icons_dir() / f"{name}.svg").read_text(encoding="utf-8")
    if color is not None:
        text = text.replace(_INK, color.name())
    renderer = QSvgRenderer(QByteArray(text.encode()))
    image = QPixmap(side, side)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    if name in _ALONG_THE_LINE and QGuiApplication.isRightToLeft():
        painter.translate(image.width(), 0)
        painter.scale(-1, 1)
    renderer.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def fold_arrow(is_open: bool) -> Qt.ArrowType:
    """Beside the head of a section: down where it is open, else the way that lines are read."""
    if is_open:
        return Qt.ArrowType.DownArrow
    return Qt.ArrowType.LeftArrow if QGuiApplication.isRightToLeft() else Qt.ArrowType.RightArrow


def app_icon() -> QIcon:
    """The icon of the program."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(pixmap("handtint", None, size))
    return result


def rounded(image: QImage, size: QSize, ratio: float) -> QPixmap:
    """The middle of an image, filling `size` logical pixels, with rounded corners."""
    target = QSize(round(size.width() * ratio), round(size.height() * ratio))
    grown = image.scaled(
        target, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    result = QPixmap(target)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(0, 0, target.width(), target.height()), 5 * ratio, 5 * ratio)
    painter.setClipPath(shape)
    # Portraits have their heads above the middle.
    top = (grown.height() - target.height()) // 4
    painter.drawImage(-((grown.width() - target.width()) // 2), -top, grown)
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result
