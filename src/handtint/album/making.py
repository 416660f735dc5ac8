"""One photo of an album: read it, and, once a model has said its color, write the result. No journal, no model.

Both steps may run on any thread or machine. What goes wrong is raised; `explain` makes an event of it.
"""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handtint.album.journal import Stamp, stamp_of
from handtint.album.plan import Event, Job, Order
from handtint.errors import HandtintError, PhotoError, SaveError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo, read_photo, sha256_of, write_photo
from handtint.model_card import ModelCard
from handtint.progress import Progress
from handtint.restore.way import AlreadyInColor, check_hints, check_tone, colored, look, provenance_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ready:
    """A photo that waits for the model, the (h, w) lightness that it is to see, and the file's stamp before reading."""

    photo: Photo
    lightness: np.ndarray
    stamp: Stamp


@dataclass(frozen=True)
class Made:
    """A result on disk."""

    stamp: Stamp
    sha256: str
    pixels: int
    notes: tuple[str, ...]


def read(job: Job, order: Order, progress: Progress) -> Ready:
    """Read a photo and look at it. Raises `PhotoError`, `AlreadyInColor`, `HintError`, `Cancelled`."""
    settings = order.settings_of(job.source)
    try:
        stamp = stamp_of(job.source)
    except OSError:
        stamp = Stamp(0, 0)  # reading it will say why
    photo = read_photo(job.source, progress.part(0.0, 0.6), in_bands=True)
    _check_unchanged(job.source, stamp)
    is_held = isinstance(photo.pixels, np.ndarray)
    if is_held:
        check_tone(photo, settings)
    check_hints(photo, settings)
    photo.expect_tone()
    lightness = look(photo, order.model.card, progress.part(0.6, 1.0))
    if not is_held:  # asked before, it would have read the whole file once more
        check_tone(photo, settings)
    return Ready(photo, lightness, stamp)


def write(
    job: Job, ready: Ready, prediction: Prediction, order: Order, card: ModelCard, folder: Path, progress: Progress
) -> tuple[Made, Photo]:
    """Bring the color to full size, band by band, and save the result, whole or not at all; returns it too.

    Folders inside `folder`, where all results go, are made; itself it must be there: a drive that is gone must not
    come back as a folder on another. Raises `SaveError`, `PhotoError` for a source that changed meanwhile, `Cancelled`.
    """
    settings, source = order.settings_of(job.source), job.source
    prediction = dataclasses.replace(prediction, lightness=ready.lightness)
    result = colored(ready.photo, prediction, settings)
    try:
        folder.stat()
    except OSError as error:
        raise SaveError(
            f'The folder for the results, "{folder}", is gone: {error.strerror}. '
            "Your original is unchanged. See whether the drive is still there, or choose another folder."
        ) from error
    try:
        job.target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            f'The folder "{job.target.parent}" could not be made: {error.strerror}. '
            "Your original is unchanged. Choose another folder for the results."
        ) from error
    lead = order.lead_of(source)
    follows = lead and lead.path.name
    provenance = provenance_of(ready.photo, settings, card, follows) if order.save.provenance else None
    try:
        sha256 = (provenance and provenance.source_sha256) or sha256_of(source)
    except OSError as error:
        raise PhotoError(f'The original "{source}" is gone: {error.strerror}. Put it back and try again.') from error
    _check_unchanged(source, ready.stamp)
    save = dataclasses.replace(order.save, overwrite=job.replaces)
    notes = write_photo(job.target, result, save, provenance, progress)
    height, width = result.size
    made = Made(stamp_of(job.target), sha256, height * width, (*result.meta.notes, *notes, *filter(None, [job.note])))
    return made, result


def _check_unchanged(source: Path, stamp: Stamp) -> None:
    try:
        same = stamp_of(source) == stamp
    except OSError:
        same = False
    if not same:
        raise PhotoError(
            f'"{source.name}" changed while it was read, so it was left out. '
            "It is unharmed; run this again when nothing writes to it any more."
        )


def explain(job: Job, error: Exception) -> Event:
    """What became of a photo whose work ended with this error."""
    if isinstance(error, AlreadyInColor):
        text = f'"{job.source.name}" is already in color.'
        return Event("skipped", job.source, job.target, text, advice="--recolor colors it anew.")
    if isinstance(error, HandtintError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = (
            f'"{job.source.name}" needs more memory than there is. '
            "The original is unchanged. Close other programs and try again."
        )
    else:
        _log.error("%s", job.source, exc_info=error)
        text = (
            f'"{job.source.name}" was not colored because of a fault in Handtint '
            f"({type(error).__name__}: {error}). The original is unchanged; please report this."
        )
    return Event("failed", job.source, job.target, text)
