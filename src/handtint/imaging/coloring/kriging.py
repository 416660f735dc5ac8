"""How a coloring follows hints, also far from them.

A hint says by how much the coloring is off at its place. Elsewhere it is taken to be off by what is likeliest if errors
go together where places are near, of like lightness and color, and where the model holds the same colors likely: a
Gaussian process over these (kriging). No network takes part, so a hint shows at once, on every model.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

import numpy as np

from handtint.imaging.guided import box_mean
from handtint.imaging.resize import resize_planes
from handtint.recipe.hints import Hint, squares

# Chosen on 60 photographs of sources held out of the training, with 1 to 50 hints of true color at random places, and
# with 1 to 10 where the coloring is farthest off, as people click. Random ones would gain more by a reach of 1.4, those
# less.
_FAR, _NEAR = 0.5, 0.23  # of the short side: how far errors go together, most of them and the rest
_NEAR_SHARE = 0.3
_LIGHTNESS = 30.0
_COLOR = 12.0  # Lab units of a and b
_CHANCES = 0.6  # Hellinger distance times the root of 2, between distributions; they are at most 1.41 apart
_DOUBT = 0.05  # how little a hint at its own place gives way to others
_GRAIN = 1 / 128  # of the short side: light and color are means over so much around a place
_CHUNK_HINTS = 32


def follow_hints(
    ab: np.ndarray,
    lightness: np.ndarray,
    hints: Sequence[Hint],
    photo_size: tuple[int, int],
    chances: np.ndarray | None = None,
) -> np.ndarray:
    """(h, w, 2) float32 coloring in Lab units that follows the hints.

    Of hints whose middle a later one covers only the later counts.

    Args:
        ab: (h, w, 2) float32, the coloring without them.
        lightness: (h2, w2) float32 L of the whole photo.
        photo_size: height, width of the photo that the hints' pixels belong to.
        chances: (h3, w3, bins) float32, how likely the model holds each color; None where it does not say.
    """
    hints = _uppermost(hints)
    if not hints:
        return ab
    height, width = ab.shape[:2]
    places = np.moveaxis(np.mgrid[:height, :width].astype(np.float32), 0, -1) / min(height, width)
    light = resize_planes(lightness[..., None], (height, width))[..., 0]
    grain = max(round(min(height, width) * _GRAIN), 1)
    light, a, b = (box_mean(plane, grain) for plane in (light, ab[..., 0], ab[..., 1]))
    lab = np.stack([light / _LIGHTNESS, a / _COLOR, b / _COLOR], axis=-1).astype(np.float32)
    kinds: list[np.ndarray] = [lab]
    at_hints: list[np.ndarray] = [_at_hints(lab, hints, photo_size)]
    if chances is not None:
        roots = np.sqrt(chances) / np.float32(_CHANCES)
        held = _at_hints(roots, hints, photo_size)
        # As long as those of a cell, also where the hint lies over several things.
        held *= np.float32(1 / _CHANCES) / np.sqrt((held**2).sum(axis=1, keepdims=True))
        kinds.append(roots)
        at_hints.append(held)
    there = _at_hints(places, hints, photo_size)
    errors = np.array([(hint.a, hint.b) for hint in hints], np.float32) - _at_hints(ab, hints, photo_size)
    together = _together(_squared(there, there), _sum(_squared(at, at) for at in at_hints))
    weights = np.linalg.solve(together + _DOUBT * np.eye(len(hints)), errors).astype(np.float32)
    followed = ab.copy()
    for start in range(0, len(hints), _CHUNK_HINTS):
        some = slice(start, start + _CHUNK_HINTS)
        # What is coarser is brought to size as distances: there are fewer hints than pixels.
        unlike = [_squared(kind, at[some]) for kind, at in zip(kinds, at_hints, strict=True)]
        unlike = _sum(resize_planes(squared, (height, width)) for squared in unlike)
        followed += _together(_squared(places, there[some]), unlike) @ weights[some]
    return followed


def _at_hints(planes: np.ndarray, hints: Sequence[Hint], photo_size: tuple[int, int]) -> np.ndarray:
    """(n, c) means of (h, w, c) planes of the whole photo at the hints' places."""
    places = squares(hints, photo_size, (planes.shape[0], planes.shape[1]))
    return np.stack([planes[place].reshape(-1, planes.shape[2]).mean(0) for place in places])


def _uppermost(hints: Sequence[Hint]) -> list[Hint]:
    return [
        hint
        for number, hint in enumerate(hints)
        if not any(max(abs(hint.x - later.x), abs(hint.y - later.y)) <= later.radius for later in hints[number + 1 :])
    ]


def _squared(planes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(..., n) squared distances of (..., c) and (n, c)."""
    # |p - q|^2 by parts, so that one matrix product does the work.
    distance = (planes**2).sum(-1)[..., None] - 2 * planes @ points.T + (points**2).sum(1)
    return distance.clip(min=0)


def _sum(parts: Iterable[np.ndarray]) -> np.ndarray:
    return functools.reduce(np.add, parts)


def _together(away: np.ndarray, unlike: np.ndarray) -> np.ndarray:
    """How much errors go together, 1 at one place, from squared distances in place and in color."""
    far, near = (_likeness(away / reach**2 + unlike) for reach in (_FAR, _NEAR))
    return far + np.float32(_NEAR_SHARE) * (near - far)


def _likeness(squared: np.ndarray) -> np.ndarray:
    """1 where the distance is 0, towards 0 where it is large: rational quadratic of exponent 2, which reaches far."""
    return 1 / np.square(1 + squared / np.float32(4))
