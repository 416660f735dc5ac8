"""The network that notices negatives says without torch what it says with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from handtint.imaging.color import negative_network
from handtint.imaging.color.negative_network import SIDE, in_room, negativeness
from training.fit_negatives import Network


def test_the_network_without_torch_is_the_one_that_was_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(3)
    network, rng = Network().eval(), np.random.default_rng(2)
    weights = {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}
    network.load_state_dict({name: torch.from_numpy(value.astype(np.float32)) for name, value in weights.items()})
    monkeypatch.setattr(negative_network, "_weights", lambda: {k: v.astype(np.float32) for k, v in weights.items()})
    gray = rng.random((SIDE, SIDE), np.float32)
    with torch.no_grad():
        said = float(network(torch.from_numpy(in_room(gray[None]))[None]))
    assert negativeness(gray) == pytest.approx(-said, abs=1e-4)
