"""Plans and runs of the open album, and what they do to its photos. No widgets.

Plans are made on the album's worker, a run goes on the thread that owns the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from handtint.album.estimate import Estimate
from handtint.album.photos import State
from handtint.album.plan import Event, Order, Plan
from handtint.album.planning import Wish, make_estimate, make_plan
from handtint.errors import HandtintError
from handtint.gui.album.album import Album
from handtint.gui.album.run import AlbumRun
from handtint.gui.parts.worker import Job
from handtint.gui.session.session import Session
from handtint.recipe.settings import Settings


class AlbumRuns(QObject):
    """See the module's text.

    Attributes:
        run: the one under way, or the last one of this album.
        redo_waits: photos to be made anew once the run is over.
    """

    changed = Signal()  # what the run is at
    results_changed = Signal(object)  # photos with another result

    def __init__(self, album: Album, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._album, self._session = album, session
        self.run: AlbumRun | None = None
        self.redo_waits: set[Path] = set()
        self._planning: Job | None = None
        album.loaded.connect(self._forget)

    @property
    def is_running(self) -> bool:
        return self.run is not None and not self.run.is_over

    def _forget(self) -> None:
        """The album is another one."""
        self._drop_run()
        self.redo_waits.clear()

    def plan(
        self,
        wish: Wish,
        planned: Callable[[Plan], None],
        estimated: Callable[[Estimate], None],
        failed: Callable[[str], None],
    ) -> None:
        """Plan a wish, then estimate what it needs; a plan asked for before is given up."""
        self.stop_planning()

        def done(plan: Plan) -> None:
            planned(plan)
            self._planning = self._album.worker.submit(
                lambda progress: make_estimate(plan.jobs, wish.output, progress), estimated, fail
            )

        def fail(error: Exception) -> None:
            failed(self._album.sentence(error))

        self._planning = self._album.worker.submit(lambda progress: make_plan(wish, progress), done, fail)

    def stop_planning(self) -> None:
        if self._planning is not None:
            self._planning.cancel()

    def wish(self, order: Order, output: Path, only: Iterable[Path] | None = None) -> Wish:
        """What is to be planned for these photos, or all."""
        assert self._album.notes is not None
        review = self._album.review if output == self._album.notes.output else None
        aside = review.targets_aside() if review is not None else frozenset()
        chosen = None if only is None else frozenset(only)
        return Wish(self._album.notes.folder, output, self._album.notes.recursive, order, chosen, aside)

    def start(self, plan: Plan, order: Order) -> None:
        """Do what was planned."""
        if self._album.notes is None or self.is_running:
            return
        self._album.keep_now()
        self._follow(plan.others)
        if not plan.jobs:
            return
        self._album.stop_loading()  # or the photos would be others in the middle of it
        self._drop_run()
        self.run = AlbumRun(
            plan.jobs, order, self._album.notes.output, self._session.desk, self._session.model_worker, self
        )
        self.run.happened.connect(self._follow)
        self.run.changed.connect(self.changed)
        self.run.over.connect(self._finish)
        self.changed.emit()

    def _drop_run(self) -> None:
        if self.run is not None:
            self.run.deleteLater()
            self.run = None

    def redo(self, path: Path, settings: Settings) -> None:
        """Make a photo anew with settings of its own: now, or after the run that is under way."""
        photo = self._album.model.photo(path)
        if photo is None:
            return
        if self._album.review is not None and photo.target is not None:
            self._album.review.forget(photo.target)
            self._album.keep_review()
        photo.verdict = None
        self._album.set_own({path: settings})
        self.redo_waits.add(path)
        self._redo_next()

    def _redo_next(self) -> None:
        order = self._album.order(retry=True)
        if self.is_running or not self.redo_waits or self._album.notes is None or order is None:
            return
        wish = self.wish(order, self._album.notes.output, self.redo_waits)
        self.redo_waits = set()

        def planned(plan: Plan) -> None:
            self.start(plan, order)
            for event in plan.others:
                self._album.troubled.emit(event.text)

        self.plan(wish, planned, lambda estimate: None, self._album.troubled.emit)

    def _follow(self, events: Sequence[Event]) -> None:
        """Put what happened onto the photos."""
        paths: dict[Path, None] = {}
        made = []
        for event in events:
            photo = self._album.model.photo(event.source)
            if photo is None or (event.kind == "skipped" and photo.state is State.DONE):
                continue  # its result stays
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
        for photo in left:  # what was not made is as it was
            photo.state = State.DONE if photo.work else State.TODO
        if run is not None and run.error is not None and not isinstance(run.error, HandtintError):
            self._album.faulted.emit(run.error)
        self._album.find_stale()
        self._album.changed.emit([photo.path for photo in left])
        self.changed.emit()
        if run is not None and run.error is None and not run.was_stopped:
            self._redo_next()
