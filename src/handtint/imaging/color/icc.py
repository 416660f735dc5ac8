"""ICC profiles through LittleCMS: a file's colors to sRGB encoding and back, at 16 bits.

Arrays in: (H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK, uint8 or uint16. Arrays out: sRGB-encoded uint16,
gray as (H, W), anything else as (H, W, 3). Relative colorimetric without black point compensation, so that a
tone keeps its lightness. Raises `ProfileError` (never shown to a user) where LittleCMS refuses a profile.

Measured on LittleCMS 2.18: with its optimizer on, a 16-bit transform is off by up to 148 of 65,535 for gray
and moves L by 0.5 for RGB; with it off (`NOOPTIMIZE`) by 1 and by 0.007. It is always off here: 0.13 s a
megapixel. So a profile of three curves and a matrix, as cameras and screens have, goes through it for its curves only;
the rest is done here, in a seventh of the time and for 999 of 1,000 values within 6 of 65,535 of it, at most 32.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable

import imagecodecs
import numpy as np

from handtint.imaging.color import lab
from handtint.imaging.color.merge import TOP, encode_16

Convert = Callable[[np.ndarray], np.ndarray]

_INTENT = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
_FLAGS = imagecodecs.CMS.FLAGS.NOOPTIMIZE
_BAND_PIXELS = 1 << 20
_STRIP_PIXELS = 1 << 14
_SAME = 64  # of 65,535: a quarter of an 8-bit step; profiles this near to sRGB are sRGB
_TRIED, _MOST_OFF = (9000, 58000), 0.5  # levels of 65,535, L: what a profile of tables is tried with and must keep
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


def is_slow(convert: Convert) -> bool:
    """Whether it takes so long that it is better done once and kept."""
    return isinstance(convert, functools.partial) and convert.func is _in_bands


@functools.lru_cache(maxsize=4)
def _curves(profile: bytes) -> list[np.ndarray] | None:
    """Of each channel (65536,) uint16: where its levels lie on sRGB's curve; None for a profile with other tables."""
    tags = _tags(profile)
    if any(name[:3] in (b"A2B", b"B2A", b"D2B", b"B2D") for name in tags) or b"rTRC" not in tags:
        return None
    curve = _tags(srgb_profile())[b"rTRC"]
    same_primaries = _packed(profile, tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}, b"RGB ")
    ramp = np.arange(65536, dtype=np.uint16).reshape(16, -1, 1).repeat(3, axis=2)
    there = _transform(ramp, profile, same_primaries, ("rgb", "rgb")).reshape(65536, 3)
    return [there[:, channel].copy() for channel in range(3)]


def _primaries(profile: bytes) -> np.ndarray:
    """(3, 3): X, Y, Z of each channel. Raises `ProfileError`."""
    tags = _tags(profile)
    try:
        columns = [struct.unpack_from(">3i", tags[name], 8) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    except (KeyError, struct.error) as error:
        raise ProfileError("no primaries") from error
    return np.array(columns).T / 65536


def _mix(
    pixels: np.ndarray, linear: list[np.ndarray], matrix: np.ndarray, after: list[np.ndarray] | None
) -> np.ndarray:
    """(h, w, 3) uint16: each channel through its table to linear light, the matrix, sRGB's curve, a table after it."""
    height, width = pixels.shape[:2]
    result = np.empty((height, width, 3), np.uint16)
    weights = (matrix * TOP).astype(np.float32)
    rows = max(_STRIP_PIXELS // width, 1)
    for top in range(0, height, rows):
        band = pixels[top : top + rows]
        light = np.stack([table.take(band[..., channel].ravel()) for channel, table in enumerate(linear)])
        for channel, codes in enumerate(encode_16(weights @ light)):
            mixed = codes if after is None else after[channel].take(codes)
            result[top : top + rows, :, channel] = mixed.reshape(band.shape[:2])
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
    curves = _curves(profile) if space == "rgb" else None
    if curves is not None:
        step = 65535 // np.iinfo(dtype).max
        linear = [_linear(curve[::step]) for curve in curves]
        matrix = np.linalg.solve(_primaries(srgb_profile()), _primaries(profile))
        return functools.partial(_mix, linear=linear, matrix=matrix, after=None)
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
    curves = _curves(profile)
    if curves is None:
        if not _leads_back(profile):
            raise ProfileError("its way from color to pixels is not that from pixels to color turned round")
        return functools.partial(_in_bands, source=srgb_profile(), target=profile, space="rgb")
    # Also because LittleCMS turns tabulated curves round badly, see above.
    linear = [_linear(np.linspace(0, 65535, np.iinfo(dtype).max + 1))] * 3
    matrix = np.linalg.solve(_primaries(profile), _primaries(srgb_profile()))
    return functools.partial(_mix, linear=linear, matrix=matrix, after=[_inverse(curve, 65536) for curve in curves])


@functools.lru_cache(maxsize=16)
def _leads_back(profile: bytes) -> bool:
    """Whether colors put into a profile of tables come out as they were: some profiles have tables for one way only,
    and nothing that means anything for the other."""
    axis = np.linspace(*_TRIED, 7).round().astype(np.uint16)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(7, 49, 3)
    there = _transform(grid, srgb_profile(), profile, ("rgb", "rgb"))
    back = _transform(there, profile, srgb_profile(), ("rgb", "rgb"))
    before, after = (
        lab.linear_to_lab(*np.moveaxis(lab.srgb_to_linear(codes / 65535), -1, 0)) for codes in (grid, back)
    )
    lightness = np.abs(before[0] - after[0])
    on_gray_axis = (grid == grid[..., :1]).all(axis=-1)
    return float(lightness[on_gray_axis].max()) <= _MOST_OFF and float(np.median(lightness)) <= _MOST_OFF


def _linear(codes: np.ndarray) -> np.ndarray:
    """Linear light 0..1, float32, of sRGB codes 0..65535."""
    return lab.srgb_to_linear(codes / 65535).astype(np.float32)


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
