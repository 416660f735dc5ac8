"""The bed of a scanner: what most of a scan's rim looks like."""

from __future__ import annotations

import math

import numpy as np

from handtint.repair.prints.rectangle import Rectangle

_RIM = 0.015  # of the longer side
_RIM_IS_BED = 0.5  # of the rim, at least: prints may lie at the scan's edge
_BED_SPREAD = 14.0  # of 255
_WHITE, _BLACK = 170.0, 85.0
_SHADOW, _AROUND = 0.02, 0.05  # of the longer side
_AROUND_UNLIKE = 0.2


def unlike_bed(scan: np.ndarray) -> np.ndarray | None:
    """(h, w) bool, what does not look like the bed; None where the rim shows no bed."""
    height, width = scan.shape[:2]
    rim = max(round(max(height, width) * _RIM), 2)
    if min(height, width) < 16 * rim:
        return None
    is_rim = np.ones((height, width), bool)
    is_rim[rim:-rim, rim:-rim] = False
    y, x = np.nonzero(is_rim)
    colors = scan[y, x]
    tones = colors.mean(axis=1)
    counts = np.convolve(np.bincount(tones.astype(np.intp), minlength=256), np.ones(9), "same")
    tone = float(np.argmax(counts))
    near = np.abs(tones - tone) < _BED_SPREAD
    if near.mean() < _RIM_IS_BED or _BLACK < tone < _WHITE:
        return None
    # The light of a scanner falls off: the bed's color slopes across it.
    places = np.stack((np.ones(len(x)), x / width, y / height), axis=1)
    left, slopes = np.zeros(len(colors)), np.zeros((3, 3))
    for _ in range(3):
        slopes = np.linalg.lstsq(places[near], colors[near], rcond=None)[0]
        left = np.abs(colors - places @ slopes).max(axis=1)
        near = left < max(3 * np.median(left[near]), 4.0)
        if near.mean() < _RIM_IS_BED * 0.8:
            return None
    noise = float(np.median(left[near]))
    rows, columns = np.arange(height)[:, None] / height, np.arange(width) / width
    apart = np.zeros((height, width), np.float32)
    for channel in range(3):
        base, across, down = slopes[:, channel]
        np.maximum(apart, np.abs(_averaged(scan[..., channel] - (base + across * columns + down * rows))), out=apart)
    return apart > max(3.0, 1.8 * noise)


def lies_on_bed(print_: Rectangle, unlike: np.ndarray, others: list[Rectangle]) -> bool:
    """Whether what is around a print, behind its shadow and beside other prints, looks like the bed."""
    longer = max(unlike.shape)
    away = _outside(print_, unlike.shape)
    around = (away > 0) & (away < _AROUND * longer)
    for other in others:
        around &= _outside(other, unlike.shape) > _SHADOW * longer
    behind = around & (away > _SHADOW * longer)
    seen = behind if behind.sum() > 0.3 * around.sum() else around
    return bool(seen.any()) and float(unlike[seen].mean()) < _AROUND_UNLIKE


def _outside(rectangle: Rectangle, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) how far outside a rectangle each pixel lies; negative inside."""
    x, y = np.arange(shape[1]) + 0.5 - rectangle.x, (np.arange(shape[0]) + 0.5 - rectangle.y)[:, None]
    cos, sin = math.cos(math.radians(rectangle.tilt)), math.sin(math.radians(rectangle.tilt))
    u, v = np.abs(cos * x + sin * y), np.abs(cos * y - sin * x)
    return np.maximum(u - rectangle.width / 2, v - rectangle.height / 2)


def _averaged(plane: np.ndarray) -> np.ndarray:
    """Means of 3 x 3."""
    padded = np.pad(plane, 1, mode="edge")
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (across[:-2] + across[1:-1] + across[2:]) / 9
