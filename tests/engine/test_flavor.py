"""What the build for the processor says of graphics cards."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from handtint import paths
from handtint.engine.colorizer import choose_device, describe_devices
from handtint.errors import DeviceError


def test_a_source_tree_has_no_flavor_and_an_installed_handtint_one(tmp_path: Path, monkeypatch) -> None:
    assert paths.flavor() == ""
    monkeypatch.setattr(paths, "resources_dir", lambda: tmp_path)
    (tmp_path / "flavor").write_text("cpu\n", encoding="utf-8")
    assert paths.flavor() == "cpu"


def test_the_build_for_the_processor_says_how_to_get_the_one_for_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr("sys.platform", "linux")
    for flavor, is_said in (("cpu", True), ("cuda", False), ("", False)):
        monkeypatch.setattr(paths, "flavor", lambda flavor=flavor: flavor)
        assert any("handtint-cuda" in line for line in describe_devices()) == is_said
        with pytest.raises(DeviceError) as caught:
            choose_device("cuda")
        assert ("install handtint-cuda" in str(caught.value)) == is_said
    monkeypatch.setattr("sys.platform", "win32")  # for which there is none
    monkeypatch.setattr(paths, "flavor", lambda: "cpu")
    assert not any("handtint-cuda" in line for line in describe_devices())
