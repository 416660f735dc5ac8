"""The figures of a training so far: taken from its events one by one, or from the log of its run. No Qt.

Times are minutes trained, without pauses. Errors of held-out photos are ab-MSE as a part of plain gray's.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handtint.paths import is_file
from handtint.teaching.runs import Run

Event = dict[str, Any]
Points = list[tuple[float, float]]

_LOG = "log.jsonl"


@dataclass
class TrainingHistory:
    """Figures of one training.

    Attributes:
        losses, errors: (minutes, training loss) and (minutes, error of held-out photos), in order.
        done: part of the training that is behind, 0..1.
        left_s: seconds to go, or None where nothing is known yet.
        speed: photos a second, or None.
        sheet: picture of held-out photos, see `training/measuring/validation.py`, or None.
        sheets: how often one was written; tells two of the same name apart.
    """

    losses: Points = field(default_factory=list)
    errors: Points = field(default_factory=list)
    done: float = 0.0
    left_s: float | None = None
    speed: float | None = None
    sheet: Path | None = None
    sheets: int = 0

    @property
    def parent_error(self) -> float | None:
        """The first validation is made before anything is learned: it is the parent's."""
        return self.errors[0][1] if self.errors and self.errors[0][0] < 0.05 else None

    def take(self, event: Event) -> None:
        """Take in an event; those without figures change nothing."""
        kind = event.get("event")
        if kind not in ("step", "validation"):
            return
        minutes = float(event.get("minutes", 0.0))
        self.done = float(event.get("done", self.done))
        if kind == "step":
            _append(self.losses, minutes, event.get("loss"))
            self.left_s = event.get("eta_s")
            self.speed = event.get("photos_per_second")
        else:
            _append(self.errors, minutes, event.get("ab_mse_ratio"))
            if event.get("samples"):
                self.sheet = Path(event["samples"])
                self.sheets += 1


def _append(points: Points, minutes: float, value: float | None) -> None:
    """A run that was gone on with begins where it was saved, which may be before the last event it reported."""
    if value is not None:
        while points and points[-1][0] > minutes:
            points.pop()
        points.append((minutes, float(value)))


def recalled(run: Run) -> TrainingHistory:
    """The history of a run, from its log; what cannot be read is left out."""
    history = TrainingHistory()
    with contextlib.suppress(OSError), (run.folder / _LOG).open(encoding="utf-8") as lines:
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, AttributeError):  # a line cut short
                history.take(json.loads(line))
    if history.sheet is not None and not is_file(history.sheet):
        history.sheet = None
    return history


def is_open(run: Run) -> bool:
    """Whether there is something left to do with a run: to go on, or to say whether its model is to be used."""
    result = run.result
    return run.can_go_on or (result is not None and not result.get("installed"))
