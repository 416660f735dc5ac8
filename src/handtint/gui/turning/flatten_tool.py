"""Makes a print flat that was photographed at an angle: its four corners are put where they are seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import QLabel, QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.turning.actions import TurnActions
from handtint.gui.turning.card import Card
from handtint.gui.turning.flattening import Flattening
from handtint.gui.turning.picture_tool import PictureTool
from handtint.gui.turning.points import PointsView, draw_dim, draw_frame


class FlattenView(PointsView):
    """The whole photo with the four corners of a print."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("flatten")
        self.setAccessibleDescription(
            tr(
                "turning",
                "Tab goes from corner to corner. Arrow keys move it, with Ctrl in small steps. "
                "Enter makes the print flat, Escape leaves the photo as it was.",
            )
        )

    def point_name(self, number: int) -> str:
        """Which corner it is."""
        return tr("turning", "Corner {number} of 4", number=number + 1)

    def draw_under(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """What is beside the print is cut off."""
        draw_dim(painter, QRectF(self.rect()), [seen], self.surround)

    def draw_between(self, painter: QPainter, seen: Sequence[QPointF]) -> None:
        """The print's edge."""
        draw_frame(painter, seen, self.focus if self.hasFocus() else self.palette().light().color())


class FlattenCard(Card):
    """Says what size the print has, and takes or leaves it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("turning", "Make a print flat"), parent)
        self.said_size = QLabel(self)
        self.unmark = self.button(
            tr("turning", "&Whole Photo"), tr("turning", "Move the corners to those of the photo: nothing is made flat")
        )
        take = self.take_button(
            tr("turning", "Make &Flat"), tr("turning", "Make the print flat (Enter); it can be undone")
        )
        self.lay_out([self.said_size, None, self.unmark, self.leave_button(), take])

    def show_size(self, height: int, width: int) -> None:
        """Show the size of the print made flat."""
        self.said_size.setText(tr("turning", "Flat: {width} × {height} pixels", width=width, height=height))


class FlattenTool(PictureTool):
    """On while its action is checked.

    Attributes:
        flattening: the corners as they are now; None while the tool is off.
    """

    def __init__(self, session: Session, canvas: QWidget, area: QWidget, hints: QAction, turns: TurnActions) -> None:
        self.flattening: Flattening | None = None
        self.corners, self.bar = FlattenView(canvas), FlattenCard(area)
        rivals = [hints, *turns.rivals_of(turns.flatten)]
        super().__init__(session, canvas, area, turns.flatten, rivals, self.corners, self.bar)
        self.corners.moved.connect(self._move)
        self.bar.unmark.clicked.connect(self._unmark)

    def begin(self, photo: OpenPhoto) -> None:
        """Mark the corners of a print on this photo."""
        assert photo.upright is not None
        self.flattening = Flattening(self._began, photo.upright.photo.size)
        self.corners.begin(photo, self.flattening.whole, self.flattening.points)
        self.say(tr("turning", "Place the four corners on those of the print. Its true shape follows from them."))
        self._refresh()

    def take(self) -> None:
        """Make the print flat as it is marked."""
        flattening, photo, began = self.flattening, self._photo, self._began
        self.leave()
        if flattening is not None and photo is self.session.current and flattening.geometry != began:
            flat = flattening.geometry.corners is not None
            name = tr("turning", "Make the print flat") if flat else tr("turning", "No print made flat")
            self.session.editing.set_geometry(flattening.geometry, name)

    def leave(self) -> None:
        """Leave the photo as it was."""
        self.flattening = None
        super().leave()

    def _move(self, number: int, x: float, y: float) -> None:
        if self.flattening is not None:
            self.flattening.move(number, x, y)
            self._refresh()

    def _unmark(self) -> None:
        if self.flattening is not None:
            self.flattening.unmark()
            self._refresh()

    def _refresh(self) -> None:
        if self.flattening is not None:
            self.corners.show_points(self.flattening.points)
            self.bar.show_size(*self.flattening.size)
