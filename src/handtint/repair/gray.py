"""True gray: the channel of a black-and-white photo's color scan in which its damage shows least.

A stain is not in the photograph. The channels of an undamaged print are one gray through three tone curves; after these
are aligned, channels that disagree tell where damage is, and the sign tells which kind: yellow and brown stains darken
blue and hardly red, blue ink darkens red and hardly blue, mirroring silver lightens blue in shadows.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.imaging.color.tone import Tone
from handtint.imaging.guided import box_mean
from handtint.imaging.photo import Photo
from handtint.imaging.rows import mapped
from handtint.progress import Progress
from handtint.repair.survey import inside, luma, survey

CHANNELS = ("red", "green", "blue")
LIGHTNESS = "lightness"

LONGEST = 512
_SHARES = (0, 0.002, 0.01, 0.03, *np.linspace(0.06, 0.94, 20), 0.97, 0.99, 0.998, 1)  # of pixels: a tone curve's steps
_DISAGREE = 0.035  # encoded: channels that differ less agree
_FEWEST = 0.0015  # share of the picture: less disagreement is no reason to leave lightness
_SHADOW = 0.3  # encoded gray: below it silver mirrors
_CLEARLY = 2.0  # times as much blue ink as all else, and the gray is taken from blue


def true_gray(photo: Photo, wanted: str, progress: Progress | None = None) -> Photo:
    """The photo in gray from a channel, or with `auto` from that with the least damage; made as it is asked for.

    Its tones stay those of the photo: what is sound keeps its lightness, about.

    The photo itself for `lightness`, where it is gray already, and with `auto` where it is in color or lightness serves
    as well.
    """
    if photo.pixels.ndim == 2 or wanted == LIGHTNESS or (wanted == "auto" and photo.tone() is Tone.COLOR):
        return photo
    small = survey(photo, progress or Progress(), LONGEST)
    if wanted == "auto":
        wanted = cleanest(small)
        if wanted == LIGHTNESS:
            return photo
    channel = CHANNELS.index(wanted)
    top = int(np.iinfo(photo.pixels.dtype).max)
    values, grays = _tones(small[..., channel], luma(small))
    curve = np.interp(np.arange(top + 1) / top, [0, *values, 1], [0, *grays, 1])
    table = np.rint(top * curve).astype(photo.pixels.dtype)
    return dataclasses.replace(photo, pixels=mapped(lambda rows: table[rows[..., channel]], photo.pixels))


def cleanest(small: np.ndarray) -> str:
    """`red`, `blue` or `lightness`: where (h, w, 3) encoded values 0..1 show the least damage."""
    small = small[inside(luma(small))]
    gray = luma(small)
    if min(gray.shape) < 16:
        return LIGHTNESS
    red, blue = (box_mean(_aligned(small[..., channel], gray), 1) for channel in (0, 2))
    is_blue_darker, is_red_darker = red - blue > _DISAGREE, blue - red > _DISAGREE
    ink = (is_red_darker & (gray > _SHADOW)).mean()
    other = (is_blue_darker | (is_red_darker & (gray <= _SHADOW))).mean()
    if ink + other < _FEWEST:
        return LIGHTNESS
    return "blue" if ink > _CLEARLY * other else "red"  # where half a print is yellow, its sound half looks like ink


def _aligned(channel: np.ndarray, gray: np.ndarray) -> np.ndarray:
    """The channel with the tones of `gray`."""
    return np.interp(channel, *_tones(channel, gray)).astype(np.float32)


def _tones(channel: np.ndarray, gray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A tone curve: values of the channel, rising, and the median gray that goes with each."""
    edges = np.unique(np.quantile(channel, _SHARES))
    level = np.clip(np.searchsorted(edges, channel, "right") - 1, 0, max(len(edges) - 2, 0))
    values, grays = [], []
    for number in np.unique(level):
        chosen = level == number
        values.append(float(np.median(channel[chosen])))
        grays.append(float(np.median(gray[chosen])))
    return np.array(values), np.maximum.accumulate(grays)
