"""UNetRGB: a U-Net of two levels that sees gray copied to three channels and paints RGB.

One of the student colorizers Handtint started from; kept with its layer list. The app takes ab from the painted
picture and keeps the photo's own lightness.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.architectures.rgb import ab_of, gray_of, in_float32

_DROPOUT = 0.2


class UNetRGB(nn.Module):
    """Lightness to RGB, and to ab for the app.

    Args:
        width: channels at full size; twice and four times as many at 1/2 and 1/4.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1. Output: ab/110 (N, 2, h, w); with `native`
    sRGB (N, 3, h, w) 0..1, not clipped.
    """

    multiple = 4
    native = "rgb"

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.down1 = _two_convolutions(3, width)
        self.rest1 = _rest(width)
        self.down2 = _two_convolutions(width, 2 * width)
        self.rest2 = _rest(2 * width)
        self.bottom = _two_convolutions(2 * width, 4 * width)
        self.up2 = nn.ConvTranspose2d(4 * width, 2 * width, 3, 2, 1, output_padding=1)
        self.rest3 = _rest(4 * width)
        self.decode2 = _two_convolutions(4 * width, 2 * width)
        self.up1 = nn.ConvTranspose2d(2 * width, width, 3, 2, 1, output_padding=1)
        self.rest4 = _rest(2 * width)
        self.decode1 = _two_convolutions(2 * width, width)
        self.paint = nn.Conv2d(width, 3, 1)
        assert self.paint.bias is not None
        nn.init.constant_(self.paint.bias, 0.5)  # begins at middle gray instead of black

    def forward(self, x: Tensor, native: bool = False) -> tuple[Tensor, None]:
        """Lightness to ab; shapes as in the class."""
        at1 = self.down1(gray_of(x).expand(-1, 3, -1, -1))  # (N, 64, h, w)
        at2 = self.down2(self.rest1(F.max_pool2d(at1, 2)))  # (N, 128, h/2, w/2)
        at4 = self.bottom(self.rest2(F.max_pool2d(at2, 2)))  # (N, 256, h/4, w/4)
        up = self.decode2(self.rest3(torch.cat([self.up2(at4), at2], 1)))
        up = self.decode1(self.rest4(torch.cat([self.up1(up), at1], 1)))
        srgb = in_float32(self.paint, up)
        return (srgb if native else ab_of(srgb)), None


def _two_convolutions(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, 1, 1),
        nn.ReLU(),
        nn.Conv2d(out_channels, out_channels, 3, 1, 1),
        nn.ReLU(),
    )


def _rest(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Dropout2d(_DROPOUT), nn.BatchNorm2d(channels))
