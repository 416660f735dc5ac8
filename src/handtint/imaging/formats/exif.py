"""EXIF blocks: read from any container, carried over byte for byte, changed only where the picture changed.

A block is a small TIFF file: `II*\\0` or `MM\\0*`, then directories of tags. Editing happens in place, so
that maker notes, which point into the block by offset, stay valid. Malformed blocks raise `ExifError`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from handtint.imaging.formats import maker_notes
from handtint.imaging.formats.maker_notes import SIZES

ORIENTATION = 274
EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD = 34665, 34853, 40965
_POINTERS = (EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD)
_MAX_VALUES = 64 << 20  # bytes, of one directory
# What describes a photo in the first directory of a TIFF file; the others describe its strips, or point at what only
# the program that wrote it finds. Some scanners write there what belongs into the EXIF directory.
_DESCRIPTIVE = {11, 269, 270, 271, 272, 285, 297, 305, 306, 315, 316, 18246, 18249, 33432, 33434, 33437, 37510}
_DESCRIPTIVE |= {50341, 50898, 50899, *range(34850, 34867), *range(36864, 36882), *range(37121, 37397)}
_DESCRIPTIVE |= {*range(37520, 37523), *range(40091, 40096), *range(41483, 41497), *range(41985, 42241)}
_DESCRIPTIVE -= {34853}
# What describes strips and tiles, or is written anew: no loss where a result has none of it, or its own.
_STRUCTURAL = {*range(254, 267), *range(273, 285), *range(288, 294), 296, 301, *range(317, 348), *range(512, 534)}
_STRUCTURAL |= {700, 33723, 34377, 34675, EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD}
_STRIPS = {258, 259, 262, 273, 277, 278, 279, 284, 317, *range(322, 326), 338, 339}
MAKER_NOTE = 37500
_SUBJECTS = (37396, 41492)  # SubjectArea, SubjectLocation: pixels of the picture as stored
_FARTHEST = 60_000  # bytes from the start of a block where a maker note may stand, so that JPEG holds it


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


def _header(head: bytes) -> tuple[Literal["<", ">"], int]:
    orders: dict[bytes, Literal["<", ">"]] = {b"II*\0": "<", b"MM\0*": ">"}
    order = orders.get(head[:4])
    if order is None or len(head) < 8:
        raise ExifError("not a TIFF structure")
    return order, struct.unpack_from(order + "I", head, 4)[0]


def _read_at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise ExifError("it ends too early")
    return data


def _directory(file: BinaryIO, order: str, offset: int) -> Iterator[Tag]:
    (count,) = struct.unpack(order + "H", _read_at(file, offset, 2))
    entries = _read_at(file, offset + 2, 12 * count)
    left = _MAX_VALUES  # entries may all point at the same large piece of the file
    for index in range(count):
        code, kind, number = struct.unpack_from(order + "HHI", entries, 12 * index)
        length = SIZES.get(kind, 0) * number
        at = offset + 2 + 12 * index + 8
        if not length or length > left:
            continue
        if length > 4:
            at = struct.unpack_from(order + "I", entries, 12 * index + 8)[0]
        try:
            value = _read_at(file, at, length)
        except ExifError:
            continue  # one broken value does not take the others with it
        left -= length
        yield Tag(code, kind, number, value, at)


def directories(file: BinaryIO) -> Directories:
    """All directories of an EXIF block or a classic TIFF file. Raises `ExifError`."""
    order, offset = _header(_read_at(file, 0, 8))
    first = tuple(_directory(file, order, offset))
    found = {"first": first, "exif": (), "gps": (), "interoperability": ()}
    for name, code, parent in (
        ("exif", EXIF_IFD, "first"),
        ("gps", GPS_IFD, "first"),
        ("interoperability", INTEROPERABILITY_IFD, "exif"),
    ):
        for tag in found[parent]:
            if tag.code == code and len(tag.value) == 4:
                try:
                    found[name] = tuple(_directory(file, order, struct.unpack(order + "I", tag.value)[0]))
                except ExifError:
                    continue
    plain = {name: tuple(tag for tag in tags if tag.code not in _POINTERS) for name, tags in found.items()}
    return Directories(order, **plain)


def descriptive(found: Directories) -> Directories:
    """Only what describes the photo, not how a TIFF file stores it."""
    first = {tag.code: tag for tag in reversed(found.first) if tag.code in _DESCRIPTIVE}
    return replace(found, first=tuple(sorted(first.values(), key=lambda tag: tag.code)))


def number(tags: tuple[Tag, ...], code: int, order: str) -> int | None:
    """The first whole number of a SHORT or LONG tag."""
    for tag in tags:
        if tag.code == code and tag.type in (3, 4):
            return struct.unpack_from(order + {3: "H", 4: "I"}[tag.type], tag.value)[0]
    return None


def undescribed(found: Directories) -> tuple[int, ...]:
    """Codes of tags of the first directory that neither describe the photo nor how it is stored."""
    return tuple(tag.code for tag in found.first if tag.code not in _DESCRIPTIVE and tag.code not in _STRUCTURAL)


def directory_bytes(tags: tuple[Tag, ...], order: str, offset: int, placed: tuple[Tag, ...] = ()) -> bytes:
    """A directory to stand at `offset`, its values behind it, the end of the chain after it.

    The values of `placed`, tags as well, stand elsewhere already, where these say.
    """
    entries, values = struct.pack(order + "H", len(tags) + len(placed)), b""
    start = offset + 2 + 12 * (len(tags) + len(placed)) + 4
    for tag in sorted((*tags, *placed), key=lambda tag: tag.code):
        entries += struct.pack(order + "HHI", tag.code, tag.type, tag.count)
        if tag in placed:
            entries += struct.pack(order + "I", tag.at)
        elif len(tag.value) <= 4:
            entries += tag.value.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "I", start + len(values))
            values += tag.value + b"\0" * (len(tag.value) % 2)
    return entries + b"\0\0\0\0" + values


def build(found: Directories) -> bytes | None:
    """An EXIF block of these directories; None if they are empty. A maker note stays where it stood, if it must."""
    if not (found.first or found.exif or found.gps):
        return None
    order = found.order
    notes = [tag for tag in found.exif if tag.code == MAKER_NOTE and tag.at >= 8]
    placed = tuple(tag for tag in notes[:1] if _counts_from_the_start(tag, order))
    body = bytearray(8)
    for tag in placed:
        body += bytes(tag.at - len(body)) + tag.value + b"\0" * (len(tag.value) % 2)
    exif = tuple(tag for tag in found.exif if tag not in placed)
    first = found.first
    if found.interoperability:
        exif = (*exif, Tag(INTEROPERABILITY_IFD, 4, 1, struct.pack(order + "I", len(body))))
        body += directory_bytes(found.interoperability, order, len(body))
    for code, tags, there in ((EXIF_IFD, exif, placed), (GPS_IFD, found.gps, ())):
        if tags or there:
            first = (*first, Tag(code, 4, 1, struct.pack(order + "I", len(body))))
            body += directory_bytes(tags, order, len(body), there)
    body[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", len(body))
    return bytes(body) + directory_bytes(first, order, len(body))


def transplantable(found: Directories) -> tuple[Directories, bool]:
    """The directories as they can stand in another file, and whether a maker note had to be left out.

    Most makers count the places of values in their note from the start of the block. Such a note stays true only where
    it stands, and if it is whole: it is kept if a block can have it there.
    """
    notes = [tag for tag in found.exif if tag.code == MAKER_NOTE]
    bound = [tag for tag in notes if _counts_from_the_start(tag, found.order)]
    keep = len(notes) == 1 and all(_can_stay(tag, found.order) for tag in bound)
    if keep or not notes:
        return found, False
    return replace(found, exif=tuple(tag for tag in found.exif if tag.code != MAKER_NOTE)), True


def _counts_from_the_start(note: Tag, order: str) -> bool:
    return bool(maker_notes.values_of(note.value, order))


def _can_stay(note: Tag, order: str) -> bool:
    if note.at < 8 or note.at % 2 or note.at + len(note.value) > _FARTHEST:
        return False
    places = maker_notes.values_of(note.value, order)
    return all(note.at <= place and place + length <= note.at + len(note.value) for place, length in places)


def places_of_directories(block: bytes) -> dict[int, int]:
    """Where in the block the EXIF and GPS directories stand. Raises `ExifError`."""
    order, offset = _header(block)
    tags = _directory(io.BytesIO(block), order, offset)
    pointers = [tag for tag in tags if tag.code in (EXIF_IFD, GPS_IFD) and len(tag.value) == 4]
    return {tag.code: struct.unpack(order + "I", tag.value)[0] for tag in pointers}


def with_tags(block: bytes | None, added: tuple[Tag, ...], order: Literal["<", ">"] = "<") -> bytes:
    """The block, or a new one, with tags added that its first directory lacks. Raises `ExifError`.

    That directory moves to the end; everything else stays in its place.
    """
    if not block:
        return build(Directories(order, added)) or b""
    order, start = _header(block)
    (count,) = struct.unpack(order + "H", _read_at(io.BytesIO(block), start, 2))
    old = _read_at(io.BytesIO(block), start + 2, 12 * count + 4)
    entries = [old[at : at + 12] for at in range(0, 12 * count, 12)]
    end = len(block) + len(block) % 2
    new = directory_bytes(added, order, end + 12 * count)  # its values come behind the old entries as well
    entries += [new[at : at + 12] for at in range(2, 2 + 12 * len(added), 12)]
    entries.sort(key=lambda entry: struct.unpack_from(order + "H", entry)[0])
    directory = struct.pack(order + "H", len(entries)) + b"".join(entries) + old[-4:]
    head = block[:4] + struct.pack(order + "I", end)
    return head + block[8:] + bytes(end - len(block)) + directory + new[2 + 12 * len(added) + 4 :]


def upright(block: bytes, size: tuple[int, int]) -> bytes:
    """The block for a picture turned upright: orientation 1, pixel dimensions `size`, no thumbnail, subject turned.

    Args:
        size: height, width of the picture.
    Everything else keeps its bytes and its place. Raises `ExifError`.
    """
    found = directories(io.BytesIO(block))
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
    turned = number(found.first, ORIENTATION, found.order) or 1
    if 2 <= turned <= 8:
        for tag in found.exif:
            if tag.code in _SUBJECTS and tag.type == 3 and 2 <= tag.count <= 4:
                values = list(struct.unpack(f"{found.order}{tag.count}H", tag.value))
                values[:2] = (min(max(value, 0), 65535) for value in _turned(values[0], values[1], turned, size))
                if tag.count == 4 and turned >= 5:
                    values[2:] = values[3], values[2]
                struct.pack_into(f"{found.order}{tag.count}H", edited, tag.at, *values)
    _drop_thumbnail(edited, found.order)
    _drop_strips(edited, found.order)
    return bytes(edited)


def _turned(x: int, y: int, orientation: int, size: tuple[int, int]) -> tuple[int, int]:
    """A pixel of the picture as stored in the upright one of (height, width)."""
    if orientation >= 5:
        x, y = y, x
    if orientation in (3, 4, 7, 8):
        y = size[0] - 1 - y
    if orientation in (2, 3, 6, 7):
        x = size[1] - 1 - x
    return x, y


def without_subject(block: bytes) -> bytes:
    """The block without the place of the subject, for a picture that is cropped. Raises `ExifError`."""
    edited, (order, _) = bytearray(block), _header(block)
    place = places_of_directories(block).get(EXIF_IFD)
    if place is not None and directories(io.BytesIO(block)).exif:
        _drop(edited, order, place, _SUBJECTS)
    return bytes(edited)


def _drop_strips(edited: bytearray, order: str) -> None:
    """Take what says how a TIFF file stored the picture out of the first directory, where converters leave it."""
    (start,) = struct.unpack_from(order + "I", edited, 4)
    _drop(edited, order, start, _STRIPS)


def _drop(edited: bytearray, order: str, start: int, codes: Collection[int]) -> None:
    """Take tags out of the directory that stands at `start`; nothing else moves."""
    (count,) = struct.unpack_from(order + "H", edited, start)
    entries = [bytes(edited[at : at + 12]) for at in range(start + 2, start + 2 + 12 * count, 12)]
    kept = [entry for entry in entries if struct.unpack_from(order + "H", entry)[0] not in codes]
    end = start + 2 + 12 * count + 4
    if len(kept) < len(entries) and end <= len(edited):
        link = bytes(edited[end - 4 : end])
        edited[start:end] = (struct.pack(order + "H", len(kept)) + b"".join(kept) + link).ljust(end - start, b"\0")


def _drop_thumbnail(edited: bytearray, order: str) -> None:
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
        tags = tuple(_directory(io.BytesIO(edited), order, second))
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
    known = {tag.code for tag in found.first}
    if 282 in known:
        return block or b""
    order = found.order
    horizontal, vertical = (struct.pack(order + "II", round(value * 1000), 1000) for value in dpi)
    resolution = (
        Tag(282, 5, 1, horizontal),
        Tag(283, 5, 1, vertical),
        Tag(296, 3, 1, struct.pack(order + "H", 2)),
    )
    return with_tags(block, tuple(tag for tag in resolution if tag.code not in known))


def with_date(block: bytes | None, changed: bytes) -> bytes:
    """The block, or a new one, with the time of the last change of a PNG file (tIME) unless it has one.

    Raises `ExifError`.
    """
    found = directories(io.BytesIO(block)) if block else Directories("<")
    if any(tag.code == 306 for tag in found.first):
        return block or b""
    text = b"%04d:%02d:%02d %02d:%02d:%02d\0" % struct.unpack(">HBBBBB", changed)
    return with_tags(block, (Tag(306, 2, len(text), text),))


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
