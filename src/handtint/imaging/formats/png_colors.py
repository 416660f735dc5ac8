"""What a PNG file says of its colors without a profile: sRGB, gAMA and cHRM, as the ICC profile they stand for."""

from __future__ import annotations

import struct
from typing import NamedTuple

import imagecodecs

KINDS = (b"IHDR", b"sRGB", b"gAMA", b"cHRM")
_LEAST_GAMMA, _MOST_GAMMA, _SAME_GAMMA, _SAME = 0.1, 3.0, 0.02, 0.003
_SRGB_POINTS = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # x, y of white, red, green, blue
_D50 = (0.3457, 0.3585, 1.0)


class ColorChunks(NamedTuple):
    """What chunks other than a profile say of the colors; the first of each counts."""

    is_gray: bool = False
    is_srgb: bool = False
    gamma: float | None = None
    points: tuple[float, ...] | None = None


def with_chunk(colors: ColorChunks, kind: bytes, data: bytes) -> ColorChunks:
    """The colors with what one chunk says. Raises `struct.error`, IndexError for a broken one."""
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


def profile_of(colors: ColorChunks) -> bytes | None:
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
            made = imagecodecs.cms_profile("gray", whitepoint=_D50, gamma=gamma)
        else:
            made = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, gamma=gamma)
    except (RuntimeError, ValueError, TypeError):
        return None
    dated = bytearray(made)
    dated[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # not the date of today: same file, same result
    return bytes(dated)
