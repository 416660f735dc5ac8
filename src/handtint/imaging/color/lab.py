"""sRGB <-> CIE Lab: the only color math in Handtint, for numpy arrays and torch tensors alike.

The formulas use operators and methods that both libraries have, so that one text serves both. sRGB per IEC
61966-2-1 (gamma-encoded, 0..1), D65 white of the 2 degree observer, Lab per CIE 15; the same
constants as scikit-image. L is 0..100; a and b are about -86..98 and -108..94 inside the sRGB gamut.
"""

from __future__ import annotations

from typing import Any

Array = Any  # a floating numpy array or torch tensor

RGB_TO_XYZ = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
XYZ_TO_RGB = (
    (3.240481342967, -1.537151516271, -0.498536326168),
    (-0.969254949997, 1.875990001490, 0.041555926558),
    (0.055646639135, -0.204041338366, 1.057311069645),
)
WHITE = (0.95047, 1.0, 1.08883)
_EPSILON = 0.008856
KAPPA = 7.787
_OFFSET = 16.0 / 116.0


def srgb_to_linear(srgb: Array) -> Array:
    """Gamma-encoded 0..1 to linear light 0..1, any shape."""
    base = (srgb + 0.055) / 1.055
    return (srgb <= 0.04045) * (srgb / 12.92) + (srgb > 0.04045) * (base * (base > 0)) ** 2.4


def linear_to_srgb(linear: Array) -> Array:
    """Linear light to gamma-encoded, any shape. Values outside 0..1 pass through, negative ones linearly."""
    curve = 1.055 * (linear * (linear > 0)) ** (1 / 2.4) - 0.055
    return (linear <= 0.0031308) * (linear * 12.92) + (linear > 0.0031308) * curve


def _f(t: Array) -> Array:
    root = (t * (t > 0)) ** (1 / 3)
    return (t <= _EPSILON) * (KAPPA * t + _OFFSET) + (t > _EPSILON) * root


def _f_inverse(t: Array) -> Array:
    return (t <= 0.2068966) * ((t - _OFFSET) / KAPPA) + (t > 0.2068966) * (t * t * t)


def linear_to_lab(red: Array, green: Array, blue: Array) -> tuple[Array, Array, Array]:
    """Linear RGB planes 0..1 to L, a, b planes."""
    x, y, z = (
        _f((row[0] * red + row[1] * green + row[2] * blue) / white)
        for row, white in zip(RGB_TO_XYZ, WHITE, strict=True)
    )
    return 116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)


def lab_to_linear(lightness: Array, a: Array, b: Array) -> tuple[Array, Array, Array]:
    """L, a, b planes to linear RGB planes; out-of-gamut colors leave 0..1."""
    fy = (lightness + 16.0) / 116.0
    x = WHITE[0] * _f_inverse(fy + a / 500.0)
    y = WHITE[1] * _f_inverse(fy)
    z = WHITE[2] * _f_inverse(fy - b / 200.0)
    red, green, blue = (row[0] * x + row[1] * y + row[2] * z for row in XYZ_TO_RGB)
    return red, green, blue


def srgb_to_lab(red: Array, green: Array, blue: Array) -> tuple[Array, Array, Array]:
    """Gamma-encoded sRGB planes 0..1 to L, a, b planes."""
    return linear_to_lab(srgb_to_linear(red), srgb_to_linear(green), srgb_to_linear(blue))


def lab_to_srgb(lightness: Array, a: Array, b: Array) -> tuple[Array, Array, Array]:
    """L, a, b planes to gamma-encoded sRGB planes; out-of-gamut colors leave 0..1."""
    red, green, blue = lab_to_linear(lightness, a, b)
    return linear_to_srgb(red), linear_to_srgb(green), linear_to_srgb(blue)


def gray_to_lightness(srgb_gray: Array) -> Array:
    """Lightness of a neutral gray, sRGB-encoded 0..1."""
    return luminance_to_lightness(srgb_to_linear(srgb_gray))


def luminance_to_lightness(luminance: Array) -> Array:
    """Relative luminance Y 0..1 to lightness L 0..100, any shape."""
    return 116.0 * _f(luminance) - 16.0


def ab_of(red: int, green: int, blue: int) -> tuple[float, float]:
    """a and b of a color 0..255; its lightness is left out, for the photo has its own."""
    _, a, b = srgb_to_lab(red / 255, green / 255, blue / 255)
    return float(a), float(b)
