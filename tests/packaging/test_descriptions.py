"""What describes Handtint to systems; the programs that check it run in packaging/ci.sh."""

from __future__ import annotations

from pathlib import Path

import descriptions
from PIL import Image


def test_every_description_is_checked(tmp_path: Path) -> None:
    checked = {Path(word).name for command in descriptions.commands(tmp_path).values() for word in command}
    systems = [descriptions.HERE / system for system in ("macos", "windows")]
    assert {file.name for system in systems for file in system.iterdir()} <= checked
    assert {"handtint.desktop", "handtint.1.gz", "install.sh"} <= checked


def test_the_icon_in_place_of_a_real_one_is_an_icon(tmp_path: Path) -> None:
    with Image.open(descriptions.icon(tmp_path / "gray.ico")) as image:
        assert image.format == "ICO"
        assert image.convert("RGB").getpixel((3, 3)) == (128, 128, 128)
