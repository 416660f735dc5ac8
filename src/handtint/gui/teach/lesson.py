"""A lesson, and a survey of the photos for one, as the window follows them: state and figures. No widgets.

Both run in a trainer process (`handtint.teaching.trainer`). A timer fetches its events on the window's thread.
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
from handtint.gui.parts.translating import translated
from handtint.progress import STOPPED
from handtint.teaching.history import recalled
from handtint.teaching.runs import Run
from handtint.teaching.trainer import Trainer, start

log = logging.getLogger(__name__)

Event = dict[str, Any]

_POLL_MS = 100
_MOST_LINES = 400  # of details


class LessonPhase(Enum):
    """What a lesson is doing."""

    PREPARING = auto()  # the photos are read, the model is loaded
    LEARNING = auto()
    PAUSING = auto()
    PAUSED = auto()
    STOPPING = auto()
    COMPARING = auto()  # the new model is done; both color the held-out photos
    FINISHED = auto()
    STOPPED = auto()
    FAILED = auto()

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in (LessonPhase.FINISHED, LessonPhase.STOPPED, LessonPhase.FAILED)


class TrainerEvents(QObject):
    """Fetches the events of a trainer process."""

    received = Signal(object)  # Event
    ended = Signal(int)  # exit code

    def __init__(self, trainer: Trainer, parent: QObject) -> None:
        super().__init__(parent)
        self.trainer = trainer
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._fetch)
        self._timer.start()

    def close(self) -> None:
        """Emit nothing any more."""
        self._timer.stop()

    def _fetch(self) -> None:
        for event in self.trainer.arrived():
            if not self._timer.isActive():  # closed while the last event was handled
                return
            if event is None:
                self._timer.stop()
                self.ended.emit(self.trainer.wait())
            else:
                self.received.emit(event)


class Survey(QObject):
    """Finds out which photos of some folders would be used.

    Attributes:
        found: the trainer's event `data`; None until there is one.
        trouble: why they cannot be used, in a sentence.
        is_good: whether they can.
    """

    changed = Signal()

    def __init__(self, start: Callable[[tuple[Path, ...]], Trainer], parent: QObject) -> None:
        super().__init__(parent)
        self._start = start
        self._events: TrainerEvents | None = None
        self.found: Event | None = None
        self.trouble = ""
        self.details = ""
        self.is_good = False

    @property
    def is_running(self) -> bool:
        """Whether the folders are being looked through."""
        return self._events is not None

    def begin(self, folders: tuple[Path, ...]) -> None:
        """Examine these folders, in place of those examined before."""
        self.close()
        self.found, self.trouble, self.details, self.is_good = None, "", "", False
        if folders:
            try:
                self._events = TrainerEvents(self._start(folders), self)
            except HandtintError as error:
                self.trouble = translated(error)
            else:
                self._events.received.connect(self._take)
                self._events.ended.connect(self._end)
        self.changed.emit()

    def close(self) -> None:
        """End the trainer process; it has nothing to save."""
        if self._events is not None:
            self._events.close()
            self._events.trainer.kill()
            self._events.deleteLater()
            self._events = None

    def _take(self, event: Event) -> None:
        self.details += event.get("text", "") + "\n"
        if event["event"] == "data":
            self.found = event
        elif event["event"] == "failed":
            self.trouble = event.get("text", "")
        elif event["event"] == "finished":
            self.is_good = self.found is not None

    def _end(self, _code: int) -> None:
        self._events = None
        self.changed.emit()


class Lesson(QObject):
    """One lesson: a model being taught. Signals are emitted after the state has changed.

    Args:
        start: starts or continues the run in a trainer process.

    Attributes:
        result: the trainer's event `finished`, once there is one.
        photos: the trainer's event `data`: which photos are used.
        trouble: why it failed, in a sentence.
    """

    changed = Signal()  # phase, result, trouble
    measured = Signal()  # figures, progress, sheet

    def __init__(self, run: Run, start: Callable[[Run], Trainer], parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.history = recalled(run)
        self.result: Event | None = run.result
        self.photos: Event | None = None
        self.phase = LessonPhase.FINISHED if self.result is not None else LessonPhase.STOPPED
        self.trouble = ""
        self._start = start
        self._events: TrainerEvents | None = None
        self._is_asked_to_stop = False
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)

    @property
    def is_running(self) -> bool:
        """Whether the trainer is at work."""
        return self._events is not None

    @property
    def details(self) -> str:
        """For a bug report: versions, the request, and the trainer's last lines."""
        return "\n".join([*versions(), "", f"{self.run.request}", "", *self._lines, self.trouble])

    def begin(self) -> None:
        """Start, or go on where it stopped."""
        self._is_asked_to_stop = False
        self.trouble = ""
        self.phase = LessonPhase.PREPARING
        try:
            self._events = TrainerEvents(self._start(self.run), self)
        except HandtintError as error:
            self.phase, self.trouble = LessonPhase.FAILED, translated(error)
        else:
            self._events.received.connect(self._take)
            self._events.ended.connect(self._end)
        self.changed.emit()

    def pause(self) -> None:
        """Compute nothing until `resume`; takes effect after the current step."""
        if self._events is not None and self.phase is LessonPhase.LEARNING:
            self._events.trainer.pause()
            self._enter(LessonPhase.PAUSING)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._events is not None and self.phase in (LessonPhase.PAUSING, LessonPhase.PAUSED):
            self._events.trainer.resume()
            self._enter(LessonPhase.LEARNING)

    def stop(self) -> None:
        """Save and stop; takes effect after the current step."""
        if self._events is not None:
            self._is_asked_to_stop = True
            self._events.trainer.ask_to_stop()
            self._enter(LessonPhase.STOPPING)

    def close(self) -> None:
        """Save, stop, and wait until that is done; no signals are emitted any more."""
        if self._events is not None:
            self._events.close()
            self._events.trainer.stop()
            self._events = None

    def _take(self, event: Event) -> None:
        kind, before = event["event"], self.phase
        if kind != "saved":
            self._lines.append(event.get("text", ""))
        self.history.take(event)
        if kind == "data":
            self.photos = event
        elif kind in ("step", "validation"):
            if self.phase in (LessonPhase.PREPARING, LessonPhase.LEARNING):
                self.phase = (
                    LessonPhase.COMPARING if self.history.done >= 1 and kind == "validation" else LessonPhase.LEARNING
                )
        elif kind == "paused":
            if self.phase is LessonPhase.PAUSING:
                self.phase = LessonPhase.PAUSED
        elif kind == "finished":
            self.phase, self.result = LessonPhase.FINISHED, event
        elif kind == "stopped":
            self.phase = LessonPhase.STOPPED
        elif kind == "failed":
            self.phase, self.trouble = LessonPhase.FAILED, event.get("text", "")
            log.warning("%s", self.trouble)
        if kind in ("step", "validation"):
            self.measured.emit()
        if self.phase is not before or kind == "data":
            self.changed.emit()

    def _end(self, code: int) -> None:
        """A trainer that was stopped while comparing reports that by its exit code alone."""
        self._events = None
        if self.phase is LessonPhase.FAILED and self._is_asked_to_stop and code == STOPPED:
            self.phase, self.trouble = LessonPhase.STOPPED, ""
        self.changed.emit()

    def _enter(self, phase: LessonPhase) -> None:
        self.phase = phase
        self.changed.emit()


def start_to_learn(run: Run) -> Trainer:
    """Start the trainer; the model is installed only when the user asks for it."""
    return start(run, install=False)
