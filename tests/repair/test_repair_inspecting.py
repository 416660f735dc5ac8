"""What inspecting a photo finds, and what auto makes of it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from handtint.imaging.photo import Photo
from handtint.recipe.repair import Repair
from handtint.repair.inspecting import inspect


def scene(seed: int = 0) -> np.ndarray:
    """(h, w) encoded gray of 0..1, black to white."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:200, :260] / 60
    value = 0.5 + 0.3 * np.sin(1.7 * x + seed) * np.cos(1.3 * y) + 0.25 * (np.hypot(x - 2, y - 2) < 0.8)
    value = value + rng.normal(0, 0.004, value.shape)
    return np.clip((value - value.min()) / np.ptp(value), 0, 1)


def photo_of(value: np.ndarray) -> Photo:
    return Photo(np.rint(255 * value).astype(np.uint8))


def test_a_sound_photo_is_left_alone() -> None:
    found = inspect(photo_of(scene()))
    assert found.repair.is_off
    assert found.words == ()
    assert found.tone == "gray"


def test_a_faded_photo_is_told_in_numbers() -> None:
    found = inspect(photo_of(0.3 + 0.4 * scene()))
    assert found.repair.fade.amount > 0
    assert re.match(r"faded: blacks at 3[01] %, whites at (69|70) %", found.words[0])
    assert found.repair.noise.amount == 0
    assert found.repair.sharpness.amount == 0


def test_noise_and_coding_are_told() -> None:
    grain = np.random.default_rng(0).normal(0, 0.06, (200, 260))
    found = inspect(photo_of(np.clip(scene() + grain, 0, 1)))
    assert found.repair.noise.amount > 0
    assert any(words.startswith("noisy: grain of") for words in found.words)


def test_findings_can_be_printed_as_json() -> None:
    values = json.loads(json.dumps(inspect(photo_of(0.3 + 0.4 * scene())).to_json()))
    assert values["black"] == pytest.approx(30, abs=2)
    assert values["repair"]["fade"] > 0
    assert values["words"]


@pytest.mark.parametrize("pixels", [np.zeros((1, 1), np.uint8), np.full((9, 9, 3), 255, np.uint8)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_picture_of_nothing_needs_nothing(pixels: np.ndarray, dtype: type) -> None:
    found = inspect(Photo(pixels.astype(dtype) * (257 if dtype is np.uint16 else 1)))
    assert found.repair == Repair()
    assert found.words == ()


def test_a_long_strip_is_looked_at() -> None:
    assert inspect(Photo(np.full((1, 60000), 128, np.uint8))).words == ()
