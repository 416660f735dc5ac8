"""What cannot be read is refused in one sentence, before it fills the memory, and nothing else leaks out."""

import contextlib
import errno
import io
import os
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.errors import PhotoError
from handtint.imaging.formats import by_pillow, decoded
from handtint.imaging.formats.probe import pixels_in, taken_at
from handtint.imaging.opening import read_photo
from handtint.progress import Cancelled, Progress
from tests.imaging import heics

DATA = Path(__file__).parents[1] / "data"


def refusal(path: Path) -> str:
    with pytest.raises(PhotoError) as caught:
        read_photo(path)
    message = str(caught.value)
    assert message.startswith(f'Could not open "{path.name}": ')
    assert message.endswith(".")
    assert message.count(". ") <= 1  # two sentences at most
    return message


def noise(dtype=np.uint8) -> np.ndarray:
    return np.random.default_rng(9).integers(0, np.iinfo(dtype).max + 1, (40, 60, 3), dtype)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert pixels_in(tmp_path / "pipe.jpg") is taken_at(tmp_path / "pipe.jpg") is None
    assert "it is a pipe or a device" in refusal(tmp_path / "pipe.jpg")


@pytest.mark.parametrize("content", [b"Dear grandmother, ...", b"\0" * 5000, b"GIF89a", b"II*\0", b"x"])
def test_what_is_not_an_image_is_refused(tmp_path, content):
    path = tmp_path / "Brief an Großmutter.jpg"
    path.write_bytes(content)
    assert "damaged" in refusal(path)


def test_a_pdf_and_a_camera_raw_are_called_so_though_a_small_picture_could_be_read(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    assert "PDF files are not supported. Save the pictures in it" in refusal(tmp_path / "scan.pdf")
    tifffile.imwrite(tmp_path / "aunt.tif", noise())
    (tmp_path / "aunt.tif").rename(tmp_path / "aunt.NEF")
    assert "camera raw file holds no preview. Save it as 16 bit TIFF" in refusal(tmp_path / "aunt.NEF")


def test_an_empty_file_is_called_empty(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "0 bytes" in refusal(tmp_path / "empty.png")


def test_a_folder_and_a_missing_file_are_called_so(tmp_path):
    assert "folder" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "gone.jpg")
    assert refusal(tmp_path / ("n" * 300 + ".jpg"))


def test_a_file_without_rights_is_called_so(tmp_path, monkeypatch):
    path = tmp_path / "locked.jpg"
    Image.fromarray(noise()).save(path)

    def refuse(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "permission" in refusal(path)


def test_a_file_that_vanishes_while_it_is_read_is_said(tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise()).save(path)
    check = by_pillow.check_dimensions

    def vanish(*arguments) -> None:
        check(*arguments)
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr(by_pillow, "check_dimensions", vanish)
    assert "no such file" in refusal(path)


def test_a_disk_error_is_said(tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise()).save(path)

    def fail(*_arguments, **_options):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Image, "open", fail)
    assert "read error" in refusal(path)


def encoded(kind: str) -> bytes:
    if kind == "png16":
        return imagecodecs.png_encode(noise(np.uint16))
    if kind in ("tiff-lzw", "tiff-raw", "tiff-jpeg", "tiff-tiles"):
        buffer = io.BytesIO()
        compression = {"tiff-lzw": "lzw", "tiff-jpeg": "jpeg"}.get(kind)
        tile = (16, 16) if kind == "tiff-tiles" else None
        tifffile.imwrite(buffer, noise(), photometric="rgb", compression=compression, tile=tile)
        return buffer.getvalue()
    if kind == "heic":
        return (DATA / "turned.heic").read_bytes()
    buffer = io.BytesIO()
    Image.fromarray(noise()).save(buffer, kind)
    return buffer.getvalue()


KINDS = ["jpeg", "png", "png16", "webp", "bmp", "tiff-lzw", "tiff-raw", "tiff-jpeg", "tiff-tiles", "heic"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_photo_is_never_half_gray(tmp_path, kind, part):
    whole = encoded(kind)
    path = tmp_path / "cut.img"
    path.write_bytes(whole)
    pixels = read_photo(path).pixels  # whole it is fine
    path.write_bytes(whole[: int(len(whole) * part)])
    try:
        photo = read_photo(path)
    except PhotoError:
        return
    assert "the picture is whole" in photo.meta.notes[0]  # metadata stand behind it
    assert np.array_equal(photo.pixels, pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_scrambled_files_give_a_photo_or_a_sentence(tmp_path, kind):
    whole = encoded(kind)
    rng = np.random.default_rng(10)
    path = tmp_path / "scrambled.img"
    for _ in range(25):
        broken = bytearray(whole)
        for _ in range(8):
            # Headers are the delicate part: hit them more often than the rest.
            broken[int(len(broken) * rng.random() ** 3)] = rng.integers(256)
        path.write_bytes(broken)
        with contextlib.suppress(PhotoError):
            assert read_photo(path).pixels.size


def png_header(width: int, height: int, depth: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (9_000, 9_000), (2_000_000, 300)])
def test_huge_dimensions_in_a_tiny_file_are_refused_before_decoding(tmp_path, depth, width, height):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(width, height, depth))
    assert f"{width} x {height} pixels" in refusal(path)


@pytest.mark.parametrize("codes", [(256, 257), (322, 323)], ids=["picture", "tile"])
def test_a_huge_tiff_in_a_tiny_file_is_refused_before_decoding(tmp_path, codes):
    path = tmp_path / "bomb.tif"
    tifffile.imwrite(path, np.zeros((16, 16), np.uint8), photometric="minisblack", tile=(16, 16))
    data = path.read_bytes()
    for code in codes:
        with tifffile.TiffFile(path) as file:
            at = file.pages.first.tags[code].valueoffset
        data = data[:at] + struct.pack("<I", 20_000) + data[at + 4 :]
    path.write_bytes(data)
    assert "20000 x 20000 pixels" in refusal(path)


@pytest.mark.parametrize("kind", [b"iden", b"iovl", b"unci", b"mski", b"tili"])
@pytest.mark.parametrize("entry", [b"infe\x02\0\0\0\0\1\0\0", b"infe\x03\0\0\0\0\0\0\1\0\0"], ids=["short", "long"])
def test_a_heic_of_pictures_for_which_the_decoder_is_not_safe_is_refused(tmp_path, kind, entry):
    path = tmp_path / "a.heic"
    whole = heics.grid(1, 2)
    path.write_bytes(whole)
    assert read_photo(path).pixels.shape == (64, 128, 3)
    path.write_bytes(whole + struct.pack(">I", 12 + len(entry)) + entry + kind + b"\0")
    assert "for which the decoder is not safe" in refusal(path)


def test_more_pixels_than_memory_has_room_for_are_refused_however_large_the_file_is():
    decoded.check_dimensions(25_000, 20_000, 10**9)
    with pytest.raises(Exception, match="more than 500 megapixels are not supported"):
        decoded.check_dimensions(25_000, 20_001, 10**9)


def test_a_png_whose_checksum_is_wrong_is_refused(tmp_path):
    data = bytearray(encoded("png"))
    data[data.index(b"IEND") - 5] ^= 1
    (tmp_path / "fallen over.png").write_bytes(data)
    assert "damaged" in refusal(tmp_path / "fallen over.png")


def test_photos_of_a_hundred_megapixels_are_not_taken_for_traps():
    decoded.check_dimensions(12_000, 9_000, 20_000_000)
    decoded.check_dimensions(20_000, 25_000, 30_000_000)
    decoded.check_dimensions(6_000, 8_000, 60_000)  # an almost blank page of 48 megapixels


def test_signed_and_64_bit_tiff_are_refused_by_name(tmp_path):
    tifffile.imwrite(tmp_path / "s.tif", np.ones((8, 9), np.int16), photometric="minisblack")
    assert "signed" in refusal(tmp_path / "s.tif")
    tifffile.imwrite(tmp_path / "d.tif", np.ones((8, 9), np.float64), photometric="minisblack")
    assert "64-bit" in refusal(tmp_path / "d.tif")


def test_a_picture_of_another_format_is_told_what_is_read(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "a.tga")
    assert "HEIC, AVIF, JPEG 2000, GIF and PSD" in refusal(tmp_path / "a.tga")


def test_pillows_own_limits_do_not_speak(tmp_path):
    assert Image.MAX_IMAGE_PIXELS is None  # ours are in `check_dimensions`


def test_reading_can_be_cancelled(tmp_path):
    Image.fromarray(noise()).save(tmp_path / "a.png")
    with pytest.raises(Cancelled):
        read_photo(tmp_path / "a.png", Progress(is_cancelled=lambda: True))
