"""Spoils the colors of photographs in ways other than faded dyes (see `fading`), as batched tensor operations.

What happened to a print is seldom known, and a scan has been through more than fading: papers and inks of other
processes, varnish, the scanner's own leveling, a camera's white balance, a program's curves. So each photo gets, in an
fixed order and random amounts: light that leaks from channel to channel, or to gray, in light, density or
anything between; a rising curve for each channel, partly the same for all, with blacks raised and whites
lowered; a colored veil; levels stretched again, of all channels or of each; the noise of JPEG's colors.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

_POINTS = 33  # of a curve
_WAVES = 3  # of which the logarithm of its rise is made
_LUMA = (0.2126, 0.7152, 0.0722)


def spoil(srgb: Tensor, generator: torch.Generator) -> Tensor:
    """(N, 3, h, w) encoded sRGB 0..1, each photo spoiled in its own way; clipped to 0..1 and rounded to 8 bits."""
    count = len(srgb)

    def uniform(low: float, high: float, channels: int = 1) -> Tensor:
        return low + (high - low) * torch.rand(count, channels, 1, 1, generator=generator)

    def normal(channels: int = 1) -> Tensor:
        return torch.randn(count, channels, 1, 1, generator=generator)

    def sometimes(chance: float, value: Tensor) -> Tensor:
        return value * (torch.rand(count, 1, 1, 1, generator=generator) < chance)

    much = uniform(0, 1)

    # Mixed in light that is encoded with another exponent: 1 is light as it adds up, 2.2 about density.
    exponent = uniform(0.9, 2.4)
    light = srgb.clamp_min(1e-3).pow(exponent)
    to_gray = torch.tensor(_LUMA).expand(count, 3, 3)
    to_others = torch.softmax(torch.randn(count, 3, 3, generator=generator), dim=2)
    gray_share = uniform(0, 1).reshape(count, 1, 1)
    neighbors = gray_share * to_gray + (1 - gray_share) * to_others
    through = sometimes(0.75, much * uniform(0.0, 0.8)).reshape(count, 1, 1)
    light = torch.einsum("nij,njhw->nihw", (1 - through) * torch.eye(3) + through * neighbors, light)
    light = light * torch.exp(0.12 * normal() + sometimes(0.6, much * 0.15 * normal(3)))
    value = light.clamp(1e-4, 1).pow(1 / exponent)

    rises = 0.3 * _waves(count, 1, generator) + 0.35 * much * _waves(count, 3, generator)
    black = sometimes(0.7, much * uniform(0, 0.32)) + sometimes(0.5, much * uniform(0, 0.22, 3))
    white = 1 - sometimes(0.5, much * uniform(0, 0.2)) - sometimes(0.5, much * uniform(0, 0.2, 3))
    value = _curved(value, rises, black.expand(-1, 3, -1, -1), white.expand(-1, 3, -1, -1))

    veil = sometimes(0.5, much * uniform(0, 0.3))
    color = (uniform(0.1, 0.9) + 0.15 * normal(3)).clamp(0, 1)
    value = value * (1 - veil) + veil * color

    low = F.avg_pool2d(value, 4).amin((2, 3), keepdim=True)
    high = F.avg_pool2d(value, 4).amax((2, 3), keepdim=True)
    alike = torch.rand(count, 1, 1, 1, generator=generator) < 0.6
    low = torch.where(alike, low.amin(1, keepdim=True), low)
    high = torch.where(alike, high.amax(1, keepdim=True), high)
    stretched = sometimes(0.3, uniform(0.2, 1.0))
    low, high = stretched * low, 1 - stretched * (1 - high)
    value = (value - low) / (high - low).clamp_min(0.1)

    coarse = (value.shape[2] // 4, value.shape[3] // 4)
    noise = F.interpolate(torch.randn(count, 3, *coarse, generator=generator), scale_factor=4)
    value = value + sometimes(0.5, uniform(0, 0.015)) * noise
    return (value.clamp(0, 1) * 255).round() / 255


def _waves(count: int, channels: int, generator: torch.Generator) -> Tensor:
    """(count, channels, points - 1, 1) smooth random functions along a curve, deviation about 1."""
    along = (torch.arange(_POINTS - 1) + 0.5) / (_POINTS - 1)
    waves = torch.stack([torch.cos(math.pi * k * along) / k for k in range(1, _WAVES + 1)])
    return (torch.randn(count, channels, _WAVES, generator=generator) @ waves)[..., None]


def _curved(value: Tensor, rises: Tensor, black: Tensor, white: Tensor) -> Tensor:
    """Values through curves with so steep rises (logarithm), from (N, 3, 1, 1) black to white."""
    n, channels, height, width = value.shape
    steps = torch.exp(rises[..., 0].expand(n, channels, -1))
    curve = torch.cat([torch.zeros(n, channels, 1), torch.cumsum(steps, 2)], 2) / steps.sum(2, keepdim=True)
    curve = black[..., 0] + (white - black)[..., 0] * curve
    at = value.flatten(2) * (_POINTS - 1)
    left = at.floor().clamp(0, _POINTS - 2)
    first = left.long()
    low, high = curve.gather(2, first), curve.gather(2, first + 1)
    return (low + (at - left) * (high - low)).reshape(n, channels, height, width)
