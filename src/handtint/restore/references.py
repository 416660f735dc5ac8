"""Photos that take their colors from another one that shows the same. The work of it: room `palette`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer, features_of, model_input
from handtint.restore.rendering import chosen_ab

if TYPE_CHECKING:
    from handtint.palette.carry import Reference  # `palette` is imported where photos are compared: few are


def follow(prediction: Prediction, lightness: np.ndarray, features: np.ndarray, reference: Reference) -> Prediction:
    """The prediction with the reference's colors where the photo surely shows the same; see `way.predict`.

    Args:
        lightness: (h, w) what the model saw.
        features: of that, from `features_of`.
    """
    from handtint.palette.carry import carry

    carried = carry(reference, features, lightness)
    notes = (*prediction.notes, _follows(reference, carried is not None))
    return dataclasses.replace(prediction, carried=carried, notes=notes)


def describe(lightness: np.ndarray, colorizer: Colorizer, progress: Progress) -> np.ndarray:
    """A descriptor for `palette.groups.group`, under 2 KiB, from the model's encoder alone. Raises `NoFeatures`.

    Args:
        lightness: (h, w) as `model_input` gives it.
    """
    from handtint.palette import groups

    return groups.describe(features_of(lightness, colorizer, progress))


def make_reference(
    photo: Photo, prediction: Prediction, settings: Settings, colorizer: Colorizer, progress: Progress
) -> Reference:
    """What `way.predict` needs to give other photos this one's colors, at most 1 MiB. Raises `NoFeatures`.

    Args:
        prediction: what `way.predict` gave for the photo.
        settings: those that its colors were chosen with.
    """
    from handtint.palette.carry import keep

    lightness = prediction.lightness
    if lightness is None:
        lightness = model_input(photo, colorizer.card, progress.part(0.0, 0.5))
    features = features_of(lightness, colorizer, progress.part(0.5, 1.0))
    name = photo.meta.source.name if photo.meta.source else ""
    ab = chosen_ab(prediction, lightness, settings, photo.size, photo.meta.placement)
    return keep(lightness, features, ab, colorizer.card.sha256, name)


def _follows(reference: Reference, was_carried: bool) -> str:
    name = Sentence('"{name}"', name=reference.name) if reference.name else Sentence("another photo")
    if was_carried:
        return Sentence("Where it shows the same, its colors follow {name}.", name=name)
    return Sentence("It shows too little that is surely the same as in {name}; it was colored by itself.", name=name)
