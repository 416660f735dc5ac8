"""A worker's share of an album made by several: one photo from its file to its result. Messages are small.

Runs in processes of their own, perhaps on other computers, and knows neither the journal nor Dask.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from handtint import model_card
from handtint.album import making
from handtint.album.order import Event, Job, Order
from handtint.album.recording import ends_the_run
from handtint.imaging.formats.probe import pixels_in
from handtint.model_card import ModelFile
from handtint.paths import is_there
from handtint.progress import Progress
from handtint.restore import way
from handtint.restore.colorizer import Colorizer, Load
from handtint.stamps import Stamp, sha256_of, stamp_of

_colorizers: dict[tuple[str, str], Colorizer] = {}
_coloring = threading.Lock()  # one thread at a time loads or asks a model


@dataclass(frozen=True)
class Assignment:
    """A photo as it is handed to a worker: paths are absolute, and nothing in it is about other photos.

    Attributes:
        before: the stamp of what was at the target when work began.
        folder: where all results go.
        load, device, threads: how a worker gets its colorizer.
    """

    job: Job
    order: Order
    before: Stamp | None
    folder: Path
    load: Load
    device: str
    threads: int | None


@dataclass(frozen=True)
class Answer:
    """What a worker says of a photo: it was made, or it was not (`event`), or no further one can be (`ends`)."""

    made: making.Made | None = None
    event: Event | None = None
    ends: str = ""
    seconds: float = 0.0


def make(assignment: Assignment) -> Answer:
    """Make one photo, unless a worker that died had made it. Raises what `load` raises."""
    start = time.perf_counter()
    job, order = assignment.job, assignment.order
    made, event, ends = _made_before(assignment), None, ""
    if made is None:
        colorizer = _colorizer(assignment)
        try:
            ready = making.read(job, order, Progress())
            with _coloring:
                (prediction,) = way.ask([ready], colorizer, Progress())
            made, _ = making.write(job, ready, prediction, order, colorizer.card, assignment.folder, Progress())
        except Exception as error:  # noqa: BLE001 whatever it is, the answer says so
            made = _made_before(assignment)  # by a worker that was given up but still alive
            if made is None and ends_the_run(job, error, assignment.folder):
                ends = str(error)
            elif made is None:
                event = making.explain(job, error)
    return Answer(made, event, ends, time.perf_counter() - start)


def _made_before(assignment: Assignment) -> making.Made | None:
    """The result that an earlier worker left at the target, if one did."""
    job = assignment.job
    try:
        stamp = stamp_of(job.target)
        if stamp == assignment.before:
            return None
        sha256 = sha256_of(job.source)
    except OSError:
        return None
    pixels, _ = pixels_in(job.target) or (0, 8)
    return making.Made(stamp, sha256, pixels, (job.note,) if job.note else ())


def _colorizer(assignment: Assignment) -> Colorizer:
    model = assignment.order.model
    key = model.card.sha256, assignment.device
    with _coloring:
        if key not in _colorizers:
            _colorizers.clear()  # memory for one model, not for those of earlier runs
            _colorizers[key] = assignment.load(_model_here(model), assignment.device, assignment.threads)
        return _colorizers[key]


def _model_here(model: ModelFile) -> ModelFile:
    """The model on this computer, where Handtint may be installed elsewhere."""
    if is_there(model.path):
        return model
    same = (other for other in model_card.list_models() if other.card.sha256 == model.card.sha256)
    return next(same, model)
