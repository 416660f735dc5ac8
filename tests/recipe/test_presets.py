"""Presets: recipes with names, kept, renamed, handed on, and put on any photo."""

from __future__ import annotations

from pathlib import Path

import pytest

from handtint.recipe.damage import Damage, Edit
from handtint.recipe.files import RecipeFile, write_recipe_file
from handtint.recipe.form import RecipeError
from handtint.recipe.hints import Hint
from handtint.recipe.presets import BUNDLED, PresetError, Presets, applied
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import FadedColor, Repair
from handtint.recipe.settings import Settings

HINT = Hint(1, 2, 3, 4, 5)
LOOK = Recipe(Settings(0.8, 1.2, variant=1), "small")


@pytest.fixture
def presets(tmp_path: Path) -> Presets:
    return Presets(tmp_path / "presets")


def names(presets: Presets) -> list[str]:
    return [preset.name for preset in presets.all()[len(BUNDLED) :]]


def test_four_come_with_the_program(presets: Presets) -> None:
    assert [preset.name for preset in presets.all()] == [
        "Quiet archive",
        "Lively family",
        "Repair only, stay gray",
        "As the model sees it",
    ]


def test_a_preset_is_a_recipe_without_its_places(presets: Presets) -> None:
    presets.save(" Oma: 1/2 ", LOOK.with_color(Settings(0.8, 1.2, (HINT,), True, 1)))
    assert presets.named("oma: 1/2").recipe == LOOK
    assert names(presets) == ["Oma: 1/2"]


def test_a_preset_put_on_a_photo_leaves_its_hints(presets: Presets) -> None:
    photo = Recipe(Settings(hints=(HINT,), recolor=True), "unet")
    assert applied(photo, LOOK) == Recipe(Settings(0.8, 1.2, (HINT,), True, 1), "small")
    assert applied(photo, Recipe(LOOK.color)).model == "unet"
    assert applied(photo, LOOK, ("geometry",)) == photo
    assert applied(photo, LOOK, with_places=True).color == LOOK.color


def test_a_preset_that_only_repairs_does_so_on_any_photo_and_one_with_color_colors_it_again() -> None:
    stay_gray = next(preset.recipe for preset in BUNDLED if preset.name == "Repair only, stay gray")
    quiet = next(preset.recipe for preset in BUNDLED if preset.name == "Quiet archive")
    made = applied(Recipe(Settings(hints=(HINT,)), "unet"), stay_gray)
    assert (made.is_repair_automatic, made.is_colored, made.model, made.color.hints) == (True, False, "unet", (HINT,))
    assert applied(made, quiet) == Recipe(Settings(0.1, 0.8, (HINT,)), "unet")
    assert applied(Recipe(), stay_gray, ("repair",)) == Recipe(is_repair_automatic=True)
    assert applied(Recipe(), stay_gray, ("color",)) == Recipe(is_colored=False)


def test_marks_of_damage_and_a_white_point_stay_with_their_photo() -> None:
    own = Repair(Damage(edits=(Edit("leave", ((3, 4),)),)), faded_color=FadedColor(white=(1, 2)))
    other = Repair(Damage(60, (Edit("add", ((9, 9),)),)), faded_color=FadedColor(40, (5, 5)))
    made = applied(Recipe(repair=own), Recipe(repair=other)).repair
    assert made == Repair(Damage(60, own.damage.edits), faded_color=FadedColor(40, (1, 2)))
    assert applied(Recipe(repair=own), Recipe(repair=other), with_places=True).repair == other


def test_presets_are_renamed_and_deleted(presets: Presets) -> None:
    presets.save("b", LOOK)
    presets.save("a", Recipe())
    assert names(presets) == ["a", "b"]
    presets.rename("b", "B")
    presets.rename("a", "Zoe")
    assert names(presets) == ["B", "Zoe"]
    presets.delete("zoe")
    assert names(presets) == ["B"]
    assert presets.named("b").recipe == LOOK


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb"])
def test_names_that_are_none_are_refused(presets: Presets, name: str) -> None:
    with pytest.raises(PresetError, match="needs a name"):
        presets.save(name, LOOK)


def test_a_name_that_is_taken_is_not_replaced_unasked(presets: Presets) -> None:
    presets.save("Mine", LOOK)
    with pytest.raises(PresetError, match="already"):
        presets.save("MINE", Recipe())
    with pytest.raises(PresetError, match="already"):
        presets.save("quiet archive", LOOK, overwrite=True)
    presets.save("mine", Recipe(), overwrite=True)
    assert names(presets) == ["mine"]


def test_what_comes_with_the_program_stays(presets: Presets) -> None:
    for change in (lambda: presets.delete("Quiet archive"), lambda: presets.rename("Quiet archive", "Loud")):
        with pytest.raises(PresetError, match="stays as it is"):
            change()


def test_a_preset_goes_to_another_computer(presets: Presets, tmp_path: Path) -> None:
    presets.save("Mine", LOOK)
    presets.export("Mine", tmp_path / "mine.json", overwrite=False)
    with pytest.raises(FileExistsError):
        presets.export("Mine", tmp_path / "mine.json", overwrite=False)
    other = Presets(tmp_path / "other")
    assert other.import_(tmp_path / "mine.json").name == "Mine"
    assert other.import_(tmp_path / "mine.json").name == "Mine (2)"
    assert other.named("Mine (2)").recipe == LOOK
    write_recipe_file(tmp_path / "of a photo.json", RecipeFile(LOOK, "a.jpg", "0" * 64), overwrite=True)
    assert other.import_(tmp_path / "of a photo.json").name == "of a photo"


def test_strangers_files_among_the_presets_stop_nothing(presets: Presets, tmp_path: Path) -> None:
    presets.save("Mine", LOOK)
    for number, text in enumerate(
        ("", "[", '{"recipe": {}}', '{"recipe": {"color": {"vividness": NaN}}, "name": "x"}')
    ):
        (presets.folder / f"{number}.json").write_text(text)
    assert names(presets) == ["Mine"]
    with pytest.raises(RecipeError):
        presets.import_(presets.folder / "1.json")
