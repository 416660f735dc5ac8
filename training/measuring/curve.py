"""Fits the curve of chroma that vividness follows (`handtint.imaging.coloring.vividness`) on photographs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from handtint.imaging.coloring.vividness import CHROMAS, HUES, grid_weights

_GRAY, _COLORED = 5.0, 10.0  # chroma between which the true color begins to have a hue
_MOST = 100.0  # cells of a photo in one place of the grid: a single wide sky does not say what skies are
_FEWEST = 600.0  # cells: a gain measured on so many is trusted half
_TRUST = 2.0  # power of the agreement of hues
# Degrees of hue that are not strengthened, though new photographs would justify it like others. Blue violet to
# purple: in old ones most of it is a dark dress or a uniform, and viewers reject it. Those of skin: it
# is as strong as it should be already, and a face that is too strong is seen first.
_NOT_LIFTED = ((280.0, 350.0), (25.0, 65.0))


def fit_gains(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """(HUES, CHROMAS) gains from pairs of predicted and true colors, each (h, w, 2) in Lab units, of one size."""
    totals = np.zeros((4, HUES, len(CHROMAS)))
    for ab, truth in pairs:
        own = np.zeros_like(totals)  # count, true chroma, predicted chroma, agreement of hues
        chroma, true_chroma = np.hypot(ab[..., 0], ab[..., 1]), np.hypot(truth[..., 0], truth[..., 1])
        cosine = (ab * truth).sum(-1) / np.maximum(chroma * true_chroma, 1e-6)
        has_hue = np.clip((true_chroma - _GRAY) / (_COLORED - _GRAY), 0, 1)
        for hue, column, weight in grid_weights(ab):
            for total, value in zip(own, (1.0, true_chroma, chroma, has_hue * cosine), strict=True):
                np.add.at(total, (hue, column), weight * value)
        totals += own * np.minimum(1, _MOST / np.maximum(own[0], 1e-9))
    count, true, predicted, agreeing = map(_smooth, totals)
    agreement = np.clip(agreeing / np.maximum(count, 1e-9), 0, 1)  # what was gray agrees with no hue
    lift = np.maximum(true / np.maximum(predicted, 1e-9) - 1, 0) * agreement**_TRUST * count / (count + _FEWEST)
    lift *= np.clip((CHROMAS - _GRAY) / (_COLORED - _GRAY), 0, 1)  # none where it is gray, and no edge where it begins
    degrees = np.arange(HUES) * 360 / HUES
    for low, high in _NOT_LIFTED:
        lift[(degrees > low) & (degrees < high)] = 0
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
