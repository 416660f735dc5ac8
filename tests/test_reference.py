"""A photo takes colors from a color photo of the same, or from a result, and says so where there are none to take."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from skimage import data
from skimage.color import rgb2lab

from handtint import model_card, paths
from handtint.album.order import Order
from handtint.album.scenes.known import Lead
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.model_card import ModelFile
from handtint.progress import Progress
from handtint.recipe.files import without_places
from handtint.recipe.presets import applied
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.reference import ReferencePhoto
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.restore import way
from handtint.restore.colorizer import NoFeatures
from handtint.restore.references import NoReference, choose_reference
from handtint.stamps import sha256_of
from tests.fakes import FakeColorizer, fake_card

COLOR = data.astronaut()[20:276, 80:400]


def colorizer(name: str = "unet") -> FakeColorizer:
    return FakeColorizer(fake_card(name, working_size=192))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A color photo, a gray one of the same, the camera a little to the left, and a gray one of something else."""
    Image.fromarray(COLOR[:192, 80:272]).save(tmp_path / "color.png")
    gray = np.asarray(Image.fromarray(COLOR).convert("L"))
    Image.fromarray(gray[16:208, 48:240]).save(tmp_path / "gray.png")
    Image.fromarray(data.coins()[:192, :192]).save(tmp_path / "coins.png")
    models = tmp_path / "models"
    models.mkdir()
    metadata = {model_card.CARD_KEY: colorizer().card.to_json()}
    save_file({"w": np.zeros(4, np.float16)}, models / "unet.safetensors", metadata)
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: models)
    return tmp_path


def run(*arguments: object) -> int:
    return cli.main(list(map(str, arguments)), lambda model, device, threads: colorizer(model.card.name))


def restore(folder: Path, *arguments: object, photo: str = "gray.png", out: str = "out") -> int:
    return run("restore", folder / photo, "-o", folder / out, *arguments)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def distance_to_truth(path: Path) -> float:
    """Mean distance of ab where both photos show the same."""
    made, truth = (rgb2lab(one)[..., 1:] for one in (pixels(path), COLOR[16:208, 48:240]))
    return float(np.linalg.norm(made - truth, axis=-1)[:170, 40:].mean())


def test_a_photo_takes_the_colors_of_a_color_photo_of_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(folder, out="plain") == exit_codes.OK
    assert restore(folder, "--reference", folder / "color.png") == exit_codes.OK
    assert 'its colors follow "color.png"' in capsys.readouterr().out
    assert distance_to_truth(folder / "out" / "gray.png") < 0.6 * distance_to_truth(folder / "plain" / "gray.png")
    made = read_provenance(folder / "out" / "gray.png")
    assert made is not None
    assert made.follows == "color.png"
    chosen = ReferencePhoto("color.png", sha256_of(folder / "color.png"))
    assert recipe_from_json(made.recipe).color.reference == chosen  # its folder is nobody else's business
    assert str(folder).encode() not in (folder / "out" / "gray.png").read_bytes()
    assert b"where it could with the colors of" in (folder / "out" / "gray.png").read_bytes()


def test_a_result_is_made_again_by_its_recipe_wherever_its_reference_lies_now(folder: Path) -> None:
    assert restore(folder, "--reference", folder / "color.png") == exit_codes.OK
    assert restore(folder, "--recipe", folder / "out" / "gray.png", out="again") == exit_codes.OK
    (folder / "elsewhere").mkdir()
    (folder / "color.png").rename(folder / "elsewhere" / "aunt.png")
    choose_reference(folder / "elsewhere" / "aunt.png")  # it is seen there once
    assert restore(folder, "--recipe", folder / "out" / "gray.png", out="later") == exit_codes.OK
    for out in ("again", "later"):
        assert (pixels(folder / out / "gray.png") == pixels(folder / "out" / "gray.png")).all()


def test_a_restored_photo_gives_its_colors_though_they_are_quiet(folder: Path) -> None:
    Image.fromarray(COLOR[:192, 80:272]).convert("L").save(folder / "first.png")
    assert restore(folder, "--strength", 0.15, photo="first.png", out="quiet") == exit_codes.OK
    assert restore(folder, "--reference", folder / "quiet" / "first.png") == exit_codes.OK
    assert restore(folder, out="plain") == exit_codes.OK
    strong, quiet = (rgb2lab(pixels(folder / out / "gray.png"))[:170, 40:, 1:] for out in ("plain", "out"))
    assert np.linalg.norm(quiet, axis=-1).mean() < 0.7 * np.linalg.norm(strong, axis=-1).mean()


def test_a_reference_that_shows_nothing_of_the_same_takes_no_colors_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(folder, photo="coins.png", out="plain") == exit_codes.OK
    capsys.readouterr()
    assert restore(folder, "--reference", folder / "color.png", photo="coins.png") == exit_codes.OK
    assert 'too little that is surely the same as in "color.png"; it was colored by itself.' in capsys.readouterr().out
    assert (pixels(folder / "out" / "coins.png") == pixels(folder / "plain" / "coins.png")).all()
    made = read_provenance(folder / "out" / "coins.png")
    assert made is not None
    assert made.follows is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.png", None, "gone.png"),
        ("broken.png", b"\x89PNG\r\n\x1a\n no more", "broken.png"),
        ("text.txt", b"hello", "text.txt"),
        ("coins.png", None, '"coins.png" is black and white, so there are no colors to take from it.'),
    ],
)
def test_a_reference_without_colors_to_take_is_told_before_anything_is_made(
    folder: Path, name: str, content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    assert restore(folder, "--reference", folder / name) == exit_codes.FAILED
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not (folder / "out").exists()


def test_a_reference_that_became_another_photo_is_not_taken_for_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = choose_reference(folder / "color.png")
    Image.fromarray(COLOR[:100, :100]).save(folder / "color.png")
    value = {"recipe": {"color": {"reference": {"path": chosen.path, "sha256": chosen.sha256}}}}
    (folder / "recipe.json").write_text(json.dumps(value))
    assert restore(folder, "--recipe", folder / "recipe.json") == exit_codes.FAILED
    assert '"color.png", is not there any more, or is another one now' in capsys.readouterr().err
    assert not (folder / "out" / "gray.png").exists()


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ({"path": "", "sha256": "0" * 64}, "needs the path of a file"),
        ({"path": "a\0b", "sha256": "0" * 64}, "needs the path of a file"),
        ({"path": "a.png", "sha256": "x"}, "64 hexadecimal digits"),
        ({"path": "a.png"}, "has no sha256"),
    ],
)
def test_a_recipe_whose_reference_leads_nowhere_is_refused(
    folder: Path, reference: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "recipe.json").write_text(json.dumps({"color": {"reference": reference}}))
    assert restore(folder, "--recipe", folder / "recipe.json") == exit_codes.FAILED
    assert said in capsys.readouterr().err


def test_a_model_that_cannot_tell_what_is_alike_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeColorizer, "features", lambda *_: None)
    settings = Settings(reference=choose_reference(folder / "color.png"))
    with pytest.raises(NoFeatures, match='"unet" cannot tell'):
        way.predict(read_photo(folder / "gray.png"), settings, colorizer(), Progress())


def test_an_albums_photos_and_one_that_is_open_take_the_same_colors_and_the_reference_is_read_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, chosen = colorizer(), choose_reference(folder / "color.png")
    recipe = Recipe(Settings(reference=chosen))
    first = way.open_photo(folder / "gray.png", recipe, model.card, Progress())
    plain = dataclasses.replace(first, recipe=Recipe())
    asked = way.ask([first, plain], model, Progress())
    assert asked[0].carried is not None
    assert asked[1].carried is None
    alone = way.predict(read_photo(folder / "gray.png"), recipe.color, model, Progress())
    assert np.array_equal(alone.ab_at(0.4), asked[0].ab_at(0.4))
    (folder / "color.png").unlink()
    assert way.ask([first], model, Progress())[0].notes == asked[0].notes
    with pytest.raises(NoReference):
        way.ask([first], colorizer(), Progress())  # another one has read none


def test_progress_of_a_photo_with_a_reference_does_not_go_back(folder: Path) -> None:
    steps: list[float] = []
    recipe = Recipe(Settings(reference=choose_reference(folder / "color.png")))
    progress = Progress(lambda fraction, _: steps.append(fraction))
    way.restore(folder / "gray.png", folder / "made.png", recipe, colorizer(), SaveOptions(), progress)
    assert steps == sorted(steps)
    steps.clear()
    way.predict(read_photo(folder / "gray.png"), recipe.color, colorizer(), progress)
    assert steps == sorted(steps)
    assert steps[-1] == 1


def test_a_photo_with_a_reference_follows_no_other_and_is_known_by_the_references_bytes(folder: Path) -> None:
    lead, photo = Lead(folder / "lead.png", "aa"), folder / "gray.png"
    model = ModelFile(Path("/models/fake.safetensors"), fake_card(), 8)
    own = Recipe(Settings(reference=ReferencePhoto(str(folder / "color.png"), "0" * 64)))
    order = Order(model, by_scene=True, leads={photo: lead}, own={photo: own})
    assert order.lead_of(photo) is None
    moved = Recipe(Settings(reference=ReferencePhoto("elsewhere.png", "0" * 64)))
    another = Recipe(Settings(reference=ReferencePhoto(str(folder / "color.png"), "1" * 64)))
    assert dataclasses.replace(order, own={photo: moved}).work(photo) == order.work(photo)
    assert dataclasses.replace(order, own={photo: another}).work(photo) != order.work(photo)
    assert dataclasses.replace(order, own={}, by_scene=False).work(photo) != order.work(photo)


def test_same_look_and_a_reference_exclude_each_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, "--reference", folder / "color.png", "--same-look") == exit_codes.FAILED
    assert "Leave out one of them. Nothing was changed." in capsys.readouterr().err


def test_a_reference_belongs_to_one_photo() -> None:
    own = Recipe(Settings(reference=ReferencePhoto("a.png", "0" * 64)))
    assert without_places(own) == Recipe()
    assert applied(own, Recipe(Settings(0.9))).color == Settings(0.9, reference=own.color.reference)
    assert applied(Recipe(), own) == Recipe()
    assert applied(Recipe(), own, with_places=True) == own
