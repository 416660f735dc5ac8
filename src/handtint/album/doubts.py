"""Which photos of a plan are in color already, and which may be: asked about before a run, one by one.

Each is read small, so this takes a fraction of the time that the run will, and the run, which sees the whole photo,
has the last word.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from handtint.album.making import in_color
from handtint.album.order import Job, Order, Plan
from handtint.errors import Sentence
from handtint.imaging.color.tone import Judgment
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe
from handtint.restore import way

_log = logging.getLogger(__name__)

_SHORTEST = 512  # pixels of the short side that are read where the format allows it; tone is judged by less
_THREADS = 2

DOUBT = Sentence("it may be in color already")


def look_for_color(jobs: Sequence[Job], order: Order, progress: Progress) -> dict[Path, Judgment]:
    """What color these photos have, except those that are to be colored anyway. Raises `Cancelled`.

    Those that cannot be read are left out: the run says why.
    """
    recipes = {job.source: order.recipe_of(job.source) for job in jobs}
    photos = [photo for photo, recipe in recipes.items() if recipe.is_colored and not recipe.color.recolor]
    found: dict[Path, Judgment] = {}
    pool = ThreadPoolExecutor(_THREADS, "handtint-tone")
    try:
        judged = pool.map(lambda photo: _judge(photo, recipes[photo]), photos)
        for index, (photo, judgment) in enumerate(zip(photos, judged, strict=True)):
            text = f"Looking for color: {index + 1} of {len(photos)}: {photo.name}"
            progress.step(index / len(photos), text)
            is_left_out = judgment is not None and judgment.is_color and not recipes[photo].is_repaired
            if judgment is not None and (is_left_out or not judgment.is_color):  # else it is repaired only
                found[photo] = judgment
    finally:
        pool.shutdown(cancel_futures=True)
    return found


def _judge(photo: Path, recipe: Recipe) -> Judgment | None:
    try:
        return way.read(photo, recipe, Progress(), in_bands=True, shortest=_SHORTEST).judgment()
    except Exception as error:  # noqa: BLE001 the run will read this photo too, and report what is wrong
        _log.info("%s was not looked at: %s", photo, error)
        return None


def sort_out(plan: Plan, judgments: Mapping[Path, Judgment]) -> Plan:
    """The plan with what is surely in color left out, and a doubt said where nobody can be sure."""
    jobs, others = [], list(plan.others)
    for job in plan.jobs:
        judgment = judgments.get(job.source)
        if judgment is not None and judgment.is_color:
            others.append(in_color(job))
        elif judgment is not None and not judgment.is_sure:
            jobs.append(dataclasses.replace(job, doubt=DOUBT))
        else:
            jobs.append(job)
    return Plan(jobs, others, plan.left_out)
