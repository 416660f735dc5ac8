"""The network that notices negatives finds without torch what it finds with it; its fit is measured as it says."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from skimage import data

from handtint import paths
from handtint.engine.architectures.resnet18_gray import ResNet18Gray
from handtint.imaging.color import negative_network
from handtint.imaging.color.negative_network import SIDE, features, in_room, negativeness
from training import fit_negatives
from training.fit_negatives import Encoder


@pytest.fixture
def network() -> ResNet18Gray:
    """Random weights, with a batch norm that does something."""
    torch.manual_seed(3)
    made = ResNet18Gray()
    for name, values in made.state_dict().items():
        if name.endswith("running_var") or ("bn" in name and name.endswith("weight")):
            values.uniform_(0.5, 2)
        elif name.endswith("running_mean"):
            values.normal_(0, 0.3)
    return made


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the network without torch reads its weights from."""
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    negative_network._weights.cache_clear()
    yield tmp_path
    negative_network._weights.cache_clear()


def test_the_network_without_torch_finds_what_it_finds_with_it(network: ResNet18Gray, resources: Path) -> None:
    encoder, rng = Encoder(network), np.random.default_rng(2)
    last = rng.normal(size=1024).astype(np.float32)
    stored: dict[str, Any] = {**encoder.weights(), "last.weight": last}
    np.savez(resources / "negative.npz", **stored)
    gray = rng.random((SIDE, SIDE), np.float32)
    room = in_room(gray[None])
    expected = encoder(room)[0]
    assert np.abs(features(room[0]) - expected).max() < 0.03 * expected.max()  # its kernels are whole numbers
    assert negativeness(gray) == pytest.approx(float(last @ (encoder(-room)[0] - expected)), rel=0.05)


def test_a_fit_leaves_unseen_sources_out_and_writes_what_the_app_reads(
    network: ResNet18Gray, resources: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_file(
        {key: value for key, value in network.state_dict().items() if "decode" not in key}, resources / "e.safetensors"
    )
    with tarfile.open(resources / "a.tar", "w") as tar:
        for number, picture in enumerate([data.astronaut(), data.coffee(), data.chelsea(), data.rocket()]):
            file = io.BytesIO()
            Image.fromarray(picture).resize((120, 120)).save(file, "PNG")
            info = tarfile.TarInfo(f"{'seen' if number else 'other'}_{number}.png")
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)
    tar_name = str(resources / "a.tar")
    arguments = [str(resources / "negative.npz"), "--encoder", str(resources / "e.safetensors"), "--unseen", "other"]
    assert fit_negatives.main([*arguments, "--train", tar_name, "--bar", tar_name, "--test", tar_name]) == 0
    assert "a.tar: 1 photographs, 0.00% called negatives; noticed" in capsys.readouterr().out
    assert negativeness(np.asarray(Image.fromarray(data.coffee()).convert("L").resize((SIDE, SIDE))) / 255) < 1


def test_film_is_clear_where_the_scene_is_dark() -> None:
    ramp = np.linspace(0, 1, 64).reshape(1, 8, 8)
    film = fit_negatives.on_film(ramp)
    assert np.all(np.diff(film.ravel()) < 0)
    assert (film.min(), film.max()) == (0, 1)
    assert film[ramp < 0.5].mean() < fit_negatives.inverted(ramp)[ramp < 0.5].mean()  # falls steeply from clear
