"""One model of several of the same network: the mean of their weights.

Models that were trained apart from one parent are wrong in different places; the mean of their weights is often better
than each and costs no more (Wortsman et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from handtint.engine.models import load_model
from handtint.model_card import ModelCard, ModelFile
from training.learning.learner import TrainingError
from training.reports import now


def mean_of(models: Sequence[tuple[ModelFile, float]], working_size: int | None = None) -> tuple[nn.Module, ModelCard]:
    """Network and card of the mean.

    Args:
        models: with the share of each, over 0; shares need not add up to 1.
        working_size: of the card; None: as it was.

    The card is the last model's without figures: they have to be measured anew. Raises `ModelError`, and
    `TrainingError` where networks differ.
    """
    if not models:
        raise TrainingError("There are no models to make a mean of. Name at least one.")
    network, card = load_model(models[0][0].path)
    total = sum(share for _, share in models)
    mean: dict[str, torch.Tensor] = {}
    for number, (model_file, share) in enumerate(models):
        if number:
            network, card = load_model(model_file.path)
        tensors = network.state_dict()
        if mean and {k: v.shape for k, v in tensors.items()} != {k: v.shape for k, v in mean.items()}:
            raise TrainingError(
                f'"{models[0][0].path.name}" and "{model_file.path.name}" are of different networks, '
                "so their weights have no mean. Choose models of one network, trained from one parent."
            )
        for name, tensor in tensors.items():
            if not tensor.is_floating_point():
                mean[name] = tensor
            elif name in mean:
                mean[name] += tensor * (share / total)
            else:
                mean[name] = tensor * (share / total)
    network.load_state_dict(mean)
    return network, replace(card, working_size=working_size or card.working_size, metrics={}, created=now())
