"""Picture files decoded as they are: the file's own colors, depth and orientation, with its metadata.

`decode` gives a `Decoded`; `imaging.opening.read_photo` makes a `Photo` of it (upright, sRGB-encoded). Plain JPEG and
PNG come through imagecodecs, their rarer kinds, WebP, BMP, GIF, AVIF and PSD through Pillow (`formats.by_pillow`), TIFF
through tifffile (`formats.tiff`), HEIC through pi-heif (`formats.heif`), JPEG 2000 through imagecodecs
(`formats.jpeg2000`). Large PNG and TIFF files can be left to be read in bands of rows; JPEG, WebP and HEIC are decoded
whole by their codecs. Files are opened for reading only. Raises `PhotoError`.

Formats whose native decoders end the process on some damaged files, and JPEGs that would take long, are decoded in a
process of their own (`formats.reader`), where `decode_here` does what is done here for the others.
"""

from __future__ import annotations

import contextlib
import logging
import os
import struct
from pathlib import Path

import imagecodecs
import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats import boxes, by_pillow, jpeg2000, png, png_pixels
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.decoded import (
    BEYOND_SRGB,
    Decoded,
    Head,
    NotReadable,
    check_dimensions,
    decoding,
    is_beyond_srgb,
    is_large,
    optional,
    photo_errors,
    split_alpha,
)
from handtint.imaging.formats.probe import embedded, pixels_in
from handtint.imaging.rows import Rows
from handtint.paths import is_file, is_folder, is_there

_QUICK_BYTES, _QUICK_PIXELS = 2 << 20, 50_000_000  # of a JPEG that is decoded here
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"))
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
            raise NotReadable(Sentence("it is a folder, not a photo"))
        if is_there(path) and not is_file(path):  # a pipe would be waited for without an end
            raise NotReadable(Sentence("it is a pipe or a device, not a file with a photo"))
        with path.open("rb") as file:
            head = file.read(32)
            size = os.fstat(file.fileno()).st_size
        if not size:
            raise NotReadable(Sentence("the file is empty (0 bytes). Copy it again from where it came from"))
        if path.suffix.lower() in _CAMERA_RAW:
            raise NotReadable(
                Sentence("camera raw files are not supported. Save it as 16 bit TIFF with a raw converter first")
            )
        if head.startswith(b"8BPS") and (head[4:6] != b"\0\1" or head[22:24] not in (b"\0\1", b"\0\x08")):
            raise NotReadable(
                Sentence("large and 16-bit Photoshop files are not supported. Save it as 16 bit TIFF first")
            )
        if head.startswith(b"%PDF-"):
            raise NotReadable(Sentence("PDF files are not supported. Save the pictures in it as TIFF or JPEG first"))
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
        head = file.read(64)
        size = os.fstat(file.fileno()).st_size
    return _decode_known(path, head, size, in_bands, shortest)


def head_here(path: Path) -> Head:
    """What a HEIC or AVIF file says of itself, in the process that calls it. Raises as `decode_here` does."""
    with path.open("rb") as file:
        found = boxes.brands(file.read(64))
    if b"avif" in found or b"avis" in found:
        from handtint.imaging.formats.pillow import Image

        with decoding(), Image.open(path, formats=("AVIF",)) as image:
            block = exif_blocks.without_prefix(image.info.get("exif"))
            return Head(image.width * image.height, block, image.info.get("xmp") or None)
    from handtint.imaging.formats import heif

    return heif.head(path)


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
                raise NotReadable(
                    Sentence("it changed while it was read. Try again when nothing writes to it any more")
                )
            with decoding():  # of a file that was read well so far: only its own decoder is at work here
                return rows[top:stop]

    return Rows(rows.shape, rows.dtype, rows.step, read)


def _decode_known(path: Path, head: bytes, size: int, in_bands: bool, shortest: int | None) -> Decoded:
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        from handtint.imaging.formats import tiff

        return tiff.decode(path, size, in_bands)
    if head[4:8] == b"ftyp":
        found = boxes.brands(head)
        if boxes.is_cut_off(path, size):
            raise NotReadable(Sentence("a part of it is missing. Copy it again from where it came from"))
        if b"avif" in found or b"avis" in found:
            decoded = by_pillow.decode(path, size, shortest, ("AVIF",))
            if decoded.metadata.icc is None and is_beyond_srgb(*(boxes.nclx(path, size) or (1, 13))):
                decoded.notes.append(BEYOND_SRGB)
            return decoded
        if _HEIC.intersection(found):
            from handtint.imaging.formats import heif

            return heif.decode(path, size)
    if head.startswith((jpeg2000.CODE_STREAM, jpeg2000.SIGNATURE)):
        return jpeg2000.decode(path, size)
    if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
        with decoding():
            header = png_pixels.read_header(path)
        if header.depth == 16 or header.is_plain:
            return _decode_png(path, size, header, in_bands)
    return by_pillow.decode(path, size, shortest)


def _decode_png(path: Path, size: int, header: png_pixels.Header, in_bands: bool) -> Decoded:
    check_dimensions(header.width, header.height, size)
    decoded = Decoded(np.empty((0, 0)), "PNG", bit_depth=header.depth)
    with optional(decoded):
        by_pillow.take_png_metadata(path, decoded)
    if in_bands and header.is_plain and decoded.orientation == 1 and is_large(header.height, header.width):
        decoded.pixels = png_pixels.open_rows(path, header)
    else:
        decoded.pixels, decoded.alpha = _png_pixels(path, header)
    if decoded.pixels.dtype.itemsize * 8 != header.depth:
        raise NotReadable(Sentence("its {depth}-bit pixels cannot be read. Save it as TIFF first", depth=header.depth))
    return decoded


def _png_pixels(path: Path, header: png_pixels.Header) -> tuple[np.ndarray, np.ndarray | None]:
    if header.is_plain:
        with contextlib.suppress(ValueError, struct.error, imagecodecs.DeflateError):  # libpng takes more than we do
            return png_pixels.decode(path, header), None
    data = path.read_bytes()
    with decoding():
        pixels = imagecodecs.png_decode(data)
    return split_alpha(pixels)


def read_xmp(path: Path) -> bytes | None:
    """The XMP packet of a file, without decoding its pixels; None if it has none or is broken. Raises `OSError`."""
    try:
        return embedded(path).xmp
    except Exception as error:  # decoders raise whatever they like on broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None
