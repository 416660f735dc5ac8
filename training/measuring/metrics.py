"""Figures of a colored picture against its original. Lab units and 8-bit sRGB; each names its source."""

from __future__ import annotations

import numpy as np

from handtint.imaging.color import lab

_WINDOW = 7  # pixels a side, of structural similarity


def colorfulness(srgb: np.ndarray) -> float:
    """Colorfulness M of (h, w, 3) sRGB 0..255 (Hasler, Suesstrunk 2003)."""
    red, green, blue = (srgb[..., i].astype(np.float64) for i in range(3))
    rg, yb = red - green, 0.5 * (red + green) - blue
    return float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))


def psnr(srgb: np.ndarray, original: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of (h, w, 3) sRGB 0..255 over all channels."""
    error = np.mean((srgb.astype(np.float64) - original.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-10)))


def ab_mse(ab: np.ndarray, original: np.ndarray) -> float:
    """Mean squared error of (h, w, 2) ab over pixels and both channels, Lab units squared."""
    return float(np.mean((ab.astype(np.float64) - original.astype(np.float64)) ** 2))


def lab_of(srgb: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 Lab of (h, w, 3) uint8 sRGB."""
    planes = np.moveaxis(srgb.astype(np.float32) / 255, -1, 0)
    return np.stack(lab.srgb_to_lab(*planes), axis=-1)


def delta_e(lab_planes: np.ndarray, original: np.ndarray) -> float:
    """Mean color difference CIEDE2000 of (h, w, 3) Lab (Sharma, Wu, Dalal 2005); about 1 is just seen."""
    lightness_1, a_1, b_1 = np.moveaxis(original.astype(np.float64), -1, 0)
    lightness_2, a_2, b_2 = np.moveaxis(lab_planes.astype(np.float64), -1, 0)
    stretch = 1.5 - 0.5 * _high_chroma((np.hypot(a_1, b_1) + np.hypot(a_2, b_2)) / 2)
    chroma_1, chroma_2 = np.hypot(stretch * a_1, b_1), np.hypot(stretch * a_2, b_2)
    hue_1, hue_2 = np.arctan2(b_1, stretch * a_1), np.arctan2(b_2, stretch * a_2)
    is_gray = chroma_1 * chroma_2 == 0
    turn = np.where(is_gray, 0, (hue_2 - hue_1 + np.pi) % (2 * np.pi) - np.pi)
    hue = np.where(is_gray, hue_1 + hue_2, hue_1 + turn / 2) % (2 * np.pi)
    lightness, chroma = (lightness_1 + lightness_2) / 2, (chroma_1 + chroma_2) / 2
    weight = 1 - 0.17 * np.cos(hue - np.radians(30)) + 0.24 * np.cos(2 * hue)
    weight += 0.32 * np.cos(3 * hue + np.radians(6)) - 0.20 * np.cos(4 * hue - np.radians(63))
    off_50 = (lightness - 50) ** 2
    of_lightness = (lightness_2 - lightness_1) / (1 + 0.015 * off_50 / np.sqrt(20 + off_50))
    of_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    of_hue = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(turn / 2) / (1 + 0.015 * chroma * weight)
    blue_turn = np.radians(60) * np.exp(-(((np.degrees(hue) - 275) / 25) ** 2))
    rotation = -2 * np.sin(blue_turn) * _high_chroma(chroma) * of_chroma * of_hue
    return float(np.sqrt(np.maximum(of_lightness**2 + of_chroma**2 + of_hue**2 + rotation, 0)).mean())


def _high_chroma(chroma: np.ndarray) -> np.ndarray:
    """0 for gray, towards 1 for chroma far over 25."""
    return np.sqrt(chroma**7 / (chroma**7 + 25.0**7))


def ssim(srgb: np.ndarray, original: np.ndarray) -> float:
    """Structural similarity of (h, w, 3) uint8 sRGB, sides of 7 or more, mean over the channels; 1 is the same.

    Wang et al. 2004, with even windows of 7 by 7 pixels that lie inside the picture, and sample covariances.
    """
    x, y = srgb.astype(np.float64), original.astype(np.float64)
    mean_x, mean_y = _means(x), _means(y)
    sample = _WINDOW**2 / (_WINDOW**2 - 1)
    variances = sample * (_means(x * x) - mean_x**2 + _means(y * y) - mean_y**2)
    covariance = sample * (_means(x * y) - mean_x * mean_y)
    steady_1, steady_2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean_x * mean_y + steady_1) * (2 * covariance + steady_2)
    return float((alike / ((mean_x**2 + mean_y**2 + steady_1) * (variances + steady_2))).mean())


def _means(planes: np.ndarray) -> np.ndarray:
    """Means of (h, w, 3) in every window: (h - 6, w - 6, 3)."""
    sums = np.pad(planes, ((1, 0), (1, 0), (0, 0))).cumsum(0).cumsum(1)
    rows = sums[_WINDOW:] - sums[:-_WINDOW]
    return (rows[:, _WINDOW:] - rows[:, :-_WINDOW]) / _WINDOW**2
