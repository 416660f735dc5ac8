"""Lightness, ab, tone and color profiles."""

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage.color import rgb2lab

from handtint.imaging.color import icc, lab
from handtint.imaging.color.tone import Tone
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.rows import Rows
from handtint.imaging.writing import write_photo

ADOBE_RGB = imagecodecs.cms_profile("adobergb")
WIDE = imagecodecs.cms_profile(  # primaries and gamma of ProPhoto RGB
    "rgb",
    whitepoint=[0.3457, 0.3585, 1.0],
    primaries=[0.7347, 0.2653, 1.0, 0.1596, 0.8404, 1.0, 0.0366, 0.0001, 1.0],
    gamma=1.8,
)
GRAY_22 = imagecodecs.cms_profile("gray", gamma=2.2)
GRAY_LINEAR = imagecodecs.cms_profile("gray", gamma=1.0)


D50 = b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061)


def curve(values: np.ndarray) -> bytes:
    """A tabulated tone curve of values 0..1, as scanners and prepress programs write it."""
    table = np.rint(65535 * values).astype(">u2")
    return b"curv" + bytes(4) + struct.pack(">I", len(table)) + table.tobytes()


def build_profile(header: bytes, tags: dict[bytes, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    entries, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        entries += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    size = struct.pack(">I", start + len(body))
    return size + header[4:8] + b"\x02\x40\0\0" + header[12:128] + entries + body


def dot_gain_profile() -> bytes:
    tone = np.linspace(0, 1, 256)
    return build_profile(GRAY_22, {b"wtpt": D50, b"kTRC": curve(0.7 * tone**1.6 + 0.3 * tone**2.6)})


def tabulated_rgb_profile() -> bytes:
    """Adobe RGB's primaries with a table of 1,024 steps a channel, a little different for each."""
    tags = {b"wtpt": D50}
    for name, xyz in {
        b"r": (39989, 20415, 1277),
        b"g": (13450, 41017, 3989),
        b"b": (9779, 4105, 48793),
    }.items():
        tags[name + b"XYZ"] = b"XYZ " + bytes(4) + struct.pack(">3i", *xyz)
    for name, gamma in {b"rTRC": 2.1, b"gTRC": 2.2, b"bTRC": 2.15}.items():
        tags[name] = curve(np.linspace(0, 1, 1024) ** gamma)
    return build_profile(ADOBE_RGB, tags)


def cmyk_profile() -> bytes:
    """A CMYK profile of two grid points an ink: L falls with the inks, a and b stay neutral."""
    grid = []
    for index in range(16):
        inks = [index >> shift & 1 for shift in (3, 2, 1, 0)]
        light = 0.0 if inks[3] else 1.0 - sum(inks[:3]) / 3
        grid += [round(light * 255), 128, 128]
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + bytes(grid) + ramp * 3
    header = GRAY_22[:12] + b"prtrCMYKLab " + GRAY_22[24:]
    return build_profile(header, {b"wtpt": D50, b"A2B0": table, b"A2B1": table})


def random_rgb(dtype=np.uint8) -> np.ndarray:
    return np.random.default_rng(5).integers(0, np.iinfo(dtype).max + 1, (40, 50, 3), dtype)


def lightness_of_profile(pixels: np.ndarray, profile: bytes) -> np.ndarray:
    """Lightness by LittleCMS itself: through the profile to floating-point Lab."""
    space = "gray" if pixels.ndim == 2 else "rgb"
    data = pixels.astype(np.float32) / np.iinfo(pixels.dtype).max
    result = imagecodecs.cms_transform(
        data, profile, imagecodecs.cms_profile("lab4"), colorspace=space, outcolorspace="lab",
        outdtype="float32", intent=1, flags=imagecodecs.CMS.FLAGS.NOOPTIMIZE,
    )  # fmt: skip
    return result[..., 0]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lightness_and_ab_are_scikit_images(dtype):
    photo = Photo(random_rgb(dtype))
    expected = rgb2lab(photo.pixels / np.iinfo(dtype).max)
    np.testing.assert_allclose(photo.lightness(), expected[..., 0], atol=1e-3)
    np.testing.assert_allclose(photo.ab(), expected[..., 1:], atol=2e-3)
    assert photo.lightness().dtype == photo.ab().dtype == np.float32


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_lightness_of_gray_is_that_of_the_same_gray_in_color(dtype):
    gray = random_rgb(dtype)[..., 0]
    in_color = Photo(gray[..., None].repeat(3, axis=2))
    np.testing.assert_allclose(Photo(gray).lightness(), in_color.lightness(), atol=1e-3)
    assert not Photo(gray).ab().any()


def test_a_part_is_cut_from_the_whole():
    photo = Photo(random_rgb())
    rows, columns = slice(5, 11), slice(7, 30, 2)
    np.testing.assert_array_equal(photo.lightness(rows, columns), photo.lightness()[rows, columns])
    np.testing.assert_array_equal(photo.ab(rows, columns), photo.ab()[rows, columns])


@pytest.mark.parametrize("profile", [GRAY_22, GRAY_LINEAR, dot_gain_profile()], ids=["2.2", "linear", "dot gain"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gray_profiles_give_the_lightness_they_mean(tmp_path, profile, dtype):
    ramp = np.linspace(0, np.iinfo(dtype).max, 4096).astype(dtype).reshape(64, 64)
    tifffile.imwrite(tmp_path / "g.tif", ramp, photometric="minisblack", iccprofile=profile)
    photo = read_photo(tmp_path / "g.tif")
    assert photo.meta.embedded.icc == profile
    assert photo.meta.bit_depth == ramp.dtype.itemsize * 8
    assert photo.pixels.dtype == np.uint16
    np.testing.assert_allclose(photo.lightness(), lightness_of_profile(ramp, profile), atol=0.01)


@pytest.mark.parametrize("profile", [GRAY_22, GRAY_LINEAR, dot_gain_profile()], ids=["2.2", "linear", "dot gain"])
@pytest.mark.parametrize("in_color", [False, True])
def test_a_sixteen_bit_gray_scan_with_a_profile_keeps_its_lightness_when_saved(tmp_path, profile, in_color):
    scan = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    tifffile.imwrite(tmp_path / "scan.tif", scan, photometric="minisblack", iccprofile=profile)
    photo = read_photo(tmp_path / "scan.tif")
    result = Photo(photo.pixels[..., None].repeat(3, axis=2), photo.meta) if in_color else photo
    for name in ("out.tif", "out.png"):
        write_photo(tmp_path / name, result)
        saved = read_photo(tmp_path / name)
        assert saved.meta.bit_depth == 16
        # A profile with a steep or flat end holds fewer dark steps than 65,536: half a step of its own.
        np.testing.assert_allclose(saved.lightness(), photo.lightness(), atol=0.01)


@pytest.mark.parametrize("profile", [ADOBE_RGB, WIDE, tabulated_rgb_profile()], ids=["Adobe RGB", "wide", "tables"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_color_profiles_are_honored_and_written_back(tmp_path, profile, dtype, suffix):
    # Colors inside sRGB, encoded in the wide profile.
    srgb = (np.random.default_rng(6).random((40, 50, 3)) * 65535).astype(np.uint16)
    convert = icc.from_srgb(profile, "rgb", srgb.dtype)
    assert convert is not None
    stored = convert(srgb)
    if dtype == np.uint8:
        stored = ((stored.astype(np.uint32) + 128) // 257).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", iccprofile=profile)
    photo = read_photo(tmp_path / "a.tif")
    assert photo.meta.bit_depth == stored.dtype.itemsize * 8
    limit = 0.01 if dtype == np.uint16 else 3.0
    np.testing.assert_allclose(photo.lightness(), Photo(srgb).lightness(), atol=limit)
    assert write_photo(tmp_path / f"out.{suffix}", photo) == ()
    saved = read_photo(tmp_path / f"out.{suffix}")
    assert saved.meta.embedded.icc == profile
    assert saved.meta.bit_depth == photo.meta.bit_depth
    limit = 0.01 if dtype == np.uint16 else 0.5
    np.testing.assert_allclose(saved.lightness(), photo.lightness(), atol=limit)


@pytest.mark.parametrize("profile", [ADOBE_RGB, WIDE], ids=["Adobe RGB", "wide"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_curves_and_a_matrix_give_what_littlecms_gives(profile, dtype):
    convert = icc.to_srgb(profile, np.dtype(dtype))
    assert convert is not None
    assert not icc.is_slow(convert)
    expected = imagecodecs.cms_transform(
        random_rgb(dtype), profile, icc.srgb_profile(), colorspace="rgb", outcolorspace="rgb",
        outdtype="uint16", intent=1, flags=imagecodecs.CMS.FLAGS.NOOPTIMIZE,
    )  # fmt: skip
    apart = np.abs(convert(random_rgb(dtype)).astype(np.int32) - expected)
    assert apart.max() <= 40
    assert apart.mean() < 1


def test_a_photo_with_a_profile_of_curves_is_converted_when_its_rows_are_asked_for(tmp_path):
    Image.fromarray(random_rgb()).save(tmp_path / "a.png", icc_profile=ADOBE_RGB)
    whole, in_bands = read_photo(tmp_path / "a.png"), read_photo(tmp_path / "a.png", in_bands=True)
    assert isinstance(in_bands.pixels, Rows)
    np.testing.assert_array_equal(in_bands.pixels, whole.pixels)
    assert in_bands.tone() == whole.tone()


def test_an_adobe_rgb_jpeg_is_more_colorful_than_its_numbers(tmp_path):
    color = np.full((16, 16, 3), (60, 180, 60), np.uint8)
    Image.fromarray(color).save(tmp_path / "a.jpg", icc_profile=ADOBE_RGB, subsampling=0, quality=100)
    photo = read_photo(tmp_path / "a.jpg")
    assert photo.pixels.dtype == np.uint16
    assert photo.meta.bit_depth == 8
    assert photo.ab()[0, 0, 0] < Photo(color).ab()[0, 0, 0] - 5


@pytest.mark.parametrize("profile", [icc.srgb_profile(), imagecodecs.cms_profile("srgb")])
def test_an_srgb_profile_changes_no_pixel_and_is_kept(tmp_path, profile):
    Image.fromarray(random_rgb()).save(tmp_path / "s.png", icc_profile=profile)
    photo = read_photo(tmp_path / "s.png")
    np.testing.assert_array_equal(photo.pixels, random_rgb())
    write_photo(tmp_path / "out.png", photo)
    with Image.open(tmp_path / "out.png") as image:
        assert image.info["icc_profile"] == profile
        np.testing.assert_array_equal(np.asarray(image), random_rgb())


def test_a_photo_without_profile_is_saved_as_srgb_and_says_so(tmp_path):
    for name, pixels in (("c.png", random_rgb()), ("g.png", random_rgb()[..., 0])):
        write_photo(tmp_path / name, Photo(pixels))
        with Image.open(tmp_path / name) as image:
            profile = image.info["icc_profile"]
        assert icc.color_space(profile) == ("rgb" if pixels.ndim == 3 else "gray")
        photo = read_photo(tmp_path / name)
        np.testing.assert_array_equal(photo.pixels, pixels)


def test_our_gray_profile_is_the_srgb_curve():
    table = icc.gray_table(icc.gray_srgb_profile(), 65536)
    assert np.abs(table.astype(int) - np.arange(65536)).max() <= 2


def test_color_of_a_gray_profiled_scan_is_saved_as_srgb_with_a_note(tmp_path):
    tifffile.imwrite(tmp_path / "g.tif", random_rgb()[..., 0], photometric="minisblack", iccprofile=GRAY_22)
    scan = read_photo(tmp_path / "g.tif")
    colored = Photo(scan.pixels[..., None].repeat(3, axis=2), scan.meta)
    notes = write_photo(tmp_path / "out.tif", colored)
    assert len(notes) == 1
    assert "sRGB" in notes[0]
    saved = read_photo(tmp_path / "out.tif")
    assert saved.meta.embedded.icc == icc.srgb_profile()
    np.testing.assert_allclose(saved.lightness(), scan.lightness(), atol=0.5)


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_cmyk_goes_through_its_profile(tmp_path, suffix):
    inks = np.zeros((16, 32, 4), np.uint8)
    inks[:, :16, :3] = 255  # our test profile makes full C, M and Y as dark as black
    options = {"quality": 100} if suffix == "jpg" else {}
    Image.fromarray(inks, "CMYK").save(tmp_path / f"c.{suffix}", icc_profile=cmyk_profile(), **options)
    photo = read_photo(tmp_path / f"c.{suffix}")
    assert photo.meta.notes == ()
    assert photo.lightness()[:, :12].max() < 2
    assert photo.lightness()[:, 20:].min() > 98
    notes = write_photo(tmp_path / "out.png", photo)
    assert "sRGB" in notes[0]
    np.testing.assert_allclose(read_photo(tmp_path / "out.png").lightness(), photo.lightness(), atol=0.5)


@pytest.mark.parametrize(
    "profile", [b"junk" * 64, ADOBE_RGB[:300], GRAY_22, cmyk_profile()], ids=["junk", "cut", "gray", "cmyk"]
)
def test_an_unusable_profile_is_ignored_with_a_note(tmp_path, profile):
    tifffile.imwrite(tmp_path / "b.tif", random_rgb(), photometric="rgb", iccprofile=profile)
    photo = read_photo(tmp_path / "b.tif")
    np.testing.assert_array_equal(photo.pixels, random_rgb())
    assert photo.meta.embedded.icc is None
    assert "profile" in photo.meta.notes[0]


def test_a_profile_without_a_way_back_gives_way_to_srgb_and_that_is_said(tmp_path):
    tone = np.linspace(0, 1, 256)
    falls = build_profile(GRAY_22, {b"wtpt": D50, b"kTRC": curve(tone + 0.2 * np.sin(tone * 20) * (1 - tone))})
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    tifffile.imwrite(tmp_path / "f.tif", ramp, photometric="minisblack", iccprofile=falls)
    photo = read_photo(tmp_path / "f.tif")
    assert photo.meta.embedded.icc == falls
    (note,) = write_photo(tmp_path / "out.tif", photo)
    assert "cannot be written; the picture is saved as sRGB" in note
    np.testing.assert_allclose(read_photo(tmp_path / "out.tif").lightness(), photo.lightness(), atol=0.5)


def test_a_gray_scan_tagged_with_an_rgb_profile_follows_its_gray_axis(tmp_path):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    tifffile.imwrite(tmp_path / "t.tif", ramp, photometric="minisblack", iccprofile=ADOBE_RGB)
    photo = read_photo(tmp_path / "t.tif")
    expected = lightness_of_profile(ramp[..., None].repeat(3, axis=2), ADOBE_RGB)
    np.testing.assert_allclose(photo.lightness(), expected, atol=0.02)


def scene(seed: int = 0) -> np.ndarray:
    """(300, 400) lightness of soft shapes, 0..1."""
    coarse = np.random.default_rng(seed).random((6, 8)).astype(np.float32)
    return np.clip(np.asarray(Image.fromarray(coarse).resize((400, 300), Image.Resampling.BICUBIC)), 0, 1)


def tinted(shadow: tuple[float, float], light: tuple[float, float], noise: float = 0.0) -> np.ndarray:
    lightness = scene()
    ab = [shadow[i] + (light[i] - shadow[i]) * lightness for i in (0, 1)]
    rng = np.random.default_rng(1)
    planes = lab.lab_to_srgb(lightness * 90 + 5, *(plane + rng.normal(0, noise, plane.shape) for plane in ab))
    return np.rint(np.clip(np.stack(planes, axis=-1), 0, 1) * 255).astype(np.uint8)


def test_gray_is_gray_also_with_a_jpegs_color_noise(tmp_path):
    assert Photo(scene().astype(np.uint8)).tone() is Tone.GRAY
    noisy = tinted((0.5, 0.5), (1, 1.5), noise=4)
    Image.fromarray(noisy).save(tmp_path / "n.jpg", quality=60)
    assert read_photo(tmp_path / "n.jpg").tone() is Tone.GRAY


@pytest.mark.parametrize(
    ("shadow", "light"),
    [((6, 12), (8, 22)), ((0, -10), (2, -25)), ((7, -2), (0, 10)), ((8, 14), (1, 8))],
    ids=["sepia", "cyanotype", "split", "faded"],
)
def test_one_tint_over_all_is_toned(shadow, light):
    pixels = tinted(shadow, light, noise=2)
    assert Photo(pixels).tone() is Tone.TONED
    assert Photo(pixels.astype(np.uint16) * 257).tone() is Tone.TONED


def test_a_sepia_print_on_its_mount_is_toned():
    mount = np.full((400, 500, 3), (225, 214, 196), np.uint8)
    mount[50:350, 50:450] = tinted((7, 4), (3, 16), noise=1)
    assert Photo(mount).tone() is Tone.TONED


def test_a_color_photo_is_color():
    planes = [scene(seed) for seed in (1, 2, 3)]
    assert Photo(np.rint(np.stack(planes, axis=-1) * 255).astype(np.uint8)).tone() is Tone.COLOR
    # Muted, but with colors of their own side by side.
    muted = lab.lab_to_srgb(scene() * 90 + 5, *((scene(seed) - 0.5) * 16 for seed in (4, 5)))
    assert Photo(np.rint(np.clip(np.stack(muted, axis=-1), 0, 1) * 255).astype(np.uint8)).tone() is Tone.COLOR


def test_tone_of_the_smallest_photos_is_told():
    assert Photo(np.full((1, 1, 3), 128, np.uint8)).tone() is Tone.GRAY
    assert Photo(np.full((1, 700, 3), 128, np.uint8), PhotoMeta(source=Path("x"))).tone() is Tone.GRAY
