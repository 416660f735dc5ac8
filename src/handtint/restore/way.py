"""One photo's way, the only place where its steps are put together.

    open_photo   read the file, turn, crop and repair it, check what is asked, shrink it to what the model sees
    ask          the model predicts the color of several photos in one pass; `predict` that of one that is open already
    save         the color at full size, a note of how it was made, and the file: whole or not at all

`restore` is all of it. An album takes the steps on different threads, the window takes them when they are needed.
What takes a `Progress` raises `Cancelled`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handtint import __version__
from handtint.errors import HandtintError, PhotoError, Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.hint_files import check_inside
from handtint.imaging.negative import inverted
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import Provenance
from handtint.imaging.writing import write_photo
from handtint.model_card import ModelCard
from handtint.plain import percent
from handtint.progress import Progress
from handtint.recipe.form import to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.placement import Placement, place
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.repair.geometry import applied
from handtint.restore import repairing
from handtint.restore.colorizer import Colorizer, features_of, model_input, usual
from handtint.restore.references import follow, reference_of
from handtint.restore.rendering import colored
from handtint.stamps import Stamp, sha256_of, stamp_if_there

if TYPE_CHECKING:
    from handtint.palette.carry import Reference
    from handtint.repair.damage.finding import Found


class AlreadyInColor(HandtintError):
    """The source has colors of its own and recoloring was not asked for."""


@dataclass(frozen=True)
class Ready:
    """A photo that waits for the model.

    Attributes:
        photo: turned and cropped as the recipe says.
        lightness: (h, w) what the model is to see.
        stamp: of the file before it was read.
        notes: sentences on what was not sure.
    """

    photo: Photo
    recipe: Recipe
    lightness: np.ndarray
    stamp: Stamp | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """A result on disk.

    Attributes:
        photo: the result.
        notes: sentences on the photo and on how it was colored.
        lost: sentences on what of the photo the file could not keep.
        stamp: of its file.
        source_sha256: of the source's bytes, where the result says how it was made.
    """

    photo: Photo
    notes: tuple[str, ...]
    lost: tuple[str, ...]
    stamp: Stamp | None
    source_sha256: str | None


def open_photo(path: Path, recipe: Recipe, card: ModelCard, progress: Progress) -> Ready:
    """Read and turn a photo, see whether what is asked of it can be done, and shrink it to what the model sees.

    Raises `PhotoError`, `GeometryError`, `AlreadyInColor`, `HintError`.
    """
    stamp = stamp_if_there(path)  # without one, reading says why
    photo = read(path, recipe, progress.part(0.0, 0.5), in_bands=True)
    _check_unchanged(path, stamp)
    photo = turned(photo, recipe.geometry, progress.part(0.5, 0.6))
    if not recipe.is_repaired and recipe.is_colored:
        lightness, notes = _checked_input(photo, recipe.color, card, progress.part(0.6, 1.0))
        return Ready(photo, recipe, lightness, stamp, notes)
    check_hints(photo, recipe.color)
    photo, recipe = repaired(photo, recipe, progress.part(0.6, 0.9))
    lightness = model_input(photo, card, progress.part(0.9, 1.0), recipe.color.closely)
    return Ready(photo, recipe, lightness, stamp)


def read(
    path: Path, recipe: Recipe, progress: Progress, *, in_bands: bool = False, shortest: int | None = None
) -> Photo:
    """The picture of a file that the recipe is about, upright and `positive`; see `read_photo`. Raises `PhotoError`."""
    return positive(read_photo(path, progress, recipe.source, in_bands=in_bands, shortest=shortest), recipe)


def positive(photo: Photo, recipe: Recipe) -> Photo:
    """The upright source, inverted if the recipe says that it is a negative."""
    return inverted(photo) if recipe.is_inverted else photo


def turned(photo: Photo, geometry: Geometry, progress: Progress) -> Photo:
    """The photo as the model sees it and the result shows it: all other steps take this one. Raises `GeometryError`.

    Args:
        photo: the upright source, as it was read.
    """
    return applied(photo, geometry, progress)


def repaired(
    photo: Photo, recipe: Recipe, progress: Progress, found: Found | None = None, filled: Photo | None = None
) -> tuple[Photo, Recipe]:
    """The photo repaired, and the recipe as it was followed: what was decided by itself is written down there.

    A photo that is surely in color is repaired only, unless recoloring is asked for.

    Args:
        photo: `turned` as the recipe says.
        found: what might be damaged in it, where that was looked for before.
        filled: `repairing.undamaged` of it, where that was made before.
    """
    doubts: tuple[str, ...] = ()
    if recipe.is_colored:
        try:
            doubts = check_tone(photo, recipe.color)
        except AlreadyInColor:
            recipe = dataclasses.replace(recipe, is_colored=False)
    asked = None if recipe.is_repair_automatic else recipe.repair
    photo, done = repairing.repaired(photo, asked, progress, found, filled)
    if doubts:
        photo = dataclasses.replace(photo, meta=dataclasses.replace(photo.meta, notes=(*photo.meta.notes, *doubts)))
    return photo, dataclasses.replace(recipe, repair=done, is_repair_automatic=False)


def _placement(geometry: Geometry, photo: Photo) -> Placement | None:
    return None if geometry == Geometry() else place(geometry, photo.source_size)


def ask(ready: Sequence[Ready], colorizer: Colorizer, progress: Progress) -> list[Prediction]:
    """The model's predictions for photos whose lightness has one size, in one pass; each takes its reference's colors.

    Raises `NoReference` for a reference that cannot be had, `NoFeatures`.
    """
    predicting = progress.part(0.0, 0.5) if any(one.recipe.color.reference for one in ready) else progress
    predictions = colorizer.predict_many([one.lightness for one in ready], predicting)
    answers = []
    for number, (prediction, one) in enumerate(zip(predictions, ready, strict=True)):
        chosen = one.recipe.color.reference
        if chosen is not None and one.recipe.is_colored:
            step = 0.5 / len(ready)
            following = progress.part(0.5 + step * number, 0.5 + step * (number + 1))
            reference = reference_of(chosen, one.photo.meta.source, colorizer, following.part(0.0, 0.8))
            lightness = usual(one.lightness, colorizer.card)
            features = features_of(lightness, colorizer, following.part(0.8, 1.0))
            prediction = follow(prediction, lightness, features, reference)
        answers.append(dataclasses.replace(prediction, lightness=one.lightness, notes=(*prediction.notes, *one.notes)))
    return answers


def predict(
    photo: Photo, settings: Settings, colorizer: Colorizer, progress: Progress, reference: Reference | None = None
) -> Prediction:
    """The model's prediction for a photo that is open and `turned`. The settings of its color do not matter yet.

    With a `reference`, or else that of the settings, places that surely show the same as that photo take its colors.
    Where nothing is the same the photo is colored as without one; a note says which. Raises `AlreadyInColor`,
    `HintError`, `NoFeatures`, `NoReference` for the settings' reference if it cannot be had, and ValueError for a
    reference of another model.
    """
    if reference is not None and reference.model != colorizer.card.sha256:
        raise ValueError(f'the reference is of another model than "{colorizer.card.name}"')
    lightness, notes = _checked_input(photo, settings, colorizer.card, progress.part(0.0, 0.2))
    if reference is None and settings.reference is not None:
        reference = reference_of(settings.reference, photo.meta.source, colorizer, progress.part(0.2, 0.5))
    start, stop = (0.2, 1.0) if reference is None else (0.5, 0.8)
    prediction = colorizer.predict(lightness, progress.part(start, stop))
    if reference is not None:
        compared = usual(lightness, colorizer.card)
        features = features_of(compared, colorizer, progress.part(0.8, 1.0))
        prediction = follow(prediction, compared, features, reference)
    progress.step(1.0)
    return dataclasses.replace(prediction, lightness=lightness, notes=(*prediction.notes, *notes))


def color(photo: Photo, prediction: Prediction, settings: Settings, card: ModelCard) -> Photo:
    """The colored photo, its pixels made as they are asked for. Its notes say what the settings could not change."""
    if settings.variant >= prediction.variants:
        note = Sentence('The model "{name}" knows one coloring of a photo, so this is no variant.', name=card.name)
        prediction = dataclasses.replace(prediction, notes=(*prediction.notes, note))
    return colored(photo, prediction, settings)


def save(
    photo: Photo,
    prediction: Prediction | None,
    recipe: Recipe,
    card: ModelCard,
    target: Path,
    options: SaveOptions,
    progress: Progress,
    *,
    follows: str | None = None,
    stamp: Stamp | None = None,
) -> Saved:
    """Bring the color to full size, band by band, and save the result, whole or not at all.

    Args:
        photo: `turned` and `repaired` as the recipe says.
        prediction: None only for a photo that is not colored.
        card: of the model that said the prediction.
        follows: file name of the photo whose colors it took, if that was not the recipe's reference.
        stamp: of the source before it was read, where it must not have changed since.

    Raises `SaveError`, `PhotoError` for a source that changed or is gone.
    """
    if photo.meta.placement != _placement(recipe.geometry, photo):
        raise ValueError("the photo is not turned as its recipe says")
    if recipe.is_colored and prediction is None:
        raise ValueError("a photo is colored by a prediction")
    result = color(photo, prediction, recipe.color, card) if recipe.is_colored and prediction is not None else photo
    reference = recipe.color.reference
    if follows is None and reference is not None and prediction is not None and prediction.carried is not None:
        follows = reference.name
    provenance = provenance_of(photo, recipe, card, follows) if options.provenance else None
    if stamp is not None and photo.meta.source is not None:
        _check_unchanged(photo.meta.source, stamp)
    lost = write_photo(target, result, options, provenance, progress)
    return Saved(result, result.meta.notes, lost, stamp_if_there(target), provenance and provenance.source_sha256)


def restore(
    source: Path, target: Path, recipe: Recipe, colorizer: Colorizer, options: SaveOptions, progress: Progress
) -> Saved:
    """A photo from its file to its result. Raises what `open_photo` and `save` do."""
    ready = open_photo(source, recipe, colorizer.card, progress.part(0.0, 0.3))
    (prediction,) = ask([ready], colorizer, progress.part(0.3, 0.6))
    done = progress.part(0.6, 1.0)
    return save(ready.photo, prediction, ready.recipe, colorizer.card, target, options, done, stamp=ready.stamp)


def _checked_input(
    photo: Photo, settings: Settings, card: ModelCard, progress: Progress
) -> tuple[np.ndarray, tuple[str, ...]]:
    """What the model sees of a photo that may be colored, and notes. Raises `AlreadyInColor`, `HintError`."""
    is_held = isinstance(photo.pixels, np.ndarray)
    notes = check_tone(photo, settings) if is_held else ()
    check_hints(photo, settings)
    photo.expect_tone()
    lightness = model_input(photo, card, progress, settings.closely)
    if not is_held:  # asked before, it would have read the whole file once more
        notes = check_tone(photo, settings)
    return lightness, notes


def check_tone(photo: Photo, settings: Settings) -> tuple[str, ...]:
    """Notes on a photo that may be in color; `AlreadyInColor` for one that is, unless settings.recolor."""
    if settings.recolor:
        return ()
    judgment = photo.judgment()
    if judgment.is_color:
        name = photo.meta.source.name if photo.meta.source else "This photo"
        raise AlreadyInColor(
            '"{name}" is already in color and was left as it is. '
            "Ask for recoloring to have it colored from its lightness alone.",
            name=name,
        )
    return () if judgment.is_sure else (Sentence("It may be in color already; its own colors were not used."),)


def check_hints(photo: Photo, settings: Settings) -> None:
    """Raises `HintError` for a hint outside the upright source; one that is cropped away is none."""
    check_inside(settings.hints, photo.source_size, photo.meta.source.name if photo.meta.source else "the photo")


def repair_words(repair: Repair) -> tuple[str, ...]:
    """Each repair step with its amount, such as `fade 40`."""
    words = [f"{name} {amount:g}" for name, amount in repair.amounts().items()]
    words += [f"{len(repair.damage.edits)} marks of damage"] if repair.damage.edits else []
    words += [f"gray from {repair.gray}"] if repair.gray != "lightness" else []
    return (*words, "white point") if repair.faded_color.white else tuple(words)


def _check_unchanged(source: Path, stamp: Stamp | None) -> None:
    if stamp is None or stamp_if_there(source) != stamp:
        raise PhotoError(
            '"{name}" changed while it was read, so it was left out. '
            "It is unharmed; run this again when nothing writes to it any more.",
            name=source.name,
        )


def provenance_of(photo: Photo, recipe: Recipe, card: ModelCard, follows: str | None = None) -> Provenance:
    """What to note in a saved result. Reads the source file once more, for its hash; raises `PhotoError`.

    `follows` is the file name of the photo whose colors it took.
    """
    source = photo.meta.source
    try:
        sha256 = sha256_of(source) if source else None
    except OSError as error:
        raise PhotoError(
            'The original "{source}" could not be read again, so nothing was saved: {reason}. '
            "The note in the result that a model added the color needs it. Put it back, or save without that note.",
            source=source,
            reason=error.strerror or error,
        ) from error
    by = card if recipe.is_colored else None
    if recipe.color.reference is not None:  # where it lies is nobody else's business
        told = dataclasses.replace(recipe.color, reference=recipe.color.reference.without_folder)
        recipe = recipe.with_color(told)
    return Provenance(
        model=by.name if by else None,
        card_sha256=by.sha256 if by else None,
        recipe=to_json(dataclasses.replace(recipe, model=by.name if by else None)),
        steps=repair_words(recipe.repair),
        missing=percent(photo.meta.missing) if photo.meta.missing else None,
        adjustments=recipe.color.adjustments if by else (),
        app_version=__version__,
        source_sha256=sha256,
        source_name=source.name if source else "",
        follows=follows,
    )
