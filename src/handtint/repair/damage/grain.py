"""Gives filled places the grain of what surrounds them, so that no smooth scar shows.

Grain is what a pixel differs by from the mean of those around it. It is taken as it is from a place nearby, one shift
for each small block, so that its size and pattern are right too.
"""

from __future__ import annotations

import numpy as np

_BLOCK = 24  # pixels a side that share one shift
_ANGLES = 8
_STRONGEST = 2.5  # deviations; more than that is no grain but something in the picture


def grain_for(pixels: np.ndarray, unknown: np.ndarray, wanted: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """(n, c) float32 to add to what was filled, in the order of `numpy.nonzero(wanted)`.

    Args:
        pixels: (h, w, c) float32.
        unknown: (h, w) bool, where pixels are not to be taken from.
        wanted: (h, w) bool, the filled pixels.
        filled: (n, c) float32, their values.
    """
    y, x = np.nonzero(wanted)
    n = len(y)
    result = np.zeros((n, pixels.shape[2]), np.float32)
    if n == 0:
        return result
    height, width = unknown.shape
    block = (y // _BLOCK) * (width // _BLOCK + 1) + x // _BLOCK
    block = np.unique(block, return_inverse=True)[1].reshape(-1)
    blocks = block.max() + 1
    count = np.bincount(block, minlength=blocks)
    best = np.full(blocks, np.inf)
    chosen = np.zeros((n, 2), np.int64)
    for distance in (8, 14, 22):
        for k in range(_ANGLES):
            dy, dx = (
                round(distance * np.sin(k * 2 * np.pi / _ANGLES)),
                round(distance * np.cos(k * 2 * np.pi / _ANGLES)),
            )
            there_y, there_x = np.clip(y + dy, 0, height - 1), np.clip(x + dx, 0, width - 1)
            is_sound = ~unknown[there_y, there_x]
            unlike = np.abs(pixels[there_y, there_x] - filled).mean(1)  # grain differs with the tone
            cost = np.bincount(block, unlike + 60.0 * ~is_sound, blocks) / count
            better = cost < best
            best = np.where(better, cost, best)
            chosen[better[block]] = dy, dx
    there_y, there_x = np.clip(y + chosen[:, 0], 0, height - 1), np.clip(x + chosen[:, 1], 0, width - 1)
    grain, is_sound = _grain_at(pixels, unknown, there_y, there_x)
    size = np.abs(grain).mean(1) * is_sound
    usual = np.bincount(block, size, blocks) / np.maximum(np.bincount(block, is_sound, blocks), 1)
    # The mean is lifted by edges: what is over twice of it is left out of a second mean.
    calm = is_sound & (size <= 2 * usual[block])
    usual = np.bincount(block, size * calm, blocks) / np.maximum(np.bincount(block, calm, blocks), 1)
    limit = (usual * _STRONGEST * 1.25)[block][:, None]  # a deviation is 1.25 mean differences
    grain = np.clip(grain, -limit, limit) * is_sound[:, None]
    return grain.astype(np.float32)


def _grain_at(pixels: np.ndarray, unknown: np.ndarray, y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, c) what pixels differ by from the mean of the sound ones of 3 x 3, and whether enough of these are sound."""
    total = np.zeros((len(y), pixels.shape[2]), np.float32)
    count = np.zeros(len(y), np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            there = np.clip(y + dy, 0, unknown.shape[0] - 1), np.clip(x + dx, 0, unknown.shape[1] - 1)
            is_sound = ~unknown[there]
            total += pixels[there] * is_sound[:, None]
            count += is_sound
    enough = (count >= 6) & ~unknown[y, x]
    # The pixel itself is in that mean, which makes the difference smaller by the share it has in it.
    share = np.where(enough, count / np.maximum(count - 1, 1), 0)[:, None]
    return (pixels[y, x] - total / np.maximum(count, 1)[:, None]) * share, enough
