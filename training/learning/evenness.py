"""Teaches the tiny network that levels uneven fading; `handtint.repair.evenness` uses what comes out.

`python -m training.learning.repair evenness DATA... --out FILE --steps 3000`. The loss is how far leveled
values are from those of the even print, encoded, in units of 1/100.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from handtint.repair import evenness
from handtint.repair.survey import LUMA
from training.learning.glance import Course, Glance, fit
from training.photos.fading import make_uneven

_BATCH = 48


def teach(photos: np.ndarray, course: Course, parent: Glance | None = None) -> Glance:
    """Teach a network on (n, 64, 64, 3) uint8 photographs."""
    grays = torch.from_numpy(photos @ LUMA / 255)[:, None]

    def loss_of(learner: Glance, generator: torch.Generator) -> Tensor:
        gray = grays[torch.randint(len(grays), (_BATCH,), generator=generator)]
        if torch.rand((), generator=generator) < 0.5:
            gray = gray.flip(3)
        even, uneven = make_uneven(gray, generator)
        small, truth = F.avg_pool2d(uneven, 2), F.avg_pool2d(even, 2)
        found = leveled(small, learner(small.expand(-1, 3, -1, -1)))
        return 100 * ((found - truth).square() + 1e-4).sqrt().mean()

    return fit(evenness.OUTPUTS, loss_of, course, parent)


def leveled(gray: Tensor, said: Tensor) -> Tensor:
    """(N, 1, h, w) gray with the gain and offset of (N, OUTPUTS)."""
    y, x = (
        part.flatten()
        for part in torch.meshgrid(*((torch.arange(n) * 2 + 1) / n - 1 for n in gray.shape[2:]), indexing="ij")
    )
    squares = y * y + x * x
    terms = torch.stack([torch.ones_like(y), y, x, y * y, x * x, x * y, squares * squares / 2])
    log_gain = (said[:, : evenness.TERMS] @ terms).clamp(-evenness.MOST_LOG_GAIN, evenness.MOST_LOG_GAIN)
    offset = (said[:, evenness.TERMS :] @ terms).clamp(-evenness.MOST_OFFSET, evenness.MOST_OFFSET)
    return gray * log_gain.exp().reshape(gray.shape) + offset.reshape(gray.shape)
