"""A tiny network's answer on a photo's dyes: a curve for each channel and a 3 x 3 mix that undo their fading.

The network (see `network`) sees the whole photo at 32 x 32 pixels. What it says is global and smooth: it can invent no
detail. Curves and mix work on depth, which `network` explains.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handtint.model_card import FADED_COLOR
from handtint.repair import network
from handtint.repair.network import EPSILON, depth

KNOTS = (-0.0198, 0.1, 0.25, 0.45, 0.7, 1.0, 1.5, 2.2, 3.912)  # of depth, white to black
STEPS = tuple(b - a for a, b in itertools.pairwise(KNOTS))
OUTPUTS = 3 + 3 * len(STEPS) + 6
STEEPEST = 1.6  # most that the logarithm of a curve's rise may be

_BESIDE = ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))  # places of a mix that the network says


@dataclass(frozen=True)
class Correction:
    """A correction that undoes fading.

    Attributes:
        curves: (3, 9) depth that each channel gets where it has the depths `KNOTS`; straight between.
        mix: (3, 3) applied to the three depths after the curves; its rows add up to 1, so that grays stay gray.
    """

    curves: np.ndarray
    mix: np.ndarray

    def weakened(self, amount: float) -> Correction:
        """The correction at an amount of 0 (none) to 1 (whole)."""
        curves = (1 - amount) * np.array(KNOTS) + amount * self.curves
        return Correction(curves, (1 - amount) * np.eye(3) + amount * self.mix)

    def shifted(self, shifts: np.ndarray) -> Correction:
        """The correction with (3,) added to the depths that come out."""
        return Correction(self.curves + np.linalg.solve(self.mix, shifts)[:, None], self.mix)

    def apply(self, srgb: np.ndarray) -> np.ndarray:
        """(..., 3) encoded values of 0..1, corrected; the reference for the quick tables of `faded_color`."""
        before = depth(srgb)
        after = np.stack([np.interp(before[..., c], KNOTS, self.curves[c]) for c in range(3)], axis=-1)
        return np.clip(np.exp(-(after @ self.mix.T)) - EPSILON, 0, 1)


NONE = Correction(np.array([KNOTS] * 3), np.eye(3))


def correction_from(said: np.ndarray) -> Correction:
    """The correction that the network's `OUTPUTS` numbers mean; zeros mean none."""
    starts, slopes, beside = said[:3], said[3:-6].reshape(3, -1), said[-6:]
    rises = np.exp(np.clip(slopes, -STEEPEST, STEEPEST)) * np.array(STEPS)
    curves = KNOTS[0] + starts[:, None] + np.concatenate([np.zeros((3, 1)), np.cumsum(rises, axis=1)], axis=1)
    mix = np.zeros((3, 3))
    for place, value in zip(_BESIDE, beside, strict=True):
        mix[place] = value
    return Correction(curves, mix + np.diag(1 - mix.sum(axis=1)))


def correction_for(views: Sequence[np.ndarray]) -> Correction:
    """The correction for a photo, from what is said of (32, 32, 3) views of it, encoded 0..1. Raises `ModelError`."""
    weights = network.weights(FADED_COLOR)
    return correction_from(np.mean([network.run(weights, view) for view in views], axis=0))
