"""Splits a scan of several prints: what was found is shown first, and can be moved, added to and taken away from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from handtint.gui.canvas.drawing import draw_label
from handtint.gui.parts import words
from handtint.gui.parts.fitting import give_room
from handtint.gui.parts.keys import ARROWS
from handtint.gui.parts.translating import tr, translated
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.turning.actions import TurnActions
from handtint.gui.turning.card import Card
from handtint.gui.turning.frames import MOST_TILT, Frames
from handtint.gui.turning.picture import PictureView
from handtint.gui.turning.picture_tool import PictureTool
from handtint.gui.turning.points import draw_dim, draw_frame
from handtint.recipe.geometry import GeometryError
from handtint.recipe.placement import Placement
from handtint.recipe.recipe import MOST_PRINTS

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo
    from handtint.repair.prints.rectangle import Rectangle

_REACH = 14  # how near a corner the mouse takes hold of it, logical pixels
_STEPS = 10  # of the slider, a degree
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class SplitView(PictureView):
    """The whole scan with a frame around each print."""

    keys = (*PictureView.keys, *_DELETE)
    removed = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("split")
        self.setAccessibleDescription(
            tr(
                "turning",
                "Tab goes from print to print. Arrow keys move its frame, with Shift they resize it, with Ctrl "
                "in small steps; Insert draws another frame, Delete removes this one. Enter splits the scan, "
                "Escape leaves it.",
            )
        )
        self._frames: Frames | None = None
        self._held: int | None = None  # that is held, of the chosen frame
        self._is_moved = False
        self._from: tuple[float, float] = (0.0, 0.0)
        self._drawn: QPointF | None = None  # where a new frame begins
        self._drawn_to = QPointF()

    def begin(self, photo: OpenPhoto, frames: Frames) -> None:
        """Show a scan, and its prints."""
        self._frames = frames
        self.show_picture(photo)
        self.refresh()

    def refresh(self) -> None:
        """Show the frames as they are now."""
        frames = self._frames
        if frames is not None and frames.all:
            name = tr("turning", "Print {number} of {count}", number=frames.chosen + 1, count=len(frames.all))
        else:
            name = tr("turning", "No print")
        self.setAccessibleName(name)
        self.update()

    @property
    def whole(self) -> Placement | None:
        """All of the scan."""
        return self._frames.whole if self._frames is not None else None

    # drawing

    def _seen(self, number: int) -> list[QPointF]:
        assert self._frames is not None
        return [self.point_of(*corner) for corner in self._frames.corners(number)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        if self._frames is None:
            return
        self.draw_picture(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = [self._seen(number) for number in range(len(self._frames.all))]
        if seen:
            draw_dim(painter, QRectF(self.rect()), seen, self.surround)
        for number, corners in enumerate(seen):
            is_chosen = number == self._frames.chosen
            draw_frame(painter, corners, self.focus if is_chosen and self.hasFocus() else QColor("white"))
            middle = (corners[0] + corners[2]) / 2
            draw_label(painter, str(number + 1), middle - QPointF(14, 10))
            for corner in corners if is_chosen else ():
                painter.setPen(QPen(QColor(0, 0, 0, 150), 1.2))
                painter.setBrush(QColor("white"))
                painter.drawRect(QRectF(corner - QPointF(5, 5), corner + QPointF(5, 5)))
        if self._drawn is not None:
            room = QRectF(self._drawn, self._drawn_to).normalized()
            draw_frame(painter, [room.topLeft(), room.topRight(), room.bottomRight(), room.bottomLeft()], self.focus)

    # mouse

    def _corner_at(self, at: QPointF) -> tuple[int, int] | None:
        """The frame and the corner in reach, of the chosen frame first."""
        if self._frames is None:
            return None
        chosen = self._frames.chosen
        order = sorted(range(len(self._frames.all)), key=lambda number: number != chosen)
        for number in order:
            for corner, point in enumerate(self._seen(number)):
                if (point - at).manhattanLength() <= _REACH:
                    return number, corner
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._frames is None:
            return
        at = event.position()
        self._from = self.place_at(at)
        found = self._corner_at(at)
        number = self._frames.at(*self._from)
        if found is not None:
            self._frames.chosen, self._held = found
        elif number is not None:
            self._frames.chosen, self._is_moved = number, True
        else:
            self._drawn = self._drawn_to = at
        self.changed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._frames is None:
            return
        place = self.place_at(event.position())
        if self._held is not None:
            self._frames.drag_corner(self._held, *place)
            self.changed.emit()
        elif self._is_moved:
            self._frames.move(place[0] - self._from[0], place[1] - self._from[1])
            self._from = place
            self.changed.emit()
        elif self._drawn is not None:
            self._drawn_to = event.position()
            self.update()
        else:
            is_inside = self._frames.at(*place) is not None
            is_held = is_inside or self._corner_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeAllCursor if is_held else Qt.CursorShape.CrossCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawn is not None and self._frames is not None:
            self._frames.draw(self.place_at(self._drawn), self.place_at(event.position()))
        self._held, self._is_moved, self._drawn = None, False, None
        self.changed.emit()

    # keys

    def event(self, event: QEvent) -> bool:
        """Tab goes through the prints and then on to the next control."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._frames is not None:
            step = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)
            if step and 0 <= self._frames.chosen + step < len(self._frames.all):
                self._frames.chosen += step
                self.changed.emit()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, frames = event.key(), self._frames
        if frames is None:
            super().keyPressEvent(event)
        elif key in ARROWS:
            step = self.step_of(event)
            dx, dy = (way * step for way in ARROWS[key])
            is_resized = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            (frames.resize if is_resized else frames.move)(dx, dy)
            self.changed.emit()
        elif key in _DELETE:
            self.removed.emit()
        elif key == Qt.Key.Key_Insert:
            height, width = frames.whole.size
            frames.draw((width * 0.35, height * 0.35), (width * 0.65, height * 0.65))
            self.changed.emit()
        else:
            super().keyPressEvent(event)


class SplitCard(Card):
    """Its signals come from the user's actions only."""

    tilted = Signal(float)
    removal_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("turning", "Split a scan"), parent)
        self.angle = QSlider(Qt.Orientation.Horizontal, self)
        self.angle.setRange(round(-MOST_TILT * _STEPS), round(MOST_TILT * _STEPS))
        self.angle.setPageStep(_STEPS)
        self.angle.setAccessibleName(tr("turning", "Tilt"))
        self.angle.setToolTip(tr("turning", "Tilt this frame until it lies as the print does"))
        self.angle.valueChanged.connect(lambda value: self.tilted.emit(value / _STEPS))
        self._degrees = QLabel(self)
        give_room(self._degrees, tr("turning", "{degrees}°", degrees=words.number(-45, 1)))
        self._degrees.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove = self.button(tr("turning", "&Remove"), tr("turning", "Remove this frame (Delete)"))
        self.remove.clicked.connect(self.removal_wanted)
        self.take = self.take_button(
            tr("turning", "S&plit"), tr("turning", "Make a photo of each print (Enter); it can be undone")
        )
        self._count = QLabel(self)
        self.lay_out(
            [self.label(tr("turning", "&Tilt"), self.angle), self.angle, self._degrees, self.remove],
            [self._count, None, self.leave_button(), self.take],
        )

    def show_state(self, count: int, tilt: float) -> None:
        """Show these without telling anyone."""
        self.angle.blockSignals(True)
        self.angle.setValue(round(tilt * _STEPS))
        self.angle.blockSignals(False)
        self._degrees.setText(tr("turning", "{degrees}°", degrees=words.number(tilt, 1)))
        self._count.setText(tr("turning", "{n} print(s)", count))
        for control in (self.angle, self.remove, self.take):
            control.setEnabled(count > 0)


class SplitTool(PictureTool):
    """On while its action is checked.

    Attributes:
        frames: the prints as they are now; None while the tool is off.
    """

    def __init__(
        self,
        session: Session,
        canvas: QWidget,
        area: QWidget,
        hints: QAction,
        turns: TurnActions,
        tell: Callable[[str, str], None],
    ) -> None:
        self.frames: Frames | None = None
        self.scan, self.bar = SplitView(canvas), SplitCard(area)
        rivals = [hints, *turns.rivals_of(turns.split)]
        super().__init__(session, canvas, area, turns.split, rivals, self.scan, self.bar)
        self._tell = tell
        self.scan.changed.connect(self._refresh)
        self.scan.removed.connect(self._remove)
        self.bar.removal_wanted.connect(self._remove)
        self.bar.tilted.connect(self._tilt)

    def begin(self, photo: OpenPhoto) -> None:
        """Look for the prints on this scan, and show them."""
        assert photo.upright is not None
        size = photo.upright.photo.size
        self.frames = Frames(self._began, size)
        self.scan.begin(photo, self.frames)
        self._refresh()
        self.card.say(tr("turning", "Looking for prints…"))

        def work(scan: Photo) -> list[Rectangle]:
            from handtint.repair.finding import find_frames

            return find_frames(scan)

        def found(prints: list[Rectangle]) -> None:
            if self._photo is not photo or self.frames is None:
                return
            if not self.frames.all:  # none was drawn meanwhile
                self.frames = Frames(self._began, size, prints[:MOST_PRINTS])
                self.scan.begin(photo, self.frames)
            self._refresh()
            if prints:
                self.say(tr("turning", "Drag a frame or its corners, or outside the frames to add one."))
            else:
                self.say(tr("turning", "No print's edge was found on a white or black bed. Draw a frame around each."))

        self.search(work, found)

    def take(self) -> None:
        """Put the prints in the place of the scan."""
        frames, photo = self.frames, self._photo
        if frames is None or not frames.all:
            return
        try:
            geometries = frames.geometries()[:MOST_PRINTS]
        except GeometryError as error:
            self.say(translated(error))
            return
        self.leave()
        if photo is None or photo is not self.session.current:
            return
        if len(geometries) == 1:
            self.session.editing.set_geometry(geometries[0], tr("turning", "Find the print"))
            return
        self.session.splitting.split(photo, geometries)
        self._tell(
            "done", tr("turning", "The scan is {n} photo(s) now; Undo puts them back together.", len(geometries))
        )

    def leave(self) -> None:
        """Leave the scan as it was."""
        self.frames = None
        super().leave()

    def _remove(self) -> None:
        if self.frames is not None:
            self.frames.remove()
            self._refresh()

    def _tilt(self, degrees: float) -> None:
        if self.frames is not None:
            self.frames.tilt(degrees)
            self._refresh()

    def _refresh(self) -> None:
        if self.frames is not None:
            self.bar.show_state(len(self.frames.all), self.frames.seen_tilt)
            self.scan.refresh()
