"""EXIF blocks of another file's directories: what of them describes the photo, and what can stand elsewhere."""

from __future__ import annotations

import struct
from dataclasses import replace

from handtint.imaging.formats import maker_notes
from handtint.imaging.formats.exif import EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD, Directories, Tag

# What describes a photo in the first directory of a TIFF file; the others describe its strips, or point at what only
# the program that wrote it finds. Some scanners write there what belongs into the EXIF directory.
_DESCRIPTIVE = {11, 269, 270, 271, 272, 285, 297, 305, 306, 315, 316, 18246, 18249, 33432, 33434, 33437, 37510}
_DESCRIPTIVE |= {50341, 50898, 50899, *range(34850, 34867), *range(36864, 36882), *range(37121, 37397)}
_DESCRIPTIVE |= {*range(37520, 37523), *range(40091, 40096), *range(41483, 41497), *range(41985, 42241)}
_DESCRIPTIVE -= {34853}
# What describes strips and tiles, or is written anew: no loss where a result has none of it, or its own.
_STRUCTURAL = {*range(254, 267), *range(273, 285), *range(288, 294), 296, 301, *range(317, 348), *range(512, 534)}
_STRUCTURAL |= {700, 33723, 34377, 34675, EXIF_IFD, GPS_IFD, INTEROPERABILITY_IFD}
MAKER_NOTE = 37500
_FARTHEST = 60_000  # bytes from the start of a block where a maker note may stand, so that JPEG holds it


def descriptive(found: Directories) -> Directories:
    """Only what describes the photo, not how a TIFF file stores it."""
    first = {tag.code: tag for tag in reversed(found.first) if tag.code in _DESCRIPTIVE}
    return replace(found, first=tuple(sorted(first.values(), key=lambda tag: tag.code)))


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
