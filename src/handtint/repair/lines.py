"""The angle at which the long straight lines of a picture lie: horizons, walls, the edges of tables.

For each angle the picture's edges that run nearly that way are gathered on an axis across it. Where many lie in line
they pile up, and the angle at which they pile up most is that of the lines; edges of everything else spread evenly.
"""

from __future__ import annotations

import numpy as np

SIDE = 640
LARGEST = 15.0  # degrees
_STEP = 0.25
_EDGES = 20_000
_AGREES = 5.0  # degrees by which an edge may differ from its line
_PROMINENCE = 2.5  # of the best angle above the middle one
_AHEAD = 1.15  # of the best angle above any that is not next to it; lines in perspective have several
_LEAST_EDGES = 300


def tilt_of_lines(plane: np.ndarray) -> float | None:
    """Degrees clockwise by which the lines of a picture are tilted, -15..15; None where there are no such lines.

    Args:
        plane: (h, w) float32 lightness, of `SIDE` at most.
    """
    edges = _edges(plane)
    if edges is None:
        return None
    angles = np.arange(-LARGEST - 2, LARGEST + 2 + _STEP / 2, _STEP)
    scores = np.array([_piled(edges, angle) for angle in angles])
    best = int(np.argmax(scores))
    others = scores[np.abs(angles - angles[best]) > 2]
    if scores[best] < max(_PROMINENCE * np.median(scores), _AHEAD * others.max()) or abs(angles[best]) > LARGEST:
        return None
    fine = angles[best] + np.arange(-0.4, 0.41, 0.05)
    fine_scores = np.array([_piled(edges, angle) for angle in fine])
    weights = np.maximum(fine_scores - np.quantile(fine_scores, 0.6), 0) + 1e-9
    return float(np.clip(np.average(fine, weights=weights), -LARGEST, LARGEST))


def _edges(plane: np.ndarray) -> tuple[np.ndarray, ...] | None:
    """Of each edge that runs nearly across or nearly down: x, y, slope in degrees, strength, which of both."""
    if min(plane.shape) < 32:
        return None
    padded = np.pad(plane, 1, mode="edge")
    smooth = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) / 16
    down = (smooth[2:, 1:-1] - smooth[:-2, 1:-1])[2:-2, 2:-2] / 2
    across = (smooth[1:-1, 2:] - smooth[1:-1, :-2])[2:-2, 2:-2] / 2
    strength = np.hypot(down, across)
    level = max(1.0, float(np.quantile(strength, 0.7)))
    y, x = np.nonzero(strength > level)
    if len(y) > _EDGES:
        keep = np.random.default_rng(0).choice(len(y), _EDGES, replace=False)
        y, x = y[keep], x[keep]
    gy, gx = down[y, x], across[y, x]
    runs_across = np.abs(gy) > np.abs(gx)
    slope = np.degrees(np.where(runs_across, np.arctan2(-gx * np.sign(gy), np.abs(gy)), 0))
    slope = np.where(runs_across, slope, np.degrees(np.arctan2(gy * np.sign(gx), np.abs(gx))))
    kept = np.abs(slope) < LARGEST + 2 + _AGREES
    if kept.sum() < _LEAST_EDGES:
        return None
    height, width = plane.shape
    amount = np.minimum(strength[y, x], 3 * level)
    return x[kept] - width / 2, y[kept] - height / 2, slope[kept], amount[kept], runs_across[kept]


def _piled(edges: tuple[np.ndarray, ...], angle: float) -> float:
    """How much edges that run at an angle lie in line with one another."""
    x, y, slope, amount, runs_across = edges
    near = np.abs(slope - angle) < _AGREES
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    total = 0.0
    for chosen, away in ((near & runs_across, y * cos - x * sin), (near & ~runs_across, x * cos + y * sin)):
        if not chosen.any():
            continue
        place = away[chosen] + 1000
        whole = np.floor(place).astype(np.intp)
        rest, weight = place - whole, amount[chosen]
        heap = np.bincount(whole, weight * (1 - rest), 2048) + np.bincount(whole + 1, weight * rest, 2048)
        total += float((heap * heap).sum())
    return total
