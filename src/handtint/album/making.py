"""One photo of an album on its way: where its result goes, and what went wrong. No journal, no model.

Reading and writing may run on any thread or machine. What goes wrong is raised; `explain` makes an event of it.
"""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from pathlib import Path

from handtint.album.order import Event, Job, Order
from handtint.errors import HandtintError, IncompletePhoto, PhotoError, SaveError, Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.model_card import ModelCard
from handtint.progress import Progress
from handtint.restore import way
from handtint.stamps import Stamp, sha256_of, stamp_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A result on disk, as the journal notes it."""

    stamp: Stamp
    sha256: str
    pixels: int
    notes: tuple[str, ...]


def read(job: Job, order: Order, progress: Progress) -> way.Ready:
    """Read a photo and see what is asked of it; see `way.open_photo`."""
    return way.open_photo(job.source, order.recipe_of(job.source), order.model_of(job.source).card, progress)


def write(
    job: Job, ready: way.Ready, prediction: Prediction, order: Order, card: ModelCard, folder: Path, progress: Progress
) -> tuple[Made, Photo]:
    """Save the result, whole or not at all; returns it too. See `way.save`.

    Folders inside `folder`, where all results go, are made; `folder` must be there: a drive that is gone must not
    come back as a folder on another. Raises `SaveError`, `PhotoError` for a source that changed meanwhile, `Cancelled`.
    """
    source, lead = job.source, order.lead_of(job.source)
    _make_folder(job.target.parent, folder)
    options = dataclasses.replace(order.save, overwrite=job.replaces)
    sha256 = None if options.provenance else _sha256_of(source)  # before it is seen whether the source changed
    follows = lead.path.name if lead else None
    saved = way.save(
        ready.photo,
        prediction,
        ready.recipe,
        card,
        job.target,
        options,
        progress,
        follows=follows,
        stamp=ready.stamp,
    )
    height, width = saved.photo.size
    notes = (*saved.notes, *saved.lost, *filter(None, [job.note]))
    made = Made(stamp_of(job.target), saved.source_sha256 or sha256 or _sha256_of(source), height * width, notes)
    return made, saved.photo


def _make_folder(wanted: Path, folder: Path) -> None:
    try:
        folder.stat()
    except OSError as error:
        raise SaveError(
            'The folder for the results, "{folder}", is gone: {reason}. '
            "Your original is unchanged. See whether the drive is still there, or choose another folder.",
            folder=folder,
            reason=error.strerror,
        ) from error
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            'The folder "{wanted}" could not be made: {reason}. '
            "Your original is unchanged. Choose another folder for the results.",
            wanted=wanted,
            reason=error.strerror,
        ) from error


def _sha256_of(source: Path) -> str:
    try:
        return sha256_of(source)
    except OSError as error:
        raise PhotoError(
            'The original "{source}" is gone: {reason}. Put it back and try again.',
            source=source,
            reason=error.strerror,
        ) from error


def in_color(job: Job) -> Event:
    """A photo was left alone since it has colors of its own."""
    text = Sentence('"{name}" is already in color.', name=job.source.name)
    return Event("skipped", job.source, job.target, text, advice="--recolor colors it all the same.")


def explain(job: Job, error: Exception) -> Event:
    """What became of a photo whose work ended with this error."""
    if isinstance(error, way.AlreadyInColor):
        return in_color(job)
    advice = ""
    if isinstance(error, HandtintError):
        text = error.sentence
        if isinstance(error, IncompletePhoto):
            advice = Sentence("--partial makes a result of what is there.")
    elif isinstance(error, MemoryError):
        text = Sentence(
            '"{name}" needs more memory than there is. The original is unchanged. Close other programs and try again.',
            name=job.source.name,
        )
    else:
        _log.error("%s", job.source, exc_info=error)
        text = Sentence(
            '"{name}" was not colored because of a fault in Handtint '
            "({kind}: {error}). The original is unchanged; please report this.",
            name=job.source.name,
            kind=type(error).__name__,
            error=error,
        )
    return Event("failed", job.source, job.target, text, advice=advice)
