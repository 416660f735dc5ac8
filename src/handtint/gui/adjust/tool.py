"""The brush for protected places: turns strokes on the photo into the mask of the current photo's recipe."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QImage, QTransform
from PySide6.QtWidgets import QWidget

from handtint.errors import HandtintError
from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.adjust.bar import ProtectBar
from handtint.gui.adjust.overlay import ProtectOverlay
from handtint.gui.canvas.brush import Brush
from handtint.gui.canvas.canvas import Canvas
from handtint.gui.canvas.viewport import Point
from handtint.gui.parts.action_maker import connect, put_away
from handtint.gui.parts.translating import tr, translated
from handtint.gui.session.open_photo import PhotoState
from handtint.gui.session.session import Session
from handtint.recipe.protected import LEVELS, Protected

if TYPE_CHECKING:
    import numpy as np

    from handtint.imaging.coloring.protecting import Stroke
    from handtint.imaging.photo import Photo

_FIRST_FEATHER, _FEATHER_STEP = 50, 10
_COLOR = (235, 30, 90)  # of what is gray, over the photo
_OPACITY = 0.5


class ProtectTool(QObject):
    """On while its action is checked and the photo is in color.

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
        actions: AdjustActions,
        rivals: Sequence[QAction],
        tell: Callable[[str, str], None],
    ) -> None:
        super().__init__(area)
        self._session, self._canvas = session, canvas
        self._actions, self._rivals, self._tell = actions, rivals, tell
        self.overlay, self.bar = ProtectOverlay(canvas), ProtectBar(actions.unprotect, area)
        self._brush = Brush(smallest=0.005, largest=0.5, size=55, parent=self)
        self._amount, self._feather = 1.0, _FIRST_FEATHER
        self._stroke: Stroke | None = None
        self._shown: tuple[Protected | None, Photo | None] | None = None
        connect([(actions.protect, self._switch), (actions.unprotect, lambda: self._set(None))])
        for rival in rivals:
            rival.toggled.connect(lambda on: self.leave() if on else None)
        session.state_changed.connect(self._follow)
        session.current_changed.connect(self._give_up)
        self.overlay.began.connect(self._begin)
        self.overlay.led.connect(self._lead)
        self.overlay.ended.connect(self._end)
        self.overlay.given_up.connect(self._give_up)
        self.overlay.resized.connect(self._brush.step)
        self.overlay.feathered.connect(lambda way: self._set_feather(self._feather + way * _FEATHER_STEP))
        self.overlay.left.connect(self.leave)
        self.bar.chosen.connect(self._set_amount)
        self.bar.sized.connect(self._brush.set_size)
        self.bar.feathered.connect(self._set_feather)
        self.bar.left.connect(self.leave)
        self._brush.changed.connect(self._show_brush)
        self._follow()

    @property
    def is_on(self) -> bool:
        """Whether the brush is in hand."""
        current = self._session.current
        is_colored = current is not None and current.state is PhotoState.DONE and current.is_to_be_colored
        return is_colored and self._actions.protect.isChecked()

    def leave(self) -> None:
        """Put the brush away."""
        self._stroke = None
        self._actions.protect.setChecked(False)
        self._follow()

    # what is shown

    @property
    def _photo(self) -> Photo | None:
        return self._session.current.photo if self._session.current is not None else None

    @property
    def _protected(self) -> Protected | None:
        return self._session.current.settings.protected if self._session.current is not None else None

    def _follow(self) -> None:
        """The tool was switched, or the photo's places were changed, undone, or another photo is shown."""
        current, is_on = self._session.current, self.is_on
        is_colored = current is not None and current.state is PhotoState.DONE and current.is_to_be_colored
        self._actions.protect.setEnabled(is_colored)
        self._actions.unprotect.setEnabled(is_colored and self._protected is not None)
        if not is_on:
            self._stroke = None
        elif self._stroke is None and not self._is_shown:
            cells = self._cells()
            self._show_mask(cells)
            self._shown = (self._protected, self._photo)
            share = f"{100 * (cells > 0).mean():.0f}"
            self.overlay.setAccessibleName(tr("adjust", "Protected places: {share} % of the photo", share=share))
        self._show_brush()
        if self.overlay.isHidden() == is_on:
            focus = self._canvas.window().focusWidget()
            had_focus = focus in (self._canvas, self.overlay) or (focus is not None and self.bar.isAncestorOf(focus))
            self.bar.setVisible(is_on)
            self.overlay.setVisible(is_on)
            if is_on:
                self.overlay.raise_()
            if had_focus:
                (self.overlay if is_on else self._canvas).setFocus()

    @property
    def _is_shown(self) -> bool:
        """Whether what is protected is seen as it is now, on the photo as it is now."""
        return self._shown is not None and self._shown[0] == self._protected and self._shown[1] is self._photo

    def _cells(self) -> np.ndarray:
        from handtint.imaging.coloring.protecting import cells_of

        photo = self._photo
        assert photo is not None
        return cells_of(self._protected, photo.source_size)

    def _show_mask(self, cells: np.ndarray) -> None:
        photo = self._photo
        if photo is not None:
            height, width = photo.size
            self.overlay.show_mask(_mask_image(cells), _placed(cells, photo), (width, height))

    def _show_brush(self) -> None:
        self.overlay.show_brush(self._radius(), self._feather / 100)
        self.bar.show_state(self._amount, self._brush.size, self._feather)

    def _radius(self) -> float:
        """The brush's radius in pixels of the photo."""
        return self._brush.radius(self._photo.size) if self._photo is not None else 1.0

    # what the user does

    def _switch(self) -> None:
        if self._actions.protect.isChecked():
            put_away(self._rivals)
        self._follow()
        if self.is_on:
            self.overlay.setFocus()

    def _begin(self, place: Point, erases: bool) -> None:
        from handtint.imaging.coloring.protecting import Stroke

        photo = self._photo
        if photo is None:
            return
        placement = photo.meta.placement
        radius = self._radius() / (placement.scale(*placement.to_source(*place)) if placement is not None else 1)
        amount = 0.0 if erases else self._amount
        self._stroke = Stroke(self._cells(), photo.source_size, radius, self._feather / 100, amount)
        self._lead(place)

    def _lead(self, place: Point) -> None:
        photo = self._photo
        if self._stroke is None or photo is None:
            return
        x, y = place if photo.meta.placement is None else photo.meta.placement.to_source(*place)
        if math.isfinite(x) and math.isfinite(y):  # beyond the horizon of a perspective there is nothing
            self._stroke.lead_to(x, y)
            self._show_mask(self._stroke.cells)

    def _end(self) -> None:
        from handtint.imaging.coloring.protecting import mask_of

        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        try:
            self._set(mask_of(stroke.cells))
        except HandtintError as error:
            self._tell("warning", translated(error))
        self._shown = None
        self._follow()

    def _give_up(self) -> None:
        """The stroke that is being painted is not wanted."""
        self._stroke = self._shown = None
        self._follow()

    def _set(self, mask: Protected | None) -> None:
        current = self._session.current
        if current is not None:
            self._session.editing.set_settings(dataclasses.replace(current.settings, protected=mask))
            self._session.editing.settle()

    def _set_amount(self, amount: float) -> None:
        self._amount = amount
        self._show_brush()

    def _set_feather(self, feather: int) -> None:
        self._feather = min(max(feather, 0), 100)
        self._show_brush()


def _mask_image(cells: np.ndarray) -> QImage:
    """What is protected, the denser the less color it keeps."""
    import numpy as np

    alpha = (cells.astype(np.float32) * (255 * _OPACITY / LEVELS)).astype(np.uint32)
    packed = alpha << 24
    for shift, value in zip((16, 8, 0), _COLOR, strict=True):
        packed |= (alpha * value // 255) << shift
    height, width = cells.shape
    data = np.ascontiguousarray(packed, np.uint32)
    return QImage(data.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _placed(cells: np.ndarray, photo: Photo) -> QTransform:
    """From cells of a mask to pixels of the photo as it is turned."""
    height, width = photo.source_size
    scaled = QTransform.fromScale(width / cells.shape[1], height / cells.shape[0])
    if photo.meta.placement is None:
        return scaled
    a, b, c, d, e, f, g, h, i = photo.meta.placement.inverse
    return scaled * QTransform(a, d, g, b, e, h, c, f, i)  # Qt's points are rows
