"""How far a training is, and what follows from it: picture size, batch, learning rate, when to validate.

With a number of epochs all of it depends on the photos drawn only, so that a run that was stopped and resumed is the
run that never stopped. With minutes it depends on the time trained, which is carried over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from training.config import Stage

_VALIDATIONS = 10  # at least, in a training
_MOST_VALIDATIONS = 50  # where an epoch is short
_VALIDATE_EVERY_S = 300.0
_VALIDATION_COST = 10  # training takes at least so many times as long as validating


@dataclass(frozen=True)
class Budget:
    """How long to train; one of the two is set."""

    minutes: float | None = None
    epochs: float | None = None

    def done(self, drawn: int, per_epoch: int, trained_s: float) -> float:
        """Part of the training that is behind, 0..1."""
        if self.minutes is not None:
            return min(1.0, trained_s / 60 / self.minutes)
        return min(1.0, drawn / ((self.epochs or 1.0) * per_epoch))

    def photos_between_validations(self, per_epoch: int) -> float:
        """With epochs: photos drawn between two validations."""
        total = (self.epochs or 1.0) * per_epoch
        return min(max(per_epoch, total / _MOST_VALIDATIONS), total / _VALIDATIONS)

    def seconds_between_validations(self, validation_s: float) -> float:
        """With minutes: seconds between two validations, the last of which took `validation_s`."""
        return max(min(_VALIDATE_EVERY_S, (self.minutes or 0.0) * 60 / _VALIDATIONS), _VALIDATION_COST * validation_s)


def stage_at(stages: Sequence[Stage], done: float) -> Stage:
    """The stage of progressive resizing at a part 0..1 of the training."""
    total = sum(stage.share for stage in stages)
    reached = 0.0
    for stage in stages:
        reached += stage.share / total
        if done < reached:
            return stage
    return stages[-1]


def rate_factor(steps: int, warmup_steps: int, done: float) -> float:
    """Of the peak learning rate: a linear rise over `warmup_steps`, then a cosine down to zero."""
    return min(1.0, (steps + 1) / max(warmup_steps, 1)) * 0.5 * (1 + math.cos(math.pi * done))
