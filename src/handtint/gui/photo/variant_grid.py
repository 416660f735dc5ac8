"""The colorings of a photo large, over its whole workspace: the arrow keys go from one to the next, Enter takes one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.keys import ENTER
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr

_MARGIN = 20  # logical pixels around everything
_GAP = 20
_FRAME = 6.0  # from a picture to the frame of the chosen one
_LINES = 2.0  # of text below a picture
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)


def variant_names() -> tuple[str, ...]:
    """What the variants are called."""
    return (
        tr("variants", "The most likely colors"),
        tr("variants", "Warmer where it is not sure"),
        tr("variants", "Cooler where it is not sure"),
    )


class VariantGrid(QWidget):
    """Lies over all of a workspace, as its child."""

    taken = Signal(int)
    left = Signal()

    def __init__(self, workspace: QWidget) -> None:
        super().__init__(workspace)
        self.setObjectName("variantgrid")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleDescription(
            tr("variants", "Arrow keys go from one coloring to the next, Enter takes it, Escape leaves it as it was.")
        )
        self.chosen = 0
        self._images: Sequence[QImage] = ()
        self._colors: Colors | None = None
        self._workspace = workspace
        workspace.installEventFilter(self)
        self.hide()

    def begin(self, images: Sequence[QImage], chosen: int) -> None:
        """Show pictures of the variants, one of them chosen."""
        self._images = images
        self.setGeometry(self._workspace.rect())
        self.choose(chosen)
        self.show()
        self.raise_()
        self.setFocus()

    def show_larger(self, images: Sequence[QImage]) -> None:
        """The same pictures, larger."""
        self._images = images
        self.update()

    def choose(self, number: int) -> None:
        """Choose a variant; taken it is later."""
        self.chosen = number
        name = variant_names()[number]
        self.setAccessibleName(
            tr("variants", "Variant {number} of {count}: {name}", number=number + 1, count=self.count, name=name)
        )
        self.update()

    @property
    def count(self) -> int:
        """How many variants there are."""
        return len(self._images)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self.update()

    # where they are seen

    @property
    def columns(self) -> int:
        """How many stand side by side: so many that the pictures are as large as can be."""
        counts = range(1, self.count + 1)
        return max(counts, key=lambda columns: (self._picture_size(columns).width(), columns), default=1)

    def longest_side(self) -> int:
        """Of a picture, in pixels of the screen."""
        size = self._picture_size(self.columns)
        return max(round(max(size.width(), size.height()) * self.devicePixelRatioF()), 1)

    def picture(self, number: int) -> QRectF:
        """Where a picture is seen."""
        columns = self.columns
        rows = -(-self.count // columns)
        size, text = self._picture_size(columns), self._text_height()
        row, column = divmod(number, columns)
        in_row = min(columns, self.count - row * columns)
        whole = in_row * size.width() + (in_row - 1) * _GAP
        high = rows * (size.height() + text) + (rows - 1) * _GAP
        x = (self.width() - whole) / 2 + column * (size.width() + _GAP)
        y = (self.height() - high) / 2 + row * (size.height() + text + _GAP)
        return QRectF(QPointF(x, y), size)

    def _text_height(self) -> float:
        return self.fontMetrics().lineSpacing() * _LINES

    def _picture_size(self, columns: int) -> QSizeF:
        if not self.count or self._images[0].isNull():
            return QSizeF()
        rows = -(-self.count // columns)
        width = (self.width() - 2 * _MARGIN - (columns - 1) * _GAP) / columns
        height = (self.height() - 2 * _MARGIN - (rows - 1) * _GAP) / rows - self._text_height()
        size = QSizeF(self._images[0].size())
        return size.scaled(QSizeF(max(width, 1.0), max(height, 1.0)), Qt.AspectRatioMode.KeepAspectRatio)

    def _at(self, point: QPointF) -> int | None:
        text = self._text_height()
        found = [n for n in range(self.count) if self.picture(n).adjusted(0, 0, 0, text).contains(point)]
        return found[0] if found else None

    # drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = self._colors
        if colors is None:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.ground))
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        for number, image in enumerate(self._images):
            place = self.picture(number)
            painter.drawImage(place, image)
            below = QRectF(place.left() - _GAP / 2, place.bottom(), place.width() + _GAP, self._text_height())
            is_chosen = number == self.chosen
            font = self.font()
            font.setBold(is_chosen)
            painter.setFont(font)
            painter.setPen(QColor(colors.text))
            name = tr("variants", "{number}  {name}", number=number + 1, name=variant_names()[number])
            elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, round(below.width()))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, elided)
            if is_chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colors.accent), 3.0))
                painter.drawRoundedRect(place.adjusted(-_FRAME, -_FRAME, _FRAME, _FRAME), 5, 5)

    # mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if number is not None else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None:
            self.choose(number)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._at(event.position()) == self.chosen:
            self.taken.emit(self.chosen)

    def event(self, event: QEvent) -> bool:
        """Keys that the window has actions for are ours while we are shown."""
        ours = (Qt.Key.Key_Escape, *ENTER, *_ARROWS, *_DIGITS)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ours:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, columns = event.key(), self.columns
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        if key in steps:
            if 0 <= self.chosen + steps[key] < self.count:
                self.choose(self.chosen + steps[key])
        elif key in _DIGITS and _DIGITS.index(Qt.Key(key)) < self.count:
            self.choose(_DIGITS.index(Qt.Key(key)))
        elif key in ENTER:
            self.taken.emit(self.chosen)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._workspace:
            self.setGeometry(self._workspace.rect())
        return super().eventFilter(watched, event)
