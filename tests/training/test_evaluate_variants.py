"""Figures of variants, with colorizers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from handtint.engine.models import build, save_model
from handtint.imaging.coloring.prediction import Prediction
from tests.fakes import FakeColorizer
from tests.training.small import album, landscape, recipe
from training.__main__ import main
from training.learning.learner import new_card
from training.measuring.metrics import lab_of, psnr
from training.measuring.variants import VariantsError, _angle, _rotation, measure_variants, variants_table

BINS = np.array([(0, 0), (0, 40), (0, -40)], np.float32)


class BlueOrOrange(FakeColorizer):
    """Gray at a first guess, and as likely blue or orange."""

    def predict(self, lightness, progress) -> Prediction:
        logits = np.zeros((*lightness.shape, 3), np.float32)
        logits[..., 0] = 2
        return Prediction(np.zeros((*lightness.shape, 2), np.float32), logits, BINS)


def test_the_best_of_three_is_nearer_than_the_default_where_the_truth_is_a_variant() -> None:
    photos = [np.full((48, 64, 3), color, np.uint8) for color in ((180, 120, 60), (90, 120, 190))]
    rows = measure_variants(BlueOrOrange(), photos)
    assert list(rows) == ["variant 1", "variant 2", "variant 3", "best", "turned best"]
    assert [rows[f"variant {n}"]["share"] for n in (1, 2, 3)] == [0, 0.5, 0.5]
    assert rows["best"]["psnr_gain"] > 1
    assert rows["best"]["delta_e_2_3"] > rows["best"]["delta_e_1_2"] > 3
    gray = np.mean([psnr(np.repeat(_gray(photo)[..., None], 3, 2), photo) for photo in photos])
    assert rows["variant 1"]["psnr"] == pytest.approx(gray, abs=0.3)
    assert rows["turned best"]["psnr_gain"] == pytest.approx(0, abs=0.05)  # gray has no hue to turn
    assert len({line.count("|") for line in variants_table(rows).splitlines()}) == 1


def _gray(photo: np.ndarray) -> np.ndarray:
    """The gray of the same lightness, by bisection over all grays."""
    grays = np.arange(256, dtype=np.uint8)
    lightness = lab_of(grays[:, None, None].repeat(3, 2))[:, 0, 0]
    return grays[np.abs(lab_of(photo)[..., :1] - lightness).argmin(-1)]


def test_the_control_is_turned_until_it_differs_as_much() -> None:
    planes = lab_of(landscape(3, (64, 64)))
    wide, narrow = _angle(planes, 12.0), _angle(planes, 6.0)
    assert 0 < narrow < wide < 120
    assert np.array([10.0, 0.0]) @ _rotation(90) == pytest.approx([0, 10])
    rows = measure_variants(FakeColorizer(), [landscape(i, (64, 72)) for i in range(2)])
    pairs = ("delta_e_1_2", "delta_e_1_3", "delta_e_2_3")
    ours, control = (np.mean([rows[name][pair] for pair in pairs]) for name in ("best", "turned best"))
    assert control == pytest.approx(ours, rel=0.15)


class OneAnswer(FakeColorizer):
    def predict(self, lightness, progress) -> Prediction:
        return Prediction(super().predict(lightness, progress).ab)


def test_a_model_with_one_answer_has_no_variants() -> None:
    with pytest.raises(VariantsError, match="one coloring"):
        measure_variants(OneAnswer(), [landscape(0)])


def test_evaluate_prints_the_variants(tmp_path, capsys) -> None:
    card = new_card(recipe(tmp_path))
    torch.manual_seed(0)
    model = tmp_path / "small.safetensors"
    save_model(model, build(card), card)
    folder = album(tmp_path / "album", 2)
    assert main(["evaluate", str(folder), "--model", str(model), "--device", "cpu", "--variants"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("\n") == 7
    assert "best of the three" in printed
    assert "hues turned by" in printed
