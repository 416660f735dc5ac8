"""Turns commands, and what is done on the crop view and its bar, into the geometry of the current photo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from handtint.gui.actions import Actions
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.turning.actions import TurnActions
from handtint.gui.turning.bar import CropBar
from handtint.gui.turning.cropping import Cropping
from handtint.gui.turning.view import CropView
from handtint.recipe.geometry import Geometry

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo

Found = TypeVar("Found")

_AWAY = 14  # of the bar from the edge, logical pixels


class TurnTool(QObject):
    """Rotates, flips, crops and straightens the session's current photo.

    Args:
        tell: shows an icon's name and a sentence.

    Attributes:
        view, bar: over the canvas, and over `area`, which the canvas fills; shown while the photo is cropped.
        cropping: what is being cropped; None while nothing is.
    """

    def __init__(
        self,
        session: Session,
        canvas: QWidget,
        area: QWidget,
        actions: Actions,
        turns: TurnActions,
        tell: Callable[[str, str], None],
    ) -> None:
        super().__init__(area)
        self._session, self._canvas, self._area = session, canvas, area
        self._hints, self._turns, self._tell = actions.hints, turns, tell
        self.view, self.bar = CropView(canvas), CropBar(area)
        self.cropping: Cropping | None = None
        self._photo: OpenPhoto | None = None
        self._began = Geometry()
        area.installEventFilter(self)
        connect(
            [
                (turns.left, lambda: self._turn(Geometry.rotated_left, tr("turning", "Rotate left"))),
                (turns.right, lambda: self._turn(Geometry.rotated_right, tr("turning", "Rotate right"))),
                (turns.flip, lambda: self._turn(Geometry.flipped, tr("turning", "Flip"))),
                (turns.flip_over, lambda: self._turn(Geometry.flipped_over, tr("turning", "Flip over"))),
                (turns.whole, lambda: self._turn(lambda _: Geometry(), tr("turning", "As it was scanned"))),
                (turns.crop, self._switch),
                (turns.find_print, self._find_print),
            ]
        )
        session.state_changed.connect(self._follow)
        session.current_changed.connect(self.leave)
        self.view.changed.connect(self._refresh)
        self.view.taken.connect(self.take)
        self.view.left.connect(self.leave)
        self.bar.straightened.connect(self._straighten)
        self.bar.aspect_chosen.connect(self._set_aspect)
        self.bar.angle_wanted.connect(self._find_angle)
        self.bar.print_wanted.connect(self._find_print)
        self.bar.taken.connect(self.take)
        self.bar.left.connect(self.leave)
        actions.hints.toggled.connect(lambda on: self.leave() if on else None)
        self._follow()

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.view.surround, self.view.focus = QColor(colors.surround), QColor(colors.focus)
        self.view.update()

    def take(self) -> None:
        """Crop the photo as it is shown."""
        cropping, photo = self.cropping, self._photo
        self.leave()
        if cropping is not None and photo is self._session.current and cropping.geometry != self._began:
            self._session.editing.set_geometry(cropping.geometry, _step(self._began, cropping.geometry))

    def leave(self) -> None:
        """Leave the photo as it was."""
        had_focus = self.bar.isAncestorOf(self.bar.window().focusWidget() or self._canvas) or self.view.hasFocus()
        self.cropping = self._photo = None
        self.view.hide()
        self.bar.hide()
        self._turns.crop.setChecked(False)
        if had_focus:
            self._canvas.setFocus()

    def _switch(self) -> None:
        current = self._session.current
        if not self._turns.crop.isChecked() or current is None or current.upright is None:
            self.leave()
            return
        self._hints.setChecked(False)
        self._begin(current)
        self.bar.say("")
        self._fit_bar()
        self.bar.show()
        self.bar.raise_()
        self.view.show()
        self.view.raise_()
        self.view.setFocus()

    def _begin(self, photo: OpenPhoto) -> None:
        assert photo.upright is not None
        self._photo, self._began = photo, photo.asked.geometry
        self.cropping = Cropping(self._began, photo.upright.photo.size)
        self.view.begin(photo.upright.before.levels[0], self.cropping)
        self._refresh()

    def _follow(self) -> None:
        """The photo may have been turned, undone or closed meanwhile."""
        current = self._session.current
        is_read = current is not None and current.upright is not None
        self._turns.set_enabled(is_read, current is not None and current.asked.geometry != Geometry())
        if self.cropping is not None and current is not None:
            if not is_read:
                self.leave()
            elif current.asked.geometry != self._began:
                self._begin(current)

    def _refresh(self) -> None:
        if self.cropping is not None:
            self.bar.show_state(self.cropping.geometry.straighten, self.cropping.aspect)
            self.view.refresh()

    def _turn(self, change: Callable[[Geometry], Geometry], name: str) -> None:
        if self._session.current is not None:
            self._session.editing.set_geometry(change(self._session.current.asked.geometry), name)

    def _straighten(self, degrees: float) -> None:
        if self.cropping is not None:
            self.cropping.straighten(degrees)
            self._refresh()

    def _set_aspect(self, aspect: str) -> None:
        if self.cropping is not None:
            self.cropping.set_aspect(aspect)
            self._refresh()

    # what is found

    def _find_angle(self) -> None:
        """Straighten what is being cropped by what the photo shows."""

        def look(photo: Photo) -> float | None:
            from handtint.repair.finding import find_straightening

            return find_straightening(photo)

        def found(degrees: float | None) -> None:
            if degrees is None:
                self._say(tr("turning", "No horizon or straight lines were found. Use the slider."))
            elif self.cropping is not None:
                is_mirrored = self.cropping.geometry.mirrored
                self._straighten(-degrees if is_mirrored else degrees)

        self._look(look, found)

    def _find_print(self) -> None:
        """Crop to the print: at once, or while cropping as a proposal."""

        def look(photo: Photo) -> Geometry | None:
            from handtint.repair.finding import find_print

            return find_print(photo)

        def found(geometry: Geometry | None) -> None:
            current = self._session.current
            if geometry is None:
                self._say(tr("turning", "No print's edge was found on a white or black bed."))
            elif self.cropping is not None:
                self.cropping.replace(_turned_as(geometry, self.cropping.geometry))
                self._refresh()
            elif current is not None:
                name = tr("turning", "Find the print")
                self._session.editing.set_geometry(_turned_as(geometry, current.asked.geometry), name)

        self._look(look, found)

    def _say(self, sentence: str) -> None:
        if self.cropping is not None:
            self.bar.say(sentence)
            self._fit_bar()
        else:
            self._tell("info", sentence)

    def _look(self, look: Callable[[Photo], Found], found: Callable[[Found], None]) -> None:
        """Look for something in the current photo as it was scanned, on a working thread."""
        current = self._session.current
        if current is None or current.upright is None:
            return
        photo = current.upright.photo
        self.bar.say("")
        self._fit_bar()

        def done(what: Found) -> None:
            if current is self._session.current:
                found(what)

        self._session.run_on_view(lambda progress: look(photo), done)

    # where the bar is

    def _fit_bar(self) -> None:
        self.bar.adjustSize()
        self.view.foot = self.bar.height() + _AWAY
        self.view.update()
        self._place_bar()

    def _place_bar(self) -> None:
        x = (self._area.width() - self.bar.width()) // 2
        self.bar.move(max(x, 0), self._area.height() - self.bar.height() - _AWAY)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_bar()
        return super().eventFilter(watched, event)


def _turned_as(found: Geometry, before: Geometry) -> Geometry:
    """A print that was found on the upright source, turned and mirrored as the photo is."""
    angle = -found.straighten if before.mirrored else found.straighten
    return dataclasses.replace(found, turn=before.turn, mirrored=before.mirrored, straighten=angle)


def _step(before: Geometry, after: Geometry) -> str:
    """What a step is called."""
    if dataclasses.replace(before, straighten=after.straighten) == after:
        return tr("turning", "Straighten by {angle}°", angle=number(after.straighten, 1))
    return tr("turning", "Crop")
