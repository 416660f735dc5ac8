"""Negatives: noticed by what photographs look like, and made positive.

A negative in black and white is noticed by `negative_network`. A color negative lies on an orange film: all of the
picture is orange, its lightest places too, which in a toned print or at sunset are nearly white.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.color.negative_network import SIDE, negativeness
from handtint.imaging.color.tone import Judgment
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.imaging.rows import Rows, mapped

_NOTE = Sentence("The photo is a negative; it was inverted.")
_ENDS = 0.1, 99.9  # percent of the pixels of a channel that become black and white
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)
_SURE = 1.0  # of `negativeness`, from which on a photo is called a negative
_LEAST_SIDE = 48  # cells; smaller pictures get no answer
# Of color film: what its clear places, the lightest, have of green and blue to red, and how alike they are.
_GREEN, _BLUE, _MOST_SPREAD = (0.45, 0.8), (0.25, 0.62), 0.1
_LEAST_ORANGE = 0.5  # of all cells that are not nearly black; what is yellow in the scene is blue on film
_NEARLY_BLACK = 0.06


def looks_negative(photo: Photo, judgment: Judgment) -> bool:
    """Whether a photo is a negative, of black-and-white or of color film; in doubt it is none.

    Args:
        judgment: the photo's; what is surely in color is no negative in black and white.
    """
    cells = photo.cells()
    if min(cells.shape[:2]) < _LEAST_SIDE:
        return False
    if _is_on_orange_film(cells):
        return True
    if judgment.is_color:
        return False
    gray = cells if cells.shape[2] == 1 else (cells @ _LUMA)[..., None]
    return negativeness(resize_planes(gray, (SIDE, SIDE))[..., 0]) > _SURE


def inverted(photo: Photo) -> Photo:
    """The photo with dark and light exchanged, at 16 bits: each channel from its own lightest to its own darkest.

    That takes the orange of color film away too.
    """
    samples, top = photo.samples(), int(np.iinfo(photo.pixels.dtype).max)
    low, high = np.percentile(samples.reshape(samples.shape[0] * samples.shape[1], -1), _ENDS, axis=0)
    room = np.maximum(high - low, 1.0)
    levels = np.arange(top + 1)[:, None]
    tables = np.rint(np.clip((high - levels) / room, 0, 1) * 65535).astype(np.uint16)

    def invert(part: np.ndarray) -> np.ndarray:
        if part.ndim == 2:
            return tables[:, 0][part]
        return np.stack([tables[:, channel][part[..., channel]] for channel in range(3)], axis=-1)

    pixels = mapped(invert, photo.pixels) if isinstance(photo.pixels, Rows) else invert(photo.pixels)
    alpha = photo.alpha
    if alpha is not None and alpha.dtype != np.uint16:
        alpha = np.asarray(alpha).astype(np.uint16) * np.uint16(257)
    meta = dataclasses.replace(photo.meta, notes=(*photo.meta.notes, _NOTE))
    return Photo(pixels, meta, alpha)


def _is_on_orange_film(cells: np.ndarray) -> bool:
    if cells.shape[2] == 1:
        return False
    seen = cells.reshape(-1, 3)
    seen = seen[seen[:, 0] > _NEARLY_BLACK]
    if len(seen) < len(cells):
        return False
    is_orange = (seen[:, 0] >= seen[:, 1]) & (seen[:, 1] >= seen[:, 2])
    light = seen[np.argsort(seen.sum(axis=1))[-max(len(seen) // 50, 8) :]]
    green, blue = (light[:, channel] / light[:, 0] for channel in (1, 2))
    is_base = all(low <= ratio.mean() <= high for ratio, (low, high) in ((green, _GREEN), (blue, _BLUE)))
    is_one_hue = max(green.std(), blue.std()) <= _MOST_SPREAD
    return bool(is_base and is_one_hue and is_orange.mean() >= _LEAST_ORANGE)
