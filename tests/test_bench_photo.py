"""`handtint bench photo` times every stage beside its floor."""

from __future__ import annotations

import json

import numpy as np
import pytest

from handtint.bench import floors
from handtint.bench import photo as bench
from handtint.cli import main as cli
from handtint.imaging.color.merge import encoded
from tests.fakes import FakeColorizer


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_every_stage_has_its_floor(monkeypatch, capsys, form):
    monkeypatch.setattr(bench, "_import_seconds", lambda module: {"torch": 1.0}.get(module, 1.5))
    command = ["bench", "photo", "--megapixels", "0.1", "--format", form]
    assert cli.main([*command, "--json"], load=lambda *_: FakeColorizer()) == 0
    said = json.loads(capsys.readouterr().out)
    assert list(said["cpu_seconds"]) == list(said["floor"]) == list(bench.STAGES)
    assert said["cpu_seconds"]["torch"] == 1.5
    assert all(said["cpu_seconds"][stage] > 0 for stage in bench.STAGES)
    assert said["ratio_without_network"] > 0
    assert cli.main(command, load=lambda *_: FakeColorizer()) == 0
    assert "times their floors" in capsys.readouterr().out


def test_the_floor_of_the_merge_gives_the_same_colors():
    lightness = np.linspace(30, 80, 64 * 48, dtype=np.float32).reshape(48, 64)
    a, b = np.full((2, 48, 64), 5, np.float32)
    ours = encoded(lightness, a, b, np.uint8).astype(np.int16)
    assert np.abs(floors.merge(lightness, a, b) - ours).max() <= 1
