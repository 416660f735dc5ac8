"""PNG chunks: the metadata of a PNG file, read and written without touching its pixels (see `png_pixels`).

ICC is iCCP, EXIF eXIf, XMP the iTXt `XML:com.adobe.xmp`, resolution pHYs; IPTC has no chunk
of its own and is written the way ImageMagick and ExifTool do, as hexadecimal text `Raw profile type iptc`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import BinaryIO

from handtint.imaging.metadata import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEY = b"XML:com.adobe.xmp"
_MAX_METADATA = 64 << 20
_INCH = 0.0254


def read_metadata(file: BinaryIO) -> Metadata:
    """Metadata of a PNG file; what is broken is left out."""
    found = Metadata()
    file.seek(len(SIGNATURE))
    while True:
        head = file.read(8)
        if len(head) < 8:
            return found
        length, kind = struct.unpack(">I4s", head)
        if kind not in (b"iCCP", b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"pHYs") or length > _MAX_METADATA:
            file.seek(length + 4, 1)
            if kind == b"IEND":
                return found
            continue
        data = file.read(length)
        file.seek(4, 1)
        try:
            found = _with(found, kind, data)
        except (ValueError, IndexError, struct.error, zlib.error):
            continue


def _with(found: Metadata, kind: bytes, data: bytes) -> Metadata:
    if kind == b"pHYs":
        x, y, unit = struct.unpack(">IIB", data)
        return replace(found, dpi=(x * _INCH, y * _INCH)) if unit == 1 and x and y else found
    if kind == b"eXIf":
        return replace(found, exif=data)
    if kind == b"iCCP":
        return replace(found, icc=_inflate(data[data.index(b"\0") + 2 :]))
    key, _, rest = data.partition(b"\0")
    if kind == b"iTXt" and key == _XMP_KEY:
        packed, (_language, _translated, text) = rest[0], rest[2:].split(b"\0", 2)
        return replace(found, xmp=_inflate(text) if packed else text)
    if kind in (b"zTXt", b"tEXt") and key in (b"Raw profile type iptc", b"Raw profile type exif"):
        text = _inflate(rest[1:]) if kind == b"zTXt" else rest
        raw = bytes.fromhex("".join(text.decode("latin-1").split("\n")[3:]))
        if key.endswith(b"iptc"):
            return replace(found, iptc=raw)
        if found.exif is None:
            return replace(found, exif=raw)
    return found


def _inflate(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _MAX_METADATA)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    check = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", check)))


def metadata_chunks(metadata: Metadata) -> bytes:
    """The chunks for metadata, which belong before the pixels."""
    chunks = b""
    if metadata.icc:
        chunks += chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(metadata.icc))
    if metadata.dpi:
        x, y = (round(value / _INCH) for value in metadata.dpi)
        chunks += chunk(b"pHYs", struct.pack(">IIB", x, y, 1))
    if metadata.exif:
        chunks += chunk(b"eXIf", metadata.exif)
    if metadata.iptc:
        lines = metadata.iptc.hex()
        text = "\n".join(lines[start : start + 72] for start in range(0, len(lines), 72))
        raw = f"\niptc\n{len(metadata.iptc):8d}\n{text}\n".encode("ascii")
        chunks += chunk(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(raw))
    if metadata.xmp:
        chunks += chunk(b"iTXt", _XMP_KEY + b"\0\0\0\0\0" + metadata.xmp)
    return chunks
