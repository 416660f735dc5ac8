"""Whether a photo is gray, toned (one tint over all, such as sepia) or in color, however its paper and scan suffered.

A black-and-white picture has, at each place, the tint that its lightness has everywhere, except for what came on top:

    a mount        cut off first (`mount`)
    stains, light  yellowing and lamps multiply the channels by something that changes slowly over the picture
    fringes        red and blue lie beside green by parts of a pixel
    spots          foxing, stamps, colored places: far off, but they are the smaller part

So log ratios of the channels, red and blue to green, are fitted with a curve over lightness, polynomials over the
place (of stains, and of a sheen, which grows with darkness) and shifts along lightness' gradient, robustly: what lies
far off does not pull. What is left over is small nearly everywhere in a black-and-white picture, and in a color photo
it is not, for things side by side have colors of their own. Fifteen numbers tell how much is left, each the logarithm
of a percentile, in about Lab's units: `evidence` lists them. A logistic regression weighs them, their squares and
products; its weights stand in `resources/tone.npy` and were fitted on training photos as `python benchmarks/tone.py
--fit` does. docs/black-and-white.md has the figures.
"""

from __future__ import annotations

import functools

import numpy as np

from handtint import paths
from handtint.imaging.color import lab
from handtint.imaging.color.mount import inside_mount
from handtint.imaging.color.tone import Judgment, Tone

_FLOOR = 0.03  # added to each channel, so that noise in blacks makes no hue
_UNIT = 0.8  # a log ratio of 0.01 at lightness 100 is about 0.8 of Lab's chroma
_KNOTS = (0, 12, 25, 40, 55, 70, 85, 100)  # of the tint's curve, lightness
_DEGREE, _SHEEN_DEGREE = 6, 2
_LEAST_THINNED = 32  # cells of the shorter side
_FITS = 8
_NEAR = (0.15, 0.02)  # log ratio at which a place loses half its pull, in the first fit and the last
_STIFF = 1e-5  # keeps parts that a picture says nothing about at 0
_VOTING = (6.0, 97.0)  # lightness between which a picture can have color
_GRAY_CHROMA = 4.0
_LEAST_SIDE = 8
_STRIP, _STRIP_DEPTH = 8.0, 0.17  # units of chroma; part of the height or width
_SMOOTH, _NEIGHBORHOOD = 5, 7  # cells

_FAR_OFF = np.log(8.0)  # a tenth of the picture has such color: one thing in color in a gray world, or by hand?


def judge(srgb: np.ndarray) -> Judgment:
    """Tone of a photo shrunk to a long side of some 130 cells, (h, w, 3) sRGB-encoded float32 0..1."""
    picture = inside(srgb)
    left = evidence(picture)
    terms = np.append(left, 1.0)
    score = float(terms @ _weights() @ terms)
    sureness = float(np.tanh(abs(score) / 2))
    if score < 0:
        return Judgment(Tone.COLOR, sureness)
    if left[2] > _FAR_OFF:
        sureness = min(sureness, 0.5)
    return Judgment(Tone.GRAY if _is_neutral(picture) else Tone.TONED, sureness)


@functools.cache
def _weights() -> np.ndarray:
    """(16, 16) of the products of the evidence and 1."""
    return np.load(paths.resources_dir() / "tone.npy").astype(np.float64)


def inside(srgb: np.ndarray) -> np.ndarray:
    """A shrunk photo without its mount, and at least 8 cells a side."""
    short = [max(_LEAST_SIDE - side, 0) for side in srgb.shape[:2]]
    srgb = np.pad(srgb, ((0, short[0]), (0, short[1]), (0, 0)), mode="edge")
    return srgb[inside_mount(_smoothed(_log_ratios(srgb), _SMOOTH))]


def evidence(srgb: np.ndarray) -> np.ndarray:
    """(15,) how much is left over in what `inside` gives, each the logarithm of a percentile.

    Of what is smoothed over 5 cells: 50, 70, 90; of that across its main axis (stains and spots of one brown lie along
    it): 70, 90; of what is smoothed over 3 cells: 50, 90; of what varies within a neighborhood and does not follow
    lightness there: 50, 90, and across the main axis 50, 90; of what smoothing takes away, noise: 50; of what was there
    before stains and fringes were taken off: 50, 90; of the picture itself: 50.
    """
    ratios, lightness = _log_ratios(srgb), _lightness(srgb)
    level = np.log(srgb.mean(axis=2) + _FLOOR)
    can_vote = (lightness > _VOTING[0]) & (lightness < _VOTING[1])
    voting = can_vote if can_vote.mean() > 0.02 else np.ones_like(can_vote)
    left, untinted = _leftover(ratios, lightness, level, voting)
    strips = _strips(_size(_smoothed(left, _SMOOTH)) * lightness * _UNIT > _STRIP, voting)
    if strips.any():  # they pulled at the fit
        voting &= ~strips
        left, untinted = _leftover(ratios, lightness, level, voting)
    units = (lightness * _UNIT)[voting]
    smooth, little = _smoothed(left, _SMOOTH)[voting] * units[:, None], _smoothed(left, 3)
    other = np.linalg.eigh(smooth.T @ smooth)[1][:, 0]  # across the main axis
    local = _unexplained(little, level)[voting] * (units**2)[:, None, None]
    parts = (
        (_size(smooth), (50, 70, 90)),
        (np.abs(smooth @ other), (70, 90)),
        (_size(little[voting]) * units, (50, 90)),
        (np.sqrt(np.maximum(local[:, 0, 0] + local[:, 1, 1], 0)), (50, 90)),
        (np.sqrt(np.maximum(np.einsum("nij,i,j->n", local, other, other), 0)), (50, 90)),
        (_size((left - little)[voting]) * units, (50,)),
        (_size(_smoothed(untinted, _SMOOTH)[voting]) * units, (50, 90)),
        (_size(_smoothed(ratios, _SMOOTH)[voting]) * units, (50,)),
    )
    return np.log(np.concatenate([np.percentile(part, ranks) for part, ranks in parts]) + 0.1)


def _log_ratios(srgb: np.ndarray) -> np.ndarray:
    """(h, w, 2) of red and blue to green."""
    logs = np.log(srgb + _FLOOR)
    return np.stack([logs[..., 0] - logs[..., 1], logs[..., 2] - logs[..., 1]], axis=-1)


def _lightness(srgb: np.ndarray) -> np.ndarray:
    luminance = lab.srgb_to_linear(srgb) @ np.array(lab.RGB_TO_XYZ[1], np.float32)
    return lab.luminance_to_lightness(luminance).astype(np.float32)


def _leftover(
    ratios: np.ndarray, lightness: np.ndarray, level: np.ndarray, voting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(h, w, 2) log ratios less what tint, stains, sheen and fringes make of them, and less the tint alone.

    Fitted on every second cell in both directions.
    """
    h, w = lightness.shape
    y, x = (np.linspace(-1, 1, n, dtype=np.float32)[:, None] ** np.arange(_DEGREE + 1) for n in (h, w))
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i) if i + j]
    sheen = [(i, j) for i, j in powers if i + j <= _SHEEN_DEGREE]
    darkness = 1 - lightness / 100
    down, right = np.gradient(level)
    fringes = np.stack([right, down, right * x[:, 1], down * y[:, 1:2]])  # moved, and enlarged about the middle

    step = 2 if min(h, w) >= _LEAST_THINNED else 1
    few = np.s_[step // 2 :: step]
    knots = np.interp(lightness[few, few], _KNOTS, np.arange(len(_KNOTS)))
    tint = [np.maximum(1 - np.abs(knots - knot), 0) for knot in range(len(_KNOTS))]
    places = [np.outer(y[few, i], x[few, j]) for i, j in powers]
    over = [darkness[few, few] * np.outer(y[few, i], x[few, j]) for i, j in sheen]
    parts = np.stack([part.ravel() for part in (*tint, *fringes[:, few, few], *places, *over)]).astype(np.float32)
    pull = np.clip(lightness / 30, 0.1, 1) * np.where(voting, 1, 0.1)
    pull = pull[few, few].ravel().astype(np.float32)
    thinned = ratios[few, few].reshape(-1, 2).astype(np.float32)
    stiffness = np.diag(np.full(len(parts), _STIFF * pull.sum()))
    weight, amounts = pull, np.zeros((len(parts), 2))
    for near in np.geomspace(*_NEAR, _FITS - 2).tolist() + [_NEAR[1]] * 2:
        weighted = parts * weight
        amounts = np.linalg.solve((weighted @ parts.T).astype(float) + stiffness, weighted @ thinned)
        left = thinned - parts.T @ amounts.astype(np.float32)
        weight = pull / (1 + (left**2).sum(axis=1) / np.float32(near**2)) ** 2

    of_tint, of_fringes, of_places, of_sheen = np.split(
        amounts.astype(np.float32), np.cumsum([len(tint), len(fringes), len(places)])
    )
    untinted = ratios - np.stack([np.interp(lightness, _KNOTS, of_tint[:, channel]) for channel in (0, 1)], axis=-1)
    stains = _surface(y, x, powers, of_places) + darkness[..., None] * _surface(y, x, sheen, of_sheen)
    return untinted - np.tensordot(fringes, of_fringes, (0, 0)) - stains, untinted


def _surface(y: np.ndarray, x: np.ndarray, powers: list[tuple[int, int]], amounts: np.ndarray) -> np.ndarray:
    """(h, w, 2) polynomials from their amounts (n, 2) at (h, k) and (w, k) powers of the place."""
    grid = np.zeros((y.shape[1], x.shape[1], 2), np.float32)
    grid[tuple(np.transpose(powers))] = amounts
    return np.stack([y @ grid[..., channel] @ x.T for channel in (0, 1)], axis=-1)


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
    """(h, w, 2, 2) covariance of (h, w, 2) within a neighborhood, less what follows the level there."""
    red, blue = np.moveaxis(left, -1, 0)
    seen = (red, blue, level)
    products = (red * red, red * blue, blue * blue, red * level, blue * level, level * level)
    means = np.moveaxis(_smoothed(np.stack([*seen, *products], axis=-1), _NEIGHBORHOOD), -1, 0)
    r, b, m = means[:3]
    spread = means[8] - m * m + 1e-4
    red_follows, blue_follows = means[6] - r * m, means[7] - b * m
    shared = means[4] - r * b - red_follows * blue_follows / spread
    red_own, blue_own = means[3] - r * r - red_follows**2 / spread, means[5] - b * b - blue_follows**2 / spread
    return np.stack([red_own, shared, shared, blue_own], axis=-1).reshape(*level.shape, 2, 2)


def _size(planes: np.ndarray) -> np.ndarray:
    """Length of the pairs of (..., 2)."""
    return np.hypot(planes[..., 0], planes[..., 1])


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
