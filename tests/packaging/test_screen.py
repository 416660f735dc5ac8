"""Pictures of the virtual screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import screen
import smoke
from PIL import Image


def test_a_picture_of_the_screen_is_a_png_of_its_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = screen.Screen()
    pixels = np.zeros((screen.HEIGHT, screen.WIDTH, 4), np.uint8)
    monkeypatch.setattr(shown, "pixels", pixels.tobytes)
    assert not shown.shows_something()
    pixels[..., :3] = 60  # blue, green, red
    assert shown.shows_something()
    assert shown.colored_share() == 0
    pixels[:, : screen.WIDTH // 2, 2] = 200
    assert shown.colored_share() == pytest.approx(0.5, abs=0.02)
    shown.save(tmp_path / "screen.png")
    with Image.open(tmp_path / "screen.png") as image:
        assert image.size == (screen.WIDTH, screen.HEIGHT)
        assert image.getpixel((0, 0)) == (200, 60, 60)
        assert image.getpixel((screen.WIDTH - 1, 0)) == (60, 60, 60)


def test_the_album_for_teaching_has_enough_photos_in_color(tmp_path: Path) -> None:
    smoke.draw_album(tmp_path / "album", 3)
    contents = {path.read_bytes() for path in (tmp_path / "album").iterdir()}
    assert len(contents) == 3
    with Image.open(tmp_path / "album" / "0.png") as image:
        assert np.ptp(np.asarray(image), axis=2).mean() > 20


def test_all_that_a_removal_left_is_seen(tmp_path: Path) -> None:
    for name in ("usr/lib/handtint/x", "var/lib/dpkg/status", "home/stranger/photo.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x")
    found = smoke.tree(tmp_path)
    assert "usr/lib/handtint/x" in found
    assert "home/stranger/photo.jpg" in found
    assert not [path for path in found if path.startswith("var/lib/dpkg")]
