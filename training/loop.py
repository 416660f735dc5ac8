"""The training loop: schedule, validation, checkpoints, the model file, and reports of them.

A run is a folder with `last.safetensors` (to go on from), `NAME.safetensors` (a complete model, the best by validation
so far), `log.jsonl` (see `reports`) and `samples.jpg` (held-out photos: gray, the parent's, predicted, original). A
folder that holds such a training is gone on with.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from handtint.engine.models import save_model
from handtint.plain import duration
from handtint.progress import Cancelled, Progress
from training.checkpoint import (
    NAME,
    CheckpointError,
    Counters,
    checkpoint_to_resume,
    load_checkpoint,
    recipe_in,
    remove_unfinished,
    save_checkpoint,
    saving_to,
)
from training.config import Recipe, Stage
from training.distributed import Ranks
from training.learning.descent import Batch, Descent, NotANumber, seed_all
from training.learning.learner import Parent, TrainingError, new_card, start_learner
from training.learning.step import Step
from training.measuring.validation import save_samples, validate, validation_crops
from training.patience import Patience
from training.photos.crops import Crops
from training.photos.found import PhotoSet
from training.reports import Event, Report, ignore, now
from training.schedule import Budget, rate_factor, stage_at
from training.settle import settle

REPORT_EVERY_S = 15.0  # more often at the start of a training
SAVE_EVERY_S = 180.0
_PAUSE_S = 0.2


def fit(
    recipe: Recipe,
    photos: PhotoSet,
    out: Path,
    budget: Budget,
    *,
    encoder: Path | None = None,
    parent: Parent | None = None,
    device: torch.device | None = None,
    ranks: Ranks | None = None,
    progress: Progress | None = None,
    is_paused: Callable[[], bool] = lambda: False,
    report: Report = ignore,
) -> Path:
    """Train a model, or go on with the training in `out`, and return the model's file.

    Args:
        encoder: published encoder weights to start from; None starts from random ones.
        parent: the model whose weights to start from.
        ranks: the processes that train together, all of which call this.
        is_paused: asked between steps; while true, nothing is computed and no time is counted.

    Raises `TrainingError`, `CheckpointError`, `DataError`, `ModelError`, and `Cancelled` after everything was saved.
    """
    device, ranks = device or torch.device("cpu"), ranks or Ranks()
    smallest = min(stage.batch for stage in recipe.stages)
    if smallest < ranks.count:
        raise TrainingError(
            f"Batches of {smallest} photos cannot be shared among {ranks.count} processes. "
            "Start fewer, or give the recipe larger batches."
        )
    say = report if ranks.is_first else ignore
    recipe = settle(
        recipe,
        photos,
        encoder,
        lambda text: say({"event": "note", "text": text}),
        has_parent=parent is not None,
        begun=recipe_in(out),
    )
    with ThreadPoolExecutor(1) as pool:
        training = _Training(recipe, photos, out, budget, device, ranks, report, parent)
        training.begin(encoder, pool)
        return training.run(progress or Progress(), is_paused)


class _Training:
    """A training in a folder; see `fit`."""

    def __init__(
        self,
        recipe: Recipe,
        photos: PhotoSet,
        out: Path,
        budget: Budget,
        device: torch.device,
        ranks: Ranks,
        report: Report,
        parent: Parent | None,
    ) -> None:
        self._recipe = recipe
        self._budget = budget
        self._device = device
        self._ranks = ranks
        self._tell = report
        self._parent = parent
        self._out = out
        self._path = out / f"{recipe.name}.safetensors"
        self._card = new_card(recipe, parent.card if parent else None)
        self._crops = Crops(
            photos.part(held_out=False), recipe.repeat, recipe.seed, recipe.studio, recipe.mounts, recipe.plain
        )
        # Photos of the sources that are learned from decide which model is best; other sources are only watched.
        sources = tuple(recipe.hold_out)
        held_out = photos.part(held_out=True).without(sources)
        others = photos.chosen(held_out=True, prefixes=sources) if sources else None
        self._others = validation_crops(others, recipe.stages[-1].size) if others and others.photos else None
        self._held_out = validation_crops(held_out, recipe.stages[-1].size)
        self._held_out_labels = held_out.label_numbers()[: len(self._held_out)]
        self._patience = Patience(recipe)
        self._counters = Counters(photos=len(self._crops))
        self._validation_s = 0.0

    def begin(self, encoder: Path | None, pool: ThreadPoolExecutor) -> None:
        """Build what is trained, and make sure that the folder can be written to before any time is spent."""
        recipe, ranks = self._recipe, self._ranks
        saved = checkpoint_to_resume(self._out, recipe)
        generator = torch.Generator()
        seed_all(recipe.seed, 0, generator)
        self._step = Step(recipe, self._device, generator)
        self._learner = start_learner(
            recipe,
            self._card,
            self._step,
            self._crops,
            self._device,
            encoder=encoder,
            parent=self._parent,
            resumed=saved.published if saved else None,
        )
        if self._parent:
            self._parent.model.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if saved:
            self._counters = load_checkpoint(saved.path, self._learner)
            self._patience.restore(self._counters.patience)
        self._zero = time.monotonic() - self._counters.trained_s  # when it would have begun, had it never stopped
        ranks.copy_first(list(self._learner.model.state_dict().values()))
        steps = float(self._counters.steps)
        most, least = ranks.largest(steps, -steps)
        if most != -least:
            raise TrainingError(
                f'Not every process finds the training in "{self._out}", so they cannot go on together. '
                "Put it in a folder that all machines see."
            )
        self._descent = Descent(recipe, self._learner, self._step, generator, self._crops, ranks, pool, self._note)
        if ranks.is_first:
            try:
                self._out.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise TrainingError(
                    f'The folder "{self._out}" cannot be made: {error.strerror}. Choose another with --out.'
                ) from error
            remove_unfinished(self._out)
            if not saved:
                self._save()
        if saved:
            self._note(f"Going on from step {self._counters.steps} of the training in {self._out}.")
            if self._counters.photos != len(self._crops):
                self._note(f"Then there were {self._counters.photos} photos to learn from, now {len(self._crops)}.")
                self._counters.photos = len(self._crops)

    def run(self, progress: Progress, is_paused: Callable[[], bool]) -> Path:
        """Train until the budget is spent. Raises `Cancelled` when stopped before."""
        counters = self._counters
        self._zero = time.monotonic() - counters.trained_s
        self._reported, self._reported_drawn = time.monotonic(), counters.drawn
        self._sums: dict[str, float] = {}
        self._summed = 0
        saved = time.monotonic()
        done = self._done(counters.trained_s)
        batch = self._descent.draw(self._stage(done, counters.drawn), counters.drawn)
        if self._parent and counters.steps == 0:
            self._validate(done, keep=False)
        while True:
            counters.trained_s, stopped, paused = self._agree(progress, is_paused, done)
            done = self._done(counters.trained_s)
            if stopped:
                self._save()
                self._report("stopped", f"Stopped at step {counters.steps}, saved to go on from there.", done=done)
                raise Cancelled
            if paused:
                self._wait(progress, is_paused, done)
                continue
            if self._is_validation_due(done):
                self._validate(done)
                if done < 1 and self._is_patience_spent():
                    self._note("The held-out error rose: training ends here; the best model is kept.")
                    done = 1.0
            if done >= 1 and counters.steps:
                self._save()
                return self._path
            if time.monotonic() - saved > SAVE_EVERY_S:
                with self._noted():
                    self._save()
                saved = time.monotonic()
            following = self._descent.draw(self._stage(done, batch.following), batch.following)
            self._take_step(batch, done)
            batch = following

    # Requests to the training between two steps.

    def _trained_s(self) -> float:
        return time.monotonic() - self._zero

    def _done(self, trained_s: float) -> float:
        return self._budget.done(self._counters.drawn, len(self._crops), trained_s)

    def _agree(self, progress: Progress, is_paused: Callable[[], bool], done: float) -> tuple[float, bool, bool]:
        """Seconds trained, whether to stop and whether to pause: the same answer on every rank."""
        stopped = False
        try:
            progress.step(done, f"Training {self._recipe.name}: step {self._counters.steps}")
        except Cancelled:
            stopped = True
        own = self._trained_s() if self._ranks.is_first else 0.0
        # Only the first rank validates; from how long that took, all ranks work out when the next validation is due.
        trained_s, stop, pause, self._validation_s = self._ranks.largest(
            own, float(stopped), float(is_paused()), self._validation_s
        )
        return trained_s, stop > 0, pause > 0

    def _wait(self, progress: Progress, is_paused: Callable[[], bool], done: float) -> None:
        self._save()
        self._report("paused", f"Paused at step {self._counters.steps}; everything is saved.")
        began = time.monotonic()
        while True:
            _, stopped, paused = self._agree(progress, is_paused, done)
            if stopped or not paused:
                break
            time.sleep(_PAUSE_S)
        paused_s = time.monotonic() - began
        self._zero += paused_s
        self._reported += paused_s
        self._report("resumed", f"Going on from step {self._counters.steps}.")

    def _stage(self, done: float, drawn: int) -> Stage:
        """The stage of the batch that begins at photo `drawn`; `done` counts where time is the measure."""
        if self._budget.minutes is None:
            done = self._budget.done(drawn, len(self._crops), 0.0)
        return stage_at(self._recipe.stages, done)

    def _take_step(self, batch: Batch, done: float) -> None:
        counters = self._counters
        factor = rate_factor(counters.steps, self._recipe.warmup_steps, done)
        # The average takes in the first steps faster than the recipe says, or it would be made of random weights.
        decay = min(self._recipe.ema, (counters.steps + 1) / (counters.steps + 11))
        try:
            means = self._descent.take(batch, factor, decay)
        except NotANumber as error:
            raise TrainingError(self._not_a_number()) from error
        counters.steps += 1
        counters.drawn = batch.following
        for name, value in means.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        self._summed += 1
        if time.monotonic() - self._reported > min(REPORT_EVERY_S, 1 + self._trained_s() / 20):
            self._report_step(factor, batch.stage)

    def _not_a_number(self) -> str:
        kept = f'The best model so far is kept: "{self._path}".' if self._path.exists() else "No model was made yet."
        return (
            f"Training stopped at step {self._counters.steps}: the loss is no longer a number. {kept} "
            "Try again in another folder with a lower learning rate."
        )

    # What is written and reported.

    def _is_validation_due(self, done: float) -> bool:
        counters = self._counters
        if counters.steps == 0:
            return False
        if done >= 1:
            return counters.looked_drawn != counters.drawn or not self._path.exists()
        every = round(self._recipe.validate_every_epochs * len(self._crops))
        if every == 0 and self._budget.minutes is None:
            every = self._budget.photos_between_validations(len(self._crops))
        if every:
            return counters.drawn // every > max(counters.looked_drawn, 0) // every
        return counters.trained_s - max(counters.looked_s, 0.0) > self._budget.seconds_between_validations(
            self._validation_s
        )

    def _is_patience_spent(self) -> bool:
        (spent,) = self._ranks.largest(float(self._patience.is_spent))  # only the first rank validates
        return spent > 0

    def _validate(self, done: float, *, keep: bool = True) -> None:
        """Measure on the held-out photos; with `keep`, save the model if it is the best so far."""
        counters = self._counters
        counters.looked_drawn, counters.looked_s = counters.drawn, counters.trained_s
        if not self._ranks.is_first:
            return
        began = time.monotonic()
        average = self._learner.average
        figures = validate(self._step, average, self._held_out, self._descent.largest_part, self._held_out_labels)
        if self._others is not None:
            foreign = validate(self._step, average, self._others, self._descent.largest_part)
            figures |= {f"{name}_other_sources": foreign[name] for name in ("ab_mse_ratio", "colorfulness")}
        if not math.isfinite(figures["ab_mse_ratio"]):
            raise TrainingError(self._not_a_number())
        if counters.steps:
            self._patience.take(figures)
            counters.patience = self._patience.state()
        samples = self._out / "samples.jpg"
        best = False
        with self._noted(strictly=done >= 1):
            if keep and figures["ab_mse_ratio"] < counters.best:
                with saving_to(self._path):
                    save_model(self._path, average, replace(self._card, created=now()))
                counters.best, best = figures["ab_mse_ratio"], True
            with saving_to(samples):
                save_samples(self._step, average, self._held_out, samples, self._parent and self._parent.model)
        self._validation_s = time.monotonic() - began
        self._report(
            "validation",
            f"held out, step {counters.steps}: {_line(figures)}{' (best so far)' if best else ''}",
            done=done,
            minutes=counters.trained_s / 60,
            best=best,
            samples=str(samples),
            rows=["gray", *(["parent"] if self._parent else []), "new", "original"],
            **figures,
        )

    def _save(self) -> None:
        if self._ranks.is_first:
            path = self._out / NAME
            self._counters.trained_s = self._trained_s()
            save_checkpoint(path, self._learner, self._counters, self._recipe)
            self._report("saved", f"Saved the training at step {self._counters.steps}.", path=str(path))

    @contextlib.contextmanager
    def _noted(self, *, strictly: bool = False) -> Iterator[None]:
        """Report what could not be written and go on: room may be made before the end. `strictly` raises."""
        try:
            yield
        except CheckpointError as error:
            if strictly:
                raise
            self._note(f"{error} Training goes on.")

    def _report_step(self, factor: float, stage: Stage) -> None:
        counters = self._counters
        elapsed = time.monotonic() - self._reported
        speed = (counters.drawn - self._reported_drawn) / elapsed
        trained_s = self._trained_s()
        done = self._done(trained_s)
        if self._budget.minutes is not None:
            left_s = self._budget.minutes * 60 - trained_s
        else:
            left_s = counters.drawn * (1 / done - 1) / speed
        means = {name: total / self._summed for name, total in self._sums.items()}
        self._report(
            "step",
            f"{done:.1%}, step {counters.steps}, {speed:.1f} photos a second, {duration(left_s)} to go: {_line(means)}",
            done=done,
            photos=counters.drawn,
            size=stage.size,
            minutes=trained_s / 60,
            rate=factor,
            photos_per_second=speed,
            eta_s=max(left_s, 0.0),
            **means,
        )
        self._sums, self._summed = {}, 0
        self._reported, self._reported_drawn = time.monotonic(), counters.drawn

    def _note(self, text: str) -> None:
        self._report("note", text)

    def _report(self, kind: str, text: str, **values: Any) -> None:
        event: Event = {"event": kind, "step": self._counters.steps, **values, "text": text}
        if self._ranks.is_first:
            with contextlib.suppress(OSError), (self._out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(event) + "\n")
            self._tell(event)


def _line(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
