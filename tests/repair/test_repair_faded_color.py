"""Faded dyes: the correction, its tables, its white point, the network that says it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save
from skimage import data

from handtint import paths
from handtint.errors import ModelError
from handtint.imaging.photo import Photo
from handtint.model_card import EVENNESS, FADED_COLOR, ModelCard, find_model, list_models
from handtint.recipe.repair import FadedColor, RepairError
from handtint.repair import dyes, faded_color, network


def colors(height: int = 40, width: int = 60, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


def some_correction(seed: int = 0) -> dyes.Correction:
    return dyes.correction_from(np.random.default_rng(seed).normal(0, 0.15, dyes.OUTPUTS))


def said(monkeypatch: pytest.MonkeyPatch, numbers: np.ndarray) -> None:
    monkeypatch.setattr(network, "weights", lambda _: {})
    monkeypatch.setattr(network, "run", lambda *_: numbers)


def test_zeros_mean_no_correction() -> None:
    none = dyes.correction_from(np.zeros(dyes.OUTPUTS))
    value = np.random.default_rng(0).random((50, 3))
    assert none.apply(value) == pytest.approx(value, abs=1e-6)
    assert dyes.NONE.apply(value) == pytest.approx(value, abs=1e-6)


def test_curves_rise_and_the_mix_keeps_grays_whatever_the_network_says() -> None:
    correction = dyes.correction_from(np.random.default_rng(0).normal(0, 30, dyes.OUTPUTS))
    assert (np.diff(correction.curves, axis=1) > 0).all()
    assert correction.mix.sum(axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_tables_give_what_the_formula_does(monkeypatch: pytest.MonkeyPatch, dtype: type) -> None:
    numbers = np.random.default_rng(1).normal(0, 0.15, dyes.OUTPUTS)
    said(monkeypatch, numbers)
    top = np.iinfo(dtype).max
    pixels = (colors().astype(np.uint32) * (top // 255)).astype(dtype)
    result = np.asarray(faded_color.restored(Photo(pixels), FadedColor(70)).pixels)
    assert result.dtype == dtype
    exact = dyes.correction_from(numbers).weakened(0.7).apply(pixels / top) * top
    assert np.abs(result - exact).max() <= (0.52 if dtype == np.uint8 else 3)


def test_an_amount_lies_between_nothing_and_all(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, np.random.default_rng(1).normal(0, 0.15, dyes.OUTPUTS))
    photo = Photo(colors())
    moved = [
        np.abs(np.asarray(faded_color.restored(photo, FadedColor(a)).pixels).astype(float) - photo.pixels).mean()
        for a in (0, 50, 100)
    ]
    assert moved[0] == 0
    assert 0.3 * moved[2] < moved[1] < 0.7 * moved[2]


def test_the_white_point_comes_out_gray(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, np.random.default_rng(1).normal(0, 0.15, dyes.OUTPUTS))
    pixels = colors(400, 500)
    pixels[300:320, 100:120] = (210, 180, 140)
    for amount in (0, 100):
        result = np.asarray(faded_color.restored(Photo(pixels), FadedColor(amount, (110.0, 310.0))).pixels)
        assert np.ptp(result[310, 110].astype(int)) <= 1
        assert (result[310, 110] > 120).all()


def test_black_stays_where_it_is_by_a_white_point() -> None:
    correction = faded_color.with_white(dyes.NONE, np.array([0.9, 0.8, 0.6]))
    assert correction.apply(np.zeros(3)).max() < 0.01


@pytest.mark.parametrize("white", [(60.0, 5.0), (5.0, 40.0), (1e9, 1e9)])
def test_a_white_point_outside_is_told_with_the_size(white: tuple[float, float]) -> None:
    for pixels in (colors(), colors()[..., 0]):
        with pytest.raises(RepairError, match="60 x 40 pixels"):
            faded_color.restored(Photo(pixels), FadedColor(50, white))


def test_a_gray_photo_has_no_dyes() -> None:
    photo = Photo(colors()[..., 0])
    assert faded_color.restored(photo, FadedColor(100)) is photo


def weights_of_random(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    sizes = [(64, 6), (64, 64), (96, 66), (128, 384), (160, 512), (192, 432), (192, 192), (dyes.OUTPUTS, 192)]
    found = {}
    for layer, size in zip(network.LAYERS, sizes, strict=True):
        found[f"{layer}.weight"] = rng.normal(0, 0.1, size).astype(np.float16)
        found[f"{layer}.bias"] = rng.normal(0, 0.1, size[0]).astype(np.float16)
    return found


def put_model(folder: Path, task: str, weights: dict[str, np.ndarray]) -> None:
    card = ModelCard(FADED_COLOR, "glance", {}, 32, "noise", "MIT", "never", 1, task=task)
    (folder / "faded_color.safetensors").write_bytes(save(weights, {"card": card.to_json()}))


def test_the_network_is_read_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: tmp_path)
    put_model(tmp_path, FADED_COLOR, weights_of_random())
    photo = Photo(colors())
    assert (np.asarray(faded_color.restored(photo, FadedColor(100)).pixels) != photo.pixels).any()


@pytest.mark.parametrize("fault", ["absent", "task", "layers", "numbers"])
def test_a_network_that_cannot_be_used_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: tmp_path)
    weights = weights_of_random()
    if fault == "layers":
        del weights["cell.bias"]
    if fault == "numbers":
        weights["cell.bias"][3] = np.nan
    if fault != "absent":
        put_model(tmp_path, "color" if fault == "task" else FADED_COLOR, weights)
    with pytest.raises(ModelError):
        faded_color.restored(Photo(colors()), FadedColor(100))


def test_networks_of_repair_are_not_offered_for_coloring() -> None:
    assert {FADED_COLOR, EVENNESS}.isdisjoint(model.card.name for model in list_models())
    assert [model.card.name for model in list_models(FADED_COLOR)] == [FADED_COLOR]
    with pytest.raises(ModelError, match="made for faded color, not for coloring"):
        find_model(str(paths.bundled_models_dir() / "faded_color.safetensors"))


@pytest.mark.parametrize("cast", [(0.40, 0.22, 0.30), (0.35, 0.34, 0.18), (0.2, 0.3, 0.32)])
def test_the_bundled_network_brings_a_faded_photo_back(cast: tuple[float, float, float]) -> None:
    truth = data.astronaut()[::4, ::4] / 255
    faded = np.array(cast) + truth * (0.95 - np.array(cast)) * 0.9
    photo = Photo(np.rint(faded * 255).astype(np.uint8))
    result = np.asarray(faded_color.restored(photo, FadedColor(100)).pixels) / 255
    assert np.abs(result - truth).mean() < 0.7 * np.abs(faded - truth).mean()


def test_the_bundled_network_hardly_moves_a_sound_photo() -> None:
    photo = Photo(data.astronaut()[::4, ::4])
    result = np.asarray(faded_color.restored(photo, FadedColor(100)).pixels).astype(int)
    assert np.abs(result - photo.pixels).mean() < 8
