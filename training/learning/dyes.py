"""Teaches the tiny network that undoes the fading of dyes; `handtint.repair.dyes` uses what comes out.

`python -m training.learning.repair faded_color DATA... --out FILE --steps 6000` fades photographs on the fly
(`training.photos.fading`) and learns the curves and the mix that bring them back: the loss is the distance to the
photograph in Lab, chroma counted less where there is much of it, as in CIE94.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from handtint.imaging.color import lab
from handtint.repair import dyes
from handtint.repair.network import EPSILON
from training.learning.glance import Course, Glance, fit
from training.photos.fading import fade
from training.photos.spoiling import spoil

_SOUND = 0.25  # share of these left as they are
_BATCH = 48
_OF_DYES = 28  # of a batch: photos whose dyes fade; the others are spoiled otherwise


def teach(photos: np.ndarray, course: Course, parent: Glance | None = None) -> Glance:
    """Teach a network on (n, 64, 64, 3) uint8 photographs, faded at that size and seen at half."""
    pixels = torch.from_numpy(photos).permute(0, 3, 1, 2)

    def loss_of(learner: Glance, generator: torch.Generator) -> Tensor:
        truth = pixels[torch.randint(len(pixels), (_BATCH,), generator=generator)].float() / 255
        if torch.rand((), generator=generator) < 0.5:
            truth = truth.flip(3)
        # Colors spoiled in other ways: with dyes alone it would learn that lost dye is all that can be wrong with a
        # print.
        faded = torch.cat(
            [
                fade(truth[:_OF_DYES], _SOUND, generator, worse_scans=True),
                spoil(truth[_OF_DYES:], generator),
            ]
        )
        # Every second row and column are enough to tell how far off a global correction is.
        found = corrected(faded[:, :, ::2, ::2], learner(F.avg_pool2d(faded, 2)))
        return distance(found, truth[:, :, ::2, ::2]).mean()

    return fit(dyes.OUTPUTS, loss_of, course, parent)


def corrected(srgb: Tensor, said: Tensor) -> Tensor:
    """(N, 3, h, w) encoded pixels with the corrections of (N, OUTPUTS); not clipped, so that all of it can learn."""
    n = len(srgb)
    before = -torch.log(srgb + EPSILON)
    slopes = said[:, 3:-6].reshape(n, 3, -1).clamp(-dyes.STEEPEST, dyes.STEEPEST).exp()
    after = dyes.KNOTS[0] + said[:, :3, None, None]
    for k, (knot, step) in enumerate(zip(dyes.KNOTS[:-1], dyes.STEPS, strict=True)):
        after = after + slopes[:, :, k, None, None] * (before - knot).clamp(0, step)
    beside = said[:, -6:]
    zero = torch.zeros(n)
    mix = torch.stack(
        [zero, beside[:, 0], beside[:, 1], beside[:, 2], zero, beside[:, 3], beside[:, 4], beside[:, 5], zero], 1
    ).reshape(n, 3, 3)
    mix = mix + torch.diag_embed(1 - mix.sum(2))
    return torch.exp(-torch.einsum("nij,njhw->nihw", mix, after)) - EPSILON


def distance(found: Tensor, truth: Tensor) -> Tensor:
    """(N,) mean distance of encoded pixels in Lab, chroma counted as in CIE94."""
    first, second = (torch.stack(lab.srgb_to_lab(*srgb.unbind(1)), 1) for srgb in (found.clamp(1e-4, 1.2), truth))
    chroma = second[:, 1:].square().sum(1).sqrt()
    off = first - second
    squares = off[:, 0].square() + off[:, 1:].square().sum(1) / (1 + 0.03 * chroma).square()
    return (squares + 0.25).sqrt().mean((1, 2))
