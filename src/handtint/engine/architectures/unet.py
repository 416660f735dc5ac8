"""UNet: Handtint's main network.

A residual encoder down to 1/32, so that the whole photo is seen; a decoder of bilinear upsampling, skips and
3x3 convolutions; a regression head at half the input's size and, at a quarter, a distribution over quantized
in-gamut ab (Zhang, Isola, Efros 2016), from which vividness and variants are read without another pass.

A trained network may look twice, the second time at the picture made smaller, and say what both make together: in a
smaller picture a thing is seen as one, in a larger one its parts are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.architectures.residual import stage
from handtint.imaging.color import lab

BIN_STEP = 10.0  # Lab units between neighboring bins
# The smaller picture's part in what is said. It knows better which of several colors a thing has.
_AB_SHARE, _LOGITS_SHARE = 0.5, 0.75


def ab_bins() -> Tensor:
    """Centers of the 10x10 ab cells that lie inside the sRGB gamut at some lightness; (bins, 2), Lab units."""
    grid = torch.arange(-110.0, 111.0, BIN_STEP, dtype=torch.float64, device="cpu")
    a, b = torch.meshgrid(grid, grid, indexing="ij")
    inside = torch.zeros_like(a, dtype=torch.bool)
    for lightness in range(1, 100):
        planes = lab.lab_to_linear(torch.full_like(a, float(lightness)), a, b)
        rgb = torch.stack(planes)
        inside |= ((rgb >= 0) & (rgb <= 1)).all(0)
    return torch.stack([a[inside], b[inside]], 1).float()


class _Up(nn.Module):
    """Upsample x2, concatenate the skip, two 3x3 convolutions."""

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels + skip_channels, out_channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):  # on a CPU it would widen all that follows to float32
            x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = torch.relu(self.bn1(self.conv1(torch.cat([x, skip], 1))))
        return torch.relu(self.bn2(self.conv2(x)))


class UNet(nn.Module):
    """Lightness to ab and a distribution over ab bins.

    Args:
        widths: channels of the encoder at 1/2, 1/4, 1/8, 1/16 and 1/32; the first two are equal.
        decoder: channels of the decoder at 1/16, 1/8, 1/4 and 1/2.
        second_look: sides of the smaller picture as a part of the picture's, for `eval` mode; 0: one look.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1.
    Output: ab/110 (N, 2, h/2, w/2), logits (N, bins, h/4, w/4).
    """

    multiple = 32

    bins: Tensor

    def __init__(
        self,
        widths: tuple[int, ...] = (64, 64, 128, 256, 256),
        decoder: tuple[int, ...] = (256, 128, 96, 64),
        second_look: float = 0.0,
    ) -> None:
        super().__init__()
        if not 0 <= second_look < 1:
            raise ValueError(f"second_look must be at least 0 and less than 1, not {second_look}")
        self._second_look = second_look
        self.conv1 = nn.Conv2d(1, widths[0], 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.layer1 = stage(widths[0], widths[1], 1)
        self.layer2 = stage(widths[1], widths[2], 2)
        self.layer3 = stage(widths[2], widths[3], 2)
        self.layer4 = stage(widths[3], widths[4], 2)
        self.up16 = _Up(widths[4], widths[3], decoder[0])
        self.up8 = _Up(decoder[0], widths[2], decoder[1])
        self.up4 = _Up(decoder[1], widths[1], decoder[2])
        self.up2 = _Up(decoder[2], widths[0], decoder[3])
        self.register_buffer("bins", ab_bins())
        self.classify = nn.Conv2d(decoder[2], len(self.bins), 1)
        self.regress = nn.Conv2d(decoder[3], 2, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Lightness to ab and logits; shapes as in the class."""
        ab, logits = self._look(x)
        if self.training or not self._second_look:
            return ab, logits
        again = self._look(self._smaller(x))
        return _joined(ab, again[0], _AB_SHARE), _joined(logits, again[1], _LOGITS_SHARE)

    def _smaller(self, x: Tensor) -> Tensor:
        size = [max(1, round(side * self._second_look / self.multiple)) * self.multiple for side in x.shape[2:]]
        return F.interpolate(x, size, mode="bilinear", align_corners=False, antialias=True)

    def _look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        at2, at4, at8, at16 = self._encode(x)
        at4_up = self.up4(self.up8(self.up16(self.layer4(at16), at16), at8), at4)
        at2_up = self.up2(at4_up, at2)
        return self.regress(at2_up), self.classify(at4_up)

    def describe(self, x: Tensor) -> Tensor:
        """Features for finding the same thing in two photos, (N, 384, h/8, w/8): two stages, of length 1 each."""
        _, _, at8, at16 = self._encode(x)
        wide = F.interpolate(at16, scale_factor=2, mode="bilinear", align_corners=False)
        return torch.cat([F.normalize(at8.float()), F.normalize(wide.float())], 1)

    def _encode(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        at2 = torch.relu(self.bn1(self.conv1(x)))  # (N, 64, h/2, w/2)
        at4 = self.layer1(F.max_pool2d(at2, 3, 2, 1))
        at8 = self.layer2(at4)
        return at2, at4, at8, self.layer3(at8)


def _joined(output: Tensor, smaller: Tensor, share: float) -> Tensor:
    """(N, c, h, w) float32, so much of it from the smaller picture's."""
    again = F.interpolate(smaller.float(), output.shape[2:], mode="bilinear", align_corners=False)
    return torch.lerp(output.float(), again, share)
