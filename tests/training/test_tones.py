"""Figures of skin, gray things and marked places, with colorizers whose answer is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from tests.fakes import FakeColorizer
from training.__main__ import main
from training.measuring.metrics import lab_of
from training.measuring.tones import (
    MarksError,
    marks_table,
    measure_marks,
    measure_tones,
    read_marks,
    tones_table,
)
from training.photos.found import PhotoSet

SKIN, WALL = (200, 150, 125), (110, 110, 110)


class Orange(FakeColorizer):
    """Paints all things one color of chroma 30."""

    def predict(self, lightness, progress):
        return Prediction(np.full((*lightness.shape, 2), (18.0, 24.0), np.float32))


def portraits(count: int = 2) -> PhotoSet:
    """A face before a gray wall."""
    photo = np.full((64, 64, 3), WALL, np.uint8)
    photo[16:48, 20:44] = SKIN
    photo[24:28, 24:30] = (20, 20, 60)  # an eye
    mask = np.zeros((64, 64, 2), np.uint8)
    mask[16:48, 20:44] = 255
    return PhotoSet([f"{i}.png" for i in range(count)], [photo] * count, [False] * count, {}, people=[mask] * count)


def test_skin_and_gray_things_stand_beside_the_originals() -> None:
    rows = measure_tones(Orange(), portraits(), [0.0])
    true = lab_of(np.array([[SKIN]], np.uint8))[0, 0]
    original, orange = rows["original"], rows["vividness 0"]
    assert original["skin_chroma"] == pytest.approx(np.hypot(true[1], true[2]), abs=0.5)  # the eye is no skin
    assert original["skin_hue"] == pytest.approx(np.degrees(np.arctan2(true[2], true[1])), abs=1)
    assert original["gray_chroma"] == pytest.approx(0, abs=0.2)
    assert original["skin_strong"] == original["skin_off"] == 0
    assert orange["gray_chroma"] == pytest.approx(30, abs=2)
    assert orange["skin_chroma"] == pytest.approx(30, abs=1)
    assert orange["skin_off"] == pytest.approx(np.hypot(18 - true[1], 24 - true[2]), abs=1)
    assert orange["skin_strong"] == float(30 - np.hypot(true[1], true[2]) > 6)
    assert (orange["faces"], orange["gray_photos"]) == (2, 2)
    lines = tones_table(rows).splitlines()
    assert len({line.count("|") for line in lines}) == 1


def test_without_masks_only_gray_things_are_measured() -> None:
    photos = portraits()
    rows = measure_tones(Orange(), PhotoSet(photos.names, photos.photos, photos.held_out, {}), [0.0])
    assert rows["vividness 0"]["faces"] == 0
    assert len({line.count("|") for line in tones_table(rows).splitlines()}) == 1


def test_marks_are_measured_where_they_lie() -> None:
    class LeftOrange(FakeColorizer):
        def predict(self, lightness, progress):
            ab = np.zeros((*lightness.shape, 2), np.float32)
            ab[:, : lightness.shape[1] // 2] = (18.0, 24.0)
            return Prediction(ab)

    photos = {"a.png": Photo(np.full((80, 80), 120, np.uint8)), "b.png": Photo(np.full((80, 80), 31000, np.uint16))}
    marks = {"a.png": [[0.05, 0.1, 0.3, 0.9]], "b.png": [[0.7, 0.1, 0.95, 0.9]], "elsewhere.png": [[0, 0, 1, 1]]}
    found = measure_marks(LeftOrange(), photos, marks, [0.0])
    assert found["a.png"]["vividness 0"] == pytest.approx(30, abs=1.5)
    assert found["b.png"]["vividness 0"] == pytest.approx(0, abs=1)
    assert "elsewhere.png" not in found
    assert "| mean of 2 | 15" in marks_table(found)


@pytest.mark.parametrize(
    "text", ["no json", "[]", '{"a": [[0, 0, 2, 1]]}', '{"a": [[0.5, 0, 0.5, 1]]}', '{"a": [[0, 1]]}']
)
def test_marks_that_mark_nothing_are_refused(tmp_path, text: str) -> None:
    path = tmp_path / "marks.json"
    path.write_text(text)
    with pytest.raises(MarksError, match=r"marks\.json"):
        read_marks(path)


def test_evaluate_measures_tones_and_marks(tmp_path, capsys) -> None:
    photos = portraits(1)
    folder = tmp_path / "album"
    folder.mkdir()
    rng = np.random.default_rng(0)
    photos.photos[0][:8] = (60, 90, 180)
    noisy = np.clip(photos.photos[0] + rng.normal(0, 3, (64, 64, 1)), 0, 255).astype(np.uint8)
    Image.fromarray(noisy).resize((128, 128)).save(folder / "0.png")
    mask = photos.people[0]
    assert mask is not None
    Image.merge("LA", [Image.fromarray(mask[..., i]) for i in range(2)]).save(folder / "0.mask.png")
    (tmp_path / "marks.json").write_text(json.dumps({"0.png": [[0, 0, 0.2, 0.2]]}))
    common = ["evaluate", str(folder), "--model", "resnet18_gray", "--vividness", "0", "--device", "cpu"]
    assert main([*common, "--tones", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows["vividness 0"]["faces"] == 1
    assert main([*common, "--marks", str(tmp_path / "marks.json"), "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["0.png"]
    assert main([*common, "--marks", str(tmp_path / "none.json")]) == 1
