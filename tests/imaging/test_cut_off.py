"""A JPEG of which a part is missing is refused or opened with a word, whether or not somebody put an end mark on it."""

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from handtint.errors import PhotoError
from handtint.imaging.formats import jpeg
from handtint.imaging.opening import read_photo

END = b"\xff\xd9"


def coded(progressive: bool, mode: str = "RGB") -> bytes:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (24, 32, 3), np.uint8)
    image = Image.fromarray(pixels).resize((256, 192), Image.Resampling.BICUBIC).convert(mode)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90, progressive=progressive)
    return file.getvalue()


@pytest.mark.parametrize("end", [b"", END], ids=["without end mark", "with end mark"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_baseline_jpeg_that_is_cut_off_is_refused(tmp_path: Path, mode: str, part: float, end: bytes) -> None:
    data = coded(progressive=False, mode=mode)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: int(len(data) * part)] + end)
    with pytest.raises(PhotoError, match="damaged or incomplete"):
        read_photo(path)
    with pytest.raises(jpeg.Incomplete) as caught:
        jpeg.decode(path.read_bytes())
    assert caught.value.missing == pytest.approx(1 - part, abs=0.15)


@pytest.mark.parametrize("end", [b"", END], ids=["without end mark", "with end mark"])
@pytest.mark.parametrize("part", [0.3, 0.5, 0.8, 0.95])
def test_a_progressive_jpeg_without_its_last_detail_says_so(tmp_path: Path, part: float, end: bytes) -> None:
    data = coded(progressive=True)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: int(len(data) * part)] + end)
    assert "lack their fine detail" in " ".join(read_photo(path).meta.notes)


def test_a_progressive_jpeg_that_ends_among_its_tones_is_refused(tmp_path: Path) -> None:
    data = coded(progressive=True)
    scan = data.index(b"\xff\xda")
    (tmp_path / "cut.jpg").write_bytes(data[: scan + 200] + END)
    with pytest.raises(PhotoError, match="damaged or incomplete"):
        read_photo(tmp_path / "cut.jpg")


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_lacks_its_end_mark_alone_is_opened_with_a_note(tmp_path: Path, progressive: bool) -> None:
    data = coded(progressive)
    (tmp_path / "a.jpg").write_bytes(data)
    (tmp_path / "b.jpg").write_bytes(data[: -len(END)])
    whole, without = read_photo(tmp_path / "a.jpg"), read_photo(tmp_path / "b.jpg")
    assert whole.meta.notes == ()
    assert without.meta.notes == ("The file lacks its end mark; the picture is whole.",)
    assert np.array_equal(whole.pixels, without.pixels)


def test_a_whole_picture_that_ends_in_middle_gray_is_no_cut_off_one(tmp_path: Path) -> None:
    for kind in ("L", "RGB"):
        for progressive in (False, True):
            Image.new(kind, (100, 80), 128 if kind == "L" else (128, 128, 128)).save(
                tmp_path / "gray.jpg", progressive=progressive
            )
            assert read_photo(tmp_path / "gray.jpg").meta.notes == ()


def test_a_jpeg_of_12_bits_keeps_them(tmp_path: Path) -> None:
    ramp = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint16) * 32
    (tmp_path / "scan.jpg").write_bytes(imagecodecs.jpeg_encode(ramp, bitspersample=12, level=98))
    photo = read_photo(tmp_path / "scan.jpg")
    assert photo.meta.bit_depth == 16
    assert np.abs(np.asarray(photo.pixels) / 16 - ramp).max() < 40
