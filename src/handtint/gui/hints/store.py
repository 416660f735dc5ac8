"""Hints into a file and back: JSON, or what a saved result notes of itself. Asks where, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.errors import HandtintError
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session
from handtint.imaging.hint_files import SUFFIX, assign, check_inside, names_of, read_hints, write_hints

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
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            _tr("Load Hints"),
            self._folder(),
            _tr("Hints, or results saved with hints ({0})").format(f"*{SUFFIX} {_RESULTS}"),
        )
        if name:
            self.load(Path(name))

    def ask_and_save(self) -> None:
        photos = [photo for photo in self._session.photos if photo.settings.hints]
        if not photos:
            return
        name = f"{photos[0].path.stem} ({_tr('hints')})" if len(photos) == 1 else _tr("hints")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window,
            _tr("Save Hints of {0} Photos").format(len(photos)) if len(photos) > 1 else _tr("Save Hints"),
            str(photos[0].folder / (name + SUFFIX)),
            _tr("Hints ({0})").format(f"*{SUFFIX}"),
        )
        if chosen:
            self.save(Path(chosen))

    def load(self, path: Path) -> None:
        """Put the hints of a file on those open photos that it names."""
        by_path = {photo.path: photo for photo in self._session.photos}
        try:
            found, strange = assign(read_hints(path), list(by_path))
            for source, hints in found.items():
                if (photo := by_path[source].photo) is not None:
                    check_inside(hints, photo.size, source.name)
        except HandtintError as error:
            self._tell("warning", str(error))
            return
        for source, hints in found.items():
            self._session.load_hints(by_path[source], hints)
        others = ", ".join(f'"{name}"' for name in strange)
        if not found:
            text = _tr('"{0}" has hints for {1}, which is not open. Open it first, then load the hints.')
            self._tell("warning", text.format(path.name, others or _tr("no photo")))
            return
        text = _tr("Hints loaded for {0}.").format(", ".join(f'"{source.name}"' for source in found))
        if strange:
            text += " " + _tr("Not open: {0}.").format(others)
        self._tell("done", text)

    def save(self, path: Path) -> None:
        """Write the hints of all open photos that have some."""
        photos = [photo for photo in self._session.photos if photo.settings.hints]
        has_suffix = path.suffix.lower() == SUFFIX
        if not has_suffix:  # nothing else is written over, least of all a photo
            path = path.with_name(path.name + SUFFIX)
        names = names_of([photo.path for photo in self._session.photos])
        try:
            write_hints(path, {names[p.path]: p.settings.hints for p in photos}, overwrite=has_suffix)
        except FileExistsError:
            self._tell("warning", _tr('"{0}" is there already. Choose another name.').format(path.name))
            return
        except HandtintError as error:
            self._tell("warning", str(error))
            return
        for photo in photos:
            photo.kept_hints = photo.settings.hints
        self._session.state_changed.emit()
        self._tell("done", _tr('Hints saved in "{0}".').format(path.name))

    def _folder(self) -> str:
        current = self._session.current
        return str(current.folder) if current is not None else self._memory.folder


def _tr(text: str) -> str:
    return QCoreApplication.translate("hint_store", text)
