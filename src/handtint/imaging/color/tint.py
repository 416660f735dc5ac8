"""Whether a photo is gray, toned (one tint over all, such as sepia) or in color, however its paper and scan suffered.

A black-and-white picture has, at each place, the tint that its lightness has everywhere, but for what came on top:

    a mount        cut off first (`mount`)
    stains, light  yellowing and lamps multiply the channels by something that changes slowly over the picture
    fringes        red and blue lie beside green by parts of a pixel
    spots          foxing, stamps, colored places: far off, but they are the smaller part

So log ratios of the channels, red and blue to green, are fitted with a curve over lightness, a polynomial over the
place and shifts along lightness' gradient, robustly: what lies far off does not pull. What is left over is small nearly
everywhere in a black-and-white picture, and in a color photo it is not, for things side by side have colors of their
own. Seven numbers tell how much is left, each the logarithm of a percentile, in about Lab's units: of all of it, of the
part across its main axis (stains and spots of one brown lie along it), and of what varies within a neighborhood and
does not follow lightness there. A logistic regression weighs them; its weights were fitted on training photos as
`python benchmarks/tone.py --fit` does. docs/black-and-white.md has the figures.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.color import lab
from handtint.imaging.color.mount import inside_mount
from handtint.imaging.color.tone import Judgment, Tone

_FLOOR = 0.03  # added to each channel, so that noise in blacks makes no hue
_UNIT = 0.8  # a log ratio of 0.01 at lightness 100 is about 0.8 of Lab's chroma
_KNOTS = (0, 12, 25, 40, 55, 70, 85, 100)  # of the tint's curve, lightness
_DEGREE = 4
_FITS = 8
_NEAR = (0.15, 0.02)  # log ratio at which a place loses half its pull, in the first fit and the last
_STIFF = 1e-5  # keeps parts that a picture says nothing about at 0
_VOTING = (6.0, 97.0)  # lightness between which a picture can have color
_GRAY_CHROMA = 4.0
_LEAST_SIDE = 8
_STRIP, _STRIP_DEPTH = 8.0, 0.17  # units of chroma; part of the height or width
_SMOOTH, _NEIGHBORHOOD = 5, 7  # cells

_WEIGHTS = (-3.1, -0.91, -0.33, -4.93, -1.14, 3.33, -0.57)
_FAR_OFF = np.log(8.0)  # a tenth of the picture has such color: one thing in color in a gray world, or by hand?
_BIAS = -3.21


def judge(srgb: np.ndarray) -> Judgment:
    """Tone of a photo shrunk to a long side of some 130 cells, (h, w, 3) sRGB-encoded float32 0..1."""
    picture = inside(srgb)
    left = evidence(picture)
    score = float(left @ np.array(_WEIGHTS)) + _BIAS
    sureness = float(np.tanh(abs(score) / 2))
    if score < 0:
        return Judgment(Tone.COLOR, sureness)
    if left[2] > _FAR_OFF:
        sureness = min(sureness, 0.5)
    return Judgment(Tone.GRAY if _is_neutral(picture) else Tone.TONED, sureness)


def inside(srgb: np.ndarray) -> np.ndarray:
    """A shrunk photo without its mount, and at least 8 cells a side."""
    short = [max(_LEAST_SIDE - side, 0) for side in srgb.shape[:2]]
    srgb = np.pad(srgb, ((0, short[0]), (0, short[1]), (0, 0)), mode="edge")
    return srgb[inside_mount(_smoothed(_log_ratios(srgb), _SMOOTH))]


def evidence(srgb: np.ndarray) -> np.ndarray:
    """(7,) how much is left over in what `inside` gives: see above."""
    lightness = _lightness(srgb)
    can_vote = (lightness > _VOTING[0]) & (lightness < _VOTING[1])
    voting = can_vote if can_vote.mean() > 0.02 else np.ones_like(can_vote)
    level = np.log(srgb.mean(axis=2) + _FLOOR)
    left = _leftover(_log_ratios(srgb), lightness, level)
    smooth = _smoothed(left, _SMOOTH) * (lightness * _UNIT)[..., None]
    voting &= ~_strips(np.hypot(*np.moveaxis(smooth, -1, 0)) > _STRIP, voting)
    smooth, units = smooth[voting], (lightness * _UNIT)[voting]
    main = np.linalg.eigh(smooth.T @ smooth)[1]
    local = _unexplained(_smoothed(left, 3), level)[voting] * units
    return np.log(
        np.concatenate(
            [
                np.percentile(np.hypot(*smooth.T), (50, 70, 90)),
                np.percentile(np.abs(smooth @ main[:, 0]), (70, 90)),
                np.percentile(local, (50, 90)),
            ]
        )
        + 0.1
    )


def _log_ratios(srgb: np.ndarray) -> np.ndarray:
    """(h, w, 2) of red and blue to green."""
    logs = np.log(srgb + _FLOOR)
    return np.stack([logs[..., 0] - logs[..., 1], logs[..., 2] - logs[..., 1]], axis=-1)


def _lightness(srgb: np.ndarray) -> np.ndarray:
    luminance = lab.srgb_to_linear(srgb) @ np.array(lab.RGB_TO_XYZ[1], np.float32)
    return lab.luminance_to_lightness(luminance).astype(np.float32)


def _leftover(ratios: np.ndarray, lightness: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(h, w, 2) log ratios less what tint, stains and fringes make of them."""
    h, w = lightness.shape
    y, x = np.meshgrid(np.linspace(-1, 1, h), np.linspace(-1, 1, w), indexing="ij")
    down, right = np.gradient(level)
    knots = np.interp(lightness, _KNOTS, np.arange(len(_KNOTS)))
    tint = [np.maximum(1 - np.abs(knots - knot), 0) for knot in range(len(_KNOTS))]
    fringes = [right, down, right * x, down * y]  # moved, and enlarged about the middle
    places = [x**i * y**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i) if i + j]
    parts = np.stack([part.ravel() for part in (*tint, *fringes, *places)]).astype(np.float32)
    ratios = ratios.reshape(-1, 2).astype(np.float32)
    pull = np.clip(lightness / 30, 0.1, 1) * np.where(lightness < _VOTING[1], 1, 0.1)
    pull = pull.ravel().astype(np.float32)
    stiffness = np.diag(np.full(len(parts), _STIFF * pull.sum()))
    weight, left = pull, ratios
    for near in np.geomspace(*_NEAR, _FITS - 2).tolist() + [_NEAR[1]] * 2:
        weighted = parts * weight
        amounts = np.linalg.solve((weighted @ parts.T).astype(float) + stiffness, weighted @ ratios)
        left = ratios - parts.T @ amounts.astype(np.float32)
        weight = pull / (1 + (left**2).sum(axis=1) / np.float32(near**2)) ** 2
    return left.reshape(h, w, 2)


def _strips(is_far_off: np.ndarray, voting: np.ndarray) -> np.ndarray:
    """(h, w) whether a cell belongs to a strip along an edge that is far off for half its length: a color target."""
    result = np.zeros_like(voting)
    for turns in range(4):  # each edge in turn is the upper one
        far, votes, found = (np.rot90(plane, turns) for plane in (is_far_off & voting, voting, result))
        share = far.sum(axis=1) / np.maximum(votes.sum(axis=1), 1)
        deepest = int(len(share) * _STRIP_DEPTH)
        ends = np.flatnonzero(share[: deepest + 1] < 0.5)
        if len(ends) and ends[0] > 1:  # what goes on is no strip
            found[: min(ends[0] + 2, deepest)] = True
    return result


def _unexplained(left: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(h, w) deviation of (h, w, 2) within a neighborhood, less what follows the level there."""
    mean_level, mean = _smoothed(level, _NEIGHBORHOOD), _smoothed(left, _NEIGHBORHOOD)
    spread = _smoothed(level**2, _NEIGHBORHOOD) - mean_level**2 + 1e-4
    shared = _smoothed(left * level[..., None], _NEIGHBORHOOD) - mean * mean_level[..., None]
    rest = _smoothed(left**2, _NEIGHBORHOOD) - mean**2 - shared**2 / spread[..., None]
    return np.sqrt(np.maximum(rest, 0).sum(axis=2))


def _smoothed(planes: np.ndarray, side: int) -> np.ndarray:
    """Means of side x side cells of (h, w) or (h, w, c), its edges repeated."""
    reach = side // 2
    edges = ((reach + 1, reach), (reach + 1, reach), (0, 0))[: planes.ndim]
    sums = np.pad(planes, edges, mode="edge").astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    total = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return (total / side**2).astype(np.float32)


def _is_neutral(srgb: np.ndarray) -> bool:
    """Whether most of a black-and-white picture has hardly any tint."""
    chroma = np.hypot(*np.moveaxis(_smoothed(_log_ratios(srgb), 3), -1, 0)) * _lightness(srgb) * _UNIT
    return bool(np.percentile(chroma, 85) < _GRAY_CHROMA)
