"""A scan of several prints in the strip: each print in its place, and the scan again when that is undone.

Scan and prints know each other, so that nothing that was done to a print is lost by going back and forth.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from handtint.gui.canvas.drawing import placed_picture
from handtint.gui.parts.translating import tr
from handtint.gui.session.keeping import Keeping, Known
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.tasks import THUMBNAIL_SIDE, ReadResult, inverted
from handtint.model_card import ModelFile
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.hints import Hint
from handtint.recipe.history import History, Step
from handtint.recipe.placement import place


class Splitting(QObject):
    """Puts prints in the place of scans, and scans in that of prints.

    Args:
        photos: the open ones, which are changed.
        model_named: the model that can be chosen under a name.
    """

    changed = Signal(object, object)  # OpenPhoto that is to be shown now, ReadResult of its file if that was read

    def __init__(
        self,
        photos: list[OpenPhoto],
        keeping: Keeping,
        model_named: Callable[[str | None], ModelFile | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._photos, self._keeping, self._model_named = photos, keeping, model_named

    def split(self, scan: OpenPhoto, frames: Sequence[Geometry]) -> None:
        """Put a print for each frame in the place of a scan that is read; each takes the scan's settings with it."""
        upright = scan.upright
        if upright is None or scan not in self._photos or scan.asked.part:
            return
        before, prints = scan.recipe, []
        for number, frame in enumerate(frames, 1):
            asked = dataclasses.replace(scan.asked, geometry=frame, part=number)
            asked = asked.with_color(dataclasses.replace(asked.color, hints=_inside(scan, frame, upright)))
            one = OpenPhoto(scan.path, scan.model, asked, scan.home, frame=frame, scan=scan)
            one.sha256, one.stamp, one.size = scan.sha256, scan.stamp, scan.size
            one.history = History([*scan.history.past, Step(before, tr("steps", "Split Scan"))])
            one.thumbnail = _thumbnail(scan.as_scanned, upright, frame)
            prints.append(one)
        scan.prints = tuple(prints)
        self._put_prints(scan, upright)
        for one in prints:
            self._keeping.keep(one)

    def join(self, one: OpenPhoto) -> None:
        """Put the scan back in the place of its prints, as it was before it was split."""
        step, upright = one.history.past[-1], one.upright
        scan = one.scan
        if scan is None:  # it was opened by itself
            asked = dataclasses.replace(step.recipe, model=None, source=one.asked.source)
            scan = OpenPhoto(one.path, one.model, asked, one.home)
            scan.sha256, scan.stamp, scan.size = one.sha256, one.stamp, one.size
            scan.history = History(one.history.past[:-1])
            scan.prints, one.scan = (one,), scan
        scan.is_split = False
        scan.history.settle()
        scan.history.future = [Step(scan.prints[0].recipe, step.name)]
        self._replace([other for other in self._photos if other.scan is scan], [scan])
        self._keeping.keep(scan)
        self.changed.emit(scan, upright)

    def split_again(self, scan: OpenPhoto) -> None:
        """Put the prints back in the place of the scan, each as it was."""
        scan.history.future.pop()
        self._put_prints(scan, scan.upright)

    def reopened(self, scan: OpenPhoto, upright: ReadResult | None, found: Known) -> OpenPhoto:
        """What is to be shown of a photo that was not open before: itself, or the first of its prints."""
        if not found.prints or scan.is_given or scan.asked.part:
            return scan
        prints = []
        for kept in found.prints:
            asked = dataclasses.replace(kept.recipe, model=None, source=scan.asked.source)
            one = OpenPhoto(scan.path, self._model_named(kept.recipe.model) or scan.model, asked, scan.home, scan=scan)
            one.sha256, one.stamp, one.size = scan.sha256, scan.stamp, scan.size
            one.history, one.snapshots = History(list(kept.past), list(kept.future)), kept.snapshots
            one.restored, one.kept_hints, one.frame = asked, asked.color.hints, _frame_of(one)
            if upright is not None:
                scanned = upright.before.levels[0]
                picture = inverted(scanned) if asked.is_inverted else scanned
                one.thumbnail = _thumbnail(picture, upright, asked.geometry)
            prints.append(one)
        prints[0].left_at, scan.left_at = scan.left_at, None
        scan.prints, scan.is_split = tuple(prints), True
        self._replace([scan], prints)
        return prints[0]

    def _put_prints(self, scan: OpenPhoto, upright: ReadResult | None) -> None:
        scan.is_split = True
        self._replace([scan], scan.prints)
        self._keeping.keep(scan)
        self.changed.emit(scan.prints[0], upright)

    def _replace(self, old: Sequence[OpenPhoto], new: Sequence[OpenPhoto]) -> None:
        at = self._photos.index(old[0])
        left = [photo for photo in self._photos if photo not in old]
        self._photos[:] = [*left[:at], *new, *left[at:]]


def _inside(scan: OpenPhoto, frame: Geometry, upright: ReadResult) -> tuple[Hint, ...]:
    """The hints of a scan that lie on a print."""
    placed = place(frame, upright.photo.size)
    return tuple(hint for hint in scan.settings.hints if placed.shows(hint.x, hint.y))


def _frame_of(one: OpenPhoto) -> Geometry:
    """How a print was cut out when its scan was split, as its history says."""
    recipes = [*(step.recipe for step in one.history.past), one.recipe]
    frames = [after.geometry for before, after in itertools.pairwise(recipes) if before.part != after.part]
    return frames[-1] if frames else one.asked.geometry


def _thumbnail(scanned: QImage, upright: ReadResult, geometry: Geometry) -> QImage | None:
    """A small picture of a print, from that of its scan; None where its frame does not fit the file any more."""
    try:
        placement = place(geometry, upright.photo.size)
    except GeometryError:
        return None
    return placed_picture(scanned, placement, THUMBNAIL_SIDE)
