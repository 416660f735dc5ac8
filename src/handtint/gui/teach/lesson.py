"""A training and a survey of photos as the window follows them: what they are at, and what they said. No widgets.

Both run in a trainer process (`handtint.teaching.trainer`), whose events a timer fetches on the window's own thread.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from handtint.errors import HandtintError
from handtint.gui.parts.faults import versions
from handtint.teaching import trainer as finetune
from handtint.teaching.history import recalled
from handtint.teaching.trainer import Run, Trainer

log = logging.getLogger(__name__)

Event = dict[str, Any]

_POLL_MS = 100
_STOPPED = 130  # the trainer's exit code when it was asked to stop
_MOST_LINES = 400  # of details


class Stage(Enum):
    """What a training is at."""

    PREPARING = auto()  # the photos are read, the model is loaded
    LEARNING = auto()
    PAUSING = auto()
    PAUSED = auto()
    STOPPING = auto()
    COMPARING = auto()  # learned; held-out photos are colored by both models
    FINISHED = auto()
    STOPPED = auto()
    FAILED = auto()


OVER = (Stage.FINISHED, Stage.STOPPED, Stage.FAILED)


class Link(QObject):
    """Fetches the events of a trainer process."""

    came = Signal(object)  # Event
    ended = Signal(int)  # exit code

    def __init__(self, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self.trainer = trainer
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._fetch)
        self._timer.start()

    def close(self) -> None:
        """Say nothing any more."""
        self._timer.stop()

    def _fetch(self) -> None:
        for event in self.trainer.arrived():
            if not self._timer.isActive():  # closed by whoever took the event before
                return
            if event is None:
                self._timer.stop()
                self.ended.emit(self.trainer.wait())
            else:
                self.came.emit(event)


class Survey(QObject):
    """Which photos of some folders would be learned from."""

    changed = Signal()

    def __init__(self, start: Callable[[tuple[Path, ...]], Trainer], parent: QObject) -> None:
        super().__init__(parent)
        self._start = start
        self._link: Link | None = None
        self.found: Event | None = None
        self.trouble = ""
        self.details = ""
        self.is_good = False

    @property
    def is_running(self) -> bool:
        return self._link is not None

    def look(self, folders: tuple[Path, ...]) -> None:
        """Look at these folders, in place of what is being looked at."""
        self.close()
        self.found, self.trouble, self.details, self.is_good = None, "", "", False
        if folders:
            try:
                self._link = Link(self._start(folders), self)
            except HandtintError as error:
                self.trouble = str(error)
            else:
                self._link.came.connect(self._take)
                self._link.ended.connect(self._end)
        self.changed.emit()

    def close(self) -> None:
        """End what is running; it has nothing to save."""
        if self._link is not None:
            self._link.close()
            self._link.trainer.kill()
            self._link.deleteLater()
            self._link = None

    def _take(self, event: Event) -> None:
        self.details += event.get("text", "") + "\n"
        if event["event"] == "data":
            self.found = event
        elif event["event"] == "failed":
            self.trouble = event.get("text", "")
        elif event["event"] == "finished":
            self.is_good = self.found is not None

    def _end(self, _code: int) -> None:
        self._link = None
        self.changed.emit()


class Lesson(QObject):
    """A training. Signals come after the state they tell of.

    Args:
        start: starts or goes on with the run in a trainer process.

    Attributes:
        result: the event `finished`, once there is one.
        photos: the event `data`: which photos are used.
        trouble: why it failed, in a sentence.
    """

    changed = Signal()  # stage, result, trouble
    measured = Signal()  # figures, progress, sheet

    def __init__(self, run: Run, start: Callable[[Run], Trainer], parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.history = recalled(run)
        self.result: Event | None = run.result
        self.photos: Event | None = None
        self.stage = Stage.FINISHED if self.result is not None else Stage.STOPPED
        self.trouble = ""
        self._start = start
        self._link: Link | None = None
        self._is_asked_to_stop = False
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)

    @property
    def is_running(self) -> bool:
        return self._link is not None

    @property
    def details(self) -> str:
        """For those who look into a failure: versions, what was asked for, what the trainer said last."""
        return "\n".join([*versions(), "", f"{self.run.request}", "", *self._lines, self.trouble])

    def begin(self) -> None:
        """Start, or go on."""
        self._is_asked_to_stop = False
        self.trouble = ""
        self.stage = Stage.PREPARING
        try:
            self._link = Link(self._start(self.run), self)
        except HandtintError as error:
            self.stage, self.trouble = Stage.FAILED, str(error)
        else:
            self._link.came.connect(self._take)
            self._link.ended.connect(self._end)
        self.changed.emit()

    def pause(self) -> None:
        """Compute nothing until `resume`; follows after the step in work."""
        if self._link is not None and self.stage is Stage.LEARNING:
            self._link.trainer.pause()
            self._go_to(Stage.PAUSING)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._link is not None and self.stage in (Stage.PAUSING, Stage.PAUSED):
            self._link.trainer.resume()
            self._go_to(Stage.LEARNING)

    def stop(self) -> None:
        """Save and stop; follows after the step in work."""
        if self._link is not None:
            self._is_asked_to_stop = True
            self._link.trainer.ask_to_stop()
            self._go_to(Stage.STOPPING)

    def close(self) -> None:
        """Save, stop, and wait for that; nothing is said any more."""
        if self._link is not None:
            self._link.close()
            self._link.trainer.stop()
            self._link = None

    def _take(self, event: Event) -> None:
        kind, before = event["event"], self.stage
        if kind != "saved":
            self._lines.append(event.get("text", ""))
        self.history.take(event)
        if kind == "data":
            self.photos = event
        elif kind in ("step", "validation"):
            if self.stage in (Stage.PREPARING, Stage.LEARNING):
                self.stage = Stage.COMPARING if self.history.done >= 1 and kind == "validation" else Stage.LEARNING
        elif kind == "paused":
            if self.stage is Stage.PAUSING:
                self.stage = Stage.PAUSED
        elif kind == "finished":
            self.stage, self.result = Stage.FINISHED, event
        elif kind == "stopped":
            self.stage = Stage.STOPPED
        elif kind == "failed":
            self.stage, self.trouble = Stage.FAILED, event.get("text", "")
            log.warning("%s", self.trouble)
        if kind in ("step", "validation"):
            self.measured.emit()
        if self.stage is not before or kind == "data":
            self.changed.emit()

    def _end(self, code: int) -> None:
        """Stopped while it compared, the trainer has nothing more to say than its exit code."""
        self._link = None
        if self.stage is Stage.FAILED and self._is_asked_to_stop and code == _STOPPED:
            self.stage, self.trouble = Stage.STOPPED, ""
        self.changed.emit()

    def _go_to(self, stage: Stage) -> None:
        self.stage = stage
        self.changed.emit()


def start_to_learn(run: Run) -> Trainer:
    """The real start: what is learned is not installed before someone says so."""
    return finetune.start(run, install=False)
