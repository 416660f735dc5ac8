"""One photo's way. (Skeleton: the contract that other rooms build on.)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from handtint.imaging.hints import Hint
from handtint.imaging.photo import Photo
from handtint.imaging.prediction import Prediction
from handtint.model_card import ModelCard
from handtint.progress import Progress


class Colorizer(Protocol):
    """Whatever can say a photo's color; `engine.colorizer` has the real one, tests a fake."""

    @property
    def card(self) -> ModelCard: ...

    def predict(self, lightness: np.ndarray, hints: np.ndarray | None, progress: Progress) -> Prediction:
        """Color from (h, w) float32 lightness 0..100 at the working size and (h, w, 3) hint planes."""
        ...


@dataclass(frozen=True)
class Settings:
    """What a user chose for a photo.

    Attributes:
        vividness: 0 truthful and quiet .. 1 liveliest.
        strength: scales chroma; 1 is as predicted, 0 gray.
        hints: colors put on places.
    """

    vividness: float = 0.5
    strength: float = 1.0
    hints: tuple[Hint, ...] = ()


def predict(photo: Photo, settings: Settings, colorizer: Colorizer, progress: Progress) -> Prediction:
    """Shrink the whole photo's lightness to the working size and ask the colorizer once."""
    raise NotImplementedError


class Rendering:
    """A photo with a prediction: any part of the colored picture at any scale, on demand.

    Built from (photo, prediction, settings). Changing settings builds a new one without the network.
    """

    def __init__(self, photo: Photo, prediction: Prediction, settings: Settings) -> None: ...

    def region(self, rows: slice, columns: slice) -> np.ndarray:
        """(h, w, 3) colored pixels, sRGB-encoded, in the photo's dtype, of a part of the full-size photo."""
        raise NotImplementedError


def render(photo: Photo, prediction: Prediction, settings: Settings, progress: Progress) -> Photo:
    """The colored photo at full size, made in bands of rows."""
    raise NotImplementedError


def restore(photo: Photo, settings: Settings, colorizer: Colorizer, progress: Progress) -> Photo:
    """predict, then render."""
    prediction = predict(photo, settings, colorizer, progress.part(0.0, 0.6))
    return render(photo, prediction, settings, progress.part(0.6, 1.0))
