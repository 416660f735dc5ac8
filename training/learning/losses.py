"""Losses on ab: smooth L1 or MSE for the regression, class-rebalanced cross-entropy for the distribution; on labels.

Soft targets are the five nearest bins, weighted by a Gaussian of 5 Lab units; rare colors weigh more (Zhang,
Isola, Efros 2016). Targets come from a table over whole Lab units, which is exact to half a unit.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_NEIGHBORS = 5
_SIGMA = 5.0  # Lab units
_BETA = 0.1  # of smooth L1, at which it has its plain size
_RANGE = 128  # Lab units on each side of the table


class BinTargets:
    """Nearest bins and their weights for any ab, by table.

    Args:
        bins: (bins, 2) Lab units, on the device the losses run on.
    """

    def __init__(self, bins: Tensor) -> None:
        axis = torch.arange(-_RANGE, _RANGE, device=bins.device, dtype=torch.float32)
        ab = torch.stack(torch.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
        near, index = torch.cdist(ab, bins).topk(_NEIGHBORS, largest=False)
        weight = torch.exp(-(near**2) / (2 * _SIGMA**2)).clamp_min(1e-12)
        self.index = index  # (table, 5)
        self.weight = weight / weight.sum(1, keepdim=True)
        self.count = len(bins)

    def rows(self, ab: Tensor) -> Tensor:
        """Rows of the table for ab (..., 2) in Lab units."""
        cell = ab.round().long().clamp(-_RANGE, _RANGE - 1) + _RANGE
        return cell[..., 0] * (2 * _RANGE) + cell[..., 1]

    def prior(self, ab: Tensor) -> Tensor:
        """(bins,) how often each bin occurs among ab (..., 2); sums to 1."""
        rows = self.rows(ab).reshape(-1)
        counts = torch.zeros(self.count, device=ab.device)
        counts.scatter_add_(0, self.index[rows].reshape(-1), self.weight[rows].reshape(-1))
        return counts / counts.sum()


def rebalancing(prior: Tensor) -> Tensor:
    """(bins,) weight of a pixel by its nearest bin: half way to uniform, its mean over the prior 1."""
    weight = 1 / (0.5 * prior + 0.5 / len(prior))
    return weight / (prior * weight).sum()


def classification(logits: Tensor, ab: Tensor, targets: BinTargets, weights: Tensor) -> Tensor:
    """Mean rebalanced cross-entropy.

    Args:
        logits: (N, bins, h, w). ab: (N, 2, h, w) Lab units. weights: (bins,) from `rebalancing`.
    """
    flat = logits.float().permute(0, 2, 3, 1).reshape(-1, targets.count)
    rows = targets.rows(ab.permute(0, 2, 3, 1)).reshape(-1)
    index = targets.index[rows]
    log_p = flat.gather(1, index) - flat.logsumexp(1, keepdim=True)  # (pixels, 5)
    entropy = -(targets.weight[rows] * log_p).sum(1)
    return (entropy * weights[index[:, 0]]).mean()


def regression(predicted: Tensor, ab: Tensor, kind: str, beta: float) -> Tensor:
    """Mean loss between ab/110 (N, 2, h, w) and the truth in the same units: `rebalanced` is smooth L1.

    Smooth L1 is scaled so that small errors weigh the same whatever its `beta`.
    """
    if kind == "mse":
        return F.mse_loss(predicted.float(), ab)
    return F.smooth_l1_loss(predicted.float(), ab, beta=beta) * (beta / _BETA)


def label_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of logits (N, classes) over the photos with a label (N,); -1 stands for none."""
    entropy = F.cross_entropy(logits.float(), labels, ignore_index=-1, reduction="sum")
    return entropy / (labels >= 0).sum().clamp_min(1)
