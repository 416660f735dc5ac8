"""The pixels of JPEG files: decoded whole, straight into an array, and encoded a band of rows at a time.

Bands are JPEGs of their own with the same tables, put one behind another with restart markers between them; that is
what restart markers are for, and each block of pixels is coded as it would be in one piece.
"""

from __future__ import annotations

import re
import struct
from typing import BinaryIO

import imagecodecs
import numpy as np

from handtint.imaging.rows import Rows, band_rows
from handtint.progress import Progress

_BLOCK = 8  # rows and columns
_MOST_BLOCKS = 65535  # between restart markers
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # behind coded pixels; 0 and 0xd0 to 0xd7 belong to them
_START_OF_FRAME, _START_OF_SCAN, _END, _RESTART_INTERVAL, _RESTART = 0xC0, 0xDA, 0xD9, 0xDD, 0xD0


def decode(data: bytes) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 of a gray or color JPEG. Raises ValueError for one that is cut off.

    libjpeg itself would make the missing part gray.
    """
    if not _is_complete(data):
        raise ValueError("the file ends too early")
    return imagecodecs.jpeg8_decode(data)


def _is_complete(data: bytes) -> bool:
    """Whether the picture's end marker is there."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return True  # not as it should be, but libjpeg may know what to do
        marker, at = data[at + 1], at + 2
        if marker == 0xFF:
            at -= 1
            continue
        at += struct.unpack_from(">H", data, at)[0]
        if marker == _START_OF_SCAN:
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                return False
            if data[found.end() - 1] == _END:
                return True
            at = found.end() - 2
    return False


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
