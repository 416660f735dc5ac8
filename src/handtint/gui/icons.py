"""Our own line icons, drawn from `resources/icons/*.svg` in the color of the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from handtint import paths

_INK = "#000000"  # what the files are drawn in
_RATIOS = (1.0, 1.5, 2.0, 3.0)


def icon(name: str, color: QColor, disabled: QColor, size: int = 20) -> QIcon:
    """The icon of that name, `size` logical pixels, sharp at every scaling of the desktop."""
    result = QIcon()
    for ratio in _RATIOS:
        result.addPixmap(pixmap(name, color, size, ratio), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return result


def pixmap(name: str, color: QColor | None, size: int, ratio: float = 1.0) -> QPixmap:
    """One drawing of an icon; `color` None keeps the file's own colors."""
    text = (paths.icons_dir() / f"{name}.svg").read_text(encoding="utf-8")
    if color is not None:
        text = text.replace(_INK, color.name())
    renderer = QSvgRenderer(QByteArray(text.encode()))
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def app_icon() -> QIcon:
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(pixmap("handtint", None, size))
    return result
