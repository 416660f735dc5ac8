"""How strong a color is shown: a curve of chroma by hue and strength, fitted on photographs.

A network trained to predict means gives quieter colors the less sure it is: sky and foliage come out weaker than
they are, skin hardly. `GAINS` says by how much, for each hue and chroma of a prediction: the mean chroma of what was
really there, over the predicted chroma. Where the hues that were really there agree with the predicted one the whole
of that gain is taken, where they do not, or where it was often gray, little, since there is no color to be strengthened
(a coat). What is nearly gray stays as it is, and so do violet and the hues of skin.

The table is the output of `python -m training curve`; see `docs/models.md` for the photographs.
"""

from __future__ import annotations

import numpy as np

HUES = 24  # evenly around the ab plane, the first at +a
CHROMAS = np.array([0.0, 5, 8, 11, 15, 20, 26, 33, 42, 60], np.float32)

# A row a hue, a column for each of CHROMAS; fitted, not chosen by hand.
GAINS = (
    np.array(
        [
            (100, 100, 103, 103, 102, 102, 102, 101, 101, 100),
            (100, 100, 104, 107, 107, 107, 108, 109, 108, 103),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 105, 110, 110, 108, 105, 104, 102, 100),
            (100, 100, 105, 110, 110, 109, 107, 105, 103, 100),
            (100, 100, 104, 111, 111, 111, 110, 106, 103, 100),
            (100, 100, 105, 111, 111, 111, 111, 108, 102, 100),
            (100, 100, 104, 110, 109, 110, 109, 106, 101, 100),
            (100, 100, 103, 106, 104, 102, 101, 100, 100, 100),
            (100, 100, 101, 101, 100, 100, 100, 100, 100, 100),
            (100, 100, 101, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 101, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 102, 101, 100, 100, 100, 100, 100, 100),
            (100, 100, 103, 104, 102, 101, 100, 100, 100, 100),
            (100, 100, 105, 107, 104, 102, 100, 100, 100, 100),
            (100, 100, 107, 111, 108, 105, 101, 100, 100, 100),
            (100, 100, 110, 114, 113, 110, 106, 102, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            (100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
        ],
        np.float32,
    )
    / 100
)


def grid_weights(ab: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Where each color (..., 2) in Lab units lies on the grid of `GAINS`: four times hue, chroma and weight.

    Each is (...); the weights of a color add up to 1.
    """
    chroma = np.hypot(ab[..., 0], ab[..., 1])
    turn = np.arctan2(ab[..., 1], ab[..., 0]) * np.float32(HUES / (2 * np.pi)) % HUES
    hue = np.minimum(turn.astype(np.intp), HUES - 1)
    to_next = turn - hue
    column = np.clip(np.searchsorted(CHROMAS, chroma, side="right") - 1, 0, len(CHROMAS) - 2)
    above = np.clip((chroma - CHROMAS[column]) / (CHROMAS[column + 1] - CHROMAS[column]), 0, 1)
    following = (hue + 1) % HUES
    return [
        (hue, column, (1 - to_next) * (1 - above)),
        (hue, column + 1, (1 - to_next) * above),
        (following, column, to_next * (1 - above)),
        (following, column + 1, to_next * above),
    ]


def strengthened(ab: np.ndarray, amount: float) -> np.ndarray:
    """(h, w, 2) float32: colors as strong as in photographs at `amount` 1, as they are at 0, stronger beyond 1."""
    gain = np.zeros(ab.shape[:-1], np.float32)
    for hue, column, weight in grid_weights(ab):
        gain += weight * GAINS[hue, column]
    return ab * (1 + np.float32(amount) * (gain - 1)).astype(np.float32)[..., None]
