"""Photos that take their colors from another one that shows the same. The work is done in room `palette`."""

from __future__ import annotations

import contextlib
import dataclasses
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handtint.errors import HandtintError, Sentence
from handtint.imaging.color.tone import Tone
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import read_provenance
from handtint.imaging.resize import shrink_pixels
from handtint.paths import is_file
from handtint.progress import Progress
from handtint.recipe.known_photos import KnownPhotos
from handtint.recipe.reference import ReferencePhoto
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer, features_of, model_input, usual
from handtint.restore.rendering import chosen_ab

if TYPE_CHECKING:
    from handtint.palette.carry import Reference  # `palette` is imported where photos are compared: few are

_SHARPER = 2  # times the size that the model sees, at which a reference is read
_TONE_SIDE = 512
_kept: weakref.WeakKeyDictionary[Colorizer, Reference] = weakref.WeakKeyDictionary()  # the last one: albums have one


class NoReference(HandtintError):
    """A photo whose colors are to be taken is not there, cannot be read, or has no colors."""


def choose_reference(path: Path) -> ReferencePhoto:
    """The photo in a file as one whose colors can be taken: in color, or a result. Raises `NoReference`."""
    path = path.absolute()
    try:
        photo = read_photo(path, shortest=_TONE_SIDE)
        sha256 = KnownPhotos().sha256(path)
        made = read_provenance(path)
    except (HandtintError, OSError) as error:
        raise NoReference("Its colors cannot be taken: {error}", error=error) from error
    judgment = photo.judgment()
    is_colored = made is not None and made.model is not None  # such colors may be quiet
    if judgment.tone is not Tone.COLOR and judgment.is_sure and not is_colored:
        raise NoReference(
            '"{name}" is black and white, so there are no colors to take from it. '
            "Choose a photo in color, or a result.",
            name=path.name,
        )
    return ReferencePhoto(str(path), sha256)


def reference_of(chosen: ReferencePhoto, source: Path | None, colorizer: Colorizer, progress: Progress) -> Reference:
    """What `follow` needs of a photo that was chosen; the last one is kept. Raises `NoReference`, `NoFeatures`.

    Args:
        source: the photo that takes the colors; the other one may lie beside it.
    """
    from handtint.palette.carry import keep

    known = _kept.get(colorizer)
    if known is not None and known.sha256 == chosen.sha256:
        return known
    progress.step(0.0, Sentence('Looking at "{name}", whose colors it takes', name=chosen.name))
    path = find_reference(chosen, source)
    card = colorizer.card
    try:
        photo = read_photo(path, shortest=_SHARPER * card.working_size)
    except HandtintError as error:
        raise NoReference("Its colors cannot be taken: {error}", error=error) from error
    lightness = model_input(photo, card, progress.part(0.2, 0.4))
    ab = Photo(shrink_pixels(photo, (lightness.shape[0], lightness.shape[1]))).ab()
    features = features_of(lightness, colorizer, progress.part(0.4, 1.0))
    _kept[colorizer] = keep(lightness, features, ab, card.sha256, chosen.name, chosen.sha256)
    return _kept[colorizer]


def find_reference(chosen: ReferencePhoto, source: Path | None) -> Path:
    """Where the photo is, by its bytes: where it was, beside the one that takes its colors, or where it was seen last.

    Raises `NoReference`.
    """
    photos, path = KnownPhotos(), Path(chosen.path)
    places = [path] if path.is_absolute() else []
    places += [source.parent / chosen.name] if source is not None else []
    for place in (*places, *photos.places_of(chosen.sha256)):
        with contextlib.suppress(OSError, ValueError):
            if is_file(place) and photos.sha256(place) == chosen.sha256:
                return place
    raise NoReference(
        'The photo whose colors are to be taken, "{name}", is not there any more, or is another one now. '
        "Put it back, choose it again, or take its colors away.",
        name=chosen.name,
    )


def follow(prediction: Prediction, lightness: np.ndarray, features: np.ndarray, reference: Reference) -> Prediction:
    """The prediction with the reference's colors where the photo surely shows the same; see `way.predict`.

    Args:
        lightness: (h, w) of the photo, as `usual` gives it.
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
    lightness = usual(lightness, colorizer.card)
    features = features_of(lightness, colorizer, progress.part(0.5, 1.0))
    name = photo.meta.source.name if photo.meta.source else ""
    ab = chosen_ab(prediction, lightness, settings, photo.size, photo.meta.placement)
    return keep(lightness, features, ab, colorizer.card.sha256, name)


def _follows(reference: Reference, was_carried: bool) -> str:
    name = Sentence('"{name}"', name=reference.name) if reference.name else Sentence("another photo")
    if was_carried:
        return Sentence("Where it shows the same, its colors follow {name}.", name=name)
    return Sentence("It shows too little that is surely the same as in {name}; it was colored by itself.", name=name)
