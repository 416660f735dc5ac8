"""The merge of L, a and b to sRGB pixels. Lightness is kept as it is; where sRGB would clip, chroma gives way.

a and b shrink together there (hue is kept) to the edge of the gamut. Linear light is counted 0..`TOP` here, so that a
channel is the place in the table that encodes it. Lab's inverse curve is a straight line with a bend added above the
knee: of a color 1/116 L, 1/500 a and -1/200 b go through the line, and through the bend what they add up to.

Units: L 0..100, a and b in Lab units, float32.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from handtint.imaging.color import lab

TOP = 1 << 16
_TOLERANCE = np.float32(1e-6 * TOP)  # what float32 itself leaves open
_ROUNDS = 5  # chroma within 0.6 of the gamut's edge for 999 of 1000 colors up to chroma 60
_STRIP_PIXELS = 1 << 15  # a strip's planes stay in a processor's second-level cache
_PRODUCT_PIXELS = 1 << 14  # a product of larger matrices would be shared out to threads, which spin when they wait
_SQRT_STEPS = 4096

_LINE = np.float32(1 / lab.KAPPA)
_KNEE = np.float32(2 / 29)  # of L / 116; the bend is u * u * (u + 18/29), u from here on
_BEND = np.float32(18 / 29)
# A channel is Y + of_x * (X/Xn - Y) + of_z * (Z/Zn - Y): so a = b = 0 gives three equal channels to the last bit.
_OF_XZ = np.array([(x * lab.WHITE[0], z * lab.WHITE[2]) for x, _, z in lab.XYZ_TO_RGB])
_MATRIX = np.hstack([_OF_XZ * float(_LINE), _OF_XZ]).astype(np.float32) * np.float32(TOP)  # (3, 4)


def strip_rows(width: int) -> int:
    """Rows of pictures of this width that are best merged at a time."""
    return max(_STRIP_PIXELS // width, 1)


class Merge:
    """Merges strips of a picture. The memory for their planes is reused: allocating it for every strip is slower.

    Args:
        pixels: (h, w, 3) uint8 or uint16, to be filled.
    """

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels
        self._scratch = _Scratch(strip_rows(pixels.shape[1]) * pixels.shape[1])
        self._outside: list[tuple[np.ndarray, ...]] = []  # flat indices of pixels that sRGB lacks, their L, a, b

    def put(self, top: int, lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
        """Fill the rows from `top` on with at most `strip_rows` rows of (n, w) planes."""
        pixels = self._pixels[top : top + len(lightness)]
        planes = [plane.reshape(-1) for plane in (lightness, a, b)]
        outside = self._scratch.encode(self._scratch.linear(*planes), pixels)
        where = np.flatnonzero(outside)
        if where.size:
            self._outside.append((where + top * self._pixels.shape[1], *(plane[where] for plane in planes)))

    def finish(self) -> None:
        """Fill in the pixels that sRGB lacks: all at once, as the call itself costs more than a few pixels."""
        if self._outside:
            where, lightness, a, b = (np.concatenate(parts) for parts in zip(*self._outside, strict=True))
            self._pixels.reshape(-1, 3)[where] = _encoded_inside(lightness, a, b, self._pixels.dtype)


def encoded(lightness: np.ndarray, a: np.ndarray, b: np.ndarray, dtype: Any) -> np.ndarray:
    """(h, w, 3) sRGB-encoded pixels, uint8 or uint16, from (h, w) L, a, b."""
    pixels = np.empty((*lightness.shape, 3), dtype)
    if pixels.size:
        merge, step = Merge(pixels), strip_rows(lightness.shape[1])
        for top in range(0, len(lightness), step):
            merge.put(top, *(plane[top : top + step] for plane in (lightness, a, b)))
        merge.finish()
    return pixels


def inside(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(3, n) linear red, green, blue within 0..`TOP` from (n,) L, a, b, chroma scaled down as far as must be.

    Lightness is exact. As `lab.lab_to_linear` for colors that sRGB has.
    """
    result = np.empty((3, lightness.size), np.float32)
    scratch = _Scratch(min(lightness.size, _STRIP_PIXELS))
    for start in range(0, lightness.size, _STRIP_PIXELS):
        part = slice(start, start + _STRIP_PIXELS)
        result[:, part] = _inside(scratch, lightness[part], a[part], b[part])
    return result


class _Scratch:
    """The arithmetic of up to `count` pixels, in memory of its own; what it returns is there until the next call."""

    def __init__(self, count: int) -> None:
        self._luminance = np.empty(count, np.float32)
        self._bends = np.empty((3, count), np.float32)  # of Y, X, Z
        self._terms = np.empty((4, count), np.float32)  # X and Z: the line's part and the bend's part beside Y
        self._channels = np.empty((3, count), np.float32)
        self._place = np.empty(count, np.int32)
        self._zero = np.zeros(count, np.float32)  # as a plane it is quicker than as a number

    def linear(self, lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(3, n) linear red, green, blue, possibly outside 0..`TOP`, from (n,) L, a, b."""
        count = lightness.size
        luminance, bends, terms = self._luminance[:count], self._bends[:, :count], self._terms[:, :count]
        channels = self._channels[:, :count]
        np.multiply(lightness, np.float32(1 / 116), out=luminance)
        np.multiply(a, np.float32(1 / 500), out=terms[0])
        np.multiply(b, np.float32(-1 / 200), out=terms[1])
        np.subtract(luminance, _KNEE, out=bends[0])
        np.add(bends[0], terms[0], out=bends[1])
        np.add(bends[0], terms[1], out=bends[2])
        np.maximum(bends, self._zero[:count], out=bends)
        np.add(bends, _BEND, out=channels)
        channels *= bends
        bends *= channels
        np.subtract(bends[1:], bends[0], out=terms[2:])
        luminance *= _LINE
        luminance += bends[0]
        luminance *= np.float32(TOP)
        for start in range(0, count, _PRODUCT_PIXELS):
            part = slice(start, start + _PRODUCT_PIXELS)
            np.matmul(_MATRIX, terms[:, part], out=channels[:, part])
        channels += luminance
        return channels

    def encode(self, channels: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """Fill (h, w, 3) pixels with channels (3, h * w), clipped, and say where (h * w,) one lies outside 0..`TOP`."""
        outside = np.zeros(channels.shape[1], bool)
        place = self._place[: channels.shape[1]]
        for index, channel in enumerate(channels):
            if pixels.dtype == np.uint8:
                np.copyto(place, channel, casting="unsafe")
                outside |= place.view(np.uint32) > TOP
                codes = _srgb8().take(place, mode="clip")  # at most 0.03 off and rounded
            else:
                outside |= channel < -_TOLERANCE
                outside |= channel > TOP + _TOLERANCE
                codes = encode_16(channel)
            pixels[..., index] = codes.reshape(pixels.shape[:2])
        return outside


def _encoded_inside(lightness: np.ndarray, a: np.ndarray, b: np.ndarray, dtype: Any) -> np.ndarray:
    """(n, 3) pixels of colors that sRGB lacks."""
    channels = inside(lightness, a, b)
    return (_srgb8().take(channels.astype(np.intp), mode="clip") if dtype == np.uint8 else encode_16(channels)).T


def _inside(scratch: _Scratch, lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`inside` of a strip.

    False position with Illinois' remedy between scale 0 (gray, inside) and 1. The inner end of the bracket is returned:
    a few rounds may leave a little chroma unused but never move L.
    """
    inner = np.zeros_like(lightness)
    outer = np.ones_like(lightness)
    luminance = scratch.linear(lightness, inner, inner)[0]
    room = np.clip(np.minimum(luminance, TOP - luminance), 0, None)  # how far the inner end is inside
    excess = _excess(scratch.linear(lightness, a, b))  # how far the outer end is outside
    inner[excess <= _TOLERANCE], excess[excess <= _TOLERANCE] = 1, TOP
    for _ in range(_ROUNDS):
        scale = inner + (outer - inner) * (room / (room + excess))
        beyond = _excess(scratch.linear(lightness, a * scale, b * scale))
        fits = beyond <= 0
        # The end that stays put counts half, so that both ends close in.
        excess = np.where(fits, excess * np.float32(0.5), beyond)
        room = np.where(fits, -beyond, room * np.float32(0.5))
        inner = np.where(fits, scale, inner)
        outer = np.where(fits, outer, scale)
    return scratch.linear(lightness, a * inner, b * inner)


def _excess(channels: np.ndarray) -> np.ndarray:
    return np.maximum(-channels.min(0), channels.max(0) - TOP)


def encode_16(channels: np.ndarray) -> np.ndarray:
    """Linear 0..`TOP`, any shape, clipped, to sRGB codes, uint16: straight lines over the root, 0.02 off, rounded."""
    starts, rises = _srgb16_of_root()
    root = np.sqrt(np.clip(channels, 0, TOP))
    root *= np.float32(_SQRT_STEPS / TOP**0.5)
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
    middle = (np.arange(TOP) + 0.5) / TOP
    return (lab.linear_to_srgb(middle) * 255 + 0.5).astype(np.uint8)
