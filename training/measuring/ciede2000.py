"""CIEDE2000, the color difference that figures of faded color are given in (Sharma, Wu and Dalal, 2005)."""

from __future__ import annotations

import numpy as np

from handtint.imaging.color import lab

_FAR = 25.0**7


def between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(...) differences of (..., 3) uint8 sRGB pictures."""
    return delta_e(_lab(first), _lab(second))


def _lab(pixels: np.ndarray) -> np.ndarray:
    return np.stack(lab.srgb_to_lab(*np.moveaxis(pixels.astype(np.float64) / 255, -1, 0)), axis=-1)


def delta_e(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(...) differences of (..., 3) Lab colors."""
    l1, a1, b1 = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    mean_c7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean_c7 / (mean_c7 + _FAR))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    has_hue = c1 * c2 != 0
    turn = np.where(has_hue, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi, 0)
    off_l, off_c, off_h = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)
    mean_l, mean_c, total = (l1 + l2) / 2, (c1 + c2) / 2, h1 + h2
    is_far = np.abs(h1 - h2) > np.pi
    mean_h = np.where(has_hue, (total + np.where(is_far, np.where(total < 2 * np.pi, 2, -2) * np.pi, 0)) / 2, total)
    degrees = np.degrees(mean_h)
    of_hue = (
        1
        - 0.17 * np.cos(mean_h - np.pi / 6)
        + 0.24 * np.cos(2 * mean_h)
        + 0.32 * np.cos(3 * mean_h + np.radians(6))
        - 0.20 * np.cos(4 * mean_h - np.radians(63))
    )
    bend = (mean_l - 50) ** 2
    scale_l = 1 + 0.015 * bend / np.sqrt(20 + bend)
    scale_c, scale_h = 1 + 0.045 * mean_c, 1 + 0.015 * mean_c * of_hue
    twist = np.radians(60 * np.exp(-(((degrees - 275) / 25) ** 2)))
    turned = -2 * np.sqrt(mean_c**7 / (mean_c**7 + _FAR)) * np.sin(twist)
    part_l, part_c, part_h = off_l / scale_l, off_c / scale_c, off_h / scale_h
    return np.sqrt(np.maximum(part_l**2 + part_c**2 + part_h**2 + turned * part_c * part_h, 0))
