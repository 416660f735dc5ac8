"""Makes new photographs look old, as batched tensor operations on the device.

Only lightness is aged: that is what a network sees. The target color stays the new photograph's, so a network
learns to color through fading, grain, blur, dust and the spectra of old emulsions.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from handtint.imaging.color import lab


def emulsion_lightness(linear: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Lightness as black-and-white film saw it: (N, 3, h, w) linear RGB to (N, 1, h, w) L 0..100.

    With `chance`, a photo gets the spectrum of an old emulsion: blue-sensitive plates and orthochromatic
    film see red nearly as black and blue as white.
    """
    n, device = len(linear), linear.device
    standard = torch.tensor([0.2126, 0.7152, 0.0722], device=device).expand(n, 3)
    spectra = torch.tensor(
        [[0.35, 0.40, 0.25], [0.05, 0.60, 0.35], [0.02, 0.18, 0.80]], device=device
    )  # early panchromatic, orthochromatic, blue-sensitive
    mix = torch.rand(n, 3, generator=generator).to(device)
    old = (mix / mix.sum(1, keepdim=True)) @ spectra
    chosen = (torch.rand(n, 1, generator=generator) < chance).to(device)
    weights = torch.where(chosen, old, standard)
    gray = (linear * weights[:, :, None, None]).sum(1, keepdim=True)
    return lab.luminance_to_lightness(gray).clamp(0, 100)


def age(lightness: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """(N, 1, h, w) L 0..100, aged with `chance` each: contrast, fading, blur, grain, dust and scratches."""
    n, device = len(lightness), lightness.device

    def draw(low: float, high: float) -> Tensor:
        return (low + (high - low) * torch.rand(n, 1, 1, 1, generator=generator)).to(device)

    def happens(p: float) -> Tensor:
        return (torch.rand(n, 1, 1, 1, generator=generator) < p).to(device)

    x = lightness / 100
    x = torch.where(happens(0.6), x.clamp(1e-4, 1) ** draw(0.65, 1.5), x)  # exposure, development
    x = torch.where(happens(0.5), draw(0.0, 0.25) + x * draw(0.55, 0.85), x)  # fading: lifted blacks, dull whites
    contrast = draw(1.0, 1.6)
    x = torch.where(happens(0.3), (0.5 + (x - 0.5) * contrast).clamp(0, 1), x)  # hard paper
    soft = F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)
    x = torch.where(happens(0.4), x + draw(0.4, 1.0) * (soft - x), x)
    grain = torch.randn(x.shape, generator=generator).to(device)
    x = torch.where(happens(0.6), x + grain * draw(0.005, 0.05), x)
    x = torch.where(happens(0.25), _damage(x, generator), x)
    aged = x.clamp(0, 1) * 100
    return torch.where(happens(chance), aged, lightness)


def _damage(x: Tensor, generator: torch.Generator) -> Tensor:
    """Dust specks and long thin scratches, white or black."""
    n, _, height, width = x.shape
    specks = (torch.rand(n, 1, height, width, generator=generator) < 0.0008).to(x)
    specks = F.max_pool2d(specks, 3, 1, 1)
    columns = (torch.rand(n, 1, 1, width, generator=generator) < 0.006).to(x)
    rows = (torch.rand(n, 1, height, 1, generator=generator) < 0.002).to(x)
    mask = (specks + columns + rows).clamp(0, 1)
    tone = (torch.rand(n, 1, 1, 1, generator=generator) < 0.6).to(x)
    return x + mask * (tone - x) * 0.8
