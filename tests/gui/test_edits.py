"""Edits that last: kept by themselves, brought back, named, forgotten, handed on and copied."""

from __future__ import annotations

import dataclasses
import io
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from handtint import model_card
from handtint.album import folders
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.gui.session import tasks
from handtint.gui.session.session import Session
from handtint.recipe.adjust import Adjust
from handtint.recipe.damage import PAINT, Damage, Edit
from handtint.recipe.files import RecipeFile, read_recipe_file
from handtint.recipe.form import VERSION
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.protected import Protected
from handtint.recipe.recipe import Recipe
from handtint.recipe.reference import ReferencePhoto
from handtint.recipe.repair import Fade, Noise, Repair, Sharpness
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore
from handtint.restore.references import choose_reference
from handtint.stamps import sha256_of
from tests.fakes import FakeColorizer
from tests.gui.conftest import Studio, color_photo, gray_photo

HINT = Hint(10, 10, 4, 20, 20)


def change(session: Session, **values: object) -> None:
    assert session.current is not None
    session.editing.set_settings(dataclasses.replace(session.current.settings, **values))  # type: ignore[arg-type]
    session.editing.settle()


def reopen(studio: Studio, path: Path) -> None:
    """As if the window had been closed and opened again."""
    studio.session.keeping.now()
    while studio.session.photos:
        studio.session.close_photo()
    studio.open_colored(path)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return gray_photo(tmp_path / "aunt.png")


def test_a_photo_is_as_it_was_left_though_it_was_renamed(studio: Studio, photo: Path, tmp_path: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9)
    change(studio.session, variant=1, hints=(HINT,))
    studio.session.set_model(studio.session.models[1])
    moved = tmp_path / "elsewhere" / "ernestine.png"
    moved.parent.mkdir()
    shutil.move(photo, moved)
    reopen(studio, moved)
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings(0.9, hints=(HINT,), variant=1)
    assert current.model == studio.session.models[1]
    assert "As you left it today at" in studio.said
    assert len(current.history.past) == 3


def test_it_is_kept_without_closing(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    store = RecipeStore()
    change(studio.session, vividness=0.9)
    studio.wait_for(lambda: store.read(sha256_of(photo)))
    kept = store.read(sha256_of(photo))
    assert kept is not None
    assert kept.recipe.color.vividness == 0.9


def test_a_photo_nobody_touched_leaves_no_trace(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    studio.session.keeping.now()
    assert not RecipeStore().folder.exists()
    reopen(studio, photo)
    assert studio.said == ""


def test_undo_goes_on_after_reopening_and_says_what_it_undoes(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    actions = studio.window.actions_
    assert actions.undo.text() == "&Undo"
    change(studio.session, vividness=0.9)
    change(studio.session, hints=(HINT,))
    change(studio.session, variant=1)
    reopen(studio, photo)
    assert actions.undo.text() == "&Undo Variant 2"
    actions.undo.trigger()
    assert (actions.undo.text(), actions.redo.text()) == ("&Undo Hint", "Re&do Variant 2")
    actions.undo.trigger()
    assert actions.undo.text() == "&Undo Vividness 40 % → 90 %"
    actions.undo.trigger()
    assert (actions.undo.text(), actions.undo.isEnabled()) == ("&Undo", False)
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings()


def test_starting_over_can_be_undone(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9)
    reopen(studio, photo)
    message = studio.window.photo_workspace.area.notice.message
    assert message is not None
    assert message.button is not None
    message.button[1]()
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings()
    assert studio.window.actions_.undo.text() == "&Undo Start over"
    studio.session.editing.undo()
    assert current.settings.vividness == 0.9


def test_forgotten_edits_are_gone(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9)
    studio.session.keeping.now()
    assert RecipeStore().read(sha256_of(photo))

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(button for button in box.buttons() if "Forget" in button.text()).click()

    QTimer.singleShot(0, press)
    studio.window.actions_.forget_edits.trigger()
    studio.session.keeping.now()
    assert RecipeStore().read(sha256_of(photo)) is None
    current = studio.session.current
    assert current is not None
    assert (current.settings, current.history.past) == (Settings(), [])
    assert not studio.window.actions_.forget_edits.isEnabled()


def test_a_photo_as_it_was_left_is_closed_without_a_question(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9, hints=(HINT,))
    current = studio.session.current
    assert current is not None
    assert current.holds_work
    reopen(studio, photo)
    current = studio.session.current
    assert current is not None
    assert not current.holds_work


def test_what_a_newer_handtint_kept_is_told_and_not_written_over(studio: Studio, photo: Path) -> None:
    folder = RecipeStore().folder
    folder.mkdir(parents=True)
    file = folder / f"{sha256_of(photo)}.json"
    file.write_text(text := json.dumps({"version": VERSION + 1}))
    studio.open_colored(photo)
    assert "newer Handtint" in studio.said
    change(studio.session, vividness=0.9)
    studio.session.keeping.now()
    assert file.read_text() == text


def test_a_full_disk_is_told_once(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    told: list[str] = []
    studio.session.troubled.connect(told.append)
    folder = RecipeStore().folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("no folder can be made here")
    for vividness in (0.5, 0.6, 0.7):
        change(studio.session, vividness=vividness)
        studio.session.keeping.now()
    assert len(told) == 1
    assert "could not be kept" in told[0]


def test_a_recipe_goes_out_to_a_file_and_in_again(studio: Studio, photo: Path, tmp_path: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9, hints=(HINT,))
    edits, file = studio.window.photo_workspace.edits, tmp_path / "aunt.json"
    edits.export(tmp_path / "aunt.json")
    found = read_recipe_file(file)
    assert (found.recipe, found.sha256) == (Recipe(Settings(0.9, hints=(HINT,)), "unet"), sha256_of(photo))
    edits.start_over()
    edits.import_(file)
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings(0.9, hints=(HINT,))
    other = gray_photo(tmp_path / "other.png", (61, 80))
    studio.open_colored(other)
    edits.import_(file)
    assert "made for another photo" in studio.said
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings(0.9)
    edits.import_(other)
    assert "holds no recipe" in studio.said


def test_an_export_replaces_no_photo(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    before = photo.read_bytes()
    studio.window.photo_workspace.edits.export(photo)
    assert photo.read_bytes() == before
    assert photo.with_name("aunt.png.json").exists()


def test_settings_are_pasted_to_the_chosen_photos_without_hints(studio: Studio, tmp_path: Path) -> None:
    files = [gray_photo(tmp_path / f"{letter}.png", (60, 80 + n)) for n, letter in enumerate("abcd")]
    studio.open_colored(*files)
    change(studio.session, vividness=0.9, hints=(HINT,))
    page = studio.window.photo_workspace
    page.edits.copy()
    studio.session.show(studio.session.photos[1])
    studio.wait_for(studio.is_colored)
    page.filmstrip.list.item(2).setSelected(True)
    assert [photo.path for photo in page._chosen()] == files[1:3]
    page.edits.paste(("color",), False, page._chosen())
    studio.wait_for(lambda: "Settings pasted" in studio.said)  # a photo that was not shown is looked up first
    photos = studio.session.photos
    assert [photo.settings for photo in photos[1:]] == [Settings(0.9), Settings(0.9), Settings()]
    studio.session.show(photos[2])
    studio.wait_for(studio.is_colored)
    assert studio.window.actions_.undo.text() == "&Undo Paste settings"
    studio.session.keeping.now()
    assert RecipeStore().read(sha256_of(files[2])) is not None


def test_a_preset_is_one_step(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, hints=(HINT,))
    menu = studio.window.photo_workspace.presets_menu
    menu.fill()
    action = next(one for one in menu._menu.actions() if one.text() == "Quiet archive")
    action.trigger()
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings(0.1, 0.8, (HINT,))
    assert studio.window.actions_.undo.text() == "&Undo Quiet archive"
    menu.save("Mine")
    menu.save("Mine")
    assert "already" in studio.said
    menu.fill()
    assert "Mine" in [one.text() for one in menu._menu.actions()]


# results


def folder_in(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def pixels_of(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def save_result(studio: Studio, path: Path) -> None:
    studio.window.results.save(path, SaveOptions(overwrite=True))
    studio.wait_for(lambda: not studio.window.results.is_writing)
    assert path.exists()


def close_all_photos(studio: Studio) -> None:
    studio.session.keeping.now()
    while studio.session.photos:
        studio.session.close_photo()


def test_a_result_leads_to_its_original_and_how_it_was_made(studio: Studio, photo: Path, tmp_path: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9, hints=(HINT,))
    studio.session.set_model(studio.session.models[1])
    studio.wait_for(studio.is_colored)
    save_result(studio, result := tmp_path / "aunt (colorized).png")
    first = result.read_bytes()
    change(studio.session, vividness=0.1)
    studio.session.set_model(studio.session.models[0])
    close_all_photos(studio)
    studio.open_colored(result)
    current = studio.session.current
    assert current is not None
    assert current.path == photo
    assert [one.path for one in studio.session.photos] == [photo]
    assert current.settings == Settings(0.9, hints=(HINT,))
    assert current.model == studio.session.models[1]
    assert "was made of" in studio.said
    assert not current.holds_work
    studio.session.editing.undo()  # back to how the photo itself was left
    assert current.settings.vividness == 0.1
    studio.session.editing.redo()
    studio.wait_for(studio.is_colored)
    studio.window.actions_.save.trigger()
    studio.wait_for(lambda: not studio.window.results.is_writing and "Saved" in studio.said)
    assert sorted(path.name for path in tmp_path.glob("aunt*")) == ["aunt (colorized).png", "aunt.png"]
    assert (pixels_of(result.read_bytes()) == pixels_of(first)).all()


def test_a_result_whose_original_moved_is_found_where_it_was_seen_last(
    studio: Studio, photo: Path, tmp_path: Path
) -> None:
    studio.open_colored(photo)
    save_result(studio, result := folder_in(tmp_path, "results") / "aunt.png")
    close_all_photos(studio)
    moved = tmp_path / "elsewhere" / "renamed.png"
    moved.parent.mkdir()
    shutil.move(photo, moved)
    studio.open_colored(moved)
    close_all_photos(studio)
    studio.open_colored(result)
    assert studio.session.current is not None
    assert studio.session.current.path == moved


def test_a_result_whose_original_is_gone_says_so_and_takes_it_when_shown_where(
    studio: Studio, photo: Path, tmp_path: Path
) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9)
    save_result(studio, result := folder_in(tmp_path, "results") / "aunt.png")
    close_all_photos(studio)
    moved = tmp_path / "elsewhere" / "renamed.png"
    moved.parent.mkdir()
    shutil.move(photo, moved)
    told: list[RecipeFile] = []
    studio.session.orphaned.connect(lambda photo, made: told.append(made))
    studio.window.open([result])
    studio.wait_for(lambda: told)
    studio.wait_for(lambda: 'Its original, "aunt.png", was not found' in studio.said)
    edits, current = studio.window.photo_workspace.edits, studio.session.current
    assert current is not None
    edits.go_on(current, told[0], gray_photo(tmp_path / "other.png", (50, 50)))
    studio.wait_for(lambda: "is another photo" in studio.said)
    edits.go_on(current, told[0], moved)
    studio.wait_for(lambda: studio.session.current is not current and studio.is_colored())
    assert studio.session.current is not None
    assert studio.session.current.settings == Settings(0.9)


def test_names_with_braces_are_told_as_they_are(studio: Studio, tmp_path: Path) -> None:
    photo = gray_photo(tmp_path / "aunt {1905} {.png")
    studio.open_colored(photo)
    save_result(studio, result := folder_in(tmp_path, "results") / "{0} }.png")
    close_all_photos(studio)
    photo.unlink()
    studio.window.open([result])
    studio.wait_for(lambda: f'"{result.name}" is a result of Handtint. Its original, "{photo.name}",' in studio.said)


def test_results_are_no_photos_of_their_folder(studio: Studio, photo: Path, tmp_path: Path) -> None:
    studio.open_colored(photo)
    save_result(studio, tmp_path / "by another name.png")
    assert tasks.photos_to_open(tmp_path) == [photo]
    found = [path for path, _ in folders.photos_at(tmp_path, True, tmp_path / "none") if isinstance(path, Path)]
    assert [path for path in found if path.parent == tmp_path] == [photo]


def some_recipes(count: int, reference: ReferencePhoto) -> list[Recipe]:
    """Of all that can be asked of a photo of 80 x 60 pixels each part several times, in combinations that differ."""
    chance = random.Random(17)
    recipes = []
    for number in range(count):
        hints = tuple(
            Hint(chance.uniform(0, 80), chance.uniform(0, 60), 3, chance.uniform(-40, 40), chance.uniform(-40, 40))
            for _ in range(number % 4)
        )
        adjust = (
            Adjust(*(chance.uniform(-100, 100), *(chance.uniform(0, 200) for _ in range(4))))
            if number % 2
            else Adjust()
        )
        mask = Protected(4, 3, "".join(chance.choice("auk") for _ in range(12))) if number % 5 == 0 else None
        settings = Settings(chance.random(), chance.uniform(0, 2), hints, False, number % 3, adjust, mask)
        if number % 6 == 5:
            settings = dataclasses.replace(settings, reference=reference)
        geometry, repair = Geometry(), Repair()
        if number % 3:
            tilt = chance.uniform(-6, 6) if number % 4 else 0.0
            crop = (chance.uniform(8, 14), chance.uniform(8, 12), 50, 36) if number % 5 else None
            geometry = Geometry(chance.choice((0, 90, 180, 270)), number % 7 < 3, tilt, crop=crop)
        if number % 7 == 4:
            geometry = dataclasses.replace(geometry, corners=((3, 2), (77, 5), (74, 58), (5, 55)), crop=None)
        if number % 4 == 2:
            stroke = Edit(PAINT, ((chance.uniform(20, 60), 25), (40, chance.uniform(20, 40))), 2.0)
            amounts = [chance.uniform(0, 100) for _ in range(4)]
            repair = Repair(
                Damage(edits=(stroke,)), Fade(*amounts[:2]), noise=Noise(amounts[2]), sharpness=Sharpness(amounts[3])
            )
        recipes.append(Recipe(settings, ("unet", "small")[number % 2], geometry, repair))
    return recipes


def test_the_command_line_gives_the_pixels_of_the_window(
    studio: Studio, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_card, "find_model", lambda name: studio.session.model_named(name))
    studio.open_colored(photo)
    recipes, seen = some_recipes(20, choose_reference(color_photo(tmp_path / "color.png"))), set()
    for has_part in (
        lambda recipe: recipe.color.hints,
        lambda recipe: recipe.color.variant,
        lambda recipe: recipe.color.adjust != Adjust(),
        lambda recipe: recipe.color.protected,
        lambda recipe: recipe.color.reference,
        lambda recipe: recipe.geometry.turn,
        lambda recipe: recipe.geometry.straighten,
        lambda recipe: recipe.geometry.crop,
        lambda recipe: recipe.geometry.corners,
        lambda recipe: not recipe.repair.is_off,
    ):
        assert sum(map(bool, map(has_part, recipes))) >= 2
    for number, recipe in enumerate(recipes):
        studio.session.editing.set_recipe(recipe)
        studio.wait_for(lambda: studio.session.developing.is_shown and studio.window.actions_.save.isEnabled())
        save_result(studio, result := tmp_path / f"{number}.png")
        studio.window.photo_workspace.edits.export(tmp_path / "recipe.json")
        source, out = (result, tmp_path / "recipe.json")[number // 2 % 2], tmp_path / f"out {number}"
        asked = ["restore", str(photo), "-o", str(out), "--recipe", str(source)]
        assert cli.main(asked, lambda model, device, threads: FakeColorizer(model.card)) == exit_codes.OK
        assert (pixels_of((out / photo.name).read_bytes()) == pixels_of(result.read_bytes())).all(), recipe
        seen.add(pixels_of(result.read_bytes()).tobytes())
    assert len(seen) == 20


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_a_killed_window_leaves_a_whole_recipe_that_was_handed_over_within_a_second(photo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.gui.killing", str(photo), "2"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    del found["oldest_s"]  # by the clock, which goes on while a busy machine does other things
    assert found == {"n": 2, "unkept": 0, "broken": 0, "late": 0, "stale": 0}


def test_the_list_of_steps_leads_anywhere(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    change(studio.session, vividness=0.9)
    change(studio.session, variant=1)
    change(studio.session, hints=(HINT,))
    studio.window.actions_.history.trigger()
    dock = studio.window.arrangement.history
    assert dock.isVisible()
    words = [dock.steps.item(row).text() for row in range(dock.steps.count())]
    assert words == ["As opened first", "Vividness 40 % → 90 %", "Variant 2", "Hint"]
    assert dock.steps.currentRow() == 3
    dock.steps.setCurrentRow(1)
    current = studio.session.current
    assert current is not None
    assert current.settings == Settings(0.9)
    assert [dock.steps.item(row).text() for row in range(dock.steps.count())] == words
    dock.steps.setCurrentRow(3)
    assert current.settings == Settings(0.9, hints=(HINT,), variant=1)
    dock.steps.setCurrentRow(0)
    assert current.settings == Settings()
    dock.close()
    assert not studio.window.actions_.history.isChecked()
    studio.session.close_photo()
    assert dock.isHidden()


def test_a_snapshot_is_compared_with_and_survives_reopening(studio: Studio, photo: Path) -> None:
    studio.open_colored(photo)
    actions = studio.window.actions_
    change(studio.session, vividness=0.9)
    assert not actions.compare_snapshot.isEnabled()
    studio.session.editing.take_snapshot("lively")
    change(studio.session, vividness=0.1)
    reopen(studio, photo)
    current = studio.session.current
    assert current is not None
    seen = [current.settings.vividness]
    for _ in range(4):
        actions.compare_snapshot.trigger()
        seen.append(current.settings.vividness)
    assert seen == [0.1, 0.9, 0.1, 0.9, 0.1]
    actions.drop_snapshot.trigger()
    assert not actions.compare_snapshot.isEnabled()
    reopen(studio, photo)
    assert studio.session.current is not None
    assert studio.session.current.snapshots == ()


def test_a_photo_that_was_colored_anew_is_so_again(studio: Studio, tmp_path: Path) -> None:
    photo = color_photo(tmp_path / "color.png")
    studio.window.open([photo])
    studio.wait_for(lambda: "already in color" in studio.said)
    studio.session.editing.recolor()
    studio.wait_for(studio.is_colored)
    reopen(studio, photo)
    studio.session.editing.forget_edits()
    studio.session.keeping.now()
    assert RecipeStore().read(sha256_of(photo)) is None
