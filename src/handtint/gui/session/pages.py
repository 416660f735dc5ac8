"""Which picture of its file the current photo is: another page, every page, or one of which a part is missing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.gui.session.open_photo import OpenPhoto
from handtint.model_card import ModelFile
from handtint.recipe.recipe import Recipe


class Pages(QObject):
    """Puts pages beside each other in the list of open photos, and chooses between them.

    Args:
        photos: the open ones, which are changed.
        current: the one that is shown.
        default_model: what colors a page that was not open.
    """

    added = Signal()  # pages, to the open photos
    chosen = Signal(object)  # OpenPhoto that is to be shown
    left = Signal(object)  # OpenPhoto that is shown no more, and is not to stay open

    def __init__(
        self,
        photos: list[OpenPhoto],
        current: Callable[[], OpenPhoto | None],
        default_model: Callable[[], ModelFile | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._photos, self._current, self._default_model = photos, current, default_model

    def at_hand(self, path: Path, page: int, part: int | None = None) -> OpenPhoto | None:
        """The open photo of a page; without `part` the first of its prints, if its scan is split."""
        of_page = [photo for photo in self._photos if (photo.path, photo.page) == (path, page)]
        return next((photo for photo in of_page if part in (None, photo.asked.part)), None)

    def go_to(self, page: int) -> None:
        """Show another page of the current photo's file; the one that was shown is let go unless it holds work."""
        left = self._current()
        if left is None or page == left.page:
            return
        photo = self.at_hand(left.path, page)
        is_new = photo is None
        photo = photo or self._add(left, page)
        self.chosen.emit(photo)
        if is_new and not left.holds_work and not left.asked.part:  # a print stays with the others of its scan
            self.left.emit(left)

    def open_all(self) -> None:
        """Open every page of the current photo's file as a photo of its own."""
        current = self._current()
        if current is None:
            return
        before = current
        for page in range(1, current.pages + 1):
            before = self.at_hand(current.path, page) or self._add(before, page)
        self.added.emit()

    def open_in_part(self) -> None:
        """Read the current photo, of which a part is missing, as far as it is there."""
        current = self._current()
        if current is not None and current.can_be_opened_in_part:
            source = dataclasses.replace(current.asked.source, partial=True)
            current.asked = dataclasses.replace(current.asked, source=source)
            self.chosen.emit(current)

    def _add(self, other: OpenPhoto, page: int) -> OpenPhoto:
        """Another page of an open photo's file, beside it in the list."""
        source = dataclasses.replace(other.asked.source, page=page)
        photo = OpenPhoto(other.path, self._default_model(), Recipe(source=source), other.home)
        photo.is_passing, photo.pages = other.is_passing, other.pages
        beside = [at for at, one in enumerate(self._photos) if (one.path, one.page) == (other.path, other.page)]
        self._photos.insert(beside[-1] + 1 if page > other.page else beside[0], photo)
        return photo
