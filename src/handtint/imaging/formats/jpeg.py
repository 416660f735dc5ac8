"""The pixels of JPEG files: decoded whole, straight into an array, and encoded a band of rows at a time.

Bands are JPEGs of their own with the same tables, put one behind another with restart markers between them; that is
what restart markers are for, and each block of pixels is coded as it would be in one piece.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import imagecodecs
import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats.decoded import empty
from handtint.imaging.rows import Rows, band_rows, bands
from handtint.progress import Progress

_BLOCK = 8  # rows and columns
_MOST_BLOCKS = 65535  # between restart markers
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # behind coded pixels; 0 and 0xd0 to 0xd7 belong to them
_END_MARK = b"\xff\xd9"
_MORE = bytes((0x5A, 0x96, 0x3C, 0xA5)) * 256  # coded pixels of no picture
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_BASELINE, _ALL, _WITHOUT_DETAIL, _WITHOUT_TONES = "baseline", "all", "without detail", "without tones"
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_START_OF_FRAME, _START_OF_SCAN, _END, _RESTART_INTERVAL, _RESTART = 0xC0, 0xDA, 0xD9, 0xDD, 0xD0


class JpegPicture(NamedTuple):
    """The pixels of a JPEG file.

    Attributes:
        pixels: (H, W) or (H, W, 3), uint8 or of 12 bits uint16.
        notes: sentences on what is not as it should be.
        missing: about how much of it is missing and gray, 0 to 1; None for a picture that is there.
    """

    pixels: np.ndarray
    notes: list[str]
    missing: float | None = None


def decode(data: bytes) -> JpegPicture:
    """The picture of a gray or color JPEG. libjpeg makes missing parts gray and says nothing; this does.

    Raises what a decoder may.
    """
    has_end, scans = _has_end(data), _scans(data)
    whole = data if has_end else data + _END_MARK
    shape = _shape(whole)
    pixels = imagecodecs.jpeg8_decode(whole, out=None if shape is None else empty(shape, np.uint8))
    middle = 128 if pixels.dtype == np.uint8 else 2048
    # What is missing comes out as the middle gray. Few whole pictures end in it; of a progressive JPEG (which takes
    # twice as long here) what is missing may be the last bits of detail, which look like nothing.
    may_lack_rows = bool((pixels[-_BLOCK:, -_BLOCK:] == middle).all())
    is_cut = (not has_end or may_lack_rows or scans is not _BASELINE) and not _is_complete(whole, pixels)
    notes, missing = [], None
    if (is_cut and (may_lack_rows or scans is _BASELINE)) or scans is _WITHOUT_TONES:
        there = np.flatnonzero((pixels != middle).reshape(len(pixels), -1).any(axis=1))
        missing = 1 - (int(there[-1]) + 1 if len(there) else 0) / len(pixels)
    elif is_cut or scans is _WITHOUT_DETAIL:
        notes.append(Sentence("The file ends too early: the picture is there, but parts of it lack their fine detail."))
    elif not has_end:
        notes.append(Sentence("The file lacks its end mark; the picture is whole."))
    if pixels.dtype == np.uint16:
        pixels = pixels << 4 | pixels >> 8
    return JpegPicture(pixels, notes, missing)


def _is_complete(data: bytes, pixels: np.ndarray) -> bool:
    """Whether more coded pixels at the end would be left unread: where some are missing, they change the picture."""
    more = imagecodecs.jpeg8_decode(data[: data.rindex(_END_MARK)] + _MORE + _END_MARK)
    return all(np.array_equal(more[rows], pixels[rows]) for rows in bands(range(len(pixels)), pixels.shape[1]))


def _shape(data: bytes) -> tuple[int, ...] | None:
    """(H, W) or (H, W, 3) of a gray or color picture of 8 bits; None for others, and where the head does not say."""
    for marker, at in _segments(data):
        if marker in _FRAMES and at + 9 < len(data):
            depth, height, width, channels = struct.unpack_from(">BHHB", data, at + 4)
            is_known = depth == 8 and height and width and channels in (1, 3)
            return ((height, width) + ((3,) if channels == 3 else ())) if is_known else None
    return None


def _has_end(data: bytes) -> bool:
    """Whether the picture's end mark is there."""
    for marker, _ in _segments(data):
        if marker == _END:
            return True
        if marker is None:
            return True  # not as it should be, but libjpeg may know what to do
    return False


def _scans(data: bytes) -> str:
    """Whether the scans of a progressive JPEG give every coefficient its last bit."""
    last: dict[tuple[int, int], int] = {}
    components = 0
    for marker, at in _segments(data):
        if marker in _FRAMES:
            if marker not in _PROGRESSIVE:
                return _BASELINE
            components = data[at + 9]
        elif marker == _START_OF_SCAN:
            count = data[at + 4]
            first, end, shift = data[at + 5 + 2 * count : at + 8 + 2 * count]
            for index in range(count):
                for place in range(first, min(end, 63) + 1):
                    last[data[at + 5 + 2 * index], place] = shift & 15
    if sum(not place for _, place in last) < components:
        return _WITHOUT_TONES
    return _WITHOUT_DETAIL if len(last) < 64 * components or any(last.values()) else _ALL


def precision(data: bytes) -> int:
    """Bits of a sample; 8 where it is not said."""
    return next((data[at + 4] for marker, at in _segments(data) if marker in _FRAMES and at + 4 < len(data)), 8)


def as_of_8_bits(data: bytes) -> bytes:
    """A JPEG whose header says 8 bits: for those who read metadata only and know no other."""
    changed = bytearray(data)
    for marker, at in _segments(data):
        if marker in _FRAMES:
            changed[at + 4] = 8
            changed[at + 1] = 0xC1
            break
    return bytes(changed)


def _segments(data: bytes) -> Iterator[tuple[int | None, int]]:
    """Each marker with the place of its first byte, up to the end mark; None for what is not a marker."""
    at = 2
    while at + 4 <= len(data) or data[at : at + 2] == _END_MARK:
        if data[at] != 0xFF:
            yield None, at
            return
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        yield marker, at
        if marker == _END:
            return
        at += 2
        if marker == 0x01 or _RESTART <= marker <= _RESTART + 7:
            continue
        at += struct.unpack_from(">H", data, at)[0]
        if marker == _START_OF_SCAN:
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                return
            at = found.end() - 2


def write(file: BinaryIO, head: bytes, pixels: np.ndarray | Rows, quality: int, progress: Progress) -> None:
    """Write (H, W) or (H, W, 3) uint8 pixels as a baseline JPEG file, color at full resolution. Raises `OSError`.

    `head` is the segments of metadata, JFIF's first.
    """
    height, width = pixels.shape[:2]
    blocks = -(-width // _BLOCK)
    step = min(band_rows(width, _BLOCK), _MOST_BLOCKS // blocks * _BLOCK)
    for number, top in enumerate(range(0, height, step)):
        progress.step(top / height)
        band = np.ascontiguousarray(pixels[top : top + step])
        body = bytes(imagecodecs.jpeg8_encode(band, level=quality, subsampling="444" if band.ndim == 3 else None))
        frame, coded = _parts(body)
        if number:
            file.write(bytes((0xFF, _RESTART + (number - 1) % 8)))
        else:
            file.write(b"\xff\xd8" + head + _for_height(body[frame:coded], height, step * blocks // _BLOCK))
        file.write(memoryview(body)[coded:-2])
    file.write(bytes((0xFF, _END)))


def _parts(body: bytes) -> tuple[int, int]:
    """Where the tables begin, behind JFIF's segment, and where the coded pixels do."""
    frame = at = 4 + struct.unpack_from(">H", body, 4)[0]
    while body[at + 1] != _START_OF_SCAN:
        at += 2 + struct.unpack_from(">H", body, at + 2)[0]
    return frame, at + 2 + struct.unpack_from(">H", body, at + 2)[0]


def _for_height(tables: bytes, height: int, interval: int) -> bytes:
    """A band's tables for a picture of this height with a restart marker after each `interval` blocks."""
    result, at = bytearray(tables), 0
    while result[at + 1] != _START_OF_SCAN:
        if result[at + 1] == _START_OF_FRAME:
            struct.pack_into(">H", result, at + 5, height)
        at += 2 + struct.unpack_from(">H", result, at + 2)[0]
    result[at:at] = struct.pack(">BBHH", 0xFF, _RESTART_INTERVAL, 4, interval)
    return bytes(result)
