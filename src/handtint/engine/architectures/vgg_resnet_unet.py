"""VGGResNetUNet: two encoders made for ImageNet side by side, and a U-Net decoder.

One of the student colorizers Handtint started from. Gray copied to three channels goes into VGG16 and ResNet50; their
outputs at 1/32 are concatenated; transposed convolutions with VGG's features as skips lead back to full size. The
original's ResNet was the v2 variant (pre-activation); torchvision's stands in. torchvision is imported only where this
network is built.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import torch
from torch import Tensor, nn

from handtint import paths
from handtint.engine.architectures.rgb import gray_of
from handtint.errors import ModelError, Sentence

_MEAN = (0.485, 0.456, 0.406)  # of ImageNet's sRGB 0..1, which the published encoders expect
_DEVIATION = (0.229, 0.224, 0.225)
_POOLS = (4, 9, 16, 23, 30)  # VGG16's max-pools among its features
_VGG_WIDTHS = (64, 128, 256, 512, 512)  # of the features before them, at 1/1 to 1/16
_ENCODED = 512 + 2048
_NOT_INSTALLED = Sentence(
    "The architecture vgg_resnet_unet needs torchvision, which is not installed or does not fit this torch. "
    "Choose another model, or install it: pip install torchvision"
)
_FROZEN = Sentence(
    "The architecture vgg_resnet_unet needs torchvision, which an installed Handtint does not hold. "
    "Choose another model, or run Handtint from its source."
)


class VGGResNetUNet(nn.Module):
    """Lightness to ab.

    Args:
        decoder: channels of the decoder at 1/16, 1/8, 1/4, 1/2 and full size.
        frozen: whether the encoders stay as they are in training, batch norm's statistics too.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1. Output: ab/110 (N, 2, h, w).
    Raises `ModelError` where torchvision is missing.
    """

    multiple = 32

    mean: Tensor
    deviation: Tensor

    def __init__(self, decoder: Sequence[int] = (512, 256, 128, 64, 32), frozen: bool = False) -> None:
        super().__init__()
        self.vgg, self.resnet = _encoders()
        widths = (_ENCODED, *decoder)
        self.up = nn.ModuleList(
            _Up(widths[i], skip, widths[i + 1]) for i, skip in enumerate(reversed(_VGG_WIDTHS))
        )  # to 1/16, 1/8, 1/4, 1/2, 1/1
        self.regress = nn.Conv2d(decoder[-1], 2, 1)
        self.register_buffer("mean", torch.tensor(_MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(_DEVIATION)[:, None, None], persistent=False)
        self._frozen = frozen
        if frozen:
            self.vgg.requires_grad_(False)
            self.resnet.requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> Self:
        """Set the mode; the encoders stay in `eval`."""
        super().train(mode)
        if self._frozen:
            self.vgg.eval()
            self.resnet.eval()
        return self

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """Lightness to ab; shapes as in the class."""
        gray = (gray_of(x) - self.mean) / self.deviation  # (N, 3, h, w)
        skips, y = [], gray
        for i, layer in enumerate(self.vgg):
            if i in _POOLS:
                skips.append(y)
            y = layer(y)
        y = torch.cat([y, self._residual_features(gray)], 1)  # (N, 2560, h/32, w/32)
        for up, skip in zip(self.up, reversed(skips), strict=True):
            y = up(y, skip)
        return self.regress(y), None

    def _residual_features(self, x: Tensor) -> Tensor:
        net = self.resnet
        x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
        return net.layer4(net.layer3(net.layer2(net.layer1(x))))


class _Up(nn.Module):
    """Transposed convolution x2, concatenate the skip, one 3x3 convolution."""

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, 2, 2)
        self.conv = nn.Conv2d(out_channels + skip_channels, out_channels, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return torch.relu(self.bn(self.conv(torch.cat([self.up(x), skip], 1))))


def _encoders() -> tuple[nn.Sequential, Any]:
    """VGG16's features and ResNet50 without its last two layers, with fresh weights."""
    models = torchvision_models()
    # On "meta" the 102 million weights of VGG's classifier are never drawn, which took seconds.
    with torch.device("meta"):
        vgg = models.vgg16(weights=None, init_weights=False).features
        resnet = models.resnet50(weights=None)
    resnet.avgpool, resnet.fc = nn.Identity(), nn.Identity()
    for encoder in (vgg.to_empty(device="cpu"), resnet.to_empty(device="cpu")):
        for module in encoder.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.BatchNorm2d):
                module.reset_parameters()
                module.reset_running_stats()
    return vgg, resnet


def torchvision_models() -> Any:
    """The module with torchvision's networks and what is published for them. Raises `ModelError`."""
    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:  # RuntimeError: a build for another torch
        raise ModelError(_FROZEN if paths.is_frozen() else _NOT_INSTALLED) from error
    return models
