"""Repair on one photo's way: before the model sees the photo, as the recipe says or as the photo needs it."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import ENHANCED, read_provenance
from handtint.progress import Progress
from handtint.recipe.damage import PAINT, Damage, Edit
from handtint.recipe.form import from_json, to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Fade, Repair, parse_repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.repair.damage.filling import fill, with_filling
from handtint.restore import repairing, way
from tests.fakes import FakeColorizer, FakeFinder, fake_card

SCRATCH = np.s_[20:70, 59:60]  # rows and columns


class Finder(FakeFinder):
    """Sees damage where it is nearly white."""

    card = fake_card("damage")

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
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
    pixels[SCRATCH] = 255
    path = tmp_path / "aunt.png"
    Image.fromarray(pixels).save(path)
    return path


def made(source: Path, recipe: Recipe, colorizer: FakeColorizer | None = None) -> tuple[np.ndarray, way.Saved, Path]:
    target = source.parent / "results" / source.name
    target.parent.mkdir(exist_ok=True)
    options = SaveOptions(overwrite=True)
    saved = way.restore(source, target, recipe, colorizer or FakeColorizer(), options, Progress())
    return np.asarray(read_photo(target).pixels), saved, target


def test_damage_is_repaired_before_the_model_sees_the_photo(scratched: Path) -> None:
    colorizer = FakeColorizer()
    recipe = Recipe(repair=Repair(damage=Damage(60)), is_colored=False)
    pixels, _, _ = made(scratched, recipe, colorizer)
    before = np.asarray(Image.open(scratched))
    gray = pixels if pixels.ndim == 2 else pixels[..., 0]
    assert gray[SCRATCH].max() < 140
    changed = gray != before
    assert not changed[:, :55].any()
    assert not changed[:, 65:].any()
    assert colorizer.seen[0][:, 19:24].max() < 58  # with the scratch, shrunk, more than 62


def test_a_photo_that_is_only_repaired_stays_gray_and_says_what_was_done(scratched: Path) -> None:
    recipe = Recipe(repair=Repair(damage=Damage(60), fade=Fade(40)), is_colored=False)
    pixels, _, target = made(scratched, recipe)
    assert pixels.ndim == 2
    note = read_provenance(target)
    assert note is not None
    assert (note.model, note.card_sha256) == (None, None)
    packet = target.read_bytes()
    assert ENHANCED.encode() in packet
    assert b"compositeWithTrainedAlgorithmicMedia" not in packet
    assert b"restored: damage 60, fade 40" in packet
    assert from_json(Recipe, note.recipe) == recipe


def test_auto_writes_down_what_it_decided(scratched: Path) -> None:
    _, saved, target = made(scratched, Recipe(is_repair_automatic=True))
    assert saved.notes == ("Repaired: 1 scratch or hair; faded: blacks at 29 %, whites at 100 %.",)
    note = read_provenance(target)
    assert note is not None
    followed = from_json(Recipe, note.recipe)
    assert not followed.is_repair_automatic
    assert followed.repair.damage.sensitivity > 0
    again, _, _ = made(scratched, Recipe(repair=followed.repair))
    assert np.array_equal(again, np.asarray(read_photo(target).pixels))


def test_auto_leaves_a_sound_photo_as_it_is(tmp_path: Path) -> None:
    sound = np.clip(np.random.default_rng(1).normal(0, 2, (90, 120)) + np.linspace(4, 236, 120), 2, 238)
    Image.fromarray(sound.astype(np.uint8)).save(tmp_path / "a.png")
    recipe = Recipe(is_repair_automatic=True, is_colored=False)
    pixels, _, _ = made(tmp_path / "a.png", recipe)
    assert np.array_equal(pixels, sound.astype(np.uint8))


def test_a_photo_in_color_is_repaired_and_not_refused(tmp_path: Path) -> None:
    hue, saturation = np.meshgrid(np.arange(0, 240, 3, dtype=np.uint8), np.arange(100, 220, 2, dtype=np.uint8))
    Image.fromarray(np.dstack([hue, saturation, saturation]), "HSV").convert("RGB").save(tmp_path / "c.png")
    pixels, _, target = made(tmp_path / "c.png", Recipe(repair=Repair(fade=Fade(50))))
    note = read_provenance(target)
    assert note is not None
    assert note.model is None  # its colors are its own
    assert pixels.ndim == 3
    with pytest.raises(way.AlreadyInColor):
        made(tmp_path / "c.png", Recipe())


def test_marks_of_damage_follow_the_photo_when_it_is_turned(scratched: Path) -> None:
    mark = Edit(PAINT, ((59.5, 20.0), (59.5, 69.0)), 2.0)
    upright = Recipe(repair=Repair(damage=Damage(0, (mark,))), is_colored=False)
    turned = Recipe(repair=upright.repair, is_colored=False, geometry=Geometry(turn=90))
    straight, _, _ = made(scratched, upright)
    on_side, _, _ = made(scratched, turned)
    assert straight[SCRATCH].max() < 140
    assert np.rot90(on_side)[SCRATCH].max() < 140


@pytest.mark.parametrize("sensitivity", [0, 60])
def test_exactly_what_is_marked_is_filled(scratched: Path, sensitivity: float) -> None:
    photo = read_photo(scratched)
    edits = (Edit(PAINT, ((20.0, 20.0), (40.0, 70.0)), 4.0), Edit(PAINT, ((90.0, 45.0),), 30.0))
    repair = Repair(damage=Damage(sensitivity, edits))
    found = repairing.look_for_damage(photo, Progress())
    marks = repairing.marked(photo, repair, found)
    assert marks.filled.mask()[30, 24]
    assert len(marks.left)  # the second is too large
    filling = fill(photo, marks.filled | marks.left, Progress(), marks.doubtful)
    assert np.array_equal(filling.places.numbers, marks.filled.numbers)
    assert np.array_equal(filling.left.numbers, marks.left.numbers)
    result, _ = repairing.repaired(photo, repair, Progress(), found)
    assert np.array_equal(np.asarray(result.pixels), np.asarray(with_filling(photo, filling).pixels))


def test_strokes_mean_the_same_whatever_else_is_known_of_the_photo(scratched: Path) -> None:
    photo = read_photo(scratched)
    repair = Repair(damage=Damage(0, (Edit(PAINT, ((50.0, 20.0), (56.0, 70.0)), 3.0),)))
    found = repairing.look_for_damage(photo, Progress())
    knowing, _ = repairing.repaired(photo, repair, Progress(), found)
    alone, _ = repairing.repaired(photo, repair, Progress())
    assert np.array_equal(np.asarray(knowing.pixels), np.asarray(alone.pixels))


def test_a_stroke_that_crosses_the_crop_is_seen_though_none_of_its_points_is(scratched: Path) -> None:
    stroke = Edit(PAINT, ((59.5, 2.0), (59.5, 88.0)), 2.0)
    recipe = Recipe(
        repair=Repair(damage=Damage(0, (stroke,))),
        geometry=Geometry(crop=(40.0, 25.0, 40.0, 40.0)),
        is_colored=False,
    )
    pixels, _, _ = made(scratched, recipe)
    assert pixels[:, 19].max() < 140


def test_a_recipe_without_repair_is_written_as_before_there_was_any() -> None:
    assert set(to_json(Recipe(Settings()))) <= {"version", "color"}


def test_the_command_line_repairs(scratched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = scratched.parent / "out"
    load = lambda *_: FakeColorizer()  # noqa: E731
    options = ["restore", str(scratched), "-o", str(out)]
    assert cli.main([*options, "--repair", "damage=60,fade=20", "--no-color"], load) == exit_codes.OK
    assert "1 restored." in capsys.readouterr().out
    note = read_provenance(out / scratched.name)
    assert note is not None
    assert from_json(Recipe, note.recipe).repair == parse_repair("damage=60,fade=20")
    assert cli.main([*options, "--repair", "dammage=60"], load) == exit_codes.WRONG_USAGE
    assert 'Did you mean "damage"?' in capsys.readouterr().err
    assert cli.main([*options, "--repair", "auto", "--gray", "red"], load) == exit_codes.FAILED


def test_inspect_says_what_it_found(scratched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(scratched)]) == exit_codes.OK
    assert "scratch" in capsys.readouterr().out
    assert cli.main(["inspect", str(scratched), str(scratched.parent / "none.png"), "--json"]) == exit_codes.FAILED
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["repair"]["damage"] > 0
    assert "no such file" in second["error"]


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("recipe", [Recipe(), Recipe(repair=Repair(fade=Fade(0.5)), geometry=Geometry(straighten=2.0))])
def test_a_photo_is_let_go_of_as_soon_as_its_result_is_saved(
    scratched: Path, suffix: str, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when Python next looks for circles of references: a large one is some hundred megabytes."""
    source = scratched.with_suffix(f".{suffix}")
    Image.open(scratched).save(source)
    read, pictures = way.read, []

    def watched(*args: Any, **options: Any) -> Photo:
        photo = read(*args, **options)
        pictures.append(weakref.ref(photo.pixels))
        return photo

    monkeypatch.setattr(way, "read", watched)
    gc.collect()
    gc.disable()
    try:
        made(source, recipe)
        assert [picture() for picture in pictures] == [None]
    finally:
        gc.enable()
