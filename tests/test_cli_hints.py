"""Color hints on the command line."""

from __future__ import annotations

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
from handtint.imaging.hint_files import read_hints
from tests.fakes import FakeColorizer, fake_card

RED = [{"x": 20, "y": 20, "radius": 10, "color": "#ff2020"}]


class Loader:
    def __init__(self) -> None:
        self.colorizer = FakeColorizer()

    def __call__(self, model: model_card.ModelFile, device: str, threads: int | None) -> FakeColorizer:
        return self.colorizer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two photos and a model."""
    for name in ("a.png", "b.png"):
        Image.fromarray(data.camera()[::8, ::8]).save(tmp_path / name)
    models = tmp_path / "models"
    models.mkdir()
    metadata = {model_card.CARD_KEY: fake_card("unet").to_json()}
    save_file({"w": np.zeros(4, np.float16)}, models / "unet.safetensors", metadata)
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: models)
    return tmp_path


def restore(folder: Path, hints: object, *arguments: str, load: Loader | None = None) -> int:
    (folder / "hints.json").write_text(json.dumps(hints))
    photos = [str(folder / name) for name in ("a.png", "b.png")]
    hint_file = str(folder / "hints.json")
    return cli.main(["restore", *photos, "-o", str(folder / "out"), "--hints", hint_file, *arguments], load or Loader())


def test_hints_color_their_photo_alone(folder: Path) -> None:
    assert restore(folder, {"a.png": RED}) == exit_codes.OK
    colors = [np.asarray(Image.open(folder / "out" / name))[20, 20].astype(int) for name in ("a.png", "b.png")]
    assert colors[0][0] > colors[0][1] + 50
    assert colors[1][0] < colors[1][1] + 30


def test_a_result_gives_its_hints_to_the_next_run(folder: Path) -> None:
    assert restore(folder, {"b.png": RED}) == exit_codes.OK
    result = str(folder / "out" / "b.png")
    arguments = ["restore", str(folder / "b.png"), "-o", str(folder / "again"), "--hints", result]
    assert cli.main(arguments, Loader()) == exit_codes.OK
    assert read_hints(folder / "again" / "b.png") == read_hints(folder / "out" / "b.png")


def test_names_of_photos_not_given_are_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, {"a.png": RED, "c.png": RED}) == exit_codes.OK
    assert capsys.readouterr().err == ('"hints.json" has hints for photos that are not among those given: "c.png".\n')


def test_a_wrong_entry_ends_the_run_before_anything_is_colored(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(folder, {"a.png": [{"x": 1}]}) == exit_codes.FAILED
    assert 'Hint 1 of "a.png" in "hints.json" has no y.' in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_hint_outside_its_photo_fails_that_photo_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(folder, {"a.png": [{"x": 900, "y": 1, "a": 1, "b": 1}]}) == exit_codes.FAILED
    assert 'Hint 1 of "a.png" lies at 900, 1, outside the photo' in capsys.readouterr().err
    assert [path.name for path in (folder / "out").glob("*.png")] == ["b.png"]


def test_a_report_does_not_replace_the_file_of_hints(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = str(folder / "hints.html")  # which comes with hints.json
    assert restore(folder, {"a.png": RED}, "--report", report, "--overwrite") == exit_codes.FAILED
    assert "would replace" in capsys.readouterr().err
    assert json.loads((folder / "hints.json").read_text()) == {"a.png": RED}
