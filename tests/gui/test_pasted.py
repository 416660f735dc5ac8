"""Pictures pasted from the clipboard: kept until the window closes, asked about, saved where the user says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLockFile, QStandardPaths
from PySide6.QtGui import QColor, QColorSpace, QImage
from PySide6.QtWidgets import QApplication

from handtint import paths
from handtint.gui.canvas.pixels import to_pixels
from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.session.memory import Memory
from tests.gui.conftest import Studio
from tests.gui.test_closing import close


def picture(width: int = 80, height: int = 60) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for x in range(width):
        for y in range(height):
            image.setPixelColor(x, y, QColor(x * 3, x * 3, x * 3))
    return image


def paste(studio: Studio) -> None:
    QApplication.clipboard().setImage(picture())
    studio.window.actions_.paste.trigger()
    studio.wait_for(studio.is_colored)


def test_a_pasted_picture_is_colored_and_never_lost_without_a_question(
    studio: Studio, memory: Memory, tmp_path: Path
) -> None:
    paste(studio)
    current = studio.session.current
    assert current is not None
    assert current.photo is not None
    assert current.photo.size == (60, 80)
    assert studio.window.windowTitle().startswith("Pasted picture.png")
    assert not studio.window.actions_.show_folder.isEnabled()
    assert not studio.window.actions_.next_in_folder.isEnabled()
    assert memory.recent == []
    assert close(studio, "Keep") == ["Close without saving?"]
    assert close(studio, "Keep", studio.window.actions_.close_photo.trigger) == ["Close without saving?"]
    studio.window.actions_.save.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SaveDialog)
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    assert dialog.path == Path(pictures) / "Pasted picture.png"
    dialog.path_field.setText(str(tmp_path / "aunt.png"))
    dialog.accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    assert close(studio) == []


def test_pasted_pictures_are_removed_when_the_window_closes_and_after_a_crash(studio: Studio) -> None:
    crashed = paths.pasted_dir() / "crashed"
    crashed.mkdir(parents=True)
    (crashed / "Pasted picture.png").write_bytes(b"left by another run")
    running = paths.pasted_dir() / "running"
    running.mkdir()
    lock = QLockFile(str(running / "lock"))
    assert lock.tryLock(0)
    paste(studio)
    first = studio.session.photos[0].path
    paste(studio)
    studio.wait_for(lambda: len(studio.session.photos) == 2)
    assert first.exists()
    assert first.name != studio.session.photos[1].path.name
    assert not crashed.exists()
    assert close(studio, "Without") == ["Close without saving?"]
    assert [path.name for path in paths.pasted_dir().iterdir()] == ["running"]
    lock.unlock()


def test_a_picture_that_cannot_be_kept_is_told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    paths.pasted_dir().parent.mkdir(parents=True, exist_ok=True)
    paths.pasted_dir().write_text("in the way")
    QApplication.clipboard().setImage(picture())
    studio.window.actions_.paste.trigger()
    assert "could not be kept" in studio.window.statusBar().currentMessage()
    assert studio.session.photos == []


@pytest.mark.parametrize(
    "form", ["Format_RGB32", "Format_RGB888", "Format_Grayscale8", "Format_Grayscale16", "Format_RGBX64"]
)
def test_pixels_of_a_picture_keep_their_values_and_their_depth(form: str) -> None:
    pixels, alpha = to_pixels(picture(7, 3).convertToFormat(getattr(QImage.Format, form)))
    is_deep = "16" in form or "64" in form
    assert pixels.dtype == (np.uint16 if is_deep else np.uint8)
    assert pixels.shape == ((3, 7) if "Gray" in form else (3, 7, 3))
    assert alpha is None
    expected = np.arange(7)[None].repeat(3, 0) * 3 * (257 if is_deep else 1)
    plane = pixels if pixels.ndim == 2 else pixels[..., 1]
    assert np.abs(plane.astype(int) - expected).max() <= (257 if is_deep else 1)


def test_transparency_of_a_picture_is_kept_and_other_color_spaces_become_srgb() -> None:
    image = QImage(2, 1, QImage.Format.Format_ARGB32)
    image.setPixelColor(0, 0, QColor(200, 100, 50, 255))
    image.setPixelColor(1, 0, QColor(200, 100, 50, 0))
    pixels, alpha = to_pixels(image)
    assert alpha is not None
    assert alpha.tolist() == [[255, 0]]
    assert pixels[0, 0].tolist() == [200, 100, 50]
    wide = picture(2, 1)
    wide.fill(QColor(200, 100, 50))
    wide.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.AdobeRgb))
    red, green, blue = to_pixels(wide)[0][0, 0].tolist()
    assert red > 210
    assert (green, blue) != (100, 50)
