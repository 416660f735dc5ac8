"""Makes the pictures of Help > Guide from the real window: `python packaging/guide.py`, without a screen.

Writes `resources/guide/*.jpg`. Run it again when the window has changed, and look at what comes.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from handtint import paths
from handtint.gui.app import load_colorizer, make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import Theme, ThemeKeeper
from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import PhotoState
from handtint.gui.session.tasks import photos_to_open
from handtint.model_card import list_models
from handtint.recipe.hints import Hint
from handtint.recipe.saving import SaveOptions, format_of, output_path

_PHOTO = "Migrant Mother 1936.jpg"
# A green coat: place and radius in pixels of that photo, color in Lab.
_HINT = Hint(x=565, y=698, radius=12, a=-16, b=12)
_SIZE = (1180, 780)
_WIDTH = 1000  # pixels of a picture
_QUALITY = 82


def wait_for(is_so: Callable[[], bool], seconds: float = 120.0) -> None:
    """Let the window work until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("The window did not come so far.")
        QApplication.processEvents()
        time.sleep(0.01)


def settle(seconds: float = 1.0) -> None:
    """Let what fades in fade in."""
    end = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() > end)


def picture(widget: QWidget, name: str) -> None:
    """Save what a widget shows."""
    settle()
    grabbed: QPixmap = widget.grab()
    if grabbed.width() > _WIDTH:
        grabbed = grabbed.scaledToWidth(_WIDTH, Qt.TransformationMode.SmoothTransformation)
    path = paths.guide_dir() / name
    if not grabbed.save(str(path), "JPEG", _QUALITY):
        raise OSError(f'"{path}" could not be written.')
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Make the pictures of the guide anew."""
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        memory.theme = Theme.LIGHT
        window = MainWindow(load_colorizer, list_models(), memory, ThemeKeeper(app))
        session = window.session
        window.resize(*_SIZE)
        window.show()
        settle(3.0)  # the samples' small pictures
        picture(window, "start.jpg")

        photo = paths.samples_dir() / _PHOTO
        window.open([photo])
        wait_for(lambda: session.current is not None and session.current.state is PhotoState.DONE)
        window.photo_workspace.canvas.fit()
        picture(window, "photo.jpg")

        current = session.current
        assert current is not None
        assert current.photo is not None
        meta = current.photo.meta
        options = SaveOptions(format=format_of(photo.suffix.lower()))
        target = output_path(photo, Path("/home/anna/Pictures"), options.format)
        dialog = SaveDialog(current.path, meta, target, options, window)
        dialog.show()
        picture(dialog, "save.jpg")
        dialog.close()

        window.actions_.hints.trigger()
        session.editing.set_settings(dataclasses.replace(current.settings, hints=(_HINT,)))
        window.photo_workspace.hint_tool.choose(0)
        wait_for(lambda: session.developing.is_shown)
        picture(window, "hints.jpg")
        session.editing.undo()
        window.actions_.hints.trigger()

        album = Path(folder) / "Family album"
        album.mkdir()
        for sample in photos_to_open(paths.samples_dir()):
            shutil.copyfile(sample, album / sample.name)
        window.open([album])
        settle(8.0)  # the small pictures
        picture(window, "album.jpg")

        window.teaching.open()
        teach = window.teaching.window
        assert teach is not None
        picture(teach, "teach.jpg")
        session.close()
        window.teaching.close()


if __name__ == "__main__":
    sys.exit(main())
