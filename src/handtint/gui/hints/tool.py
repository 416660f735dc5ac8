"""The hint tool: turns clicks, drags and keys on the overlay and in the chooser into hints of the current photo."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from handtint.gui.actions import Actions
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.viewport import Point
from handtint.gui.hints import sampling
from handtint.gui.hints.color_chooser import LIKELY, SIZES, ColorChooser
from handtint.gui.hints.overlay import NONE, HintOverlay
from handtint.gui.hints.swatch import Ab, colors_at
from handtint.gui.parts import icons
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.theme import Colors
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import PhotoState
from handtint.gui.session.session import Session
from handtint.recipe.hints import Hint, seen_hints, source_hint

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo

_SIZE = 12  # thousandths of the short side: 6 x 6 of the 256 pixels that a model sees
_SIZE_STEP = 2
_DARKEST, _LIGHTEST = 15.0, 92.0  # L at which colors can still be told apart


class HintTool(QObject):
    """On while its action is checked and the model takes hints.

    Attributes:
        overlay, chooser: over the canvas, and over `area`, which the canvas fills.
        index: of the hint that is chosen, or NONE.
    """

    def __init__(self, session: Session, canvas: Canvas, area: QWidget, actions: Actions, memory: Memory) -> None:
        super().__init__(area)
        self._session, self._canvas, self._area, self._actions, self._memory = session, canvas, area, actions, memory
        self.overlay = HintOverlay(canvas)
        self.chooser = ColorChooser(actions.erase_hint, area)
        self.index = NONE
        self._draft: Hint | None = None  # where a hint is wanted; it is none before a color is chosen for it
        self._size = _SIZE  # of the next hint
        self._new_color: Ab | None = None  # chosen by the user for the current hint
        self._pipette = QCursor()
        actions.keep_keys_to(self.overlay, [actions.erase_hint, actions.larger_hint, actions.smaller_hint])
        connect(
            [
                (actions.hints, self._switch),
                (actions.erase_hint, self._erase),
                (actions.erase_hints, self._erase_all),
                (actions.larger_hint, lambda: self._resize(self._chosen_size() + _SIZE_STEP)),
                (actions.smaller_hint, lambda: self._resize(self._chosen_size() - _SIZE_STEP)),
            ]
        )
        session.state_changed.connect(self._show_state)
        session.current_changed.connect(self._leave_photo)
        canvas.zoom_changed.connect(self._place_chooser)
        self.overlay.placed.connect(self._put)
        self.overlay.chosen.connect(self.choose)
        self.overlay.moved.connect(self._move)
        self.overlay.let_go.connect(session.editing.settle)
        self.overlay.opened.connect(self._open)
        self.overlay.picked.connect(self._pick)
        self.overlay.left.connect(self._leave)
        self.chooser.chosen.connect(self._recolor)
        self.chooser.let_go.connect(session.editing.settle)
        self.chooser.sized.connect(self._resize)
        self.chooser.picking.connect(self._set_picking)
        self.chooser.closed.connect(self._close)
        self.chooser.dragged.connect(self._remember_place)
        self._show_state()

    @property
    def is_on(self) -> bool:
        """Whether a click puts a hint."""
        current = self._session.current
        return current is not None and current.state is PhotoState.DONE and self._actions.hints.isChecked()

    def choose(self, index: int) -> None:
        """Choose a hint and show its colors, or none."""
        self._remember_color()
        if index != len(self._hints) - 1:
            self._draft = None
        self.index = index
        if index == NONE:
            self._set_picking(False)
            self._hide_chooser()
            self._show_state()
            return
        self._show_state()
        self._offer_colors()
        self.chooser.show()
        self.chooser.raise_()
        self._place_chooser(is_new=True)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.chooser.set_colors(colors)
        self.overlay.set_focus_color(QColor(colors.focus))
        self._pipette = _pipette(self.overlay.devicePixelRatioF())

    # what is shown

    @property
    def _hints(self) -> tuple[Hint, ...]:
        """Those that are seen, where they are seen; last the one that waits for its color."""
        return (*self._seen(), *([self._draft] if self._draft is not None else []))

    def _seen(self) -> dict[Hint, Hint]:
        """The hints that are not cropped away, by their places in what is seen."""
        current, photo = self._session.current, self._photo
        if current is None or photo is None:
            return {}
        return {seen: hint for hint in current.settings.hints for seen in seen_hints([hint], photo.meta.placement)}

    @property
    def _hint(self) -> Hint | None:
        return self._hints[self.index] if 0 <= self.index < len(self._hints) else None

    @property
    def _photo(self) -> Photo | None:
        return self._session.current.photo if self._session.current is not None else None

    def _show_state(self) -> None:
        """Show the hints as they are: they may have been undone, loaded or erased meanwhile."""
        photo, is_on = self._photo, self.is_on
        if self._draft is not None:
            self.index = len(self._hints) - 1  # hints before it may have been taken back
        if self.index >= len(self._hints) or (not is_on and self.index != NONE):
            self.index, self._draft = NONE, None
            self._set_picking(False)
            self._hide_chooser()
        if photo is None:
            self.overlay.show_hints((), (), NONE)
        else:
            lightness = [self._lightness(photo, hint) for hint in self._hints]
            shown = colors_at(lightness, [(hint.a, hint.b) for hint in self._hints])
            self.overlay.show_hints(self._hints, shown, self.index, self._draft is not None)
            if (hint := self._hint) is not None:
                self.chooser.show_color(lightness[self.index], (hint.a, hint.b), self._chosen_size())
                self._place_chooser()
        if self.overlay.isHidden() == is_on:
            had_focus = self._canvas.hasFocus() or self.overlay.hasFocus()
            self.overlay.setVisible(is_on)
            if had_focus:
                (self.overlay if is_on else self._canvas).setFocus()
        for action in (self._actions.erase_hint, self._actions.larger_hint, self._actions.smaller_hint):
            action.setEnabled(self.index != NONE)

    def _leave_photo(self) -> None:
        """Another photo is current, or none."""
        self.choose(NONE)

    def _offer_colors(self) -> None:
        photo, hint = self._photo, self._hint
        if photo is not None and hint is not None:
            likely, recent = self._likely(hint), self._memory.hint_colors
            if self._draft is not None:
                likely = [(hint.a, hint.b), *likely][:LIKELY]  # what it has now, to keep it so
            lightness = self._lightness(photo, hint)
            self.chooser.show_hint(lightness, (hint.a, hint.b), likely, recent, self._chosen_size())

    def _place_chooser(self, *, is_new: bool = False) -> None:
        """Keep it inside the window, and for a hint that was just chosen beside the photo."""
        hint, photo, canvas = self._hint, self._photo, self._canvas
        if hint is None or photo is None:
            return
        if is_new:
            height, width = photo.size
            corners = canvas.point_of((0.0, 0.0)).toPoint(), canvas.point_of((width, height)).toPoint()
            seen = QRect(*corners).normalized().translated(canvas.mapTo(self._area, QPoint()))
            point = canvas.mapTo(self._area, canvas.point_of((hint.x, hint.y)).toPoint())
            self.chooser.place(point, seen, self._memory.hint_card)
        else:
            self.chooser.keep_inside()

    def _hide_chooser(self) -> None:
        had_focus = self.chooser.isAncestorOf(self.chooser.window().focusWidget() or self._canvas)
        self.chooser.hide()
        if had_focus:
            self.overlay.setFocus()

    def _likely(self, hint: Hint) -> list[Ab]:
        """Colors the model holds likely there."""
        from handtint.imaging.coloring.likely import likely_colors

        current = self._session.current
        if current is None or current.photo is None or current.prediction is None:
            return []
        height, width = current.photo.size
        lightness = self._lightness(current.photo, hint)
        found = likely_colors(current.prediction, hint.y / height, hint.x / width, lightness, LIKELY)
        return [(round(a, 1), round(b, 1)) for a, b in found.tolist()]

    def _lightness(self, photo: Photo, hint: Hint) -> float:
        """L at which a hint's colors are shown: that of its place, but light and dark enough to tell them apart."""
        lightness = sampling.lightness_at(photo, (hint.x, hint.y), hint.radius)
        return min(max(lightness, _DARKEST), _LIGHTEST)

    def _chosen_size(self) -> int:
        photo, hint = self._photo, self._hint
        if photo is None or hint is None:
            return self._size
        return round(hint.radius * 1000 / min(photo.size))

    # what the user does

    def _switch(self) -> None:
        self.choose(NONE)
        if self.is_on:
            self.overlay.setFocus()

    def _leave(self) -> None:
        """Escape: leave the pipette, else the tool."""
        if self.chooser.pipette.isChecked():
            self._set_picking(False)
            self.chooser.take_focus()
        else:
            self._actions.hints.setChecked(False)
            self.choose(NONE)

    def _put(self, place: Point) -> None:
        """Offer colors for a hint there; nothing changes before one is chosen."""
        self.choose(NONE)
        photo = self._photo
        if photo is None:
            return
        radius = max(round(self._size * min(photo.size) / 1000, 1), 0.5)
        a, b = self._color_at(place, radius, is_before=False)
        hint = Hint(round(place[0], 1), round(place[1], 1), radius, round(a, 1), round(b, 1))
        self._draft = hint
        self.choose(len(self._hints) - 1)

    def _move(self, index: int, place: Point) -> None:
        self._change(index, f"place {index}", x=round(place[0], 1), y=round(place[1], 1))
        self._offer_colors()  # another place, other likely ones

    def _recolor(self, ab: Ab) -> None:
        """Give the hint a color, no stronger than can be shown there: the model would spread a stronger one."""
        from handtint.imaging.color import gamut

        photo, hint = self._photo, self._hint
        if photo is not None and hint is not None:
            self._new_color = ab
            a, b = gamut.within(self._lightness(photo, hint), ab).tolist()
            self._change(self.index, f"color {self.index}", a=round(a, 1), b=round(b, 1))

    def _resize(self, size: int) -> None:
        photo = self._photo
        if photo is not None and self.index != NONE:
            self._size = min(max(size, SIZES[0]), SIZES[1])
            radius = max(round(self._size * min(photo.size) / 1000, 1), 0.5)
            self._change(self.index, f"size {self.index}", radius=radius)

    def _erase(self) -> None:
        if self._draft is not None:
            self.choose(NONE)
        elif self.index != NONE:
            kept = self._hints[: self.index] + self._hints[self.index + 1 :]
            self._new_color = None
            self.choose(NONE)
            self._set_hints(kept)

    def _erase_all(self) -> None:
        self.choose(NONE)
        if self._session.current is not None:
            self._session.editing.set_settings(dataclasses.replace(self._session.current.settings, hints=()))

    def _open(self) -> None:
        if self._hint is not None:
            self.choose(self.index)
            self.chooser.take_focus()

    def _close(self) -> None:
        self.choose(NONE)
        self.overlay.setFocus()

    def _set_picking(self, is_on: bool) -> None:
        self.chooser.pipette.setChecked(is_on)  # calls this once more, harmlessly
        self.overlay.set_picking(self._pipette if is_on else None)
        if is_on:
            self.overlay.setFocus()

    def _pick(self, point: QPointF) -> None:
        """Take the color seen at a point, of the original or of the result."""
        place, hint = self._canvas.place_at(point), self._hint
        if place is not None and hint is not None:
            ab = self._color_at(place, hint.radius, self._canvas.is_before_at(point))
            self._set_picking(False)
            self._recolor(ab)
            self._session.editing.settle()

    def _color_at(self, place: Point, radius: float, is_before: bool) -> Ab:
        current = self._session.current
        if current is None or current.photo is None:
            return 0.0, 0.0
        prediction = current.prediction
        if is_before or prediction is None:
            return sampling.ab_of_photo(current.photo, place, radius)
        return sampling.ab_of_result(current.photo, prediction, current.settings, place, radius)

    def _change(self, index: int, part: str, **values: float) -> None:
        hints = list(self._hints)
        if not 0 <= index < len(hints):
            return
        hints[index] = dataclasses.replace(hints[index], **values)
        if self._draft is not None and index == len(hints) - 1 and "a" not in values:
            self._draft = hints[index]
            self._show_state()
        else:
            self._draft = None
            self._set_hints(tuple(hints), part)

    def _set_hints(self, hints: tuple[Hint, ...], part: str = "") -> None:
        """Put these in place of those that are seen; hints that are cropped away stay."""
        current, photo, seen = self._session.current, self._photo, self._seen()
        if current is None or photo is None:
            return
        hidden = [hint for hint in current.settings.hints if hint not in seen.values()]
        placed = [seen[hint] if hint in seen else source_hint(hint, photo.meta.placement) for hint in hints]
        self._session.editing.set_settings(dataclasses.replace(current.settings, hints=(*hidden, *placed)), part)

    def _remember_place(self, place: tuple[float, float] | None) -> None:
        self._memory.hint_card = place
        if place is None:
            self._place_chooser(is_new=True)

    def _remember_color(self) -> None:
        """Offer a color that the user chose for other hints, too."""
        if self._new_color is not None:
            self._memory.add_hint_color(self._new_color)
        self._new_color = None


def _pipette(ratio: float) -> QCursor:
    """A white pipette with a dark edge, to be seen on any photo."""
    picture = QPixmap(round(24 * ratio), round(24 * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    dark = icons.pixmap("pipette", QColor("black"), 24, ratio)
    for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawPixmap(x, y, dark)
    painter.drawPixmap(0, 0, icons.pixmap("pipette", QColor("white"), 24, ratio))
    painter.end()
    return QCursor(picture, 3, 21)
