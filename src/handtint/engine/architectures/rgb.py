"""For networks that see a gray sRGB picture or paint one: their planes from lightness and to ab."""

from __future__ import annotations

import torch
from torch import Tensor

from handtint.imaging.color import lab

AB_SCALE = 110.0  # Lab units per unit of a network's ab


def gray_of(x: Tensor) -> Tensor:
    """sRGB-encoded gray 0..1 of planes of L/50 - 1; any shape, float32."""
    lightness = ((x.float() + 1) * 50).clamp(0, 100)
    nought = torch.zeros_like(lightness)
    return lab.lab_to_srgb(lightness, nought, nought)[1].clamp(0, 1)


def ab_of(srgb: Tensor) -> Tensor:
    """ab/110 (N, 2, h, w), float32, of sRGB (N, 3, h, w); what lies outside 0..1 is clipped."""
    _, a, b = lab.srgb_to_lab(*srgb.float().clamp(0, 1).split(1, 1))
    return torch.cat([a, b], 1) / AB_SCALE


def in_float32(layer: torch.nn.Module, x: Tensor) -> Tensor:
    """`layer(x)` outside autocast: in bf16 a last layer would step in color by half a Lab unit."""
    with torch.autocast(x.device.type, enabled=False):
        return layer(x.float())
