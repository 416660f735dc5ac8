"""EXIF blocks: read from any container, carried over byte for byte, changed only where the picture changed.

A block is a small TIFF file: `II*\\0` or `MM\\0*`, then directories of tags. Editing happens in place, so
that maker notes, which point into the block by offset, stay valid. Malformed blocks raise `ExifError`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

ORIENTATION = 274
EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD = 34665, 34853, 40965
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_MOST_TAGS = 65535  # of a directory
_MAX_VALUES = 64 << 20  # bytes, of one directory
# What describes a photo in the first directory of a TIFF file; the others describe its strips.
_DESCRIPTIVE = (269, 270, 271, 272, 285, 305, 306, 315, 316, 33432, 18246, 18249, 50341, *range(40091, 40096))


class ExifError(Exception):
    """A block that cannot be read."""


@dataclass(frozen=True)
class Tag:
    """One entry of a directory; `value` in the byte order of its block, `at` where it stands in it."""

    code: int
    type: int
    count: int
    value: bytes
    at: int = 0


@dataclass(frozen=True)
class Directories:
    """The directories of a block: the first one and those it points at, without pointers."""

    order: Literal["<", ">"]
    first: tuple[Tag, ...] = ()
    exif: tuple[Tag, ...] = ()
    gps: tuple[Tag, ...] = ()
    interoperability: tuple[Tag, ...] = ()


def without_prefix(block: bytes | None) -> bytes | None:
    """The block itself, without the `Exif\\0\\0` that JPEG puts before it; None for an empty one."""
    if block and block.startswith(b"Exif\0\0"):
        block = block[6:]
    return block or None


@dataclass(frozen=True)
class _Form:
    """How directories are written: those of BigTIFF have 8 bytes for counts and places, others 4."""

    order: Literal["<", ">"]
    is_big: bool = False

    @property
    def place(self) -> str:
        return self.order + ("Q" if self.is_big else "I")

    @property
    def place_bytes(self) -> int:
        return 8 if self.is_big else 4


def _header(file: BinaryIO) -> tuple[_Form, int]:
    orders: dict[bytes, Literal["<", ">"]] = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
    order = orders.get(start := _read_at(file, 0, 4))
    if order is None:
        raise ExifError("not a TIFF structure")
    form = _Form(order, is_big=b"+" in start)
    return form, struct.unpack(form.place, _read_at(file, 8 if form.is_big else 4, form.place_bytes))[0]


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise ExifError("it ends too early")
    return data


def _directory(file: BinaryIO, form: _Form, offset: int) -> Iterator[Tag]:
    order, place = form.order, form.place_bytes
    head, entry = (8, 20) if form.is_big else (2, 12)
    (count,) = struct.unpack(order + ("Q" if form.is_big else "H"), _read_at(file, offset, head))
    if count > _MOST_TAGS:
        raise ExifError("no directory")
    entries = _read_at(file, offset + head, entry * count)
    left = _MAX_VALUES  # entries may all point at the same large piece of the file
    for index in range(count):
        code, kind = struct.unpack_from(order + "HH", entries, entry * index)
        (number,) = struct.unpack_from(form.place, entries, entry * index + 4)
        length = _SIZES.get(kind, 0) * number
        at = offset + head + entry * index + 4 + place
        if not length or length > left:
            continue
        if length > place:
            at = struct.unpack_from(form.place, entries, entry * index + 4 + place)[0]
        try:
            value = _read_at(file, at, length)
        except ExifError:
            continue  # one broken value does not take the others with it
        left -= length
        yield Tag(code, kind, number, value, at)


def directories(file: BinaryIO) -> Directories:
    """All directories of an EXIF block or a TIFF file, also a BigTIFF. Raises `ExifError`."""
    form, offset = _header(file)
    first = tuple(_directory(file, form, offset))
    found = {"first": first, "exif": (), "gps": (), "interoperability": ()}
    for name, code, parent in (
        ("exif", EXIF_IFD, "first"),
        ("gps", GPS_IFD, "first"),
        ("interoperability", INTEROPERABILITY_IFD, "exif"),
    ):
        for tag in found[parent]:
            if tag.code == code and len(tag.value) in (4, 8):
                place = struct.unpack(form.order + ("I" if len(tag.value) == 4 else "Q"), tag.value)[0]
                try:
                    found[name] = tuple(_directory(file, form, place))
                except ExifError:
                    continue
    plain = {name: tuple(tag for tag in tags if tag.code not in _POINTERS) for name, tags in found.items()}
    return Directories(form.order, **plain)


def descriptive(found: Directories) -> Directories:
    """Only what describes the photo, not how a TIFF file stores it."""
    return replace(found, first=tuple(tag for tag in found.first if tag.code in _DESCRIPTIVE))


def number(tags: tuple[Tag, ...], code: int, order: str) -> int | None:
    """The first whole number of a SHORT or LONG tag."""
    for tag in tags:
        if tag.code == code and tag.type in (3, 4):
            return struct.unpack_from(order + {3: "H", 4: "I"}[tag.type], tag.value)[0]
    return None


def directory_bytes(tags: tuple[Tag, ...], order: str, offset: int) -> bytes:
    """A directory to stand at `offset`, its values behind it, the end of the chain after it."""
    tags = tuple(sorted(tags, key=lambda tag: tag.code))
    entries, values = struct.pack(order + "H", len(tags)), b""
    start = offset + 2 + 12 * len(tags) + 4
    for tag in tags:
        entries += struct.pack(order + "HHI", tag.code, tag.type, tag.count)
        if len(tag.value) <= 4:
            entries += tag.value.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "I", start + len(values))
            values += tag.value + b"\0" * (len(tag.value) % 2)
    return entries + b"\0\0\0\0" + values


def sub_directories(found: Directories, offset: int) -> tuple[bytes, dict[int, int]]:
    """The EXIF (with interoperability) and GPS directories to stand at an even `offset`, their places."""
    body, places = b"", {}
    exif = found.exif
    if found.interoperability:
        inner = directory_bytes(found.interoperability, found.order, offset)
        exif = (*exif, Tag(INTEROPERABILITY_IFD, 4, 1, struct.pack(found.order + "I", offset)))
        body += inner
    for code, tags in ((EXIF_IFD, exif), (GPS_IFD, found.gps)):
        if tags:
            places[code] = offset + len(body)
            body += directory_bytes(tags, found.order, offset + len(body))
    return body, places


def build(found: Directories) -> bytes | None:
    """An EXIF block of these directories; None if they are empty."""
    if not (found.first or found.exif or found.gps):
        return None
    order = found.order
    pointers = tuple(
        Tag(code, 4, 1, b"\0\0\0\0") for code, tags in ((EXIF_IFD, found.exif), (GPS_IFD, found.gps)) if tags
    )
    size = 8 + len(directory_bytes((*found.first, *pointers), order, 8))
    body, places = sub_directories(found, size)
    pointers = tuple(Tag(code, 4, 1, struct.pack(order + "I", place)) for code, place in places.items())
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + directory_bytes((*found.first, *pointers), order, 8) + body


def upright(block: bytes, size: tuple[int, int]) -> bytes:
    """The block for a picture turned upright: orientation 1, pixel dimensions `size`, no thumbnail.

    Args:
        size: height, width of the picture.
    Everything else keeps its bytes and its place. Raises `ExifError`.
    """
    found = directories(io.BytesIO(block))
    if block[2:4] in (b"+\0", b"\0+"):  # BigTIFF, which EXIF is not
        raise ExifError("not an EXIF block")
    edited = bytearray(block)
    height, width = size
    for tags, code, value in (
        (found.first, ORIENTATION, 1),
        (found.first, 256, width),
        (found.first, 257, height),
        (found.exif, 40962, width),
        (found.exif, 40963, height),
    ):
        for tag in tags:
            if tag.code == code and tag.count == 1 and tag.type in (3, 4):
                form = "H" if tag.type == 3 and value < 65536 else "I"
                if len(tag.value) >= struct.calcsize(form):
                    struct.pack_into(found.order + form, edited, tag.at, value)
    _drop_thumbnail(edited, found.order)
    return bytes(edited)


def _drop_thumbnail(edited: bytearray, order: Literal["<", ">"]) -> None:
    """Take the second directory out of the chain and its picture out of the block."""
    (start,) = struct.unpack_from(order + "I", edited, 4)
    (count,) = struct.unpack_from(order + "H", edited, start)
    link = start + 2 + 12 * count
    if link + 4 > len(edited):
        return
    (second,) = struct.unpack_from(order + "I", edited, link)
    struct.pack_into(order + "I", edited, link, 0)
    if not second:
        return
    try:
        tags = tuple(_directory(io.BytesIO(edited), _Form(order), second))
    except ExifError:
        return
    offset, length = number(tags, 513, order), number(tags, 514, order)
    if offset is None or length is None or offset < 8 or offset + length > len(edited):
        return
    if edited[offset : offset + 2] != b"\xff\xd8":
        return  # it points elsewhere, at what may be needed
    if offset + length == len(edited):
        del edited[offset:]
    else:
        edited[offset : offset + length] = bytes(length)


def with_resolution(block: bytes | None, dpi: tuple[float, float]) -> bytes:
    """The block, or a new one, with pixels per inch in it unless it has them. Raises `ExifError`."""
    found = directories(io.BytesIO(block)) if block else Directories("<")
    if block and any(tag.code == 282 for tag in found.first):
        return block
    order = found.order
    horizontal, vertical = (struct.pack(order + "II", round(value * 1000), 1000) for value in dpi)
    resolution = (
        Tag(282, 5, 1, horizontal),
        Tag(283, 5, 1, vertical),
        Tag(296, 3, 1, struct.pack(order + "H", 2)),
    )
    kept = tuple(tag for tag in found.first if tag.code not in (282, 283, 296))
    whole = build(replace(found, first=(*kept, *resolution)))
    assert whole is not None
    return whole


def with_turned_resolution(block: bytes, is_swapped: bool, scale: float) -> bytes:
    """The block for a picture with `scale` times the pixels an inch, on its side if `is_swapped`. Raises `ExifError`.

    Its unit stays, and so does everything else in its place.
    """
    found = directories(io.BytesIO(block))
    edited = bytearray(block)
    horizontal, vertical = (
        next((tag for tag in found.first if (tag.code, tag.type, tag.count) == (code, 5, 1)), None)
        for code in (282, 283)
    )
    if horizontal is None or vertical is None:
        return block
    values = (vertical.value, horizontal.value) if is_swapped else (horizontal.value, vertical.value)
    for tag, value in zip((horizontal, vertical), values, strict=True):
        above, below = struct.unpack(found.order + "II", value)
        if scale != 1 and below:
            above, below = min(round(above / below * scale * 1000), 2**32 - 1), 1000
        struct.pack_into(found.order + "II", edited, tag.at, above, below)
    return bytes(edited)
