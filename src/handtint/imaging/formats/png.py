"""PNG chunks: the metadata of a PNG file, read and written without touching its pixels (see `png_pixels`).

ICC is iCCP, EXIF eXIf, XMP the iTXt `XML:com.adobe.xmp`, resolution pHYs, the last change tIME; title, author and the
like are texts with a keyword. IPTC has no chunk of its own and is written the way ImageMagick and ExifTool do, as
hexadecimal text `Raw profile type iptc`; EXIF, XMP and ICC are also read from such text.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from typing import BinaryIO

from handtint.errors import Sentence
from handtint.imaging.formats import photoshop, png_colors
from handtint.imaging.formats.decoded import BEYOND_SRGB, is_beyond_srgb
from handtint.imaging.formats.jpeg_metadata import EXIF_MARK, XMP_MARK
from handtint.imaging.metadata import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEY = b"XML:com.adobe.xmp"
_MAX_METADATA = 64 << 20
_MOST_TEXTS, _MAX_TEXT = 64, 1 << 20  # of all texts: bytes
_LONGEST_KEY = 79
_RAW = b"Raw profile type "
_READ = (b"iCCP", b"cICP", b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"pHYs", b"tIME")
_INCH = 0.0254
_TEXTS_LOST = Sentence("The photo holds more text than is carried over.")


def read_metadata(file: BinaryIO) -> tuple[Metadata, list[str]]:
    """Metadata of a PNG file, and sentences about what is lost; what is broken is left out."""
    found, raw = Metadata(), _Raw()
    notes: list[str] = []
    colors = png_colors.ColorChunks()
    file.seek(len(SIGNATURE))
    while True:
        head = file.read(8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if kind not in (*_READ, *png_colors.KINDS) or length > _MAX_METADATA:
            file.seek(length + 4, 1)
            if kind == b"IEND":
                break
            continue
        data = file.read(length)
        file.seek(4, 1)
        try:
            if kind in png_colors.KINDS:
                colors = png_colors.with_chunk(colors, kind, data)
            else:
                found = _with(found, kind, data, raw, notes)
        except (ValueError, IndexError, struct.error, zlib.error):
            if raw.left < 0:
                notes.append(_TEXTS_LOST)
                break
    found = replace(found, icc=found.icc or raw.icc, exif=found.exif or raw.exif, xmp=found.xmp or raw.xmp)
    if not found.icc and is_beyond_srgb(*raw.code_points):
        notes.append(BEYOND_SRGB)
    elif not found.icc:
        found = replace(found, icc=png_colors.profile_of(colors))
    return found, list(dict.fromkeys(notes))


@dataclass
class _Raw:
    """What texts hold in hexadecimal, which counts where no chunk of its own holds it.

    `left` is how many bytes may still be unpacked, `code_points` are the numbers of primaries and transfer in cICP.
    """

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    left: int = _MAX_METADATA
    code_points: tuple[int, int] = (1, 13)

    def inflate(self, data: bytes) -> bytes:
        """Unpack; a file of a few KB may hold gigabytes. Raises ValueError where it is too much, zlib's errors."""
        unpacked = zlib.decompressobj().decompress(data, self.left + 1)
        self.left -= len(unpacked)
        if self.left < 0:
            raise ValueError("there is too much of it")
        return unpacked


def _with(found: Metadata, kind: bytes, data: bytes, raw: _Raw, notes: list[str]) -> Metadata:
    if kind == b"pHYs":
        x, y, unit = struct.unpack(">IIB", data)
        return replace(found, dpi=(x * _INCH, y * _INCH)) if unit == 1 and x and y else found
    if kind == b"tIME":
        return replace(found, changed=data) if len(data) == 7 else found
    if kind == b"cICP":
        raw.code_points = data[0], data[1]
        return found
    if kind == b"eXIf":
        return replace(found, exif=data)
    if kind == b"iCCP":
        return replace(found, icc=raw.inflate(data[data.index(b"\0") + 2 :]))
    key, _, rest = data.partition(b"\0")
    if kind == b"iTXt":
        packed, (_language, _translated, text) = rest[0], rest[2:].split(b"\0", 2)
        text = raw.inflate(text) if packed else text
    else:
        text = raw.inflate(rest[1:]) if kind == b"zTXt" else rest
    if key == _XMP_KEY:
        return replace(found, xmp=found.xmp or text)
    if key.startswith(_RAW):
        return _with_raw(found, key[len(_RAW) :].lower(), text, raw)
    if len(found.texts) == _MOST_TEXTS or len(text) + sum(len(one) for _, one in found.texts) > _MAX_TEXT:
        notes.append(_TEXTS_LOST)
        return found
    said = text.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")
    return replace(found, texts=(*found.texts, (key.decode("latin-1"), said)))


def _with_raw(found: Metadata, kind: bytes, text: bytes, raw: _Raw) -> Metadata:
    data = bytes.fromhex("".join(text.decode("latin-1").split("\n")[3:]))
    if kind in (b"iptc", b"8bim"):
        iptc, others = photoshop.iptc_records(data)
        if found.iptc is None:
            return replace(found, iptc=iptc, resources=others)
        further = ((photoshop.IPTC, iptc),) if iptc and iptc != found.iptc else ()
        known = found.resources
        every = (*known, *(one for one in (*further, *others) if one not in known))
        return replace(found, resources=every[: photoshop.MOST])
    if kind in (b"icc", b"icm"):
        raw.icc = raw.icc or data
    elif data.startswith(XMP_MARK) or kind == b"xmp":  # APP1 is either, as the segment was
        raw.xmp = raw.xmp or data.removeprefix(XMP_MARK)
    elif kind == b"exif" or data.startswith(EXIF_MARK):
        raw.exif = raw.exif or data
    return found


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
    if metadata.changed:
        chunks += chunk(b"tIME", metadata.changed)
    if metadata.exif:
        chunks += chunk(b"eXIf", metadata.exif)
    # Programs look for bare records; only with more than these they are resources, which they read as well.
    records = photoshop.to_bytes(metadata.iptc, metadata.resources) if metadata.resources else metadata.iptc
    if records:
        lines = records.hex()
        text = "\n".join(lines[start : start + 72] for start in range(0, len(lines), 72))
        raw = f"\niptc\n{len(records):8d}\n{text}\n".encode("ascii")
        chunks += chunk(b"zTXt", _RAW + b"iptc\0\0" + zlib.compress(raw))
    if metadata.xmp:
        chunks += chunk(b"iTXt", _XMP_KEY + b"\0\0\0\0\0" + metadata.xmp)
    return chunks + b"".join(_text_chunk(key, text) for key, text in metadata.texts)


def _text_chunk(key: str, text: str) -> bytes:
    key, text = key.replace("\0", " ")[:_LONGEST_KEY] or "Comment", text.replace("\0", " ")
    try:
        return chunk(b"tEXt", key.encode("latin-1") + b"\0" + text.encode("latin-1"))
    except UnicodeEncodeError:
        return chunk(b"iTXt", key.encode("latin-1", "replace") + b"\0\0\0\0\0" + text.encode("utf-8", "replace"))
