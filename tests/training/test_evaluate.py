"""Figures, hint curve and verdict, with colorizers whose answer is known."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from skimage.color import rgb2lab

from handtint.engine.models import build, save_model
from handtint.imaging.coloring.prediction import Prediction
from handtint.model_card import read_card
from handtint.recipe.hints import Hint
from tests.fakes import FakeColorizer
from tests.training.small import VALUES, album, landscape, recipe
from training.__main__ import main
from training.hint_filter import spread
from training.learning.learner import new_card
from training.measuring.evaluate import evaluate, table, true_hints
from training.measuring.metrics import delta_e, lab_of, ssim
from training.measuring.verdict import BETTER, UNCLEAR, WORSE, judge, sentence


class Gray(FakeColorizer):
    """Colors nothing."""

    def predict(self, lightness, progress):
        return Prediction(np.zeros((*lightness.shape, 2), np.float32))


def test_gray_and_a_model_stand_side_by_side() -> None:
    photos = [landscape(i, (64, 72)) for i in range(3)]
    figures = evaluate(FakeColorizer(), photos, [0.0, 0.5])
    assert list(figures) == ["gray", "vividness 0", "vividness 0.5"]
    gray, model = figures["gray"], figures["vividness 0"]
    assert gray["ab_mse_ratio"] == 1
    assert gray["psnr_gain"] == 0
    assert gray["colorfulness"] == pytest.approx(0, abs=1e-6)
    assert gray["colorfulness_distance"] == pytest.approx(gray["colorfulness_originals"])
    assert model["psnr_gain"] == pytest.approx(model["psnr"] - gray["psnr"])
    assert model["ab_mse_ratio"] == pytest.approx(model["ab_mse_mean"] / gray["ab_mse_mean"])
    true_error = np.mean([np.mean(rgb2lab(photo)[..., 1:] ** 2) for photo in photos])
    assert gray["ab_mse_mean"] == pytest.approx(true_error, rel=0.05)
    assert 0 < model["ssim"] < 1
    assert model["photos_per_second"] > 0
    lines = table(figures).splitlines()
    assert len(lines) == 5
    assert len({line.count("|") for line in lines}) == 1


def test_true_hints_gain_more_the_more_there_are() -> None:
    photos = [landscape(i, (64, 64)) for i in range(2)]
    figures = evaluate(Gray(), photos, [0.0], hints=[0, 1, 10, 50])
    gains = [figures[f"hints {count}"]["psnr_gain"] for count in (0, 1, 10, 50)]
    assert gains[0] == pytest.approx(0, abs=0.01)
    assert gains == sorted(gains)
    assert gains[-1] > gains[1] + 1


def test_hints_are_true_colors_at_the_same_random_places() -> None:
    lab_planes = lab_of(landscape(1, (256, 300)))
    few, many = true_hints(lab_planes, 3, seed=5), true_hints(lab_planes, 9, seed=5)
    assert many[:3] == few
    assert true_hints(lab_planes, 3, seed=6) != few
    for hint in many:
        assert hint.radius == 1
        true_a, true_b = lab_planes[int(hint.y), int(hint.x), 1:]
        assert (hint.a, hint.b) == pytest.approx((true_a, true_b), abs=12)


def test_the_control_spreads_hints_without_a_model() -> None:
    lightness = np.full((40, 60), 50.0, np.float32)
    lightness[:, 30:] = 90.0
    ab = spread(lightness, [Hint(11, 21, 1, 40, -10), Hint(51, 21, 1, -20, 30)], (40, 60))
    assert ab.shape == (40, 60, 2)
    assert ab[20, 10] == pytest.approx((40, -10), abs=6)
    assert ab[20, 29, 0] > 20  # color stops at the edge of lightness
    assert ab[20, 30, 0] < -10
    assert np.hypot(*ab[0, 29]) < np.hypot(*ab[20, 10])  # and fades with the distance


def test_delta_e_and_ssim_have_their_known_values() -> None:
    # Sharma, Wu, Dalal 2005, pairs 1 and 17 of their test data
    one = np.array([[[50.0, 2.6772, -79.7751], [50.0, 2.5, 0.0]]], np.float32)
    two = np.array([[[50.0, 0.0, -82.7485], [73.0, 25.0, -18.0]]], np.float32)
    assert delta_e(one, two) == pytest.approx((2.0425 + 27.1492) / 2, abs=1e-3)
    photo = landscape(2)
    assert ssim(photo, photo) == pytest.approx(1)
    assert ssim(255 - photo, photo) < 0.5


def test_a_verdict_is_as_sure_as_the_photos_allow() -> None:
    rng = np.random.default_rng(3)
    parent = rng.uniform(50, 150, 40)
    assert judge(parent, parent - rng.uniform(0, 10, 40)).verdict == BETTER
    assert judge(parent, parent + rng.uniform(0, 10, 40)).verdict == WORSE
    unclear = judge(parent, parent + rng.normal(0, 10, 40))
    assert unclear.verdict == UNCLEAR
    assert unclear.low < unclear.difference < unclear.high
    assert unclear.photos == 40
    few = judge(parent[:5], parent[:5] - 40)
    assert few.verdict == UNCLEAR
    assert "5 held-out photos are too few" in sentence(few, "mine", "unet", 100.0)


def test_the_interval_covers_the_true_difference_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(100):
        parent = rng.normal(100, 30, 50)
        verdict = judge(parent, parent - 2 + rng.normal(0, 8, 50))
        hits += verdict.low <= -2 <= verdict.high
    assert 86 <= hits <= 100


def test_a_verdict_is_said_with_its_figures() -> None:
    parent = np.linspace(90, 110, 40)
    text = sentence(judge(parent, parent * 0.8), "mine", "unet", 100.0)
    assert text.startswith(
        '"mine" is better than "unet" on 40 photos that "mine" never saw: its color error is 20% smaller'
    )
    assert "95 % interval of the change: -2" in text


def test_the_same_verdict_every_time() -> None:
    parent, new = np.arange(20.0), np.arange(20.0)[::-1]
    assert dataclasses.asdict(judge(parent, new)) == dataclasses.asdict(judge(parent, new))


def test_evaluate_prints_json_and_writes_the_card(tmp_path, capsys) -> None:
    card = new_card(recipe(tmp_path))
    torch.manual_seed(0)
    model = tmp_path / "small.safetensors"
    save_model(model, build(card), card)
    folder = album(tmp_path / "album", 3)
    arguments = [
        "evaluate",
        str(folder),
        "--model",
        str(model),
        "--hints",
        "0,2",
        "--vividness",
        "0",
        "--device",
        "cpu",
    ]
    assert main([*arguments, "--json", "--into-card"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["gray", "vividness 0", "hints 0", "hints 2", "hints 2, filter"]
    metrics = read_card(model).metrics
    assert metrics["data"] == "3 photos of album"
    assert metrics["vividness 0"] == figures["vividness 0"]
    assert read_card(model).name == VALUES["name"]
    assert main(arguments) == 0
    assert capsys.readouterr().out.count("\n") == 7


def test_of_cifar_evaluate_takes_the_held_out_part_only_and_says_so(tmp_path, capsys) -> None:
    card = new_card(recipe(tmp_path))
    save_model(tmp_path / "small.safetensors", build(card), card)
    pixels = np.stack([landscape(i, (32, 32)) for i in range(5)])
    labels = np.arange(5)
    np.savez(tmp_path / "c.npz", x_train=pixels[:3], y_train=labels[:3], x_test=pixels[3:], y_test=labels[3:])
    model = str(tmp_path / "small.safetensors")
    assert main(["evaluate", str(tmp_path / "c.npz"), "--model", model, "--device", "cpu", "--into-card"]) == 0
    assert "left out 3 pictures" in capsys.readouterr().err
    assert read_card(tmp_path / "small.safetensors").metrics["data"] == "2 photos of c.npz"
