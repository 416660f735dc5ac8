"""Saving hints to a file and loading them from one: a JSON file, or a result whose metadata holds its hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.errors import HandtintError
from handtint.gui.parts.translating import tr, translated
from handtint.gui.parts.words import isolated
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session

if TYPE_CHECKING:
    from handtint.imaging.hint_files import Picture

_RESULTS = "*.jpg *.jpeg *.png *.tif *.tiff *.webp"


class HintStore(QObject):
    """Loads and saves the hints of the open photos.

    Args:
        tell: shows an icon's name and a sentence.
    """

    def __init__(self, session: Session, memory: Memory, tell: Callable[[str, str], None], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._memory, self._tell, self._window = session, memory, tell, window

    def ask_and_load(self) -> None:
        """Ask for a file of hints and put them on the photo."""
        from handtint.imaging.hint_files import SUFFIX

        name, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("hint_store", "Load Hints"),
            self._folder(),
            tr("hint_store", "Hints, or results saved with hints ({patterns})", patterns=f"*{SUFFIX} {_RESULTS}"),
        )
        if name:
            self.load(Path(name))

    def ask_and_save(self) -> None:
        """Ask for a file and write the photo's hints to it."""
        from handtint.imaging.hint_files import SUFFIX

        photos = [photo for photo in self._session.photos if photo.settings.hints]
        if not photos:
            return
        hints = tr("hint_store", "hints")
        name = f"{photos[0].path.stem} ({hints})" if len(photos) == 1 else hints
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            tr("hint_store", "Save Hints of {n} Photo(s)", len(photos)),
            str(photos[0].folder / (name + SUFFIX)),
            tr("hint_store", "Hints ({patterns})", patterns=f"*{SUFFIX}"),
        )
        if chosen:
            self.save(Path(chosen))

    def load(self, path: Path) -> None:
        """Put the hints of a file on those open photos that it names."""
        self._session.recall(self._session.photos, lambda photos: self._load(path, photos))

    def _load(self, path: Path, photos: Sequence[OpenPhoto]) -> None:
        from handtint.imaging.hint_files import assign, check_inside, read_hints  # the window is there sooner

        by_picture = {_picture(photo): photo for photo in photos}
        try:
            given, unknown = assign(read_hints(path), list(by_picture))
            found = {by_picture[picture]: hints for picture, hints in given.items()}
            for photo, hints in found.items():
                if photo.photo is not None:
                    check_inside(hints, photo.photo.source_size, photo.name)
        except HandtintError as error:
            self._tell("warning", translated(error))
            return
        for photo, hints in found.items():
            self._session.editing.load_hints(photo, hints)
        others = ", ".join(f'"{name}"' for name in unknown)
        if not found:
            text = tr(
                "hint_store",
                '"{file}" has hints for {photos}, which is not open. Open it first, then load the hints.',
                file=path.name,
                photos=others or tr("hint_store", "no photo"),
            )
            self._tell("warning", text)
            return
        names = ", ".join(f'"{isolated(photo.name)}"' for photo in found)
        text = tr("hint_store", "Hints loaded for {photos}.", photos=names)
        if unknown:
            text += " " + tr("hint_store", "Not open: {photos}.", photos=others)
        self._tell("done", text)

    def save(self, path: Path) -> None:
        """Write the hints of all open photos that have some."""
        from handtint.imaging.hint_files import SUFFIX, names_of, write_hints

        photos = [photo for photo in self._session.photos if photo.settings.hints]
        has_suffix = path.suffix.lower() == SUFFIX
        if not has_suffix:  # never write over anything but a hint file, least of all a photo
            path = path.with_name(path.name + SUFFIX)
        names = names_of(list(dict.fromkeys(photo.path for photo in self._session.photos)))
        hints = {_picture(photo).called(names[photo.path]): photo.settings.hints for photo in photos}
        try:
            write_hints(path, hints, overwrite=has_suffix)
        except FileExistsError:
            text = tr("hint_store", '"{file}" already exists. Choose another name.', file=path.name)
            self._tell("warning", text)
            return
        except HandtintError as error:
            self._tell("warning", translated(error))
            return
        for photo in photos:
            photo.kept_hints = photo.settings.hints
        self._session.state_changed.emit()
        self._tell("done", tr("hint_store", 'Hints saved in "{file}".', file=path.name))

    def _folder(self) -> str:
        current = self._session.current
        return str(current.folder) if current is not None else self._memory.folder


def _picture(photo: OpenPhoto) -> Picture:
    from handtint.imaging.hint_files import Picture

    return Picture(photo.path, photo.page, photo.asked.part)
