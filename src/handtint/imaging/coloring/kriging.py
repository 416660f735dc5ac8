"""How a coloring follows hints, far from them too.

A hint says by how much the coloring is off at its place. Elsewhere it is taken to be off by what is likeliest if errors
go together where places are near, of like lightness and of like color: a Gaussian process over these (kriging). No
network takes part, so a hint shows at once, on every model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from handtint.imaging.guided import window_mean
from handtint.imaging.resize import resize_planes
from handtint.recipe.hints import Hint, squares

# Chosen on 50 photographs held out of the training, with 1 to 50 hints of true color; half or double gains less.
_NEAR = 0.4  # of the short side
_LIGHTNESS = 25.0
_COLOR = 10.0  # Lab units of a and b
_DOUBT = 0.08  # how little a hint at its own place gives way to others
_GRAIN = 1 / 128  # of the short side: light and color are means over so much around a place
_TAIL = 4  # of the rational quadratic kernel: a small one reaches far
_CHUNK_PIXELS = 1 << 14


def follow_hints(
    ab: np.ndarray, lightness: np.ndarray, hints: Sequence[Hint], photo_size: tuple[int, int]
) -> np.ndarray:
    """(h, w, 2) float32 coloring in Lab units that follows the hints.

    Of hints whose middle a later one covers only the later counts.

    Args:
        ab: (h, w, 2) float32, the coloring without them.
        lightness: (h2, w2) float32 L of the whole photo.
        photo_size: height, width of the photo that the hints' pixels belong to.
    """
    hints = _uppermost(hints)
    if not hints:
        return ab
    height, width = ab.shape[:2]
    unit = _NEAR * min(height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32) / unit
    light = resize_planes(lightness[..., None], (height, width))[..., 0]
    grain = max(round(min(height, width) * _GRAIN), 1)
    light, a, b = (window_mean(plane, grain) for plane in (light, ab[..., 0], ab[..., 1]))
    what = np.stack([y, x, light / _LIGHTNESS, a / _COLOR, b / _COLOR], axis=-1).astype(np.float32)
    places = squares(hints, photo_size, (height, width))
    points = np.stack([what[place].reshape(-1, 5).mean(0) for place in places])
    there = np.stack([ab[place].reshape(-1, 2).mean(0) for place in places])
    errors = np.array([(hint.a, hint.b) for hint in hints], np.float32) - there
    weights = np.linalg.solve(_likeness(points, points) + _DOUBT * np.eye(len(points)), errors).astype(np.float32)
    followed = ab.reshape(-1, 2).copy()
    pixels = what.reshape(-1, 5)
    for start in range(0, len(pixels), _CHUNK_PIXELS):
        chunk = slice(start, start + _CHUNK_PIXELS)
        followed[chunk] += _likeness(pixels[chunk], points) @ weights
    return followed.reshape(ab.shape)


def _uppermost(hints: Sequence[Hint]) -> list[Hint]:
    return [
        hint
        for number, hint in enumerate(hints)
        if not any(max(abs(hint.x - later.x), abs(hint.y - later.y)) <= later.radius for later in hints[number + 1 :])
    ]


def _likeness(pixels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(m, n), 1 where both are the same, of (m, 5) and (n, 5)."""
    # |p - q|^2 by parts, so that one matrix product does the work.
    distance = (pixels**2).sum(1)[:, None] - 2 * pixels @ points.T + (points**2).sum(1)
    return (1 + distance.clip(min=0) / (2 * _TAIL)) ** -_TAIL
