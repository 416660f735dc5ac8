"""ResNet18Gray: the first six children of a gray ResNet18 and a small upsampling decoder.

One of the student colorizers Handtint started from; kept with its layer list: decoder 128-64-64-32-2, two x2
nearest upsamplings inside and a last x2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.architectures.looks import Looks
from handtint.engine.architectures.residual import stage


class ResNet18Gray(Looks):
    """Lightness to ab.

    Args:
        second_look: see `Looks`.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1. Output: ab/110 (N, 2, h, w).
    """

    multiple = 8

    def __init__(self, second_look: float = 0.0) -> None:
        super().__init__(second_look)
        self.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = stage(64, 64, 1)
        self.layer2 = stage(64, 128, 2)
        self.decode8 = _conv(128, 128)
        self.decode4a = _conv(128, 64)
        self.decode4b = _conv(64, 64)
        self.decode2 = _conv(64, 32)
        self.regress = nn.Conv2d(32, 2, 3, 1, 1)

    def look(self, x: Tensor) -> tuple[Tensor, None]:
        """See `Looks`."""
        x = self.decode8(self.encode(x))  # (N, 128, h/8, w/8)
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = self.decode4b(self.decode4a(x))
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = self.regress(self.decode2(x))  # (N, 2, h/2, w/2)
        return F.interpolate(x, scale_factor=2, mode="nearest"), None

    def describe(self, x: Tensor) -> Tensor:
        """Features for finding the same thing in two photos, (N, 128, h/8, w/8), of length 1."""
        return F.normalize(self.encode(x).float())

    def encode(self, x: Tensor) -> Tensor:
        """(N, 128, h/8, w/8) of what `forward` takes."""
        x = F.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        return self.layer2(self.layer1(x))


def _conv(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, 1, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU()
    )
