"""Results out of the window: files and the clipboard."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from handtint.errors import SaveError
from handtint.gui.saving import dialog as dialog_module
from handtint.gui.saving import saving
from handtint.gui.saving.dialog import SaveDialog
from handtint.imaging.photo import PhotoMeta
from handtint.imaging.provenance import read_provenance
from handtint.recipe.saving import SaveOptions, output_path
from handtint.restore import way
from handtint.stamps import sha256_of
from tests.gui.conftest import Studio, gray_photo


def save_dialog(studio: Studio) -> SaveDialog:
    studio.window.actions_.save.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SaveDialog)
    return dialog


def test_the_first_save_asks_where_and_proposes_a_name_beside_the_source(studio: Studio, tmp_path: Path) -> None:
    source = gray_photo(tmp_path / "porch.png")
    before = source.read_bytes()
    studio.open_colored(source)
    dialog = save_dialog(studio)
    assert dialog.path == tmp_path / "porch (colorized).png"
    dialog.accept()
    studio.wait_for(lambda: studio.said == 'Saved "porch (colorized).png".')
    with Image.open(tmp_path / "porch (colorized).png") as saved:
        assert saved.size == (80, 60)
        assert len({saved.convert("RGB").getpixel((x, 30)) for x in range(80)}) > 40
        red, _, blue = saved.convert("RGB").getpixel((75, 30))
    made_by = read_provenance(tmp_path / "porch (colorized).png")
    assert made_by is not None
    assert made_by.model == "unet"
    assert made_by.source_sha256 == sha256_of(source)
    assert red > blue  # light is orange from the fake colorizer
    assert source.read_bytes() == before


def test_later_saves_write_over_ones_own_output_without_asking(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    save_dialog(studio).accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    target = tmp_path / "porch (colorized).png"
    first = target.read_bytes()
    studio.window.photo_workspace.panel.strength.slider.setValue(200)
    studio.window.actions_.save.trigger()
    assert QApplication.activeModalWidget() is None
    studio.wait_for(lambda: not studio.window.results.is_writing)
    assert target.read_bytes() != first


def test_a_result_that_somebody_worked_on_since_is_not_written_over_without_asking(
    studio: Studio, tmp_path: Path
) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    save_dialog(studio).accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    target = tmp_path / "porch (colorized).png"
    target.write_bytes(b"retouched elsewhere")
    studio.window.photo_workspace.panel.strength.slider.setValue(200)
    dialog = save_dialog(studio)  # asks, as the first time
    assert dialog.path == target
    dialog.reject()
    assert target.read_bytes() == b"retouched elsewhere"


def test_the_original_is_never_a_target(studio: Studio, tmp_path: Path) -> None:
    source = gray_photo(tmp_path / "porch.png")
    before = source.read_bytes()
    studio.open_colored(source)
    dialog = save_dialog(studio)
    dialog.path_field.setText(str(source))
    dialog.accept()
    assert dialog.isVisible()
    assert "original" in dialog.trouble.text()
    dialog.reject()
    assert source.read_bytes() == before


def test_an_existing_file_is_replaced_only_when_agreed_to(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    other = tmp_path / "porch (colorized).png"
    other.write_bytes(b"something else")
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    dialog = save_dialog(studio)
    dialog.accept()
    assert dialog.isVisible()
    assert other.read_bytes() == b"something else"
    dialog.accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    assert other.read_bytes() != b"something else"


def test_a_folder_that_is_not_there_is_told_in_the_dialog(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    dialog = save_dialog(studio)
    dialog.path_field.setText(str(tmp_path / "nowhere" / "a.png"))
    dialog.accept()
    assert dialog.isVisible()
    assert "nowhere" in dialog.trouble.text()
    dialog.path_field.setText("~nobody by that name/a.png")
    dialog.accept()
    assert "nobody by that name" in dialog.trouble.text()
    dialog.path_field.setText(str(tmp_path / ("long" * 100 + ".png")))
    dialog.accept()
    assert (
        f"No file can be saved here under this name ({os.strerror(errno.ENAMETOOLONG)})" in dialog.trouble.text()
    )  # in any language
    dialog.path_field.setText("/")
    assert dialog.path == Path("/.png")
    assert dialog.isVisible()
    dialog.reject()


def test_the_format_changes_suffix_quality_and_what_is_said_of_depth(qtbot: QtBot, tmp_path: Path) -> None:
    meta = PhotoMeta(format="TIFF", bit_depth=16)
    source = tmp_path / "scan.tif"
    dialog = SaveDialog(source, meta, output_path(source, source.parent, "tiff"), SaveOptions(), None)
    qtbot.addWidget(dialog)
    assert dialog.options.format == "tiff"
    assert not dialog.quality.isEnabled()
    assert "16 bits" in dialog._depth_text.text()
    dialog.format_box.setCurrentIndex(dialog.format_box.findData("jpeg"))
    dialog.quality.setValue(80)
    dialog.provenance.setChecked(False)
    assert dialog.path == tmp_path / "scan (colorized).jpg"
    assert "8 of the source's 16 bits" in dialog._depth_text.text()
    assert dialog.options == SaveOptions(format="jpeg", quality=80, provenance=False)
    dialog.path_field.setText("other name")
    assert dialog.path == tmp_path / "other name.jpg"


def test_a_failed_save_says_why_over_the_photo_and_saving_can_be_tried_again(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "Could not save: the disk is full. Your original is unchanged. Free some space and save again."

    def full(*_: object) -> None:
        raise SaveError(sentence)

    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    with monkeypatch.context() as patch:
        patch.setattr(way, "write_photo", full)
        save_dialog(studio).accept()
        studio.wait_for(lambda: studio.said == sentence)
    assert studio.session.current is not None
    assert studio.session.current.saved_to is None
    save_dialog(studio).accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))


def test_a_result_whose_original_went_away_is_saved_without_the_note_about_it(studio: Studio, tmp_path: Path) -> None:
    source = gray_photo(tmp_path / "porch.png")
    studio.open_colored(source)
    source.unlink()
    save_dialog(studio).accept()
    studio.wait_for(lambda: "Put it back, or save without that note." in studio.said)
    dialog = save_dialog(studio)
    dialog.provenance.setChecked(False)
    dialog.accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    assert (tmp_path / "porch (colorized).png").exists()


def test_saving_can_be_stopped_and_leaves_nothing(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, never = way.write_photo, threading.Event()

    def slow(path, photo, options, provenance, progress):
        for step in range(6000):
            progress.step(step / 6000)
            never.wait(0.01)
        return write(path, photo, options, provenance, progress)

    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    monkeypatch.setattr(way, "write_photo", slow)
    save_dialog(studio).accept()
    studio.wait_for(lambda: studio.said.startswith("Saving") and studio.window.photo_workspace.area.notice.isVisible())
    studio.window.actions_.cancel.trigger()
    assert not studio.window.results.is_writing
    assert studio.is_colored()
    studio.window.actions_.copy.trigger()  # the thread is free again
    studio.wait_for(lambda: studio.said == "The result is on the clipboard.")
    assert [path.name for path in tmp_path.glob("*.png")] == ["porch.png"]


def test_copy_puts_the_full_size_result_on_the_clipboard(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png", (200, 300)))
    studio.window.actions_.copy.trigger()
    studio.wait_for(lambda: studio.said == "The result is on the clipboard.")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (300, 200)
    assert QColor(image.pixel(290, 100)).hslSaturation() > 0


def test_a_sample_is_saved_among_the_users_pictures(
    studio: Studio, samples: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = tmp_path / "Pictures"
    pictures.mkdir()
    for module in (saving, dialog_module):
        monkeypatch.setattr(module, "is_inside_program", lambda path: path.is_relative_to(tmp_path / "samples"))
    monkeypatch.setattr(saving, "pictures_folder", lambda: pictures)
    studio.open_colored(samples[0])
    dialog = save_dialog(studio)
    assert dialog.path.parent == pictures
    dialog.path_field.setText(str(samples[0].parent / "mine.png"))
    dialog.accept()
    assert "belongs to Handtint" in dialog.trouble.text()
    assert dialog.isVisible()
    dialog.reject()


def test_after_a_save_that_failed_another_place_is_proposed(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "Pictures"
    other.mkdir()
    monkeypatch.setattr(saving, "pictures_folder", lambda but: other)
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    dialog = save_dialog(studio)
    assert dialog.path.parent == tmp_path

    def full(*_: object, **__: object) -> None:
        raise SaveError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(way, "write_photo", full)
        dialog.accept()
        studio.wait_for(lambda: "The disk is full." in studio.said)
    dialog = save_dialog(studio)
    assert dialog.path == other / "porch.png"
    dialog.accept()
    current = studio.session.current
    assert current is not None
    studio.wait_for(lambda: current.saved_to == other / "porch.png")
    assert current.failed_folder is None


def test_a_photo_whose_original_is_gone_says_that_nothing_was_saved(studio: Studio, tmp_path: Path) -> None:
    photo = gray_photo(tmp_path / "porch.png")
    studio.open_colored(photo)
    photo.unlink()
    save_dialog(studio).accept()
    studio.wait_for(lambda: "nothing was saved" in studio.said)
    assert f'The original "{photo}"' in studio.said
    assert list(tmp_path.glob("*.png")) == []
