"""DamageNetwork: where a photograph is damaged, pixel by pixel.

A small U-shaped network. It is shown how far each pixel stands out from what is around: from the mean, and from what
is left when bright or dark things thinner than 9 pixels are taken away (a top hat, as in morphology). It may look at
the picture enlarged, where lines of one or two pixels are told better; it folds 2 x 2 of those pixels into channels
first, so that it costs a quarter; dilated convolutions at an eighth of the size see more than 200 of them to each side.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

_THIN = 9  # pixels
_STAND_OUT = 5.0  # how much more a difference counts than lightness itself
_DILATIONS = (1, 2, 4, 8, 1, 8, 4, 1)  # of the layers at an eighth of the size


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
        self.around = nn.ModuleList([_conv(deep, deep, dilation=dilation) for dilation in _DILATIONS])
        self.up4 = nn.Sequential(_Joined(*_conv(deep + middle, middle)), _conv(middle, middle))
        self.up2 = _Joined(*_conv(middle + width, width))
        self.leave = nn.Conv2d(width, 4, 3, padding=1)

    def forward(self, x: Tensor, closely: bool = True) -> Tensor:
        """(N, 1, h, w) L/50 - 1 to logits of the same shape; `closely` is enlarged, else as large as it is."""
        if self.enlarged == 1 or not closely:
            return self._logits(x)
        size = [int(side * self.enlarged) for side in x.shape[2:]]
        logits = self._logits(F.interpolate(x, size, mode="bicubic", align_corners=False))
        return F.interpolate(logits, x.shape[2:], mode="bilinear", align_corners=False)

    def _logits(self, x: Tensor) -> Tensor:
        half = self.enter(_in_fours(_standing_out(x)))  # (N, width, h/2, w/2)
        quarter = self.down4(half)
        eighth = self.down8(quarter)
        for layer in self.around:
            eighth = eighth + layer(eighth)
        quarter = self.up4[1](self.up4[0](eighth, quarter))
        half = self.up2(quarter, half)
        return F.pixel_shuffle(self.leave(half).contiguous(), 2)


def _standing_out(x: Tensor) -> list[Tensor]:
    """(N, 1, h, w) to four of these: lightness, its difference from the mean around, bright and dark top hats."""
    without_bright = _most(-_most(-x))
    without_dark = -_most(-_most(x))
    differences = (x - _mean(x), x - without_bright, without_dark - x)
    return [x, *(_STAND_OUT * difference for difference in differences)]


def _in_fours(planes: list[Tensor]) -> Tensor:
    """Planes (N, 1, h, w) to (N, 4 for each, h/2, w/2), channels last: of each plane the pixels of 2 x 2.

    In that layout much faster than `pixel_unshuffle`.
    """
    parts = [plane[:, 0, row::2, column::2] for plane in planes for row in (0, 1) for column in (0, 1)]
    return torch.stack(parts, dim=-1).permute(0, 3, 1, 2)


def _mean(x: Tensor) -> Tensor:
    """The mean of a square of `_THIN` pixels: of 2, of 4 and of 8 in a row, and one more. Faster than `avg_pool2d`."""
    x = F.pad(x, (_THIN // 2,) * 4, mode="replicate")
    for axis in (2, 3):
        length = x.shape[axis] - _THIN + 1
        total, reach = x, 1
        while 2 * reach <= _THIN:
            n = total.shape[axis] - reach
            total, reach = total.narrow(axis, 0, n) + total.narrow(axis, reach, n), 2 * reach
        x = total.narrow(axis, 0, length) + x.narrow(axis, _THIN - 1, length)
    return x / _THIN**2


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


class _Joined(nn.Sequential):
    """A 3 x 3 convolution, and what follows it, over a coarse picture (a pixel is 2 x 2) joined with a fine one.

    The coarse one is not enlarged: where 9 pixels of it would be seen, these are 4 different ones. That is a third of
    the memory and fewer multiplications.
    """

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:  # type: ignore[override]
        """(N, c, h, w) and (N, d, 2 h, 2 w) to (N, channels, 2 h, 2 w)."""
        convolution, *others = self
        assert isinstance(convolution, nn.Conv2d)
        height, width = coarse.shape[2:]
        of_coarse, of_fine = convolution.weight.split([coarse.shape[1], fine.shape[1]], dim=1)
        result = F.conv2d(fine, of_fine, convolution.bias, padding=1)
        for row in (0, 1):
            for column in (0, 1):
                weight = _of_pairs(_of_pairs(of_coarse, row, 2), column, 3)
                part = F.conv2d(coarse, weight, padding=1)
                result[:, :, row::2, column::2] += part[:, :, row : row + height, column : column + width]
        for layer in others:
            result = layer(result)
        return result


def _of_pairs(weight: Tensor, place: int, axis: int) -> Tensor:
    """Three weights along an axis as two, where two pixels are one, for the first (0) or second (1) of such a pair."""
    first, middle, last = weight.split(1, dim=axis)
    return torch.cat([first + middle, last] if place else [first, middle + last], dim=axis)


def _conv(in_channels: int, out_channels: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride, dilation, dilation, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )
