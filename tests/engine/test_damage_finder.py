"""A damage finder is a model of its own kind: never offered for coloring, and the same in any tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import ndimage

from handtint.engine.colorizer import load_colorizer
from handtint.engine.damage_finder import TorchDamageFinder, load_damage_finder
from handtint.engine.models import build, save_model
from handtint.errors import ModelError
from handtint.model_card import DAMAGE, ModelCard, ModelFile, find_model, list_models, read_card


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # other tests set more, which stall on a busy machine


def small_card(enlarged: float = 1.0) -> ModelCard:
    return ModelCard(
        name="small",
        architecture="damage_finder",
        arguments={"width": 4, "enlarged": enlarged},
        working_size=64,
        trained_on="nothing",
        license="MIT",
        use_when="in tests",
        parameters=0,
        task=DAMAGE,
    )


def small_finder(enlarged: float = 1.0) -> TorchDamageFinder:
    torch.manual_seed(0)
    card = small_card(enlarged)
    return TorchDamageFinder(build(card), card, torch.device("cpu"))


@pytest.mark.parametrize("enlarged", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 200), (37, 50), (64, 64)])
def test_every_pixel_of_a_picture_of_any_size_gets_a_chance(size: tuple[int, int], enlarged: float) -> None:
    chances = small_finder(enlarged).chances(np.full(size, 50, np.float32))
    assert chances.shape == size
    assert chances.dtype == np.uint8


def test_what_is_seen_enlarged_is_told_where_it_is() -> None:
    finder = small_finder(1.5)
    plain, marked = np.full((96, 128), 50, np.float32), np.full((96, 128), 50, np.float32)
    marked[40, 70] = 95
    y, x = np.nonzero(finder.chances(marked) != finder.chances(plain))
    assert len(y)
    assert (abs(y.mean() - 40), abs(x.mean() - 70)) < (3, 3)


def test_a_picture_is_not_seen_at_any_size_a_file_may_ask_for() -> None:
    with pytest.raises(ModelError, match="not 1000 times"):
        build(small_card(1000))


def test_a_finder_comes_back_from_its_file(tmp_path: Path) -> None:
    finder = small_finder()
    path = tmp_path / "small.safetensors"
    save_model(path, finder._model, small_card())
    loaded = load_damage_finder(ModelFile(path, read_card(path), path.stat().st_size), "cpu")
    plane = np.random.default_rng(0).uniform(0, 100, (64, 64)).astype(np.float32)
    assert np.abs(loaded.chances(plane).astype(int) - finder.chances(plane)).max() <= 3  # weights are halves


def test_a_model_for_one_task_is_not_taken_for_the_other(tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    save_model(path, small_finder()._model, small_card())
    with pytest.raises(ModelError, match="made for finding damage, not for coloring"):
        load_colorizer(ModelFile(path, read_card(path), 0), "cpu")
    with pytest.raises(ModelError, match="made for finding damage"):
        find_model(str(path))
    with pytest.raises(ModelError, match="made for coloring"):
        load_damage_finder(find_model("unet"), "cpu")


def test_damage_finders_are_listed_for_their_task_only() -> None:
    assert [model.card.name for model in list_models(DAMAGE)] == ["damage"]
    assert "damage" not in [model.card.name for model in list_models()]
    with pytest.raises(ModelError, match="no model named"):
        find_model("damage")


def test_the_shipped_finder_is_small() -> None:
    model = find_model("damage", DAMAGE)
    assert model.size_bytes <= 2 * 2**20
    assert model.card.task == DAMAGE


def test_the_shipped_finder_sees_a_scratch_and_specks_and_nothing_on_a_plain_wall() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:192, :192].astype(np.float32)
    wall = (45 + y / 12 + x / 24 + rng.normal(0, 1, y.shape)).astype(np.float32)
    finder = load_damage_finder(find_model("damage", DAMAGE), "cpu")
    assert (finder.chances(wall) > 128).mean() < 0.001
    mask = np.abs(x - 60 - y / 8) < 1.5
    for place in ((50, 120), (120, 150), (150, 30)):
        mask |= np.hypot(y - place[0], x - place[1]) < 3
    found = finder.chances(np.where(mask, 95, wall).astype(np.float32)) > 128
    assert found[mask].mean() > 0.8
    near = ndimage.binary_dilation(mask, np.ones((3, 3)))
    assert (found & ~near).sum() < 0.1 * mask.sum()
