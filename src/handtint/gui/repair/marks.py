"""A picture of marked pixels as a view of the photo shows them: every one of them, however small it is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage

from handtint.gui.canvas.viewport import View

if TYPE_CHECKING:
    import numpy as np

    from handtint.repair.damage.places import Places

_RIM = 0.45  # how opaque, against a mark itself, the pixels around it are where a mark may be less than a pixel


def marks_image(marks: Sequence[tuple[Places, QColor]], view: View, width: int, height: int) -> QImage:
    """An image of (width, height) device pixels, transparent where nothing is marked.

    Args:
        marks: pixels of the photo and the color they get; those that come later lie on top.
    """
    import numpy as np

    picture = np.zeros((height, width), np.uint32)
    for places, color in marks:
        is_marked = _seen(places, view, width, height)
        if view.scale < 1:
            picture[_spread(is_marked)] = _ink(color, _RIM)
        picture[is_marked] = _ink(color)
    data = picture.tobytes()
    return QImage(data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _seen(places: Places, view: View, width: int, height: int) -> np.ndarray:
    """(height, width) bool: the device pixels in which a marked pixel is seen."""
    import numpy as np

    left, top = view.to_photo((0.0, 0.0), (width, height))
    rows, columns = (
        slice(max(math.floor(start), 0), max(math.ceil(start + side / view.scale), 0))
        for start, side in (
            (top, height),
            (left, width),
        )
    )
    is_marked = places.mask(rows, columns)
    result = np.zeros((height, width), bool)
    if not is_marked.size:
        return result
    if view.scale >= 1:
        y = np.floor(top + (np.arange(height) + 0.5) / view.scale).astype(int) - rows.start
        x = np.floor(left + (np.arange(width) + 0.5) / view.scale).astype(int) - columns.start
        inside = ((y >= 0) & (y < is_marked.shape[0]))[:, None] & ((x >= 0) & (x < is_marked.shape[1]))
        picked = is_marked[np.clip(y, 0, is_marked.shape[0] - 1)[:, None], np.clip(x, 0, is_marked.shape[1] - 1)]
        return picked & inside
    y, x = np.nonzero(is_marked)
    y = np.floor((y + rows.start + 0.5 - top) * view.scale).astype(int)
    x = np.floor((x + columns.start + 0.5 - left) * view.scale).astype(int)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    result[y[inside], x[inside]] = True
    return result


def _spread(is_marked: np.ndarray) -> np.ndarray:
    """With the pixel on each side of every marked one."""
    result = is_marked.copy()
    result[1:] |= is_marked[:-1]
    result[:-1] |= is_marked[1:]
    result[:, 1:] |= is_marked[:, :-1]
    result[:, :-1] |= is_marked[:, 1:]
    return result


def _ink(color: QColor, share: float = 1.0) -> int:
    """A premultiplied ARGB32 value."""
    alpha = color.alphaF() * share
    red, green, blue = (round(value * alpha * 255) for value in (color.redF(), color.greenF(), color.blueF()))
    return round(alpha * 255) << 24 | red << 16 | green << 8 | blue
