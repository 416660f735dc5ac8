"""Photos of every format and mode become upright sRGB pixels at their own depth."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.imaging.opening import read_photo

DATA = Path(__file__).parents[1] / "data"


def gray8(height: int = 12, width: int = 17) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)


def rgb8(height: int = 12, width: int = 17) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (height, width, 3), np.uint8)


def gray16(height: int = 12, width: int = 17) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 65536, (height, width), np.uint16)


def rgb16(height: int = 12, width: int = 17) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 65536, (height, width, 3), np.uint16)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
@pytest.mark.parametrize("make", [gray8, rgb8])
def test_lossless_formats_keep_every_pixel(tmp_path, suffix, make):
    path = tmp_path / f"photo.{suffix}"
    Image.fromarray(make()).save(path)
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint8
    np.testing.assert_array_equal(photo.pixels, make())
    assert photo.alpha is None
    assert photo.meta.source == path
    assert photo.meta.format == {"png": "PNG", "bmp": "BMP", "tif": "TIFF"}[suffix]
    assert photo.meta.bit_depth == 8


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_lossy_formats_are_near_their_pixels(tmp_path, suffix):
    path = tmp_path / f"photo.{suffix}"
    smooth = np.asarray(Image.fromarray(rgb8(3, 4)).resize((64, 48), Image.Resampling.BICUBIC))
    Image.fromarray(smooth).save(path, quality=95)
    photo = read_photo(path)
    assert photo.size == (48, 64)
    assert np.abs(photo.pixels.astype(int) - smooth).mean() < 4


def test_a_gray_jpeg_stays_gray(tmp_path):
    Image.fromarray(np.full((9, 9), 100, np.uint8)).save(tmp_path / "g.jpg")
    assert read_photo(tmp_path / "g.jpg").pixels.shape == (9, 9)


@pytest.mark.parametrize("make", [gray16, rgb16])
def test_sixteen_bit_png_stays_sixteen_bit(tmp_path, make):
    path = tmp_path / "photo.png"
    path.write_bytes(imagecodecs.png_encode(make()))
    photo = read_photo(path)
    assert photo.pixels.dtype == np.uint16
    assert photo.meta.bit_depth == 16
    np.testing.assert_array_equal(photo.pixels, make())


def test_sixteen_bit_png_keeps_its_alpha(tmp_path):
    pixels = np.dstack([rgb16(), gray16()])
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(pixels))
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(photo.pixels, pixels[..., :3])
    np.testing.assert_array_equal(photo.alpha, pixels[..., 3])


@pytest.mark.parametrize("compression", [None, "lzw", "deflate", "packbits"])
@pytest.mark.parametrize("make", [gray8, rgb8, gray16, rgb16])
@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_tiff_of_every_compression_keeps_every_pixel(tmp_path, compression, make, tile):
    path = tmp_path / "photo.tif"
    predictor = compression in ("lzw", "deflate")
    kind = "rgb" if make().ndim == 3 else "minisblack"
    tifffile.imwrite(path, make(), photometric=kind, compression=compression, predictor=predictor, tile=tile)
    np.testing.assert_array_equal(read_photo(path).pixels, make())


def test_tiff_with_jpeg_inside_comes_as_rgb(tmp_path):
    path = tmp_path / "photo.tif"
    color = np.full((32, 48, 3), (200, 90, 40), np.uint8)
    Image.fromarray(color).save(path, compression="jpeg")
    assert np.abs(read_photo(path).pixels.astype(int) - color).max() <= 3


def test_big_endian_and_planar_tiff_are_read(tmp_path):
    tifffile.imwrite(tmp_path / "be.tif", gray16(), byteorder=">", photometric="minisblack")
    np.testing.assert_array_equal(read_photo(tmp_path / "be.tif").pixels, gray16())
    planes = np.moveaxis(rgb16(), -1, 0)
    tifffile.imwrite(tmp_path / "p.tif", planes, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(read_photo(tmp_path / "p.tif").pixels, rgb16())


@pytest.mark.parametrize("make", [gray8, gray16])
def test_inverted_tiff_is_turned_positive(tmp_path, make):
    path = tmp_path / "inverted.tif"
    tifffile.imwrite(path, np.iinfo(make().dtype).max - make(), photometric="miniswhite")
    np.testing.assert_array_equal(read_photo(path).pixels, make())


def test_one_bit_scans_are_black_and_white(tmp_path):
    bits = gray8() > 127
    for name in ("b.png", "b.tif", "b.bmp"):
        Image.fromarray(bits).save(tmp_path / name)
        np.testing.assert_array_equal(read_photo(tmp_path / name).pixels, bits * np.uint8(255))
    Image.fromarray(bits).save(tmp_path / "fax.tif", compression="group4")
    np.testing.assert_array_equal(read_photo(tmp_path / "fax.tif").pixels, bits * np.uint8(255))


def test_four_and_twelve_bit_tiff_fill_their_range(tmp_path):
    four = (gray8(4, 6) >> 4).astype(np.uint8)
    packed = np.packbits(np.unpackbits(four[..., None], axis=-1)[..., 4:].reshape(4, -1), axis=-1)
    _write_bare_tiff(tmp_path / "four.tif", packed.tobytes(), 6, 4, 4)
    np.testing.assert_array_equal(read_photo(tmp_path / "four.tif").pixels, four * 17)
    twelve = imagecodecs.packints_encode(np.full((4, 6), 4095, np.uint16), 12)
    _write_bare_tiff(tmp_path / "twelve.tif", bytes(twelve), 6, 4, 12)
    photo = read_photo(tmp_path / "twelve.tif")
    assert photo.meta.bit_depth == 16
    assert (photo.pixels == 65535).all()


def _write_bare_tiff(path: Path, data: bytes, width: int, height: int, bits: int) -> None:
    import struct

    tags = [
        (256, 3, width), (257, 3, height), (258, 3, bits), (259, 3, 1), (262, 3, 1),
        (273, 4, 8), (277, 3, 1), (278, 3, height), (279, 4, len(data)),
    ]  # fmt: skip
    body = data + b"\0" * (len(data) % 2)
    head = b"II*\0" + struct.pack("<I", 8 + len(body))
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", c, k, 1, v) for c, k, v in tags)
    path.write_bytes(head + body + directory + b"\0\0\0\0")


def test_the_first_page_is_used_and_said(tmp_path):
    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(gray8(), photometric="minisblack")
        writer.write(255 - gray8(), photometric="minisblack")
    photo = read_photo(path)
    np.testing.assert_array_equal(photo.pixels, gray8())
    assert photo.meta.notes == ("The file holds 2 pages; the first one is used.",)


def test_an_animation_gives_its_first_picture_and_says_so(tmp_path):
    frames = [Image.fromarray(np.full((8, 8, 3), value, np.uint8)) for value in (10, 200)]
    frames[0].save(tmp_path / "moving.png", save_all=True, append_images=frames[1:])
    photo = read_photo(tmp_path / "moving.png")
    assert (photo.pixels == 10).all()
    assert "animation" in photo.meta.notes[0]


@pytest.mark.parametrize("suffix", ["png", "tif", "webp"])
def test_alpha_is_kept_beside_the_pixels(tmp_path, suffix):
    rgba = np.dstack([rgb8(), np.full((12, 17), 128, np.uint8)])
    Image.fromarray(rgba).save(tmp_path / f"a.{suffix}", lossless=True)
    photo = read_photo(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(photo.pixels, rgba[..., :3])
    assert photo.alpha is not None
    assert (photo.alpha == 128).all()


def test_gray_with_alpha_stays_gray(tmp_path):
    both = np.dstack([gray8(), 255 - gray8()])
    for name in ("la.png", "la.tif"):
        Image.fromarray(both, "LA").save(tmp_path / name)
        photo = read_photo(tmp_path / name)
        np.testing.assert_array_equal(photo.pixels, both[..., 0])
        np.testing.assert_array_equal(photo.alpha, both[..., 1])


def test_premultiplied_alpha_is_divided_out(tmp_path):
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[...] = (100, 50, 25, 128)
    tifffile.imwrite(tmp_path / "pre.tif", rgba, photometric="rgb", extrasamples=["assocalpha"])
    np.testing.assert_array_equal(read_photo(tmp_path / "pre.tif").pixels[0, 0], (199, 100, 50))


def test_channels_that_are_no_colors_are_left_out_and_said(tmp_path):
    many = np.random.default_rng(0).integers(0, 256, (6, 7, 5), np.uint8)
    tifffile.imwrite(tmp_path / "many.tif", many, photometric="rgb", planarconfig="contig")
    photo = read_photo(tmp_path / "many.tif")
    np.testing.assert_array_equal(photo.pixels, many[..., :3])
    assert "2 more channels" in photo.meta.notes[0]


def test_palettes_become_their_colors(tmp_path):
    picture = Image.fromarray(rgb8()).quantize(16)
    expected = np.asarray(picture.convert("RGB"))
    for name in ("p.png", "p.bmp", "p.tif"):
        picture.save(tmp_path / name)
        np.testing.assert_array_equal(read_photo(tmp_path / name).pixels, expected)


def test_a_gray_palette_becomes_gray(tmp_path):
    picture = Image.fromarray(gray8() // 64, "P")
    picture.putpalette([value for step in range(4) for value in (step * 80,) * 3])
    for name in ("p.png", "p.tif"):
        picture.save(tmp_path / name)
        np.testing.assert_array_equal(read_photo(tmp_path / name).pixels, gray8() // 64 * 80)


def test_palette_transparency_becomes_alpha(tmp_path):
    picture = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.save(tmp_path / "t.png", transparency=1)
    photo = read_photo(tmp_path / "t.png")
    np.testing.assert_array_equal(photo.alpha, [[255, 0]])
    np.testing.assert_array_equal(photo.pixels, [[(255, 0, 0), (0, 0, 255)]])


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_cmyk_becomes_rgb_with_light_and_dark_the_right_way_round(tmp_path, suffix):
    inks = np.zeros((16, 32, 4), np.uint8)
    inks[:, :16, 3] = 255  # black on the left, paper on the right
    Image.fromarray(inks, "CMYK").save(tmp_path / f"c.{suffix}")  # JPEG as Adobe does: inverted
    photo = read_photo(tmp_path / f"c.{suffix}")
    assert photo.pixels.shape == (16, 32, 3)
    assert photo.pixels[:, :12].max() <= 3
    assert photo.pixels[:, 20:].min() >= 252
    assert "CMYK" in photo.meta.notes[0]


def test_heic_is_read_and_turned_once():
    photo = read_photo(DATA / "turned.heic")
    assert photo.meta.format == "HEIF"
    assert photo.size == (64, 48)  # stored 48 high and 64 wide, to be turned right
    top_left, top_right, bottom_left = photo.pixels[0, 0], photo.pixels[0, -1], photo.pixels[-1, 0]
    assert np.abs(top_left.astype(int) - (40, 181, 90)).max() <= 4
    assert np.abs(top_right.astype(int) - (40, 40, 90)).max() <= 4
    assert np.abs(bottom_left.astype(int) - (229, 181, 90)).max() <= 4


def test_ten_bit_heic_gives_sixteen_bit_pixels():
    photo = read_photo(DATA / "ten_bit.heic")
    assert photo.meta.bit_depth == 16
    assert photo.pixels.dtype == np.uint16
    assert np.abs(photo.pixels[0, 0].astype(int) - np.array((40, 40, 90)) * 257).max() < 600
    np.testing.assert_array_equal(photo.pixels & 0x3F, photo.pixels >> 10)  # so that white is 65,535


# What the corner pixels of a picture with 1 2 / 3 4 look like upright, per EXIF 2.32, table 6.
UPRIGHT = {
    1: [[1, 2], [3, 4]],
    2: [[2, 1], [4, 3]],
    3: [[4, 3], [2, 1]],
    4: [[3, 4], [1, 2]],
    5: [[1, 3], [2, 4]],
    6: [[3, 1], [4, 2]],
    7: [[4, 2], [3, 1]],
    8: [[2, 4], [1, 3]],
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_orientation_is_applied_exactly_once(tmp_path, suffix, orientation):
    small = np.array([[1, 2], [3, 4]], np.uint8) * 50
    stored = small.repeat(16, axis=0).repeat(24, axis=1)  # 32 x 48
    path = tmp_path / f"o.{suffix}"
    block = Image.Exif()
    block[274] = orientation
    Image.fromarray(stored).save(path, exif=block, quality=95)
    photo = read_photo(path)
    assert photo.size == ((48, 32) if orientation >= 5 else (32, 48))
    gray = photo.pixels if photo.pixels.ndim == 2 else photo.pixels[..., 1]
    h, w = photo.size
    corners = gray[h // 4 :: h // 2, w // 4 :: w // 2].astype(float) / 50
    np.testing.assert_array_equal(np.rint(corners), UPRIGHT[orientation])


def test_alpha_and_resolution_turn_with_the_photo(tmp_path):
    block = Image.Exif()
    block[274] = 6
    rgba = np.dstack([rgb8(), gray8()])
    Image.fromarray(rgba).save(tmp_path / "a.png", exif=block, dpi=(100, 200))
    photo = read_photo(tmp_path / "a.png")
    np.testing.assert_array_equal(photo.alpha, np.rot90(gray8(), -1))
    assert photo.meta.embedded.dpi == pytest.approx((200, 100), abs=0.1)


def test_names_in_any_script_are_opened(tmp_path):
    path = tmp_path / "Großmutter 祖母 бабушка.png"
    Image.fromarray(gray8()).save(path)
    np.testing.assert_array_equal(read_photo(path).pixels, gray8())


def test_reading_works_where_nothing_can_be_written(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    path = folder / "photo.jpg"
    Image.fromarray(rgb8()).save(path)
    before = path.read_bytes()
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        read_photo(path)
    finally:
        folder.chmod(0o755)
    assert path.read_bytes() == before
    assert [entry.name for entry in folder.iterdir()] == ["photo.jpg"]
