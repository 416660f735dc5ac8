"""JPEG 2000 pictures, as libraries and archives keep scans: pixels through imagecodecs (OpenJPEG), metadata from boxes.

Gray and RGB of up to 16 bits with or without transparency; OpenJPEG does the color transform of the code stream and
refuses what is cut off.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats import boxes, photoshop
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.decoded import (
    Decoded,
    NotReadable,
    check_dimensions,
    check_room,
    decoding,
    optional,
    split_alpha,
)
from handtint.imaging.metadata import Metadata, can_be

CODE_STREAM = b"\xff\x4f\xff\x51"
SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_SRGB, _GRAY = 16, 17
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_EXIF = b"JpgTiffExif->JP2"
_INCH = 0.0254
_MOST_METADATA = 64 << 20


def decode(path: Path, file_size: int) -> Decoded:
    """Decode the picture. Raises what `decoding.decode` makes a sentence of."""
    data = path.read_bytes()
    with decoding():
        width, height, precisions, signed = _size(data)
    if len(precisions) > 4 or len(set(precisions)) > 1 or signed:
        raise NotReadable(Sentence("its kind of JPEG 2000 channels is not supported. Save it as TIFF first"))
    bits = precisions[0]
    if bits > 16:
        raise NotReadable(
            Sentence("it holds {bits}-bit pixels, which are not supported. Save it as 16 bit TIFF first", bits=bits)
        )
    pixel_bytes = len(precisions) * (2 if bits > 8 else 1)
    check_dimensions(width, height, file_size, pixel_bytes)
    check_room(width, height, pixel_bytes)
    decoded = Decoded(np.empty((0, 0)), "JPEG2000", bit_depth=16 if bits > 8 else 8)
    space = _SRGB
    with optional(decoded):
        decoded.metadata, space = read_metadata(path, file_size)
    if space not in (_SRGB, _GRAY):
        raise NotReadable(Sentence("its color model is not supported. Save it as RGB or gray TIFF first"))
    with decoding():
        pixels = imagecodecs.jpeg2k_decode(data, planar=False)
        if pixels.ndim not in (2, 3):
            raise ValueError(f"an array of shape {pixels.shape} is no picture")
    if bits not in (8, 16):
        top = 255 if bits < 8 else 65535
        table = (np.arange(1 << bits) * top / ((1 << bits) - 1)).round().astype(np.uint8 if bits < 8 else np.uint16)
        pixels = table[np.minimum(pixels, len(table) - 1)]
    decoded.pixels, decoded.alpha = split_alpha(pixels)
    return decoded


def _size(data: bytes) -> tuple[int, int, list[int], bool]:
    """Width, height, the bits of each channel and whether one is signed, from the code stream's SIZ segment."""
    at = data.index(CODE_STREAM)
    right, bottom, left, top = struct.unpack_from(">4I", data, at + 8)
    (count,) = struct.unpack_from(">H", data, at + 40)
    depths = [data[at + 42 + 3 * index] for index in range(count)]
    if not depths:
        raise ValueError("no channels")
    return right - left, bottom - top, [(depth & 0x7F) + 1 for depth in depths], any(depth & 0x80 for depth in depths)


def read_metadata(path: Path, size: int) -> tuple[Metadata, int]:
    """The metadata, and the number of the color model: sRGB where a profile says it or nothing does."""
    found, space = Metadata(), _SRGB
    with path.open("rb") as file:
        for kind, start, end in boxes.places(path, size):
            if kind not in (b"jp2h", b"uuid") or not 0 < end - start <= _MOST_METADATA:
                continue
            file.seek(start)
            content = file.read(end - start)
            if kind == b"jp2h":
                found, space = _with_header(found, content)
            elif content.startswith(_XMP):
                found = replace(found, xmp=content[16:] or None)
            elif content.startswith(_EXIF):
                found = replace(found, exif=exif_blocks.without_prefix(content[16:]))
            elif content.startswith(_IPTC):
                iptc, others = photoshop.iptc_records(content[16:])
                found = replace(found, iptc=iptc, resources=others)
    return replace(found, dpi=found.dpi or exif_blocks.resolution(found.exif)), space


def _with_header(found: Metadata, content: bytes) -> tuple[Metadata, int]:
    space = None
    for kind, inside in boxes.boxes(content):
        if kind == b"pclr":
            space = -1  # a palette, which OpenJPEG's caller must apply
        elif kind == b"colr" and space is None and inside[:1] == b"\1" and len(inside) >= 7:
            (space,) = struct.unpack_from(">I", inside, 3)
        elif kind == b"colr" and space is None and inside[:1] in (b"\2", b"\3"):
            found, space = replace(found, icc=inside[3:]), _SRGB
        elif kind == b"res ":
            found = replace(found, dpi=_resolution(dict(boxes.boxes(inside))))
    return found, _SRGB if space is None else space


def _resolution(there: dict[bytes, bytes]) -> tuple[float, float] | None:
    """Pixels per inch, of what it was captured at or else is to be shown at."""
    values = there.get(b"resc") or there.get(b"resd")
    if values is None or len(values) < 10:
        return None
    up, down, across, apart, power, power_across = struct.unpack_from(">4H2b", values)
    if not (up and down and across and apart):
        return None
    y, x = up / down * 10.0**power * _INCH, across / apart * 10.0**power_across * _INCH
    return (x, y) if can_be((x, y)) else None
