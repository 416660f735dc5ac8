"""What a run will do, decided before it begins: which photo becomes which file, which are left out and why.

`plan` reads folders and the journal, not photos. A source is never a target, a file that is not ours is never
replaced unless asked, and what was made already stays as long as photo and settings stay.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from handtint.album.folders import Unsearched, identities, photos_at
from handtint.album.journal import WHOLE, Entry, Journal, Shard, name_key, stamp_of
from handtint.album.same_look.known import Lead, known_leads
from handtint.imaging.provenance import sha256_of
from handtint.model_card import ModelFile
from handtint.recipe.saving import SaveOptions, output_path
from handtint.recipe.settings import Settings


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes:
        model: what colors.
        settings: of every photo that has none of its own.
        save: how results are saved; with `overwrite` files that are there are replaced, whoever made them.
        own: settings of single photos, by their path as it is named or found.
        retry: whether photos that failed before are tried again.
        resume: whether results of earlier runs stay as long as photo and settings do; else they are made anew.
        same_look: whether photos that show the same take their colors from one of them.
        leads: the photo that others follow, None for those that stand alone or lead; as far as it was found out.
    """

    model: ModelFile
    settings: Settings = field(default_factory=Settings)
    save: SaveOptions = field(default_factory=SaveOptions)
    own: Mapping[Path, Settings] = field(default_factory=dict)
    retry: bool = False
    resume: bool = True
    same_look: bool = False
    leads: Mapping[Path, Lead | None] = field(default_factory=dict)

    def settings_of(self, photo: Path) -> Settings:
        return self.own.get(photo, self.settings)

    def lead_of(self, photo: Path) -> Lead | None:
        """The photo whose colors this one takes; None if it is colored by itself."""
        return self.leads.get(photo) if self.same_look else None

    def alone(self, photo: Path) -> Order:
        """The order with this photo colored by itself, where its lead cannot be had."""
        return replace(self, leads={**self.leads, photo: None})

    def is_open(self, photo: Path) -> bool:
        """Whether it is still to be found out which photo this one follows."""
        return self.same_look and photo not in self.leads

    def asked(self, photo: Path) -> str:
        """All that decides what the result of a photo looks like, but the photo, as a JSON object."""
        save = dataclasses.asdict(self.save)
        del save["overwrite"]
        if not save["smaller"]:  # as runs noted it that did not know the choice
            del save["smaller"]
        card = self.model.card
        model = {"name": card.name, "card_sha256": card.sha256, "size_bytes": self.model.size_bytes}
        what = {"settings": dataclasses.asdict(self.settings_of(photo)), "save": save, "model": model}
        lead = self.lead_of(photo)
        if lead is not None:
            its = dataclasses.asdict(self.settings_of(lead.path))
            del its["strength"], its["recolor"]  # its colors are carried as they were predicted
            what["follows"] = {"name": lead.path.name, "sha256": lead.sha256, "settings": its}
        return json.dumps(what, sort_keys=True)

    def work(self, photo: Path) -> str:
        """A hash of what is asked for."""
        what = json.loads(self.asked(photo))
        del what["settings"]["recolor"]  # it asks for a result, and does not change it
        what.get("follows", {}).pop("name", None)
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Job:
    """One photo and the file its result becomes.

    Attributes:
        note: why that file has another name than the photo, if it has.
        why: why the photo is made although there was a result; empty for a new one.
        replaces: whether a file at `target` is to be replaced.
        follows: the photo whose colors it takes, as far as the plan knows.
        is_open: whether that is still to be found out; the result may then turn out to be made already.
    """

    source: Path
    target: Path
    note: str = ""
    why: str = ""
    replaces: bool = False
    follows: Path | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Event:
    """What happened to one photo.

    Attributes:
        kind: `started`, `progress` any number of times, then one of `done`, `skipped` and `failed`.
        source: the photo, or the path that led to none.
        target: the file that its result is, becomes or would have become; None where none was planned.
        text: why it was skipped or failed, as a sentence.
        notes: sentences on how the result was made.
        seconds: from opening the photo to the result on disk.
        fraction: how much of this photo is done, 0..1.
        is_routine: whether it was skipped only because it was made in an earlier run.
        advice: what to do about it on the command line; the window has buttons of its own for that.
        work: what the result was made by, as `Order.work` says it, of a photo that is done or was made before.
        lead: the photo that one follows, if any.
    """

    kind: Literal["started", "progress", "done", "skipped", "failed"]
    source: Path
    target: Path | None = None
    text: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    fraction: float = 0.0
    is_routine: bool = False
    advice: str = ""
    work: str = ""
    lead: Lead | None = None

    @property
    def advised(self) -> str:
        """The text with the advice."""
        return f"{self.text} {self.advice}".strip()


@dataclass(frozen=True)
class Plan:
    """Jobs in the order they will be begun, and an event for everything that gave none."""

    jobs: list[Job]
    others: list[Event]

    @property
    def open(self) -> int:
        """How many jobs are open, see `Job.is_open`."""
        return sum(job.is_open for job in self.jobs)


def plan(
    paths: Iterable[Path],
    folder: Path,
    order: Order,
    journal: Journal | None = None,
    recursive: bool = False,
    shard: Shard = WHOLE,
    aside: Collection[Path] = (),
) -> Plan:
    """Where the results of these photos, and of the photos in these folders, go under `folder`.

    With `recursive` sub-folders count too, links to folders among them, and are kept under `folder`. Results keep the
    photos' names; where two would get the same one, the first keeps it and the next become `name (2)`, `name (3)` and
    so on; names given in earlier runs stay. Of all photos, shard I of N has every N-th, beginning with the I-th.
    Results at `aside` were rejected and set aside; they are not made again.
    """
    found: dict[Path, Path] = {}  # photo, as named by the user -> folder of its result
    others: list[Event] = []
    for path in paths:
        before = len(found) + len(others)
        try:
            for item, parent in photos_at(path, recursive, skip=folder):
                if isinstance(item, Unsearched):
                    others.append(Event("failed", item.path, text=item.text))
                else:
                    found.setdefault(item, folder / parent)
            if path.is_dir() and len(found) + len(others) == before:
                others.append(Event("failed", path, text=_no_photos(path, recursive)))
        except OSError as error:
            others.append(Event("failed", path, text=_why_not_found(path, error)))
    first: dict[str, Path] = {}
    for photo in found:
        first.setdefault(os.path.realpath(photo), photo)
    jobs = [Job(p, output_path(p, found[p], order.save.format)) for p in first.values()]
    jobs = _without_clashes(jobs, journal)[shard[0] - 1 :: shard[1]]
    originals = _originals_at((job.target for job in jobs), first)
    if order.same_look and order.resume and journal is not None:
        leads = known_leads(journal.folder, (job.source for job in jobs), order.model.card.sha256)
        order = replace(order, leads=leads)
    chosen: list[Job] = []
    decisions = {job.source: _decide(job, order, journal, originals, aside) for job in jobs}
    failed = {photo.absolute() for photo, decided in decisions.items() if _failed(decided)}
    for job in jobs:
        decided, lead = decisions[job.source], order.lead_of(job.source)
        if lead and lead.path in failed and isinstance(decided, Job):
            # What was made without its lead stays until that is tried again.
            again = _decide(job, order.alone(job.source), journal, originals, aside)
            decided = decided if isinstance(again, Job) else again
        if isinstance(decided, Job):
            chosen.append(replace(decided, follows=lead and lead.path, is_open=order.is_open(job.source)))
        else:
            others.append(decided)
    return Plan(chosen, others)


def _originals_at(targets: Iterable[Path], sources: Mapping[str, Path]) -> set[Path]:
    """The targets that are photos of this run, by whatever name; sources by their real paths."""
    there = [target for target in targets if os.path.lexists(target)]
    known = identities(sources.values()) if there else set()
    return {target for target in there if os.path.realpath(target) in sources or known & identities([target])}


def _failed(decided: Job | Event) -> bool:
    return isinstance(decided, Event) and decided.kind == "failed"


def photos_in(paths: Iterable[Path], folder: Path, recursive: bool = False) -> list[Path]:
    """The photos that `plan` would be about, whatever is to become of them."""
    found: list[Path] = []
    for path in paths:
        with contextlib.suppress(OSError):  # the plan tells of it
            found += [item for item, _ in photos_at(path, recursive, skip=folder) if isinstance(item, Path)]
    return found


def _no_photos(path: Path, recursive: bool) -> str:
    tail = ", nor in the folders inside." if recursive else ". Folders inside it were not searched."
    return f'There are no photos in the folder "{path}"' + tail


def _why_not_found(path: Path, error: OSError) -> str:
    if error.errno is None:  # one of ours
        return str(error)
    reason = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror
    return f'"{path}" could not be opened: {reason}. Check the path and your rights to it.'


def _without_clashes(jobs: list[Job], journal: Journal | None) -> list[Job]:
    """The jobs with targets that differ even where the disk takes `A.jpg` and `a.jpg` for one name.

    A target that an earlier run gave to a photo stays that photo's, whatever the order is now.
    """
    wanted: dict[str, list[Job]] = {}
    for job in jobs:
        wanted.setdefault(name_key(job.target), []).append(job)
    taken = set(wanted)
    winners = {key: _winner(those, journal) for key, those in wanted.items()}
    free = []
    for job in jobs:
        winner = winners[name_key(job.target)]
        owner = winner.source if winner is not job else _owner(job, journal)
        if owner is not None:
            target, number = job.target, 1
            while (key := name_key(target)) in taken or _is_anothers(job, target, journal):
                number += 1
                target = job.target.with_stem(f"{job.target.stem} ({number})")
            taken.add(key)
            note = f'Saved as "{target.name}": "{owner}" has the name "{job.target.name}".'
            job = replace(job, target=target, note=note)
        free.append(job)
    return free


def _winner(jobs: list[Job], journal: Journal | None) -> Job:
    """Of jobs that want one name the one that had it before: by its path, else by its content; else the first."""
    entry = journal.entry(jobs[0].target) if journal and len(jobs) > 1 else None
    if entry is None:
        return jobs[0]
    by_path = (job for job in jobs if job.source.absolute() == entry.source)
    by_content = (job for job in jobs if _is_same_photo(job.source, entry))
    return next(by_path, None) or next(by_content, jobs[0])


def _owner(job: Job, journal: Journal | None) -> Path | None:
    """The photo that an earlier run gave this job's target to, if it is another one."""
    entry = journal.entry(job.target) if journal else None
    return entry.source if entry and not _is_same_photo(job.source, entry) else None


def _is_anothers(job: Job, target: Path, journal: Journal | None) -> bool:
    return _owner(replace(job, target=target), journal) is not None


def _is_same_photo(source: Path, entry: Entry) -> bool:
    """Whether the entry is about this photo: by its path, or, where the album moved, by its content."""
    if source.absolute() == entry.source:
        return True
    if entry.stamp is None or entry.sha256 is None:
        return False
    try:
        return stamp_of(source).size == entry.stamp.size and sha256_of(source) == entry.sha256
    except OSError:
        return False


def _decide(
    job: Job, order: Order, journal: Journal | None, originals: Collection[Path], aside: Collection[Path]
) -> Job | Event:
    """The job as it is to be done, or why it is not."""
    if job.target in originals:
        text = (
            f'"{job.source.name}" was not colored: the result would replace the original "{job.target}". '
            "Choose another folder for the results."
        )
        return Event("failed", job.source, job.target, text)
    is_there = os.path.lexists(job.target)
    if job.target in aside and not is_there:
        text = f'The result of "{job.source.name}" was rejected and set aside by you.'
        return Event("skipped", job.source, job.target, text, advice="--redo-rejected makes it anew.")
    if order.save.overwrite:
        return replace(job, replaces=is_there)
    entry = journal.entry(job.target) if journal else None
    if entry is None:
        return Event("skipped", job.source, job.target, f'"{job.target}" is there already.') if is_there else job
    change = _change(job.source, order, entry, journal)
    if entry.state == "failed" and not change and not order.retry:
        return Event("failed", job.source, job.target, entry.reason, advice="It failed before; --retry tries again.")
    if entry.state == "skipped" and not change and not order.settings_of(job.source).recolor:
        return Event("skipped", job.source, job.target, entry.reason)
    if not is_there:
        why = "its result was no longer there" if entry.state == "done" else change
        return replace(job, why=why)
    if entry.state == "done" and not change:
        if order.is_open(job.source) and entry.is_untouched:
            return replace(job, why="whether it shows the same as another photo is not known yet", replaces=True)
        return made_before(job, order)
    if entry.is_untouched:
        return replace(job, why=change, replaces=True)
    if entry.made is None:
        return Event("skipped", job.source, job.target, f'"{job.target}" is there already.')
    text = (
        f'"{job.target}" was changed by someone since Handtint made it, and is left as it is, '
        f"although {change or 'the run before was cut off'}."
    )
    return Event("skipped", job.source, job.target, text, advice="--overwrite replaces it.")


def made_before(job: Job, order: Order) -> Event:
    """What is said of a photo whose result is the one that is asked for."""
    text = f'"{job.target}" was made before.'
    work, lead = order.work(job.source), order.lead_of(job.source)
    return Event("skipped", job.source, job.target, text, is_routine=True, work=work, lead=lead)


def is_made(job: Job, order: Order, journal: Journal) -> bool:
    """Whether the result of a job is there as it would be made, now that more is known of what it follows."""
    entry = None if order.save.overwrite else journal.entry(job.target)
    if entry is None or entry.state != "done" or not os.path.lexists(job.target):
        return False
    return not _change(job.source, order, entry, journal)


def _change(source: Path, order: Order, entry: Entry, journal: Journal | None) -> str:
    """What differs from when the entry was written; empty if nothing does."""
    if not order.resume:
        return "it was to be made anew"
    if order.work(source) != entry.work:
        then, now = journal and journal.asked(entry.work), order.asked(source)
        if then and {**json.loads(then), "follows": None} == {**json.loads(now), "follows": None}:
            return "the colors that it takes from another changed"
        return "settings, model or format changed"
    try:
        stamp = stamp_of(source)
        if stamp == entry.stamp:
            return ""
        is_same = entry.stamp is not None and stamp.size == entry.stamp.size and sha256_of(source) == entry.sha256
    except OSError:
        return ""  # reading it will say why
    return "" if is_same else "the photo changed"
