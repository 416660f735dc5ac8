"""DamageNetwork: where a photograph is damaged, pixel by pixel.

A small U-shaped network. It is shown how far each pixel stands out from what is around: from the mean, and from what
is left when bright or dark things thinner than 9 pixels are taken away (a top hat, as in morphology). It may look at
the picture enlarged, where lines of one or two pixels are told better; it folds 2 x 2 of those pixels into channels
first, so that it costs a quarter; dilated convolutions at an eighth of the size see about 200 of them around.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_THIN = 9  # pixels
_STAND_OUT = 5.0  # how much more a difference counts than lightness itself


class DamageNetwork(nn.Module):
    """Lightness to the chance that a pixel is damaged.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1. Output: logits (N, 1, h, w).

    Args:
        width: channels at half of the size; twice as many at a quarter, four times at an eighth.
        enlarged: how many times as large the picture is looked at: 1, 1.5, 2.
    """

    def __init__(self, width: int = 16, enlarged: float = 1.0) -> None:
        super().__init__()
        if enlarged not in (1, 1.5, 2):
            raise ValueError(f"a picture is looked at as it is, 1.5 or 2 times as large, not {enlarged} times")
        self.enlarged = enlarged
        self.multiple = 8 if enlarged == int(enlarged) else 16
        middle, deep = 2 * width, 4 * width
        self.enter = nn.Sequential(_conv(16, width), _conv(width, width))
        self.down4 = nn.Sequential(_conv(width, middle, stride=2), _conv(middle, middle))
        self.down8 = _conv(middle, deep, stride=2)
        self.around = nn.ModuleList([_conv(deep, deep, dilation=dilation) for dilation in (1, 2, 4, 8, 1)])
        self.up4 = nn.Sequential(_conv(deep + middle, middle), _conv(middle, middle))
        self.up2 = _conv(middle + width, width)
        self.leave = nn.Conv2d(width, 4, 3, padding=1)

    def forward(self, x: Tensor, closely: bool = True) -> Tensor:
        """(N, 1, h, w) L/50 - 1 to logits of the same shape; `closely` is enlarged, else as large as it is."""
        if self.enlarged == 1 or not closely:
            return self._logits(x)
        size = [int(side * self.enlarged) for side in x.shape[2:]]
        logits = self._logits(F.interpolate(x, size, mode="bicubic", align_corners=False))
        return F.interpolate(logits, x.shape[2:], mode="bilinear", align_corners=False)

    def _logits(self, x: Tensor) -> Tensor:
        half = self.enter(F.pixel_unshuffle(_standing_out(x), 2))  # (N, width, h/2, w/2)
        quarter = self.down4(half)
        eighth = self.down8(quarter)
        for layer in self.around:
            eighth = eighth + layer(eighth)
        quarter = self.up4(torch.cat([_twice(eighth), quarter], 1))
        half = self.up2(torch.cat([_twice(quarter), half], 1))
        return F.pixel_shuffle(self.leave(half), 2)


def _standing_out(x: Tensor) -> Tensor:
    """(N, 1, h, w) to (N, 4, h, w): lightness, what it differs by from the mean around, bright and dark top hats."""
    around = F.pad(x, (_THIN // 2,) * 4, mode="replicate")
    mean = F.avg_pool2d(F.avg_pool2d(around, (_THIN, 1), 1), (1, _THIN), 1)
    without_bright = _most(-_most(-x))
    without_dark = -_most(-_most(x))
    return torch.cat(
        [x, _STAND_OUT * (x - mean), _STAND_OUT * (x - without_bright), _STAND_OUT * (without_dark - x)], 1
    )


def _most(x: Tensor) -> Tensor:
    """The highest value within a square of `_THIN` pixels: of 2, of 4 and of 8 in a row, and of 9.

    Six times as fast on a CPU as `max_pool2d`.
    """
    half = _THIN // 2
    x = F.pad(x, (half,) * 4, mode="replicate")
    for axis in (2, 3):
        length = x.shape[axis] - 2 * half
        reach = 1
        while 2 * reach <= _THIN:
            n = x.shape[axis] - reach
            x, reach = torch.maximum(x.narrow(axis, 0, n), x.narrow(axis, reach, n)), 2 * reach
        x = torch.maximum(x.narrow(axis, 0, length), x.narrow(axis, _THIN - reach, length))
    return x


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def _conv(in_channels: int, out_channels: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )
