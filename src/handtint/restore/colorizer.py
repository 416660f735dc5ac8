"""What predicts a photo's color: the model behind a few methods, and what it is shown of a photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from handtint.errors import HandtintError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes, shrink_lightness, working_size
from handtint.model_card import ModelCard, ModelFile
from handtint.progress import Progress

_CLOSELY = 2  # times the working size


class NoFeatures(HandtintError):
    """The model gives nothing by which to tell that two photos show the same."""


class Colorizer(Protocol):
    """Anything that can say a photo's color; `engine.colorizer` has the real one, tests a fake."""

    @property
    def card(self) -> ModelCard:
        """The card of the model."""
        ...

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        """Color from (h, w) float32 lightness 0..100 at the working size."""
        ...

    @property
    def batch_size(self) -> int:
        """Most photos that `predict_many` is best given at once."""
        ...

    def predict_many(self, lightness: Sequence[np.ndarray], progress: Progress) -> list[Prediction]:
        """`predict` for several photos of one size in one pass."""
        ...

    def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
        """(h', w', c) float16: what each cell of the photo looks like to the model; None if it cannot say."""
        ...


Load = Callable[[ModelFile, str, int | None], Colorizer]  # by model, device and threads of the CPU (None: as usual)


def model_input(photo: Photo, card: ModelCard, progress: Progress, closely: bool = False) -> np.ndarray:
    """(h, w) float32 lightness of the whole photo at the working size of a model: what the model sees.

    The short side becomes the card's working size, enlarged if need be: networks know the world at the
    size they were trained at. Of a panorama the long side becomes three times the working size instead, so
    that it is seen whole, undistorted and in bounded memory.

    A model that takes a closer look is shown a photo that is large enough at `ModelCard.seen_size`. With `closely` all
    that is twice as large, but no larger than the photo: faces in a group are then as large as those that a network
    learned from.
    """
    size, closer = working_size(photo.size, card.working_size), working_size(photo.size, card.seen_size)
    if photo.size[0] >= closer[0] and photo.size[1] >= closer[1]:
        size = closer
    if closely:
        size = max(size, min(working_size(photo.size, _CLOSELY * card.seen_size), photo.size))
    return shrink_lightness(photo, size, progress)


def usual(lightness: np.ndarray, card: ModelCard) -> np.ndarray:
    """(h, w) what the model sees of a photo where it does not look closely; photos are compared as large as that.

    Args:
        lightness: (h, w) as `model_input` gives it, closely or not.
    """
    size = working_size((lightness.shape[0], lightness.shape[1]), card.working_size)
    return resize_planes(lightness[..., None], size)[..., 0]


def features_of(lightness: np.ndarray, colorizer: Colorizer, progress: Progress) -> np.ndarray:
    """(h', w', c) float16, as `Colorizer.features` gives them. Raises `NoFeatures`."""
    features = colorizer.features(lightness, progress)
    if features is None:
        raise NoFeatures(
            'The model "{name}" cannot tell which photos show the same, so it cannot give them the '
            "same colors. Choose the model unet, or color the photos one by one.",
            name=colorizer.card.name,
        )
    return features
