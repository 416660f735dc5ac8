"""Pages of TIFF files, and pictures of HEIC files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile

from handtint.errors import PhotoError
from handtint.imaging.formats import reader
from handtint.imaging.formats.exif import directories
from handtint.imaging.formats.probe import pages_in
from handtint.imaging.opening import read_photo
from handtint.recipe.source import Source
from tests.imaging import heics


def artist(name: str) -> list[tuple]:
    return [(315, 2, 0, name, False)]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Two pages with descriptions of their own, with previews before and between them."""
    path = tmp_path / "scan.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(np.zeros((8, 8), np.uint8), photometric="minisblack", subfiletype=1, metadata=None)
        file.write(np.full((40, 30), 50, np.uint8), photometric="minisblack", metadata=None, extratags=artist("aunt"))
        file.write(np.zeros((40, 30), np.uint8), photometric="minisblack", subfiletype=1, metadata=None)
        file.write(np.full((30, 40, 3), 90, np.uint16), photometric="rgb", metadata=None, extratags=artist("uncle"))
    return path


def test_pages_are_what_is_no_preview(scan: Path) -> None:
    assert pages_in(scan) == 2
    first, second = read_photo(scan), read_photo(scan, source=Source(page=2))
    assert (first.size, second.size) == ((40, 30), (30, 40))
    assert (first.meta.bit_depth, second.meta.bit_depth) == (8, 16)
    assert (first.meta.pages, second.meta.pages) == (2, 2)
    assert "The file holds 2 pages; the first one is used." in first.meta.notes
    assert "The file holds 2 pages; page 2 is used." in second.meta.notes
    with pytest.raises(PhotoError, match="it holds 2 pages, so there is no page 3"):
        read_photo(scan, source=Source(page=3))


def test_a_page_brings_what_is_said_of_it(scan: Path) -> None:
    exif = read_photo(scan, source=Source(page=2)).meta.embedded.exif
    texts = [tag.value for tag in directories(io.BytesIO(exif or b"")).first]
    assert b"uncle\0" in texts
    assert b"aunt\0" not in texts


def test_pictures_of_a_heic_are_pages_the_primary_one_first(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heics.pages(3, primary=2))
    assert pages_in(path) == 3
    assert reader.head(path).pages == 3
    photos = [read_photo(path, source=Source(page=page)) for page in (1, 2, 3)]
    assert [photo.meta.pages for photo in photos] == [3, 3, 3]
    assert "page 3 is used" in photos[2].meta.notes[0]
    with pytest.raises(PhotoError, match="it holds 3 pages, so there is no page 4"):
        read_photo(path, source=Source(page=4))


def test_one_picture_is_one_page(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((8, 8), np.uint8))
    (tmp_path / "b.tif").write_bytes(b"II*\0" + bytes(20))
    assert pages_in(tmp_path / "a.tif") == pages_in(tmp_path / "b.tif") == pages_in(tmp_path / "none.tif") == 1
