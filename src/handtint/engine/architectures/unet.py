"""The U-Net: Handtint's main network, with one of two encoders.

An encoder goes down to 1/32, so that the whole photo is seen: the layout of ResNet18, or EfficientNet-Lite2. A decoder
of bilinear upsampling, skips and 3x3 convolutions comes back; a regression head at half the input's size and, at a
quarter, a distribution over quantized in-gamut ab (Zhang, Isola, Efros 2016), from which vividness and variants are
read without another pass.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.architectures.efficientnet import CHANNELS, HEAD, EfficientNetLite2
from handtint.engine.architectures.residual import stage
from handtint.engine.architectures.two_looks import TwoLooks
from handtint.imaging.color import lab

BIN_STEP = 10.0  # Lab units between neighboring bins


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


_READ = (*CHANNELS[1:], HEAD)  # channels of the trunk that a decoder reads


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


class UNet(TwoLooks):
    """With an encoder of ResNet18's layout.

    Args:
        widths: channels of the encoder at 1/2, 1/4, 1/8, 1/16 and 1/32; the first two are equal.
        decoder: channels of the decoder at 1/16, 1/8, 1/4 and 1/2.

    Output: ab/110 (N, 2, h/2, w/2), logits (N, bins, h/4, w/4).
    """

    bins: Tensor

    def __init__(
        self,
        widths: tuple[int, ...] = (64, 64, 128, 256, 256),
        decoder: tuple[int, ...] = (256, 128, 96, 64),
        second_look: float = 0.0,
    ) -> None:
        super().__init__(second_look)
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

    def _look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        at2, at4, at8, at16 = self._encode(x)
        at4_up = self.up4(self.up8(self.up16(self.layer4(at16), at16), at8), at4)
        at2_up = self.up2(at4_up, at2)
        return self.regress(at2_up), self.classify(at4_up)

    def describe(self, x: Tensor) -> Tensor:
        """See `TwoLooks`: the stages at 1/8 and 1/16."""
        _, _, at8, at16 = self._encode(x)
        return _described(at8, at16)

    def _encode(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        at2 = torch.relu(self.bn1(self.conv1(x)))  # (N, 64, h/2, w/2)
        at4 = self.layer1(F.max_pool2d(at2, 3, 2, 1))
        at8 = self.layer2(at4)
        return at2, at4, at8, self.layer3(at8)


class EfficientUNet(TwoLooks):
    """With EfficientNet-Lite2 for an encoder, which knows what things are, and a branch of its own for their edges.

    The encoder comes trained and is left as it is, or learns slowly from its top (`trunk.learn_from_top`).

    Args:
        decoder: channels of the decoder at 1/32, 1/16, 1/8, 1/4 and 1/2.
        edges: channels of the branch at 1/2 and 1/4.

    Output: as of `UNet`.
    """

    bins: Tensor
    gains: Tensor

    def __init__(
        self,
        decoder: tuple[int, ...] = (256, 256, 160, 96, 32),
        edges: tuple[int, int] = (24, 32),
        second_look: float = 0.0,
    ) -> None:
        super().__init__(second_look)
        _, at4, at8, at16, at32 = CHANNELS
        self.trunk = EfficientNetLite2()
        self.edges2 = _convolution(1, edges[0], stride=2)
        self.edges2b = _convolution(edges[0], edges[0])
        self.edges4 = _convolution(edges[0], edges[1], stride=2)
        self.things = nn.Conv2d(at32 + HEAD, decoder[0], 1)
        self.scene = nn.Conv2d(HEAD, decoder[0], 1, bias=False)
        self.up16 = _Up(decoder[0], at16, decoder[1])
        self.up8 = _Up(decoder[1], at8, decoder[2])
        # Narrowed before they are brought to size: a third less time in training.
        self.narrow4 = nn.Conv2d(decoder[2], decoder[3], 1)
        self.up4 = _Up(decoder[3], at4 + edges[1], decoder[3])
        self.narrow2 = nn.Conv2d(decoder[3], decoder[4], 1)
        self.up2 = _Up(decoder[4], edges[0], decoder[4])
        self.register_buffer("bins", ab_bins())
        self.register_buffer("gains", torch.ones(sum(_READ)))
        self.classify = nn.Conv2d(decoder[3], len(self.bins), 1)
        self.regress = nn.Conv2d(decoder[4], 2, 1)
        self.trunk.learn_from_top(0)

    @torch.no_grad()
    def calibrate(self, x: Tensor) -> None:
        """Set the gains by which the trunk's channels are brought to one size, from a batch of pictures.

        Unscaled, those at 1/4 are forty times as large as those of the head, and a decoder took long to learn from them
        what things are.
        """
        _, *read = self.trunk(x)
        squares = torch.cat([stage.float().square().mean((0, 2, 3)) for stage in read])
        self.gains.copy_(squares.sqrt().clamp_min(1e-2).reciprocal())

    def _look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        _, *read = self.trunk(x)
        gains = self.gains.to(read[0].dtype).split(_READ)
        at4, at8, at16, at32, head = (stage * gain[:, None, None] for stage, gain in zip(read, gains, strict=True))
        edges2 = self.edges2b(self.edges2(x))
        edges4 = self.edges4(edges2)
        # Every cell is told what the picture as a whole shows.
        things = self.things(torch.cat([at32, head], 1)) + self.scene(head.mean((2, 3), keepdim=True))
        up = self.up8(self.up16(torch.relu(things), at16), at8)
        at4_up = self.up4(self.narrow4(up), torch.cat([at4, edges4], 1))
        at2_up = self.up2(self.narrow2(at4_up), edges2)
        return self.regress(at2_up), self.classify(at4_up)

    def describe(self, x: Tensor) -> Tensor:
        """See `TwoLooks`: the stages at 1/8 and 1/16."""
        _, _, at8, at16 = self.trunk.stages(x, 15)
        return _described(at8, at16)


def _convolution(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU()
    )


_ENCODERS = {"resnet18": UNet, "efficientnet_lite2": EfficientUNet}


def unet(encoder: str = "resnet18", **arguments: Any) -> UNet | EfficientUNet:
    """The U-Net with an encoder. Raises ValueError where there is none of that name."""
    if encoder not in _ENCODERS:
        raise ValueError(f"encoder must be one of {', '.join(_ENCODERS)}, not {encoder!r}")
    return _ENCODERS[encoder](**arguments)


def _described(at8: Tensor, at16: Tensor) -> Tensor:
    """(N, c, h/8, w/8): both stages, of length 1 each."""
    wide = F.interpolate(at16, scale_factor=2, mode="bilinear", align_corners=False)
    return torch.cat([F.normalize(at8.float()), F.normalize(wide.float())], 1)
