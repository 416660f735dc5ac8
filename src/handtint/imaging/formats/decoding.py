"""Picture files decoded as they are: the file's own colors, depth and orientation, with its metadata.

`decode` gives a `Decoded`; `imaging.photo.read_photo` makes a `Photo` of it (upright, sRGB-encoded). Plain JPEG and
PNG come through imagecodecs, their rarer kinds, WebP and BMP through Pillow, TIFF through tifffile (`imaging.tiff`),
HEIC through pi-heif (`imaging.heif`). Large PNG and TIFF files can be left to be read in bands of rows; JPEG, WebP and
HEIC are decoded whole by their codecs. Files are opened for reading only. Raises `PhotoError`.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import math
import os
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from handtint.errors import PhotoError
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import jpeg, png, png_pixels
from handtint.imaging.rows import Rows
from handtint.paths import is_file, is_folder, is_there

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 500_000_000
_HELD_PIXELS = 16 << 20
_SURELY_FINE_PIXELS = 50_000_000
_MAX_PIXELS_PER_BYTE = 1000  # deflate packs 1,032 equal bytes into one; photographs need hundreds of times more
_READABLE = "JPEG, PNG, TIFF, WebP, BMP and HEIC"
# Many begin with a small picture as a TIFF that would be taken for the photo.
_CAMERA_RAW = (".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw")
_CAMERA_RAW += (".rw2", ".rwl", ".srw")

_log = logging.getLogger(__name__)
# Broken files are answered by a `PhotoError`; without a handler tifffile's remarks would go to stderr.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


@dataclass
class Decoded:
    """A picture as its file holds it.

    Attributes:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK (0 is no ink), uint8 or uint16, not yet turned. Where they
            are `Rows`, the file is read, and found broken, when they are asked for, inside `told`.
        alpha: (H, W) of the same dtype, or None.
        bit_depth: 8 or 16, what the file needs.
        exif: block without `Exif\\0\\0`; xmp: packet; iptc: IIM records; dpi: horizontal, vertical.
        orientation: EXIF's 1..8, still to be applied.
    """

    pixels: np.ndarray | Rows
    format: str
    alpha: np.ndarray | None = None
    bit_depth: int = 8
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    notes: list[str] = field(default_factory=list)


class _NotReadable(Exception):
    """Why a file cannot be read, as the second half of a sentence."""


class _Damaged(Exception):
    """A decoder could make nothing of the file."""


def decode(path: Path, *, in_bands: bool = False, shortest: int | None = None) -> Decoded:
    """Decode the first picture of a file. Raises `PhotoError`.

    With `in_bands` the pixels of a large and upright picture are `Rows` where the file allows it.

    Args:
        shortest: how many pixels the short side must have; a JPEG may come out smaller than it is, which is quicker.
    """
    with told(path):
        if is_folder(path):
            raise _NotReadable("it is a folder, not a photo")
        if is_there(path) and not is_file(path):  # a pipe would be waited for without an end
            raise _NotReadable("it is a pipe or a device, not a file with a photo")
        with path.open("rb") as file:
            head = file.read(32)
            size = os.fstat(file.fileno()).st_size
        if not size:
            raise _NotReadable("the file is empty (0 bytes). Copy it again from where it came from")
        if path.suffix.lower() in _CAMERA_RAW:
            raise _NotReadable("camera raw files are not supported. Save it as 16 bit TIFF with a raw converter first")
        if head.startswith(b"%PDF-"):
            raise _NotReadable("PDF files are not supported. Save the pictures in it as TIFF or JPEG first")
        decoded = _decode_known(path, head, size, in_bands, shortest)
    if isinstance(decoded.pixels, Rows):
        decoded.pixels = _telling(path, decoded.pixels)
    return decoded


def is_large(height: int, width: int) -> bool:
    """Whether a picture is better decoded twice than held in memory."""
    return height * width > _HELD_PIXELS


def _telling(path: Path, rows: Rows) -> Rows:
    """`rows` that raise `PhotoError`, also where the file is another one by now: no picture is to be half of each."""
    at_first = path.stat()

    def read(top: int, stop: int) -> np.ndarray:
        with told(path):
            now = path.stat()
            if (now.st_size, now.st_mtime_ns) != (at_first.st_size, at_first.st_mtime_ns):
                raise _NotReadable("it changed while it was read. Try again when nothing writes to it any more")
            with decoding():  # of a file that was read well so far: only its own decoder is at work here
                return rows[top:stop]

    return Rows(rows.shape, rows.dtype, rows.step, read)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """What is wrong with a file that is read inside, as a `PhotoError`; a fault of ours stays what it is.

    Only what a decoder raised inside `decoding` is called damage.
    """
    name = path.name or str(path)
    try:
        yield
    except PhotoError:
        raise
    except _NotReadable as reason:
        raise PhotoError(f'Could not open "{name}": {reason}.') from reason
    except FileNotFoundError as error:
        raise PhotoError(f'Could not open "{name}": there is no such file; it may have been moved.') from error
    except PermissionError as error:
        raise PhotoError(
            f'Could not open "{name}": you have no permission to read it. Change its permissions or copy it.'
        ) from error
    except MemoryError as error:
        raise PhotoError(
            f'Could not open "{name}": there is not enough memory for it. Close other programs and try again.'
        ) from error
    except _Damaged as error:
        raise PhotoError(
            f'Could not open "{name}": the file is damaged or incomplete. '
            "Copy it again from where it came from, or scan it again."
        ) from error
    except OSError as error:
        if error.errno is None:  # not the system's: one of ours
            raise
        raise PhotoError(f'Could not open "{name}": {_os_reason(error)}.') from error


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """Around calls of a decoder alone: whatever it raises, other than for the disk or the memory, is damage."""
    try:
        yield
    except (_NotReadable, PhotoError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever they like on broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _Damaged(str(error)) from error


@contextlib.contextmanager
def optional(decoded: Decoded, what: str) -> Iterator[None]:
    """Around reading metadata, without which a photo is still a photo: what fails is logged and said in a note."""
    try:
        yield
    except Exception as error:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        _log.warning("%s could not be read", what, exc_info=error)
        decoded.notes.append(f"The photo's {what} cannot be read and is not carried over.")


def _os_reason(error: OSError) -> str:
    if error.errno == errno.EIO:
        return "the disk reports a read error. Copy the file elsewhere and try again"
    return (error.strerror or "the system refuses it").lower()


def check_dimensions(width: int, height: int, file_size: int) -> None:
    """Refuse what would fill the memory, before anything is decoded."""
    pixels = width * height
    if width < 1 or height < 1:
        raise _NotReadable("it has no pixels")
    if pixels > MAX_PIXELS:
        raise _NotReadable(
            f"it says it is {width} x {height} pixels, and more than {MAX_PIXELS // 1_000_000} megapixels "
            "are not supported. Make a smaller copy"
        )
    if pixels > _SURELY_FINE_PIXELS and pixels > file_size * _MAX_PIXELS_PER_BYTE:
        raise _NotReadable(
            f"it says it is {width} x {height} pixels but holds only {file_size} bytes, so it is damaged or a trap"
        )


def refuse(reason: str) -> Exception:
    """An error for `decode` to turn into a sentence: `Could not open "x.tif": reason.`"""
    return _NotReadable(reason)


def _decode_known(path: Path, head: bytes, size: int, in_bands: bool, shortest: int | None) -> Decoded:
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        from handtint.imaging.formats import tiff

        return tiff.decode(path, size, in_bands)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"):
        from handtint.imaging.formats import heif

        return heif.decode(path, size)
    if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
        with decoding():
            header = png_pixels.read_header(path)
        if header.depth == 16 or header.is_plain:
            return _decode_png(path, size, header, in_bands)
    return _decode_pillow(path, size, shortest)


def _decode_pillow(path: Path, size: int, shortest: int | None) -> Decoded:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on broken metadata; the pixels are still good
        return _decode_by_pillow(path, size, shortest)


def _decode_by_pillow(path: Path, size: int, shortest: int | None) -> Decoded:
    from handtint.imaging.formats.pillow import Image, UnidentifiedImageError

    try:
        with decoding():
            image = Image.open(path)
    except _Damaged as error:
        if isinstance(error.__cause__, UnidentifiedImageError):
            raise _NotReadable(f"it is not a photo that Handtint reads ({_READABLE}), or it is damaged") from error
        raise
    with image:
        form = {"MPO": "JPEG", "DIB": "BMP"}.get(image.format or "", image.format or "")
        if form not in ("JPEG", "PNG", "WEBP", "BMP"):
            raise _NotReadable(f"{form} files are not supported. Save it as PNG or TIFF first")
        check_dimensions(image.width, image.height, size)
        with decoding():
            frames = getattr(image, "n_frames", 1) if form in ("PNG", "WEBP") else 1
        if form == "JPEG" and image.mode in ("L", "RGB") and shortest is None:
            data = path.read_bytes()
            with decoding():
                pixels, alpha = jpeg.decode(data), None
        else:
            with decoding():
                if shortest is not None and form == "JPEG":
                    scale = shortest / min(image.size)
                    image.draft(None, (int(image.width * scale), int(image.height * scale)))  # no smaller than that
                image.load()
            pixels, alpha = _planes(image)
        decoded = Decoded(pixels, form, alpha)
        with optional(decoded, "metadata"):
            _take_pillow_metadata(path, image, decoded)
    if frames > 1:
        decoded.notes.append(f"The file is an animation of {frames} pictures; the first one is used.")
    return decoded


def _planes(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Pixels and alpha of a Pillow image of any 8-bit mode."""
    if image.mode == "P":
        image = _without_palette(image)
    elif image.mode in ("L", "RGB", "1") and "transparency" in image.info:
        image = image.convert("RGBA" if image.mode == "RGB" else "LA")
    elif image.mode in ("PA", "RGBa", "La"):
        image = image.convert({"PA": "RGBA", "RGBa": "RGBA", "La": "LA"}[image.mode])
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("RGBX", "YCbCr"):
        image = image.convert("RGB")
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        raise _NotReadable(f"its color mode {image.mode} is not supported. Save it as RGB or gray")
    pixels = np.array(image)
    if image.mode == "LA":
        return np.ascontiguousarray(pixels[..., 0]), np.ascontiguousarray(pixels[..., 1])
    if image.mode == "RGBA":
        return np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3])
    return pixels, None


def _without_palette(image: Image.Image) -> Image.Image:
    palette = np.array((image.getpalette("RGB") or [])[: 3 * 256], np.uint8).reshape(-1, 3)
    is_gray = bool((palette == palette[:, :1]).all())
    if "transparency" in image.info:
        image = image.convert("RGBA")
        return image.convert("LA") if is_gray else image
    return image.convert("L" if is_gray else "RGB")


def _decode_png(path: Path, size: int, header: png_pixels.Header, in_bands: bool) -> Decoded:
    check_dimensions(header.width, header.height, size)
    decoded = Decoded(np.empty((0, 0)), "PNG", bit_depth=header.depth)
    with optional(decoded, "metadata"):
        _take_png_metadata(path, decoded)
    if in_bands and header.is_plain and decoded.orientation == 1 and is_large(header.height, header.width):
        decoded.pixels = png_pixels.open_rows(path, header)
    else:
        decoded.pixels, decoded.alpha = _png_pixels(path, header)
    if decoded.pixels.dtype.itemsize * 8 != header.depth:
        raise _NotReadable(f"its {header.depth}-bit pixels cannot be read. Save it as TIFF first")
    return decoded


def _png_pixels(path: Path, header: png_pixels.Header) -> tuple[np.ndarray, np.ndarray | None]:
    if header.is_plain:
        with contextlib.suppress(ValueError, struct.error, imagecodecs.DeflateError):  # libpng takes more than we do
            return png_pixels.decode(path, header), None
    data = path.read_bytes()
    with decoding():
        pixels = imagecodecs.png_decode(data)
    return split_alpha(pixels)


def split_alpha(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """(H, W, 1..4) gray, gray + alpha, RGB or RGB + alpha to pixels and alpha."""
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        alpha = np.ascontiguousarray(pixels[..., -1])
        pixels = pixels[..., :-1]
    else:
        alpha = None
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    return np.ascontiguousarray(pixels), alpha


def _take_png_metadata(path: Path, decoded: Decoded) -> None:
    with path.open("rb") as file:
        found = png.read_metadata(file)
    decoded.icc, decoded.xmp, decoded.dpi = found.icc, found.xmp, found.dpi
    decoded.iptc = iptc_records(found.iptc)
    decoded.exif = exif_blocks.without_prefix(found.exif)
    decoded.orientation = _orientation(decoded.exif)


def _take_pillow_metadata(path: Path, image: Image.Image, decoded: Decoded) -> None:
    if decoded.format == "PNG":
        _take_png_metadata(path, decoded)
        return
    info = image.info
    decoded.icc = info.get("icc_profile") or None
    decoded.exif = exif_blocks.without_prefix(info.get("exif"))
    decoded.xmp = info.get("xmp") or None
    decoded.orientation = _orientation(decoded.exif)
    # Of a JPEG Pillow gives 72 where neither JFIF nor EXIF says anything.
    dpi = _jfif_resolution(info) if decoded.format == "JPEG" else info.get("dpi")
    decoded.dpi = _plausible(dpi) or resolution(decoded.exif)
    photoshop = info.get("photoshop")
    if isinstance(photoshop, dict) and isinstance(photoshop.get(0x0404), bytes):
        decoded.iptc = photoshop[0x0404] or None


def _jfif_resolution(info: dict) -> tuple[float, float] | None:
    """What the JFIF segment says; None where it has an aspect ratio or nothing there."""
    unit = {1: 1.0, 2: 2.54}.get(info.get("jfif_unit", 0))
    x, y = info.get("jfif_density", (0, 0))
    return (x * unit, y * unit) if unit else None


def _plausible(dpi: object) -> tuple[float, float] | None:
    """A resolution as Pillow gives it, which may be numbers, fractions that divide by zero, or nothing."""
    try:
        x, y = (float(value) for value in dpi)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return (x, y) if 1 < x < math.inf and 1 < y < math.inf else None


def iptc_records(data: bytes | None) -> bytes | None:
    """IIM records from a bare stream or from a Photoshop resource block that holds one."""
    if not data or not data.startswith((b"8BIM", b"Photoshop 3.0\0")):
        return data or None
    at = 14 if data.startswith(b"Photoshop") else 0
    while data[at : at + 4] == b"8BIM" and at + 12 <= len(data):
        (kind,) = struct.unpack_from(">H", data, at + 4)
        name_length = data[at + 6] + 1
        at += 6 + name_length + name_length % 2
        if at + 4 > len(data):
            return None
        (length,) = struct.unpack_from(">I", data, at)
        if kind == 0x0404:
            return data[at + 4 : at + 4 + length] or None
        at += 4 + length + length % 2
    return None


def _orientation(block: bytes | None) -> int:
    if not block:
        return 1
    try:
        found = exif_blocks.directories(io.BytesIO(block))
    except exif_blocks.ExifError:
        return 1
    value = exif_blocks.number(found.first, exif_blocks.ORIENTATION, found.order)
    return value if value is not None and 1 <= value <= 8 else 1


def resolution(block: bytes | None) -> tuple[float, float] | None:
    """Pixels per inch that an EXIF block says."""
    try:
        found = exif_blocks.directories(io.BytesIO(block or b""))
    except exif_blocks.ExifError:
        return None
    unit = {2: 1.0, 3: 2.54}.get(exif_blocks.number(found.first, 296, found.order) or 2, 0.0)
    values = {tag.code: struct.unpack_from(found.order + "II", tag.value) for tag in found.first if tag.type == 5}
    x, y = (parts[0] / parts[1] * unit if (parts := values.get(code)) and parts[1] else 0.0 for code in (282, 283))
    return (x, y) if x > 1 and y > 1 else None


def read_xmp(path: Path) -> bytes | None:
    """The XMP packet of a file, without decoding its pixels; None if it has none or is broken. Raises `OSError`."""
    with path.open("rb") as file:
        head = file.read(8)
        if head == png.SIGNATURE:
            return png.read_metadata(file).xmp
    try:
        if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            from handtint.imaging.formats import tiff

            return tiff.read_xmp(path)
        from handtint.imaging.formats.pillow import Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                return image.info.get("xmp") or None
    except Exception as error:  # decoders raise whatever they like on broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None
