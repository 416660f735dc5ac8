"""Other colorings of the same photo, read off its distribution over ab bins without another pass.

What cannot be known of a photo is unknown all over it at once: where one uncertain thing is warmer than guessed,
the others mostly are too. So a variant moves them together. The distribution of every cell is tilted exponentially,
p(bin) * exp(t * <bin, axis>), along one axis of the ab plane: the main axis of the uncertainty of the whole picture. A
cell that is sure of its color has no other to move to and stays; a torn one moves far.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.coloring.distribution import annealed_mean

_SIGNS = (0, 1, -1)  # the default, and one to either side of it
# Standard deviations of the uncertainty along the axis. Smoothing the shift in space, or weighing torn cells more when
# the axis is sought, changed the best of three by less than 0.1 dB (100 held-out training photos).
_TILT = 0.44
_LEAST = 10.0  # Lab units: a picture without doubt is not tilted until its least likely colors come up


def variant_shift(logits: np.ndarray, bins: np.ndarray, variant: int) -> np.ndarray:
    """(h, w, 2) float32, Lab units: what to add to the default color; nothing for variant 0.

    Args:
        logits: (h, w, bins), any floating type. bins: (bins, 2), Lab units.
        variant: 1 the warmer (yellower, or where the axis runs across it, redder), 2 the other way.
    """
    means, axis, deviation = _main_axis(logits, bins)
    along = bins @ axis * (_SIGNS[variant] * _TILT / deviation)
    tilt = np.exp(along - along.max())
    tilted = annealed_mean(logits, np.column_stack([bins * tilt[:, None], tilt]), 1.0)  # (h, w, 3)
    return tilted[..., :2] / tilted[..., 2:] - means


def _main_axis(logits: np.ndarray, bins: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean of each cell (h, w, 2); unit vector of the pooled uncertainty's main axis; its deviation there, at least
    `_LEAST`.
    """
    a, b = bins[:, 0], bins[:, 1]
    moments = annealed_mean(logits, np.column_stack([bins, a * a, a * b, b * b]), 1.0)  # (h, w, 5)
    means = moments[..., :2]
    of_means = np.einsum("hwi,hwj->ij", means, means) / means[..., 0].size
    aa, ab, bb = moments[..., 2:].mean((0, 1))
    values, vectors = np.linalg.eigh(np.array([[aa, ab], [ab, bb]]) - of_means)
    axis = vectors[:, -1]
    warm = axis[1] + 0.1 * axis[0] > 0
    return means, axis if warm else -axis, max(float(np.sqrt(max(values[-1], 0.0))), _LEAST)
