"""A file of which a part is missing is refused or opened with a word, whether or not somebody put an end mark on it."""

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.errors import IncompletePhoto, PhotoError
from handtint.imaging.formats import jpeg
from handtint.imaging.opening import read_photo
from handtint.recipe.source import Source
from tests.imaging import heics

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
    assert jpeg.decode(path.read_bytes()).missing == pytest.approx(1 - part, abs=0.15)


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


WHAT_IS_THERE = Source(partial=True)


def picture() -> np.ndarray:
    rng = np.random.default_rng(5)
    image = Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8)).resize((128, 96), Image.Resampling.BICUBIC)
    return np.asarray(image)


def written(kind: str) -> bytes:
    file, pixels = io.BytesIO(), picture()
    if kind == "jpeg":
        Image.fromarray(pixels).save(file, "JPEG", quality=90)
    elif kind == "png":
        file.write(imagecodecs.png_encode(pixels))
    elif kind == "png with transparency":
        file.write(imagecodecs.png_encode(np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8)))))
    elif kind == "deep png":
        file.write(imagecodecs.png_encode(pixels.astype(np.uint16) * 257))
    elif kind == "tiff in one strip":
        tifffile.imwrite(file, pixels, photometric="rgb", rowsperstrip=96)
    else:
        tifffile.imwrite(file, pixels, photometric="rgb", compression="lzw", rowsperstrip=4)
    return file.getvalue()


KINDS = ["jpeg", "png", "png with transparency", "deep png", "tiff in one strip", "tiff"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_there_of_a_cut_off_file_is_opened_only_if_asked_for(tmp_path: Path, kind: str) -> None:
    path, data = tmp_path / "cut.img", written(kind)
    path.write_bytes(data)
    whole = np.asarray(read_photo(path).pixels)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(IncompletePhoto, match="% of its picture is missing"):
        read_photo(path)
    photo = read_photo(path, source=WHAT_IS_THERE)
    assert photo.meta.missing == pytest.approx(0.5, abs=0.15)
    assert "% of its picture is missing" in photo.meta.notes[0]
    there = int(len(whole) * (1 - photo.meta.missing)) - 24  # the last rows of a JPEG may be damaged
    pixels = np.asarray(photo.pixels)
    assert there > 15
    assert np.array_equal(pixels[:there], whole[:there])
    assert len(np.unique(pixels[-8:])) == 1
    assert 0.49 < pixels[-1, -1, 0] / np.iinfo(pixels.dtype).max < 0.51


def test_a_tiff_with_a_damaged_strip_is_opened_but_for_that(tmp_path: Path) -> None:
    data = bytearray(written("tiff"))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        at, count = file.pages.first.dataoffsets[10], file.pages.first.databytecounts[10]
    data[at : at + count] = b"\xff" * count
    path = tmp_path / "damaged.tif"
    path.write_bytes(data)
    with pytest.raises(IncompletePhoto):
        read_photo(path)
    pixels = np.asarray(read_photo(path, source=WHAT_IS_THERE).pixels)
    assert np.array_equal(pixels[:40], picture()[:40])
    assert np.array_equal(pixels[44:], picture()[44:])
    assert (pixels[40:44] == 128).all()


@pytest.mark.parametrize("kind", KINDS[1:])
def test_of_a_file_that_holds_nothing_of_its_picture_nothing_is_offered(tmp_path: Path, kind: str) -> None:
    data = written(kind)
    path = tmp_path / "cut.img"
    start = data.find(b"IDAT") + 8 if "png" in kind else 300
    path.write_bytes(data[:start])
    with pytest.raises(PhotoError) as caught:
        read_photo(path, source=WHAT_IS_THERE)
    assert not isinstance(caught.value, IncompletePhoto)


def test_a_png_that_lacks_its_end_alone_is_opened_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(written("png")[:-12])
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, picture())
    assert "the picture is whole" in photo.meta.notes[0]


def test_tiles_that_a_heic_lacks_are_gray_and_told(tmp_path: Path) -> None:
    data = heics.grid(2, 3)
    path = tmp_path / "a.heic"
    path.write_bytes(data)
    whole = np.asarray(read_photo(path).pixels)
    path.write_bytes(data[: len(data) - 2 * len(heics.coded_picture()[1]) - 100])
    with pytest.raises(IncompletePhoto, match="50 % of its picture is missing"):
        read_photo(path)
    pixels = np.asarray(read_photo(path, source=WHAT_IS_THERE).pixels)
    assert np.array_equal(pixels[:64], whole[:64])
    assert (pixels[64:, 64:] == 128).all()


@pytest.mark.parametrize("damage", ["a hole", "zeros behind"])
def test_a_heic_with_zeros_where_its_tiles_were_does_not_pass_as_whole(tmp_path: Path, damage: str) -> None:
    data, size = bytearray(heics.grid(2, 3)), len(heics.coded_picture()[1])
    if damage == "a hole":
        data[-size // 2 : -size // 2 + 64] = bytes(64)
    else:
        data[-size:] = bytes(size)
    path = tmp_path / "a.heic"
    path.write_bytes(data)
    with pytest.raises(IncompletePhoto, match="17 % of its picture is missing"):
        read_photo(path)


def test_a_heic_that_lacks_what_stands_behind_its_picture_is_opened_with_a_note(tmp_path: Path) -> None:
    whole = (Path(__file__).parents[1] / "data" / "turned.heic").read_bytes()
    path = tmp_path / "a.heic"
    path.write_bytes(whole[:-5])
    photo = read_photo(path)
    assert photo.meta.notes == ("The file ends too early; the picture is whole.",)
    assert photo.meta.embedded.exif is None  # half a block is none
