"""One window by default: a second start hands its photos over."""

from __future__ import annotations

import json
from pathlib import Path

from handtint import instance
from handtint.gui import app
from handtint.gui.requests import Requests
from tests.gui.conftest import Studio, gray_photo


def test_a_second_start_opens_its_photos_in_the_first_window(studio: Studio, tmp_path: Path) -> None:
    first = instance.claim()
    assert first is not None
    Requests(first, studio.window, studio.window.open)
    photo = gray_photo(tmp_path / "old.png")
    (first.folder / "1.json").write_text(json.dumps([str(photo)]))
    studio.wait_for(lambda: [shown.path for shown in studio.window.session.photos] == [photo])
    assert not list(first.folder.iterdir())
    first.close()


def test_a_second_start_makes_no_window(monkeypatch, tmp_path: Path) -> None:
    first = instance.claim()
    assert first is not None
    asked: list[object] = []
    monkeypatch.setattr(instance, "hand_over", lambda files: asked.append(files) or True)
    monkeypatch.setattr(app, "_run", lambda files, first: asked.append("window") or 0)
    assert app.run([tmp_path]) == 0
    assert asked == [[tmp_path]]
    assert app.run([tmp_path], new_window=True) == 0
    assert asked == [[tmp_path], "window"]
    first.close()
