"""Where the picture lies within what was scanned: on an album page, in a frame, beside a color target.

A mount has one hue all along at least three sides of the picture and ends there in a straight line. Its texture and
shading may be what they like: hue is read as log ratios of the channels, which light and shade leave alone.
"""

from __future__ import annotations

import numpy as np

_SAME_HUE = 0.09  # of log ratios: a page with its uneven light and a JPEG's noise stay within
_DEEPEST = 0.36  # of the picture's height or width that a mount may take at one side
_SMALLEST = 24  # cells a side, below which there is no answer


def inside_mount(hue: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the picture in (h, w, 2) smoothed log ratios; all of them where no mount is seen."""
    h, w = hue.shape[:2]
    best, sides = (slice(0, h), slice(0, w)), 2
    if min(h, w) < _SMALLEST:
        return best
    upright, across = hue[:, w * 3 // 10 : w * 7 // 10], hue[h * 3 // 10 : h * 7 // 10].swapaxes(0, 1)
    for part, end in ((upright, 1), (upright, -3), (across, 1), (across, -3)):
        card = np.median(part[end : end + 2].reshape(-1, 2), axis=0)
        cuts = [_depth(line[::way], card) for line in (upright, across) for way in (1, -1)]
        if (seen := sum(cut > 0 for cut in cuts)) > sides:
            top, bottom, left, right = cuts
            best, sides = (slice(top, h - bottom), slice(left, w - right)), seen
    return best


def _depth(lines: np.ndarray, card: np.ndarray) -> int:
    """How many of (n, m, 2) lines, counted from the first, belong to a mount of this hue; 0 if none is seen to end."""
    deepest = int(len(lines) * _DEEPEST)
    share = (np.hypot(*np.moveaxis(lines[: deepest + 6] - card, -1, 0)) < _SAME_HUE).mean(axis=1)
    last = np.flatnonzero(share[:deepest] >= 0.9)
    # Between card and picture lie a few lines that show a little of both.
    return int(last[-1]) + 4 if len(last) and share[last[-1] + 3 : last[-1] + 6].max() < 0.6 else 0
