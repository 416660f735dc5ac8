"""Training a U-Net with a trunk: its weights, what learns, and whole sources held out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from handtint.engine.architectures import ARCHITECTURES
from handtint.engine.architectures.efficientnet import EfficientNetLite2, fold
from handtint.errors import ModelError
from tests.training.small import album, photo_set, recipe, recipe_file
from training.__main__ import main
from training.config import load_recipe
from training.learning.encoders import start_encoder
from training.learning.learner import new_card, start_learner
from training.learning.step import Step
from training.photos.crops import Crops
from training.photos.found import load_photos
from training.settle import settle
from training.tune import tuned_recipe

ARGUMENTS = {"encoder": "efficientnet_lite2", "decoder": [8, 8, 8, 8, 8], "edges": [4, 4]}


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Weights as they are published, random."""
    torch.manual_seed(0)
    weights = {}
    for name, value in EfficientNetLite2().state_dict().items():
        layer, _, part = name.rpartition(".")
        if part == "weight":
            shape = (value.shape[0], 3, 3, 3) if layer == "stem" else value.shape
            weights[f"{layer}.conv.weight"] = (torch.randn(shape) * 0.1).half()
            for norm in ("weight", "bias", "running_mean", "running_var"):
                weights[f"{layer}.bn.{norm}"] = torch.rand(value.shape[0])
    path = tmp_path_factory.mktemp("trunk") / "trunk.safetensors"
    save_file(weights, path)
    return path


def test_a_trunk_starts_from_its_published_weights(published: Path) -> None:
    from safetensors.torch import load_file

    model = ARCHITECTURES["unet"](**ARGUMENTS)
    start_encoder(model, published, torch.zeros(1, 1, 32, 32))
    expected = fold({key: value.float() for key, value in load_file(published).items()})
    assert all(torch.equal(value, expected[key]) for key, value in model.trunk.state_dict().items())


def test_weights_of_another_encoder_are_refused_in_a_sentence(published: Path, tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(64, 1, 7, 7)}, tmp_path / "resnet.safetensors")
    with pytest.raises(ModelError, match="do not fit"):
        start_encoder(ARCHITECTURES["unet"](**ARGUMENTS), tmp_path / "resnet.safetensors", torch.zeros(1, 1, 32, 32))
    with pytest.raises(ModelError, match="do not fit"):
        start_encoder(ARCHITECTURES["unet"](), published, torch.zeros(1, 1, 32, 32))


@pytest.mark.parametrize("blocks", [0, 2])
def test_of_a_trunk_only_its_top_learns_at_a_rate_of_its_own(published: Path, tmp_path: Path, blocks: int) -> None:
    plan = recipe(tmp_path, arguments=ARGUMENTS, trunk_blocks=blocks, encoder_rate=0.1)
    photos = photo_set().part(held_out=False)
    crops = Crops(photos, {}, 0)
    step = Step(plan, torch.device("cpu"), torch.Generator())
    learner = start_learner(
        plan, new_card(plan), step, crops, torch.device("cpu"), encoder=published, parent=None, resumed=None
    )
    before = {key: value.clone() for key, value in learner.model.state_dict().items()}
    loss, _ = step.losses(learner.model, crops.batch(0, 4, 32), learner.targets, learner.weights)
    loss.backward()
    learner.optimizer.step()
    changed = {key for key, value in learner.model.state_dict().items() if not torch.equal(value, before[key])}
    of_trunk = {key for key in changed if key.startswith("trunk.")}
    assert changed - of_trunk
    tops = ("trunk.head.", "trunk.blocks.19.", "trunk.blocks.20.")
    assert all(key.startswith(tops) for key in of_trunk)
    assert bool(of_trunk) == (blocks > 0)
    assert learner.rates == [pytest.approx(0.005), pytest.approx(0.0005)][: 1 + (blocks > 0)]


def test_whole_sources_are_held_out_by_the_beginnings_of_their_names(tmp_path: Path) -> None:
    folder = album(tmp_path / "album", 12)
    photos = load_photos([folder], 64, 0.0, ["photo 0"])
    held_out = {name for name, held in zip(photos.names, photos.held_out, strict=True) if held}
    assert held_out == {f"photo {i:02d}.png" for i in range(10)}
    assert set(photos.chosen(held_out=True, prefixes=["photo 03"]).names) == {"photo 03.png"}
    assert set(photos.without(("photo 0",)).names) == {"photo 10.png", "photo 11.png"}


def test_a_training_tells_how_it_does_on_sources_it_does_not_learn_from(tmp_path: Path, capsys) -> None:
    folder = album(tmp_path / "album", 60)
    plan = recipe_file(tmp_path, stages=[{"size": 32, "share": 1.0, "batch": 8}])
    arguments = ["fit", str(plan), "--data", str(folder), "--out", str(tmp_path / "run"), "--epochs", "0.3"]
    assert main([*arguments, "--device", "cpu", "--hold-out-prefix", "photo 1", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    look = next(event for event in events if event["event"] == "validation")
    assert 0 < look["ab_mse_ratio_other_sources"] != look["ab_mse_ratio"]
    data = next(event for event in events if event["event"] == "data")
    assert data["held_out"] > 10


def test_without_encoder_weights_another_layout_learns_from_nothing(tmp_path: Path, published: Path) -> None:
    plan = recipe(tmp_path, arguments=ARGUMENTS, trained_on="photos made to look old; encoder is known.")
    said: list[str] = []
    settled = settle(plan, photo_set(), None, said.append)
    assert settled.arguments == {key: value for key, value in ARGUMENTS.items() if key != "encoder"}
    assert settled.trained_on == "photos made to look old; its encoder began at random."
    assert "--encoder" in said[0]
    assert settle(plan, photo_set(), published, said.append) == plan
    assert settle(plan, photo_set(), None, said.append, has_parent=True) == plan
    assert len(said) == 1
    # A training that is gone on with stays as it was begun.
    assert settle(plan, photo_set(), None, said.append, begun=plan.to_dict()) == plan
    assert settle(plan, photo_set(), published, said.append, begun=settled.to_dict()) == settled


def test_tuning_leaves_the_trunk_as_it_is_and_holds_out_no_sources() -> None:
    card = new_card(load_recipe("unet", ['hold_out=["a"]', "trunk_blocks=3"]))
    tuned = tuned_recipe(card, "mine", [])
    assert tuned.trunk_blocks == 0
    assert tuned.hold_out == []
    assert tuned.arguments["encoder"] == "efficientnet_lite2"
