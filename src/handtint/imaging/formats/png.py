"""PNG chunks: the metadata of a PNG file, read and written without touching its pixels (see `png_pixels`).

ICC is iCCP, EXIF eXIf, XMP the iTXt `XML:com.adobe.xmp`, resolution pHYs; IPTC has no chunk
of its own and is written the way ImageMagick and ExifTool do, as hexadecimal text `Raw profile type iptc`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEY = b"XML:com.adobe.xmp"
_MAX_METADATA = 64 << 20
_INCH = 0.0254


@dataclass
class PngMetadata:
    """What the chunks of a PNG file say; see the module docstring."""

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None


def read_metadata(file: BinaryIO) -> PngMetadata:
    """Metadata of a PNG file; what is broken is left out."""
    found = PngMetadata()
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
            _take(found, kind, data)
        except (ValueError, IndexError, struct.error, zlib.error):
            continue


def _take(found: PngMetadata, kind: bytes, data: bytes) -> None:
    if kind == b"pHYs":
        x, y, unit = struct.unpack(">IIB", data)
        if unit == 1 and x and y:
            found.dpi = (x * _INCH, y * _INCH)
    elif kind == b"eXIf":
        found.exif = data
    elif kind == b"iCCP":
        found.icc = _inflate(data[data.index(b"\0") + 2 :])
    else:
        key, _, rest = data.partition(b"\0")
        if kind == b"iTXt" and key == _XMP_KEY:
            packed, (_language, _translated, text) = rest[0], rest[2:].split(b"\0", 2)
            found.xmp = _inflate(text) if packed else text
        elif kind in (b"zTXt", b"tEXt") and key in (b"Raw profile type iptc", b"Raw profile type exif"):
            text = _inflate(rest[1:]) if kind == b"zTXt" else rest
            raw = bytes.fromhex("".join(text.decode("latin-1").split("\n")[3:]))
            if key.endswith(b"iptc"):
                found.iptc = raw
            elif found.exif is None:
                found.exif = raw


def _inflate(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _MAX_METADATA)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    check = zlib.crc32(data, zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(data)), kind, data, struct.pack(">I", check)))


def metadata_chunks(metadata: PngMetadata) -> bytes:
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
