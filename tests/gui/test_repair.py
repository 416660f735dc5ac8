"""Repair in the window: what a photo needs, its sliders, and results that are repaired."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.gui.saving.dialog import SaveDialog
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.imaging.provenance import read_provenance
from handtint.recipe.form import from_json
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Fade, Repair
from handtint.recipe.saving import SaveOptions
from handtint.restore import repairing
from tests.fakes import FakeFinder, fake_card
from tests.gui.conftest import Studio, color_photo, gray_photo


class Finder(FakeFinder):
    """Sees damage where it is nearly white; waits until it may go on."""

    card = fake_card("damage")

    def __init__(self) -> None:
        self.asked = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        self.asked += 1
        self.may_go_on.wait(60)
        return np.where(lightness > 97, 255, 0).astype(np.uint8)


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> Finder:
    made = Finder()
    monkeypatch.setattr(repairing, "load_finder", lambda: made)
    return made


@pytest.fixture
def scratched(tmp_path: Path) -> Path:
    """A gray slope with a white scratch down its middle."""
    ramp = np.linspace(60, 180, 120)[None].repeat(90, 0) + np.random.default_rng(0).normal(0, 1, (90, 120))
    pixels = ramp.astype(np.uint8)
    pixels[20:70, 59:60] = 255
    path = tmp_path / "aunt.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def faded(scratched: Path) -> Path:
    """The same, with blacks and whites that are gray, except for the scratch."""
    pixels = np.asarray(Image.open(scratched)).astype(float)
    pixels = np.where(pixels == 255, 255, 75 + (pixels - 60) * 0.8)
    path = scratched.with_name("uncle.png")
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


def current_of(studio: Studio) -> OpenPhoto:
    assert studio.session.current is not None
    return studio.session.current


def scratch(studio: Studio, *, is_original: bool = False) -> int:
    """Lightness of the middle of the scratch, as it is shown."""
    current = current_of(studio)
    layer = current.before if is_original else current.after
    assert layer is not None
    return layer.levels[0].pixelColor(59, 45).lightness()


def is_settled(studio: Studio) -> bool:
    return studio.is_colored() and current_of(studio).is_repair_done and studio.session.developing.is_shown


def set_slider(studio: Studio, key: str, value: int) -> None:
    slider = studio.window.photo_workspace.panel.repair.sliders[key].slider
    assert slider.isEnabled()
    slider.setValue(value)
    slider.sliderReleased.emit()


def test_nothing_is_repaired_unless_it_is_asked_for(studio: Studio, scratched: Path, finder: Finder) -> None:
    studio.open_colored(scratched)
    assert current_of(studio).asked.repair.is_off
    assert scratch(studio) > 240
    assert finder.asked == 0
    assert not studio.window.repair_actions.reset.isEnabled()


def test_auto_says_what_it_found_and_changes_nothing_before_it_is_taken(studio: Studio, faded: Path) -> None:
    studio.open_colored(faded)
    section = studio.window.photo_workspace.panel.repair
    section.auto.click()
    studio.wait_for(lambda: section.findings.buttons)
    assert current_of(studio).asked.repair.is_off
    words = [finding.words for finding in current_of(studio).findings or ()]
    assert words[0] == "1 scratch or hair"
    assert words[1] == "faded: blacks at 29 %, whites at 100 %"
    section.findings.take_all.click()
    studio.wait_for(lambda: is_settled(studio))
    assert section.sliders["damage.sensitivity"].value > 0
    assert section.sliders["fade.amount"].value > 0
    assert [button.text() for button in section.findings.buttons] == ["Applied", "Applied"]
    assert not studio.window.repair_actions.take_all.isEnabled()
    assert studio.window.actions_.undo.text() == "&Undo Automatic repair"


def test_one_of_what_was_found_is_taken_by_a_click(studio: Studio, faded: Path) -> None:
    studio.open_colored(faded)
    section = studio.window.photo_workspace.panel.repair
    section.auto.click()
    studio.wait_for(lambda: section.findings.buttons)
    section.findings.buttons[0].click()
    studio.wait_for(lambda: not current_of(studio).asked.repair.is_off and is_settled(studio))
    assert section.sliders["fade.amount"].value == 0
    assert scratch(studio) < 180
    studio.window.repair_actions.reset.trigger()
    studio.wait_for(lambda: is_settled(studio) and scratch(studio) > 240)
    assert current_of(studio).asked.repair.is_off
    assert section.sliders["damage.sensitivity"].value == 0


def test_a_slider_changes_the_result_is_undone_and_the_model_sees_the_repaired_photo(
    studio: Studio, scratched: Path
) -> None:
    studio.open_colored(scratched)
    assert studio.predictions == 1
    set_slider(studio, "damage.sensitivity", 60)
    studio.wait_for(lambda: is_settled(studio) and scratch(studio) < 180)
    assert scratch(studio, is_original=True) > 240  # what *Original* shows
    assert studio.predictions == 2
    seen = [seen for colorizer in studio.colorizers for seen in colorizer.seen]
    assert seen[0][:, 19:24].max() > 62  # the scratch, shrunk
    assert seen[1][:, 19:24].max() < 58
    assert studio.window.actions_.undo.text() == "&Undo Damage 0 → 60"
    studio.window.actions_.undo.trigger()
    studio.wait_for(lambda: is_settled(studio) and scratch(studio) > 240)
    studio.window.actions_.redo.trigger()
    studio.wait_for(lambda: is_settled(studio) and scratch(studio) < 180)
    assert studio.predictions == 2  # both are known by now


def test_damage_is_looked_for_once_whatever_the_sensitivity(studio: Studio, scratched: Path, finder: Finder) -> None:
    studio.open_colored(scratched)
    for value in (60, 30, 80):
        set_slider(studio, "damage.sensitivity", value)
        studio.wait_for(lambda: is_settled(studio))
    assert finder.asked == 1


def test_a_slider_swept_through_ends_at_the_last_value(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    slider = studio.window.photo_workspace.panel.repair.sliders["fade.amount"].slider
    for value in range(0, 101, 10):
        slider.setValue(value)
    studio.wait_for(lambda: is_settled(studio))
    current = current_of(studio)
    assert current.repaired_as == Repair(fade=Fade(100))
    assert len(current.history.past) == 1


def test_a_saved_result_is_repaired_and_says_so(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    set_slider(studio, "damage.sensitivity", 60)
    studio.wait_for(lambda: is_settled(studio))
    studio.window.actions_.save.trigger()
    dialog = studio.window.findChild(SaveDialog)
    assert dialog is not None
    path = dialog.path
    dialog.accept()
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    with Image.open(path) as saved:
        assert np.asarray(saved.convert("L"))[20:70, 59:60].max() < 180
    note = read_provenance(path)
    assert note is not None
    assert note.model == "unet"
    assert from_json(Recipe, note.recipe).repair.damage.sensitivity == 60


def test_save_all_repairs_photos_that_are_not_shown(studio: Studio, scratched: Path, tmp_path: Path) -> None:
    studio.open_colored(scratched, gray_photo(tmp_path / "b.png"))
    set_slider(studio, "damage.sensitivity", 60)
    studio.wait_for(lambda: is_settled(studio))
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(lambda: current_of(studio).path.name == "b.png" and is_settled(studio))
    folder = tmp_path / "out"
    folder.mkdir()
    studio.window.results.save_all(studio.session.photos, folder, SaveOptions())
    studio.wait_for(lambda: len(list(folder.iterdir())) == 2 and not studio.window.results.is_writing)
    notes = {path.name: read_provenance(path) for path in folder.iterdir()}
    sensitivities = {name: from_json(Recipe, n.recipe).repair.damage.sensitivity for name, n in notes.items() if n}
    assert sorted(sensitivities.values()) == [0, 60]


def test_a_photo_in_color_is_repaired_shown_and_saved(studio: Studio, tmp_path: Path) -> None:
    studio.window.open([color_photo(tmp_path / "c.png")])
    studio.wait_for(lambda: studio.said == "This photo is already in color.")
    assert not studio.window.actions_.save.isEnabled()
    set_slider(studio, "sharpness.amount", 50)
    studio.wait_for(lambda: is_settled(studio))
    assert studio.predictions == 0
    assert studio.said == ""
    assert studio.window.actions_.save.isEnabled()
    assert not studio.window.photo_workspace.panel.vividness.isEnabled()
    target = tmp_path / "out.png"
    studio.window.results.save(target, SaveOptions())
    studio.wait_for(target.exists)
    note = read_provenance(target)
    assert note is not None
    assert note.model is None
    studio.window.actions_.undo.trigger()
    studio.wait_for(lambda: current_of(studio).state is PhotoState.READY)
    assert current_of(studio).after is None


def test_a_gray_photo_may_be_repaired_only(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    section = studio.window.photo_workspace.panel.repair
    assert not section.only.isEnabled()
    set_slider(studio, "damage.sensitivity", 60)
    studio.wait_for(lambda: is_settled(studio))
    section.only.click()
    studio.wait_for(lambda: is_settled(studio) and saturation(studio) == 0)
    assert scratch(studio) < 180
    section.only.click()
    studio.wait_for(lambda: is_settled(studio) and saturation(studio) > 0)


def saturation(studio: Studio) -> int:
    layer = current_of(studio).after
    assert layer is not None
    return layer.levels[0].pixelColor(110, 45).hslSaturation()


def test_stop_shows_the_photo_as_it_came_and_repair_can_be_resumed(
    studio: Studio, scratched: Path, finder: Finder
) -> None:
    studio.open_colored(scratched)
    finder.may_go_on.clear()
    set_slider(studio, "damage.sensitivity", 60)
    studio.wait_for(lambda: finder.asked == 1)
    assert current_of(studio).state is PhotoState.REPAIRING
    assert not studio.window.actions_.save.isEnabled()
    studio.window.actions_.cancel.trigger()
    finder.may_go_on.set()
    studio.wait_for(lambda: studio.said == "Repair was stopped.")
    assert current_of(studio).after is None
    assert not studio.window.actions_.save.isEnabled()
    studio.session.developing.resume()
    studio.wait_for(lambda: is_settled(studio) and scratch(studio) < 180)


def test_auto_can_be_stopped(studio: Studio, scratched: Path, finder: Finder) -> None:
    studio.open_colored(scratched)
    finder.may_go_on.clear()
    studio.window.repair_actions.auto.trigger()
    studio.wait_for(lambda: finder.asked == 1)
    assert not studio.window.repair_actions.auto.isEnabled()
    studio.window.actions_.cancel.trigger()
    finder.may_go_on.set()
    studio.wait_for(lambda: not studio.session.developing.is_looking)
    assert studio.window.repair_actions.auto.isEnabled()
    assert current_of(studio).asked.repair.is_off
    assert is_settled(studio)


def test_every_step_can_be_reached_and_says_what_it_is(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    section = studio.window.photo_workspace.panel.repair
    assert not section.steps.isVisible()
    section.fold.click()
    assert section.steps.isVisible()
    for slider in section.sliders.values():
        assert slider.slider.accessibleName()
        assert slider.slider.toolTip()
        assert slider.reset_button.accessibleName()
    assert not section.sliders["faded_color.amount"].slider.isEnabled()  # it is not in color
    assert section.gray.isEnabled()


def test_the_photo_is_repaired_after_a_glimpse_of_it_was_shown(studio: Studio, scratched: Path) -> None:
    studio.open_colored(scratched)
    is_held, may_go_on, order = threading.Event(), threading.Event(), []

    def hold(_: object) -> None:
        is_held.set()
        may_go_on.wait(60)

    studio.session.view_worker.submit(hold, lambda _: None, lambda _: None)
    try:
        studio.wait_for(is_held.is_set)
        current = current_of(studio)
        before = current.after
        studio.session.result_changed.connect(lambda: order.append(current.is_repair_done))
        set_slider(studio, "fade.amount", 60)
        studio.qtbot.wait(500)  # longer than a slider must be still
        assert current.after is before
        assert not current.is_repair_done
    finally:
        may_go_on.set()
    studio.wait_for(lambda: is_settled(studio))
    assert order[0] is False  # the glimpse
    assert order[-1] is True
