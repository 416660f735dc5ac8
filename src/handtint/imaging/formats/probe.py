"""How large a picture is, what its metadata are and when it was taken, from the head of its file alone."""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import BinaryIO

from handtint.imaging.formats import dates, exif_building, jpeg_metadata, photoshop, png
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.sidecar import read_sidecar
from handtint.imaging.formats.xmp import CREATE_DATE, Packet, XmpError
from handtint.imaging.metadata import Metadata
from handtint.paths import is_file


def pixels_in(path: Path) -> tuple[int, int] | None:
    """Number of pixels and bits a channel (8 or 16) of a picture file; None where its head does not say."""
    try:
        if not is_file(path):  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            head = file.read(32)
        if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
            width, height, depth = struct.unpack(">IIB", head[16:25])
            return width * height, 16 if depth == 16 else 8
        if head[4:8] == b"ftyp":
            from handtint.imaging.formats import reader  # few photos need it

            return reader.head(path).pixels, 8
        from handtint.imaging.formats.pillow import HARMLESS, Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on broken metadata
            with Image.open(path, formats=HARMLESS) as image:
                return image.width * image.height, 16 if image.mode.startswith("I;16") else 8
    except Exception:  # noqa: BLE001 decoders raise whatever they like; the photo will say what is wrong when it is read
        return None


def pages_in(path: Path) -> int:
    """How many pictures of their own a TIFF or HEIC file holds; 1 for other files and where it does not say."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
        if head[:4] in _TIFF_HEADS or head[4:8] == b"ftyp":
            from handtint.imaging.formats import reader  # few photos need it

            return reader.head(path).pages
    except Exception:  # noqa: BLE001 decoders raise whatever they like; the photo will say what is wrong when it is read
        pass
    return 1


def embedded(path: Path) -> Metadata:
    """EXIF, XMP and IPTC of a picture file, without decoding its pixels; what is broken is left out.

    Raises `OSError`, and whatever decoders do.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head.startswith(png.SIGNATURE):
            return png.read_metadata(file)[0]
        if head.startswith(b"\xff\xd8"):
            return jpeg_metadata.read(file)[0]
        if head[:4] in _TIFF_HEADS:
            return _of_tiff(file)
    if head[4:8] == b"ftyp":
        from handtint.imaging.formats import reader  # few photos need it

        found = reader.head(path)
        return Metadata(exif=found.exif, xmp=found.xmp)
    if head == b"\0\0\0\x0cjP  \r\n\x87\n":
        from handtint.imaging.formats import jpeg2000  # likewise

        return jpeg2000.read_metadata(path, path.stat().st_size)[0]
    from handtint.imaging.formats.pillow import HARMLESS, Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # remarks on broken metadata
        with Image.open(path, formats=HARMLESS) as image:
            if image.format == "PSD":
                return photoshop.metadata(getattr(image, "resources", ()))
            return Metadata(exif=image.info.get("exif") or None, xmp=image.info.get("xmp") or None)


def _of_tiff(file: BinaryIO) -> Metadata:
    found = exif_blocks.directories(file)
    values = {tag.code: tag.value for tag in found.first if tag.code in (_XMP, _IPTC, _PHOTOSHOP)}
    iptc, _ = photoshop.split_iptc(photoshop.resources((values.get(_PHOTOSHOP, b""),)), values.get(_IPTC))
    kept, _ = exif_building.transplantable(exif_building.descriptive(found))
    return Metadata(exif=exif_building.build(kept), xmp=values.get(_XMP, b"").rstrip(b"\0") or None, iptc=iptc)


def taken_at(path: Path) -> float | None:
    """When a photo was taken, else scanned or changed, by its metadata or the XMP file beside it; None if unknown.

    In seconds since 1970 on this computer's clock.
    """
    try:
        if not is_file(path):  # a pipe would be waited for
            return None
        found = embedded(path)
    except Exception:  # noqa: BLE001 decoders raise whatever they like; the photo will say what is wrong when it is read
        found = Metadata()
    try:
        beside = read_sidecar(path)
    except OSError:
        beside = None
    by_exif = _dates_of_exif(found.exif)
    packets = [_packet(data) for data in (found.xmp, beside and beside.data)]
    texts = [by_exif.get(_ORIGINAL)]
    texts += [packet.date(name) for name in _TAKEN for packet in packets if packet]
    texts += [_date_of_iptc(found.iptc), *(text for key, text in found.texts if key.lower() == "creation time")]
    texts += [by_exif.get(_DIGITIZED)]
    texts += [packet.date(CREATE_DATE) for packet in packets if packet]
    texts += [by_exif.get(_CHANGED)]
    moments = (dates.parse(text) for text in texts if text)
    return next((dates.seconds(moment) for moment in moments if moment), None)


def _packet(data: bytes | None) -> Packet | None:
    try:
        return Packet(data) if data else None
    except XmpError:
        return None


def _dates_of_exif(block: bytes | None) -> dict[int, str]:
    try:
        found = exif_blocks.directories(io.BytesIO(exif_blocks.without_prefix(block) or b""))
    except exif_blocks.ExifError:
        return {}
    tags = (*found.first, *found.exif)
    return {
        tag.code: tag.value[:_LONGEST].decode("latin-1")
        for tag in tags
        if tag.code in (_ORIGINAL, _DIGITIZED, _CHANGED) and tag.type == 2
    }


def _date_of_iptc(records: bytes | None) -> str | None:
    """Date created (2:55), with its time (2:60)."""
    values, at, data = {}, 0, records or b""
    while data[at : at + 1] == b"\x1c" and at + 5 <= len(data):
        record, number, length = struct.unpack_from(">BBH", data, at + 1)
        if length >= 0x8000:
            break  # of a picture inside; dates come before
        values.setdefault((record, number), data[at + 5 : at + 5 + length].decode("latin-1"))
        at += 5 + length
    date, time = values.get((2, 55), ""), values.get((2, 60), "")
    return f"{date} {time[:6]}" if date and len(time) >= 6 else date or None


_ORIGINAL, _DIGITIZED, _CHANGED = 36867, 36868, 306
_XMP, _IPTC, _PHOTOSHOP = 700, 33723, 34377
_LONGEST = 64
_TIFF_HEADS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_TAKEN = ("{http://ns.adobe.com/exif/1.0/}DateTimeOriginal", "{http://ns.adobe.com/photoshop/1.0/}DateCreated")
