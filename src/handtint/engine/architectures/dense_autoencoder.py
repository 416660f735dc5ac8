"""DenseAutoencoder: a whole picture of 32 x 32 pixels through two dense layers, gray in, RGB out.

One of the student colorizers Handtint started from, made for CIFAR-10. Any picture is brought to 32 x 32 cells first,
so a larger photo gets color at that size.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.architectures.rgb import ab_of, gray_of, in_float32

SIDE = 32
_DROPOUT = 0.3


class DenseAutoencoder(nn.Module):
    """Lightness to RGB of 32 x 32 cells, and to ab for the app.

    Args:
        filters: of the 5x5 convolution.
        hidden: units of the dense layer between.

    Input (N, 1, h, w): L/50 - 1, any size. Output: ab/110 (N, 2, 32, 32) of the whole picture, whatever its aspect;
    with `native` sRGB (N, 3, 32, 32) 0..1, not clipped.
    """

    multiple = 1
    native = "rgb"

    def __init__(self, filters: int = 16, hidden: int = 512) -> None:
        super().__init__()
        half = SIDE // 2
        self._shape = (filters, half, half)
        self.encode = nn.Conv2d(1, filters, 5, 1, 2)
        self.narrow = nn.Linear(filters * half * half, hidden)
        self.dropout = nn.Dropout(_DROPOUT)
        self.widen = nn.Linear(hidden, filters * half * half)
        self.paint = nn.ConvTranspose2d(filters, 3, 5, 1, 2)
        assert self.paint.bias is not None
        nn.init.constant_(self.paint.bias, 0.5)  # begins at middle gray instead of black

    def forward(self, x: Tensor, native: bool = False) -> tuple[Tensor, None]:
        """Lightness to ab; shapes as in the class."""
        gray = 2 * gray_of(_to_cells(x)) - 1
        code = F.max_pool2d(torch.relu(self.encode(gray)), 2).flatten(1)
        code = self.dropout(torch.relu(self.narrow(code)))
        cells = torch.relu(self.widen(code)).view(-1, *self._shape)
        srgb = in_float32(self.paint, F.interpolate(cells, scale_factor=2, mode="nearest"))  # unpooled: each cell 2x2
        return (srgb if native else ab_of(srgb)), None


def _to_cells(x: Tensor) -> Tensor:
    """Area means of 32 x 32 cells of (N, 1, h, w).

    As two matrix products: torch's area mode refuses sides that are no multiple of 32 on Apple's GPUs.
    """
    if x.shape[2:] == (SIDE, SIDE):
        return x
    with torch.autocast(x.device.type, enabled=False):
        return _overlaps(x.shape[2], x.device) @ x.float() @ _overlaps(x.shape[3], x.device).T


def _overlaps(length: int, device: torch.device) -> Tensor:
    """(32, length): what part of each cell each pixel covers."""
    edges = torch.arange(SIDE + 1, device=device, dtype=torch.float32) * (length / SIDE)
    pixels = torch.arange(length, device=device, dtype=torch.float32)
    stop = torch.minimum(edges[1:, None], pixels + 1)
    start = torch.maximum(edges[:-1, None], pixels)
    return (stop - start).clamp_min(0) * (SIDE / length)
