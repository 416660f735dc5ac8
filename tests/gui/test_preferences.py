"""Edit > Preferences: what is chosen there counts at once, and in the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from handtint import instance
from handtint.gui import app, preferences
from handtint.gui.parts.theme import Theme
from handtint.gui.preferences import PreferencesDialog
from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.session.memory import Memory
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.recipe.store import ROOM
from tests.fakes import FakeColorizer
from tests.gui.albums import is_over, make_album, open_album, plan_dialog
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names


@pytest.fixture
def dialog(studio: Studio) -> PreferencesDialog:
    return open_dialog(studio)


def open_dialog(studio: Studio) -> PreferencesDialog:
    studio.window.actions_.preferences.trigger()
    found = studio.window.findChild(PreferencesDialog)
    assert found is not None
    return found


def test_it_opens_by_its_key_and_all_in_it_has_a_name(studio: Studio, dialog: PreferencesDialog) -> None:
    assert studio.window.actions_.preferences.shortcut().toString() == "Ctrl+,"
    assert without_names(dialog) == []


def test_the_theme_is_that_of_the_menu(studio: Studio, dialog: PreferencesDialog, memory: Memory) -> None:
    theme = dialog.choices[0]
    theme.setCurrentIndex(2)
    theme.activated.emit(2)
    assert memory.theme is Theme.DARK
    assert studio.window.actions_.themes[Theme.DARK].isChecked()


def test_results_are_proposed_where_and_as_the_user_wants(
    studio: Studio, memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results").mkdir()
    dialog = open_dialog(studio)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "results"))
    dialog.place.activated.emit(1)
    dialog.format.setCurrentIndex(dialog.format.findData("jpeg"))
    dialog.format.activated.emit(0)
    dialog.quality.slider.setValue(80)
    dialog.provenance.setChecked(False)
    dialog.reject()
    assert memory.results_folder == tmp_path / "results"
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.window.actions_.save.trigger()
    asked = studio.window.findChild(SaveDialog)
    assert asked is not None
    assert asked.path == tmp_path / "results" / "a.jpg"
    assert asked.options == SaveOptions("jpeg", 80, provenance=False)
    asked.reject()
    albums = open_album(studio, make_album(tmp_path / "Summer"))  # a new one begins likewise
    plan = plan_dialog(studio, albums)
    assert plan.form.output == tmp_path / "results" / "Summer (colorized)"
    assert plan.form.save == SaveOptions("jpeg", 80, provenance=False)
    assert plan.plan is not None
    assert [job.target.name for job in plan.plan.jobs] == ["a.jpg", "b.jpg", "c.jpg"]
    plan.accept()
    studio.wait_for(lambda: is_over(albums))
    dialog = open_dialog(studio)
    dialog.place.activated.emit(0)
    dialog.format.setCurrentIndex(0)
    dialog.format.activated.emit(0)
    dialog.reject()
    assert memory.results_folder is None
    albums.album.open(tmp_path / "Summer")  # one that is known stays as it is
    studio.wait_for(lambda: not albums.album.choices or albums.actions_.restore.isEnabled())
    assert albums.album.choices is not None
    assert (albums.album.choices.output, albums.album.choices.save.format) == (
        tmp_path / "results" / "Summer (colorized)",
        "jpeg",
    )


def test_another_device_and_fewer_cores_count_at_once(studio: Studio, memory: Memory, tmp_path: Path) -> None:
    taken: list[int | None] = []
    studio.make = lambda model: Threaded(model.card, taken)
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    loaded = len(studio.colorizers)
    dialog = open_dialog(studio)
    dialog.cores.setValue(1)
    studio.wait_for(lambda: taken[-1:] == [1])
    assert memory.cores == 1
    taken.clear()
    dialog.device.setCurrentIndex(dialog.device.findData("cpu"))
    dialog.device.activated.emit(1)
    studio.wait_for(lambda: len(studio.colorizers) == loaded + 1)
    assert memory.device == "cpu"
    studio.wait_for(lambda: taken[-1:] == [1])


class Threaded(FakeColorizer):
    """Tells which threads it is given."""

    def __init__(self, card, taken: list[int | None]) -> None:
        super().__init__(card)
        self.take_threads = taken.append


def test_kept_edits_have_a_limit_and_can_be_cleared(
    studio: Studio, memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.session.editing.set_settings(Settings(0.9))
    studio.session.keeping.now()
    store = studio.session.keeping.store
    assert store.size() > 0
    dialog = open_dialog(studio)
    assert dialog.room.value() * 2**20 == ROOM
    dialog.room.setValue(50)
    assert memory.room == store.room == 50 * 2**20
    studio.wait_for(lambda: "in use" in dialog.used.text())
    assert dialog.clear.isEnabled()
    answers = [False, True]
    monkeypatch.setattr(preferences, "ask", lambda *_: answers.pop(0))
    dialog.clear.click()
    assert store.size() > 0
    dialog.clear.click()
    studio.wait_for(lambda: not dialog.clear.isEnabled())
    assert store.size() == 0


def test_a_second_start_has_a_window_of_its_own_where_the_user_wants_that(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(instance, "hand_over", lambda files: pytest.fail("the first window was asked"))
    monkeypatch.setattr(app, "_run", lambda files, first: started.append(files) or 0)
    first = instance.claim()
    assert first is not None
    store = app.settings()
    Memory(store).is_one_window = False
    store.sync()
    assert app.run([tmp_path]) == 0
    assert started == [[tmp_path]]
    Memory(store).is_one_window = True
    store.sync()
    first.close()


def test_the_last_photos_are_opened_again_only_if_wanted(studio: Studio, memory: Memory, tmp_path: Path) -> None:
    files = [gray_photo(tmp_path / name) for name in ("a.png", "b.png")]
    studio.open_colored(*files)
    memory.last_open = [*studio.window.shutdown.open_now(), tmp_path / "gone.png"]
    studio.session.show(None)
    studio.session.photos.clear()
    studio.window.open_last()
    assert studio.session.photos == []
    open_dialog(studio).last_photos.setChecked(True)
    studio.window.open_last()
    studio.wait_for(studio.is_colored)
    assert [photo.path for photo in studio.session.photos] == files
