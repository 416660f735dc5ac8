"""One step of a training: a batch drawn ahead, its gradients in parts that fit into memory, the optimizer's step.

Where memory runs out, parts are halved and the step begun again: the batch, and so the step, stay what they were, but
for batch norm, which takes its statistics from fewer photos at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from handtint.engine.colorizer import is_out_of_memory
from training.config import Recipe, Stage
from training.distributed import Ranks
from training.learning.learner import Learner, TrainingError, average_weights, batch_norms
from training.learning.step import Step
from training.photos.crops import Crops


class NotANumber(TrainingError):
    """The loss or its gradient is no longer a number; the weights are those of the step before."""


@dataclass
class Batch:
    """A batch drawn ahead of its step: this rank's share, in parts that fit into memory.

    Attributes:
        first: number of the whole batch's first photo among all that are drawn.
        parts: number of the first photo, how many, and the photos.
    """

    stage: Stage
    first: int
    parts: list[tuple[int, int, Future[Any]]]

    @property
    def following(self) -> int:
        """Number of the first photo of the next batch."""
        return self.first + self.stage.batch


class Descent:
    """Draws batches and takes steps.

    Args:
        pool: one thread that draws.
        generator: what `step` draws from.
        note: called with a sentence when memory ran short.

    Attributes:
        largest_part: photos that go through the network at once.
    """

    def __init__(
        self,
        recipe: Recipe,
        learner: Learner,
        step: Step,
        generator: torch.Generator,
        crops: Crops,
        ranks: Ranks,
        pool: ThreadPoolExecutor,
        note: Callable[[str], None],
    ) -> None:
        self._recipe = recipe
        self._learner = learner
        self._step = step
        self._generator = generator
        self._crops = crops
        self._ranks = ranks
        self._pool = pool
        self._note = note
        self.largest_part = max(stage.batch for stage in recipe.stages)

    def draw(self, stage: Stage, first: int) -> Batch:
        """Begin to draw the batch whose first photo has this number."""
        share = self._ranks.share(stage.batch)
        parts = []
        for start in range(share.start, share.stop, self.largest_part):
            count = min(self.largest_part, share.stop - start)
            photos = self._pool.submit(self._crops.batch, first + start, count, stage.size)
            parts.append((first + start, count, photos))
        return Batch(stage, first, parts)

    def take(self, batch: Batch, factor: float, decay: float) -> dict[str, float]:
        """Take one step, and return the batch's mean loss and its parts by name.

        Args:
            factor: of the peak learning rates.
            decay: of the averaged weights.

        Raises `NotANumber`, and `TrainingError` where a single photo is too much for the memory.
        """
        learner = self._learner
        for group, rate in zip(learner.optimizer.param_groups, learner.rates, strict=True):
            group["lr"] = rate * factor
        if max(count for _, count, _ in batch.parts) > self.largest_part:  # drawn before memory ran short
            batch = self.draw(batch.stage, batch.first)
        totals = self._gradients(batch)
        while totals is None:
            batch = self._halved(batch)
            totals = self._gradients(batch)
        self._unite(totals)
        means = dict(zip(totals, torch.stack(list(totals.values())).tolist(), strict=True))
        learner.scaler.unscale_(learner.optimizer)
        norm = float(nn.utils.clip_grad_norm_(learner.model.parameters(), self._recipe.clip))
        if not math.isfinite(means["loss"]) or not (math.isfinite(norm) or learner.scaler.is_enabled()):
            raise NotANumber("The loss is no longer a number.")
        learner.scaler.step(learner.optimizer)  # with fp16 leaves out a step whose gradients overflowed
        learner.scaler.update()
        average_weights(learner.average, learner.model, decay)
        return means

    def _gradients(self, batch: Batch) -> dict[str, Tensor] | None:
        """Gradients of this rank's share, and the loss and its parts, all as shares of the whole batch's mean.

        None where memory ran out.
        """
        learner = self._learner
        learner.optimizer.zero_grad(set_to_none=True)
        totals: dict[str, Tensor] = {}
        try:
            for first, count, photos in batch.parts:
                seed_all(self._recipe.seed, first, self._generator)
                labels = self._crops.labels(first, count)
                loss, parts = self._step.losses(
                    learner.model, photos.result(), learner.targets, learner.weights, labels
                )
                weight = count / batch.stage.batch
                learner.scaler.scale(loss * weight).backward()
                for name, value in {"loss": loss.detach(), **parts}.items():
                    share = weight * value.float()
                    totals[name] = totals[name] + share if name in totals else share
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            return None
        return totals

    def _halved(self, batch: Batch) -> Batch:
        """The same batch in parts half as large."""
        self._learner.optimizer.zero_grad(set_to_none=True)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        largest = max(count for _, count, _ in batch.parts)
        if largest == 1:
            raise TrainingError(
                f"There is not enough memory to train on a single photo of {batch.stage.size} pixels. What was saved "
                "is unchanged: close other programs, or give the recipe smaller stages."
            )
        self.largest_part = (largest + 1) // 2
        self._note(
            f"Memory ran short: {self.largest_part} photos at a time from now on, still {batch.stage.batch} a step."
        )
        return self.draw(batch.stage, batch.first)

    def _unite(self, totals: dict[str, Tensor]) -> None:
        """Add up over the ranks: gradients and losses; and average batch norm's running statistics."""
        if self._ranks.count == 1:
            return
        parameters = list(self._learner.model.parameters())
        used = self._ranks.largest(*(float(p.grad is not None) for p in parameters))
        gradients = []
        for parameter, use in zip(parameters, used, strict=True):
            if use:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
                gradients.append(parameter.grad)
        running = [
            statistics
            for norm in batch_norms(self._learner.model)
            if norm.training
            for statistics in (norm.running_mean, norm.running_var)
            if statistics is not None
        ]
        for statistics in running:
            statistics /= self._ranks.count
        self._ranks.add_up([*gradients, *totals.values(), *running])


def seed_all(seed: int, first: int, generator: torch.Generator) -> None:
    """Seed `generator` and torch's own ones for what is drawn for the photos from number `first` on.

    So a training that was resumed draws what it would have drawn, and the state of no generator need be kept.
    """
    mixed = int(np.random.SeedSequence((seed, 2, first)).generate_state(1)[0])
    generator.manual_seed(mixed)
    torch.manual_seed(mixed + 1)
