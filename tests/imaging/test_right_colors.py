"""Every format x color model x compression x profile comes out as LittleCMS and a second decoder say, or is refused.

Lightness within 0.5 of it: a wrong picture without a word is worse than none.
"""

import io
import struct
import zlib
from datetime import datetime
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from handtint.errors import PhotoError
from handtint.imaging.color import lab
from handtint.imaging.formats import boxes, tiff, tiff_pixels
from handtint.imaging.formats.probe import taken_at
from handtint.imaging.opening import read_photo
from handtint.imaging.writing import write_photo
from handtint.recipe.saving import SaveOptions
from handtint.recipe.source import Source

CLOSE = 0.5
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def picture(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """A smooth picture in color, from dark to light; even sides for subsampled color."""
    rng = np.random.default_rng(4)
    return Image.fromarray(rng.integers(20, 236, (6, 8, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)


def lightness(rgb: np.ndarray) -> np.ndarray:
    encoded = np.asarray(rgb, np.float64) / np.iinfo(rgb.dtype).max
    planes = np.moveaxis(encoded if encoded.ndim == 3 else np.repeat(encoded[..., None], 3, axis=2), -1, 0)
    return lab.srgb_to_lab(*planes)[0]


def assert_same_lightness(path: Path, expected: np.ndarray, mean: float = CLOSE) -> None:
    found = read_photo(path).lightness()
    assert found.shape == expected.shape[:2]
    difference = np.abs(found - lightness(expected))
    assert difference.mean() < mean
    assert abs(found.mean() - lightness(expected).mean()) < CLOSE


def gamma_profile(gamma: float, primaries: tuple[float, ...] = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)) -> bytes:
    points = [*primaries[:2], 1.0, *primaries[2:4], 1.0, *primaries[4:], 1.0]
    return imagecodecs.cms_profile("rgb", whitepoint=[0.3127, 0.329, 1.0], primaries=points, gamma=gamma)


def table_profile(has_way_back: bool) -> bytes:
    """An RGB profile of tables alone, as scanners and raw converters have: tables of 33 points a side."""

    def table(source: bytes, target: bytes, spaces: tuple[str, str]) -> bytes:
        axis = np.linspace(0, 65535, 33).round().astype(np.uint16)
        grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(33, 33 * 33, 3)
        values = imagecodecs.cms_transform(
            grid,
            source,
            target,
            colorspace=spaces[0],
            outcolorspace=spaces[1],
            outdtype="uint16",
            intent=1,
            flags=0x100,
        ).astype(np.float64)
        if spaces[1] == "lab":
            values = values * 0xFF00 / 65535  # tables of type lut16 hold Lab of version 2
        identity = struct.pack(">9i", *(65536 if n % 4 == 0 else 0 for n in range(9)))
        ramp = struct.pack(">2H", 0, 65535)
        head = struct.pack(">4s4xBBBx", b"mft2", 3, 3, 33) + identity + struct.pack(">2H", 2, 2)
        return head + ramp * 3 + values.round().astype(">u2").tobytes() + ramp * 3

    lab_profile = imagecodecs.cms_profile("lab2")
    forward = table(gamma_profile(1.8), lab_profile, ("rgb", "lab"))
    back = bytes(forward)  # it leads nowhere
    if has_way_back:
        back = table(lab_profile, gamma_profile(1.8), ("labv2", "rgb"))
    srgb = imagecodecs.cms_profile("srgb")
    tags = {b"A2B0": forward, b"B2A0": back}
    (count,) = struct.unpack_from(">I", srgb, 128)
    for index in range(count):
        name, offset, length = struct.unpack_from(">4sII", srgb, 132 + 12 * index)
        if name in (b"desc", b"cprt", b"wtpt"):
            tags[name] = srgb[offset : offset + length]
    listed, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        listed += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    head = bytearray(srgb[:128])
    head[:4] = struct.pack(">I", start + len(body))
    head[8:12], head[12:16], head[20:24] = b"\2\x40\0\0", b"scnr", b"Lab "
    return bytes(head) + listed + body


PROFILES = {
    "none": None,
    "srgb": SRGB,
    "matrix": gamma_profile(2.2),
    "linear": gamma_profile(1.0),
    "tables": table_profile(has_way_back=True),
    "tables one way": table_profile(has_way_back=False),
}


def managed(image: Image.Image, profile: bytes | None) -> np.ndarray:
    """What LittleCMS makes of a picture."""
    if profile is None:
        return np.asarray(image)
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.ImageCmsProfile(io.BytesIO(SRGB))
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    result = ImageCms.profileToProfile(image, source, target, intent, flags=ImageCms.Flags.NOOPTIMIZE)
    assert result is not None
    return np.asarray(result)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "avif"])
def test_a_photo_with_a_profile_is_what_littlecms_makes_of_it(tmp_path: Path, suffix: str, profile: str) -> None:
    path = tmp_path / f"a.{suffix}"
    options = {"jpg": {"quality": 100, "subsampling": 0}, "webp": {"lossless": True}, "avif": {"quality": 100}}
    icc = PROFILES[profile]
    picture().save(path, **options.get(suffix, {}), **({"icc_profile": icc} if icc else {}))
    with Image.open(path) as second:
        assert_same_lightness(path, managed(second.convert("RGB"), icc))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_a_result_is_as_light_as_its_photo_whatever_its_profile(tmp_path: Path, suffix: str, profile: str) -> None:
    icc = PROFILES[profile]
    picture().save(tmp_path / "a.png", **({"icc_profile": icc} if icc else {}))
    photo = read_photo(tmp_path / "a.png")
    notes = write_photo(tmp_path / f"b.{suffix}", photo, SaveOptions(quality=100))
    again = read_photo(tmp_path / f"b.{suffix}")
    assert abs(again.lightness() - photo.lightness()).mean() < CLOSE
    assert ("cannot be written" in " ".join(notes)) == (profile == "tables one way")


TIFF_KINDS = {
    "gray": "L",
    "palette": "P",
    "rgb": "RGB",
    "cmyk": "CMYK",
    "lab": "LAB",
    "ycbcr": "YCbCr",
    "bits": "1",
}


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "group4"])
@pytest.mark.parametrize("kind", TIFF_KINDS)
def test_a_tiff_of_any_color_model_and_compression_is_right_or_refused(
    tmp_path: Path, kind: str, compression: str
) -> None:
    mode = TIFF_KINDS[kind]
    path = tmp_path / "a.tif"
    if mode == "LAB":
        lab_profile = ImageCms.createProfile("LAB")
        whole = ImageCms.profileToProfile(
            picture(), ImageCms.createProfile("sRGB"), lab_profile, ImageCms.Intent.RELATIVE_COLORIMETRIC, "LAB"
        )
        assert whole is not None
    else:
        whole = picture().convert(mode)
    try:
        whole.save(path, "TIFF", compression=compression)
    except (OSError, RuntimeError, ValueError, KeyError, SystemError) as error:
        pytest.skip(f"such files are not written: {error}")
    expected = np.asarray(picture())
    if mode == "CMYK":  # no profile: each channel what ink and black let through
        inks = np.asarray(whole).astype(np.float64)
        expected = ((255 - inks[..., :3]) * (255 - inks[..., 3:]) / 255).round().astype(np.uint8)
    elif mode in ("L", "1", "P"):
        expected = np.asarray(whole.convert("RGB"))
    if mode == "LAB" and compression == "jpeg":
        with pytest.raises(PhotoError, match="not supported"):
            read_photo(path)
    else:
        assert_same_lightness(path, expected, mean=1.5 if compression == "jpeg" else CLOSE)


@pytest.mark.parametrize("compression", ["lzw", "adobe_deflate", "packbits", "none"])
def test_ycbcr_outside_jpeg_is_color_and_not_shown_as_if_it_were_rgb(tmp_path: Path, compression: str) -> None:
    pixels = np.asarray(picture().convert("YCbCr"))
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels, photometric="rgb", compression=compression, metadata=None)
    data = path.read_bytes()
    with tifffile.TiffFile(path) as file:
        at = file.pages.first.tags[262].valueoffset
    data = bytearray(data)
    data[at : at + 2] = struct.pack("<H", 6)
    # Subsampled 2 x 2 where nothing says otherwise: a tag in place of another says it is not.
    with tifffile.TiffFile(path) as file:
        tag = next(tag for tag in file.pages.first.tags if tag.code in (305, 296))
    data[tag.offset : tag.offset + 12] = struct.pack("<HHIHH", 530, 3, 2, 1, 1)
    entries = sorted(_entries(data), key=lambda entry: entry[:2][::-1])
    first = struct.unpack_from("<I", data, 4)[0]
    data[first + 2 : first + 2 + 12 * len(entries)] = b"".join(entries)
    path.write_bytes(data)
    assert_same_lightness(path, np.asarray(picture()), mean=1.0)


def _entries(data: bytes) -> list[bytes]:
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    return [bytes(data[first + 2 + 12 * index : first + 14 + 12 * index]) for index in range(count)]


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt"])
def test_a_fax_page_is_whole(tmp_path: Path, compression: str) -> None:
    page = picture((300, 200)).convert("1")
    page.save(tmp_path / "a.tif", compression=compression)
    assert np.array_equal(np.asarray(read_photo(tmp_path / "a.tif").pixels), np.asarray(page) * np.uint8(255))


def test_the_photo_is_the_first_page_that_is_neither_a_preview_nor_a_mask(tmp_path: Path) -> None:
    photo = np.asarray(picture().convert("L"))
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(photo[::4, ::4], subfiletype=1, photometric="minisblack")
        writer.write(photo > 100, subfiletype=4, photometric="minisblack")
        writer.write(photo, photometric="minisblack")
    read = read_photo(tmp_path / "a.tif")
    assert np.array_equal(read.pixels, photo)
    assert read.meta.notes == ()
    tifffile.imwrite(tmp_path / "b.tif", photo, subfiletype=1, photometric="minisblack")
    assert np.array_equal(read_photo(tmp_path / "b.tif").pixels, photo)  # there is no other


@pytest.mark.parametrize("by_libtiff", [False, True])
def test_a_page_inside_that_of_its_preview_is_the_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_libtiff: bool
) -> None:
    photo, path = np.asarray(picture()), tmp_path / "a.tif"
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    with tifffile.TiffWriter(path) as writer:
        extratags = [(700, 1, len(packet), packet, True), (274, 3, 1, 3, True)]
        writer.write(photo[::4, ::4], subfiletype=1, subifds=1, photometric="rgb", extratags=extratags)
        writer.write(photo, photometric="rgb", compression="lzw")
    monkeypatch.setattr(tiff_pixels, "needs_libtiff", lambda page: by_libtiff)
    read = tiff.decode(path, path.stat().st_size, Source(), in_bands=False)
    assert np.array_equal(read.pixels, photo)
    assert read.orientation == 3  # of the page around it
    assert read.metadata.xmp == packet
    assert tiff.head(path).pixels == photo.shape[0] * photo.shape[1]


def test_a_mask_by_its_color_model_is_no_photo(tmp_path: Path) -> None:
    photo = np.asarray(picture().convert("L"))
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(photo > 100, photometric=4)
        writer.write(photo, photometric="minisblack")
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, photo)


def test_infrared_that_is_marked_as_transparency_is_left_out_and_said(tmp_path: Path) -> None:
    color = np.asarray(picture((160, 120))).astype(np.uint16) * 257
    infrared = color.mean(axis=2).astype(np.uint16)
    for kind in ("unassalpha", "assocalpha"):
        tifffile.imwrite(
            tmp_path / "a.tif", np.dstack((color, infrared)), photometric="rgb", extrasamples=[kind], metadata=None
        )
        photo = read_photo(tmp_path / "a.tif")
        assert photo.alpha is None
        assert np.array_equal(photo.pixels, color)
        assert "infrared" in photo.meta.notes[0]
    light = np.random.default_rng(2).integers(60_000, 65_000, (120, 160), np.uint16)  # film is clear to infrared
    tifffile.imwrite(tmp_path / "a.tif", np.dstack((color, light)), photometric="rgb", extrasamples=["assocalpha"])
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, color)
    mask = np.zeros((120, 160), np.uint16)
    mask[30:90, 40:120] = 65535
    both = np.dstack((color, infrared, mask))
    tifffile.imwrite(tmp_path / "c.tif", both, photometric="rgb", extrasamples=["unspecified", "unassalpha"])
    photo = read_photo(tmp_path / "c.tif")
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, mask)
    assert photo.meta.notes[0] == "The file has one more channel than colors; it is left out."
    tifffile.imwrite(tmp_path / "b.tif", np.dstack((color, mask)), photometric="rgb", extrasamples=["unassalpha"])
    photo = read_photo(tmp_path / "b.tif")
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, mask)


def test_a_palette_with_transparency_is_read(tmp_path: Path) -> None:
    colors = (np.arange(768) * 7 // 3 % 256).astype(np.uint16).reshape(3, 256) * 257
    index = np.arange(64, dtype=np.uint8).reshape(8, 8)
    image = Image.fromarray(index)
    image.putpalette((colors >> 8).astype(np.uint8).T.tobytes())
    image.convert("PA").save(tmp_path / "a.tif")
    photo = read_photo(tmp_path / "a.tif")
    assert np.array_equal(photo.pixels, (colors >> 8).astype(np.uint8).T[index])
    assert photo.alpha is not None
    assert (photo.alpha == 255).all()


def test_floating_point_and_32_bit_tiff_are_read_at_16_bits_or_refused(tmp_path: Path) -> None:
    ramp = np.linspace(0, 1, 600).reshape(20, 30)
    for name, pixels in (
        ("float32", ramp.astype(np.float32)),
        ("float16", ramp.astype(np.float16)),
        ("uint32", (ramp * 4294967295).astype(np.uint32)),
    ):
        tifffile.imwrite(tmp_path / f"{name}.tif", pixels, photometric="minisblack")
        photo = read_photo(tmp_path / f"{name}.tif")
        assert photo.meta.bit_depth == 16
        assert np.abs(np.asarray(photo.pixels).astype(float) - ramp * 65535).max() < (40 if name == "float16" else 2)
    for pixels, words in (
        (ramp * 255, "go from 0 to 255"),
        (np.where(ramp > 0.5, np.nan, ramp), "no numbers"),
        ((ramp * 5000).astype(np.uint32), "darkest part"),
    ):
        kind = pixels.dtype if pixels.dtype == np.uint32 else np.float32
        tifffile.imwrite(tmp_path / "odd.tif", pixels.astype(kind), photometric="minisblack")
        with pytest.raises(PhotoError, match=words):
            read_photo(tmp_path / "odd.tif")


def test_a_tiff_whose_strips_hold_more_than_their_rows_is_opened_with_a_note(tmp_path: Path) -> None:
    gray = np.asarray(picture().convert("L"))
    tifffile.imwrite(tmp_path / "a.tif", gray, photometric="minisblack", compression="adobe_deflate", metadata=None)
    data = bytearray((tmp_path / "a.tif").read_bytes())
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        page = file.pages.first
        offset, count = page.tags[273].valueoffset, page.tags[279].valueoffset
    packed = zlib.compress(gray.tobytes() + bytes(500))
    data[offset : offset + 4] = struct.pack("<I", len(data))
    data[count : count + 4] = struct.pack("<I", len(packed))
    (tmp_path / "a.tif").write_bytes(bytes(data) + packed)
    photo = read_photo(tmp_path / "a.tif")
    assert np.array_equal(photo.pixels, gray)
    assert "more bytes than its picture needs" in photo.meta.notes[0]


def test_many_channels_are_refused_before_they_take_memory(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif", np.zeros((4, 5, 400), np.uint8), photometric="minisblack", planarconfig="contig"
    )
    with pytest.raises(PhotoError, match="400 channels"):
        read_photo(tmp_path / "a.tif")


def png_with(chunks: dict[bytes, bytes], pixels: np.ndarray) -> bytes:
    data = bytes(imagecodecs.png_encode(pixels))
    made = b""
    for kind, content in chunks.items():
        body = kind + content
        made += struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    return data[:33] + made + data[33:]


PRIMARIES = {
    "srgb": (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000),
    "adobe": (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000),
}


@pytest.mark.parametrize("gamma", [1.0, 0.45455, 0.55])
@pytest.mark.parametrize("primaries", [None, "srgb", "adobe"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_png_s_gamma_and_primaries_are_honored(
    tmp_path: Path, dtype: type, primaries: str | None, gamma: float
) -> None:
    pixels = np.asarray(picture()).astype(dtype) * dtype(257 if dtype == np.uint16 else 1)
    chunks = {b"gAMA": struct.pack(">I", round(gamma * 100_000))}
    if primaries:
        chunks[b"cHRM"] = struct.pack(">8I", *PRIMARIES[primaries])
    path = tmp_path / "a.png"
    path.write_bytes(png_with(chunks, pixels))
    points = [value / 100_000 for value in PRIMARIES[primaries or "srgb"][2:]]
    linear = (pixels / np.iinfo(dtype).max) ** (1 / gamma)
    if gamma == 0.45455 and primaries != "adobe":
        linear = lab.srgb_to_linear(pixels / np.iinfo(dtype).max)  # what writers mean by it
    matrix = primary_matrix(points)
    light = np.clip(linear @ np.linalg.solve(primary_matrix([0.64, 0.33, 0.3, 0.6, 0.15, 0.06]), matrix).T, 0, 1)
    assert_same_lightness(path, (np.clip(lab.linear_to_srgb(light), 0, 1) * 65535).round().astype(np.uint16))


def primary_matrix(points: list[float]) -> np.ndarray:
    """(3, 3): X, Y, Z of red, green and blue for D65's white."""
    columns = np.array([(x / y, 1.0, (1 - x - y) / y) for x, y in zip(points[::2], points[1::2], strict=True)]).T
    white = np.array([0.3127 / 0.329, 1.0, (1 - 0.3127 - 0.329) / 0.329])
    return columns * np.linalg.solve(columns, white)


def test_a_png_of_high_dynamic_range_says_that_it_is_taken_as_srgb(tmp_path: Path) -> None:
    for code_points, has_note in (((9, 16), True), ((1, 13), False)):
        (tmp_path / "a.png").write_bytes(png_with({b"cICP": bytes([*code_points, 0, 1])}, np.asarray(picture())))
        notes = read_photo(tmp_path / "a.png").meta.notes
        assert any("high-dynamic-range" in note for note in notes) is has_note


def test_a_profile_in_a_png_s_text_is_honored(tmp_path: Path) -> None:
    profile, pixels = gamma_profile(1.0), np.asarray(picture())
    text = f"\nicc\n{len(profile):8d}\n{profile.hex()}\n".encode()
    packed = b"Raw profile type icc\0\0" + zlib.compress(text)
    (tmp_path / "a.png").write_bytes(png_with({b"zTXt": packed}, pixels))
    (tmp_path / "b.png").write_bytes(png_with({b"iCCP": b"ICC\0\0" + zlib.compress(profile)}, pixels))
    found = [read_photo(tmp_path / name) for name in ("a.png", "b.png")]
    assert np.array_equal(found[0].pixels, found[1].pixels)
    assert not np.array_equal(found[0].pixels, pixels)


def test_a_linear_gray_png_is_as_light_as_it_says(tmp_path: Path) -> None:
    gray = np.full((20, 30), 49, np.uint8)  # 0.192 of white's light: L 51
    (tmp_path / "a.png").write_bytes(png_with({b"gAMA": struct.pack(">I", 100_000)}, gray))
    assert abs(read_photo(tmp_path / "a.png").lightness().mean() - 50.93) < CLOSE
    (tmp_path / "b.png").write_bytes(png_with({b"sRGB": b"\0", b"gAMA": struct.pack(">I", 100_000)}, gray))
    assert np.array_equal(read_photo(tmp_path / "b.png").pixels, gray)  # sRGB goes before


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_2000_keeps_every_pixel(tmp_path: Path, channels: int, bits: int) -> None:
    top = (1 << bits) - 1
    pixels = (
        np.random.default_rng(2).integers(0, top + 1, (40, 50, channels)).astype(np.uint8 if bits == 8 else np.uint16)
    )
    pixels = pixels[..., 0] if channels == 1 else pixels
    for name, form in (("a.jp2", "jp2"), ("a.j2k", "j2k")):
        data = imagecodecs.jpeg2k_encode(pixels, level=0, reversible=True, bitspersample=bits, codecformat=form)
        (tmp_path / name).write_bytes(data)
        photo = read_photo(tmp_path / name)
        expected = pixels if bits != 12 else (pixels * (65535 / top)).round()
        assert np.array_equal(photo.pixels, expected.astype(photo.pixels.dtype))
        assert photo.meta.format == "JPEG2000"
        (tmp_path / name).write_bytes(data[: len(data) * 3 // 4])
        with pytest.raises(PhotoError):
            read_photo(tmp_path / name)


def test_the_first_picture_of_a_gif_is_used_and_said(tmp_path: Path) -> None:
    first = picture().convert("P", palette=Image.Palette.ADAPTIVE)
    first.save(tmp_path / "a.gif", save_all=True, append_images=[Image.new("P", first.size)])
    photo = read_photo(tmp_path / "a.gif")
    assert np.array_equal(photo.pixels, np.asarray(first.convert("RGB")))
    assert "animation of 2 pictures" in photo.meta.notes[0]


def photoshop(
    pixels: np.ndarray, has_flattened: bool = True, version: int = 1, bits: int = 8, more: bytes = b""
) -> bytes:
    """A PSD file of one RGB picture, not packed."""
    height, width = pixels.shape[:2]
    head = struct.pack(">4sH6xHIIHH", b"8BPS", version, 3, height, width, bits, 3)
    content = struct.pack(">IB", 1, has_flattened) + bytes(13)
    resource = struct.pack(">4sHHI", b"8BIM", 1057, 0, len(content)) + content + more
    return (
        head
        + struct.pack(">I", 0)
        + struct.pack(">I", len(resource))
        + resource
        + struct.pack(">IH", 0, 0)
        + np.moveaxis(pixels, -1, 0).tobytes()
    )


def test_the_flattened_picture_of_a_psd_is_read_where_it_has_one(tmp_path: Path) -> None:
    pixels = np.asarray(picture())
    (tmp_path / "a.psd").write_bytes(photoshop(pixels))
    photo = read_photo(tmp_path / "a.psd")
    assert np.array_equal(photo.pixels, pixels)
    assert "flattened" in photo.meta.notes[0]
    said = {
        1005: struct.pack(">IHHIHH", 300 << 16, 1, 1, 300 << 16, 1, 1),
        1028: b"\x1c\x02\x50\0\x05Annie",
        1060: b"<x/>",
    }
    said[1058] = b"II*\0\x08\0\0\0\x01\0\x32\x01\x02\0\x04\0\0\x001923\0\0\0\0"
    more = b"".join(struct.pack(">4sHHI", b"8BIM", number, 0, len(one)) + one for number, one in said.items())
    (tmp_path / "a.psd").write_bytes(photoshop(pixels, more=more))
    found = read_photo(tmp_path / "a.psd").meta.embedded
    assert (found.dpi, found.iptc, found.xmp, found.exif) == ((300, 300), said[1028], b"<x/>", said[1058])
    (tmp_path / "b.psd").write_bytes(photoshop(np.full_like(pixels, 255), has_flattened=False))
    with pytest.raises(PhotoError, match="without its flattened picture"):
        read_photo(tmp_path / "b.psd")
    (tmp_path / "c.psd").write_bytes(photoshop(pixels, bits=16))
    with pytest.raises(PhotoError, match="16-bit Photoshop files are not supported"):
        read_photo(tmp_path / "c.psd")


def test_avif_and_heic_that_are_cut_off_are_refused(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.avif", quality=90)
    heic = Path(__file__).parents[1] / "data" / "turned.heic"
    for data, name in (((tmp_path / "a.avif").read_bytes(), "b.avif"), (heic.read_bytes(), "b.heic")):
        path = tmp_path / name
        for part in (0.5, 0.8, 0.99 if name == "b.avif" else 0.9):  # its metadata stand behind the picture
            path.write_bytes(data[: int(len(data) * part)])
            assert boxes.is_cut_off(path, path.stat().st_size)
            with pytest.raises(PhotoError, match="is missing"):
                read_photo(path)
        path.write_bytes(data)
        assert not boxes.is_cut_off(path, len(data))
        read_photo(path)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_bigtiff_brings_what_is_said_of_its_photo(tmp_path: Path, order: str) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.asarray(picture()),
        photometric="rgb",
        bigtiff=True,
        byteorder=order,
        resolution=(300, 300),
        resolutionunit="INCH",
        datetime="1998:05:06 07:08:09",
        extratags=[(271, 2, 0, "Scanner maker of some length", True), (315, 2, 0, "A. B.", True)],
    )
    assert taken_at(tmp_path / "a.tif") == datetime(1998, 5, 6, 7, 8, 9).timestamp()
    photo = read_photo(tmp_path / "a.tif")
    assert photo.meta.notes == ()
    assert photo.meta.embedded.dpi == (300, 300)
    write_photo(tmp_path / "b.jpg", photo)
    with Image.open(tmp_path / "b.jpg") as result:
        assert result.getexif()[271] == "Scanner maker of some length"
        assert result.getexif()[315] == "A. B."


@pytest.mark.parametrize(
    ("bits", "masks"),
    [
        (16, (0xF800, 0x7E0, 0x1F)),
        (16, (0xF00, 0xF0, 0xF)),
        (16, (0x1F, 0x7E0, 0xF800)),
        (32, (0xFF0000, 0xFF00, 0xFF)),
        (32, (0x3FF00000, 0xFFC00, 0x3FF)),
        (32, (0xFF, 0xFF0000, 0xFF000000)),
    ],
)
def test_a_bmp_of_bit_fields_is_read(tmp_path: Path, bits: int, masks: tuple[int, ...]) -> None:
    color = np.asarray(picture((31, 20)))
    values = np.zeros(color.shape[:2], np.uint32)
    for channel, mask in enumerate(masks):
        shift = (mask & -mask).bit_length() - 1
        values |= (color[..., channel] / 255 * (mask >> shift)).round().astype(np.uint32) << np.uint32(shift)
    row = -(-31 * bits // 32) * 4
    lines = np.zeros((20, row), np.uint8)
    lines[:, : 31 * bits // 8] = values.astype(f"<u{bits // 8}").view(np.uint8).reshape(20, -1)
    body = lines[::-1].tobytes()
    head = struct.pack("<2sIHHI", b"BM", 66 + len(body), 0, 0, 66)
    head += struct.pack("<IiiHHIIiiII", 40, 31, 20, 1, bits, 3, len(body), 0, 0, 0, 0) + struct.pack("<3I", *masks)
    (tmp_path / "a.bmp").write_bytes(head + body)
    photo = read_photo(tmp_path / "a.bmp")
    assert photo.meta.format == "BMP"
    assert np.abs(np.asarray(photo.pixels).astype(int) - color).max() <= 9
    (tmp_path / "a.bmp").write_bytes((head + body)[:-200])
    with pytest.raises(PhotoError):
        read_photo(tmp_path / "a.bmp")


def test_an_avif_of_high_dynamic_range_says_that_it_is_taken_as_srgb(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.avif")
    assert read_photo(tmp_path / "a.avif").meta.notes == ()
    data = bytearray((tmp_path / "a.avif").read_bytes())
    at = data.index(b"colrnclx") + 8
    data[at : at + 4] = struct.pack(">HH", 9, 16)
    (tmp_path / "b.avif").write_bytes(data)
    assert "high-dynamic-range colors" in read_photo(tmp_path / "b.avif").meta.notes[0]


@pytest.mark.parametrize("bits", [10, 12])
def test_an_avif_of_more_than_8_bits_keeps_them(tmp_path: Path, bits: int) -> None:
    ramp = np.linspace(0, (1 << bits) - 1, 256).astype(np.uint16)
    pixels = np.broadcast_to(ramp[None, :, None], (64, 256, 3)).copy()
    data = imagecodecs.avif_encode(pixels, level=100, bitspersample=bits, pixelformat="444")
    (tmp_path / "a.avif").write_bytes(data)
    photo = read_photo(tmp_path / "a.avif")
    assert photo.meta.bit_depth == 16
    assert photo.pixels.dtype == np.uint16
    assert len(np.unique(photo.pixels[..., 1])) > 250
    expected = ramp / ((1 << bits) - 1) * 65535
    assert np.abs(np.asarray(photo.pixels)[10, :, 1] - expected).max() < 65535 * 0.006
