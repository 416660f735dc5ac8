"""Photoshop's image resources, in which JPEG and TIFF files hold IPTC records: taken apart and put together.
Photoshop's own files hold all that is said of the picture in them.

A resource is `8BIM`, a number, a name, a length and bytes. A file may hold several blocks of IPTC records; the first
is the one that programs show, the others are kept apart so that no field of theirs is taken for one of the first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.metadata import Metadata, can_be

IPTC = 0x0404
MARK = b"Photoshop 3.0\0"
_COPYRIGHT_MARK, _ADDRESS, _DIGEST = 0x040A, 0x040B, 0x0425
_RESOLUTION, _EXIF, _XMP = 0x03ED, 0x0422, 0x0424
_OF_THE_PHOTO = (IPTC, _COPYRIGHT_MARK, _ADDRESS, _DIGEST)  # others hold layers, previews, a program's own state
MOST = 16

Resources = tuple[tuple[int, bytes], ...]


def resources(parts: Iterable[bytes]) -> Resources:
    """Those that belong to the photo, from JPEG segments without their mark or the one value of a TIFF tag.

    One that is cut off goes on in the next part.
    """
    found: list[tuple[int, bytes]] = []
    rest = b""
    for part in parts:
        rest = _take(rest + part, found)
    return tuple(found[:MOST])


def _take(data: bytes, found: list[tuple[int, bytes]]) -> bytes:
    """Add the whole resources of `data`; returns the beginning of one that is cut off."""
    at = 0
    while data[at : at + 4] == b"8BIM":
        if at + 7 > len(data):
            return data[at:]
        (number,) = struct.unpack_from(">H", data, at + 4)
        start = at + 6 + (data[at + 6] + 2) // 2 * 2
        if start + 4 > len(data):
            return data[at:]
        (length,) = struct.unpack_from(">I", data, start)
        end = start + 4 + length
        if end > len(data):
            return data[at:]
        if number in _OF_THE_PHOTO and length:
            found.append((number, data[start + 4 : end]))
        # Some writers leave out the byte that makes the length even.
        at = end if length % 2 == 0 or data[end : end + 4] == b"8BIM" else end + 1
    return b""


def split_iptc(found: Resources, better: bytes | None = None) -> tuple[bytes | None, Resources]:
    """The IIM records and the other resources; `better` are records that stand in a place of their own."""
    records = [data for number, data in found if number == IPTC]
    first = better or (records[0] if records else None)
    further = tuple((IPTC, data) for data in dict.fromkeys(records) if data != first)
    return first, further + tuple(one for one in found if one[0] != IPTC)


def iptc_records(data: bytes | None) -> tuple[bytes | None, Resources]:
    """IIM records and other resources from a bare stream of records or from resources with or without their mark."""
    if not data:
        return None, ()
    if data.startswith((b"8BIM", MARK)):
        return split_iptc(resources((data.removeprefix(MARK),)))
    return data, ()


def metadata(every: Iterable[tuple[int, bytes, bytes]]) -> Metadata:
    """What the resources (number, name, content) of a Photoshop file say of its picture, but its color profile."""
    values = {number: data for number, _, data in every}
    iptc, others = split_iptc(tuple((number, data) for number, data in values.items() if number in _OF_THE_PHOTO))
    dpi = None
    if len(values.get(_RESOLUTION, b"")) >= 12:  # pixels per inch, whatever unit they are shown in
        x, y = (value / 65536 for value in struct.unpack_from(">I4xI", values[_RESOLUTION]))
        dpi = (x, y) if can_be((x, y)) else None
    exif = exif_blocks.without_prefix(values.get(_EXIF))
    return Metadata(exif=exif, xmp=values.get(_XMP) or None, iptc=iptc, dpi=dpi, resources=others[:MOST])


def to_bytes(iptc: bytes | None, others: Resources) -> bytes:
    """Resources one behind another, the IIM records first; empty if there are none."""
    every = (((IPTC, iptc),) if iptc else ()) + others
    return b"".join(
        struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + b"\0" * (len(data) % 2) for number, data in every
    )
