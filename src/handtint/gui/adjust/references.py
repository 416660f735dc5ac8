"""Chooses the photo whose colors the current one takes, and shows it in the panel."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.adjust.section import AdjustSection
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.progress import Progress
from handtint.recipe.photo_names import PHOTO_SUFFIXES
from handtint.recipe.reference import ReferencePhoto


class References(QObject):
    """See the module's text."""

    def __init__(
        self,
        session: Session,
        section: AdjustSection,
        actions: AdjustActions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._section, self._actions, self._window = session, section, actions, window
        self._shown: tuple[OpenPhoto | None, ReferencePhoto | None] = (None, None)
        connect([(actions.take_colors, self._ask), (actions.drop_colors, lambda: self._set(None))])
        session.state_changed.connect(self._follow)
        self._follow()

    def choose(self, path: Path) -> None:
        """Take the colors of the photo in a file, if it has any."""
        photo = self._session.current
        if photo is None:
            return

        def read(progress: Progress) -> ReferencePhoto:
            from handtint.restore.references import choose_reference

            return choose_reference(path)

        def done(chosen: ReferencePhoto) -> None:
            if photo is self._session.current:
                self._set(chosen)

        self._session.run_on_view(read, done)

    def _ask(self) -> None:
        current = self._session.current
        if current is None:
            return
        kinds = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in PHOTO_SUFFIXES)
        chosen, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("adjust", "Take Colors from Another Photo"),
            str(current.folder),
            tr("adjust", "Photographs ({kinds})", kinds=kinds) + ";;" + tr("adjust", "All files (*)"),
        )
        if chosen:
            self.choose(Path(chosen))

    def _set(self, reference: ReferencePhoto | None) -> None:
        current = self._session.current
        if current is not None:
            self._session.editing.set_settings(dataclasses.replace(current.settings, reference=reference))
            self._session.editing.settle()

    def _follow(self) -> None:
        """Another photo is current, or its reference is another one."""
        current = self._session.current
        reference = current.settings.reference if current is not None else None
        is_read = current is not None and current.photo is not None
        self._actions.take_colors.setEnabled(is_read and current is not None and not current.is_left_alone)
        self._actions.drop_colors.setEnabled(is_read and reference is not None)
        if (current, reference) == self._shown:
            return
        self._shown = (current, reference)
        self._section.show_reference(reference, QImage())
        if current is None or reference is None:
            return

        def find(progress: Progress) -> Path:
            from handtint.restore.references import find_reference

            return find_reference(reference, current.path)

        def found(path: Path) -> None:
            self._session.request_thumbnail(path, show)

        def show(picture: QImage) -> None:
            if self._shown == (current, reference):
                self._section.show_reference(reference, picture)

        self._session.run_on_disk(find, found, lambda error: None)  # coloring with it says what is wrong
