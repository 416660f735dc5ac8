"""Plans and runs of the open album, and what they change in its photos. No widgets.

Plans are made on the album's worker thread; a run is on the thread that owns the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.album.doubts import look_for_color, sort_out
from handtint.album.order import Event, Job, Order, Plan
from handtint.album.pace import Estimate
from handtint.album.photos import State
from handtint.album.planning import PlanRequest, make_estimate, make_plan
from handtint.errors import HandtintError
from handtint.gui.album.album import Album
from handtint.gui.album.run import AlbumRun
from handtint.gui.parts.translating import translated
from handtint.gui.parts.worker import Task
from handtint.gui.session.session import Session
from handtint.imaging.color.tone import Judgment
from handtint.recipe.recipe import Recipe

_CHECKED_AT_ONCE = 16


class AlbumRuns(QObject):
    """See the module's text.

    Attributes:
        run: the current run, or the last one of this album.
        redo_queue: photos to color again once the run is over.
    """

    changed = Signal()  # phase or counts of the run
    results_changed = Signal(object)  # photos whose result is new

    def __init__(self, album: Album, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._album, self._session = album, session
        self.run: AlbumRun | None = None
        self.redo_queue: set[Path] = set()
        self._planning: Task | None = None
        album.loaded.connect(self._forget)

    @property
    def is_running(self) -> bool:
        """Whether photos are being made."""
        return self.run is not None and not self.run.is_over

    def _forget(self) -> None:
        """Another album was opened."""
        self._drop_run()
        self.redo_queue.clear()

    def plan(
        self,
        request: PlanRequest,
        planned: Callable[[Plan], None],
        estimated: Callable[[Estimate], None],
        failed: Callable[[str], None],
        sorted_out: Callable[[Plan], None] | None = None,
    ) -> None:
        """Make a plan, then estimate what it needs; a plan still in the making is dropped.

        With `sorted_out` the photos are then looked at, a few at a time, and it is given the plan anew whenever some
        are found that are, or may be, in color already.
        """
        self.stop_planning()

        def done(plan: Plan) -> None:
            planned(plan)
            self._planning = self._album.worker.submit(
                lambda progress: make_estimate(plan.jobs, request.output, progress),
                lambda estimate: took(plan, estimate),
                fail,
            )

        def took(plan: Plan, estimate: Estimate) -> None:
            estimated(estimate)
            if sorted_out is not None:
                check(plan, plan.jobs, sorted_out)

        def check(plan: Plan, left: Sequence[Job], sorted_out: Callable[[Plan], None]) -> None:
            """In small pieces, so that what else the worker has to do gets its turn."""
            if left:
                self._planning = self._album.worker.submit(
                    lambda progress: look_for_color(left[:_CHECKED_AT_ONCE], request.order, progress),
                    lambda judgments: checked(plan, left, judgments, sorted_out),
                    fail,
                )

        def checked(
            plan: Plan,
            left: Sequence[Job],
            judgments: Mapping[Path, Judgment],
            sorted_out: Callable[[Plan], None],
        ) -> None:
            sorted_plan = sort_out(plan, judgments)
            if sorted_plan != plan:
                sorted_out(sorted_plan)
            check(sorted_plan, left[_CHECKED_AT_ONCE:], sorted_out)

        def fail(error: Exception) -> None:
            failed(self._album.sentence(error))

        self._planning = self._album.worker.submit(lambda progress: make_plan(request, progress), done, fail)

    def stop_planning(self) -> None:
        """Give up the plan that is being made."""
        if self._planning is not None:
            self._planning.cancel()

    def request(self, order: Order, output: Path, only: Iterable[Path] | None = None) -> PlanRequest:
        """What to plan for these photos, or for all."""
        assert self._album.choices is not None
        review = self._album.review if output == self._album.choices.output else None
        aside = review.targets_aside() if review is not None else frozenset()
        chosen = None if only is None else frozenset(only)
        return PlanRequest(self._album.choices.folder, output, self._album.choices.recursive, order, chosen, aside)

    def start(self, plan: Plan, order: Order) -> None:
        """Start a run of this plan."""
        if self._album.choices is None or self.is_running:
            return
        self._album.save_now()
        self._follow(plan.others)
        if not plan.jobs:
            return
        self._album.stop_loading()  # or the photos would be replaced in the middle of the run
        self._drop_run()
        self.run = AlbumRun(
            plan.jobs, order, self._album.choices.output, self._session.loaded_model, self._session.model_worker, self
        )
        self.run.happened.connect(self._follow)
        self.run.changed.connect(self.changed)
        self.run.over.connect(self._finish)
        self.changed.emit()

    def _drop_run(self) -> None:
        if self.run is not None:
            self.run.deleteLater()
            self.run = None

    def redo(self, path: Path, recipe: Recipe) -> None:
        """Make a photo again by a recipe of its own: now, or after the current run."""
        photo = self._album.model.photo(path)
        if photo is None:
            return
        if self._album.review is not None and photo.target is not None:
            self._album.review.forget(photo.target)
            self._album.save_review()
        photo.verdict = None
        self._album.set_own({path: recipe})
        self.redo_queue.add(path)
        self._redo_next()

    def _redo_next(self) -> None:
        order = self._album.order(retry=True)
        if self.is_running or not self.redo_queue or self._album.choices is None or order is None:
            return
        request = self.request(order, self._album.choices.output, self.redo_queue)
        self.redo_queue = set()

        def planned(plan: Plan) -> None:
            self.start(plan, order)
            for event in plan.others:
                self._album.troubled.emit(translated(event.text))

        self.plan(request, planned, lambda estimate: None, self._album.troubled.emit)

    def _follow(self, events: Sequence[Event]) -> None:
        """Update the photos from the events of a run."""
        paths: dict[Path, None] = {}
        made = []
        for event in events:
            photo = self._album.model.photo(event.source)
            if photo is None or (event.kind == "skipped" and photo.state is State.DONE):
                continue  # it keeps its result
            paths[event.source] = None
            photo.target = event.target or photo.target
            if event.kind in ("started", "progress"):
                photo.state, photo.fraction = State.MAKING, event.fraction
                continue
            is_made = event.kind == "done" or event.is_routine
            photo.state, photo.text = (State.DONE, "") if is_made else (State(event.kind), event.text)
            if is_made:
                self._album.leads[photo.path] = event.lead
                photo.work, photo.is_stale, photo.verdict = event.work, False, None
                if event.is_routine and self._album.review is not None and photo.target is not None:
                    photo.verdict = self._album.review.verdict(photo.target)
                made.append(photo)
        if made:
            self.results_changed.emit(made)
        if paths:
            self._album.changed.emit(list(paths))

    def _finish(self) -> None:
        run = self.run
        left = [photo for photo in self._album.model.photos if photo.state is State.MAKING]
        for photo in left:  # unfinished photos are as they were
            photo.state = State.DONE if photo.work else State.TODO
        if run is not None and run.error is not None and not isinstance(run.error, HandtintError):
            self._album.faulted.emit(run.error)
        self._album.find_stale()
        self._album.changed.emit([photo.path for photo in left])
        self.changed.emit()
        if run is not None and run.error is None and not run.was_stopped:
            self._redo_next()
