"""Picture files decoded as they are: the file's own colors, depth and orientation, with its metadata.

`decode` gives a `Decoded`; `imaging.opening.read_photo` makes a `Photo` of it (upright, sRGB-encoded). Plain JPEG and
PNG come through imagecodecs, their rarer kinds, WebP, BMP, GIF, AVIF and PSD through Pillow (`formats.by_pillow`), TIFF
through tifffile (`formats.tiff`), HEIC through pi-heif (`formats.heif`), JPEG 2000 and AVIF of more than 8 bits through
imagecodecs, camera raw by the JPEG in it (`formats.raw`). Which picture of a file, and whether one of which a part is
missing is opened, says `recipe.source`.

Large PNG and TIFF files can be left to be read in bands of rows; JPEG, WebP and HEIC are decoded whole by their codecs.
Files are opened for reading only. Raises `PhotoError`.

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
    Damaged,
    Decoded,
    Head,
    NotReadable,
    check_dimensions,
    check_page,
    check_room,
    decoding,
    is_beyond_srgb,
    is_large,
    optional,
    photo_errors,
    split_alpha,
    take_part,
)
from handtint.imaging.formats.probe import embedded, pixels_in
from handtint.imaging.formats.regions import orientation_of
from handtint.imaging.rows import Rows
from handtint.paths import is_file, is_folder, is_there
from handtint.recipe.saving import CAMERA_RAW
from handtint.recipe.source import Source

_FIRST_AND_WHOLE = Source()
_QUICK_PIXELS = 50_000_000  # of a picture that is decoded here in one piece
_QUICK_BYTES = 50_000  # of a file that cannot hold more, see `check_dimensions`
_HEIC = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"))

# Broken files are answered by a `PhotoError`; without a handler tifffile's remarks would go to stderr.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def decode(
    path: Path, source: Source = _FIRST_AND_WHOLE, *, in_bands: bool = False, shortest: int | None = None
) -> Decoded:
    """Decode a picture of a file, by default the first. Raises `PhotoError`.

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
        if head.startswith(b"8BPS") and (head[4:6] != b"\0\1" or head[22:24] not in (b"\0\1", b"\0\x08")):
            raise NotReadable(
                Sentence("large and 16-bit Photoshop files are not supported. Save it as 16 bit TIFF first")
            )
        if head.startswith(b"%PDF-"):
            raise NotReadable(Sentence("PDF files are not supported. Save the pictures in it as TIFF or JPEG first"))
        if _is_risky(path, head, size, in_bands and not source.partial):
            from handtint.imaging.formats import reader

            decoded = reader.decode(path, source, in_bands=in_bands, shortest=shortest)
        else:
            decoded = _decode_known(path, head, size, source, in_bands, shortest)
    if isinstance(decoded.pixels, Rows):
        decoded.pixels = _telling(path, decoded.pixels)
    return decoded


def decode_here(path: Path, source: Source, *, in_bands: bool, shortest: int | None) -> Decoded:
    """`decode` in the process that calls it, whatever that risks. Raises what `photo_errors` makes a sentence of."""
    with path.open("rb") as file:
        head = file.read(64)
        size = os.fstat(file.fileno()).st_size
    return _decode_known(path, head, size, source, in_bands, shortest)


def head_here(path: Path) -> Head:
    """What a HEIC, AVIF or TIFF file says of itself, in the process that calls it. Raises as `decode_here` does."""
    with path.open("rb") as file:
        start = file.read(64)
    if start[4:8] != b"ftyp":
        from handtint.imaging.formats import tiff

        return tiff.head(path)
    found = boxes.brands(start)
    if b"avif" in found or b"avis" in found:
        from handtint.imaging.formats.pillow import Image

        with decoding(), Image.open(path, formats=("AVIF",)) as image:
            block = exif_blocks.without_prefix(image.info.get("exif"))
            return Head(image.width * image.height, block, image.info.get("xmp") or None)
    from handtint.imaging.formats import heif

    return heif.head(path)


def _is_risky(path: Path, head: bytes, size: int, in_bands: bool) -> bool:
    """Whether decoding it may crash, or take so long or so much memory that it must be possible to end it."""
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if path.suffix.lower() in CAMERA_RAW or not (is_webp or head.startswith((b"\xff\xd8", png.SIGNATURE, b"BM"))):
        return True
    if head.startswith(png.SIGNATURE) and _has_deep_transparent_color(path):
        return True
    if size <= _QUICK_BYTES or (pixels_in(path) or (0, 8))[0] <= _QUICK_PIXELS:
        return False
    return not (in_bands and head.startswith(png.SIGNATURE) and _waits(path, size))


def _has_deep_transparent_color(path: Path) -> bool:
    """Whether it is a PNG of 16 bits that names one color transparent, which libpng reads: see `advisories.json`."""
    try:
        header = png_pixels.read_header(path)
    except (ValueError, struct.error):
        return False  # that is said when it is decoded
    return header.depth == 16 and header.has_more


def _waits(path: Path, size: int) -> bool:
    """Whether a large PNG can be read in bands."""
    try:
        header = png_pixels.read_header(path)
        with path.open("rb") as file:
            found, _ = png.read_metadata(file)
        is_upright = orientation_of(exif_blocks.without_prefix(found.exif)) == 1
        return is_upright and header.is_plain and not png_pixels.is_cut_off(path, header, size)
    except Exception:  # noqa: BLE001 decoders raise whatever they like; the reader process will say what is wrong
        return False


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


def _decode_known(path: Path, head: bytes, size: int, source: Source, in_bands: bool, shortest: int | None) -> Decoded:
    if path.suffix.lower() in CAMERA_RAW:  # many begin with a small picture as a TIFF, which is not the photo
        from handtint.imaging.formats import raw

        check_page(source.page, 1)
        return raw.decode(path, size, source.partial)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        from handtint.imaging.formats import tiff

        return tiff.decode(path, size, source, in_bands)
    is_avif = False
    if head[4:8] == b"ftyp":
        found = boxes.brands(head)
        is_avif = b"avif" in found or b"avis" in found
        if not is_avif and _HEIC.intersection(found):
            from handtint.imaging.formats import heif

            return heif.decode(path, size, source)
        if boxes.is_cut_off(path, size):
            raise NotReadable("a part of it is missing. Copy it again from where it came from")
    check_page(source.page, 1)
    if is_avif:
        return _decode_avif(path, size, shortest)
    if head.startswith((jpeg2000.CODE_STREAM, jpeg2000.SIGNATURE)):
        return jpeg2000.decode(path, size)
    if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
        with decoding():
            header = png_pixels.read_header(path)
        is_in_part = header.has_whole_rows and png_pixels.is_cut_off(path, header, size)
        if header.depth == 16 or header.is_plain or is_in_part:
            return _decode_png(path, size, header, is_in_part, source.partial, in_bands)
    return by_pillow.decode(path, size, shortest, partial=source.partial)


def _decode_avif(path: Path, size: int, shortest: int | None) -> Decoded:
    decoded = by_pillow.decode(path, size, shortest, ("AVIF",))
    if decoded.metadata.icc is None and is_beyond_srgb(*(boxes.nclx(path, size) or (1, 13))):
        decoded.notes.append(BEYOND_SRGB)
    if (bits := boxes.avif_bits(path, size)) > 8:  # which Pillow makes 8 of
        _take_deep_pixels(path, bits, decoded)
    return decoded


def _take_deep_pixels(path: Path, bits: int, decoded: Decoded) -> None:
    shape = decoded.pixels.shape
    try:
        with decoding():
            pixels, alpha = split_alpha(imagecodecs.avif_decode(path.read_bytes()))
            if pixels.ndim == 3 and len(shape) == 2:
                pixels = np.ascontiguousarray(pixels[..., 1])
            if pixels.shape != shape or pixels.dtype != np.uint16 or (alpha is None) != (decoded.alpha is None):
                raise ValueError(f"an array of shape {pixels.shape} is another picture")
    except Damaged:
        decoded.notes.append(Sentence("The photo's {bits} bits are read as 8.", bits=bits))
        return
    decoded.pixels, decoded.bit_depth = _of_16_bits(pixels, bits), 16
    decoded.alpha = None if alpha is None else _of_16_bits(alpha, bits)


def _of_16_bits(values: np.ndarray, bits: int) -> np.ndarray:
    return values << np.uint16(16 - bits) | values >> np.uint16(2 * bits - 16)


def _decode_png(
    path: Path, size: int, header: png_pixels.Header, is_cut_off: bool, partial: bool, in_bands: bool
) -> Decoded:
    check_dimensions(header.width, header.height, size)
    decoded = Decoded(np.empty((0, 0)), "PNG", bit_depth=header.depth)
    with optional(decoded):
        by_pillow.take_png_metadata(path, decoded)
    can_wait = in_bands and not partial and not is_cut_off and header.is_plain and decoded.orientation == 1
    if can_wait and is_large(header.height, header.width):
        decoded.pixels = png_pixels.open_rows(path, header)
    else:
        check_room(header.width, header.height, max(header.row_bytes // max(header.width, 1), 1))
        try:
            if is_cut_off:
                raise Damaged("it ends too early")
            decoded.pixels, decoded.alpha = _png_pixels(path, header)
        except Damaged:
            if not header.has_whole_rows:
                raise
            pixels, missing = png_pixels.decode_part(path, header)
            decoded.pixels, decoded.alpha = split_alpha(pixels)
            if not missing and not is_cut_off and not partial:  # a checksum is wrong, so who knows
                raise
            if missing:
                take_part(decoded, missing, partial)
            else:
                decoded.notes.append(Sentence("The file is damaged or ends too early; the picture is whole."))
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
