"""All of a photo over its canvas, turned and straightened, in color where it has some: what the tools here draw on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QTransform
from PySide6.QtWidgets import QWidget

from handtint.gui.canvas.drawing import draw_placed
from handtint.gui.canvas.overlay import Overlay
from handtint.gui.parts.keys import ARROWS, ENTER
from handtint.gui.session.open_photo import OpenPhoto
from handtint.recipe.placement import Placement, product

MARGIN = 18  # logical pixels around the picture
STEP = 0.01  # of the picture's longer side, for an arrow key; a tenth of that with Ctrl


class PictureView(Overlay):
    """Lies over a canvas. Keys that the window has actions for are its own while it has the focus.

    Attributes:
        surround, focus: colors of the theme.
        foot: logical pixels at the bottom that something else covers.
    """

    changed = Signal()
    taken = Signal()
    left = Signal()

    keys: tuple[int, ...] = (*ARROWS, *ENTER, Qt.Key.Key_Escape)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.surround, self.focus = QColor(64, 64, 64), QColor("white")
        self.foot = 0
        self._before, self._after = QImage(), QImage()
        self._colored: Placement | None = None  # of what has color; None for all of the source

    @property
    def whole(self) -> Placement | None:
        """Where the picture that is shown lies on its upright source; None before there is one."""
        raise NotImplementedError

    def show_picture(self, photo: OpenPhoto) -> None:
        """Show an open photo as it was scanned, and in color what of it has color now."""
        self._before = photo.as_scanned
        has_color = photo.after is not None and photo.photo is not None
        self._after = photo.after.levels[0] if has_color and photo.after is not None else QImage()
        self._colored = photo.photo.meta.placement if has_color and photo.photo is not None else None
        self.update()

    # where it is seen

    @property
    def scale(self) -> float:
        """Logical pixels for one of the whole picture."""
        if self.whole is None:
            return 1.0
        height, width = self.whole.size
        room = max(self.width() - 2 * MARGIN, 1), max(self.height() - self.foot - 2 * MARGIN, 1)
        return min(room[0] / width, room[1] / height)

    def point_of(self, x: float, y: float) -> QPointF:
        """Where a place of the whole picture is seen."""
        return self._corner() + QPointF(x, y) * self.scale

    def place_at(self, point: QPointF) -> tuple[float, float]:
        """The place of the whole picture at a point of the widget, or beside it."""
        place = (point - self._corner()) / self.scale
        return place.x(), place.y()

    def step_of(self, event: QKeyEvent) -> float:
        """How far an arrow key goes, in pixels of the whole picture."""
        longest = max(self.whole.size) if self.whole is not None else 1
        step = max(longest * STEP, 1.0)
        return max(step / 10, 1.0) if event.modifiers() & Qt.KeyboardModifier.ControlModifier else step

    def _corner(self) -> QPointF:
        """Where the whole picture's top left corner is."""
        if self.whole is None:
            return QPointF()
        (height, width), scale = self.whole.size, self.scale
        return QPointF((self.width() - width * scale) / 2, (self.height() - self.foot - height * scale) / 2)

    # drawing

    def draw_picture(self, painter: QPainter, shown: QTransform | None = None) -> None:
        """Draw it where it is seen, or where `shown` takes pixels of the whole picture."""
        whole = self.whole
        if whole is None or self._before.isNull():
            return
        if shown is None:
            corner, scale = self._corner(), self.scale
            shown = QTransform.fromScale(scale, scale) * QTransform.fromTranslate(corner.x(), corner.y())
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.setTransform(shown, True)
        painter.setClipRect(QRectF(0, 0, whole.size[1], whole.size[0]), Qt.ClipOperation.IntersectClip)
        draw_placed(painter, self._before, whole.source_size, whole.inverse)
        if not self._after.isNull():
            colored = self._colored
            if colored is None:
                draw_placed(painter, self._after, whole.source_size, whole.inverse)
            else:
                draw_placed(painter, self._after, colored.size, product(whole.inverse, colored.matrix))
        painter.restore()

    # events

    def event(self, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and isinstance(event, QKeyEvent) and event.key() in self.keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
