"""EXIF blocks carried over byte for byte, changed only where the picture changed.

Editing happens in place, so that maker notes, which point into the block by offset, stay valid. Malformed blocks raise
`ExifError`.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection
from typing import Literal

from handtint.imaging.formats.exif import (
    EXIF_IFD,
    ORIENTATION,
    Directories,
    ExifError,
    Form,
    Tag,
    block_header,
    directories,
    number,
    places_of_directories,
    read_at,
    read_directory,
    resolution,
)
from handtint.imaging.formats.exif_building import build, directory_bytes

_STRIPS = {258, 259, 262, 273, 277, 278, 279, 284, 317, *range(322, 326), 338, 339}
_SUBJECTS = (37396, 41492)  # SubjectArea, SubjectLocation: pixels of the picture as stored


def with_tags(block: bytes | None, added: tuple[Tag, ...], order: Literal["<", ">"] = "<") -> bytes:
    """The block, or a new one, with tags added that its first directory lacks. Raises `ExifError`.

    That directory moves to the end; everything else stays in its place.
    """
    if not block:
        return build(Directories(order, added)) or b""
    order, start = block_header(block)
    (count,) = struct.unpack(order + "H", read_at(io.BytesIO(block), start, 2))
    old = read_at(io.BytesIO(block), start + 2, 12 * count + 4)
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
    edited, (order, _) = bytearray(block), block_header(block)
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
        tags = tuple(read_directory(io.BytesIO(edited), Form(order), second))
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
    """The block, or a new one, that says these pixels per inch, also where it said others. Raises `ExifError`."""
    said = resolution(block)
    if block and said and all(abs(a - b) < 0.005 for a, b in zip(said, dpi, strict=True)):
        return block
    found = directories(io.BytesIO(block)) if block else Directories("<")
    order, edited = found.order, bytearray(block or b"")
    horizontal, vertical = (struct.pack(order + "II", round(value * 1000), 1000) for value in dpi)
    added = []
    for tag in (
        Tag(282, 5, 1, horizontal),
        Tag(283, 5, 1, vertical),
        Tag(296, 3, 1, struct.pack(order + "H", 2)),
    ):
        there = next((old for old in found.first if old.code == tag.code), None)
        if there is None:
            added.append(tag)
        elif (there.type, there.count) == (tag.type, tag.count):
            edited[there.at : there.at + len(tag.value)] = tag.value
    return with_tags(bytes(edited), tuple(added), order) if added else bytes(edited)


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
