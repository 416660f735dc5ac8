"""Chroma at full size: joint upsampling of a small ab picture guided by lightness, and the merge to sRGB.

`ChromaField` is an interpolating guided filter (after He and Sun, Fast Guided Filter, 2015). In every small
window of the low-resolution picture ab is modeled as slope * L + offset. The slopes are smoothed and the
offsets chosen so that each low-resolution pixel keeps its own ab; slopes, offsets and the local range of L
are then interpolated bilinearly and applied to the full-size L. So color follows the edges of L, flat and
grainy areas are plainly interpolated, and nothing is extrapolated to an L that the window has not seen.

`paint` merges L and ab to sRGB pixels in strips that fit the processor's cache. Lightness is kept as it is;
where sRGB would clip, a and b shrink together (hue is kept) to the edge of the gamut.

Units: L 0..100, a and b in Lab units, float32; positions 0..1 across the whole photo.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from handtint.imaging import lab
from handtint.imaging.resize import resize_planes

_VARIANCE_FLOOR = 32.0  # of L: far below it, a change of L counts as grain and carries little color
_STRIP_PIXELS = 1 << 15  # a strip's float32 planes stay in a processor's second-level cache
_GAMUT_TOLERANCE = 1e-6  # in linear light; what float32 itself leaves open
_GAMUT_ROUNDS = 5  # chroma within 0.6 of the gamut's edge for 999 of 1000 colors up to chroma 60

# Linear RGB by its distance from gray: channel = Y + of_x * (X/Xn - Y) + of_z * (Z/Zn - Y). Written so,
# a = b = 0 gives three equal channels to the last bit.
_CHANNELS = tuple((np.float32(x * lab.WHITE[0]), np.float32(z * lab.WHITE[2])) for x, _, z in lab.XYZ_TO_RGB)
_KNEE = np.float32(6 / 29)  # below it Lab's curve is a straight line, its tangent there
_TOE_SLOPE = np.float32(1 / lab.KAPPA)
_LINEAR_STEPS = 1 << 16
_SQRT_STEPS = 4096


class ChromaField:
    """Color of a whole photo, to be read at any place and lightness.

    Args:
        ab: (h, w, 2) in Lab units, any size.
        lightness: (h2, w2) L of the same whole photo; brought to ab's size.
        strength: scales chroma; 1 is as predicted, 0 gray.
    """

    def __init__(self, ab: np.ndarray, lightness: np.ndarray, strength: float = 1.0) -> None:
        ab = np.asarray(ab, np.float32)
        guide = resize_planes(np.asarray(lightness, np.float32)[..., None], ab.shape[:2])[..., 0]
        mean = _box(guide)
        variance = _box(guide * guide) - mean * mean + _VARIANCE_FLOOR
        planes = [_windows(guide).min((-1, -2)), _windows(guide).max((-1, -2))]
        for channel in (ab[..., 0] * strength, ab[..., 1] * strength):
            slope = _box((_box(guide * channel) - mean * _box(channel)) / variance)
            planes += [slope, channel - slope * guide]
        self._planes = np.stack(planes).astype(np.float32)  # (6, h, w)

    def band(self, y: np.ndarray, x: np.ndarray) -> ChromaBand:
        """The field spread over columns at `x`, ready for rows at `y`; both rising, 0..1."""
        rows, row_parts = _neighbors(y, self._planes.shape[1])
        near = self._planes[:, rows[0] : rows[-1] + 2]  # (6, k, w)
        columns, column_parts = _neighbors(x, near.shape[2])
        wide = near.take(columns, axis=2)  # (6, k, W); plain indexing would lay columns out first
        beyond = near.take(columns + 1, axis=2, mode="clip")
        beyond -= wide
        beyond *= column_parts
        wide += beyond
        return ChromaBand(wide, rows - rows[0], row_parts)


class ChromaBand:
    """A band of a `ChromaField`, row by row on demand."""

    def __init__(self, planes: np.ndarray, rows: np.ndarray, row_parts: np.ndarray) -> None:
        self._planes = planes  # (6, k, W)
        self._rises = np.diff(planes, axis=1, append=planes[:, -1:])  # (6, k, W)
        self._rows = rows
        self._row_parts = row_parts[:, None]

    def ab(self, strip: slice, lightness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """a and b, (n, W) each, of the band's rows `strip`, whose L is `lightness` (n, W)."""
        guide = np.maximum(lightness, self._plane(0, strip))
        np.minimum(guide, self._plane(1, strip), out=guide)
        a = self._plane(2, strip)
        a *= guide
        a += self._plane(3, strip)
        b = self._plane(4, strip)
        b *= guide
        b += self._plane(5, strip)
        return a, b

    def _plane(self, index: int, strip: slice) -> np.ndarray:
        rows = self._rows[strip]
        plane = self._rises[index].take(rows, axis=0)
        plane *= self._row_parts[strip]
        plane += self._planes[index].take(rows, axis=0)
        return plane


def positions(start: int, stop: int, length: int, step: int = 1) -> np.ndarray:
    """Where pixels start..stop of a side of `length` pixels have their centers, as parts of that side.

    With `step`: the centers of runs of `step` pixels, the last of which may be shorter.
    """
    edges = np.append(np.arange(start, stop, step), stop)
    return (edges[:-1] + edges[1:]) / (2 * length)


def paint(lightness: np.ndarray, field: ChromaField, y: np.ndarray, x: np.ndarray, dtype: Any = np.uint8) -> np.ndarray:
    """(h, w, 3) sRGB-encoded pixels, uint8 or uint16, of a part of a photo.

    Args:
        lightness: (h, w) float32 L of the part.
        field: color of the whole photo.
        y, x: (h,) and (w,): where the part's rows and columns lie, 0..1 across the whole photo.
    """
    height, width = lightness.shape
    pixels = np.empty((height, width, 3), dtype)
    if not pixels.size:
        return pixels
    band = field.band(y, x)
    strip_rows = max(1, _STRIP_PIXELS // width)
    outside = []  # of each strip: which pixels sRGB lacks, as if all rows were one, and their L, a, b
    for top in range(0, height, strip_rows):
        strip = slice(top, min(top + strip_rows, height))
        planes = lightness[strip], *band.ab(strip, lightness[strip])
        channels = _linear(*_curves(*planes))
        _encode(channels, pixels[strip])
        where = _outside(channels)
        if where.size:
            outside.append((where + top * width, *(plane.ravel()[where] for plane in planes)))
    if outside:  # few, and for few pixels a call costs more than its arithmetic
        where, *planes = (np.concatenate(parts) for parts in zip(*outside, strict=True))
        pixels.reshape(-1, 3)[where] = encoded(*planes, pixels.dtype)
    return pixels


def encoded(lightness: np.ndarray, a: np.ndarray, b: np.ndarray, dtype: Any) -> np.ndarray:
    """(h, w, 3) sRGB-encoded pixels, uint8 or uint16, from float32 L, a, b; see `merge`."""
    pixels = np.empty((*lightness.shape, 3), dtype)
    _encode(merge(lightness, a, b), pixels)
    return pixels


def merge(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """Linear red, green, blue inside 0..1 from float32 L, a, b of one shape; L is kept, chroma gives way.

    As `lab.lab_to_linear` for colors that sRGB has.
    """
    curves = _curves(lightness, a, b)
    channels = _linear(*curves)
    where = _outside(channels)
    if where.size:
        inside = _into_gamut(*(plane.ravel()[where] for plane in curves))
        for channel, values in zip(channels, inside, strict=True):
            channel.reshape(-1)[where] = values
    return channels


def _curves(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    """f(Y), Y, and how far f(X) and f(Z) are from f(Y): a / 500 and -b / 200."""
    fy = lightness * np.float32(1 / 116)
    fy += np.float32(16 / 116)
    return fy, _f_inverse(fy), a * np.float32(1 / 500), b * np.float32(-1 / 200)


def _outside(channels: list[np.ndarray]) -> np.ndarray:
    """Flat indices of pixels that sRGB lacks."""
    lowest, highest = _extremes(channels)
    outside = lowest < -_GAMUT_TOLERANCE
    outside |= highest > 1 + _GAMUT_TOLERANCE
    return np.flatnonzero(outside)


def _into_gamut(fy: np.ndarray, luminance: np.ndarray, dx: np.ndarray, dz: np.ndarray) -> list[np.ndarray]:
    """Linear RGB of pixels that are outside sRGB, their chroma scaled down to the gamut's edge.

    False position with Illinois' remedy between scale 0 (gray, inside) and 1 (outside). The inner end of the
    bracket is returned: a few rounds may leave a little chroma unused but never move L.
    """
    inner = np.zeros_like(fy)
    outer = np.ones_like(fy)
    room = np.minimum(luminance, 1 - luminance)  # how far the inner end is inside
    np.maximum(room, 0, out=room)
    excess = _excess(_linear(fy, luminance, dx, dz))  # how far the outer end is outside
    for _ in range(_GAMUT_ROUNDS):
        scale = inner + (outer - inner) * (room / (room + excess))
        beyond = _excess(_linear(fy, luminance, dx * scale, dz * scale))
        inside = beyond <= 0
        # The end that stays put counts half, so that both ends close in.
        excess = np.where(inside, excess * np.float32(0.5), beyond)
        room = np.where(inside, -beyond, room * np.float32(0.5))
        inner = np.where(inside, scale, inner)
        outer = np.where(inside, outer, scale)
    return _linear(fy, luminance, dx * inner, dz * inner)


def _excess(channels: list[np.ndarray]) -> np.ndarray:
    lowest, highest = _extremes(channels)
    return np.maximum(-lowest, highest - 1)


def _extremes(channels: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    red, green, blue = channels
    lowest = np.minimum(red, green)
    highest = np.maximum(red, green)
    return np.minimum(lowest, blue, out=lowest), np.maximum(highest, blue, out=highest)


def _linear(fy: np.ndarray, luminance: np.ndarray, dx: np.ndarray, dz: np.ndarray) -> list[np.ndarray]:
    """Linear RGB, possibly outside 0..1, from `_curves`."""
    x = _f_inverse(fy + dx)
    x -= luminance
    z = _f_inverse(fy + dz)
    z -= luminance
    channels = []
    for of_x, of_z in _CHANNELS:
        channel = x * of_x
        channel += luminance
        channel += z * of_z
        channels.append(channel)
    return channels


def _f_inverse(t: np.ndarray) -> np.ndarray:
    """Lab's inverse curve: the cube above the knee, its tangent below."""
    above = np.maximum(t, _KNEE)
    below = t - above
    below *= _TOE_SLOPE
    cube = above * above
    cube *= above
    cube += below
    return cube


def _encode(channels: list[np.ndarray], pixels: np.ndarray) -> None:
    """Linear red, green, blue, clipped to 0..1, into sRGB-encoded (h, w, 3) or (n, 3) pixels."""
    encode = _encode_8 if pixels.dtype == np.uint8 else _encode_16
    for index, channel in enumerate(channels):
        pixels[..., index] = encode(channel)


def _encode_8(linear: np.ndarray) -> np.ndarray:
    """Linear to sRGB-encoded uint8, by a table: at most 0.03 off and rounded."""
    index = (linear * np.float32(_LINEAR_STEPS)).astype(np.intp)
    return _srgb8().take(index, mode="clip")


def _encode_16(linear: np.ndarray) -> np.ndarray:
    """Linear to sRGB-encoded uint16, by straight lines over the square root: 0.02 off and rounded."""
    starts, rises = _srgb16_of_root()
    root = np.sqrt(np.clip(linear, 0, 1))
    root *= np.float32(_SQRT_STEPS)
    index = root.astype(np.intp)
    root *= rises.take(index)
    root += starts.take(index)
    return root.astype(np.uint16)


@cache
def _srgb16_of_root() -> tuple[np.ndarray, np.ndarray]:
    """Of each straight line: where it would start at root 0, half a step added to be rounded, and its rise a step."""
    steps = np.arange(_SQRT_STEPS + 2)
    curve = lab.linear_to_srgb((steps / _SQRT_STEPS) ** 2) * 65535
    rises = np.diff(curve)
    rises[-1] = 0
    return (curve[:-1] - rises * steps[:-1] + 0.5).astype(np.float32), rises.astype(np.float32)


@cache
def _srgb8() -> np.ndarray:
    middle = (np.arange(_LINEAR_STEPS) + 0.5) / _LINEAR_STEPS
    return (lab.linear_to_srgb(middle) * 255 + 0.5).astype(np.uint8)


def _neighbors(part: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Index of the pixel before each position and how far (0..1) the position is towards the next."""
    place = np.clip(part * length - 0.5, 0, length - 1)
    index = np.minimum(place.astype(np.intp), max(length - 2, 0))
    return index, (place - index).astype(np.float32)


def _windows(plane: np.ndarray) -> np.ndarray:
    """(h, w, 3, 3): the 3 x 3 neighborhood of each pixel, edges repeated."""
    return sliding_window_view(np.pad(plane, 1, mode="edge"), (3, 3))


def _box(plane: np.ndarray) -> np.ndarray:
    """Mean of each 3 x 3 neighborhood, float32."""
    padded = np.pad(plane, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) * np.float32(1 / 9)
