"""Handtint's icon in the sizes and files that systems want: `icons.py OUT`. Runs in the environment of the build."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_DRAWING = Path(__file__).resolve().parents[1] / "resources" / "icons" / "handtint.svg"
_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(size: int, path: Path) -> None:
    """The icon as a PNG file, `size` pixels wide."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(_DRAWING)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    if not image.save(str(path)):
        raise OSError(f'The icon "{path}" could not be written.')


def main() -> None:
    """Draw the icons in all sizes and formats."""
    out = Path(sys.argv[1])
    (out / "icons").mkdir(parents=True, exist_ok=True)
    _app = QGuiApplication([])
    for size in _SIZES:
        draw(size, out / "icons" / f"{size}.png")
    with Image.open(out / "icons" / "256.png") as large:
        large.save(out / "handtint.ico", sizes=[(size, size) for size in (16, 24, 32, 48, 64, 128, 256)])
    with Image.open(out / "icons" / "512.png") as largest:
        largest.save(out / "handtint.icns")


if __name__ == "__main__":
    main()
