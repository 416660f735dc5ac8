"""Vividness read off a prediction."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from handtint.imaging.coloring.distribution import annealed_mean
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.coloring.vividness import strengthened

BINS = np.array([(0, 0), (50, 0), (-50, 0), (0, 50)], np.float32)


def prediction() -> Prediction:
    """Two candidate colors everywhere, the redder one likelier, the more so to the right."""
    logits = np.zeros((6, 8, 4), np.float32)
    logits[..., 1] = np.linspace(0.5, 3, 8)
    weights = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    ab = np.repeat(np.repeat(weights @ BINS, 2, 0), 2, 1).astype(np.float32)
    return Prediction(ab, logits.astype(np.float16), BINS)


def test_vividness_zero_is_the_regression_output() -> None:
    assert np.array_equal(prediction().ab_at(0), prediction().ab)


def test_color_grows_with_vividness() -> None:
    chroma = [np.hypot(*np.moveaxis(prediction().ab_at(v), -1, 0)).mean() for v in np.linspace(0, 1, 6)]
    assert (np.diff(chroma) > 0.5).all()


def sure_of_yellow(regression: tuple[float, float]) -> Prediction:
    ab = np.array([[regression]], np.float32)
    return Prediction(ab, np.array([[[0, -9, -9, 2]]], np.float16), BINS)


def test_vividness_one_is_livelier_than_the_annealed_mean_where_the_regression_is_as_colorful() -> None:
    weights = np.exp(np.array([0, -9, -9, 2]) / 0.3)
    annealed = (weights @ BINS / weights.sum()).astype(np.float32)[None, None]
    liveliest = sure_of_yellow((50, 10)).ab_at(1)
    assert liveliest == pytest.approx(strengthened(annealed, 2.5), abs=2e-2)
    assert (liveliest[..., 1] >= annealed[..., 1]).all()


def test_the_quieter_the_regression_the_less_of_the_likeliest_color_is_taken() -> None:
    chroma = [float(sure_of_yellow((0, b)).ab_at(1)[0, 0, 1]) for b in (0, 5, 10, 20, 40)]
    assert chroma[0] == pytest.approx(0, abs=1e-3)
    assert chroma[1] < chroma[-1] / 3
    assert (np.diff(chroma) > 5).all()


def test_vividness_adds_little_where_the_model_is_torn_between_opposite_colors() -> None:
    torn = Prediction(np.array([[[2.5, 0]]], np.float32), np.array([[[-9, 2.1, 2, -9]]], np.float32), BINS)
    assert annealed_mean(torn.logits, BINS, 0.3)[0, 0, 0] > 8
    assert 2.5 < torn.ab_at(1)[0, 0, 0] < 7


def blotched(lightness: np.ndarray) -> Prediction:
    """Cells at random of two minds, redder or bluer; two thirds are for red on the left, for blue on the right."""
    red = np.random.default_rng(0).random((24, 32)) < np.where(np.arange(32) < 16, 0.67, 0.33)
    logits = np.full((24, 32, 4), -9, np.float16)
    logits[..., 1], logits[..., 2] = np.where(red, 1, -1), np.where(red, -1, 1)
    colorful = np.full((24, 32, 2), (0, 50), np.float32)
    return Prediction(colorful, logits, BINS, lightness=lightness)


def test_one_thing_takes_one_color_instead_of_blotches_of_two() -> None:
    flat = np.full((48, 64), 50, np.float32)
    a = blotched(flat).ab_at(1)[..., 0]
    alone = dataclasses.replace(blotched(flat), lightness=None).ab_at(1)[..., 0]
    assert (alone[:, :13] < -20).mean() > 0.25
    assert (a[:, :13] < -20).mean() < 0.1
    assert a[:, :13].mean() > 20


def test_two_things_of_unlike_lightness_keep_their_own_colors_at_their_edge() -> None:
    flat, edge = np.full((48, 64), 50, np.float32), np.full((48, 64), 20, np.float32)
    edge[:, 32:] = 80
    near = {name: blotched(plane).ab_at(1)[..., 0] for name, plane in (("flat", flat), ("edge", edge))}
    steps = {name: (a[:, 14:16].mean() - a[:, 16:18].mean()) for name, a in near.items()}
    assert steps["edge"] > 2 * steps["flat"]


def test_vividness_beyond_its_range_is_taken_as_its_ends() -> None:
    assert np.array_equal(prediction().ab_at(3), prediction().ab_at(1))
    assert np.array_equal(prediction().ab_at(-1), prediction().ab)


def test_a_model_without_distribution_has_one_answer() -> None:
    plain = Prediction(prediction().ab)
    assert np.array_equal(plain.ab_at(1), plain.ab)


def test_logits_of_any_size_keep_the_mean_finite() -> None:
    logits = np.random.default_rng(0).normal(0, 1, (40, 50, 4)).astype(np.float32) * 1e4
    means = annealed_mean(logits, BINS, 0.38)
    assert means.shape == (40, 50, 2)
    assert np.isfinite(means).all()
    assert np.abs(means - BINS[logits.argmax(-1)]).mean() < 0.01
