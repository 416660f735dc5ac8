"""Picture files decoded as they are: the file's own colors, depth and orientation, with its metadata.

`decode` gives a `Decoded`; `imaging.opening.read_photo` makes a `Photo` of it (upright, sRGB-encoded). Plain JPEG and
PNG come through imagecodecs, their rarer kinds, WebP and BMP through Pillow, TIFF through tifffile (`formats.tiff`),
HEIC through pi-heif (`formats.heif`). Large PNG and TIFF files can be left to be read in bands of rows; JPEG, WebP and
HEIC are decoded whole by their codecs. Files are opened for reading only. Raises `PhotoError`.

Formats whose native decoders end the process on some damaged files, and JPEGs that would take long, are decoded in a
process of their own (`formats.reader`), where `decode_here` does what is done here for the others.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import logging
import math
import os
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import imagecodecs
import numpy as np

from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import jpeg, jpeg_metadata, png, png_pixels
from handtint.imaging.formats.decoded import (
    Damaged,
    Decoded,
    NotReadable,
    check_dimensions,
    decoding,
    is_large,
    optional,
    photo_errors,
    resolution,
    split_alpha,
)
from handtint.imaging.formats.probe import embedded, pixels_in
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows
from handtint.paths import is_file, is_folder, is_there

if TYPE_CHECKING:
    from PIL import Image

_QUICK_BYTES, _QUICK_PIXELS = 2 << 20, 50_000_000  # of a JPEG that is decoded here
_READABLE = "JPEG, PNG, TIFF, WebP, BMP and HEIC"
# Many begin with a small picture as a TIFF that would be taken for the photo.
_CAMERA_RAW = (".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw")
_CAMERA_RAW += (".rw2", ".rwl", ".srw")

# Broken files are answered by a `PhotoError`; without a handler tifffile's remarks would go to stderr.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def decode(path: Path, *, in_bands: bool = False, shortest: int | None = None) -> Decoded:
    """Decode the first picture of a file. Raises `PhotoError`.

    With `in_bands` the pixels of a large and upright picture are `Rows` where the file allows it.

    Args:
        shortest: how many pixels the short side must have; a JPEG may come out smaller than it is, which is quicker.
    """
    with photo_errors(path):
        if is_folder(path):
            raise NotReadable("it is a folder, not a photo")
        if is_there(path) and not is_file(path):  # a pipe would be waited for without an end
            raise NotReadable("it is a pipe or a device, not a file with a photo")
        with path.open("rb") as file:
            head = file.read(32)
            size = os.fstat(file.fileno()).st_size
        if not size:
            raise NotReadable("the file is empty (0 bytes). Copy it again from where it came from")
        if path.suffix.lower() in _CAMERA_RAW:
            raise NotReadable("camera raw files are not supported. Save it as 16 bit TIFF with a raw converter first")
        if head.startswith(b"%PDF-"):
            raise NotReadable("PDF files are not supported. Save the pictures in it as TIFF or JPEG first")
        if _is_risky(path, head, size):
            from handtint.imaging.formats import reader

            decoded = reader.decode(path, in_bands=in_bands, shortest=shortest)
        else:
            decoded = _decode_known(path, head, size, in_bands, shortest)
    if isinstance(decoded.pixels, Rows):
        decoded.pixels = _telling(path, decoded.pixels)
    return decoded


def decode_here(path: Path, *, in_bands: bool, shortest: int | None) -> Decoded:
    """`decode` in the process that calls it, whatever that risks. Raises what `photo_errors` makes a sentence of."""
    with path.open("rb") as file:
        head = file.read(32)
        size = os.fstat(file.fileno()).st_size
    return _decode_known(path, head, size, in_bands, shortest)


def _is_risky(path: Path, head: bytes, size: int) -> bool:
    """Whether decoding it may crash, or take so long that it must be possible to end it."""
    if head.startswith(b"\xff\xd8"):
        return size > _QUICK_BYTES and (pixels_in(path) or (0, 8))[0] > _QUICK_PIXELS
    return not head.startswith((png.SIGNATURE, b"BM")) and not (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def _telling(path: Path, rows: Rows) -> Rows:
    """`rows` that raise `PhotoError`, also where the file is another one by now: no picture is to be half of each."""
    at_first = path.stat()

    def read(top: int, stop: int) -> np.ndarray:
        with photo_errors(path):
            now = path.stat()
            if (now.st_size, now.st_mtime_ns) != (at_first.st_size, at_first.st_mtime_ns):
                raise NotReadable("it changed while it was read. Try again when nothing writes to it any more")
            with decoding():  # of a file that was read well so far: only its own decoder is at work here
                return rows[top:stop]

    return Rows(rows.shape, rows.dtype, rows.step, read)


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
    from handtint.imaging.formats.pillow import HARMLESS, Image, UnidentifiedImageError

    try:
        with decoding():
            image = Image.open(path, formats=HARMLESS)
    except Damaged as error:
        if isinstance(error.__cause__, UnidentifiedImageError):
            raise NotReadable(f"it is not a photo that Handtint reads ({_READABLE}), or it is damaged") from error
        raise
    with image:
        form = {"MPO": "JPEG", "DIB": "BMP"}.get(image.format or "", image.format or "")
        if form not in ("JPEG", "PNG", "WEBP", "BMP"):
            raise NotReadable(f"{form} files are not supported. Save it as PNG or TIFF first")
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
        raise NotReadable(f"its color mode {image.mode} is not supported. Save it as RGB or gray")
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
        raise NotReadable(f"its {header.depth}-bit pixels cannot be read. Save it as TIFF first")
    return decoded


def _png_pixels(path: Path, header: png_pixels.Header) -> tuple[np.ndarray, np.ndarray | None]:
    if header.is_plain:
        with contextlib.suppress(ValueError, struct.error, imagecodecs.DeflateError):  # libpng takes more than we do
            return png_pixels.decode(path, header), None
    data = path.read_bytes()
    with decoding():
        pixels = imagecodecs.png_decode(data)
    return split_alpha(pixels)


def _take_png_metadata(path: Path, decoded: Decoded) -> None:
    with path.open("rb") as file:
        found, notes = png.read_metadata(file)
    exif = exif_blocks.without_prefix(found.exif)
    decoded.metadata = dataclasses.replace(found, exif=exif)
    decoded.notes += notes
    decoded.orientation = _orientation(exif)


def _take_pillow_metadata(path: Path, image: Image.Image, decoded: Decoded) -> None:
    if decoded.format == "PNG":
        _take_png_metadata(path, decoded)
        return
    info = image.info
    found = Metadata(exif=info.get("exif"), xmp=info.get("xmp") or None)
    if decoded.format == "JPEG":
        with path.open("rb") as file:
            found, notes = jpeg_metadata.read(file)
        decoded.notes += notes
    exif = exif_blocks.without_prefix(found.exif)
    decoded.metadata = dataclasses.replace(found, icc=info.get("icc_profile") or None, exif=exif)
    decoded.orientation = _orientation(exif)
    # Of a JPEG Pillow gives 72 where neither JFIF nor EXIF says anything.
    dpi = _jfif_resolution(info) if decoded.format == "JPEG" else info.get("dpi")
    decoded.metadata = dataclasses.replace(decoded.metadata, dpi=_plausible(dpi) or resolution(exif))


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


def _orientation(block: bytes | None) -> int:
    if not block:
        return 1
    try:
        found = exif_blocks.directories(io.BytesIO(block))
    except exif_blocks.ExifError:
        return 1
    value = exif_blocks.number(found.first, exif_blocks.ORIENTATION, found.order)
    return value if value is not None and 1 <= value <= 8 else 1


def read_xmp(path: Path) -> bytes | None:
    """The XMP packet of a file, without decoding its pixels; None if it has none or is broken. Raises `OSError`."""
    try:
        return embedded(path).xmp
    except Exception as error:  # decoders raise whatever they like on broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None
