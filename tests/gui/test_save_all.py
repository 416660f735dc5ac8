"""Save All: several photos into one folder, over nothing that is not ours."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from handtint.errors import SaveError
from handtint.gui.saving import closing, result_tasks
from handtint.gui.saving.all_dialog import SaveAllDialog
from handtint.gui.saving.dialog import SaveDialog
from handtint.imaging.provenance import read_provenance
from handtint.restore import way
from tests.gui.conftest import Studio, color_photo, gray_photo
from tests.gui.test_appearance import without_names
from tests.gui.test_closing import close


def ask(studio: Studio) -> SaveAllDialog:
    studio.window.actions_.save_all.trigger()
    studio.wait_for(QApplication.activeModalWidget)  # photos that were not shown are looked up first
    return shown()


def shown() -> SaveAllDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SaveAllDialog)
    return dialog


def save_into(studio: Studio, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    dialog = ask(studio)
    dialog.folder_field.setText(str(folder))
    dialog.accept()
    studio.wait_for(lambda: not studio.window.results.is_writing)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_names_of_results_are_shown_before_anything_is_written(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.tif"))
    dialog = ask(studio)
    assert dialog.folder == tmp_path
    assert dialog.names.text() == "a (colorized).png, b (colorized).tif"
    dialog.format_box.setCurrentIndex(dialog.format_box.findData("jpeg"))
    assert dialog.names.text() == "a (colorized).jpg, b (colorized).jpg"
    dialog.folder_field.setText(str(tmp_path / "out"))
    assert dialog.names.text() == "a.jpg, b.jpg"
    dialog.reject()


def test_all_open_photos_become_files_those_not_looked_at_too(studio: Studio, tmp_path: Path) -> None:
    sources = [gray_photo(tmp_path / name) for name in ("a.png", "b.jpg", "c.tif")]
    before = [source.read_bytes() for source in sources]
    studio.open_colored(*sources)
    dialog = ask(studio)
    assert without_names(dialog) == []
    assert dialog.photos == studio.session.photos
    dialog.with_others.setChecked(False)
    assert [photo.path.name for photo in dialog.photos] == ["a.png"]
    dialog.reject()
    save_into(studio, tmp_path / "out")
    assert names(tmp_path / "out") == ["a.png", "b.jpg", "c.tif"]
    made_by = read_provenance(tmp_path / "out" / "b.jpg")
    assert made_by is not None
    assert made_by.source_name == "b.jpg"
    assert studio.said == 'Saved 3 photos in "out".'
    assert [source.read_bytes() for source in sources] == before
    assert not studio.window.actions_.save_all.isEnabled()


def test_what_is_changed_afterwards_is_written_over_ones_own_file_unless_somebody_worked_on_it(
    studio: Studio, tmp_path: Path
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    out = tmp_path / "out"
    save_into(studio, out)
    first = (out / "a.png").read_bytes()
    studio.window.photo_workspace.panel.strength.slider.setValue(30)
    save_into(studio, out)
    assert names(out) == ["a.png"]
    assert (out / "a.png").read_bytes() != first
    (out / "a.png").write_bytes(b"retouched elsewhere")
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    save_into(studio, out)
    assert names(out) == ["a (2).png", "a.png"]
    assert (out / "a.png").read_bytes() == b"retouched elsewhere"


def test_an_own_file_that_is_open_as_a_photo_by_now_stays(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    save_into(studio, tmp_path / "out")
    result = tmp_path / "out" / "a.png"
    saved = result.read_bytes()
    studio.window.photo_workspace.panel.strength.slider.setValue(0)
    studio.window.open([result])
    studio.window.photo_workspace.filmstrip.list.setCurrentRow(0)
    save_into(studio, tmp_path / "out")
    assert result.read_bytes() == saved
    assert "a (2).png" in names(tmp_path / "out")


def test_photos_of_one_name_do_not_replace_each_other(studio: Studio, tmp_path: Path) -> None:
    for name in ("1910", "1920"):
        (tmp_path / name).mkdir()
    studio.open_colored(gray_photo(tmp_path / "1910" / "aunt.png"), gray_photo(tmp_path / "1920" / "aunt.png", (9, 9)))
    save_into(studio, tmp_path / "out")
    assert names(tmp_path / "out") == ["aunt (2).png", "aunt.png"]


def test_what_cannot_be_saved_is_told_at_the_end_and_the_rest_goes_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = way.write_photo

    def failing(path, *rest):
        if path.name.startswith("b"):
            raise SaveError("The disk is full.")
        return write(path, *rest)

    monkeypatch.setattr(way, "write_photo", failing)
    files = [gray_photo(tmp_path / name) for name in ("a.png", "b.png", "d.png")]
    studio.open_colored(files[0], files[1], color_photo(tmp_path / "c.png"), files[2])
    save_into(studio, tmp_path / "out")
    assert names(tmp_path / "out") == ["a.png", "d.png"]
    expected = 'Saved 2 photos in "out". Already in color and left unchanged: "c.png". Not saved: "b.png".'
    assert studio.said == f"{expected} The disk is full."


def test_saving_all_can_be_stopped_and_keeps_what_is_whole(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, never = way.write_photo, threading.Event()

    def slow(path, photo, options, provenance, progress):
        for step in range(6000 if path.name.startswith("b") else 0):
            progress.step(step / 6000)
            never.wait(0.01)
        return write(path, photo, options, provenance, progress)

    monkeypatch.setattr(way, "write_photo", slow)
    studio.open_colored(*[gray_photo(tmp_path / name) for name in ("a.png", "b.png", "c.png")])
    (tmp_path / "out").mkdir()
    dialog = ask(studio)
    dialog.folder_field.setText(str(tmp_path / "out"))
    dialog.accept()
    studio.wait_for(lambda: studio.said == 'Saving 2 of 3: "b.png"')
    assert not studio.window.actions_.save.isEnabled()
    studio.window.actions_.cancel.trigger()
    assert not studio.window.results.is_writing
    assert names(tmp_path / "out") == ["a.png"]
    assert studio.said == 'Saved 1 photo in "out". Stopped: 2 not saved yet.'
    assert [photo.is_unsaved for photo in studio.session.photos] == [False, True, True]


def test_closing_while_saving_still_asks_about_what_is_not_being_saved(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def slow(path, photo, options, provenance, progress):
        for step in range(6000):
            progress.step(step / 6000)
            never.wait(0.01)

    monkeypatch.setattr(way, "write_photo", slow)
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    studio.window.actions_.save.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, SaveDialog)
    dialog.accept()
    questions: list[str] = []
    monkeypatch.setattr(
        closing, "ask", lambda _, question, *rest, **__: questions.append(question) or len(questions) < 2
    )
    studio.window.close()
    assert questions == ["Stop saving and close?", "Close without saving?"]
    assert studio.window.isVisible()
    studio.window.actions_.cancel.trigger()


def test_what_is_only_copied_counts_as_not_saved(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def slow(photo, prediction, settings, progress):
        for step in range(6000):
            progress.step(step / 6000)
            never.wait(0.01)

    monkeypatch.setattr(result_tasks, "render", slow)
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    studio.window.actions_.copy.trigger()
    assert studio.window.results.is_writing
    assert studio.window.results.under_way == []
    studio.window.actions_.cancel.trigger()


def test_a_folder_that_is_not_there_is_told(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    dialog = ask(studio)
    dialog.folder_field.setText(str(tmp_path / "nowhere"))
    dialog.accept()
    assert dialog.isVisible()
    assert "nowhere" in dialog.trouble.text()
    for text in ("~nobody by that name", "long" * 100):
        dialog.folder_field.setText(text)
        dialog.accept()
        assert text in dialog.trouble.text()
    dialog.reject()


def test_a_photo_that_changed_since_it_was_looked_at_is_colored_anew(studio: Studio, tmp_path: Path) -> None:
    a, b = gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png")
    studio.open_colored(a, b)
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    asked = studio.predictions
    gray_photo(a, (40, 30))
    save_into(studio, tmp_path / "out")
    assert studio.predictions == asked + 1
    assert names(tmp_path / "out") == ["a.png", "b.png"]


def test_closing_offers_to_save_all_and_closes_once_that_is_done(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    studio.window.photo_workspace.panel.strength.slider.setValue(30)
    assert close(studio, "Save All") == ["Close without saving?"]
    assert studio.window.isVisible()
    shown().accept()
    studio.wait_for(lambda: not studio.window.isVisible())
    assert names(tmp_path)[:4] == ["a (colorized).png", "a.png", "b (colorized).png", "b.png"]


def test_closing_one_photo_offers_to_save_it_and_a_change_of_mind_closes_nothing(
    studio: Studio, tmp_path: Path
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.window.photo_workspace.panel.strength.slider.setValue(130)
    for answer in ("reject", "accept"):
        assert close(studio, "Save…", studio.window.actions_.close_photo.trigger) == ["Close without saving?"]
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        getattr(dialog, answer)()
        assert studio.session.current is not None
    studio.wait_for(lambda: studio.session.current is None)
    assert studio.window.isVisible()
    assert "a (colorized).png" in names(tmp_path)
