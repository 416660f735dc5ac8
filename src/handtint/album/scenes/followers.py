"""While an album is made with the same colors by scene: which photo waits for which, and how it gets the colors.

A lead is begun before its followers, and its reference is let go of after the last of them: few stand in memory. All of
it on the thread that owns the model.
"""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from handtint.album import making
from handtint.album.order import Job, Order
from handtint.album.recording import ends_the_run
from handtint.album.scenes.known import Groups, Lead
from handtint.errors import Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.palette.carry import Reference
from handtint.progress import Cancelled, Progress
from handtint.restore import way
from handtint.restore.colorizer import Colorizer, features_of, usual
from handtint.restore.references import follow, make_reference

_log = logging.getLogger(__name__)


def in_groups(jobs: Sequence[Job], order: Order) -> list[Job]:
    """The jobs group by group, each lead before its followers; groups in the order of their first photos."""
    groups: dict[Path, list[Job]] = {}
    for job in jobs:
        lead = order.lead_of(job.source)
        groups.setdefault(lead.path if lead else job.source.absolute(), []).append(job)
    return [
        job for group in groups.values() for job in sorted(group, key=lambda j: order.lead_of(j.source) is not None)
    ]


class Followers:
    """See the module's text.

    Args:
        folder: of the results.
        progress: cancelled when the run is stopped.

    Attributes:
        order: what is asked for; it changes where a photo cannot get the colors of its lead.
    """

    def __init__(self, jobs: Sequence[Job], order: Order, folder: Path, progress: Progress) -> None:
        self.order = order
        self._folder, self._progress = folder, progress
        leads = [lead.path for lead in (order.lead_of(job.source) for job in jobs) if lead]
        self._left = Counter(leads)  # followers of each that did not end yet
        self._coming = {job.source.absolute() for job in jobs} & set(leads)
        self._references: dict[Path, Reference | None] = {}
        self._failed: set[Path] = set()  # leads; as long as their journal says so, plans leave their followers alone

    def may_begin(self, photo: Path) -> bool:
        """Whether a photo need not wait for the colors of its lead."""
        lead = self.order.lead_of(photo)
        return lead is None or lead.path not in self._coming

    def led(self, job: Job, ready: way.Ready, prediction: Prediction, colorizer: Colorizer) -> Callable[[], Prediction]:
        """What gives a photo its colors, those of its lead if it has one; to be called on any thread.

        Args:
            prediction: the model's, for the photo; if that is a lead, its followers may begin then.

        Raises `HandtintError` where a lead's drive is gone.
        """
        path = job.source.absolute()
        if self._left[path]:
            self._put(path, self._reference(job, lambda: (ready, prediction), colorizer))
        lead = self.order.lead_of(job.source)
        if lead is None:
            return lambda: prediction
        if lead.path not in self._references:  # an earlier run made it
            its = Job(lead.path, lead.path)
            self._put(lead.path, self._reference(its, lambda: self._ask_again(its, colorizer), colorizer))
        reference = self._references[lead.path]
        if reference is None:
            self._part(job, lead)
            text = Sentence(
                'It was to take its colors from "{name}", which was not available; it was colored by itself.',
                name=lead.path.name,
            )
            return lambda: dataclasses.replace(prediction, notes=(*prediction.notes, text))
        lightness = usual(ready.lightness, colorizer.card)
        features = features_of(lightness, colorizer, self._progress)
        return lambda: follow(prediction, lightness, features, reference)

    def fail(self, photo: Path) -> None:
        """A photo was not made; if none has its colors yet, none will in this run."""
        self._failed.add(photo.absolute())
        self._put(photo.absolute(), None)

    def end(self, photo: Path) -> None:
        """A photo came to its end."""
        lead = self.order.lead_of(photo)
        if lead is not None:
            self._end_one_of(lead.path)

    def _put(self, lead: Path, reference: Reference | None) -> None:
        self._coming.discard(lead)
        if self._left[lead]:
            self._references.setdefault(lead, reference)

    def _end_one_of(self, lead: Path) -> None:
        self._left[lead] -= 1
        if not self._left[lead]:
            self._references.pop(lead, None)

    def _part(self, job: Job, lead: Lead) -> None:
        """In this run the photo stands alone; in later ones too, which need not try again, unless the lead failed."""
        self.order = self.order.alone(job.source)
        if lead.path not in self._failed:
            Groups(self._folder).part(job.source)
        self._end_one_of(lead.path)

    def _ask_again(self, job: Job, colorizer: Colorizer) -> tuple[way.Ready, Prediction]:
        ready = making.read(job, self.order, self._progress)
        return ready, way.ask([ready], colorizer, self._progress)[0]

    def _reference(
        self, job: Job, ask: Callable[[], tuple[way.Ready, Prediction]], colorizer: Colorizer
    ) -> Reference | None:
        """What a lead gives to others; None where it cannot be had."""
        try:
            ready, prediction = ask()
            settings = self.order.settings_of(job.source)
            return make_reference(ready.photo, prediction, settings, colorizer, self._progress)
        except Cancelled:
            raise
        except Exception as error:
            if ends_the_run(job, error, self._folder):
                raise
            _log.warning("%s gives its colors to none: %s", job.source, error)
            return None
