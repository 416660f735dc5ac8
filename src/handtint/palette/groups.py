"""Which photos of an album show the same scene: a small descriptor of each photo, and groups of like ones.

A descriptor is a coarse grid of the network's features, less what all its cells share: what lies where in the photo.
Two photos are alike where their grids correlate once they are shifted over each other. That tells frames of one scene
from photos of one kind; different poses of the same people are told apart too, on purpose: a false group is worse than
a missed one. Descriptors compare with those of the same model and the same version of Handtint only.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from handtint.imaging.resize import resize_planes

_GRID = 6  # cells a side
_CHANNELS = 24
SHAPE = (_GRID, _GRID, _CHANNELS)  # of a descriptor
_REACH = 2  # cells by which two photos of one scene may be shifted
_ALIKE = 0.57  # correlation of two photos of one scene; of 4,005 pairs of strangers 99.9 % stay below 0.45
_BLOCK = 500  # photos compared with all others at a time
_SHIFTS = [(dy, dx) for dy in range(-_REACH, _REACH + 1) for dx in range(-_REACH, _REACH + 1)]


def describe(features: np.ndarray) -> np.ndarray:
    """(6, 6, 24) float16 descriptor, 1.7 KiB, of a photo with these features (h', w', c) of a colorizer."""
    cells = resize_planes(features.astype(np.float32) @ _projection(features.shape[2]), (_GRID, _GRID))
    cells = cells - cells.mean((0, 1))
    return (cells / max(float(np.linalg.norm(cells)), 1e-3)).astype(np.float16)


@functools.cache
def _projection(channels: int) -> np.ndarray:
    """(channels, 24) random directions, the same ones always."""
    return np.random.default_rng(0).normal(size=(channels, _CHANNELS)).astype(np.float32)


def group(descriptors: Sequence[np.ndarray], names: Sequence[str], chosen: Sequence[int] = ()) -> list[int]:
    """For each photo the index of its reference, whose colors it should take; its own index where it has none.

    A reference is its own, and everyone in a group is like the group's reference itself, not only like another member.
    Photos that someone chose as references come first and gather what is like them, each photo to the most similar;
    then, again and again, whoever is like most others of those left. The order of the photos plays no part: where two
    would serve as well, the name that sorts first does.

    Args:
        descriptors: of one model, from `describe`.
        names: one a photo, distinct.
        chosen: indices of photos that someone made references.
    """
    count = len(descriptors)
    references = np.arange(count)
    if count < 2:
        return references.tolist()
    cells = np.stack(descriptors).astype(np.float32)  # (n, 6, 6, c)
    left = np.arange(count)
    if chosen:
        picked = np.array(sorted(chosen, key=lambda index: names[index]))
        others = np.setdiff1d(left, picked)
        like = np.zeros(len(others), bool)
        for start in range(0, len(others), _BLOCK):
            rows = others[start : start + _BLOCK]
            similarity = _similarity(cells[rows], cells[picked], _SHIFTS)
            like[start : start + _BLOCK] = similarity.max(1) > _ALIKE
            references[rows] = picked[similarity.argmax(1)]
        left = others[~like]
    if len(left):
        references[left] = left[_grouped(cells[left], [names[index] for index in left.tolist()])]
    return references.tolist()


def _grouped(cells: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """`group` for photos with these cells (n, 6, 6, c) of which none is chosen."""
    count = len(cells)
    references, free = np.arange(count), np.ones(count, bool)
    alike = _alike(cells)
    np.fill_diagonal(alike, False)
    rank = np.empty(count, np.intp)
    rank[sorted(range(count), key=lambda index: names[index])] = np.arange(count)
    others = alike.sum(0)  # how many free photos each is like
    while True:
        # More others first, then the earlier name.
        center = int(np.where(free, others * count - rank, -count).argmax())
        if not (free[center] and others[center]):
            return references
        members = alike[center] & free
        references[members] = center
        members[center] = True
        free &= ~members
        others -= alike[members].sum(0)


def _alike(cells: np.ndarray) -> np.ndarray:
    """(n, n) bool: which photos with these cells (n, 6, 6, c) are alike."""
    alike = np.zeros((len(cells), len(cells)), bool)
    half = _SHIFTS[: len(_SHIFTS) // 2 + 1]  # a shift the other way round is that of the pair the other way round
    for start in range(0, len(cells), _BLOCK):
        rows = slice(start, start + _BLOCK)
        alike[rows] = _similarity(cells[rows], cells, half) > _ALIKE
    return alike | alike.T


def _similarity(a: np.ndarray, b: np.ndarray, shifts: Sequence[tuple[int, int]]) -> np.ndarray:
    """(n, m) float32: best correlation of the cells (n, 6, 6, c) and (m, 6, 6, c) that overlap at one of the shifts."""
    best = np.full((len(a), len(b)), -1.0, np.float32)
    for shift in shifts:
        np.maximum(best, _overlap(a, shift) @ _overlap(b, (-shift[0], -shift[1])).T, out=best)
    return best


def _overlap(cells: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    """(n, k) of length 1: the cells that lie over others when those are shifted by so many cells."""
    rows, columns = (slice(max(by, 0), _GRID + min(by, 0)) for by in shift)
    flat = cells[:, rows, columns].reshape(len(cells), -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 0.1)  # nothing is alike that has no structure
