"""The curve of chroma, fitted on pictures whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring import vividness
from handtint.imaging.coloring.vividness import CHROMAS, HUES
from tests.training.small import album, recipe
from training.__main__ import main
from training.measuring.curve import as_source, fit_gains


def pair(degrees: float, predicted: float, true: float, turned: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Predicted and true colors of one hue, 10 x 10, the truth's turned to either side by turns."""
    turn = np.radians(degrees)
    turns = turn + np.radians(turned) * np.where(np.arange(100).reshape(10, 10) % 2, 1, -1)
    ab = np.broadcast_to(predicted * np.array([np.cos(turn), np.sin(turn)]), (10, 10, 2)).astype(np.float32)
    return ab, (true * np.stack([np.cos(turns), np.sin(turns)], -1)).astype(np.float32)


def gains_of(*pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return fit_gains(pairs * 300)


def test_a_color_predicted_too_weak_is_lifted_to_what_it_was() -> None:
    place = 120 // (360 // HUES), int(np.flatnonzero(CHROMAS == 15)[0])
    assert gains_of(pair(120, 15, 21))[place] == pytest.approx(1.4, abs=0.06)
    assert gains_of(pair(120, 15, 15))[place] == pytest.approx(1, abs=0.01)
    assert gains_of(pair(120, 15, 9))[place] == 1  # never weaker


def test_where_hues_disagree_little_is_lifted_and_where_nothing_is_known_nothing() -> None:
    place = 120 // (360 // HUES), int(np.flatnonzero(CHROMAS == 15)[0])
    torn = gains_of(pair(120, 15, 21, turned=60))
    assert 1 < torn[place] < 1.15  # the agreement is a half, its square a quarter
    assert gains_of(pair(120, 15, 21))[0, place[1]] == 1
    few = fit_gains([pair(120, 15, 21)])
    assert few[place] < 1.1


def test_what_is_often_gray_is_lifted_little() -> None:
    place = 75 // (360 // HUES), int(np.flatnonzero(CHROMAS == 15)[0])
    surely, often_gray = gains_of(pair(75, 15, 21)), gains_of(pair(75, 15, 42), pair(75, 15, 1))
    assert surely[place] > 1.3
    assert 1 < often_gray[place] < 1.2


def test_gray_violet_and_skin_are_not_lifted() -> None:
    gains = gains_of(*(pair(degrees, chroma, 2 * chroma) for degrees in (0, 45, 90, 300) for chroma in (4, 15)))
    assert (gains[:, CHROMAS <= 5] == 1).all()
    assert (gains[300 // 15] == 1).all()
    assert (gains[45 // 15] == 1).all()
    assert gains[90 // 15].max() > 1.5


def test_one_wide_sky_does_not_say_what_skies_are() -> None:
    place = 255 // (360 // HUES), int(np.flatnonzero(CHROMAS == 15)[0])
    many = [pair(255, 15, 18)] * 60
    wide = tuple(np.tile(plane, (80, 80, 1)) for plane in pair(255, 15, 40))
    assert fit_gains([*many, wide])[place] < 1.25


def test_the_command_prints_a_table_that_can_stand_in_the_source(tmp_path, capsys) -> None:
    import torch

    from handtint.engine.models import build, save_model
    from training.learning.learner import new_card

    torch.manual_seed(0)
    card = new_card(recipe(tmp_path))
    save_model(tmp_path / "small.safetensors", build(card), card)
    folder = album(tmp_path / "album", 3)
    assert main(["curve", str(folder), "--model", str(tmp_path / "small.safetensors"), "--device", "cpu"]) == 0
    printed = capsys.readouterr().out
    names: dict = {"np": np}
    exec(printed, names)  # it is source, and nobody else's
    assert names["GAINS"].shape == vividness.GAINS.shape
    assert as_source(names["GAINS"]) == printed.rstrip("\n")
