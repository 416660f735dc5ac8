"""Turns commands, and what is done on the crop view and its bar, into the geometry of the current photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import number
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.turning.actions import TurnActions
from handtint.gui.turning.bar import CropBar
from handtint.gui.turning.cropping import Cropping
from handtint.gui.turning.flattening import LEAST_SIDE
from handtint.gui.turning.picture_tool import PictureTool
from handtint.gui.turning.points import LineView
from handtint.gui.turning.view import CropView
from handtint.recipe.framing import turned_as
from handtint.recipe.geometry import Geometry, GeometryError

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo


class TurnTool(PictureTool):
    """Rotates, flips, crops and straightens the session's current photo.

    Args:
        hints: the action of the tool that puts color hints.
        tell: shows an icon's name and a sentence.

    Attributes:
        cropping: what is being cropped; None while nothing is.
        line: shown in place of the crop while a line is drawn to level the photo by.
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
        self.bar = CropBar(area)
        self.crop_view, self.line = CropView(canvas), LineView(canvas)
        self.cropping: Cropping | None = None
        super().__init__(
            session, canvas, area, turns.crop, [hints, *turns.rivals_of(turns.crop)], self.crop_view, self.bar
        )
        self._turns, self._tell = turns, tell
        self.add_view(self.line)
        connect(
            [
                (turns.left, lambda: self._turn(Geometry.rotated_left, tr("turning", "Rotate left"))),
                (turns.right, lambda: self._turn(Geometry.rotated_right, tr("turning", "Rotate right"))),
                (turns.flip, lambda: self._turn(Geometry.flipped, tr("turning", "Flip"))),
                (turns.flip_over, lambda: self._turn(Geometry.flipped_over, tr("turning", "Flip over"))),
                (turns.whole, lambda: self._turn(lambda _: Geometry(), tr("turning", "As it was scanned"))),
                (turns.find_print, self._find_print),
            ]
        )
        session.state_changed.connect(self._enable)
        self.view.changed.connect(self._refresh)
        self.bar.straightened.connect(self._straighten)
        self.bar.aspect_chosen.connect(self._set_aspect)
        self.bar.line_wanted.connect(self._switch_line)
        self.bar.angle_wanted.connect(self._find_angle)
        self.bar.print_wanted.connect(self._find_print)
        self.line.taken.connect(self._level)
        self.line.left.connect(lambda: self.bar.line.setChecked(False))
        self._enable()

    def begin(self, photo: OpenPhoto) -> None:
        """Crop this photo."""
        assert photo.upright is not None
        self.cropping = Cropping(self._began, photo.upright.photo.size)
        self.crop_view.begin(photo, self.cropping)
        self.bar.line.setChecked(False)
        self._refresh()

    def take(self) -> None:
        """Crop the photo as it is shown."""
        cropping, photo, began = self.cropping, self._photo, self._began
        self.leave()
        if cropping is not None and photo is self.session.current and cropping.geometry != began:
            self.session.editing.set_geometry(cropping.geometry, _step(began, cropping.geometry))

    def leave(self) -> None:
        """Leave the photo as it was."""
        self.cropping = None
        self.bar.line.setChecked(False)
        super().leave()

    def _enable(self) -> None:
        current = self.session.current
        is_turned = current is not None and current.asked.geometry != Geometry()
        is_print = current is not None and current.asked.part > 0
        upright = current.upright if current is not None else None
        is_tiny = upright is not None and min(upright.photo.size) < LEAST_SIDE
        self._turns.set_enabled(upright is not None, is_turned, is_print, is_tiny)

    def _refresh(self) -> None:
        if self.cropping is not None:
            self.bar.show_state(self.cropping.geometry.straighten, self.cropping.aspect)
            self.crop_view.refresh()

    def _turn(self, change: Callable[[Geometry], Geometry], name: str) -> None:
        if self.session.current is not None:
            self.session.editing.set_geometry(change(self.session.current.asked.geometry), name)

    def _straighten(self, degrees: float) -> None:
        if self.cropping is not None:
            self.bar.line.setChecked(False)
            self.cropping.straighten(degrees)
            self._refresh()

    def _set_aspect(self, aspect: str) -> None:
        if self.cropping is not None:
            self.cropping.set_aspect(aspect)
            self._refresh()

    # a line that should be level

    def _switch_line(self, on: bool) -> None:
        if self.cropping is None or self._photo is None:
            return
        if on:
            x, y, width, height = self.cropping.rectangle
            ends = [(x + share * width, y + height / 2) for share in (0.25, 0.75)]
            self.line.begin(self._photo, self.cropping.whole, ends)
        self.say(tr("turning", "Draw a line along the horizon, a wall or a mast.") if on else "")
        self.show_view(self.line if on else self.view)

    def _level(self) -> None:
        if self.cropping is None:
            return
        said = ""
        try:
            self.cropping.level(*self.line.points)
        except GeometryError as error:
            said = translated(error)
        self.bar.line.setChecked(False)
        self._refresh()
        self.say(said)

    # what is found

    def _find_angle(self) -> None:
        """Straighten what is being cropped by what the photo shows."""
        corners = self.cropping.geometry.corners if self.cropping is not None else None

        def work(photo: Photo) -> float | None:
            from handtint.progress import Progress
            from handtint.repair.finding import find_straightening
            from handtint.restore import way

            return find_straightening(way.turned(photo, Geometry(corners=corners), Progress()))

        def found(degrees: float | None) -> None:
            if degrees is None:
                self._say(tr("turning", "No horizon or straight lines were found. Use the slider."))
            elif self.cropping is not None:
                is_mirrored = self.cropping.geometry.mirrored
                self._straighten(-degrees if is_mirrored else degrees)

        self.say("")
        self.search(work, found)

    def _find_print(self) -> None:
        """Crop to the print: at once, or while cropping as a proposal."""

        def work(photo: Photo) -> Geometry | None:
            from handtint.repair.finding import find_print

            return find_print(photo)

        def found(geometry: Geometry | None) -> None:
            current = self.session.current
            if geometry is None:
                self._say(tr("turning", "No print's edge was found on a white or black bed."))
            elif self.cropping is not None:
                self.cropping.replace(turned_as(geometry, self.cropping.geometry))
                self._refresh()
            elif current is not None:
                name = tr("turning", "Find the print")
                self.session.editing.set_geometry(turned_as(geometry, current.asked.geometry), name)

        self.say("")
        self.search(work, found)

    def _say(self, sentence: str) -> None:
        if self.cropping is not None:
            self.say(sentence)
        else:
            self._tell("info", sentence)


def _step(before: Geometry, after: Geometry) -> str:
    """What a step is called."""
    if dataclasses.replace(before, straighten=after.straighten) == after:
        return tr("turning", "Straighten by {angle}°", angle=number(after.straighten, 1))
    return tr("turning", "Crop")
