"""Lets one of a photo's colorings be chosen large: see `variant_grid`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.photo.variant_grid import VariantGrid
from handtint.gui.session import tasks
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.recipe.settings import Settings


class VariantChoice(QObject):
    """Begins with its action, and ends with a variant of the current photo or none.

    Args:
        workspace: that the grid covers.
        canvas: what has the focus afterwards.
        tell: shows an icon's name and a sentence.
    """

    def __init__(
        self, session: Session, workspace: QWidget, canvas: QWidget, action: QAction, tell: Callable[[str, str], None]
    ) -> None:
        super().__init__(workspace)
        self.grid = VariantGrid(workspace)
        self._session, self._canvas, self._tell = session, canvas, tell
        self._photo: OpenPhoto | None = None
        self._settings = Settings()
        action.triggered.connect(lambda: self.begin() if self._photo is None else self.leave())
        self.grid.taken.connect(self.take)
        self.grid.left.connect(self.leave)
        session.current_changed.connect(self.leave)
        session.state_changed.connect(self._follow)

    def begin(self) -> None:
        """Show the current photo's variants."""
        photo = self._session.current
        prediction = photo.shown_prediction if photo is not None and photo.has_result else None
        if photo is None or prediction is None or photo.after is None:
            return
        if prediction.variants == 1:
            self._tell("info", tr("variants", "This model gives only one answer, so there is nothing to choose."))
            return
        preview, settings = photo.preview, photo.settings
        self._photo, self._settings = photo, settings
        self.grid.begin(photo.variants or (photo.after.levels[-1],) * prediction.variants, settings.variant)
        longest = self.grid.longest_side()

        def done(images: tuple[QImage, ...]) -> None:
            if photo is self._photo:
                self.grid.show_larger(images)

        if preview is not None:
            self._session.run_on_view(
                lambda progress: tasks.variant_pictures(preview, prediction, settings, longest), done
            )

    def take(self, number: int) -> None:
        """Color the photo that way."""
        photo = self._photo
        self.leave()
        if photo is not None and photo is self._session.current:
            self._session.editing.set_settings(dataclasses.replace(photo.settings, variant=number))
            self._session.editing.settle()

    def leave(self) -> None:
        """Leave the photo as it was."""
        if self._photo is not None:
            self._photo = None
            self.grid.hide()
            self._canvas.setFocus()

    def _follow(self) -> None:
        """The photo may have been changed meanwhile, by Undo for one."""
        photo = self._photo
        if photo is not None and (photo.settings != self._settings or not photo.has_result):
            self.leave()
