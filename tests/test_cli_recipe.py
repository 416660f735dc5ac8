"""Recipes on the command line: printed, and done again with the same pixels."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from skimage import data

from handtint import model_card, paths
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import read_provenance
from handtint.recipe.files import RecipeFile, has_places, read_recipe_file, without_places, write_recipe_file
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.history import Step
from handtint.recipe.presets import Presets, applied
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore, kept_now
from handtint.restore import repairing
from handtint.stamps import sha256_of
from tests.fakes import FakeColorizer, fake_card

HINT = Hint(20, 20, 6, 60, 40)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two photos and two models."""
    Image.fromarray(data.camera()[::8, ::8]).save(tmp_path / "a.png")
    Image.fromarray(data.camera()[::8, ::9]).save(tmp_path / "b.png")
    models = tmp_path / "models"
    models.mkdir()
    for name in ("unet", "small"):
        metadata = {model_card.CARD_KEY: fake_card(name).to_json()}
        save_file({"w": np.zeros(4, np.float16)}, models / f"{name}.safetensors", metadata)
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: models)
    return tmp_path


def run(*arguments: object) -> int:
    return cli.main(list(map(str, arguments)), lambda model, device, threads: FakeColorizer(model.card))


def restore(folder: Path, *arguments: object, photo: str = "a.png", out: str = "out") -> int:
    return run("restore", folder / photo, "-o", folder / out, *arguments)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def write(folder: Path, value: object) -> Path:
    path = folder / "recipe.json"
    path.write_text(json.dumps(value))
    return path


def test_a_result_is_made_again_by_its_own_recipe(folder: Path) -> None:
    assert restore(folder, "--vividness", 0.9, "--strength", 1.3, "--variant", 3, "--model", "small") == exit_codes.OK
    assert restore(folder, "--recipe", folder / "out" / "a.png", out="again") == exit_codes.OK
    assert (pixels(folder / "again" / "a.png") == pixels(folder / "out" / "a.png")).all()
    assert restore(folder, out="plain") == exit_codes.OK
    assert (pixels(folder / "plain" / "a.png") != pixels(folder / "out" / "a.png")).any()


def test_looking_closely_is_noted_in_the_result_and_done_again(folder: Path) -> None:
    assert restore(folder, "--closely") == exit_codes.OK
    assert restore(folder, "--recipe", folder / "out" / "a.png", out="again") == exit_codes.OK
    assert restore(folder, out="plain") == exit_codes.OK
    notes = [read_provenance(folder / out / "a.png") for out in ("out", "again", "plain")]
    assert [note and note.recipe["color"].get("closely") for note in notes] == [True, True, None]
    assert (pixels(folder / "again" / "a.png") == pixels(folder / "out" / "a.png")).all()
    assert (pixels(folder / "plain" / "a.png") != pixels(folder / "out" / "a.png")).any()


def test_the_recipe_of_a_result_is_printed_and_can_be_used_as_a_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    restore(folder, "--vividness", 0.9, "--model", "small")
    capsys.readouterr()
    assert run("recipe", folder / "out" / "a.png") == exit_codes.OK
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "version": 1,
        "photo": "a.png",
        "sha256": sha256_of(folder / "a.png"),
        "recipe": {"color": {"vividness": 0.9}, "model": "small"},
    }
    assert restore(folder, "--recipe", write(folder, printed), out="again") == exit_codes.OK
    assert (pixels(folder / "again" / "a.png") == pixels(folder / "out" / "a.png")).all()


def test_the_recipe_of_a_photo_is_the_one_that_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("recipe", folder / "a.png") == exit_codes.FAILED
    assert "Nothing was changed" in capsys.readouterr().err
    sha256, recipe = sha256_of(folder / "a.png"), Recipe(Settings(0.7, hints=(HINT,)), "small")
    RecipeStore().write(kept_now(sha256, "old name.png", recipe, [Step(Recipe())], []))
    assert run("recipe", folder / "a.png") == exit_codes.OK
    printed = capsys.readouterr().out
    (folder / "printed.json").write_text(printed)
    assert read_recipe_file(folder / "printed.json") == RecipeFile(recipe, "a.png", sha256)
    (kept,) = RecipeStore().folder.iterdir()
    assert read_recipe_file(kept).recipe == recipe


def test_adjustments_are_options_and_stand_in_the_recipe_and_in_the_history_of_the_result(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--warmth", -20, "--saturation", "skin=80, foliage=120"]
    assert restore(folder, *asked) == exit_codes.OK
    assert restore(folder, out="plain") == exit_codes.OK
    assert (pixels(folder / "plain" / "a.png") != pixels(folder / "out" / "a.png")).any()
    capsys.readouterr()
    run("recipe", folder / "out" / "a.png")
    color = json.loads(capsys.readouterr().out)["recipe"]["color"]
    assert color == {"vividness": 0.4, "adjust": {"warmth": -20.0, "skin": 80.0, "foliage": 120.0}}
    note = (folder / "out" / "a.png").read_bytes()
    assert b"colorized by the model unet, its colors adjusted: warmth -20, skin 80 %, foliage 120 %" in note
    assert b"its colors adjusted" not in (folder / "plain" / "a.png").read_bytes()
    again = ["--recipe", folder / "out" / "a.png", "--warmth", 0, "--saturation", "skin=100"]
    assert restore(folder, *again, out="again") == exit_codes.OK
    capsys.readouterr()
    run("recipe", folder / "again" / "a.png")
    assert json.loads(capsys.readouterr().out)["recipe"]["color"]["adjust"] == {"foliage": 120.0}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--warmth", "101"], "not a number from -100"),
        (["--warmth", "nan"], "not a number from -100"),
        (["--saturation", "skn=4"], 'Did you mean "skin"?'),
        (["--saturation", "skin=300"], "Give percent from 0 to 200"),
    ],
)
def test_adjustments_out_of_range_are_wrong_usage(
    folder: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(folder, *options) == 2
    assert said in capsys.readouterr().err


def test_protected_places_come_by_a_recipe_for_that_photo_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    color = {"protected": {"width": 8, "height": 1, "runs": "4u4a"}}
    value = {"photo": "a.png", "sha256": sha256_of(folder / "a.png"), "recipe": {"color": color}}
    assert restore(folder, "--recipe", write(folder, value)) == exit_codes.OK
    made, original = pixels(folder / "out" / "a.png"), pixels(folder / "a.png")
    assert (made[:, :16] == original[:, :16, None]).all()
    assert np.ptp(made[:, 48:].astype(int), axis=2).max() > 10
    assert b"its colors adjusted: protected places" in (folder / "out" / "a.png").read_bytes()
    assert restore(folder, "--recipe", folder / "recipe.json", photo="b.png") == exit_codes.FAILED
    assert 'made for another photo, "a.png"' in capsys.readouterr().err


def test_a_photo_that_stays_gray_has_no_adjusted_colors(folder: Path) -> None:
    assert restore(folder, "--no-color", "--warmth", 50) == exit_codes.OK
    assert b"its colors adjusted" not in (folder / "out" / "a.png").read_bytes()


def test_options_go_before_the_recipe(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    look = write(folder, {"version": 1, "color": {"vividness": 0.9, "variant": 2}, "model": "small"})
    assert restore(folder, "--recipe", look, "--variant", 1, "--model", "unet") == exit_codes.OK
    capsys.readouterr()
    run("recipe", folder / "out" / "a.png")
    assert json.loads(capsys.readouterr().out)["recipe"] == {"color": {"vividness": 0.9}, "model": "unet"}


def test_hints_of_another_photo_are_refused_and_bare_settings_are_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = RecipeFile(Recipe(Settings(0.9, hints=(HINT,))), "a.png", sha256_of(folder / "a.png"))
    write_recipe_file(folder / "recipe.json", file, overwrite=True)
    assert restore(folder, "--recipe", folder / "recipe.json") == exit_codes.OK
    assert restore(folder, "--recipe", folder / "recipe.json", photo="b.png") == exit_codes.FAILED
    said = capsys.readouterr().err
    assert 'made for another photo, "a.png"' in said
    assert not (folder / "out" / "b.png").exists()
    look = dataclasses.replace(file, recipe=Recipe(Settings(0.9)))
    write_recipe_file(folder / "recipe.json", look, overwrite=True)
    assert restore(folder, "--recipe", folder / "recipe.json", photo="b.png") == exit_codes.OK


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"version": 99, "recipe": {}}, "newer Handtint"),
        ({"version": 99, "color": {}}, "newer Handtint"),
        ({"recipe": {"colour": {}}}, 'Did you mean "color"?'),
        ({"recipe": {"color": {"vividness": float("nan")}}}, "must be a number, not NaN"),
        ({"recipe": {"color": {"hints": [{"x": float("inf"), "y": 1, "radius": 1, "a": 1, "b": 1}]}}}, "a number"),
        ({"recipe": {}, "sha256": "../.."}, "64 hexadecimal digits"),
        ({"recipe": 7}, "must be an object"),
        ({"recipe": {"color": {"protected": {"width": 2, "height": 2, "runs": "x"}}}}, "not a list of runs"),
        ({"recipe": {"color": {"protected": {"width": 900, "height": 2, "runs": "1800a"}}}}, "may have 1 to 512"),
        ([1], "must be an object"),
        ({"recipe": {"model": "unett"}}, 'Did you mean "unet"?'),
        ({"a.png": [{"x": 1}]}, "has no y"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    folder: Path, value: object, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(folder, "--recipe", write(folder, value)) == exit_codes.FAILED
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert not (folder / "out").exists()


@pytest.mark.parametrize("data_", [b"", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_recipe_is_told_too(folder: Path, data_: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "r.json").write_bytes(data_)
    assert restore(folder, "--recipe", folder / "r.json") == exit_codes.FAILED
    assert restore(folder, "--recipe", folder / "gone.json") == exit_codes.FAILED
    assert restore(folder, "--recipe", folder / "b.png") == exit_codes.FAILED
    said = capsys.readouterr().err
    assert "it is not there" in said
    assert '"b.png" holds no recipe' in said


def test_a_file_of_hints_is_a_recipe(folder: Path) -> None:
    hints = {"a.png": [{"x": 20, "y": 20, "radius": 10, "color": "#ff2020"}]}
    assert restore(folder, "--recipe", write(folder, hints)) == exit_codes.OK
    color = pixels(folder / "out" / "a.png")[20, 20].astype(int)
    assert color[0] > color[1] + 50


def test_a_preset_is_found_by_its_name(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Repair | None] = []

    def nothing_to_do(photo: Photo, repair: Repair | None, *_: object, **__: object) -> tuple[Photo, Repair]:
        asked.append(repair)
        return photo, Repair()

    monkeypatch.setattr(repairing, "repaired", nothing_to_do)  # the networks for it are not here
    assert restore(folder, "--preset", "repair only, stay gray") == exit_codes.OK
    assert asked == [None]  # the photo itself decides
    found = pixels(folder / "out" / "a.png").astype(int)
    assert found.ndim == 2 or np.ptp(found, axis=2).max() <= 1
    Presets().save("Mine", Recipe(Settings(0.9, variant=2, hints=(HINT,)), "small"))
    assert restore(folder, "--preset", "Mine", photo="b.png") == exit_codes.OK
    capsys.readouterr()
    run("recipe", folder / "out" / "b.png")
    found_recipe = json.loads(capsys.readouterr().out)["recipe"]
    assert found_recipe == {"color": {"vividness": 0.9, "variant": 2}, "model": "small"}
    assert restore(folder, "--preset", "nobody's") == exit_codes.FAILED
    assert '"Quiet archive"' in capsys.readouterr().err


def test_hints_are_places_and_settings_are_none() -> None:
    assert has_places(Recipe(Settings(hints=(HINT,))))
    assert not has_places(Recipe(Settings(0.9, variant=1), "unet"))


def test_how_a_photo_is_cropped_is_a_place_and_no_part_of_a_preset() -> None:
    framed = Recipe(Settings(0.9), geometry=Geometry(90))
    assert has_places(framed)
    assert not has_places(Recipe(Settings(0.9)))
    assert without_places(framed) == Recipe(Settings(0.9))
    photo = Recipe(Settings(), geometry=Geometry(180))
    assert applied(photo, Recipe(Settings(0.9))).geometry == Geometry(180)
    assert applied(photo, framed, ("geometry",)).geometry == Geometry(90)
