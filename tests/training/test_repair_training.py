"""How the tiny networks of repair are taught, and the figures they are measured with."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.color import deltaE_ciede2000

from handtint.model_card import FADED_COLOR, read_card
from handtint.repair import dyes, evenness, network
from training.learning import dyes as learning_dyes
from training.learning import evenness as learning_evenness
from training.learning.glance import Course, Glance, fit, widened
from training.learning.repair import save
from training.measuring import ciede2000, fadings
from training.photos import fading, spoiling


def photos(count: int = 6, seed: int = 0) -> np.ndarray:
    """(n, 64, 64, 3) uint8: soft patches of color."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 8, 8, 3)).repeat(8, 1).repeat(8, 2).astype(np.uint8)


def random_glance(outputs: int) -> Glance:
    torch.manual_seed(0)
    learner = Glance(outputs)
    torch.nn.init.normal_(learner.said.weight, std=0.1)
    torch.nn.init.normal_(learner.said.bias, std=0.1)
    return learner


def test_numpy_says_what_torch_says() -> None:
    learner = random_glance(dyes.OUTPUTS)
    weights = {name: values.numpy() for name, values in learner.state_dict().items()}
    for small in photos()[:, ::2, ::2]:
        seen = small.astype(np.float32) / 255
        with torch.no_grad():
            expected = learner.eval()(torch.from_numpy(seen).permute(2, 0, 1)[None])[0].numpy()
        assert network.run(weights, seen) == pytest.approx(expected, abs=1e-4)


def test_what_is_learned_is_what_is_applied() -> None:
    said = np.random.default_rng(0).normal(0, 0.15, dyes.OUTPUTS).astype(np.float32)
    picture = photos(1)[0].astype(np.float32) / 255
    learned = learning_dyes.corrected(torch.from_numpy(picture).permute(2, 0, 1)[None], torch.from_numpy(said)[None])
    applied = dyes.correction_from(said).apply(picture)
    assert learned[0].permute(1, 2, 0).numpy().clip(0, 1) == pytest.approx(applied, abs=1e-4)


def test_what_is_learned_of_uneven_light_is_what_is_applied() -> None:
    said = np.random.default_rng(0).normal(0, 0.1, evenness.OUTPUTS).astype(np.float32)
    gray = photos(1)[0, ..., 0].astype(np.float32) / 255
    learned = learning_evenness.leveled(torch.from_numpy(gray)[None, None], torch.from_numpy(said)[None])[0, 0]
    places = (np.arange(64) * 2 + 1) / 64 - 1
    gain, offset = evenness.surfaces(said, *np.meshgrid(places, places, indexing="ij"))
    assert learned.numpy() == pytest.approx(gain * gray + offset, abs=1e-4)


@pytest.mark.parametrize("worse_scans", [False, True])
def test_fading_leaves_the_share_that_is_sound(worse_scans: bool) -> None:
    srgb = torch.from_numpy(photos(200)).permute(0, 3, 1, 2).float() / 255
    faded = fading.fade(srgb, 0.25, torch.Generator().manual_seed(1), worse_scans=worse_scans)
    left = (faded == srgb).flatten(1).all(1).float().mean()
    assert 0.15 < left < 0.35
    assert ((faded >= 0) & (faded <= 1)).all()
    assert faded.flatten(2).std(2).mean() < srgb.flatten(2).std(2).mean()  # contrast is lost


def test_colors_are_spoiled_in_a_way_of_its_own_each_time() -> None:
    srgb = torch.from_numpy(photos(1)).permute(0, 3, 1, 2).float().repeat(200, 1, 1, 1) / 255
    spoiled = spoiling.spoil(srgb, torch.Generator().manual_seed(1))
    assert ((spoiled >= 0) & (spoiled <= 1)).all()
    moved = (spoiled - srgb).abs().mean((1, 2, 3))
    assert moved.min() > 0.005
    assert moved.median() > 0.05
    assert spoiled.mean((2, 3)).std(0).min() > 0.05  # all channels, and not by the same amount
    chroma = (spoiled.amax(1) - spoiled.amin(1)).mean((1, 2))
    assert (chroma < 0.8 * (srgb.amax(1) - srgb.amin(1)).mean()).float().mean() > 0.3  # many are dulled


def test_curves_never_fall() -> None:
    ramp = torch.linspace(0, 1, 50).expand(40, 3, 1, 50)
    generator = torch.Generator().manual_seed(2)
    zero, one = torch.zeros(40, 3, 1, 1), torch.ones(40, 3, 1, 1)
    curved = spoiling._curved(ramp, spoiling._waves(40, 3, generator), zero, one)
    assert (curved.diff(dim=3) >= 0).all()
    assert curved[..., 0].abs().max() < 1e-6
    assert (curved[..., -1] - 1).abs().max() < 1e-5


def test_a_widened_network_says_the_same_and_can_learn_more() -> None:
    narrow = random_glance(dyes.OUTPUTS)
    wide = widened(narrow, 384)
    small = torch.from_numpy(photos()[:, ::2, ::2]).permute(0, 3, 1, 2).float() / 255
    torch.testing.assert_close(wide.eval()(small), narrow.eval()(small))
    wide.train()(small).square().sum().backward()
    assert wide.said.weight.grad is not None
    assert wide.said.weight.grad[:, 192:].abs().max() > 0


def test_uneven_prints_differ_from_even_ones_mostly() -> None:
    gray = torch.from_numpy(photos(200)[..., 0]).float()[:, None] / 255
    even, uneven = fading.make_uneven(gray, torch.Generator().manual_seed(1))
    same = (even == uneven).flatten(1).all(1).float().mean()
    assert 0.2 < same < 0.8
    assert ((uneven >= 0) & (uneven <= 1)).all()


def test_the_second_way_to_fade_raises_blacks_and_dulls_colors() -> None:
    rng = np.random.default_rng(0)
    pairs = [(photo, fadings.fade(photo, rng)) for photo in photos(20)]
    assert np.mean([faded.min() for _, faded in pairs]) > 15
    assert np.mean([np.ptp(faded, axis=-1).mean() / np.ptp(photo, axis=-1).mean() for photo, faded in pairs]) < 0.9


def test_learning_makes_the_loss_smaller() -> None:
    truth = torch.from_numpy(photos(8)).permute(0, 3, 1, 2).float() / 255
    faded = 0.3 + 0.5 * truth
    losses = []

    def loss_of(learner: Glance, _: torch.Generator) -> torch.Tensor:
        found = learning_dyes.corrected(faded, learner(torch.nn.functional.avg_pool2d(faded, 2)))
        losses.append(learning_dyes.distance(found, truth).mean())
        return losses[-1]

    torch.set_num_threads(1)  # two would wait for each other
    fit(dyes.OUTPUTS, loss_of, Course(steps=15))
    assert losses[-1] < 0.95 * losses[0]


def test_a_saved_network_says_what_it_is(tmp_path) -> None:
    learner = random_glance(dyes.OUTPUTS)
    save(tmp_path / "faded_color.safetensors", FADED_COLOR, widened(learner, 384), "six photographs", {"steps": 1})
    card = read_card(tmp_path / "faded_color.safetensors")
    assert card.task == FADED_COLOR
    assert card.parameters == 469217
    assert (tmp_path / "faded_color.safetensors").stat().st_size < 2**20


def test_ciede2000_is_that_of_scikit_image() -> None:
    rng = np.random.default_rng(0)
    first = np.stack([rng.uniform(0, 100, 2000), *rng.uniform(-90, 90, (2, 2000))], axis=-1)
    second = first[::-1] + rng.normal(0, 8, first.shape)
    second[:20, 1:] = 0
    assert ciede2000.delta_e(first, second) == pytest.approx(deltaE_ciede2000(first, second), abs=1e-9)
