"""JPEGs as cameras and phones write them: no JFIF segment, the resolution in EXIF alone, tags of the makers."""

from __future__ import annotations

import io
import logging
import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.errors import PhotoError
from handtint.imaging.formats import by_pillow, exif, exif_building, exif_editing
from handtint.imaging.formats import decoding as reading
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import PhotoMeta
from handtint.imaging.writing import write_photo
from handtint.recipe.saving import SaveOptions

# Maker, model, resolution as (numerator, denominator) or None where the body writes none, its unit, orientation, bytes
# that a maker note begins with. As EXIF of public sample photographs of these bodies says it.
BODIES = [
    ("Canon", "Canon EOS 40D", (72, 1), 2, 1, b"\x1a\x00\x01\x00"),
    ("NIKON CORPORATION", "NIKON D300", (300, 1), 2, 1, b"Nikon\x00\x02\x10\x00\x00"),
    ("SONY", "DSLR-A700", (350, 1), 2, 1, b"SONY DSC \x00\x00\x00"),
    ("OLYMPUS IMAGING CORP.", "E-510", (314, 1), 2, 1, b"OLYMPUS\x00II\x03\x00"),
    ("PENTAX", "PENTAX K10D", (7200, 100), 2, 1, b"AOC\x00MM"),
    ("FUJIFILM", "FinePix S9500", (72, 1), 2, 1, b"FUJIFILM\x0c\x00\x00\x00"),
    ("Panasonic", "DMC-FZ30", (180, 1), 2, 6, b"Panasonic\x00\x00\x00"),
    ("Apple", "iPhone 4S", (72, 1), 2, 6, b"Apple iOS\x00\x00\x01MM"),
    ("samsung", "SM-G930F", (72, 1), 2, 6, b"\x07\x00\x01\x00\x07\x00"),
    ("HUAWEI", "EML-L29", (0, 0), 2, 1, b"HUAWEI\x00\x00"),
    ("EASTMAN KODAK COMPANY", "KODAK DX4900", (230, 1), 3, 1, b"KDK0100"),
    ("LG Electronics", "LG-H870", None, 2, 8, b""),
]


def camera_jpeg(folder: Path, body: tuple) -> Path:
    """A small JPEG whose only resolution is EXIF's, as a body would write it."""
    maker, model, resolution, unit, orientation, note = body
    tags = [(0x10F, 2, maker.encode() + b"\0"), (0x110, 2, model.encode() + b"\0")]
    tags.append((0x112, 3, struct.pack("<H", orientation)))
    if resolution is not None:
        tags += [(code, 5, struct.pack("<II", *resolution)) for code in (282, 283)]
    tags.append((296, 3, struct.pack("<H", unit)))
    inner = [(0x9003, 2, b"2009:07:12 14:03:22\0")] + ([(0x927C, 7, note + bytes(40))] if note else [])
    sizes = {2: 1, 3: 2, 5: 8, 7: 1}
    as_tags = [exif.Tag(code, kind, len(value) // sizes[kind], value) for code, kind, value in tags]
    as_inner = [exif.Tag(code, kind, len(value) // sizes[kind], value) for code, kind, value in inner]
    block = exif_building.build(exif.Directories("<", tuple(as_tags), tuple(as_inner), ()))
    picture = io.BytesIO()
    ramp = np.linspace(20, 235, 24, dtype=np.uint8)[None].repeat(16, 0)
    Image.fromarray(ramp).convert("RGB").save(picture, "JPEG", quality=95)
    data = picture.getvalue()
    jfif_end = 4 + struct.unpack_from(">H", data, 4)[0]
    segment = b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block
    path = folder / f"{model}.jpg"
    path.write_bytes(data[:2] + segment + data[jfif_end:])
    return path


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[0])
def test_a_camera_file_opens_and_its_result_says_what_the_camera_said(tmp_path: Path, body: tuple) -> None:
    photo = read_photo(camera_jpeg(tmp_path, body))
    resolution, unit = body[2], body[3]
    if resolution is None or not resolution[1]:
        assert photo.meta.embedded.dpi is None
    else:
        each = resolution[0] / resolution[1] * (2.54 if unit == 3 else 1)
        assert photo.meta.embedded.dpi == pytest.approx((each, each))
    assert photo.size == ((24, 16) if body[4] >= 5 else (16, 24))
    result = tmp_path / "result.jpg"
    write_photo(result, photo, SaveOptions())
    with Image.open(result) as again:
        assert again.getexif()[0x10F] == body[0]


@pytest.mark.parametrize(
    ("jfif", "exif_says", "right"),
    [(72, 300, 300), (300, 72, 300), (96, 600, 600), (600, 96, 96), (72, 72, 72), (300, None, 300), (None, 72, 72)],
)
@pytest.mark.parametrize("suffix", ["jpg", "tif", "png", "webp"])
def test_where_jfif_and_exif_disagree_exif_counts_unless_it_says_unknown(
    tmp_path: Path, jfif: int | None, exif_says: int | None, right: int, suffix: str
) -> None:
    block = Image.Exif()
    if exif_says:
        block[282] = block[283] = float(exif_says)
        block[296] = 2
    source, result = tmp_path / "scan.jpg", tmp_path / f"result.{suffix}"
    Image.new("L", (24, 16), 100).save(source, exif=block, **({"dpi": (jfif, jfif)} if jfif else {}))
    photo = read_photo(source)
    assert photo.meta.embedded.dpi == (right, right)
    write_photo(result, photo)
    assert read_photo(result).meta.embedded.dpi == pytest.approx((right, right), abs=0.02)
    if suffix == "tif":
        with tifffile.TiffFile(result) as tiff:
            number, divisor = tiff.pages.first.tags["XResolution"].value
            assert number / divisor == right


def test_a_new_resolution_takes_the_place_of_an_old_one_in_any_unit() -> None:
    for old in ((), (282, 283), (282, 283, 296)):
        block = Image.Exif()
        for code in old:
            block[code] = 3 if code == 296 else 72.0
        written = exif_editing.with_resolution(block.tobytes()[6:], (300.0, 600.0))
        assert exif.resolution(written) == (300, 600)
        assert exif_editing.with_resolution(written, (300.0, 600.0)) == written


def test_a_png_whose_resolution_stands_in_exif_alone_keeps_it(tmp_path: Path) -> None:
    block = Image.Exif()
    block[282], block[283], block[296] = 300.0, 600.0, 2
    Image.new("L", (24, 16), 100).save(tmp_path / "scan.png", exif=block)
    assert read_photo(tmp_path / "scan.png").meta.embedded.dpi == (300, 600)


@pytest.mark.parametrize("dpi", [None, (), (72,), ("a", "b"), (float("nan"), 72.0), (float("inf"), 1e300), (0, 0), 72])
def test_an_odd_resolution_is_no_resolution(dpi: object) -> None:
    assert by_pillow._plausible(dpi) is None


def test_metadata_that_trips_us_is_left_out_with_a_note(tmp_path: Path, monkeypatch, caplog) -> None:
    def stumble(*_: object) -> None:
        raise TypeError("ufunc 'isfinite' not supported")

    monkeypatch.setattr(by_pillow, "_take_pillow_metadata", stumble)
    with caplog.at_level(logging.WARNING, "handtint"):
        photo = read_photo(camera_jpeg(tmp_path, BODIES[0]))
    assert photo.meta == PhotoMeta(
        source=photo.meta.source,
        format="JPEG",
        notes=("The photo's metadata cannot be read and is not carried over.",),
    )
    assert "isfinite" in caplog.text


def test_a_fault_of_ours_is_not_told_as_damage(tmp_path: Path, monkeypatch) -> None:
    def stumble(*_: object) -> None:
        raise KeyError(2)

    monkeypatch.setattr(by_pillow, "_planes", stumble)
    Image.new("L", (8, 8)).save(tmp_path / "a.bmp")
    with pytest.raises(KeyError):
        read_photo(tmp_path / "a.bmp")


def test_what_a_decoder_raises_is_damage_whatever_it_is(tmp_path: Path, monkeypatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError("some table of the decoder")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", stumble)
    monkeypatch.setattr(reading, "_is_risky", lambda *_: False)  # decode it in this process
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((8, 8), np.uint8))
    with pytest.raises(PhotoError, match="damaged or incomplete"):
        read_photo(tmp_path / "a.tif")


def test_a_disk_that_fails_while_a_decoder_reads_is_no_damage(tmp_path: Path, monkeypatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", stumble)
    monkeypatch.setattr(reading, "_is_risky", lambda *_: False)  # decode it in this process
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((8, 8), np.uint8))
    with pytest.raises(PhotoError, match="the disk reports a read error"):
        read_photo(tmp_path / "a.tif")
