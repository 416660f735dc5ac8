"""What the session's workers do, as plain functions; they run on working threads and touch no widget."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from handtint.album.folders import PHOTO_SUFFIXES
from handtint.gui.open_photo import Stamp, stamp_of
from handtint.gui.pixels import PREVIEW_SIDE, Layer, layer_after, layer_before, to_image
from handtint.gui.result_names import format_for, free_path, proposed_path
from handtint.gui.worker import Work
from handtint.imaging.photo import Photo, SaveOptions, Tone, read_photo, write_photo
from handtint.imaging.prediction import Prediction
from handtint.imaging.writing import SUFFIXES
from handtint.model_card import ModelCard, ModelFile
from handtint.palette.carry import Reference
from handtint.progress import Progress
from handtint.restore import (
    Colorizer,
    Preview,
    Rendering,
    Settings,
    check_hints,
    check_tone,
    colored,
    make_reference,
    predict,
    provenance_of,
    render,
    render_preview,
)

THUMBNAIL_SIDE = 320
VARIANT_SIDE = 160


def photos_at(path: Path) -> list[Path]:
    """The photos directly in a folder, by name; a file itself, whatever it is."""
    path = path.absolute()
    if not path.is_dir():
        return [path]
    return sorted(
        (p for p in path.iterdir() if p.suffix.lower() in PHOTO_SUFFIXES and not p.name.startswith(".")),
        key=lambda p: p.name.casefold(),
    )


class ReadResult(NamedTuple):
    photo: Photo
    preview: Preview
    tone: Tone
    before: Layer
    stamp: Stamp | None


def read(path: Path, progress: Progress) -> ReadResult:
    """A photo and what is shown of it first. Raises `PhotoError`."""
    stamp = stamp_of(path)  # before reading: what changes meanwhile is seen as a change
    photo = read_photo(path, progress.part(0.0, 0.6))
    preview = Preview(photo, PREVIEW_SIDE, progress.part(0.6, 1.0))
    return ReadResult(photo, preview, photo.tone(), layer_before(photo, preview.before), stamp)


class ModelDesk:
    """Where the one loaded colorizer lies. Used on the model worker's thread only."""

    def __init__(self, load: Callable[[ModelFile], Colorizer]) -> None:
        self._load = load
        self._path: Path | None = None
        self._colorizer: Colorizer | None = None

    @property
    def device(self) -> str:
        """What a user calls the device, if the colorizer knows."""
        return getattr(self._colorizer, "device", "")

    def colorizer(self, model: ModelFile, progress: Progress) -> str:
        """Load the model unless it is the one at hand; returns its device. Raises `ModelError`."""
        if self._path != model.path or self._colorizer is None:
            progress.step(0.0, _tr("Getting the model ready"))
            self._path = self._colorizer = None  # free the old one first
            self._colorizer = self._load(model)
            self._path = model.path
        return self.device

    def lend(self, model: ModelFile, progress: Progress) -> Colorizer:
        """The colorizer itself, for work of many photos on this thread. Raises `ModelError`."""
        self.colorizer(model, progress)
        assert self._colorizer is not None
        return self._colorizer

    def take_threads(self, count: int | None) -> None:
        """Let the model have so many threads of the CPU; None for as many as usual."""
        take = getattr(self._colorizer, "take_threads", None)
        if take is not None:
            take(count)

    def color(
        self,
        model: ModelFile,
        photo: Photo,
        settings: Settings,
        name: str,
        progress: Progress,
        reference: Reference | None = None,
    ) -> Prediction:
        """Ask the model for the photo's color. Raises `HandtintError`, also for hints outside the photo."""
        check_hints(photo, settings)
        colorizer = self.lend(model, progress)
        text = _tr('Coloring "{0}"').format(name)
        progress.step(0.02, text)
        return predict(photo, colorizer, _titled(progress, text), reference)

    def reference(self, model: ModelFile, path: Path, settings: Settings, progress: Progress) -> Reference:
        """What a photo with these settings gives to those that take its colors. Raises `HandtintError`."""
        titled = _titled(progress, _tr('Looking at "{0}", whose colors it takes').format(path.name))
        photo = read_photo(path, titled.part(0.0, 0.4), in_bands=True)
        check_hints(photo, settings)
        colorizer = self.lend(model, progress)
        prediction = predict(photo, colorizer, titled.part(0.4, 0.9))
        return make_reference(photo, prediction, settings, colorizer, titled.part(0.9, 1.0))


def render_layer(photo: Photo, preview: Preview, prediction: Prediction, settings: Settings) -> Layer:
    """The colored side of the comparison."""
    colored = render_preview(preview, prediction, settings)
    return layer_after(photo, Rendering(photo, prediction, settings), colored)


def variant_pictures(preview: Preview, prediction: Prediction, settings: Settings) -> tuple[QImage, ...]:
    """Small pictures of all colorings there are to choose from, with these settings."""
    return tuple(
        to_image(render_preview(preview, prediction, dataclasses.replace(settings, variant=number), VARIANT_SIDE))
        for number in range(prediction.variants)
    )


class Saved(NamedTuple):
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
    prediction: Prediction
    source_stamp: Stamp | None


def saving(
    photo: Photo,
    prediction: Prediction,
    settings: Settings,
    card: ModelCard,
    path: Path,
    options: SaveOptions,
) -> Work:
    """Work that renders at full size and writes the file, whole or not at all.

    Returns a `Saved`. Raises `SaveError`, `PhotoError` for a source now gone.
    """

    def work(progress: Progress) -> Saved:
        text = _tr('Saving "{0}"').format(path.name)
        return _save(photo, prediction, settings, card, path, options, None, _titled(progress.part(0.1, 1.0), text))

    return work


def _save(
    photo: Photo,
    prediction: Prediction,
    settings: Settings,
    card: ModelCard,
    path: Path,
    options: SaveOptions,
    source_stamp: Stamp | None,
    progress: Progress,
) -> Saved:
    provenance = provenance_of(photo, settings, card) if options.provenance else None
    notes = write_photo(path, colored(photo, prediction, settings), options, provenance, progress)
    return Saved(path, options, notes, stamp_of(path), prediction, source_stamp)


@dataclass(frozen=True)
class Wanted:
    """A photo whose result is to be saved, open but perhaps not at hand.

    Attributes:
        photo: None where it must be read.
        prediction, stamp: what the model said and of which state of the file; None where it must be asked.
        own, own_stamp: the result that was saved from it before. It is replaced if it lies in the folder, has the
            format that is asked for, and nobody worked on it since.
    """

    source: Path
    model: ModelFile
    settings: Settings
    photo: Photo | None = None
    prediction: Prediction | None = None
    stamp: Stamp | None = None
    own: Path | None = None
    own_stamp: Stamp | None = None


def saving_into(folder: Path, wanted: Wanted, options: SaveOptions, desk: ModelDesk) -> Work:
    """Work that reads and colors a photo as far as need be, and writes its result into a folder under a free name.

    Returns a `Saved`. Raises `AlreadyInColor`, and what `saving` and `ModelDesk.color` raise.
    """

    def work(progress: Progress) -> Saved:
        photo, stamp, prediction = wanted.photo, wanted.stamp, wanted.prediction
        progress.step(0.0)
        if photo is None:
            stamp = stamp_of(wanted.source)
            photo = read_photo(wanted.source, progress.part(0.0, 0.2), in_bands=True)
        if prediction is None or stamp != wanted.stamp:
            check_tone(photo, wanted.settings)
            name = wanted.source.name
            prediction = desk.color(wanted.model, photo, wanted.settings, name, progress.part(0.2, 0.5))
        form = options.format or format_for(photo.meta)
        own = wanted.own
        if own is not None and own.parent == folder and own.suffix.lower() in SUFFIXES[form]:
            path, is_own = own, stamp_of(own) == wanted.own_stamp
        else:
            path, is_own = proposed_path(wanted.source, form, folder), False
        how = dataclasses.replace(options, format=form, overwrite=is_own)
        target = path if is_own else free_path(path)
        card, settings = wanted.model.card, wanted.settings
        return _save(photo, prediction, settings, card, target, how, stamp, progress.part(0.5, 1.0))

    return work


def copying(photo: Photo, prediction: Prediction, settings: Settings) -> Work:
    """Work that renders at full size into a QImage; see `saving`."""

    def work(progress: Progress) -> QImage:
        text = _tr("Copying the result")
        result = render(photo, prediction, settings, _titled(progress, text))
        return to_image(np.asarray(result.pixels))

    return work


def drawing(photo: Photo, prediction: Prediction, settings: Settings, longest: int, with_before: bool) -> Work:
    """Work that makes pictures with a longer side of `longest` pixels at most: before, if wanted, and after."""

    def work(progress: Progress) -> tuple[QImage, ...]:
        preview = Preview(photo, longest, _titled(progress.part(0.0, 0.8), _tr("Getting the page ready")))
        after = to_image(render_preview(preview, prediction, settings))
        return (to_image(preview.before), after) if with_before else (after,)

    return work


def thumbnail(path: Path) -> QImage:
    """A small picture of a file: by Qt, which shrinks while it decodes, else by our own reader."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(THUMBNAIL_SIDE, THUMBNAIL_SIDE), Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        if not image.isNull():
            return image.convertToFormat(QImage.Format.Format_RGB32)
    return to_image(Preview(read_photo(path), THUMBNAIL_SIDE).before)


def _titled(progress: Progress, text: str) -> Progress:
    """The same progress with `text` on every report; stepping it asks `progress` whether it was cancelled."""
    return Progress(lambda fraction, _: progress.step(fraction, text))


def _tr(text: str) -> str:
    return QCoreApplication.translate("jobs", text)
