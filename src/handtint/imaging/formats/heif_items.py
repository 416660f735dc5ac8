"""A HEIC file by its own list of items (ISO/IEC 23008-12, annex A; 14496-12, 8.11): EXIF, XMP, and what is missing.

libheif gives that EXIF and XMP alone that say they describe the primary picture; some phones' files have the items
without that reference. And it says nothing of tiles whose data are not there. Nothing here is decoded; what is
malformed is as if it were not there.
"""

from __future__ import annotations

import io
import mmap
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from handtint.imaging.formats.exif import without_prefix

_MOST_META, _MOST_ITEM, _MOST_BOXES = 4 << 20, 16 << 20, 1000
_MOST_CODED = 256 << 20  # bytes of a coded picture, or of one of its tiles
_XMP_TYPE = b"application/rdf+xml"


# In an item's entry: version, flags, number, protection, kind. Found wherever it stands, as libheif may find it.
_UNSAFE = re.compile(rb"infe(?:\x02.{3}.{2}|\x03.{3}.{4}).{2}(?:iden|iovl|unci|mski|tili)", re.DOTALL)


def has_unsafe_items(file: BinaryIO) -> bool:
    """Whether there are pictures made of others or without a codec, of kinds that hardly anything writes.

    libheif 1.23.0, which pi-heif brings, writes past its buffers on crafted ones; see `packaging/advisories.json`.
    """
    if not file.seek(0, io.SEEK_END):
        return False
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _UNSAFE.search(data) is not None


def read(file: BinaryIO) -> tuple[bytes | None, bytes | None]:
    """The first EXIF block and XMP packet of a file."""
    try:
        for kind, start, length in _boxes(file, 0, file.seek(0, 2)):
            if kind == b"meta" and length <= _MOST_META:
                return _of_meta(file, start, length)
    except (struct.error, ValueError, IndexError, OverflowError):
        pass
    return None, None


def share_missing(file: BinaryIO, is_primary: bool) -> float:
    """About how much of a picture's coded data is not there, or cannot be what it was, 0 to 1.

    Of the primary picture, or of all pictures of the file together. Of a picture of tiles it is the share of tiles.
    """
    try:
        for kind, start, length in _boxes(file, 0, file.seek(0, 2)):
            if kind == b"meta" and length <= _MOST_META:
                return _missing_of_meta(file, start, length, is_primary)
    except (struct.error, ValueError, IndexError, OverflowError):
        pass
    return 0.0


def _missing_of_meta(file: BinaryIO, start: int, length: int, is_primary: bool) -> float:
    parts = {kind: (at, size) for kind, at, size in _boxes(file, start + 4, start + length)}
    if not {b"iinf", b"iloc", b"pitm"} <= parts.keys():
        return 0.0
    kinds, places = _kinds(file, *parts[b"iinf"]), _places(_read(file, *parts[b"iloc"]))
    coded = [number for number, kind in kinds.items() if kind == b"hvc1" and number in places]
    if is_primary:
        pitm = _read(file, *parts[b"pitm"])
        primary = int.from_bytes(pitm[4:6] if pitm[0] == 0 else pitm[4:8], "big")
        tiles = _tiles_of(_read(file, *parts[b"iref"]), primary) if b"iref" in parts else []
        coded = [number for number in tiles or [primary] if number in coded]
    meta = _read(file, start, length)
    at = meta.find(b"hvcC")
    size_bytes = (meta[at + 25] & 3) + 1 if 0 <= at < len(meta) - 25 else 4
    whole = []
    for number in coded:
        is_inside, extents = places[number]
        base = parts.get(b"idat", (0, 0))[0] if is_inside else 0
        room = sum(size for _, size in extents)
        if 0 < room <= _MOST_CODED:
            data = b"".join(_read(file, base + at, size) for at, size in extents)
            whole.append(_sound_bytes(data, size_bytes) / room)
    if not whole:
        return 0.0
    return 1 - (whole[0] if len(whole) == 1 else sum(share == 1 for share in whole) / len(whole))


def _sound_bytes(data: bytes, size_bytes: int) -> int:
    """How many bytes there are before the first that cannot belong to HEVC (ITU-T H.265, 7.4.2): its units stand one
    behind another, each behind its length, and none holds three bytes of zero."""
    at = 0
    while at + size_bytes < len(data):
        start = at + size_bytes
        end = start + int.from_bytes(data[at:start], "big")
        hole = data.find(b"\0\0\0", start, min(end, len(data)))
        if hole >= 0 or end > len(data) or end == start:
            return hole if hole >= 0 else at if end == start else len(data)
        at = end
    return at


def _tiles_of(iref: bytes, number: int) -> list[int]:
    """The items that a picture is put together of."""
    form, size, at = (">H", 2, 4) if iref[0] == 0 else (">I", 4, 4)
    while at + 8 <= len(iref):
        length, kind = struct.unpack_from(">I4s", iref, at)
        if kind == b"dimg" and struct.unpack_from(form, iref, at + 8)[0] == number:
            (count,) = struct.unpack_from(">H", iref, at + 8 + size)
            return [struct.unpack_from(form, iref, at + 10 + size * (1 + index))[0] for index in range(count)]
        at += max(length, 8)
    return []


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
        if kind == b"hvc1" or kind in found or number not in places:
            continue
        is_inside, extents = places[number]
        base, room = parts.get(b"idat", (0, 0)) if is_inside else (0, _MOST_ITEM)
        if sum(size for _, size in extents) <= min(_MOST_ITEM, room):
            data = b"".join(_read(file, base + at, size) for at, size in extents)
            if len(data) == sum(size for _, size in extents):
                found[kind] = data
    exif = found.get(b"Exif", b"")
    (skipped,) = struct.unpack_from(">I", exif.ljust(4, b"\0"))
    behind = exif[4 + skipped :]
    return without_prefix(behind if behind[:2] in (b"II", b"MM") else exif), found.get(_XMP_TYPE) or None


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    return file.read(length)


def _kinds(file: BinaryIO, start: int, length: int) -> dict[int, bytes]:
    """Of the items with metadata and coded pictures, by number: `Exif`, `hvc1`, or the type of a text."""
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
        if kind in (b"Exif", b"hvc1", _XMP_TYPE):
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
