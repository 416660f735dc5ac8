"""What a run of an album would do, and what it needs: plain functions for a working thread. They write nothing."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from handtint.album.choices import Choices
from handtint.album.journal import Journal, has_journal
from handtint.album.order import Event, Job, Order, Plan
from handtint.album.pace import Estimate, Pace, estimate
from handtint.album.plan import plan
from handtint.album.scenes.known import Lead
from handtint.model_card import ModelFile
from handtint.progress import Progress

_AT_ONCE = 50  # photos whose heads are read between two checks whether this is still wanted


@dataclass(frozen=True)
class PlanRequest:
    """What is to be planned.

    Attributes:
        only: photos to make; None for all.
        aside: results that were rejected and set aside: they are not made again.
    """

    folder: Path
    output: Path
    recursive: bool
    order: Order
    only: frozenset[Path] | None = None
    aside: frozenset[Path] = frozenset()


def order_of(
    choices: Choices,
    models: Sequence[ModelFile],
    usual: ModelFile | None,
    retry: bool = False,
    leads: Mapping[Path, Lead | None] | None = None,
) -> Order | None:
    """What the choices of an album ask for; None without a model. `leads`: which photo follows which, so far as known.

    A photo whose recipe names a model that is not there is colored by the album's.
    """
    by_name = {file.card.name: file for file in models}
    model = by_name.get(choices.model, usual)
    if model is None:
        return None
    named = ((photo, by_name.get(recipe.model or "")) for photo, recipe in choices.own.items())
    others = {photo: file for photo, file in named if file is not None and file != model}
    own = dict(choices.own)
    if choices.recipe.color.recolor:  # is asked for the whole album
        own = {p: r.with_color(dataclasses.replace(r.color, recolor=True)) for p, r in own.items()}
    if choices.recipe.is_repair_automatic:  # likewise, except for what a person decided on a photo
        own = {p: r if r.is_repaired else dataclasses.replace(r, is_repair_automatic=True) for p, r in own.items()}
    by_scene = choices.by_scene
    return Order(model, choices.recipe, choices.save, own, retry, by_scene=by_scene, models=others, leads=leads or {})


def make_plan(request: PlanRequest, progress: Progress) -> Plan:
    """The plan of a request. Raises `AlbumBusy`, `JournalError`."""
    progress.step(0.0)
    with contextlib.ExitStack() as stack:
        journal = stack.enter_context(Journal(request.output)) if has_journal(request.output) else None
        whole = plan([request.folder], request.output, request.order, journal, request.recursive, aside=request.aside)
    jobs = [job for job in whole.jobs if _is_wanted(job, request.only)]
    others = [event for event in whole.others if _is_wanted(event, request.only)]
    return Plan(jobs, others, whole.left_out)


def _is_wanted(item: Job | Event, only: Collection[Path] | None) -> bool:
    return only is None or item.source in only


def make_estimate(jobs: Sequence[Job], output: Path, progress: Progress) -> Estimate:
    """What a plan needs; reads the head of every photo. Raises `Cancelled`."""
    pace = Pace()
    total = estimate([], output, pace)
    for start in range(0, len(jobs), _AT_ONCE):
        progress.step(start / len(jobs))
        part = estimate(jobs[start : start + _AT_ONCE], output, pace)
        total = Estimate(
            total.megapixels + part.megapixels,
            total.result_bytes + part.result_bytes,
            part.free_bytes,
            total.seconds + part.seconds,
        )
    return total
