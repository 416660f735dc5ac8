"""What the model's worker does to write, copy and print results, as plain functions; imported with the first one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtGui import QImage

from handtint.gui.canvas.pixels import to_image
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Work
from handtint.gui.session.tasks import LoadedModel, titled
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.model_card import ModelCard, ModelFile
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SUFFIXES, SaveOptions, format_of, free_path, output_path
from handtint.recipe.settings import Settings
from handtint.restore import way
from handtint.restore.rendering import Preview, render, render_preview
from handtint.stamps import Stamp, stamp_if_there


class SavedFile(NamedTuple):
    """A file that was written.

    Attributes:
        notes: sentences about what could not be kept.
        stamp: of the file.
        prediction, source_stamp: what its colors are from, and of which file.
    """

    path: Path
    options: SaveOptions
    notes: tuple[str, ...]
    stamp: Stamp | None
    prediction: Prediction | None
    source_stamp: Stamp | None


def saving(
    photo: Photo,
    prediction: Prediction | None,
    recipe: Recipe,
    card: ModelCard,
    path: Path,
    options: SaveOptions,
) -> Work:
    """Work that renders at full size and writes the file, whole or not at all.

    Returns a `SavedFile`. Raises `SaveError`, `PhotoError` for a source now gone.
    """

    def work(progress: Progress) -> SavedFile:
        text = tr("saving", 'Saving "{file}"', file=path.name)
        return _save(photo, prediction, recipe, card, path, options, None, titled(progress.part(0.1, 1.0), text))

    return work


def _save(
    photo: Photo,
    prediction: Prediction | None,
    recipe: Recipe,
    card: ModelCard,
    path: Path,
    options: SaveOptions,
    source_stamp: Stamp | None,
    progress: Progress,
) -> SavedFile:
    saved = way.save(photo, prediction, recipe, card, path, options, progress)
    return SavedFile(path, options, saved.lost, saved.stamp, prediction, source_stamp)


@dataclass(frozen=True)
class Wanted:
    """A photo whose result is to be saved, open, but perhaps not in memory.

    Attributes:
        photo: turned and repaired as the recipe says; None where it must be read.
        prediction, stamp: the model's prediction and the state of the file it is for; None where it must be made.
        name: what its result is called after, where that is not the source.
        own, own_stamp: the result that was saved from it before. It is replaced if it lies in the folder, has the
            format that is asked for, and nobody worked on it since.
    """

    source: Path
    model: ModelFile
    recipe: Recipe
    photo: Photo | None = None
    prediction: Prediction | None = None
    stamp: Stamp | None = None
    own: Path | None = None
    own_stamp: Stamp | None = None
    name: str = ""


def saving_into(folder: Path, wanted: Wanted, options: SaveOptions, loaded_model: LoadedModel) -> Work:
    """Work that reads and colors a photo as far as need be, and writes its result into a folder under a free name.

    Returns a `SavedFile`. Raises `AlreadyInColor`, and what `saving` and `LoadedModel.color` raise.
    """

    def work(progress: Progress) -> SavedFile:
        photo, stamp, prediction, recipe = wanted.photo, wanted.stamp, wanted.prediction, wanted.recipe
        progress.step(0.0)
        if photo is None:
            stamp = stamp_if_there(wanted.source)
            photo = way.read(wanted.source, recipe, progress.part(0.0, 0.1), in_bands=True)
            photo = way.turned(photo, recipe.geometry, progress.part(0.1, 0.2))
            if recipe.is_repaired:
                photo, recipe = way.repaired(photo, recipe, progress.part(0.2, 0.3))
        if recipe.is_colored and (prediction is None or stamp != wanted.stamp):
            name = wanted.source.name
            prediction = loaded_model.color(wanted.model, photo, recipe, name, progress.part(0.3, 0.5))
        form = options.format or format_of(wanted.source.suffix.lower())
        own = wanted.own
        if own is not None and own.parent == folder and own.suffix.lower() in SUFFIXES[form]:
            path, is_own = own, stamp_if_there(own) == wanted.own_stamp
        else:
            page, part, is_own = recipe.source.page, recipe.part, False
            path = output_path(wanted.source, folder, form, is_colored=recipe.is_colored, page=page, part=part)
        how = dataclasses.replace(options, format=form, overwrite=is_own)
        target = path if is_own else free_path(path)
        card = wanted.model.card
        return _save(photo, prediction, recipe, card, target, how, stamp, progress.part(0.5, 1.0))

    return work


def copying(photo: Photo, prediction: Prediction | None, settings: Settings) -> Work:
    """Work that renders at full size into a QImage; see `saving`."""

    def work(progress: Progress) -> QImage:
        text = tr("saving", "Copying the result")
        if prediction is None:
            return to_image(Preview(photo, max(photo.size), titled(progress, text)).before)
        result = render(photo, prediction, settings, titled(progress, text))
        return to_image(np.asarray(result.pixels))

    return work


def drawing(
    photo: Photo, prediction: Prediction | None, settings: Settings, longest: int, before: Photo | None
) -> Work:
    """Work that makes pictures with a longer side of `longest` pixels at most: before, if wanted, and after."""

    def work(progress: Progress) -> tuple[QImage, ...]:
        text = tr("saving", "Getting the page ready")
        preview = Preview(photo, longest, titled(progress.part(0.0, 0.5), text))
        after = preview.before if prediction is None else render_preview(preview, prediction, settings)
        if before is None:
            return (to_image(after),)
        first = preview if before is photo else Preview(before, longest, titled(progress.part(0.5, 1.0), text))
        return to_image(first.before), to_image(after)

    return work
