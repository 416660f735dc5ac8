"""Small pictures of files are made by Qt only where its decoders can be trusted with a stranger's file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.gui.session import jobs


def test_a_tiff_by_whatever_name_is_never_given_to_qt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((30, 40), 90, np.uint8)).save(tmp_path / "a.tif")
    (tmp_path / "a.tif").rename(tmp_path / "a.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "QImageReader", lambda *_: pytest.fail("Qt was asked"))
        image = jobs.thumbnail(tmp_path / "a.jpg")
    assert image.width() / image.height() == pytest.approx(4 / 3)
    assert image.pixelColor(5, 5).red() == 90


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_qt_shrinks_jpeg_and_png_by_whatever_name(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(np.full((300, 400), 90, np.uint8)).save(tmp_path / f"a.{suffix}")
    (tmp_path / f"a.{suffix}").rename(tmp_path / "a.tif")
    monkeypatch.setattr("handtint.imaging.opening.read_photo", lambda *_: pytest.fail("read at full size"))
    assert jobs.thumbnail(tmp_path / "a.tif").width() == jobs.THUMBNAIL_SIDE
