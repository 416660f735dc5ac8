"""Fills small damage as smoothly as what surrounds it allows: the thin plate bent least, by conjugate gradients.

Bending is the sum of squares of the discrete Laplacian over the damage and its rim (Bertalmio et al. and Chui & Mhaskar
inpaint by the same biharmonic equation). A guess with a weight pulls the plate where something is known of its course.
"""

from __future__ import annotations

import numpy as np

from handtint.repair.damage.places import ascending

_CROSS = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
_LAPLACE = np.array((-4, 1, 1, 1, 1), np.float32)


def fill_smoothly(
    pixels: np.ndarray,
    wanted: np.ndarray,
    guess: np.ndarray,
    pull: np.ndarray,
    steps: int = 60,
) -> np.ndarray:
    """(n, c) float32 values for the wanted pixels, in the order of `numpy.nonzero(wanted)`.

    Args:
        pixels: (h, w, c) float32.
        wanted: (h, w) bool, the pixels to fill.
        guess: (n, c), where the solution starts and what it is pulled to.
        pull: (n,) how much a deviation from the guess counts beside bending.
        steps: of the conjugate gradients, at most.
    """
    y, x = np.nonzero(wanted)
    n = len(y)
    if n == 0:
        return guess
    height, width = wanted.shape

    def around(numbers: np.ndarray) -> np.ndarray:
        """(5, n) each pixel and its neighbors; beyond the border the picture goes on as it ends there."""
        y, x = numbers // width, numbers % width
        return np.stack([np.clip(y + dy, 0, height - 1) * width + np.clip(x + dx, 0, width - 1) for dy, dx in _CROSS])

    at = y * width + x
    bent = ascending(around(at).ravel())  # pixels at which bending depends on the wanted ones
    held = ascending(around(bent).ravel())
    values = pixels.reshape(height * width, -1)[held].astype(np.float32)
    places = np.searchsorted(held, at)
    around_bent = np.searchsorted(held, around(bent))
    bent_around = np.searchsorted(bent, around(at))
    pull = pull.astype(np.float32)[:, None]

    def bending(of_held: np.ndarray) -> np.ndarray:
        result = of_held[around_bent[0]] * _LAPLACE[0]
        for k in range(1, 5):
            result += of_held[around_bent[k]]
        return result

    def spread(of_bent: np.ndarray) -> np.ndarray:
        result = of_bent[bent_around[0]] * _LAPLACE[0]
        for k in range(1, 5):
            result += of_bent[bent_around[k]]
        return result

    values[places] = guess
    solution = guess.astype(np.float32).copy()
    residual = -spread(bending(values))  # the pull is zero at the guess
    direction = residual.copy()
    scratch = np.zeros_like(values)
    power = (residual**2).sum(0)
    enough = 1e-5 * n + 1e-4 * power
    for _ in range(steps):
        if (power <= enough).all():
            break
        scratch[places] = direction
        applied = spread(bending(scratch)) + pull * direction
        length = power / np.maximum((direction * applied).sum(0), 1e-20)
        solution += length * direction
        residual -= length * applied
        before, power = power, (residual**2).sum(0)
        direction = residual + direction * (power / np.maximum(before, 1e-20))
    return solution
