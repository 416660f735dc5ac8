"""Tuning a model on one's own photos: from its weights, at a low learning rate, and with a verdict at the end.

The last event, `finished`, holds `model` (its file in the run's folder), `installed` (its file among the user's models,
or None), `verdict`, `difference`, `low`, `high` and `held_out` (see `verdict`; of ab-MSE in Lab units squared), and
`parent` and `new`: `psnr`, `ab_mse_mean`, `ab_mse_median`, `colorfulness` of each, `colorfulness_originals`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from handtint.engine.colorizer import TorchColorizer
from handtint.engine.models import load_model, save_model
from handtint.model_card import ModelCard, find_model
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.teaching import runs
from training.checkpoint import saving_to
from training.claim import claimed
from training.config import Recipe, changed, recipe_from
from training.distributed import joined
from training.learning.learner import Parent
from training.loop import fit
from training.measuring.evaluate import Measured, figures_of, measure
from training.measuring.verdict import judge, sentence
from training.photos.found import PhotoSet
from training.reports import Report, ignore
from training.schedule import Budget
from training.survey import survey

VALIDATION_SHARE = 0.2  # of one's own photos, which are few: enough for a verdict
_COMPARED = 100  # photos, at most
_GENTLE: dict[str, Any] = {
    "learning_rate": 1e-4,
    "encoder_rate": 1.0,
    "warmup_steps": 30,
    "ema": 0.995,
    "clip": 1.0,
    "optimizer": "adamw",
    "repeat": {},
    "hold_out": [],
    "trunk_blocks": 0,
    "teacher": "",
}
_BATCH = 16


def tuned_recipe(parent: ModelCard, name: str, sources: Sequence[Path], changes: Sequence[str] = ()) -> Recipe:
    """The recipe a model is tuned by: its parent's losses, aging and last size, with a low learning rate.

    Raises `RecipeError`.
    """
    known = {field.name for field in dataclasses.fields(Recipe)}
    values = {key: value for key, value in parent.recipe.items() if key in known}
    stages = values.get("stages") or [{"size": parent.working_size}]
    folders = " and ".join(f'"{source.name}"' for source in sources)
    values |= _GENTLE | {
        "name": name,
        "architecture": parent.architecture,
        "arguments": parent.arguments,
        "working_size": parent.working_size,
        "use_when": f"Use for photos like those in {folders}, which it was tuned on.",
        "trained_on": f"{parent.trained_on} Then tuned on photos of {folders}.",
        "license": parent.license,
        "stages": [{"size": stages[-1]["size"], "share": 1.0, "batch": _BATCH}],
    }
    values.setdefault("loss", "mse")
    return recipe_from(f"for {name}", changed(values, changes))


def finetune(
    sources: Sequence[Path],
    out: Path,
    budget: Budget,
    *,
    model: str = "unet",
    name: str = "mine",
    changes: Sequence[str] = (),
    device_name: str = "auto",
    install: bool = True,
    overwrite: bool = False,
    progress: Progress | None = None,
    is_paused: Callable[[], bool] = lambda: False,
    report: Report = ignore,
) -> Path:
    """Tune `model` on photos and return the new model's file: among the user's models, or in `out`.

    Raises what `fit` raises, and `FinetuneError` where the name cannot be taken.
    """
    runs.check_name(name, overwrite=overwrite or not install)
    parent_file = find_model(model)
    network, card = load_model(parent_file.path)
    recipe = tuned_recipe(card, name, sources, changes)
    with joined(device_name) as (ranks, device):
        if not ranks.is_first:
            report = ignore
        photos = survey(sources, max(recipe.working_size, recipe.stages[-1].size), report, VALIDATION_SHARE)
        learned = len(photos.names) - sum(photos.held_out)
        trained_on = recipe.trained_on.replace("Then tuned on photos", f"Then tuned on {learned} photos")
        recipe = dataclasses.replace(recipe, trained_on=trained_on)
        with claimed(out, ranks):
            path = fit(
                recipe,
                photos,
                out,
                budget,
                parent=Parent(network, card),
                device=device,
                ranks=ranks,
                progress=progress,
                is_paused=is_paused,
                report=report,
            )
            if ranks.is_first:
                outcome = _compare(network, card, path, photos, device, report, progress or Progress())
                installed = runs.install(path, overwrite=overwrite) if install else None
                report(
                    {"event": "finished", "model": str(path), "installed": installed and str(installed), **outcome},
                )
                return installed or path
            return path


def _compare(
    network: nn.Module,
    parent: ModelCard,
    path: Path,
    photos: PhotoSet,
    device: torch.device,
    report: Report,
    progress: Progress,
) -> dict[str, Any]:
    """Color held-out photos by both models; the new one's figures go into its card."""
    held_out = photos.part(held_out=True).photos[:_COMPARED]
    tuned, card = load_model(path)
    report({"event": "note", "text": f'Comparing with "{parent.name}" on {len(held_out)} held-out photos.'})
    rows = {"gray": Settings(strength=0.0), "vividness 0": Settings(vividness=0.0)}
    old = measure(TorchColorizer(network, parent, device), held_out, rows, progress=progress)
    new = measure(TorchColorizer(tuned, card, device), held_out, rows, progress=progress)
    verdict = judge(_errors(old["vividness 0"]), _errors(new["vividness 0"]))
    figures = {"parent": figures_of(old["vividness 0"]), "new": figures_of(new["vividness 0"])}
    metrics = {
        "data": f"{len(held_out)} held-out photos",
        "gray": figures_of(old["gray"]),
        "vividness 0": figures["new"],
    }
    with saving_to(path):
        save_model(path, tuned.cpu(), dataclasses.replace(card, metrics=metrics))
    values = dataclasses.asdict(verdict)
    held_out_count = values.pop("photos")
    text = sentence(verdict, card.name, parent.name, figures["parent"]["ab_mse_mean"])
    return {**values, "held_out": held_out_count, **figures, "text": text}


def _errors(row: Sequence[Measured]) -> list[float]:
    return [one.ab_mse for one in row]
