"""Fills thin damage: each pixel from the sound ones on both its sides, in the direction in which they agree best.

An edge that a scratch crosses goes on along itself, since across the scratch the picture agrees along the edge. Where
all directions agree, in a sky, the result is a smooth mean.
"""

from __future__ import annotations

import numpy as np

_DIRECTIONS = 16
_COHERENCE = 3  # directions are decided together within so many pixels
_ONE_END = 40.0  # the cost of a direction that meets a sound pixel on one side only
_NO_END = 1e4


def fill_lines(pixels: np.ndarray, unknown: np.ndarray, wanted: np.ndarray, reach: int) -> np.ndarray:
    """(n, c) float32 values for the wanted pixels, in the order of `numpy.nonzero(wanted)`.

    Args:
        pixels: (h, w, c) float32, 0..255.
        unknown: (h, w) bool, what is damaged or too near to damage to be relied on.
        wanted: (h, w) bool, the pixels to fill.
        reach: how far from a pixel its sound neighbors are looked for, in pixels.
    """
    _, width, channels = pixels.shape
    y, x = np.nonzero(wanted)
    n = len(y)
    if n == 0:
        return np.empty((0, channels), np.float32)
    pad = reach + 1
    flat = np.pad(pixels, ((pad, pad), (pad, pad), (0, 0)), mode="edge").reshape(-1, channels)
    closed = np.pad(unknown, pad, constant_values=True).ravel()
    stride = width + 2 * pad
    at = (y + pad) * stride + x + pad

    costs = np.empty((_DIRECTIONS, n), np.float32)
    values = np.empty((_DIRECTIONS, n, channels), np.float32)
    spans = np.empty((_DIRECTIONS, n), np.float32)
    met = np.empty((_DIRECTIONS, n), bool)
    for k in range(_DIRECTIONS):
        angle = np.pi * k / _DIRECTIONS
        ends = [_walk(flat, closed, at, stride, sign * np.sin(angle), sign * np.cos(angle), reach) for sign in (1, -1)]
        (value_a, away_a, seen_a), (value_b, away_b, seen_b) = ends
        both = seen_a & seen_b
        met[k] = seen_a | seen_b
        total = away_a + away_b
        # The nearer end counts more; where there is one end only, it counts alone, and little.
        share = np.where(both, away_b / total, np.where(seen_a, 1.0, 0.0)).astype(np.float32)[:, None]
        values[k] = value_a * share + value_b * (1 - share)
        differ = np.abs(value_a - value_b).mean(1)
        costs[k] = np.where(both, differ, np.where(met[k], _ONE_END, _NO_END))
        spans[k] = np.where(both, total, 2 * np.where(seen_a, away_a, away_b) + 4)
    costs = _agreed(costs, y, x, unknown.shape)
    best = costs.min(0)
    # What differs by no more than grain differs by chance.
    doubt = 1.5 + 0.35 * best
    weights = np.exp(-np.minimum((costs - best) / (2 * doubt), 60)) / spans**2
    weights[~met] = 0
    total = weights.sum(0)
    filled = np.einsum("kn,knc->nc", weights, values) / np.maximum(total, 1e-20)[:, None]
    lost = total <= 0
    if lost.any():  # nothing sound in reach
        filled[lost] = np.median(flat[~closed], axis=0) if not closed.all() else flat[at[lost]]
    return filled.astype(np.float32)


def _walk(
    flat: np.ndarray, closed: np.ndarray, at: np.ndarray, stride: int, dy: float, dx: float, reach: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From each place to the first sound pixel in a direction: its value, how far away it is, whether there is one."""
    value = np.zeros((len(at), flat.shape[1]), np.float32)
    away = np.full(len(at), float(reach), np.float32)
    seen = np.zeros(len(at), bool)
    left = np.arange(len(at))
    for t in range(1, reach + 1):
        there = at[left] + round(t * dy) * stride + round(t * dx)
        is_sound = ~closed[there]
        arrived = left[is_sound]
        if len(arrived):
            value[arrived] = flat[there[is_sound]]
            away[arrived] = t
            seen[arrived] = True
            left = left[~is_sound]
        if not len(left):
            break
    return value, away, seen


def _agreed(costs: np.ndarray, y: np.ndarray, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Mean costs over the wanted pixels within `_COHERENCE`, so that one edge is followed as one."""
    number = np.full((shape[0] + 2 * _COHERENCE, shape[1] + 2 * _COHERENCE), -1, np.int32)
    number[y + _COHERENCE, x + _COHERENCE] = np.arange(len(y))
    total, count = np.zeros_like(costs), np.zeros(len(y), np.float32)
    for dy in range(2 * _COHERENCE + 1):
        for dx in range(2 * _COHERENCE + 1):
            neighbor = number[y + dy, x + dx]
            there = neighbor >= 0
            total[:, there] += costs[:, neighbor[there]]
            count[there] += 1
    return total / count
