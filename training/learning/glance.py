"""The tiny network that looks at a whole photo, as a module that learns; `handtint.repair.network` runs it."""

from __future__ import annotations

import copy
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.repair import network
from training.learning.device import autocast_dtype

_WARMING = 200  # steps in which the rate rises
_SMOOTHING = 0.998  # of the mean of weights that is kept


class Glance(nn.Module):
    """(N, 3, 32, 32) encoded sRGB of 0..1 to (N, outputs); layer by layer what `network.run` computes.

    Args:
        outputs: how many numbers it gives for a picture.
        width: of the two layers that see the whole picture.
    """

    def __init__(self, outputs: int, width: int = 192) -> None:
        super().__init__()
        self.pixel1, self.pixel2 = nn.Linear(6, 64), nn.Linear(64, 64)
        self.cell, self.patch1, self.patch2 = nn.Linear(66, 96), nn.Linear(4 * 96, 128), nn.Linear(4 * 128, 160)
        self.whole1, self.whole2 = nn.Linear(2 * 160 + 64 + 3 * len(network.RANKS), width), nn.Linear(width, width)
        self.said = nn.Linear(width, outputs)
        nn.init.zeros_(self.said.weight)
        nn.init.zeros_(self.said.bias)
        place = (torch.arange(16) - 7.5) / 8
        self._half = autocast_dtype("auto", torch.device("cpu")) == torch.bfloat16
        self._where = torch.stack(torch.meshgrid(place, place, indexing="ij"), -1)  # (16, 16, 2)

    def forward(self, small: Tensor) -> Tensor:
        """The numbers for each picture."""
        n = len(small)
        deep = -torch.log(small + network.EPSILON)
        seen = torch.cat([2 * small - 1, deep - 1], 1).permute(0, 2, 3, 1)
        # On processors with this arithmetic it learns twice as fast, and not worse.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training and self._half):
            pixels = F.relu(self.pixel2(F.relu(self.pixel1(seen))))
            cells = F.avg_pool2d(pixels.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
            cells = F.relu(self.cell(torch.cat([cells, self._where.expand(n, 16, 16, 2)], -1)))
            cells = F.relu(self.patch2(_patches(F.relu(self.patch1(_patches(cells))))))
        pixels, cells = pixels.float(), cells.float()
        last = network.SIDE * network.SIDE - 1
        ranked = deep.flatten(2).sort(2).values[:, :, [round(rank * last) for rank in network.RANKS]]
        whole = torch.cat(
            [
                cells.mean((1, 2)),
                cells.amax((1, 2)),
                pixels.mean((1, 2)),
                ranked.permute(0, 2, 1).flatten(1) - 1,
            ],
            1,
        )
        return self.said(F.relu(self.whole2(F.relu(self.whole1(whole)))))


def widened(learner: Glance, width: int) -> Glance:
    """The network with wider last layers and the same answers; the new weights can learn."""
    wide, narrow = Glance(learner.said.out_features, width), learner.whole1.out_features
    found, old = wide.state_dict(), learner.state_dict()
    for name, weights in old.items():
        found[name][tuple(slice(size) for size in weights.shape)] = weights
    for layer in ("whole2", "said"):
        found[f"{layer}.weight"][: len(old[f"{layer}.weight"]), narrow:] = 0
    wide.load_state_dict(found)
    return wide


def _patches(cells: Tensor) -> Tensor:
    n, h, w, c = cells.shape
    return cells.reshape(n, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h // 2, w // 2, 4 * c)


@dataclass(frozen=True)
class Course:
    """How long and how fast a network learns.

    Attributes:
        steps, minutes: whichever end first.
        rate: of learning, at most; it falls to zero.
        seed: of all that is drawn.
    """

    steps: int = 6000
    minutes: float = math.inf
    rate: float = 1e-3
    seed: int = 1


def fit(
    outputs: int, loss_of: Callable[[Glance, torch.Generator], Tensor], course: Course, parent: Glance | None = None
) -> Glance:
    """Teach a network; prints a line every hundred steps.

    Args:
        loss_of: draws a batch and gives the network's loss on it.
        parent: whose weights to go on from.
    """
    torch.manual_seed(course.seed)
    generator = torch.Generator().manual_seed(course.seed)
    learner = Glance(outputs) if parent is None else copy.deepcopy(parent)
    mean = copy.deepcopy(learner)
    optimizer = torch.optim.AdamW(learner.parameters(), lr=course.rate, weight_decay=0.02)
    losses: list[float] = []
    steps = course.steps
    warming = min(_WARMING, steps // 10) + 1
    start = time.monotonic()
    for step in range(steps):
        gone = max(step / steps, (time.monotonic() - start) / (60 * course.minutes))
        if gone >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = course.rate * min(1, (step + 1) / warming) * (1 + math.cos(math.pi * gone)) / 2
        loss = loss_of(learner, generator)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            keep = min(_SMOOTHING, step / (step + 10))
            for kept, new in zip(mean.parameters(), learner.parameters(), strict=True):
                kept.lerp_(new, 1 - keep)
        losses.append(loss.item())
        if step % 100 == 99:
            sys.stdout.write(f"step {step + 1} of {steps}  loss {sum(losses[-100:]) / 100:.4f}\n")
            sys.stdout.flush()
    return mean
