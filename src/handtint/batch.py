"""Several photos one after the other: where each result goes, and coloring them with a model loaded once.

`plan` turns files and folders into jobs without opening a photo; `run` works them off and tells of each
through `Event`s. One photo that fails does not stop the others. A source is never a target, an existing
result is left alone unless `SaveOptions.overwrite` says otherwise.
"""

from __future__ import annotations

import functools
import logging
import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from handtint.errors import HandtintError, SaveError
from handtint.imaging.comparison import Sheet
from handtint.imaging.hints import Hint
from handtint.imaging.photo import (
    Photo,
    SaveOptions,
    output_path,
    read_photo,
    write_photo,
)
from handtint.progress import Cancelled, Progress
from handtint.restore import AlreadyInColor, Colorizer, Settings, provenance_of, restore

_log = logging.getLogger(__name__)

# What counts as a photo in a folder; a file that is named is opened whatever its suffix.
PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".heic", ".heif")


@dataclass(frozen=True)
class Job:
    """One photo and the file its result becomes. `note` says why that file has another name, if it has."""

    source: Path
    target: Path
    note: str = ""


@dataclass(frozen=True)
class Event:
    """What happened to one photo.

    Attributes:
        kind: `started`, then one of `done`, `skipped` and `failed`.
        source: the photo, or the path that led to none.
        target: the file that its result is, becomes or would have become; None where none was planned.
        text: why it was skipped or failed, as a sentence.
        notes: sentences on how the result was made.
        seconds: from opening the photo to the result on disk.
    """

    kind: Literal["started", "done", "skipped", "failed"]
    source: Path
    target: Path | None = None
    text: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Jobs in the order they will be done, and an event for every path that gave none."""

    jobs: list[Job]
    failures: list[Event]


def plan(paths: Iterable[Path], folder: Path, save: SaveOptions, recursive: bool = False) -> Plan:
    """Where the results of these photos, and of the photos in these folders, go under `folder`.

    With `recursive` sub-folders count too and are kept under `folder`. Results keep the photos' names; where
    two would get the same one, the first keeps it and the next become `name (2)`, `name (3)` and so on.
    """
    found: dict[Path, Path] = {}  # photo, as named by the user -> folder of its result
    failures: list[Event] = []
    for path in paths:
        try:
            for photo, parent in _photos_at(path, recursive, skip=folder):
                found.setdefault(photo, folder / parent)
        except OSError as error:
            failures.append(Event("failed", path, text=_why_not_found(path, error)))
    unique = {os.path.realpath(photo): photo for photo in reversed(found)}
    jobs = [Job(p, output_path(p, found[p], save.format)) for p in found if unique[os.path.realpath(p)] is p]
    return Plan(_without_clashes(jobs), failures)


def _photos_at(path: Path, recursive: bool, skip: Path) -> Iterator[tuple[Path, Path]]:
    """Photos a path stands for, each with the folder it lies in, relative to the path. Raises OSError."""
    if not path.is_dir():
        path.stat()
        yield path, Path()
        return
    count = 0
    for parent, folders, names in os.walk(path, onerror=_raise):
        here = Path(parent)
        # Results of an earlier run are no sources, though they may lie inside the folder.
        folders[:] = sorted(n for n in folders if recursive and n[0] != "." and not _same(here / n, skip))
        for name in sorted(names):
            if name[0] != "." and Path(name).suffix.lower() in PHOTO_SUFFIXES:
                count += 1
                yield here / name, here.relative_to(path)
    if not count:
        raise FileNotFoundError(
            f'There are no photos in the folder "{path}"'
            + (", nor in the folders inside." if recursive else ". Folders inside it were not searched.")
        )


def _raise(error: OSError) -> None:
    raise error


def _same(path: Path, other: Path) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _why_not_found(path: Path, error: OSError) -> str:
    if error.errno is None:  # one of ours
        return str(error)
    reason = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror
    return f'"{path}" could not be opened: {reason}. Check the path and your rights to it.'


def _without_clashes(jobs: list[Job]) -> list[Job]:
    """The jobs with targets that differ even where the disk takes `A.jpg` and `a.jpg` for one name."""
    first: dict[str, Job] = {}
    for job in jobs:
        first.setdefault(_name_key(job.target), job)
    taken = set(first)
    free = []
    for job in jobs:
        winner = first[_name_key(job.target)]
        if winner is not job:
            target, number = job.target, 1
            while _name_key(target) in taken:
                number += 1
                target = job.target.with_stem(f"{job.target.stem} ({number})")
            taken.add(_name_key(target))
            note = f'Saved as "{target.name}": "{winner.source}" has the name "{job.target.name}".'
            job = replace(job, target=target, note=note)
        free.append(job)
    return free


def _name_key(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()


def run(
    jobs: list[Job],
    settings: Settings,
    save: SaveOptions,
    load: Callable[[], Colorizer],
    progress: Progress,
    report: Callable[[Event], None],
    sheet: Sheet | None = None,
    hints: Mapping[Path, tuple[Hint, ...]] | None = None,
) -> None:
    """Color the photos of a plan and save the results.

    Args:
        load: gives the colorizer; called once, when the first photo needs it.
        report: told of every photo when it starts and when it is done, skipped or failed.
        sheet: gets each photo with its result.
        hints: color hints by source, in place of those in `settings`.

    Raises `Cancelled`, and whatever `load` raises; what was saved by then stays and is whole.
    """
    sources = {os.path.realpath(job.source) for job in jobs}
    load_once = functools.cache(load)
    for number, job in enumerate(jobs):
        part = progress.part(number / len(jobs), (number + 1) / len(jobs))
        part.step(0.0, f"Coloring {number + 1} of {len(jobs)}: {job.source.name}")
        report(Event("started", job.source, job.target))
        start = time.perf_counter()
        event = _check_target(job, sources, save) or _read(job, part.part(0.0, 0.2))
        if isinstance(event, Photo):
            colorizer = load_once()
            own = replace(settings, hints=hints[job.source]) if hints and job.source in hints else settings
            event = _color(job, event, own, save, colorizer, part, sheet)
        report(replace(event, seconds=time.perf_counter() - start))


def _check_target(job: Job, sources: set[str], save: SaveOptions) -> Event | None:
    if os.path.realpath(job.target) in sources:
        text = (
            f'"{job.source.name}" was not colored: the result would replace the original "{job.target}". '
            "Choose another folder for the results."
        )
        return Event("failed", job.source, job.target, text)
    if not save.overwrite and os.path.lexists(job.target):
        return Event("skipped", job.source, job.target, f'"{job.target}" is there already.')
    return None


def _read(job: Job, progress: Progress) -> Photo | Event:
    try:
        return read_photo(job.source, progress)
    except Cancelled:
        raise
    except Exception as error:
        return _failure(job, error)


def _color(
    job: Job,
    photo: Photo,
    settings: Settings,
    save: SaveOptions,
    colorizer: Colorizer,
    progress: Progress,
    sheet: Sheet | None,
) -> Event:
    try:
        result = restore(photo, settings, colorizer, progress.part(0.2, 0.8))
        _make_folder(job.target.parent)
        provenance = provenance_of(photo, settings, colorizer.card) if save.provenance else None
        saving_notes = write_photo(job.target, result, save, provenance, progress.part(0.8, 1.0))
        if sheet is not None:
            sheet.add(job.target.stem, photo.pixels, result.pixels)
    except Cancelled:
        raise
    except AlreadyInColor:
        text = f'"{job.source.name}" is already in color; use --recolor to color it anew.'
        return Event("skipped", job.source, job.target, text)
    except Exception as error:
        return _failure(job, error)
    notes = (*result.meta.notes, *saving_notes, *([job.note] if job.note else []))
    return Event("done", job.source, job.target, notes=notes)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SaveError(
            f'The folder "{folder}" could not be made: {error.strerror}. '
            "Your original is unchanged. Choose another folder for the results."
        ) from error


def _failure(job: Job, error: Exception) -> Event:
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
