"""Fades the dyes of new color photographs, as batched tensor operations.

A color print holds three layers of dye. Each absorbs mostly its own third of the spectrum and a little of the others,
so that the density of red, green and blue is a 3 x 3 mix of the amounts of cyan, magenta and yellow dye. With time
each layer loses its own share of dye, exponentially, light places more or less than dark ones (crossed curves); what
is left of couplers and gelatin turns yellow or pink (stain), most where little dye is; the scan adds flare and a white
balance of its own. A scanner may do worse (`worse_scans`): flare is colored where glass and surface are dirty, filters
let some of their neighbors' light through, which pales colors, and each channel has a tone curve of its own.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from handtint.imaging.color import lab

_FLOOR = 0.002  # of linear light: density 2.7, deeper than a print's black
_ABSORPTION = ((1.0, 0.12, 0.03), (0.20, 1.0, 0.10), (0.09, 0.28, 1.0))  # of red, green, blue by cyan, magenta, yellow
_DARKEST = 2.0  # dye of a full black


def fade(srgb: Tensor, sound: float, generator: torch.Generator, *, worse_scans: bool = False) -> Tensor:
    """(N, 3, h, w) encoded sRGB 0..1 with its dyes faded, each photo in its own way; the share `sound` is left.

    The result is clipped to 0..1 and rounded to 8 bits, as a scan is. With `worse_scans` more photos are little faded.
    """
    count = len(srgb)

    def uniform(low: float, high: float, channels: int = 1) -> Tensor:
        return low + (high - low) * torch.rand(count, channels, 1, 1, generator=generator)

    def normal(deviation: float, channels: int = 1) -> Tensor:
        return deviation * torch.randn(count, channels, 1, 1, generator=generator)

    def sometimes(chance: float, value: Tensor) -> Tensor:
        return value * (torch.rand(count, 1, 1, 1, generator=generator) < chance)

    mixes = torch.tensor(_ABSORPTION).repeat(count, 1, 1)
    beside = mixes * torch.exp(0.35 * torch.randn(count, 3, 3, generator=generator))
    diagonal = torch.eye(3)
    mixes = mixes * diagonal + beside * (1 - diagonal)
    densities = -torch.log10(lab.srgb_to_linear(srgb).clamp_min(_FLOOR))
    dyes = torch.einsum("nij,njhw->nihw", torch.linalg.inv(mixes), densities)

    age = uniform(0.0, 1.0)
    if worse_scans:
        age = age.pow(uniform(0.8, 2.0))
    rates = torch.exp(normal(0.8, 3))
    kept = torch.exp(-age * rates * uniform(0.3, 0.9)).clamp_min(0.12)
    curve = torch.exp(normal(0.18, 3) * age)
    bent = _DARKEST * (dyes.clamp_min(0) / _DARKEST).pow(curve) + dyes.clamp_max(0)
    stain = sometimes(0.6, age * torch.cat([uniform(0, 0.04), uniform(0, 0.10), uniform(0, 0.22)], dim=1))
    dyes = kept * bent + stain * (1 - 0.5 * (dyes / _DARKEST).clamp(0, 1))

    linear = torch.pow(10.0, -torch.einsum("nij,njhw->nihw", mixes, dyes))
    if worse_scans:
        flare = sometimes(0.6, uniform(0.0, 0.09).square() / 0.09 * torch.exp(sometimes(0.6, normal(0.5, 3))))
        linear = linear * (1 - flare) + flare
        through = sometimes(0.5, uniform(0.0, 0.5)).reshape(count, 1, 1)
        neighbors = torch.softmax(torch.randn(count, 3, 3, generator=generator), dim=2)
        linear = torch.einsum("nij,njhw->nihw", (1 - through) * torch.eye(3) + through * neighbors, linear)
        linear = linear * torch.exp(normal(0.10)) * torch.exp(sometimes(0.7, uniform(0, 2) * normal(0.07, 3)))
        curves = torch.exp(sometimes(0.5, uniform(0, 2) * normal(0.12, 3)))
        encoded = lab.linear_to_srgb(linear).clamp(1e-4, 1).pow(curves)
    else:
        flare = sometimes(0.5, uniform(0.0, 0.06))
        linear = linear * (1 - flare) + flare
        linear = linear * torch.exp(normal(0.10)) * torch.exp(sometimes(0.7, normal(0.07, 3)))
        encoded = lab.linear_to_srgb(linear).clamp(0, 1)
    faded = (encoded * 255).round() / 255
    left = torch.rand(count, 1, 1, 1, generator=generator) < sound
    return torch.where(left, srgb, faded)


def make_uneven(gray: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(N, 1, h, w) encoded gray 0..1 as an even print, faded or not, and as one that mostly is uneven too.

    Corners are darker or lighter, as lenses and masks make them; or a veil of paper's tone lies over borders,
    corners or one side, where air and glue came to the print.
    """
    count, _, height, width = gray.shape

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, 1, generator=generator)

    def sometimes(chance: float) -> Tensor:
        return (torch.rand(count, 1, 1, 1, generator=generator) < chance).float()

    black, white = sometimes(0.6) * uniform(0, 0.3), 1 - sometimes(0.6) * uniform(0, 0.35)
    even = black + (white - black) * gray.pow(torch.exp(uniform(-0.35, 0.35)))
    y = torch.linspace(-1, 1, height)[:, None] - uniform(-0.25, 0.25)
    x = torch.linspace(-1, 1, width) - uniform(-0.25, 0.25)
    from_center = ((y * y + x * x) / 2).pow(uniform(0.7, 1.8))
    light = 1 - sometimes(0.5) * uniform(-0.25, 0.75) * from_center
    angle = uniform(0, 2 * math.pi)
    to_side = ((y * torch.sin(angle) + x * torch.cos(angle) + 1) / 2).clamp(0, 1).pow(uniform(0.8, 2.5))
    to_border = torch.maximum(y.abs().expand(count, 1, height, width), x.abs()).clamp(0, 1).pow(uniform(2, 6))
    kind = torch.rand(count, 1, 1, 1, generator=generator)
    where = torch.where(kind < 0.4, to_side, torch.where(kind < 0.7, to_border, from_center.clamp(0, 1)))
    veil = sometimes(0.5) * uniform(0, 0.6) * where
    uneven = (even * light).clamp(0, 1) * (1 - veil) + veil * uniform(0.5, 0.95)
    return even, torch.where(sometimes(0.3) > 0, even, uneven)
