"""What the window knows of the photos of an album, and how a folder is looked through for them. No widgets.

A photo is known here by its path, date and state alone: 5,000 of them are a few megabytes. Pictures come from
`gui.album.thumbnails`, when they are seen.
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from handtint.album.choices import Choices
from handtint.album.entries import Entry
from handtint.album.folders import LeftOut, Unsearched, photos_at
from handtint.album.journal import has_journal, peek
from handtint.album.journal_files import JournalError
from handtint.album.order import Order
from handtint.album.review import Review, ReviewError, Verdict
from handtint.album.scenes.known import Lead
from handtint.imaging.formats.probe import taken_at
from handtint.paths import is_there
from handtint.progress import Progress
from handtint.recipe.photo_names import natural_key
from handtint.recipe.recipe import Recipe


class State(Enum):
    """How far a photo of an album is."""

    TODO = "to do"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class Show(Enum):
    """Which photos are shown."""

    ALL = "all"
    TODO = "to do"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    MARKED = "marked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Sort(Enum):
    """What photos are sorted by."""

    NAME = "name"
    DATE = "date"
    STATE = "state"
    FOLDER = "folder"


@dataclass(eq=False)
class AlbumPhoto:
    """One photo of an album.

    Attributes:
        folder: relative to the album; empty for the album itself.
        modified, taken: when the file was changed, and when the photo was taken by its EXIF if that is known;
            seconds since 1970.
        is_dated: whether `taken` was looked up.
        state, fraction: how far it is, and how much of it is done while it is made.
        target: where its result is or was planned.
        text: why it failed or was skipped.
        is_stale: whether it was set otherwise since its result was made.
        is_marked: whether it has a star.
        has_own: whether it has settings of its own.
        is_broken: whether no picture could be made of it.
        work: what its result was made by, as `Order.work` says it; empty without a result.
    """

    path: Path
    folder: str = ""
    modified: float = 0.0
    taken: float | None = None
    is_dated: bool = False
    state: State = State.TODO
    fraction: float = 0.0
    target: Path | None = None
    text: str = ""
    is_stale: bool = False
    is_marked: bool = False
    has_own: bool = False
    is_broken: bool = False
    work: str = ""
    verdict: Verdict | None = None
    name_key: tuple[str | int, ...] = field(init=False)
    folder_key: tuple[str | int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.name_key, self.folder_key = natural_key(self.path.name), natural_key(self.folder)

    @property
    def has_result(self) -> bool:
        """Whether there is a result to look at."""
        return self.state is State.DONE and self.target is not None

    @property
    def is_to_do(self) -> bool:
        """Whether the next run has something to do with it, as far as is known here."""
        return self.state in (State.TODO, State.MAKING) or self.is_stale

    def is_shown(self, show: Show) -> bool:
        """Whether it is among what was asked to be seen."""
        if show is Show.ALL:
            return True
        if show is Show.MARKED:
            return self.is_marked
        if show in (Show.ACCEPTED, Show.REJECTED):
            return self.verdict == show.value
        return self.is_to_do if show is Show.TODO else self.state.value == show.value


_RANKS = {State.MAKING: 0, State.FAILED: 1, State.TODO: 2, State.SKIPPED: 3, State.DONE: 4}


def arranged(photos: Iterable[AlbumPhoto], text: str, show: Show, sort: Sort) -> list[AlbumPhoto]:
    """Those with `text` in their name that are to be shown, sorted; equal ones by folder and name."""
    wanted = text.casefold()
    found = [p for p in photos if p.is_shown(show) and (not wanted or wanted in p.path.name.casefold())]
    keys = {
        Sort.NAME: lambda p: (p.name_key, p.folder_key),
        Sort.DATE: lambda p: (p.modified if p.taken is None else p.taken, p.folder_key, p.name_key),
        Sort.STATE: lambda p: (_RANKS[p.state], p.folder_key, p.name_key),
        Sort.FOLDER: lambda p: (p.folder_key, p.name_key),
    }
    return sorted(found, key=keys[sort])


@dataclass(frozen=True)
class Contents:
    """What was found in a folder: photos, verdicts on results, who follows whom, and sentences on what went wrong and
    on what is not taken for a photo."""

    photos: list[AlbumPhoto]
    review: Review | None
    leads: dict[Path, Lead | None]
    troubles: list[str]
    left_out: tuple[str, ...] = ()


def look_through(choices: Choices, order: Order | None, progress: Progress) -> Contents:
    """The photos of an album with what is known of them; reads folders, the journal and no photo.

    Args:
        order: what would be asked for now, to tell results that are out of date; None where there is no model.

    Raises `OSError` where the folder cannot be read, and `Cancelled`.
    """
    photos: dict[str, AlbumPhoto] = {}
    troubles: list[str] = []
    left_out: list[str] = []
    for item, parent in photos_at(choices.folder, choices.recursive, skip=choices.output):
        progress.step(0.0)
        if isinstance(item, LeftOut):
            left_out.append(item.text)
            continue
        if isinstance(item, Unsearched):
            troubles.append(item.text)
            continue
        try:
            modified = item.stat().st_mtime
        except OSError:
            modified = 0.0
        folder = "" if parent == Path() else str(parent)
        photos.setdefault(os.path.realpath(item), AlbumPhoto(item, folder, modified))
    found = list(photos.values())
    for photo in found:
        photo.is_marked, photo.has_own = photo.path in choices.marked, photo.path in choices.own
    review, leads = None, {}
    try:
        review = Review(choices.output)
    except ReviewError as error:  # the journal knows what was made without it
        troubles.append(error.sentence)
    try:
        if order is not None:
            order = order.with_known_leads(choices.output, [photo.path for photo in found])
            leads = dict(order.leads)
        entries, strange = peek(choices.output) if has_journal(choices.output) else ([], "")
        troubles += [strange] if strange else []
        tell_states(found, [_now_at(entry, choices) for entry in entries], order, review, progress)
    except JournalError as error:
        troubles.append(error.sentence)
    return Contents(found, review, leads, troubles, tuple(left_out))


def _now_at(entry: Entry, choices: Choices) -> Entry:
    """The entry with its photo where the album is now, if it was about one where the album was before."""
    for before in choices.was:
        if entry.source.is_relative_to(before):
            return dataclasses.replace(entry, source=choices.folder / entry.source.relative_to(before))
    return entry


def tell_states(
    photos: Sequence[AlbumPhoto],
    entries: Iterable[Entry],
    order: Order | None,
    review: Review | None,
    progress: Progress,
) -> None:
    """Put what the journal and the verdicts, where they can be read, say onto the photos."""
    by_source = {entry.source: entry for entry in sorted(entries, key=lambda entry: entry.time)}
    for photo in photos:
        progress.step(0.5)
        entry = by_source.get(photo.path)
        photo.state, photo.text, photo.target, photo.verdict, photo.work = State.TODO, "", None, None, ""
        if entry is None or entry.state == "started":
            continue
        photo.state, photo.text, photo.target = State(entry.state), entry.reason, entry.target
        if photo.state is State.DONE:
            photo.verdict = review.verdict(entry.target) if review is not None else None
            photo.work = entry.work
            if not is_there(review.result(entry.target) if review is not None else entry.target):
                photo.state, photo.work = State.TODO, ""
    if order is not None:
        tell_stale(photos, order)


def tell_stale(photos: Iterable[AlbumPhoto], order: Order) -> None:
    """Find out which results were made by other settings, another model or in another format than asked for now.

    With the same colors by scene, they include photos of which it is not yet known which one they follow.
    """
    same: dict[tuple[Recipe, Lead | None, str], bool] = {}

    def is_work(photo: AlbumPhoto, order: Order) -> bool:
        key = order.recipe_of(photo.path), order.lead_of(photo.path), photo.work
        if key not in same:
            same[key] = order.is_work(photo.path, photo.work)
        return same[key]

    photos = list(photos)
    failed = {photo.path for photo in photos if photo.state is State.FAILED}
    for photo in photos:
        photo.is_stale = bool(photo.work) and (not is_work(photo, order) or order.is_open(photo.path))
        lead = order.lead_of(photo.path)
        if photo.is_stale and lead is not None and lead.path in failed:  # such were made without it
            photo.is_stale = not is_work(photo, order.alone(photo.path))


def look_up_dates(paths: Sequence[Path], progress: Progress) -> dict[Path, float | None]:
    """When photos were taken; reads the head of each. Raises `Cancelled`."""
    found = {}
    for index, path in enumerate(paths):
        progress.step(index / len(paths))
        found[path] = taken_at(path)
    return found


def count_states(photos: Sequence[AlbumPhoto]) -> Counter[str]:
    """How many photos each `Show` would show, by its value."""
    counts: Counter[str] = Counter({"all": len(photos)})
    for photo in photos:
        if photo.state is not State.TODO:
            counts[photo.state.value] += 1
        if photo.is_to_do:
            counts["to do"] += 1
        if photo.is_marked:
            counts["marked"] += 1
        if photo.verdict is not None:
            counts[photo.verdict] += 1
    return counts
