"""The damage tool: shows what will be filled, and turns clicks and strokes into edits of the current photo's recipe."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from handtint.errors import HandtintError
from handtint.gui.canvas.brush import Brush
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.viewport import Point
from handtint.gui.parts.action_maker import connect, put_away
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.worker import Latest
from handtint.gui.repair.actions import RepairActions
from handtint.gui.repair.bar import DamageBar
from handtint.gui.repair.overlay import DamageOverlay, Tool
from handtint.gui.session import tasks
from handtint.gui.session.session import Session
from handtint.recipe.damage import ADD, ERASE, LEAVE, PAINT, Damage, Edit
from handtint.recipe.repair import Repair

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from handtint.imaging.photo import Photo
    from handtint.repair.damage.finding import Found
    from handtint.restore.repairing import Marked

_REACH = 5.0  # of a click, logical pixels
_SPARSE = 0.3  # of the radius: how near points of a stroke may lie


class DamageTool(QObject):
    """On while its action is checked.

    Args:
        rivals: tools that put this one away, and are put away by it.
        tell: shows an icon's name and a sentence.

    Attributes:
        overlay: over the canvas.
        bar: a part of `area`, to be laid out there.
    """

    def __init__(
        self,
        session: Session,
        canvas: Canvas,
        area: QWidget,
        actions: RepairActions,
        rivals: Sequence[QAction],
        tell: Callable[[str, str], None],
    ) -> None:
        super().__init__(area)
        self._session, self._canvas = session, canvas
        self._actions, self._rivals, self._tell = actions, rivals, tell
        self.overlay, self.bar = DamageOverlay(canvas), DamageBar(actions.brush, area)
        self._brush = Brush(smallest=0.001, largest=0.06, size=30, parent=self)
        self._marking = Latest(session.view_worker)
        self._shown: tuple[Photo, Damage, Found | None] | None = None  # what the marks are of
        connect(
            [(actions.marks, self._switch), (actions.brush, self._switch_brush), (actions.white, self._switch_white)]
        )
        for rival in rivals:
            rival.toggled.connect(lambda on: self.leave() if on else None)
        session.state_changed.connect(self._follow)
        session.current_changed.connect(self.leave)
        self.overlay.clicked.connect(self._click)
        self.overlay.painted.connect(self._paint)
        self.overlay.picked.connect(self._pick_white)
        self.overlay.resized.connect(self._brush.step)
        self.overlay.left.connect(self._step_out)
        self.bar.sized.connect(self._brush.set_size)
        self.bar.left.connect(self.leave)
        self._brush.changed.connect(self._show_brush)
        self._follow()

    @property
    def is_on(self) -> bool:
        """Whether a click on the photo is for this tool."""
        return self._actions.marks.isChecked() or self._actions.white.isChecked()

    @property
    def _tool(self) -> Tool:
        actions = self._actions
        return Tool.WHITE if actions.white.isChecked() else Tool.BRUSH if actions.brush.isChecked() else Tool.CLICK

    def leave(self) -> None:
        """Put the tool away."""
        for action in (self._actions.marks, self._actions.brush, self._actions.white):
            action.setChecked(False)
        self._show_tool()

    # what is shown

    @property
    def _photo(self) -> Photo | None:
        """The photo as it is turned, and not repaired."""
        current = self._session.current
        return current.seen.photo if current is not None and current.seen is not None else None

    def _show_tool(self) -> None:
        had_focus = self._canvas.hasFocus() or self.overlay.hasFocus() or self._has_focus_in_bar()
        is_on = self.is_on and self._photo is not None
        self._show_brush()
        self.overlay.setVisible(is_on)
        self.bar.setVisible(is_on)
        if self._tool is Tool.WHITE:
            self.bar.say(tr("repair", "Click on something that was white or gray."))
        if is_on:
            self.overlay.raise_()
        if had_focus or (is_on and not self._canvas.window().focusWidget()):
            (self.overlay if is_on else self._canvas).setFocus()
        self._follow()

    def _has_focus_in_bar(self) -> bool:
        focus = self.bar.window().focusWidget()
        return focus is not None and self.bar.isAncestorOf(focus)

    def _follow(self) -> None:
        """The photo's repair may have been changed, undone, or another photo shown."""
        current, photo = self._session.current, self._photo
        is_color = current is not None and current.judgment is not None and current.judgment.is_color
        self._actions.marks.setEnabled(photo is not None)
        self._actions.brush.setEnabled(photo is not None)
        self._actions.white.setEnabled(photo is not None and is_color)
        if current is None or photo is None or not self._actions.marks.isChecked():
            self._marking.cancel()
            self._shown = None
            self.overlay.show_marks(None)
            return
        found, repair = current.damage_found, current.asked.repair
        if repair.damage.is_looked_for and found is None:
            self.overlay.show_marks(None)
            self._shown = None
            is_on_its_way = self._session.developing.is_looking or self._session.developing.is_repairing
            stopped = tr("repair", "Looking for damage was stopped. Show the marks again to go on.")
            self.bar.say(tr("repair", "Looking for damage…") if is_on_its_way else stopped)
            return
        shown = self._shown
        if shown is not None and shown[0] is photo and shown[1] == repair.damage and shown[2] is found:
            return
        self._shown = wanted = (photo, repair.damage, found)

        def done(marked: Marked) -> None:
            if self._shown is wanted:
                self.overlay.show_marks(marked)
                self._say_marked(marked)

        def failed(error: Exception) -> None:
            self.overlay.show_marks(None)
            self.bar.say(self._session.sentence(error))

        self._marking.request(lambda progress: tasks.marked(photo, Repair(repair.damage), found), done, failed)

    def _say_marked(self, marked: Marked) -> None:
        if not len(marked.filled) and not len(marked.left):
            text = tr("repair", "Nothing is marked. Click on damage, paint it, or raise Damage in the panel.")
        else:
            share = 100 * len(marked.filled) / math.prod(marked.filled.size)
            text = tr("repair", "Red is filled: {share} % of the photo.", share=f"{share:.2g}")
            if len(marked.left):
                text += " " + tr("repair", "Blue is too large to be filled, and left.")
        self.bar.say(text)

    # what the user does

    def _switch(self) -> None:
        on = self._actions.marks.isChecked()
        self._actions.white.setChecked(False)
        self._actions.brush.setChecked(self._actions.brush.isChecked() and on)
        self._begin(on)

    def _switch_brush(self) -> None:
        on = self._actions.brush.isChecked()
        if on:
            self._actions.white.setChecked(False)
            self._actions.marks.setChecked(True)
        self._begin(on)

    def _switch_white(self) -> None:
        if on := self._actions.white.isChecked():
            self._actions.marks.setChecked(False)
            self._actions.brush.setChecked(False)
        self._begin(on)

    def _begin(self, on: bool) -> None:
        if on:
            put_away(self._rivals)
            if self._actions.marks.isChecked():
                self._session.developing.look_for_damage()  # a click is then answered at once
        self._show_tool()
        if on:
            self.overlay.setFocus()

    def _step_out(self) -> None:
        """Escape: put the brush away, else the tool."""
        if self._actions.brush.isChecked():
            self._actions.brush.setChecked(False)
            self._show_tool()
        else:
            self.leave()

    def _click(self, place: Point) -> None:
        """Take the mark that is clicked on away, or add one."""
        reach = max(_REACH * self._canvas.devicePixelRatioF() / self._canvas.view.scale, 1.5)
        mark = self._mark_near(place, reach)
        if mark is not None:
            self._edit(Edit(LEAVE, (mark,), 1.0))
        else:
            self._edit(Edit(ADD, (place,), reach))

    def _paint(self, places: list[Point], is_erasing: bool) -> None:
        radius, kept = self._radius(), places[:1]
        for place in places[1:]:
            if math.dist(kept[-1], place) >= max(_SPARSE * radius, 1.0) or place == places[-1]:
                kept.append(place)
        self._edit(Edit(ERASE if is_erasing else PAINT, tuple(kept), radius))

    def _pick_white(self, place: Point) -> None:
        current, photo = self._session.current, self._photo
        if current is None or photo is None:
            return
        white = _on_source(place, photo)
        repair = current.asked.repair
        faded = dataclasses.replace(repair.faded_color, white=white)
        self._session.editing.set_repair(dataclasses.replace(repair, faded_color=faded))
        self._session.editing.settle()
        self.leave()

    def _mark_near(self, place: Point, reach: float) -> Point | None:
        """The middle of the marked pixel that is nearest, if one is within reach."""
        marked = self.overlay.marked
        if marked is None:
            return None
        found = [mark for places in (marked.filled, marked.left) if (mark := places.nearest(place, reach)) is not None]
        return min(found, key=lambda mark: math.dist(mark, place), default=None)

    def _edit(self, edit: Edit) -> None:
        """Add an edit, whose places are those of the photo as it is turned."""
        current, photo = self._session.current, self._photo
        if current is None or photo is None:
            return
        repair = current.asked.repair
        try:
            on_source = _edit_on_source(edit, photo)
            damage = dataclasses.replace(repair.damage, edits=(*repair.damage.edits, on_source))
        except HandtintError as error:
            self._tell("warning", translated(error))
            self.overlay.show_marks(self.overlay.marked)  # without the stroke that was not taken
            return
        self._session.editing.set_repair(dataclasses.replace(repair, damage=damage))
        self._session.editing.settle()

    # the brush

    def _radius(self) -> float:
        """The brush's radius in pixels of the photo."""
        return self._brush.radius(self._photo.size) if self._photo is not None else 1.0

    def _show_brush(self) -> None:
        self.overlay.set_tool(self._tool, self._radius())
        self.bar.show_state(self._brush.size, is_brush=self._tool is Tool.BRUSH)


def _on_source(place: Point, photo: Photo) -> Point:
    """The place of the upright source that is seen at one of the turned photo; a tenth of a pixel is near enough."""
    placement = photo.meta.placement
    x, y = placement.to_source(*place) if placement is not None else place
    height, width = photo.source_size
    return min(max(round(x, 1), 0.0), width - 0.1), min(max(round(y, 1), 0.0), height - 0.1)


def _edit_on_source(edit: Edit, photo: Photo) -> Edit:
    points = tuple(_on_source(place, photo) for place in edit.points)
    placement = photo.meta.placement
    scale = placement.scale(*points[0]) if placement is not None else 1.0
    return dataclasses.replace(edit, points=points, radius=round(edit.radius / scale, 2))
