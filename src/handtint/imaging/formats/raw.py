"""Camera raw files, by the picture in JPEG that the camera, or who made the DNG, put into them to be looked at.

Most are TIFF files with tags of their makers (DNG, NEF, NRW, CR2, ARW, PEF, SRW, ORF, RW2, 3FR, IIQ); of RAF the head
says where the picture is; CR3 is a file of boxes. The data of the sensor itself are not read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from handtint.errors import Sentence
from handtint.imaging.formats import boxes, exif_building, jpeg, jpeg_metadata, regions
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.decoded import (
    Decoded,
    NotReadable,
    check_dimensions,
    check_room,
    decoding,
    optional,
    take_part,
)
from handtint.imaging.formats.exif import Form, Tag

LEAST_SIDE = 1500  # of the longer side of a picture that is worth restoring; thumbnails have some 160 to 640 pixels
_ORDERS: dict[bytes, Literal["<", ">"]] = {b"II": "<", b"MM": ">"}
_MAGICS = (b"*\0", b"\0*", b"RO", b"RS", b"OR", b"U\0")  # TIFF's own, Olympus', Panasonic's
_FUJI = b"FUJIFILMCCD-RAW"
_STRIP_AT, _STRIP_BYTES, _DIRECTORIES, _JPEG_AT, _JPEG_BYTES = 273, 279, 330, 513, 514
_WHOLE_JPEG, _OLYMPUS_SETTINGS, _OLYMPUS_AT, _OLYMPUS_BYTES = 46, 0x2020, 0x101, 0x102
_MOST_DIRECTORIES, _MOST_BYTES, _MOST_CANDIDATES = 64, 128 << 20, 64

Place = tuple[int, int]  # first byte and length


def decode(path: Path, file_size: int, partial: bool) -> Decoded:
    """The largest picture in the file. Raises what `decoding.decode` makes a sentence of."""
    with path.open("rb") as file:
        with decoding():
            best = max(_pictures(file, file_size), default=None)
        if best is None or best[0] < LEAST_SIDE:
            holds = Sentence("only a preview of {pixels} pixels", pixels=best[0]) if best else Sentence("no preview")
            raise NotReadable(
                Sentence(
                    "this camera raw file holds {holds}. Save it as 16 bit TIFF with a raw converter first",
                    holds=holds,
                )
            )
        file.seek(best[1])
        data = file.read(best[2])
    decoded = _decode_jpeg(data, file_size, partial)
    height, width = decoded.pixels.shape[:2]
    decoded.notes.append(
        Sentence(
            "Made from the camera's preview in the raw file, {width} x {height} pixels with 8 bits; "
            "a raw converter gets more out of the file.",
            width=width,
            height=height,
        )
    )
    with optional(decoded, "camera data (EXIF)"):
        _take_exif(path, decoded)
    return decoded


def _decode_jpeg(data: bytes, file_size: int, partial: bool) -> Decoded:
    from handtint.imaging.formats.pillow import Image

    with decoding():
        image = Image.open(io.BytesIO(data), formats=("JPEG",))
    with image:
        check_dimensions(image.width, image.height, file_size)
        check_room(image.width, image.height, len(image.getbands()))
        if image.mode not in ("L", "RGB"):
            raise NotReadable(
                "its preview has an unusual color model. Save it as 16 bit TIFF with a raw converter first"
            )
        with decoding():
            pixels, notes, missing = jpeg.decode(data)
        decoded = Decoded(pixels, "RAW", notes=notes)
        if missing is not None:
            take_part(decoded, missing, partial)
        with optional(decoded, "metadata"):
            found, lost = jpeg_metadata.read(io.BytesIO(data))
            decoded.notes += lost
            exif = exif_blocks.without_prefix(found.exif)
            icc = image.info.get("icc_profile") or None
            decoded.metadata = dataclasses.replace(found, icc=icc, exif=exif, dpi=exif_blocks.resolution(exif))
            decoded.orientation = regions.orientation_of(exif)
    return decoded


def _take_exif(path: Path, decoded: Decoded) -> None:
    """What the raw file itself says of the photo, where it is a TIFF; it goes before what its preview says."""
    with path.open("rb") as file:
        head = file.read(4)
        if head not in (b"II*\0", b"MM\0*"):
            return
        found = exif_blocks.directories(file)
    orientation = exif_blocks.number(found.first, exif_blocks.ORIENTATION, found.order)
    if orientation in range(1, 9):
        decoded.orientation = int(orientation or 1)
    kept, _ = exif_building.transplantable(exif_building.descriptive(found))
    turned = tuple(tag for tag in found.first if tag.code == exif_blocks.ORIENTATION)
    if kept.first or kept.exif or kept.gps:
        kept = dataclasses.replace(kept, first=(*kept.first, *turned))
        decoded.metadata = dataclasses.replace(decoded.metadata, exif=exif_building.build(kept))


def _pictures(file: BinaryIO, size: int) -> Iterator[tuple[int, int, int]]:
    """Longer side, first byte and length of each JPEG in a raw file that can be shown."""
    from handtint.imaging.formats.pillow import Image

    for count, (at, length) in enumerate(dict.fromkeys(_places(file, size))):
        if count >= _MOST_CANDIDATES:
            return
        if not 4 <= length <= _MOST_BYTES or at + 4 > size:
            continue
        file.seek(at)
        if file.read(3) != b"\xff\xd8\xff":
            continue
        file.seek(at)
        data = file.read(length)
        # Sensors' data lie in JPEG without loss, which Pillow opens no picture of.
        with (
            contextlib.suppress(OSError, SyntaxError, ValueError),
            Image.open(io.BytesIO(data), formats=("JPEG",)) as it,
        ):
            yield max(it.size), at, length


def _places(file: BinaryIO, size: int) -> Iterator[Place]:
    """Where a JPEG may lie."""
    file.seek(0)
    head = file.read(96)
    if head.startswith(_FUJI) and len(head) >= 92:
        yield struct.unpack_from(">II", head, 84)
    elif head[4:8] == b"ftyp":
        yield from _places_in_boxes(file, size)
    elif head[:2] in _ORDERS and head[2:4] in _MAGICS:
        with contextlib.suppress(exif_blocks.ExifError, struct.error):
            yield from _places_in_tiff(
                file, Form(_ORDERS[head[:2]]), struct.unpack(_ORDERS[head[:2]] + "I", head[4:8])[0]
            )


def _places_in_tiff(file: BinaryIO, form: Form, first: int) -> Iterator[Place]:
    waiting, seen = [first], set()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        at = waiting.pop(0)
        if at in seen or not at:
            continue
        seen.add(at)
        try:
            tags = {tag.code: tag for tag in exif_blocks.read_directory(file, form, at)}
            (count,) = struct.unpack(form.order + "H", exif_blocks.read_at(file, at, 2))
            (following,) = struct.unpack(form.order + "I", exif_blocks.read_at(file, at + 2 + 12 * count, 4))
        except (exif_blocks.ExifError, struct.error):
            continue
        waiting.append(following)
        waiting += _numbers(tags.get(_DIRECTORIES), form)
        for at_code, bytes_code in ((_JPEG_AT, _JPEG_BYTES), (_STRIP_AT, _STRIP_BYTES)):
            places, lengths = _numbers(tags.get(at_code), form), _numbers(tags.get(bytes_code), form)
            if len(places) == len(lengths) == 1:
                yield places[0], lengths[0]
        if _WHOLE_JPEG in tags:
            yield tags[_WHOLE_JPEG].at, len(tags[_WHOLE_JPEG].value)
        for place in _numbers(tags.get(exif_blocks.EXIF_IFD), form):
            yield from _place_in_maker_note(file, form, place)


def _place_in_maker_note(file: BinaryIO, form: Form, exif_at: int) -> Iterator[Place]:
    """Olympus says it there; its places count from the note's beginning."""
    with contextlib.suppress(exif_blocks.ExifError, struct.error):
        note = next(
            (t for t in exif_blocks.read_directory(file, form, exif_at) if t.code == exif_building.MAKER_NOTE), None
        )
        if note is None or not note.value.startswith((b"OLYMPUS\0", b"OM SYSTEM\0")):
            return
        start = 16 if note.value.startswith(b"OM") else 12
        inside = io.BytesIO(note.value)
        settings = {t.code: t for t in exif_blocks.read_directory(inside, form, start)}.get(_OLYMPUS_SETTINGS)
        for place in _numbers(settings, form):
            tags = {tag.code: tag for tag in exif_blocks.read_directory(inside, form, place)}
            at, length = _numbers(tags.get(_OLYMPUS_AT), form), _numbers(tags.get(_OLYMPUS_BYTES), form)
            if at and length:
                yield note.at + at[0], length[0]


def _numbers(tag: Tag | None, form: Form) -> list[int]:
    kind = {3: "H", 4: "I", 13: "I"}.get(tag.type) if tag is not None else None
    if tag is None or kind is None:
        return []
    count = min(tag.count, _MOST_DIRECTORIES)
    return list(struct.unpack_from(f"{form.order}{count}{kind}", tag.value))


def _places_in_boxes(file: BinaryIO, size: int) -> Iterator[Place]:
    """Of each track of a CR3 its first sample: that of one of them is the picture in full size."""
    path = Path(file.name)
    for kind, start, end in boxes.places(path, size):
        if kind != b"moov" or end - start > _MOST_BYTES:
            continue
        file.seek(start)
        for name, track in boxes.boxes(file.read(end - start)):
            if name != b"trak":
                continue
            inside = track
            for wanted in (b"mdia", b"minf", b"stbl"):
                inside = dict(boxes.boxes(inside)).get(wanted, b"")
            table = dict(boxes.boxes(inside))
            sizes, places = table.get(b"stsz", b""), table.get(b"co64", b"")
            if len(sizes) >= 12 and len(places) >= 16:
                (length,) = struct.unpack_from(">I", sizes, 4)
                (at,) = struct.unpack_from(">Q", places, 8)
                if not length and len(sizes) >= 16:
                    (length,) = struct.unpack_from(">I", sizes, 12)
                yield at, length
