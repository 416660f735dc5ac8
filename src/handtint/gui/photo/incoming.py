"""Opening, dropping and pasting photos and folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.session.memory import Memory
from handtint.gui.session.session import Session
from handtint.paths import is_folder
from handtint.recipe.photo_names import PHOTO_SUFFIXES

if TYPE_CHECKING:
    from handtint.gui.photo.pasted import Pasted


def local_files(data: QMimeData | None) -> list[Path]:
    """The files and folders of this computer that are dropped or pasted; none where the clipboard holds nothing."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data is not None else []


class Incoming(QObject):
    """Opens what is found, and asks for it.

    Attributes:
        pasted: pictures from the clipboard; made when there is one.

    Args:
        open_album: opens a folder.
        tell: says a sentence that is not about one photo.
    """

    def __init__(
        self,
        session: Session,
        open_album: Callable[[Path], None],
        memory: Memory,
        tell: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._open_album, self._memory = session, open_album, memory
        self._tell, self._window = tell, window
        self.pasted: Pasted | None = None

    def open(self, found: Sequence[Path]) -> None:
        """Open photos; a folder becomes the album, the first one if there are several."""
        folders = [path for path in found if is_folder(path)]
        files = [path for path in found if path not in folders]
        if files:
            self._session.open(files)
        if folders:
            self._open_album(folders[0])
        if len(folders) > 1:
            text = tr(
                "photo",
                'Only "{name}" was opened: there can be one album at a time. '
                "To get all of them, open the folder that contains them.",
                name=folders[0].name,
            )
            self._tell(text)

    def ask(self) -> None:
        """Ask for photos and open them."""
        kinds = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in PHOTO_SUFFIXES)
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            tr("photo", "Open Photographs"),
            self._memory.folder,
            tr("photo", "Photographs ({kinds})", kinds=kinds) + ";;" + tr("photo", "All files (*)"),
        )
        if names:
            self._memory.folder = str(Path(names[0]).parent)
            self.open([Path(name) for name in names])

    def paste(self) -> None:
        """Open files that were copied in a file manager, or a picture that some program copied."""
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        if found := local_files(data):
            self.open(found)
        elif data is not None and data.hasImage() and not (image := clipboard.image()).isNull():
            from handtint.gui.photo.pasted import Pasted

            self.pasted = self.pasted or Pasted(self._session, self)
            self.pasted.open(image)
        else:
            self._tell(tr("photo", "The clipboard holds no photo. Copy files or a picture, then paste."))
