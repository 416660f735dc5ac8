"""EXIF blocks as they are read, from any container.

A block is a small TIFF file: `II*\\0` or `MM\\0*`, then directories of tags. Malformed blocks raise `ExifError`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from handtint.imaging.formats.maker_notes import SIZES
from handtint.imaging.metadata import can_be

ORIENTATION = 274
EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD = 34665, 34853, 40965
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
_MOST_TAGS = 65535  # of a directory
_MAX_VALUES = 64 << 20  # bytes, of one directory


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
    """The block itself, without what containers put before it (`Exif\\0\\0`, a length); None for an empty one.

    Some phones' HEIC files lack the length that belongs before it, and libheif's reader takes its first bytes for it.
    """
    if not block:
        return None
    for start in range(min(len(block), 16)):
        if block[start : start + 4] in (b"II*\0", b"MM\0*"):
            return block[start:]
    for head, offset in ((b"II*\0", b"\x08\0\0\0"), (b"MM\0*", b"\0\0\0\x08")):
        if block.startswith(offset):
            return head + block
    return block


@dataclass(frozen=True)
class Form:
    """How directories are written: those of BigTIFF have 8 bytes for counts and places, others 4."""

    order: Literal["<", ">"]
    is_big: bool = False

    @property
    def place(self) -> str:
        """How `struct` reads a count or place."""
        return self.order + ("Q" if self.is_big else "I")

    @property
    def place_bytes(self) -> int:
        """Bytes of a count or place."""
        return 8 if self.is_big else 4


def _header(file: BinaryIO) -> tuple[Form, int]:
    orders: dict[bytes, Literal["<", ">"]] = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
    order = orders.get(start := read_at(file, 0, 4))
    if order is None:
        raise ExifError("not a TIFF structure")
    form = Form(order, is_big=b"+" in start)
    return form, struct.unpack(form.place, read_at(file, 8 if form.is_big else 4, form.place_bytes))[0]


def block_header(block: bytes) -> tuple[Literal["<", ">"], int]:
    """Byte order of an EXIF block and where its first directory stands. Raises `ExifError`, also for a BigTIFF."""
    form, offset = _header(io.BytesIO(block))
    if form.is_big:
        raise ExifError("not an EXIF block")
    return form.order, offset


def read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    """Bytes of the file. Raises `ExifError` where it ends too early."""
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise ExifError("it ends too early")
    return data


def read_directory(file: BinaryIO, form: Form, offset: int) -> Iterator[Tag]:
    """Tags of the directory at `offset`, without those that are broken. Raises `ExifError`."""
    order, place = form.order, form.place_bytes
    head, entry = (8, 20) if form.is_big else (2, 12)
    (count,) = struct.unpack(order + ("Q" if form.is_big else "H"), read_at(file, offset, head))
    if count > _MOST_TAGS:
        raise ExifError("no directory")
    entries = read_at(file, offset + head, entry * count)
    left = _MAX_VALUES  # entries may all point at the same large piece of the file
    for index in range(count):
        code, kind = struct.unpack_from(order + "HH", entries, entry * index)
        (number,) = struct.unpack_from(form.place, entries, entry * index + 4)
        length = SIZES.get(kind, 0) * number
        at = offset + head + entry * index + 4 + place
        if not length or length > left:
            continue
        if length > place:
            at = struct.unpack_from(form.place, entries, entry * index + 4 + place)[0]
        try:
            value = read_at(file, at, length)
        except ExifError:
            continue  # one broken value does not take the others with it
        left -= length
        yield Tag(code, kind, number, value, at)


def directories(file: BinaryIO, first_at: int | None = None) -> Directories:
    """All directories of an EXIF block or a TIFF file, also a BigTIFF. Raises `ExifError`.

    Args:
        first_at: where the directory of another page of a TIFF file stands.
    """
    form, offset = _header(file)
    first = tuple(read_directory(file, form, offset if first_at is None else first_at))
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
                    found[name] = tuple(read_directory(file, form, place))
                except ExifError:
                    continue
    plain = {name: tuple(tag for tag in tags if tag.code not in _POINTERS) for name, tags in found.items()}
    return Directories(form.order, **plain)


def places_of_directories(block: bytes) -> dict[int, int]:
    """Where in the block the EXIF and GPS directories stand. Raises `ExifError`."""
    order, offset = block_header(block)
    tags = read_directory(io.BytesIO(block), Form(order), offset)
    pointers = [tag for tag in tags if tag.code in (EXIF_IFD, GPS_IFD) and len(tag.value) == 4]
    return {tag.code: struct.unpack(order + "I", tag.value)[0] for tag in pointers}


def number(tags: tuple[Tag, ...], code: int, order: str) -> int | None:
    """The first whole number of a SHORT or LONG tag."""
    for tag in tags:
        if tag.code == code and tag.type in (3, 4):
            return struct.unpack_from(order + {3: "H", 4: "I"}[tag.type], tag.value)[0]
    return None


def resolution(block: bytes | None) -> tuple[float, float] | None:
    """Pixels per inch, horizontal and vertical, that an EXIF block says; None where it says none that can be."""
    try:
        found = directories(io.BytesIO(block or b""))
    except ExifError:
        return None
    unit = {2: 1.0, 3: 2.54}.get(number(found.first, 296, found.order) or 2, 0.0)
    values = {tag.code: struct.unpack_from(found.order + "II", tag.value) for tag in found.first if tag.type == 5}
    x, y = (parts[0] / parts[1] * unit if (parts := values.get(code)) and parts[1] else 0.0 for code in (282, 283))
    return (x, y) if can_be((x, y)) else None
