"""Turning, cropping and splitting on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from skimage import data

from handtint import model_card, paths
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.provenance import Provenance, read_provenance
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import recipe_from_json
from tests.fakes import FakeColorizer, fake_card

PHOTO = data.camera()[::4, ::5]  # (128, 103)


class Loader:
    """Hands out one colorizer, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, model: model_card.ModelFile, device: str, threads: int | None) -> FakeColorizer:
        self.count += 1
        return FakeColorizer()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a photo, a scan of two prints, and a model."""
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    scan = np.full((300, 520), 250, np.uint8)
    scan[40:240, 30:230] = data.camera()[::2, ::2][:200, :200]
    scan[60:240, 290:490] = data.moon()[100:460:2, 100:500:2]
    Image.fromarray(scan).save(tmp_path / "scan.png")
    models = tmp_path / "models"
    models.mkdir()
    save_file(
        {"w": np.zeros(4, np.float16)}, models / "unet.safetensors", {model_card.CARD_KEY: fake_card("unet").to_json()}
    )
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: models)
    return tmp_path


def restore(folder: Path, name: str, *arguments: str, load: Loader | None = None) -> int:
    return cli.main(["restore", str(folder / name), "-o", str(folder / "out"), *arguments], load or Loader())


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def noted(path: Path) -> Provenance:
    found = read_provenance(path)
    assert found is not None
    return found


def geometry_of(path: Path) -> Geometry:
    return recipe_from_json(noted(path).recipe).geometry


def test_a_photo_is_turned_and_cropped_in_numbers(folder: Path) -> None:
    assert restore(folder, "photo.png", "--rotate", "-90", "--crop", "3,10,90,60") == exit_codes.OK
    assert size(folder / "out" / "photo.png") == (60, 90)
    assert geometry_of(folder / "out" / "photo.png") == Geometry(270, crop=(3, 10, 90, 60))


def test_a_photo_is_straightened(folder: Path) -> None:
    assert restore(folder, "photo.png", "--straighten", "2") == exit_codes.OK
    assert geometry_of(folder / "out" / "photo.png") == Geometry(straighten=2.0)
    assert size(folder / "out" / "photo.png") < (103, 128)


def test_a_print_photographed_at_an_angle_is_made_flat(folder: Path) -> None:
    corners = ((20.0, 12.0), (84.0, 20.0), (90.0, 110.0), (12.0, 120.0))
    asked = ",".join(f"{value:g}" for corner in corners for value in corner)
    assert restore(folder, "photo.png", "--perspective", asked) == exit_codes.OK
    result = folder / "out" / "photo.png"
    assert geometry_of(result) == Geometry(corners=corners)
    width, height = size(result)
    assert height > width > 60
    flat = np.asarray(Image.open(result).convert("L"), np.float32)
    for (x, y), (u, v) in zip(corners, ((0, 0), (-1, 0), (-1, -1), (0, -1)), strict=True):
        there = PHOTO[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3]
        assert there.min() - 25 <= flat[v, u] <= there.max() + 25


def test_a_perspective_goes_before_that_of_a_recipe_and_its_crop(folder: Path) -> None:
    assert restore(folder, "photo.png", "--crop", "3,10,90,60", "--rotate", "90") == exit_codes.OK
    made = folder / "out" / "photo.png"
    made = made.rename(folder / "turned.png")
    asked = ["--model", "unet", "--recipe", str(made), "--perspective", "20,12,84,20,90,110,12,120"]
    assert restore(folder, "photo.png", *asked) == exit_codes.OK
    corners = ((20.0, 12.0), (84.0, 20.0), (90.0, 110.0), (12.0, 120.0))
    assert geometry_of(folder / "out" / "photo.png") == Geometry(90, corners=corners)


def test_a_corner_beside_the_photo_fails_with_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, "photo.png", "--perspective", "0,0,200,0,200,90,0,90") == exit_codes.FAILED
    assert "corner of the print lies outside" in capsys.readouterr().err


def test_the_print_on_a_bed_is_cropped(folder: Path) -> None:
    scan = np.asarray(Image.open(folder / "scan.png"))
    Image.fromarray(scan[:, :260]).save(folder / "one.png")
    assert restore(folder, "one.png", "--crop", "print") == exit_codes.OK
    width, height = size(folder / "out" / "one.png")
    assert (width, height) == pytest.approx((200, 200), abs=4)


def test_each_print_of_a_scan_becomes_a_photo_with_its_own_recipe(folder: Path) -> None:
    load = Loader()
    assert restore(folder, "scan.png", "--split", "--rotate", "90", load=load) == exit_codes.OK
    assert sorted(path.name for path in (folder / "out").glob("*.png")) == ["scan-1.png", "scan-2.png"]
    first, second = (geometry_of(folder / "out" / f"scan-{number}.png") for number in (1, 2))
    assert first.turn == second.turn == 90
    assert first.crop is not None
    assert second.crop is not None
    assert first.crop[0] == pytest.approx(30, abs=3)
    assert second.crop[0] == pytest.approx(290, abs=3)
    assert load.count == 1
    parts = [recipe_from_json(noted(folder / "out" / f"scan-{number}.png").recipe).part for number in (1, 2)]
    assert parts == [1, 2]


def test_a_scan_that_was_split_is_not_split_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    restore(folder, "scan.png", "--split")
    stamps = [path.stat().st_mtime_ns for path in sorted((folder / "out").glob("*.png"))]
    capsys.readouterr()
    assert restore(folder, "scan.png", "--split") == exit_codes.OK
    assert [path.stat().st_mtime_ns for path in sorted((folder / "out").glob("*.png"))] == stamps
    assert "2 made before" in capsys.readouterr().out


def test_a_dry_run_names_every_print_and_makes_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, "scan.png", "--split", "--dry-run") == exit_codes.OK
    assert "scan-2.png" in capsys.readouterr().out
    assert not (folder / "out").exists()


def test_what_is_not_found_is_said_and_the_photo_made_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, "photo.png", "--split") == exit_codes.OK
    assert size(folder / "out" / "photo.png") == (103, 128)
    assert '"photo.png": No print' in capsys.readouterr().err


def test_a_print_is_not_saved_under_the_name_of_another_photo(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(PHOTO).save(folder / "scan-2.png")
    both = [str(folder / "scan.png"), str(folder / "scan-2.png"), "-o", str(folder / "out"), "--split"]
    assert cli.main(["restore", *both], Loader()) == exit_codes.FAILED
    assert 'would be saved as "scan-2.png"' in capsys.readouterr().err
    assert not list((folder / "out").glob("*.png"))


def test_a_crop_beside_the_photo_fails_with_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, "photo.png", "--crop", "900,900,10,10") == exit_codes.FAILED
    assert "outside" in capsys.readouterr().err


@pytest.mark.parametrize(
    "asked", [["--rotate", "45"], ["--straighten", "20"], ["--split", "--same-look"], ["--crop", "print", "--watch"]]
)
def test_what_cannot_be_is_refused_before_anything_is_done(folder: Path, asked: list[str]) -> None:
    assert restore(folder, "photo.png", *asked) != exit_codes.OK
    assert not (folder / "out").exists()
