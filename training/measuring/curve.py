"""Fits the curve of chroma that vividness follows (`handtint.imaging.coloring.vividness`) on photographs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from handtint.imaging.coloring.vividness import CHROMAS, HUES, grid_weights

_GRAY, _COLORED = 5.0, 10.0  # chroma between which what was really there begins to have a hue
_FEWEST = 300.0  # cells: a gain known from so many is half believed
_TRUST = 2.0  # power of the agreement of hues


def fit_gains(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """(HUES, CHROMAS) gains from pairs of predicted and true colors, each (h, w, 2) in Lab units, of one size."""
    count, true, predicted, colored, agreeing = np.zeros((5, HUES, len(CHROMAS)))
    for ab, truth in pairs:
        chroma, true_chroma = np.hypot(ab[..., 0], ab[..., 1]), np.hypot(truth[..., 0], truth[..., 1])
        cosine = (ab * truth).sum(-1) / np.maximum(chroma * true_chroma, 1e-6)
        has_hue = np.clip((true_chroma - _GRAY) / (_COLORED - _GRAY), 0, 1)
        for hue, column, weight in grid_weights(ab):
            for total, value in (
                (count, 1.0),
                (true, true_chroma),
                (predicted, chroma),
                (colored, has_hue),
                (agreeing, has_hue * cosine),
            ):
                np.add.at(total, (hue, column), weight * value)
    count, true, predicted, colored, agreeing = map(_smooth, (count, true, predicted, colored, agreeing))
    agreement = np.clip(agreeing / np.maximum(colored, 1e-9), 0, 1)
    lift = np.maximum(true / np.maximum(predicted, 1e-9) - 1, 0) * agreement**_TRUST * count / (count + _FEWEST)
    lift[:, CHROMAS <= 5] = 0
    return 1 + lift


def _smooth(totals: np.ndarray) -> np.ndarray:
    """Means over neighboring hues and chromas."""
    totals = totals / 2 + (np.roll(totals, 1, 0) + np.roll(totals, -1, 0)) / 4
    padded = np.pad(totals, ((0, 0), (1, 1)), mode="edge")
    return 0.6 * totals + 0.2 * (padded[:, :-2] + padded[:, 2:])


def as_source(gains: np.ndarray) -> str:
    """The table as it stands in `vividness.py`."""
    rows = [f"        ({', '.join(f'{value * 100:.0f}' for value in row)})," for row in gains]
    return "\n".join(["GAINS = (", "    np.array(", "    (", *rows, "    ),", "    np.float32) / 100", ")"])
