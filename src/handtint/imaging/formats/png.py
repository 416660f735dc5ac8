"""PNG chunks: the metadata of a PNG file, read and written without touching its pixels (see `png_pixels`).

ICC is iCCP, EXIF eXIf, XMP the iTXt `XML:com.adobe.xmp`, resolution pHYs; IPTC has no chunk
of its own and is written the way ImageMagick and ExifTool do, as hexadecimal text `Raw profile type iptc`.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import BinaryIO, NamedTuple

import imagecodecs

from handtint.imaging.metadata import Metadata

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP_KEY = b"XML:com.adobe.xmp"
_MAX_METADATA = 64 << 20
_READ = (b"IHDR", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"pHYs")
_LEAST_GAMMA, _MOST_GAMMA, _SAME_GAMMA, _SAME = 0.1, 3.0, 0.02, 0.003
_SRGB_POINTS = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # x, y of white, red, green, blue
_D50 = (0.3457, 0.3585, 1.0)
_INCH = 0.0254


def read_metadata(file: BinaryIO) -> Metadata:
    """Metadata of a PNG file; what is broken is left out."""
    found, colors = Metadata(), _Colors()
    file.seek(len(SIGNATURE))
    while True:
        head = file.read(8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if kind not in _READ or length > _MAX_METADATA:
            file.seek(length + 4, 1)
            if kind == b"IEND":
                break
            continue
        data = file.read(length)
        file.seek(4, 1)
        try:
            found = _with(found, kind, data)
            colors = _with_colors(colors, kind, data)
        except (ValueError, IndexError, struct.error, zlib.error):
            continue
    return found if found.icc else replace(found, icc=_profile(colors))


class _Colors(NamedTuple):
    """What chunks other than a profile say of the colors; the first of each counts."""

    is_gray: bool = False
    is_srgb: bool = False
    gamma: float | None = None
    points: tuple[float, ...] | None = None


def _with_colors(colors: _Colors, kind: bytes, data: bytes) -> _Colors:
    if kind == b"IHDR":
        return colors._replace(is_gray=data[9] in (0, 4))
    if kind == b"sRGB":
        return colors._replace(is_srgb=True)
    if kind == b"gAMA" and colors.gamma is None:
        (value,) = struct.unpack(">I", data)
        return colors._replace(gamma=value / 100_000)
    if kind == b"cHRM" and colors.points is None:
        return colors._replace(points=tuple(value / 100_000 for value in struct.unpack(">8I", data)))
    return colors


def _profile(colors: _Colors) -> bytes | None:
    """The ICC profile that gAMA and cHRM stand for; None where they say sRGB, nothing or nonsense.

    PNG's specification (4.3) has sRGB and iCCP go before them. 0.45455 is what writers put there who mean sRGB.
    """
    if colors.is_srgb or colors.gamma is None or not _LEAST_GAMMA <= colors.gamma <= _MOST_GAMMA:
        return None
    points = colors.points or _SRGB_POINTS
    has_srgb_points = max(abs(one - other) for one, other in zip(points, _SRGB_POINTS, strict=True)) < _SAME
    is_srgb_curve = abs(colors.gamma * 2.2 - 1) < _SAME_GAMMA
    if is_srgb_curve and (has_srgb_points or colors.is_gray):
        return None
    white, primaries = (*points[:2], 1.0), [*points[2:4], 1.0, *points[4:6], 1.0, *points[6:8], 1.0]
    gamma = 1 / colors.gamma
    try:
        if colors.is_gray:
            profile = imagecodecs.cms_profile("gray", whitepoint=_D50, gamma=gamma)
        else:
            profile = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=gamma)
    except (RuntimeError, ValueError, TypeError):
        return None
    dated = bytearray(profile)
    dated[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # not the date of today: same file, same result
    return bytes(dated)


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
