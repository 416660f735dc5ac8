"""The mean of the weights of several models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from handtint.engine.models import build, load_model, save_model
from tests.training.small import VALUES
from training.__main__ import main
from training.config import recipe_from
from training.learning.learner import new_card


def saved(path: Path, seed: int, **card_values: object) -> Path:
    torch.manual_seed(seed)
    card = replace(new_card(recipe_from("for tests", VALUES)), metrics={"data": "none"}, **card_values)
    save_model(path, build(card), card)
    return path


def test_weights_are_mixed_by_their_shares(tmp_path) -> None:
    old, new = saved(tmp_path / "old.safetensors", 1), saved(tmp_path / "new.safetensors", 2, working_size=96)
    assert main(["mean", f"{old}=3", f"{new}=7", "--out", str(tmp_path / "mean.safetensors")]) == 0
    (mean, card), (one, _), (other, _) = (load_model(p) for p in (tmp_path / "mean.safetensors", old, new))
    for name, tensor in mean.state_dict().items():
        expected = one.state_dict()[name] * 0.3 + other.state_dict()[name] * 0.7
        assert torch.allclose(tensor, expected.to(tensor.dtype), rtol=2e-3, atol=1e-4), name
    assert not torch.equal(mean.regress.weight, one.regress.weight)
    assert card.working_size == 96
    assert card.metrics == {}


def test_the_mean_sees_photos_at_the_size_asked_for(tmp_path) -> None:
    model, out = saved(tmp_path / "one.safetensors", 1), tmp_path / "mean.safetensors"
    assert main(["mean", f"{model}=1", "--out", str(out), "--working-size", "80"]) == 0
    assert load_model(out)[1].working_size == 80


def test_different_networks_have_no_mean(tmp_path, capsys) -> None:
    small = saved(tmp_path / "small.safetensors", 1)
    large = saved(
        tmp_path / "large.safetensors", 1, arguments={"widths": [16, 16, 16, 16, 16], "decoder": [16, 8, 8, 8]}
    )
    assert main(["mean", f"{small}=1", f"{large}=1", "--out", str(tmp_path / "mean.safetensors")]) == 1
    assert "different networks" in capsys.readouterr().err
    assert not (tmp_path / "mean.safetensors").exists()


@pytest.mark.parametrize("share", ["", "=0", "=-1", "=half"])
def test_a_model_without_a_share_is_refused(tmp_path, capsys, share: str) -> None:
    model = saved(tmp_path / "one.safetensors", 1)
    with pytest.raises(SystemExit):
        main(["mean", f"{model}{share}", "--out", str(tmp_path / "mean.safetensors")])
    assert "NAME|FILE=SHARE" in capsys.readouterr().err
