"""EXIF and XMP of a HEIC file by its own list of items (ISO/IEC 23008-12, annex A; 14496-12, 8.11).

libheif gives those alone that say they describe the primary picture; some phones' files have the items without that
reference. Nothing here is decoded; what is malformed is as if it were not there.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from handtint.imaging.formats.exif import without_prefix

_MOST_META, _MOST_ITEM, _MOST_BOXES = 4 << 20, 16 << 20, 1000
_XMP_TYPE = b"application/rdf+xml"


def read(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    """The first EXIF block and XMP packet of a file."""
    try:
        for kind, start, length in _boxes(file, 0, file.seek(0, 2)):
            if kind == b"meta" and length <= _MOST_META:
                return _of_meta(file, start, length)
    except (struct.error, ValueError, IndexError, OverflowError):
        pass
    return None, None


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and length of the content of each box."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            (length,), head = struct.unpack(">Q", file.read(8)), 16
        elif length == 0:
            length = end - at
        if length < head or at + length > end:
            return
        yield kind, at + head, length - head
        at += length


def _of_meta(file: BinaryIO, start: int, length: int) -> tuple[bytes | None, bytes | None]:
    parts = {kind: (at, size) for kind, at, size in _boxes(file, start + 4, start + length)}
    if b"iinf" not in parts or b"iloc" not in parts:
        return None, None
    kinds = _kinds(file, *parts[b"iinf"])
    places = _places(_read(file, *parts[b"iloc"]))
    found: dict[bytes, bytes] = {}
    for number, kind in kinds.items():
        if kind in found or number not in places:
            continue
        is_inside, extents = places[number]
        base, room = parts.get(b"idat", (0, 0)) if is_inside else (0, _MOST_ITEM)
        if sum(size for _, size in extents) <= min(_MOST_ITEM, room):
            found[kind] = b"".join(_read(file, base + at, size) for at, size in extents)
    exif = found.get(b"Exif", b"")
    (skipped,) = struct.unpack_from(">I", exif.ljust(4, b"\0"))
    behind = exif[4 + skipped :]
    return without_prefix(behind if behind[:2] in (b"II", b"MM") else exif), found.get(_XMP_TYPE) or None


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def _kinds(file: BinaryIO, start: int, length: int) -> dict[int, bytes]:
    """Of the items with metadata, by number: `Exif`, or the type of a text."""
    version = _read(file, start, 1)[0]
    kinds = {}
    for _, at, size in _boxes(file, start + (6 if version == 0 else 8), start + length):
        entry = io.BytesIO(_read(file, at, min(size, 4096)))
        version = entry.read(4)[0]
        if version < 2:
            continue
        number, _, kind = struct.unpack(">HH4s" if version == 2 else ">IH4s", entry.read(8 if version == 2 else 10))
        if kind == b"mime":
            kind = entry.read().split(b"\0")[1]
        if kind in (b"Exif", _XMP_TYPE):
            kinds[number] = kind
    return kinds


def _places(data: bytes) -> dict[int, tuple[bool, list[tuple[int, int]]]]:
    """By number of an item: whether it lies inside the list's own box, and the places and lengths of its pieces."""
    stream = io.BytesIO(data)

    def number(size: int) -> int:
        raw = stream.read(size)
        if len(raw) < size:
            raise ValueError("it ends too early")
        return int.from_bytes(raw, "big")

    version = number(4) >> 24
    sizes = number(2)
    of_offset, of_length, of_base, of_index = ((sizes >> shift) & 15 for shift in (12, 8, 4, 0))
    wide = 2 if version < 2 else 4
    places = {}
    for _ in range(number(wide)):
        item = number(wide)
        way = number(2) & 15 if version else 0
        number(2)
        base = number(of_base)
        extents = []
        for _ in range(number(2)):
            if version:
                number(of_index)
            extents.append((base + number(of_offset), number(of_length)))
        if way < 2:
            places[item] = (way == 1, extents)
    return places
