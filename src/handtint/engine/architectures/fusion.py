"""Fusion: local features and a global vector of the whole picture, fused; color and, beside it, the picture's class.

One of the student colorizers Handtint started from, after Iizuka, Simo-Serra and Ishikawa 2016: low-level features
shared by two branches; mid-level features at the picture's own size; global features of the picture at 224 x 224, as a
vector that the fusion layer lays beside every mid-level feature; a colorization network to ab; a classification head on
the global features, which learns what the picture shows where labels are at hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Fusion(nn.Module):
    """Lightness to ab and class.

    Args:
        classes: names of the classes that the classification head tells apart; none leaves it out.
        width: channels of the first layer; the others are multiples of it.
        side: the picture's height and width in the global branch, divisible by 32.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1. Output: ab/110 (N, 2, h/2, w/2); with `native` also
    logits of the classes (N, classes).
    """

    multiple = 8
    native = "classes"

    def __init__(self, classes: Sequence[str] = (), width: int = 64, side: int = 224) -> None:
        super().__init__()
        if side % 32:
            raise ValueError(f"side must be divisible by 32, not {side}")
        w = width
        self._side = side
        self.low = nn.Sequential(
            _convolution(1, w, 2),
            _convolution(w, 2 * w),
            _convolution(2 * w, 2 * w, 2),
            _convolution(2 * w, 4 * w),
            _convolution(4 * w, 4 * w, 2),
            _convolution(4 * w, 8 * w),
        )
        self.middle = nn.Sequential(_convolution(8 * w, 8 * w), _convolution(8 * w, 4 * w))
        self.whole = nn.Sequential(
            _convolution(8 * w, 8 * w, 2),
            _convolution(8 * w, 8 * w),
            _convolution(8 * w, 8 * w, 2),
            _convolution(8 * w, 8 * w),
            nn.Flatten(),
            nn.Linear(8 * w * (side // 32) ** 2, 16 * w),
            nn.ReLU(),
            nn.Linear(16 * w, 8 * w),
            nn.ReLU(),
        )
        self.to_fusion = nn.Sequential(nn.Linear(8 * w, 4 * w), nn.ReLU())
        self.fuse = _convolution(8 * w, 4 * w, size=1)
        self.color8 = _convolution(4 * w, 2 * w)
        self.color4 = nn.Sequential(_convolution(2 * w, w), _convolution(w, w))
        self.color2 = _convolution(w, w // 2)
        self.regress = nn.Conv2d(w // 2, 2, 3, 1, 1)
        self.classify = (
            nn.Sequential(nn.Linear(8 * w, 4 * w), nn.ReLU(), nn.Linear(4 * w, len(classes))) if classes else None
        )

    def forward(self, x: Tensor, native: bool = False) -> tuple[Tensor, Tensor | None]:
        """Lightness to ab; shapes as in the class."""
        low = self.low(x)  # (N, 8w, h/8, w/8)
        vector = self.whole(low if x.shape[2:] == (self._side, self._side) else self.low(self._scaled(x)))
        spread = self.to_fusion(vector)[:, :, None, None].expand(-1, -1, *low.shape[2:])
        y = self.color8(self.fuse(torch.cat([self.middle(low), spread], 1)))
        y = self.color4(F.interpolate(y, scale_factor=2, mode="nearest"))
        y = self.color2(F.interpolate(y, scale_factor=2, mode="nearest"))
        logits = self.classify(vector) if native and self.classify is not None else None
        return self.regress(y), logits  # ab (N, 2, h/2, w/2)

    def _scaled(self, x: Tensor) -> Tensor:
        return F.interpolate(x, (self._side, self._side), mode="bilinear", align_corners=False)


def _convolution(in_channels: int, out_channels: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )
