"""ICC profiles through LittleCMS: a file's colors to sRGB encoding and back, at 16 bits.

Arrays in: (H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK, uint8 or uint16. Arrays out: sRGB-encoded uint16,
gray as (H, W), anything else as (H, W, 3). Relative colorimetric without black point compensation, so that a
tone keeps its lightness. Raises `ProfileError` (never shown to a user) where LittleCMS refuses a profile.

Measured on LittleCMS 2.18: with its optimizer on, a 16-bit transform is off by up to 148 of 65,535 for gray
and moves L by 0.5 for RGB; with it off (`NOOPTIMIZE`) by 1 and by 0.007. It is always off here: 0.13 s a
megapixel.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable

import imagecodecs
import numpy as np

Convert = Callable[[np.ndarray], np.ndarray]

_INTENT = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
_FLAGS = imagecodecs.CMS.FLAGS.NOOPTIMIZE
_BAND_PIXELS = 1 << 20
_SAME = 64  # of 65,535: a quarter of an 8-bit step; profiles this near to sRGB are sRGB
_COLOR_SPACES = {b"GRAY": "gray", b"RGB ": "rgb", b"CMYK": "cmyk"}


class ProfileError(Exception):
    """A profile that LittleCMS cannot use."""


@functools.cache
def srgb_profile() -> bytes:
    """An sRGB profile of 588 bytes; the same bytes in every session."""
    profile = bytearray(imagecodecs.cms_profile("srgb"))
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # the date LittleCMS stamps on it
    return bytes(profile)


@functools.cache
def gray_srgb_profile() -> bytes:
    """A gray profile with the sRGB curve: the sRGB profile's header, texts, white and one of its curves."""
    tags = _tags(srgb_profile())
    kept = {name: tags[name] for name in (b"desc", b"cprt", b"wtpt")} | {b"kTRC": tags[b"rTRC"]}
    return _packed(srgb_profile(), kept, b"GRAY")


def _tags(profile: bytes) -> dict[bytes, bytes]:
    """The tags of a profile by their four-letter names. Raises `ProfileError`."""
    try:
        (count,) = struct.unpack_from(">I", profile, 128)
        entries = [struct.unpack_from(">4sII", profile, 132 + 12 * index) for index in range(min(count, 100))]
    except struct.error as error:
        raise ProfileError("it ends too early") from error
    return {name: profile[offset : offset + length] for name, offset, length in entries}


def _packed(profile: bytes, tags: dict[bytes, bytes], space: bytes) -> bytes:
    """A profile of these tags with another one's header."""
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    header = bytearray(profile[:128])
    header[0:4] = struct.pack(">I", start + len(body))
    header[16:20] = space
    header[84:100] = bytes(16)  # the checksum of the other one
    return bytes(header) + table + body


def color_space(profile: bytes) -> str | None:
    """ "gray", "rgb" or "cmyk", as the profile's header says; None for anything else or a broken profile."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    return _COLOR_SPACES.get(profile[16:20])


def _transform(data: np.ndarray, source: bytes, target: bytes, spaces: tuple[str, str]) -> np.ndarray:
    try:
        return imagecodecs.cms_transform(
            data,
            source,
            target,
            colorspace=spaces[0],
            outcolorspace=spaces[1],
            outdtype="uint16",
            intent=_INTENT,
            flags=_FLAGS,
        )
    except (RuntimeError, ValueError, TypeError) as error:
        raise ProfileError(str(error)) from error


def _in_bands(pixels: np.ndarray, source: bytes, target: bytes, space: str) -> np.ndarray:
    height, width = pixels.shape[:2]
    result = np.empty((height, width, 3), np.uint16)
    rows = max(_BAND_PIXELS // width, 1)
    for top in range(0, height, rows):
        band = np.ascontiguousarray(pixels[top : top + rows])
        result[top : top + rows] = _transform(band, source, target, (space, "rgb"))
    return result


def gray_table(profile: bytes, levels: int) -> np.ndarray:
    """(levels,) uint16 sRGB-encoded gray of each of 256 or 65,536 levels of a gray profile."""
    ramp = np.linspace(0, 65535, levels).round().astype(np.uint16).reshape(16, -1)
    # Green carries most of the lightness; rounded white points part the channels by a step of 65,535.
    rgb = _transform(ramp, profile, srgb_profile(), ("gray", "rgb")).reshape(levels, 3)
    return rgb[:, 1].copy()


def to_srgb(profile: bytes, dtype: np.dtype) -> Convert | None:
    """What turns pixels of a profile into sRGB encoding, uint16; None where the profile is sRGB itself."""
    space = color_space(profile)
    if space == "gray":
        levels = np.iinfo(dtype).max + 1
        table = gray_table(profile, levels)
        if np.abs(table.astype(np.int32) - np.linspace(0, 65535, levels)).max() <= _SAME:
            return None
        return table.__getitem__
    if space == "rgb" and _is_srgb(profile):
        return None
    if space is None:
        raise ProfileError("not a gray, RGB or CMYK profile")
    _transform(np.zeros((1, 1, 4 if space == "cmyk" else 3), dtype), profile, srgb_profile(), (space, "rgb"))
    return functools.partial(_in_bands, source=profile, target=srgb_profile(), space=space)


def gray_of_rgb(profile: bytes, dtype: np.dtype) -> Convert | None:
    """What turns gray pixels tagged with an RGB profile into sRGB encoding by its gray axis; None as above."""
    if color_space(profile) != "rgb":
        raise ProfileError("neither a gray nor an RGB profile")
    if _is_srgb(profile):
        return None
    levels = np.iinfo(dtype).max + 1
    ramp = np.linspace(0, 65535, levels).round().astype(np.uint16).reshape(16, -1)
    rgb = _transform(np.repeat(ramp[..., None], 3, axis=2), profile, srgb_profile(), ("rgb", "rgb"))
    return rgb.reshape(levels, 3)[:, 1].copy().__getitem__


def from_srgb(profile: bytes, space: str, dtype: np.dtype) -> Convert | None:
    """What turns sRGB-encoded pixels into a profile's encoding, uint16; None for a profile that is sRGB.

    `space` is that of the pixels: "gray" goes to gray profiles and "rgb" to RGB profiles. A profile without a way back
    raises `ProfileError`.
    """
    if color_space(profile) == "gray":
        if space != "gray":
            raise ProfileError("a gray profile for a picture in color")
        # LittleCMS turns tabulated curves round through 4,096 points, off by 0.04 of L in shadows: done here.
        levels = np.iinfo(dtype).max + 1
        table = _inverse(gray_table(profile, 65536), levels)
        if np.abs(table - np.linspace(0, 65535, levels)).max() <= _SAME:
            return None
        return table.__getitem__
    if color_space(profile) != "rgb" or space != "rgb":
        raise ProfileError("not an RGB profile")
    if _is_srgb(profile):
        return None
    tags = _tags(profile)
    if any(name[:3] in (b"A2B", b"B2A", b"D2B", b"B2D") for name in tags) or b"rTRC" not in tags:
        _transform(np.zeros((1, 1, 3), dtype), srgb_profile(), profile, ("rgb", "rgb"))
        return functools.partial(_in_bands, source=srgb_profile(), target=profile, space="rgb")
    # For the same reason primaries and curves apart: through the same primaries with sRGB's curve, whose
    # inverse is exact, then each channel through a table.
    curve = _tags(srgb_profile())[b"rTRC"]
    primaries = _packed(profile, tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}, b"RGB ")
    ramp = np.arange(65536, dtype=np.uint16).reshape(16, -1, 1).repeat(3, axis=2)
    there = _transform(ramp, profile, primaries, ("rgb", "rgb")).reshape(65536, 3)
    tables = [_inverse(there[:, channel], 65536) for channel in range(3)]

    def convert(pixels: np.ndarray) -> np.ndarray:
        result = _in_bands(pixels, srgb_profile(), primaries, "rgb")
        for channel, table in enumerate(tables):
            for top in range(0, len(result), 256):
                result[top : top + 256, :, channel] = table[result[top : top + 256, :, channel]]
        return result

    return convert


def _inverse(there: np.ndarray, levels: int) -> np.ndarray:
    """(levels,) uint16: the position in the rising table `there` at which each level is nearest."""
    if (np.diff(there.astype(np.int32)) < 0).any():
        raise ProfileError("a curve that falls")
    values = np.linspace(0, 65535, levels)
    return np.rint(np.interp(values, there, np.arange(len(there)))).astype(np.uint16)


@functools.lru_cache(maxsize=16)
def _is_srgb(profile: bytes) -> bool:
    axis = np.linspace(0, 65535, 9).astype(np.uint16)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(9, 81, 3)
    there = _transform(grid, profile, srgb_profile(), ("rgb", "rgb"))
    return int(np.abs(there.astype(np.int32) - grid).max()) <= _SAME
