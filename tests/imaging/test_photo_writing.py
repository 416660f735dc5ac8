"""Results are saved at the right depth, whole or not at all, and never onto the source."""

import errno
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.errors import SaveError
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.writing import write_photo
from handtint.progress import Cancelled, Progress
from handtint.recipe.saving import SaveOptions, output_path, without_results


def pixels(dtype=np.uint8, channels: int = 3) -> np.ndarray:
    shape = (23, 31, 3) if channels == 3 else (23, 31)
    return np.random.default_rng(7).integers(0, np.iinfo(dtype).max + 1, shape, dtype)


def deep(channels: int = 3) -> Photo:
    return Photo(pixels(np.uint16, channels), PhotoMeta(bit_depth=16))


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_lossless_formats_give_back_every_pixel(tmp_path, suffix, dtype, channels, has_alpha):
    data = pixels(dtype, channels)
    alpha = pixels(dtype, 1) if has_alpha else None
    path = tmp_path / f"out.{suffix}"
    assert write_photo(path, Photo(data, PhotoMeta(bit_depth=data.dtype.itemsize * 8), alpha)) == ()
    photo = read_photo(path)
    assert photo.pixels.dtype == dtype
    np.testing.assert_array_equal(photo.pixels, data)
    if has_alpha:
        np.testing.assert_array_equal(photo.alpha, alpha)
    else:
        assert photo.alpha is None


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_lossy_formats_keep_the_picture_and_obey_quality(tmp_path, suffix):
    smooth = np.asarray(Image.fromarray(pixels()[:3, :4]).resize((160, 120), Image.Resampling.BICUBIC))
    sizes = []
    for quality in (30, 95):
        path = tmp_path / f"{quality}.{suffix}"
        write_photo(path, Photo(smooth), SaveOptions(quality=quality))
        sizes.append(path.stat().st_size)
    assert np.abs(read_photo(path).pixels.astype(int) - smooth).mean() < 5
    assert sizes[0] < sizes[1]


def test_jpeg_keeps_color_at_full_size(tmp_path):
    write_photo(tmp_path / "a.jpg", Photo(pixels()))
    with Image.open(tmp_path / "a.jpg") as image:
        assert {layer[1:3] for layer in image.layer} == {(1, 1)}  # 4:4:4


def test_gray_is_saved_as_gray_where_the_format_has_it(tmp_path):
    for name, mode in (("g.jpg", "L"), ("g.png", "L"), ("g.tif", "L"), ("g.webp", "RGB")):
        write_photo(tmp_path / name, Photo(pixels(channels=1)))
        with Image.open(tmp_path / name) as image:
            assert image.mode == mode
        assert read_photo(tmp_path / name).meta.notes == ()  # the profile fits


def test_sixteen_bits_in_a_jpeg_are_rounded_to_the_nearest_and_said(tmp_path):
    levels = np.full((16, 16), 100 * 257 + 200, np.uint16)  # nearer to 101 than to 100
    for name in ("a.jpg", "a.webp"):
        photo = Photo(levels, PhotoMeta(bit_depth=16))
        (note,) = write_photo(tmp_path / name, photo, SaveOptions(quality=100))
        assert "8 bits" in note
        assert (read_photo(tmp_path / name).pixels == 101).all()


def test_an_eight_bit_photo_in_fine_pixels_is_saved_at_eight_bits(tmp_path):
    eight = pixels()
    beside = np.random.default_rng(3).integers(-128, 129, eight.shape)  # half a step of 8 bits at most
    fine = np.clip(eight.astype(int) * 257 + beside, 0, 65535).astype(np.uint16)
    photo = Photo(fine, PhotoMeta(bit_depth=8))
    for name in ("a.png", "a.tif"):
        assert write_photo(tmp_path / name, photo) == ()
        saved = read_photo(tmp_path / name)
        assert saved.meta.bit_depth == 8
        np.testing.assert_array_equal(saved.pixels, eight)


def test_transparency_becomes_white_in_a_jpeg_and_is_said(tmp_path):
    alpha = np.zeros((16, 32), np.uint8)
    alpha[:, 16:] = 255
    photo = Photo(np.full((16, 32, 3), 40, np.uint8), PhotoMeta(), alpha)
    (note,) = write_photo(tmp_path / "a.jpg", photo)
    assert "white" in note
    saved = read_photo(tmp_path / "a.jpg").pixels
    assert saved[:, :8].min() > 250
    assert abs(int(saved[:, 24:].mean()) - 40) <= 1


def test_webp_keeps_transparency(tmp_path):
    photo = Photo(pixels(), PhotoMeta(), np.full((23, 31), 77, np.uint8))
    write_photo(tmp_path / "a.webp", photo)
    alpha = read_photo(tmp_path / "a.webp").alpha
    assert alpha is not None
    assert (alpha == 77).all()


def test_the_suffix_chooses_the_format_and_an_option_overrules_it(tmp_path):
    for name, options, expected in (
        ("a.tiff", SaveOptions(), "TIFF"),
        ("a.JPEG", SaveOptions(), "JPEG"),
        ("a.bin", SaveOptions("webp"), "WEBP"),
        ("plain", SaveOptions(), "PNG"),
    ):
        write_photo(tmp_path / name, Photo(pixels()), options)
        with Image.open(tmp_path / name) as image:
            assert image.format == expected
    write_photo(tmp_path / "as-source", Photo(pixels(), PhotoMeta(format="TIFF")))
    assert read_photo(tmp_path / "as-source").meta.format == "TIFF"


@pytest.mark.parametrize(
    ("source", "format", "expected"),
    [
        ("a.jpg", None, "a.jpg"),
        ("a.JPEG", "jpeg", "a.JPEG"),
        ("Großmutter 1905.TIF", None, "Großmutter 1905.TIF"),
        ("a.jpg", "png", "a.png"),
        ("a.png", "tiff", "a.tif"),
        ("a.bmp", None, "a.png"),
        ("a.heic", None, "a.jpg"),
        ("a.heic", "tiff", "a.tif"),
        ("Mr. Smith", None, "Mr. Smith.png"),
        ("a.b.webp", "jpeg", "a.b.jpg"),
    ],
)
def test_outputs_keep_the_sources_name(source, format, expected):
    assert output_path(Path("in") / source, Path("out"), format) == Path("out") / expected


def test_a_result_beside_its_photo_says_what_it_is():
    assert output_path(Path("in/a.tif"), Path("in")) == Path("in/a (colorized).tif")
    assert output_path(Path("in/a.heic"), Path("in").absolute()) == Path("in").absolute() / "a (colorized).jpg"
    assert output_path(Path("in/a.tif"), Path("in"), is_colored=False) == Path("in/a (restored).tif")
    assert output_path(Path("in/a.tif"), Path("in"), part=2) == Path("in/a-2 (colorized).tif")
    assert output_path(Path("in/a.tif"), Path("out"), is_colored=False, part=1) == Path("out/a-1.tif")
    assert without_results(["a.png", "a (restored).png", "a (colorized) (2).jpg", "b (restored).png"]) == [
        "a.png",
        "b (restored).png",
    ]


def test_the_source_is_never_a_target_however_it_is_called(tmp_path):
    source = tmp_path / "photo.png"
    Image.fromarray(pixels()).save(source)
    before = source.read_bytes()
    (tmp_path / "symbolic.png").symlink_to(source)
    os.link(source, tmp_path / "hard.png")
    (tmp_path / "sub").mkdir()
    photo = read_photo(source)
    for name in ("photo.png", "symbolic.png", "hard.png", "sub/../photo.png"):
        with pytest.raises(SaveError, match="original itself"):
            write_photo(tmp_path / name, photo, SaveOptions(overwrite=True))
    assert source.read_bytes() == before
    assert read_photo(source).meta.source == source


def test_a_vanished_source_is_not_written_in_its_place(tmp_path):
    source = tmp_path / "photo.png"
    Image.fromarray(pixels()).save(source)
    photo = read_photo(source)
    source.unlink()
    with pytest.raises(SaveError, match="original itself"):
        write_photo(source, photo)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_replaced_only_on_request(tmp_path):
    path = tmp_path / "out.png"
    path.write_bytes(b"mine")
    with pytest.raises(SaveError, match="there already"):
        write_photo(path, Photo(pixels()))
    assert path.read_bytes() == b"mine"
    write_photo(path, Photo(pixels()), SaveOptions(overwrite=True))
    np.testing.assert_array_equal(read_photo(path).pixels, pixels())


@pytest.mark.skipif(sys.platform == "win32", reason="files have the permissions of their folder there")
def test_a_result_made_anew_is_kept_from_others_as_the_old_one_was(tmp_path):
    (tmp_path / "usual").touch()
    path = tmp_path / "out.png"
    write_photo(path, Photo(pixels()))
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    path.chmod(0o600)
    write_photo(path, Photo(pixels()), SaveOptions(overwrite=True))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_appears_while_saving_is_not_replaced(tmp_path, monkeypatch, has_links):
    path = tmp_path / "out.png"
    real_fsync = os.fsync

    def fsync(handle: int) -> None:
        path.write_bytes(b"another program's")
        real_fsync(handle)

    def no_links(*_names) -> None:
        raise OSError(errno.EPERM, "no links on FAT")

    monkeypatch.setattr(os, "fsync", fsync)
    if not has_links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(SaveError, match="there already"):
        write_photo(path, Photo(pixels()))
    assert path.read_bytes() == b"another program's"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_works_on_a_disk_without_hard_links(tmp_path, monkeypatch):
    def no_links(*_names) -> None:
        raise OSError(errno.EPERM, "no links on FAT")

    monkeypatch.setattr(os, "link", no_links)
    write_photo(tmp_path / "out.png", Photo(pixels()))
    np.testing.assert_array_equal(read_photo(tmp_path / "out.png").pixels, pixels())


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("existing", [None, b"the earlier result"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, monkeypatch, suffix, existing):
    path = tmp_path / f"Broadway 1905.{suffix}"
    if existing:
        path.write_bytes(existing)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError) as caught:
        write_photo(path, Photo(pixels()), SaveOptions(overwrite=True))
    message = str(caught.value)
    assert message.startswith(f'Could not save "Broadway 1905.{suffix}": the disk is full (')
    assert "MB needed" in message
    assert "MB free). Your original is unchanged." in message
    assert list(tmp_path.iterdir()) == ([path] if existing else [])
    if existing:
        assert path.read_bytes() == existing


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, OSError(errno.EIO, "Input/output error")])
def test_whatever_stops_the_last_step_leaves_nothing(tmp_path, monkeypatch, error):
    def fail(*_arguments) -> None:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((SaveError, KeyboardInterrupt)):
        write_photo(tmp_path / "out.tif", Photo(pixels()), SaveOptions(overwrite=True))
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_nothing(tmp_path):
    calls = []

    def is_cancelled() -> bool:
        calls.append(1)
        return len(calls) == 3  # after the pixels are in the temporary file

    with pytest.raises(Cancelled):
        write_photo(tmp_path / "out.png", Photo(pixels()), progress=Progress(is_cancelled=is_cancelled))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SaveError, match="there is no folder"):
        write_photo(tmp_path / "nowhere" / "out.png", Photo(pixels()))


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_folder_without_rights_is_named(tmp_path, monkeypatch, code):
    real_open = Path.open

    def refuse(self: Path, mode: str = "r", *arguments, **options):
        if "x" in mode:
            raise OSError(code, os.strerror(code))
        return real_open(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SaveError) as caught:
        write_photo(tmp_path / "out.png", Photo(pixels()))
    assert f'the folder "{tmp_path.name}" cannot be written to' in str(caught.value)


def test_a_name_too_long_for_the_disk_is_said_and_a_long_one_fits(tmp_path):
    fits = tmp_path / ("n" * 251 + ".png")
    write_photo(fits, Photo(pixels()))
    assert fits.exists()
    with pytest.raises(SaveError, match="name is too long"):
        write_photo(tmp_path / ("n" * 300 + ".png"), Photo(pixels()))
    assert list(tmp_path.iterdir()) == [fits]


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / "out.png").mkdir()
    with pytest.raises(SaveError, match="folder of that name"):
        write_photo(tmp_path / "out.png", Photo(pixels()), SaveOptions(overwrite=True))


def test_formats_that_cannot_be_written_are_refused(tmp_path):
    for name in ("a.heic", "a.bmp"):
        with pytest.raises(SaveError, match="read but not written"):
            write_photo(tmp_path / name, Photo(pixels()))
    with pytest.raises(SaveError, match="not a format"):
        write_photo(tmp_path / "a.png", Photo(pixels()), SaveOptions("gif"))


@pytest.mark.parametrize(("suffix", "limit"), [("jpg", 65500), ("webp", 16383)])
def test_a_picture_too_wide_for_its_format_is_refused(tmp_path, suffix, limit):
    with pytest.raises(SaveError, match=f"at most {limit} pixels"):
        write_photo(tmp_path / f"a.{suffix}", Photo(np.zeros((1, limit + 1), np.uint8)))
    assert list(tmp_path.iterdir()) == []


def test_tiff_is_deflated_and_readable_by_others(tmp_path):
    write_photo(tmp_path / "a.tif", deep())
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        assert file.pages.first.compression == tifffile.COMPRESSION.ADOBE_DEFLATE
        np.testing.assert_array_equal(file.asarray(), deep().pixels)


def test_the_same_photo_gives_the_same_bytes(tmp_path):
    for suffix in ("jpg", "png", "tif", "webp"):
        for name in ("a", "b"):
            write_photo(tmp_path / f"{name}.{suffix}", Photo(pixels()))
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
