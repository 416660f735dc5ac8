"""A damage finder is a model of its own kind: never offered for coloring, and the same in any tile."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import nn

from handtint.engine.architectures import damage_finder
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


def build_small(enlarged: float = 1.0) -> nn.Module:
    torch.manual_seed(0)
    return build(small_card(enlarged))


def small_finder(enlarged: float = 1.0) -> TorchDamageFinder:
    return TorchDamageFinder(build_small(enlarged), small_card(enlarged), torch.device("cpu"))


@pytest.mark.parametrize("enlarged", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 200), (37, 50), (64, 64)])
def test_every_pixel_of_a_picture_of_any_size_gets_a_chance(size: tuple[int, int], enlarged: float) -> None:
    chances = small_finder(enlarged).chances(np.full(size, 50, np.float32))
    assert chances.shape == size
    assert chances.dtype == np.uint8


def test_several_pictures_at_once_are_told_in_order_and_leave_no_thread() -> None:
    finder, rng = small_finder(), np.random.default_rng(0)
    pictures = [rng.uniform(0, 100, (64, 80)).astype(np.float32) for _ in range(5)]
    threads, before = threading.active_count(), torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        together = list(finder.chances_in(pictures))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert threading.active_count() == threads
    for picture, chances in zip(pictures, together, strict=True):
        assert np.array_equal(chances, finder.chances(picture))


@pytest.mark.parametrize("closely", [False, True])
def test_a_network_without_its_norms_says_the_same(closely: bool) -> None:
    torch.manual_seed(0)
    card = small_card(1.5)
    model = build(card)
    for part in model.modules():  # as after training
        if isinstance(part, nn.BatchNorm2d):
            assert part.running_mean is not None
            assert part.running_var is not None
            nn.init.uniform_(part.running_mean, -0.1, 0.1)
            nn.init.uniform_(part.running_var, 0.5, 2)
            nn.init.uniform_(part.weight, 0.5, 2)
    plane = np.random.default_rng(0).uniform(0, 100, (64, 96)).astype(np.float32)
    with torch.inference_mode():
        logits = model.eval()(torch.from_numpy(plane)[None, None] / 50 - 1, closely)
    expected = torch.sigmoid(logits)[0, 0].numpy() * 255
    assert expected.std() > 2
    found = TorchDamageFinder(model, card, torch.device("cpu")).chances(plane, closely)
    assert np.abs(found - expected).max() <= (0.51 if found.dtype == np.uint8 else 0)
    assert any(isinstance(part, nn.BatchNorm2d) for part in model.modules())  # the model itself stays


def test_a_coarse_picture_beside_a_fine_one_is_seen_as_if_it_were_enlarged() -> None:
    torch.manual_seed(0)
    joined = damage_finder._Joined(*damage_finder._conv(5, 4)).eval()
    coarse, fine = torch.randn(2, 3, 6, 7), torch.randn(2, 2, 12, 14)
    enlarged = torch.nn.functional.interpolate(coarse, scale_factor=2, mode="nearest")
    expected = nn.Sequential(*joined)(torch.cat([enlarged, fine], 1))
    assert torch.allclose(joined(coarse, fine), expected, atol=1e-5)


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
    save_model(path, build_small(), small_card())
    loaded = load_damage_finder(ModelFile(path, read_card(path), path.stat().st_size), "cpu")
    plane = np.random.default_rng(0).uniform(0, 100, (64, 64)).astype(np.float32)
    assert np.abs(loaded.chances(plane).astype(int) - finder.chances(plane)).max() <= 3  # weights are halves


def test_a_model_for_one_task_is_not_taken_for_the_other(tmp_path: Path) -> None:
    path = tmp_path / "small.safetensors"
    save_model(path, build_small(), small_card())
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
