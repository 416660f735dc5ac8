"""The training loop: batches, loss, schedule, averaged weights, validation, model file.

A run is a folder with `log.jsonl` (a line of figures every so often), `NAME.safetensors` (a complete model, the best by
validation so far) and `samples.jpg` (held-out photos: gray, predicted, original).
"""

from __future__ import annotations

import copy
import datetime
import json
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import torch
from torch import nn

from handtint.engine.models import build, save_model
from handtint.errors import HandtintError
from handtint.model_card import ModelCard
from handtint.progress import Progress
from training import losses
from training.config import Recipe, Stage
from training.data import Crops, PhotoSet
from training.encoders import start_encoder
from training.patience import Patience
from training.published import find_published, load_published
from training.settle import settle
from training.step import Step
from training.validation import save_samples, validate, validation_crops

_LOG_EVERY_S = 15.0
_VALIDATE_EVERY_S = 300.0
_PRIOR_PHOTOS = 400


class TrainingError(HandtintError):
    """Training cannot go on."""


@dataclass(frozen=True)
class Budget:
    """How long to train; one of the two is set."""

    minutes: float | None = None
    epochs: float | None = None

    def done(self, drawn: int, per_epoch: int, elapsed_s: float) -> float:
        """Part of the training that is behind, 0..1."""
        if self.minutes is not None:
            return min(1.0, elapsed_s / 60 / self.minutes)
        return min(1.0, drawn / ((self.epochs or 1.0) * per_epoch))


def fit(
    recipe: Recipe,
    photos: PhotoSet,
    out: Path,
    budget: Budget,
    *,
    encoder: Path | None = None,
    device: torch.device | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Train a model and return its file.

    Args:
        encoder: published encoder weights to start from; None starts from random ones.

    Raises `TrainingError`, `DataError`, `ModelError`, `Cancelled`.
    """
    device = device or torch.device("cpu")
    progress = progress or Progress()
    torch.manual_seed(recipe.seed)
    recipe = settle(recipe, photos, encoder, say)
    card = new_card(recipe)
    model = build(card).train()
    crops = Crops(photos.part(held_out=False), recipe.repeat, recipe.seed)
    held_out_photos = photos.part(held_out=True)
    held_out = validation_crops(held_out_photos, recipe.stages[-1].size)
    held_out_labels = held_out_photos.label_numbers()[: len(held_out)]
    out.mkdir(parents=True, exist_ok=True)
    step = Step(recipe, card.hints, device, torch.Generator().manual_seed(recipe.seed))
    from_published: list[str] = []
    if recipe.arguments.get("frozen"):
        load_published(model, find_published(encoder) or {})
    elif encoder is not None:
        first = recipe.stages[0]
        calibration = Step(recipe, card.hints, torch.device("cpu"), torch.Generator()).example(
            crops.batch(0, 64, first.size), training=False
        )
        from_published = start_encoder(model, encoder, calibration.inputs)
    model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(model).eval().requires_grad_(False)
    optimizer, rates = _optimizer(recipe, model, set(from_published))
    targets, weights = _class_targets(recipe, model, step, crops)

    path = out / f"{recipe.name}.safetensors"
    drawn = steps = 0
    best = math.inf
    patience = Patience(recipe)
    started = last_log = last_validation = time.monotonic()
    sums: dict[str, float] = {}
    summed = 0
    with ThreadPoolExecutor(1) as pool, (out / "log.jsonl").open("a", encoding="utf-8") as log:
        stage = _stage(recipe, 0.0)
        pending = pool.submit(crops.batch, drawn, stage.batch, stage.size)
        while True:
            now = time.monotonic()
            done = budget.done(drawn, len(crops), now - started)
            progress.step(done, f"Training {recipe.name}: step {steps}")
            due = now - last_validation > _VALIDATE_EVERY_S
            if patience.by_epochs:
                due = patience.is_due(drawn, len(crops))
            if steps and (done >= 1 or due):
                figures = validate(step, average, held_out, held_out_labels)
                _write(log, {"step": steps, "done": done, "minutes": (now - started) / 60, **figures})
                say(f"held out, step {steps}: {_line(figures)}")
                if figures["ab_mse_ratio"] < best:
                    best = figures["ab_mse_ratio"]
                    save_model(path, average, replace(card, created=_now()))
                save_samples(step, average, held_out, out / "samples.jpg")
                last_validation = time.monotonic()
                patience.take(figures)
                if patience.is_spent and done < 1:
                    say("The held-out error rose: training ends here; the best model is kept.")
                    done = 1.0
            if done >= 1:
                return path
            batch = pending.result()
            labels = crops.labels(drawn, len(batch))
            drawn += len(batch)
            stage = _stage(recipe, done)
            pending = pool.submit(crops.batch, drawn, stage.batch, stage.size)
            factor = min(1.0, (steps + 1) / recipe.warmup_steps) * 0.5 * (1 + math.cos(math.pi * done))
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            loss, parts = step.losses(model, batch, targets, weights, labels)
            if not torch.isfinite(loss):
                raise TrainingError(
                    f"Training stopped at step {steps}: the loss is no longer a number. The best model so far is "
                    f'kept in "{out}". Try again with a lower learning rate.'
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
            optimizer.step()
            steps += 1
            _average(average, model, min(recipe.ema, steps / (steps + 10)))
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + float(value)
            summed += 1
            if time.monotonic() - last_log > _LOG_EVERY_S:
                elapsed = time.monotonic() - started
                means = {name: total / summed for name, total in sums.items()}
                record = {"step": steps, "done": done, "photos": drawn, "size": stage.size}
                _write(log, {**record, "minutes": elapsed / 60, "rate": factor, **means})
                say(f"{done:.1%}, step {steps}, {drawn / elapsed:.1f} photos a second: {_line(means)}")
                sums, summed, last_log = {}, 0, time.monotonic()


def new_card(recipe: Recipe) -> ModelCard:
    """The card of a model that `recipe` makes, before it is trained."""
    card = ModelCard(
        name=recipe.name,
        architecture=recipe.architecture,
        arguments=recipe.arguments,
        working_size=recipe.working_size,
        hints=False,
        trained_on=recipe.trained_on,
        license=recipe.license,
        use_when=recipe.use_when,
        parameters=0,
        recipe=recipe.to_dict(),
    )
    model = build(card)
    parameters = sum(p.numel() for p in model.parameters())
    return replace(card, hints=bool(model.takes_hints), parameters=parameters)


def _class_targets(
    recipe: Recipe, model: nn.Module, step: Step, crops: Crops
) -> tuple[losses.BinTargets | None, torch.Tensor | None]:
    """Table of soft targets, and weights of the bins by how often they occur in the photos."""
    if recipe.loss != "rebalanced":
        return None, None
    bins = getattr(model, "bins", None)
    if not isinstance(bins, torch.Tensor):
        raise TrainingError(f'"{recipe.architecture}" has no distribution: use the loss "mse".')
    targets = losses.BinTargets(bins)
    sample = step.example(crops.batch(0, min(_PRIOR_PHOTOS, len(crops)), 64), training=False)
    return targets, losses.rebalancing(targets.prior(sample.ab.permute(0, 2, 3, 1)))


def _stage(recipe: Recipe, done: float) -> Stage:
    total = sum(stage.share for stage in recipe.stages)
    reached = 0.0
    for stage in recipe.stages:
        reached += stage.share / total
        if done < reached:
            return stage
    return recipe.stages[-1]


def _optimizer(recipe: Recipe, model: nn.Module, from_published: set[str]) -> tuple[torch.optim.Optimizer, list[float]]:
    learning = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    published = [p for name, p in learning if name in from_published]
    rest = [p for name, p in learning if name not in from_published]
    groups: list[dict[str, Any]] = [{"params": rest}] + ([{"params": published}] if published else [])
    rates = [recipe.learning_rate, recipe.learning_rate * recipe.encoder_rate][: len(groups)]
    if recipe.optimizer == "adam":
        return torch.optim.Adam(groups, lr=recipe.learning_rate), rates
    if recipe.optimizer == "sgd":
        decay = recipe.weight_decay
        sgd = torch.optim.SGD(groups, recipe.learning_rate, recipe.momentum, weight_decay=decay, nesterov=True)
        return sgd, rates
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, weight_decay=recipe.weight_decay), rates


@torch.no_grad()
def _average(average: nn.Module, model: nn.Module, decay: float) -> None:
    own, new = average.state_dict(), model.state_dict()
    keys = [key for key, value in own.items() if value.is_floating_point()]
    torch._foreach_lerp_([own[k] for k in keys], [new[k] for k in keys], 1 - decay)


def _line(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4f}" for name, value in figures.items())


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _write(log: TextIO, record: dict[str, Any]) -> None:
    log.write(json.dumps(record) + "\n")
    log.flush()
