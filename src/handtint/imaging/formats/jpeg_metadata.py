"""The metadata in a JPEG file's segments that one segment, or the first of its kind, does not hold alone.

XMP with its extended part (XMP specification, part 3), all IPTC blocks, all comments. EXIF and color profile come
from Pillow. Also the same segments for a file that is written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from handtint.errors import Sentence
from handtint.imaging.formats import photoshop
from handtint.imaging.formats.xmp import MAX_PACKET, Packet, XmpError, with_extension
from handtint.imaging.metadata import Metadata

SEGMENT = 65533  # bytes of data in one
EXIF_MARK = b"Exif\0\0"
XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION_MARK = b"http://ns.adobe.com/xmp/extension/\0"
_PART = 65400  # bytes of an extension in one segment
_APP1, _APP13, _COMMENT, _START_OF_SCAN, _END = 0xE1, 0xED, 0xFE, 0xDA, 0xD9
_MOST_COMMENTS, _MOST_BETWEEN = 16, 1 << 16
_EXTENSION_LOST = Sentence("The extended part of the photo's XMP data is incomplete and is not carried over.")


def segments(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Marker and data of the segments before the pixels that hold EXIF, XMP, Photoshop's resources or comments."""
    file.seek(2)
    strange = 0
    while strange < _MOST_BETWEEN:
        byte = file.read(1)
        if not byte:
            return
        if byte != b"\xff":
            strange += 1
            continue
        while byte == b"\xff":
            byte = file.read(1)
        if not byte or byte[0] in (_START_OF_SCAN, _END):
            return
        marker = byte[0]
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            continue
        head = file.read(2)
        length = struct.unpack(">H", head)[0] - 2 if len(head) == 2 else -1
        if length < 0:
            return
        if marker not in (_APP1, _APP13, _COMMENT):
            file.seek(length, 1)
            continue
        data = file.read(length)
        if len(data) < length:
            return
        yield marker, data


def read(file: BinaryIO) -> tuple[Metadata, list[str]]:
    """EXIF, XMP, IPTC, resources and comments of a JPEG file; sentences about what is lost."""
    exif, packets, comments, parts = b"", [], [], []
    extensions: dict[bytes, dict[int, bytes]] = {}
    extended = 0
    for marker, data in segments(file):
        if marker == _COMMENT:
            comments.append(data)
        elif marker == _APP13 and data[: len(photoshop.MARK)].lower() == photoshop.MARK.lower():
            parts.append(data[len(photoshop.MARK) :])
        elif data.startswith(XMP_MARK):
            packets.append(data[len(XMP_MARK) :])
        elif data.startswith(_EXTENSION_MARK) and len(data) > len(_EXTENSION_MARK) + 40:
            extended += len(data)
            at = len(_EXTENSION_MARK)
            (offset,) = struct.unpack_from(">I", data, at + 36)
            if extended <= MAX_PACKET:
                extensions.setdefault(data[at : at + 32], {})[offset] = data[at + 40 :]
        elif data.startswith(EXIF_MARK):
            exif += data[len(EXIF_MARK) :]  # some go on in a second segment
    notes: list[str] = []
    iptc, others = photoshop.split_iptc(photoshop.resources(parts))
    if len(packets) > 1 and len(set(packets)) > 1:
        notes.append(Sentence("The photo holds several XMP packets; the first one is used."))
    comments = [one for one in comments if one.strip(b"\0 \t\r\n")]
    if len(comments) > _MOST_COMMENTS:
        notes.append(
            Sentence(
                "The photo holds {count} comments; the first {kept} are carried over.",
                count=len(comments),
                kept=_MOST_COMMENTS,
            )
        )
    xmp = _extended(packets[0], extensions, notes) if packets else None
    return Metadata(
        exif=exif or None, xmp=xmp, iptc=iptc, resources=others, comments=tuple(comments[:_MOST_COMMENTS])
    ), notes


def _extended(packet: bytes, extensions: dict[bytes, dict[int, bytes]], notes: list[str]) -> bytes | None:
    """The packet with its extension, where it has one and all of it is there."""
    if not extensions:
        return packet or None
    try:
        wanted = (Packet(packet).extension or "").encode("ascii", "replace")
    except XmpError:
        return packet  # writing says what becomes of it
    if not wanted:
        return packet
    data = b""
    for offset, part in sorted(extensions.get(wanted, {}).items()):
        if offset != len(data):
            data = b""
            break
        data += part
    try:
        return with_extension(packet, data)
    except XmpError:
        notes.append(_EXTENSION_LOST)
        packet_alone = Packet(packet)
        packet_alone.drop_extension()
        return packet_alone.to_bytes()


def segment(marker: int, data: bytes) -> bytes:
    """One segment of a JPEG file."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def xmp_segments(packet: bytes) -> bytes:
    """The segments for a packet of any length."""
    if len(packet) + len(XMP_MARK) <= SEGMENT:
        return segment(_APP1, XMP_MARK + packet)
    standard, (name, extension) = Packet(packet).split(SEGMENT - len(XMP_MARK))
    written = segment(_APP1, XMP_MARK + standard)
    for start in range(0, len(extension), _PART):
        head = _EXTENSION_MARK + name.encode("ascii") + struct.pack(">II", len(extension), start)
        written += segment(_APP1, head + extension[start : start + _PART])
    return written


def resource_segments(iptc: bytes | None, others: photoshop.Resources) -> bytes:
    """The segments for IIM records and other resources of Photoshop."""
    data = photoshop.to_bytes(iptc, others)
    return b"".join(
        segment(_APP13, photoshop.MARK + data[start : start + 65500]) for start in range(0, len(data), 65500)
    )


def comment_segments(comments: tuple[bytes, ...]) -> bytes:
    """One segment each; a longer comment goes on in the next."""
    return b"".join(
        segment(_COMMENT, one[start : start + SEGMENT]) for one in comments for start in range(0, len(one), SEGMENT)
    )
