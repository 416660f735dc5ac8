"""Damage painted for learning and for measuring, and the learning and measuring themselves, small."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy import ndimage

from handtint.engine.architectures import damage_finder
from handtint.engine.models import build, load_model, save_model
from handtint.model_card import DAMAGE
from tests.fakes import FakeFinder
from training.learning import damage as learning
from training.measuring import damage as measuring
from training.measuring import damage_painter, likenesses
from training.photos import damage_shapes as shapes
from training.photos.damage import damage

ROOT = Path(__file__).parents[2]


def plane(size: int = 96) -> np.ndarray:
    """(size, size) L of a soft slope."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    return 30 + 0.3 * y + 0.1 * x


@pytest.mark.parametrize("seed", range(12))
def test_the_mask_is_where_the_damage_can_be_seen(seed: int) -> None:
    made = damage(plane(), np.random.default_rng(seed))
    difference = np.abs(made.lightness - plane())
    assert (difference[made.mask] >= 3).all()
    assert (difference[~made.mask] < 3).all()
    assert (difference[~made.mask & (made.weight > 0)] < 2.01).all()
    assert (made.weight[made.mask] >= 1).all()
    assert (made.weight[made.mask & (difference > 41)] == 2).all()


@pytest.mark.parametrize("draw", [draw for _, _, draw in shapes.KINDS])
def test_each_kind_of_damage_covers_a_part_of_most_pictures(draw) -> None:
    shares = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        canvas = shapes.Canvas((96, 96))
        draw(canvas, rng)
        cover = canvas.cover(rng)
        assert cover.shape == (96, 96)
        assert 0 <= cover.min() <= cover.max() <= 1.0001
        shares.append((cover > 0.15).mean())
    assert np.count_nonzero(shares) >= 5
    assert max(shares) < 0.7


def test_damage_is_bright_and_dark_and_some_pictures_stay_sound() -> None:
    made = [damage(plane(48), np.random.default_rng(seed)) for seed in range(60)]
    assert any((d.lightness > plane(48) + 10).any() for d in made)
    assert any((d.lightness < plane(48) - 10).any() for d in made)
    assert 0 < sum(not d.mask.any() for d in made) < 30


def test_the_same_seed_paints_the_same() -> None:
    for paint in (
        lambda rng: damage(plane(), rng).lightness,
        lambda rng: damage_painter.paint(plane() / 100, rng).damaged,
    ):
        assert np.array_equal(paint(np.random.default_rng(3)), paint(np.random.default_rng(3)))


def test_the_rim_of_damage_that_can_be_seen_counts_where_the_picture_would_hide_it() -> None:
    rng = np.random.default_rng(0)
    rough = (50 + 8 * rng.standard_normal((96, 96))).astype(np.float32)
    made = damage(rough, np.random.default_rng(1))
    difference = np.abs(made.lightness - rough)
    hidden = made.mask & (difference < 5)
    assert hidden.any()
    seen = np.asarray(ndimage.binary_dilation(made.mask & (difference >= 5), np.ones((5, 5))), bool)
    assert not (hidden & ~seen).any()


def test_blur_after_the_damage_widens_it() -> None:
    def blur(x: np.ndarray) -> np.ndarray:
        return learning._blurred(torch.from_numpy(x)[None, None], 1.5)[0, 0].numpy()

    areas = [
        [int(damage(plane(), np.random.default_rng(seed), finish).mask.sum()) for seed in range(20)]
        for finish in (None, blur)
    ]
    assert sum(areas[1]) > sum(areas[0])


@pytest.mark.parametrize("seed", range(4))
def test_the_second_painter_marks_what_it_changed(seed: int) -> None:
    sound = plane(160) / 100
    made = damage_painter.paint(sound, np.random.default_rng(seed), 0.01)
    changed = np.abs(made.damaged - sound)
    assert 0.003 < made.mask.mean() < 0.15
    assert changed[made.mask].min() > changed[~made.mask].mean()
    assert np.array_equal(made.sound, sound)


def test_the_painters_share_no_code() -> None:
    tree = ast.parse((ROOT / "training" / "measuring" / "damage_painter.py").read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [module for module in modules if module and module.startswith(("training", "PIL"))]


def test_a_finder_learns_and_its_file_says_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr(learning, "_SIZE", 32)
    monkeypatch.setattr(learning, "_BATCH", 2)
    photo = np.random.default_rng(0).integers(0, 255, (160, 200)).astype(np.uint8)
    card = dataclasses.replace(learning.new_card(4, 1.5), name="tiny")
    learning.fit([photo], card, tmp_path, minutes=0.002)
    network, read = load_model(tmp_path / "tiny.safetensors")
    assert read.task == DAMAGE
    assert network(torch.zeros(1, 1, 16, 32)).shape == (1, 1, 16, 32)


def test_a_finder_goes_on_from_one_that_sees_pictures_at_another_size(tmp_path: Path) -> None:
    parent = build(learning.new_card(4, 1.0))
    save_model(tmp_path / "parent.safetensors", parent, learning.new_card(4, 1.0))
    photo, card = np.zeros((160, 200), np.uint8), learning.new_card(4, 1.5)
    learning.fit([photo], card, tmp_path, minutes=1e-9, parent=tmp_path / "parent.safetensors")
    network, read = load_model(tmp_path / "damage.safetensors")
    assert read.arguments["enlarged"] == 1.5
    for name, weights in parent.state_dict().items():
        assert torch.allclose(network.state_dict()[name].float(), weights.float(), atol=1e-3)


def test_a_finder_goes_on_from_one_of_fewer_layers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    grown, parent = build(learning.new_card(4, 1.0)).eval(), tmp_path / "parent.safetensors"
    last = f"around.{len(damage_finder._DILATIONS) - 1}."
    weights = {key: value for key, value in grown.state_dict().items() if not key.startswith(last)}
    save_file(weights, parent)
    fresh = build(learning.new_card(4, 1.0)).eval()
    assert torch.equal(fresh.state_dict()[f"{last}1.weight"], torch.ones(16))
    learning._start_from(fresh, parent)
    assert all(torch.equal(fresh.state_dict()[key], value) for key, value in weights.items())
    assert torch.equal(fresh.state_dict()[f"{last}1.weight"], torch.full((16,), learning._QUIET))


def test_overlap_and_entropy_fall_as_the_chances_come_right() -> None:
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 2:4] = 1
    weight = torch.ones_like(mask)
    losses = [float(learning.loss_of((mask * 2 - 1) * sure, mask, weight)) for sure in (-4.0, 0.0, 4.0)]
    assert losses == sorted(losses, reverse=True)
    ignored = weight * (1 - mask)
    assert learning.loss_of(-4 * torch.ones_like(mask), mask, ignored) < 1.2


def test_a_finder_that_knows_the_truth_measures_as_perfect() -> None:
    class Knowing(FakeFinder):
        card = learning.new_card(4, 1.5)

        def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
            return truth * np.uint8(255)

    sound = (plane(160) / 100).astype(np.float32)
    truth = damage_painter.paint(sound, np.random.default_rng(5), measuring._SHARE).mask
    row = measuring.measure(sound, Knowing(), 50, np.random.default_rng(5))  # type: ignore[arg-type]
    figures = measuring.summary([row])
    assert figures["precision"] == figures["recall"] == 1
    assert figures["changed outside %"] == 0
    assert figures["PSNR inside, found and filled"] == figures["PSNR inside, true mask, own fill"]
    assert figures["PSNR inside, found and filled"] > figures["PSNR inside, nothing done"] + 9


@pytest.mark.parametrize("kind", likenesses.KINDS)
def test_what_looks_like_damage_is_drawn_anew_each_time(kind: str) -> None:
    rng = np.random.default_rng(0)
    (_, first), (_, second) = likenesses.drawn(kind, 2, rng)
    for gray in (first, second):
        assert gray.dtype == np.float32
        assert gray.min() >= 0
        assert gray.max() <= 1
        assert gray.std() > 0.02  # there is something in it
    assert np.abs(first - second).mean() > 0.01
