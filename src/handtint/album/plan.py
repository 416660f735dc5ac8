"""What a run will do, decided before it begins: which photo becomes which file, which are left out and why.

`plan` reads folders and the journal, not photos. A source is never a target, a file that is not ours is never
replaced unless asked, and what was made already stays as long as photo and settings stay.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from handtint.album.entries import Entry, name_key
from handtint.album.folders import LeftOut, Unsearched, identities, photos_at
from handtint.album.journal import WHOLE, Journal, Shard
from handtint.album.order import Event, Job, Order, Plan
from handtint.errors import Sentence
from handtint.recipe.saving import numbered, output_path
from handtint.stamps import sha256_of, stamp_of


def plan(
    paths: Iterable[Path],
    folder: Path,
    order: Order,
    journal: Journal | None = None,
    recursive: bool = False,
    shard: Shard = WHOLE,
    aside: Collection[Path] = (),
    exclude: Sequence[str] = (),
    may_be_empty: bool = False,
) -> Plan:
    """Where the results of these photos, and of the photos in these folders, go under `folder`.

    With `recursive` sub-folders count too, links to folders among them, and are kept under `folder`. Results keep the
    photos' names; where two would get the same one, the first keeps it and the next become `name (2)`, `name (3)` and
    so on; names given in earlier runs stay. Of all photos, shard I of N has every N-th, beginning with the I-th.
    Results at `aside` were rejected and set aside; they are not made again. Of scans that are split the prints of one
    number are planned, see `Order.part`. `exclude`: see
    `folders.photos_at`. `may_be_empty`: a folder without photos is no failure, since they are yet to come.
    """
    found: dict[Path, Path] = {}  # photo, as named by the user -> folder of its result
    others: list[Event] = []
    left_out: list[str] = []
    for path in paths:
        before = len(found) + len(others)
        try:
            for item, parent in photos_at(path, recursive, folder, exclude):
                if isinstance(item, LeftOut):
                    left_out.append(item.text)
                elif isinstance(item, Unsearched):
                    others.append(Event("failed", item.path, text=item.text))
                else:
                    found.setdefault(item, folder / parent)
            if not may_be_empty and path.is_dir() and len(found) + len(others) == before:
                others.append(Event("failed", path, text=_no_photos(path, recursive)))
        except OSError as error:
            others.append(Event("failed", path, text=_why_not_found(path, error)))
    first: dict[str, Path] = {}
    for photo in found:
        first.setdefault(os.path.realpath(photo), photo)
    jobs = [Job(p, _target(p, found[p], order)) for p in first.values() if order.concerns(p)]
    jobs = _without_clashes(jobs, journal)[shard[0] - 1 :: shard[1]]
    originals = _originals_at((job.target for job in jobs), first)
    if order.by_scene and order.resume and journal is not None:
        order = order.with_known_leads(journal.folder, (job.source for job in jobs))
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
    return Plan(chosen, others, tuple(left_out))


def _target(photo: Path, folder: Path, order: Order) -> Path:
    """Where the result goes: `name`, or `name-1`, `name-2` for the prints of a scan and the pages of a file."""
    recipe = order.recipe_of(photo)
    page = recipe.source.page
    part = recipe.part or (order.part if page == 1 else 0)  # the first of all pages has its number too
    return output_path(photo, folder, order.save.format, is_colored=recipe.is_colored, page=page, part=part)


def _originals_at(targets: Iterable[Path], sources: Mapping[str, Path]) -> set[Path]:
    """The targets that are photos of this run, by whatever name; sources by their real paths."""
    there = [target for target in targets if os.path.lexists(target)]
    known = identities(sources.values()) if there else set()
    return {target for target in there if os.path.realpath(target) in sources or known & identities([target])}


def _failed(decided: Job | Event) -> bool:
    return isinstance(decided, Event) and decided.kind == "failed"


def photos_in(paths: Iterable[Path], folder: Path, recursive: bool = False, exclude: Sequence[str] = ()) -> list[Path]:
    """The photos that `plan` would be about, whatever is to become of them."""
    found: list[Path] = []
    for path in paths:
        with contextlib.suppress(OSError):  # the plan reports it
            found += [item for item, _ in photos_at(path, recursive, folder, exclude) if isinstance(item, Path)]
    return found


def _no_photos(path: Path, recursive: bool) -> str:
    if recursive:
        return Sentence('There are no photos in the folder "{path}", nor in the folders inside.', path=path)
    return Sentence('There are no photos in the folder "{path}". Folders inside it were not searched.', path=path)


def _why_not_found(path: Path, error: OSError) -> str:
    if error.errno is None:  # one of ours
        return error.args[0]
    reason = Sentence("it is not there") if isinstance(error, FileNotFoundError) else error.strerror
    return Sentence(
        '"{path}" could not be opened: {reason}. Check the path and your rights to it.', path=path, reason=reason
    )


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
                target = numbered(job.target, number)
            taken.add(key)
            note = Sentence(
                'Saved as "{name}": "{owner}" has the name "{wanted}".',
                name=target.name,
                owner=owner,
                wanted=job.target.name,
            )
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
        text = Sentence(
            '"{name}" was not colored: the result would replace the original "{target}". '
            "Choose another folder for the results.",
            name=job.source.name,
            target=job.target,
        )
        return Event("failed", job.source, job.target, text)
    is_there = os.path.lexists(job.target)
    if job.target in aside and not is_there:
        text = Sentence('The result of "{name}" was rejected and set aside by you.', name=job.source.name)
        return Event("skipped", job.source, job.target, text, advice="--redo-rejected makes it again.")
    if order.save.overwrite:
        return replace(job, replaces=is_there)
    entry = journal.entry(job.target) if journal else None
    if entry is None:
        return (
            Event("skipped", job.source, job.target, Sentence('"{target}" already exists.', target=job.target))
            if is_there
            else job
        )
    change = _change(job.source, order, entry, journal)
    may_be_made_now = order.retry or order.recipe_of(job.source).source.partial
    if entry.state == "failed" and not change and not may_be_made_now:
        return Event("failed", job.source, job.target, entry.reason, advice="It failed before; --retry tries again.")
    if entry.state == "skipped" and not change and not order.settings_of(job.source).recolor:
        return Event("skipped", job.source, job.target, entry.reason)
    if not is_there:
        why = Sentence("its result was no longer there") if entry.state == "done" else change
        return replace(job, why=why)
    if entry.state == "done" and not change:
        if order.is_open(job.source) and entry.is_untouched:
            return replace(
                job, why=Sentence("whether it shows the same as another photo is not known yet"), replaces=True
            )
        return made_before(job, order)
    if entry.is_untouched:
        return replace(job, why=change, replaces=True)
    if entry.made is None:
        return Event("skipped", job.source, job.target, Sentence('"{target}" already exists.', target=job.target))
    text = Sentence(
        '"{target}" was changed by someone since Handtint made it, and is left as it is, although {change}.',
        target=job.target,
        change=change or Sentence("the run before was cut off"),
    )
    return Event("skipped", job.source, job.target, text, advice="--overwrite replaces it.")


def made_before(job: Job, order: Order) -> Event:
    """What is said of a photo whose result is the one that is asked for."""
    text = Sentence('"{target}" was made before.', target=job.target)
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
        return Sentence("you asked for it to be made again")
    if not order.is_work(source, entry.work):
        then = journal and journal.asked(entry.work)
        if then and _but_its_lead(json.loads(then)) in map(
            _but_its_lead, (json.loads(order.asked(source)), order.asked_by_0_1(source))
        ):
            return Sentence("the colors that it takes from another changed")
        return Sentence("settings, model or format changed")
    try:
        stamp = stamp_of(source)
        if stamp == entry.stamp:
            return ""
        is_same = entry.stamp is not None and stamp.size == entry.stamp.size and sha256_of(source) == entry.sha256
    except OSError:
        return ""  # reading it will say why
    return "" if is_same else Sentence("the photo changed")


def _but_its_lead(asked: dict | None) -> dict | None:
    return asked and {**asked, "follows": None}
