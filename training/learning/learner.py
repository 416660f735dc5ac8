"""What is trained: the network, its averaged weights, the optimizer; and the card of the model it will be."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from handtint.engine.architectures.efficientnet import EfficientNetLite2
from handtint.engine.models import build
from handtint.errors import HandtintError
from handtint.model_card import ModelCard
from training.config import Recipe
from training.learning import losses
from training.learning.device import autocast_dtype
from training.learning.encoders import start_encoder
from training.learning.published import find_published, load_published
from training.learning.step import Step
from training.photos.crops import Crops

_PRIOR_PHOTOS = 400


class TrainingError(HandtintError):
    """Training cannot go on."""


@dataclass(frozen=True)
class Parent:
    """The model that another is tuned from: its network, in evaluation mode, and its card."""

    model: nn.Module
    card: ModelCard


@dataclass
class Learner:
    """What is trained, and by what.

    Attributes:
        model: the network, in training mode.
        average: the averaged weights, which are evaluated and shipped.
        optimizer, rates: and the peak learning rate of each of its groups.
        scaler: of fp16's gradients; disabled for other precisions.
        published: names of the parameters that were started from published weights, a group of the optimizer.
        targets, weights: of the loss over ab bins, or None.
    """

    model: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer
    rates: list[float]
    scaler: torch.amp.GradScaler
    published: list[str]
    targets: losses.BinTargets | None
    weights: Tensor | None


def new_card(recipe: Recipe, parent: ModelCard | None = None) -> ModelCard:
    """The card of a model that `recipe` makes, before it is trained."""
    card = ModelCard(
        name=recipe.name,
        architecture=recipe.architecture,
        arguments=recipe.arguments,
        working_size=recipe.working_size,
        trained_on=recipe.trained_on,
        license=recipe.license,
        use_when=recipe.use_when,
        parameters=0,
        recipe=recipe.to_dict(),
        parent=f"{parent.name} {parent.sha256}" if parent else None,
    )
    return replace(card, parameters=sum(p.numel() for p in build(card).parameters()))


def class_targets(
    recipe: Recipe, model: nn.Module, step: Step, crops: Crops
) -> tuple[losses.BinTargets | None, Tensor | None]:
    """Table of soft targets, and weights of the bins by how often they occur in the photos. Raises `TrainingError`."""
    if recipe.loss != "rebalanced":
        return None, None
    if not isinstance(getattr(model, "bins", None), Tensor):
        raise TrainingError(f'"{recipe.architecture}" has no distribution: use the loss "mse".')
    targets = losses.BinTargets(model.bins)  # type: ignore[arg-type]
    sample = step.example(crops.batch(0, min(_PRIOR_PHOTOS, len(crops)), 64), training=False)
    return targets, losses.rebalancing(targets.prior(sample.ab.permute(0, 2, 3, 1)))


def start_learner(
    recipe: Recipe,
    card: ModelCard,
    step: Step,
    crops: Crops,
    device: torch.device,
    *,
    encoder: Path | None,
    parent: Parent | None,
    resumed: list[str] | None,
) -> Learner:
    """A learner on its device, started from the parent, from published encoder weights, or at random.

    Args:
        resumed: `published` of the checkpoint whose tensors will be put in; None for a new training.
    """
    model = build(card)
    published: list[str] = []
    if resumed is not None:
        published = resumed
    elif parent is not None:
        model.load_state_dict(parent.model.state_dict())
    elif recipe.arguments.get("frozen"):
        load_published(model, find_published(encoder) or {})
    elif encoder is not None:
        calibration = Step(recipe, torch.device("cpu"), torch.Generator()).example(
            crops.batch(0, 64, recipe.stages[0].size), training=False
        )
        published = start_encoder(model, encoder, calibration.inputs)
    trunk = getattr(model, "trunk", None)
    if isinstance(trunk, EfficientNetLite2):
        trunk.learn_from_top(recipe.trunk_blocks)
        published = [f"trunk.{name}" for name, p in trunk.named_parameters() if p.requires_grad]
    model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(model).eval().requires_grad_(False)
    optimizer, rates = _optimizer(recipe, model, set(published))
    needs_scaler = autocast_dtype(recipe.precision, device) == torch.float16
    scaler = torch.amp.GradScaler(device.type, enabled=needs_scaler)
    targets, weights = class_targets(recipe, model, step, crops)
    model.train()
    if recipe.freeze_batch_norm:
        for norm in batch_norms(model):
            norm.eval()
    return Learner(model, average, optimizer, rates, scaler, published, targets, weights)


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
def average_weights(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move the averaged weights, batch norm's statistics included, by 1 - `decay` of the way to the model's."""
    own, new = average.state_dict(), model.state_dict()
    keys = [key for key, value in own.items() if value.is_floating_point()]
    torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
        [own[k] for k in keys], [new[k] for k in keys], 1 - decay
    )


def batch_norms(model: nn.Module) -> list[nn.BatchNorm2d]:
    """Every batch norm of a network."""
    return [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
