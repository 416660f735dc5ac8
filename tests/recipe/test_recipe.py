"""What a person asks of a photo, as JSON: nothing lost, nothing misread, and what is added later changes nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handtint.album.choices import read_choices, write_choices
from handtint.album.entries import Entry
from handtint.album.journal import Journal
from handtint.album.order import Order
from handtint.album.plan import plan
from handtint.album.scenes.known import Lead
from handtint.imaging.hint_files import HintError, read_hints
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import Provenance, read_provenance
from handtint.imaging.writing import write_photo
from handtint.model_card import ModelFile
from handtint.recipe.adjust import Adjust
from handtint.recipe.form import VERSION, RecipeError, always_written, from_json, part_to_json, to_json
from handtint.recipe.hints import Hint
from handtint.recipe.protected import Protected
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.stamps import sha256_of, stamp_of
from tests.fakes import fake_card

MODEL = ModelFile(Path("/models/fake.safetensors"), fake_card(), 8)
HINTS = (Hint(10.5, 20.0, 3.0, 12.5, -40.0), Hint(1.0, 2.0, 0.5, 0.0, 0.0))
GRAY_CORNER = Protected(4, 2, "u3a4k")
FULL = Recipe(Settings(0.9, 1.5, HINTS, True, 2, Adjust(-20, 80, 120, 90, 110), GRAY_CORNER), "unet")


@dataclass(frozen=True)
class Fade:
    amount: float = 0.0
    white: tuple[float, float] | None = None


@dataclass(frozen=True)
class LaterSettings(Settings):
    """With a field that a later version might add."""

    warmth: float = 0.0


@dataclass(frozen=True)
class LaterRecipe(Recipe):
    """With a part that a later version might add."""

    color: Settings = field(default_factory=LaterSettings)
    fade: Fade = field(default_factory=Fade)


def test_a_recipe_comes_back_from_json_as_it_was() -> None:
    for recipe in (Recipe(), FULL, Recipe(Settings(strength=0.0)), Recipe(model="mine")):
        assert recipe_from_json(json.loads(json.dumps(to_json(recipe)))) == recipe


def test_what_is_as_usual_is_left_out_but_for_what_is_a_matter_of_taste() -> None:
    assert to_json(Recipe()) == {"version": VERSION, "color": {"vividness": 0.4}}
    assert part_to_json(SaveOptions()) == {}
    assert "strength" not in part_to_json(Settings(variant=1))


def test_files_keep_their_vividness_though_the_default_may_change_one_day() -> None:
    @dataclass(frozen=True)
    class Livelier:
        vividness: float = always_written(0.9)

    written = part_to_json(Settings())
    assert from_json(Livelier, written).vividness == Settings().vividness == 0.4


def test_the_defaults_that_files_leave_out_are_what_they_always_were() -> None:
    # A change here changes what every file means that left it out: raise the version, and read the earlier ones.
    assert dataclasses.asdict(Recipe(Settings(vividness=0.4))) == {
        "color": {
            "vividness": 0.4,
            "strength": 1.0,
            "hints": (),
            "recolor": False,
            "variant": 0,
            "adjust": {"warmth": 0.0, "skin": 100.0, "foliage": 100.0, "sky": 100.0, "other": 100.0},
            "protected": None,
            "reference": None,
            "closely": False,
        },
        "model": None,
        "geometry": {"turn": 0, "mirrored": False, "straighten": 0.0, "corners": None, "crop": None},
        "repair": {
            "damage": {"sensitivity": 0.0, "edits": ()},
            "fade": {"amount": 0.0, "even": 0.0},
            "gray": "lightness",
            "faded_color": {"amount": 0.0, "white": None},
            "noise": {"amount": 0.0, "grain": 0.0, "blocks": 0.0, "screen": 0.0},
            "sharpness": {"amount": 0.0},
        },
        "is_repair_automatic": False,
        "is_colored": True,
        "source": {"page": 1, "partial": False},
        "is_inverted": False,
        "part": 0,
    }
    assert dataclasses.asdict(SaveOptions()) == {
        "format": None,
        "quality": 95,
        "smaller": False,
        "provenance": True,
        "overwrite": False,
        "keep_time": False,
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"colour": {}}, 'The recipe has "colour", which means nothing here. Did you mean "color"?'),
        ({"version": 1, "xyz": 1}, 'The recipe has "xyz", which means nothing here. It may have color, model'),
        (
            {"color": {"vividnes": 1}},
            'The recipe, at color, has "vividnes", which means nothing here. Did you mean "vivi',
        ),
        ({"color": {"vividness": "1"}}, 'The recipe: color.vividness must be a number, not "1".'),
        ({"color": {"vividness": True}}, "color.vividness must be a number, not true."),
        ({"color": {"vividness": float("nan")}}, "color.vividness must be a number, not NaN."),
        ({"color": {"strength": float("inf")}}, "color.strength must be a number"),
        ({"color": {"strength": 10**400}}, "color.strength must be a number, not 1000"),
        ({"color": {"strength": None}}, "color.strength must be a number, not null."),
        ({"color": {"vividness": 1.5}}, "cannot be used: vividness must be from 0 to 1, not 1.5."),
        ({"color": {"variant": 1.0}}, "color.variant must be a whole number, not 1.0."),
        ({"color": {"variant": 3}}, "the variant must be a whole number from 0 to 2, not 3."),
        ({"color": {"recolor": 1}}, "color.recolor must be true or false, not 1."),
        ({"color": {"hints": {}}}, "color.hints must be a list, not {}."),
        ({"color": {"hints": [{"x": 1}]}}, "The recipe, at color.hints[0], has no y."),
        ({"color": {"hints": [{"x": 1, "y": 1, "radius": 0, "a": 1, "b": 1}]}}, "radius 0, which must be above 0."),
        (
            {"color": {"adjust": {"warmth": 101}}},
            "color.adjust, cannot be used: warmth must be from -100 to 100, not 101.",
        ),
        ({"color": {"adjust": {"skin": -1}}}, "the saturation of skin must be from 0 to 200 %, not -1."),
        ({"color": {"adjust": {"hair": 1}}}, 'at color.adjust, has "hair", which means nothing here.'),
        ({"color": {"protected": {"width": 2}}}, "The recipe, at color.protected, has no height."),
        ({"color": {"protected": {"width": 513, "height": 1, "runs": "513a"}}}, "513 x 1 cells; it may have 1 to 512"),
        ({"color": {"protected": {"width": 2, "height": 2, "runs": "3a"}}}, "runs for 3 cells, and not for 2 x 2."),
        ({"color": {"protected": {"width": 2, "height": 2, "runs": "4v"}}}, "is not a list of runs such as 500a12u3k."),
        ({"color": {"protected": {"width": 2, "height": 2, "runs": "04a"}}}, "is not a list of runs"),
        (
            {"color": {"protected": {"width": 2, "height": 2, "runs": [4, 0]}}},
            "protected.runs must be a text, not [4, 0].",
        ),
        ({"color": {"protected": {"width": 512, "height": 512, "runs": "au" * 51200}}}, "is too ragged: its text has"),
        ({"model": 5}, "model must be a text, not 5."),
        ([], "The recipe must be an object in braces, not []."),
        ({"version": VERSION + 1, "new": 1}, "was made by a newer Handtint"),
        ({"version": "1"}, 'has the version "1", which must be a whole number from 1.'),
    ],
)
def test_a_wrong_recipe_is_refused_with_what_is_wrong(value: Any, said: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe_from_json(value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pair_of_numbers_has_two() -> None:
    assert from_json(Fade, {"amount": 5, "white": [3, 4]}) == Fade(5.0, (3.0, 4.0))
    assert to_json(Fade(white=(3, 4))) == {"version": VERSION, "white": [3.0, 4.0]}
    with pytest.raises(RecipeError, match="white must be a list of 2 values"):
        from_json(Fade, {"white": [3]})


def test_settings_that_handtint_0_1_wrote_are_read() -> None:
    earlier = {"vividness": 0.9, "strength": 1.0, "hints": [], "recolor": False, "variant": 1}
    assert recipe_from_json(earlier) == Recipe(Settings(0.9, variant=1))


def test_the_recipe_needs_neither_numpy_nor_qt() -> None:
    code = (
        "import sys, handtint.recipe.recipe, handtint.recipe.saving, handtint.recipe.history;"
        "print([m for m in ('numpy', 'PySide6') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# albums


def settings_of_0_1(recipe: Recipe) -> dict[str, Any]:
    """All the fields that there were."""
    known = ("vividness", "strength", "hints", "recolor", "variant")
    return {name: value for name, value in dataclasses.asdict(recipe.color).items() if name in known}


def asked_by_0_1(order: Order, photo: Path) -> tuple[str, str]:
    """What Handtint 0.1 wrote into a journal for a photo: the hash, and what it is the hash of. As it did it."""
    save = dataclasses.asdict(order.save)
    del save["overwrite"]
    del save["keep_time"]
    if not save["smaller"]:
        del save["smaller"]
    card = order.model.card
    model = {"name": card.name, "card_sha256": card.sha256, "size_bytes": order.model.size_bytes}
    what = {"settings": settings_of_0_1(order.recipe_of(photo)), "save": save, "model": model}
    lead = order.lead_of(photo)
    if lead is not None:
        its = settings_of_0_1(order.recipe_of(lead.path))
        del its["strength"], its["recolor"]
        what["follows"] = {"name": lead.path.name, "sha256": lead.sha256, "settings": its}
    asked = json.dumps(what, sort_keys=True)
    what = json.loads(asked)
    del what["settings"]["recolor"]
    what.get("follows", {}).pop("name", None)
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest(), asked


def finished(source: Path, out: Path, journal: Journal, work: str, asked: str = "") -> Path:
    """As if a run had made the photo."""
    target = out / source.name
    Image.new("L", (8, 8), 200).save(target)
    sha256, made = sha256_of(source), stamp_of(target)
    journal.write(Entry(target, source.absolute(), "done", stamp_of(source), work, sha256, made=made), asked)
    return target


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "album" / "a.png"
    path.parent.mkdir()
    Image.new("L", (8, 8), 100).save(path)
    return path


@pytest.mark.parametrize("color", [Settings(), Settings(0.9, 1.2, HINTS, recolor=True, variant=1)])
@pytest.mark.parametrize("save", [SaveOptions(), SaveOptions("png", 80, smaller=True, provenance=False)])
def test_an_album_that_handtint_0_1_made_stays_made(
    source: Path, tmp_path: Path, color: Settings, save: SaveOptions
) -> None:
    out, order = tmp_path / "out", Order(MODEL, Recipe(color), save)
    with Journal(out) as journal:
        target = finished(source, out, journal, *asked_by_0_1(order, source))
        assert plan([source.parent], out, order, journal).jobs == []
        other = dataclasses.replace(order, recipe=Recipe(dataclasses.replace(color, strength=0.5)))
        (job,) = plan([source.parent], out, other, journal).jobs
        assert (job.target, job.why) == (target, "settings, model or format changed")


def test_which_print_of_a_scan_it_is_makes_no_result_anew(source: Path) -> None:
    works = {Order(MODEL, Recipe(part=part)).work(source) for part in (0, 1, 2)}
    assert len(works) == 1
    with pytest.raises(RecipeError, match="from 1 to 999"):
        Recipe(part=-1)


def test_a_photo_that_followed_another_in_handtint_0_1_still_does(tmp_path: Path) -> None:
    lead, photo = Lead(tmp_path / "lead.png", "aa"), tmp_path / "a.png"
    order = Order(MODEL, Recipe(Settings(0.7)), by_scene=True, leads={photo: lead})
    work, _ = asked_by_0_1(order, photo)
    assert order.is_work(photo, work)
    livelier = dataclasses.replace(order, own={lead.path: Recipe(Settings(1.0))})
    assert not livelier.is_work(photo, work)


def test_a_field_that_is_added_makes_no_finished_album_anew(source: Path, tmp_path: Path) -> None:
    out, order = tmp_path / "out", Order(MODEL)
    later = dataclasses.replace(order, recipe=LaterRecipe())
    with Journal(out) as journal:
        finished(source, out, journal, order.work(source), order.asked(source))
        assert plan([source.parent], out, later, journal).jobs == []
        for changed in (LaterRecipe(fade=Fade(40.0)), LaterRecipe(LaterSettings(warmth=0.5))):
            asks = dataclasses.replace(order, recipe=changed)
            assert [job.source for job in plan([source.parent], out, asks, journal).jobs] == [source]


def test_adjustments_and_protected_places_make_a_photo_anew_and_their_defaults_do_not(source: Path) -> None:
    order, plain = Order(MODEL), Settings()
    for color in (Settings(adjust=Adjust(warmth=1)), Settings(adjust=Adjust(sky=99)), Settings(protected=GRAY_CORNER)):
        other = dataclasses.replace(order, recipe=Recipe(color))
        assert other.work(source) != order.work(source)
        assert not other.is_work(source, asked_by_0_1(order, source)[0])
    same = dataclasses.replace(order, recipe=Recipe(dataclasses.replace(plain, adjust=Adjust(), protected=None)))
    assert same.asked(source) == order.asked(source)
    assert json.loads(order.asked(source))["recipe"] == {"color": {"vividness": 0.4}}


def test_how_a_lead_is_adjusted_does_not_concern_its_followers(tmp_path: Path) -> None:
    lead, photo = Lead(tmp_path / "lead.png", "aa"), tmp_path / "a.png"
    order = Order(MODEL, by_scene=True, leads={photo: lead})
    adjusted = Recipe(Settings(adjust=Adjust(warmth=50), protected=GRAY_CORNER))
    assert dataclasses.replace(order, own={lead.path: adjusted}).work(photo) == order.work(photo)


def test_what_handtint_0_1_could_not_do_is_not_taken_for_what_it_did(source: Path) -> None:
    order = Order(MODEL, LaterRecipe(fade=Fade(40.0)))
    assert not order.is_work(source, asked_by_0_1(order, source)[0])


def test_a_rescanned_photo_of_the_same_length_is_noticed(source: Path, tmp_path: Path) -> None:
    out, order = tmp_path / "out", Order(MODEL)
    scan = source.with_name("b.tif")
    Image.new("L", (8, 8), 100).save(scan)
    length = scan.stat().st_size
    with Journal(out) as journal:
        finished(scan, out, journal, order.work(scan))
        Image.new("L", (8, 8), 101).save(scan)
        later = scan.stat().st_mtime_ns + 10**9  # some disks keep times to a second only
        os.utime(scan, ns=(later, later))
        assert scan.stat().st_size == length
        (job,) = plan([scan], out, order, journal).jobs
        assert job.why == "the photo changed"


def test_a_photo_that_was_only_touched_is_not_made_anew(source: Path, tmp_path: Path) -> None:
    out, order = tmp_path / "out", Order(MODEL)
    with Journal(out) as journal:
        finished(source, out, journal, order.work(source))
        source.touch()
        assert plan([source], out, order, journal).jobs == []


def test_what_handtint_0_1_kept_of_an_album_is_read(tmp_path: Path, user_folders: Path) -> None:
    album = tmp_path / "Album"
    write_choices(read_choices(album))
    (file,) = (user_folders / "data" / "albums").iterdir()
    settings = {"vividness": 0.9, "strength": 1.0, "hints": [], "recolor": False, "variant": 0}
    hint = {"x": 1, "y": 2, "radius": 3, "a": 40, "b": -20}
    save = {"format": "png", "quality": 80, "smaller": False, "provenance": True, "overwrite": False}
    earlier = {
        "folder": str(album),
        "output": str(tmp_path / "out"),
        "recursive": True,
        "model": "unet",
        "settings": settings,
        "save": save,
        "same_look": True,
        "photos": {"a.jpg": {"marked": True, "settings": settings | {"hints": [hint]}}, "b.jpg": {"marked": True}},
    }
    file.write_text(json.dumps(earlier))
    choices = read_choices(album)
    assert (choices.recipe, choices.save) == (Recipe(Settings(0.9)), SaveOptions("png", 80))
    assert choices.own == {album / "a.jpg": Recipe(Settings(0.9, hints=(Hint(1, 2, 3, 40, -20),)))}
    assert choices.marked == {album / "a.jpg", album / "b.jpg"}


# results


def noted(path: Path, recipe: dict[str, Any]) -> Path:
    import numpy as np

    made = Provenance("fake", "aa", recipe, "0.1", None, "porch.png")
    write_photo(path, Photo(np.full((30, 40, 3), 90, np.uint8)), SaveOptions(), made)
    return path


def test_a_result_notes_its_recipe_and_hints_are_read_from_results_of_0_1_too(tmp_path: Path) -> None:
    now = noted(tmp_path / "now.png", to_json(FULL))
    made = read_provenance(now)
    assert made is not None
    assert recipe_from_json(made.recipe) == FULL
    earlier = settings_of_0_1(FULL)
    for path in (now, noted(tmp_path / "earlier.png", earlier)):
        assert read_hints(path) == {"porch.png": HINTS}


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_a_result_keeps_a_mask_as_ragged_as_can_be(tmp_path: Path, suffix: str) -> None:
    ragged = Protected(300, 300, "auk" * 30_000)
    path = noted(tmp_path / f"ragged{suffix}", to_json(Recipe(Settings(protected=ragged))))
    made = read_provenance(path)
    assert made is not None
    assert recipe_from_json(made.recipe).color.protected == ragged


def test_a_result_of_a_newer_handtint_is_refused_for_its_hints_in_a_sentence(tmp_path: Path) -> None:
    path = noted(tmp_path / "new.png", {"version": 99, "color": {"vividness": 0.4, "hints": []}})
    with pytest.raises(HintError, match=r'The recipe in "new\.png" was made by a newer Handtint'):
        read_hints(path)
