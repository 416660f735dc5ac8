"""How sure a model is of each place's color, read off its distribution over ab bins, and a picture that shows it."""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.imaging.coloring.distribution import annealed_mean
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes

SURE, GUESS = 9.0, 25.0  # Lab units of spread; see docs/models.md for how far off colors are there
_DARKEST, _LIGHTEST = 28.0, 84.0  # L of black and white where doubt is shown
_TEMPERATURE = 0.4  # ranks places by their error better than 1: the far ends of the distribution tell little
DOUBT_AB = (58.0, -66.0)  # violet: hardly a color of old photographs, and to be seen on dark and light


def spread(logits: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """(h, w) float32, Lab units: how far, as a root mean square, likely colors lie from their mean.

    Args:
        logits: (h, w, bins), any floating type. bins: (bins, 2), Lab units.
    """
    moments = annealed_mean(logits, np.column_stack([bins, (bins**2).sum(1)]), _TEMPERATURE)  # (h, w, 3)
    return np.sqrt(np.maximum(moments[..., 2] - (moments[..., :2] ** 2).sum(-1), 0))


def doubt(prediction: Prediction) -> np.ndarray | None:
    """(h, w) float32, 0 where the model is sure of the color .. 1 where it guesses; None without a distribution.

    Goes by the distribution of things, as the colors themselves do. Where a color was carried over from another photo
    there is no doubt left.
    """
    joined = prediction.joined
    if joined is None or prediction.bins is None:
        return None
    found = np.clip((spread(joined, prediction.bins) - SURE) / (GUESS - SURE), 0, 1).astype(np.float32)
    if prediction.carried is not None:
        found *= 1 - resize_planes(prediction.carried[..., 2:], joined.shape[:2])[..., 0]
    return found


def pale(lightness: np.ndarray) -> np.ndarray:
    """L pressed together, so that there is room for color on black coats and white collars too."""
    return np.float32(_DARKEST) + np.float32((_LIGHTEST - _DARKEST) / 100) * lightness


class PalePhoto(Photo):
    """A photo whose lightness is `pale`, to show its doubt on."""

    def lightness(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w) float32 of a part of the photo."""
        return pale(super().lightness(rows, columns))


def doubt_picture(prediction: Prediction) -> Prediction | None:
    """A prediction for the `PalePhoto` whose color is the doubt: gray where the model is sure, violet where it guesses.

    None without a distribution.
    """
    found = doubt(prediction)
    if found is None:
        return None
    ab = found[..., None] * np.array(DOUBT_AB, np.float32)
    guide = None if prediction.lightness is None else pale(prediction.lightness)
    return dataclasses.replace(prediction, ab=ab, logits=None, bins=None, carried=None, lightness=guide)
