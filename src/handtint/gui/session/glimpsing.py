"""The current photo's picture while the controls of its repair move, and without steps that are to be left unseen.

What is shown is made in a fraction of the time that repairing the photo takes, see `restore.glimpse`; the photo itself
is repaired once nothing moves any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from handtint.gui.canvas.pixels import Layer
from handtint.gui.parts.worker import Latest, Worker
from handtint.gui.session import tasks
from handtint.gui.session.open_photo import OpenPhoto
from handtint.recipe.damage import Damage
from handtint.recipe.repair import Repair

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo
    from handtint.restore.glimpse import Filled, Small


class Glimpsing(QObject):
    """Serves one photo at a time, until `drop`.

    Attributes:
        unseen: parts of the repair that are left out of what is shown; they stay in the recipe.
    """

    result_changed = Signal()
    failed = Signal(Exception)

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._latest = Latest(worker)
        self.unseen: frozenset[str] = frozenset()
        self._whole: Layer | None = None  # the picture of everything that is asked for, while a part is unseen
        self._base: Small | None = None
        self._filled: tuple[Damage, Photo] | None = None
        self._filled_base: Filled | None = None  # the same, ready for use

    @property
    def is_under_way(self) -> bool:
        """Whether a picture is being made, or waits for its turn."""
        return not self._latest.is_idle

    def filled(self, damage: Damage) -> Photo | None:
        """The photo with this damage filled, where it is at hand."""
        return self._filled[1] if self._filled is not None and self._filled[0] == damage else None

    def keep_filled(self, damage: Damage, photo: Photo) -> None:
        """Remember the photo with this damage filled."""
        if self.filled(damage) is not photo:
            self._filled, self._filled_base = (damage, photo), None

    def show(self, photo: OpenPhoto) -> None:
        """Show what the photo's recipe makes of it, except for what is hidden, as soon as possible."""
        seen, recipe, found = photo.seen, photo.asked, photo.damage_found
        prediction = photo.nearest_prediction if photo.is_to_be_colored else None
        if seen is None or recipe.is_repair_automatic or (photo.is_to_be_colored and prediction is None):
            return
        repair, settings = _without(recipe.repair, self.unseen), photo.settings
        if repair.damage.is_looked_for and found is None:
            repair = repair.without("damage")  # it will be there with the whole
        base, kept = self._base or seen.photo, self._filled
        filled = None if repair.damage.is_off else self._filled_base or kept

        def done(glimpsed: tasks.Glimpsed) -> None:
            if photo.seen is not seen:
                return
            self._base = glimpsed.base
            if glimpsed.filled is not None and self._filled is kept:
                self._filled_base = glimpsed.filled
            photo.after = glimpsed.layer
            self.result_changed.emit()

        self._latest.request(
            lambda progress: tasks.glimpsed(base, filled, repair, found, prediction, settings, progress),
            done,
            self.failed.emit,
        )

    def leave_out(self, photo: OpenPhoto, unseen: frozenset[str]) -> None:
        """Show the photo without these parts of its repair."""
        was_whole, self.unseen = not self.unseen, unseen
        if was_whole and unseen:
            self._whole = photo.after if photo.is_repair_done else None
        if unseen:
            self.show(photo)
        else:
            self._latest.cancel()
            if self._whole is not None and photo.is_repair_done:
                photo.after = self._whole
                self.result_changed.emit()
            else:
                self.show(photo)
            self._whole = None

    def take_whole(self, photo: OpenPhoto) -> None:
        """The picture of everything that is asked for was made."""
        if self.unseen:
            self._whole = photo.after
            self.show(photo)

    def stop(self) -> None:
        """What is on its way is overtaken by the whole, unless a part of that is unseen."""
        if not self.unseen:
            self._latest.cancel()

    def drop(self) -> None:
        """Another photo comes, or another view of this one."""
        self._latest.cancel()
        self.unseen, self._whole = frozenset(), None
        self._base = self._filled = self._filled_base = None


def _without(repair: Repair, parts: frozenset[str]) -> Repair:
    for part in parts:
        repair = repair.without(part)
    return repair
