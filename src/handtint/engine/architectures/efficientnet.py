"""EfficientNet-Lite2 without its classifier (Tan, Le 2019; the Lite variant has ReLU6 and no squeeze-and-excitation).

Batch norm is folded into the convolutions, so the network is what it was in evaluation mode. It takes one plane where
the published one takes red, green and blue: its first convolution is the sum over the three.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

# Expansion, kernel, stride, channels and blocks of each stage; the stride is the first block's.
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 3),
    (6, 5, 2, 48, 3),
    (6, 3, 2, 88, 4),
    (6, 5, 1, 120, 4),
    (6, 5, 2, 208, 5),
    (6, 3, 1, 352, 1),
)
_STEM = 32
_KEPT = (0, 3, 6, 14, 20)  # blocks whose output is handed on: those at 1/2, 1/4, 1/8, 1/16 and 1/32
CHANNELS = (16, 24, 48, 120, 352)  # of these
HEAD = 1280  # channels of the last convolution, at 1/32


class _Block(nn.Module):
    """Inverted residual: widened by 1x1, one filter a channel, narrowed by 1x1; (N, c, h, w) -> (N, c2, h/s, w/s)."""

    def __init__(self, expansion: int, kernel: int, stride: int, in_channels: int, out_channels: int) -> None:
        super().__init__()
        wide = in_channels * expansion
        self.expand = nn.Conv2d(in_channels, wide, 1) if expansion > 1 else None
        # TensorFlow pads the even sides of a stride of 2 on the right and below only; larger kernels were converted
        # with padding all around.
        self._lopsided = stride == 2 and in_channels == _STAGES[0][3]
        padding = 0 if self._lopsided else kernel // 2
        self.depthwise = nn.Conv2d(wide, wide, kernel, stride, padding, groups=wide)
        self.project = nn.Conv2d(wide, out_channels, 1)
        self._is_residual = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x), inplace=True)
        if self._lopsided:
            y = F.pad(y, (0, 1, 0, 1))
        y = self.project(F.relu6(self.depthwise(y), inplace=True))
        return x + y if self._is_residual else y


class EfficientNetLite2(nn.Module):
    """(N, 1, h, w) of L/50 - 1, sides divisible by 32, to its stages at 1/2, 1/4, 1/8, 1/16, 1/32 and its head at 1/32.

    The published network takes (gray - 127) / 128 of 0..255, which L/50 - 1 is close to.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, _STEM, 3, 2)
        blocks, channels = [], _STEM
        for expansion, kernel, stride, out_channels, count in _STAGES:
            for i in range(count):
                blocks.append(_Block(expansion, kernel, stride if i == 0 else 1, channels, out_channels))
                channels = out_channels
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(channels, HEAD, 1)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Five stages and the head; shapes as in the class."""
        stages = self.stages(x, len(self.blocks))
        return [*stages, F.relu6(self.head(stages[-1]), inplace=True)]

    def stages(self, x: Tensor, blocks: int) -> list[Tensor]:
        """Those of the outputs at 1/2 to 1/32 that the first `blocks` blocks give."""
        x = F.relu6(self.stem(F.pad(x, (0, 1, 0, 1))), inplace=True)
        kept = []
        for i, block in enumerate(self.blocks[:blocks]):
            x = block(x)
            if i in _KEPT:
                kept.append(x)
        return kept

    def learn_from_top(self, blocks: int) -> None:
        """Let so many blocks, the last ones, and the head learn; 0: nothing of it."""
        first = len(self.blocks) - blocks
        self.requires_grad_(False)
        self.head.requires_grad_(blocks > 0)
        for block in self.blocks[max(first, 0) :]:
            block.requires_grad_(True)
        self.stem.requires_grad_(first < 0)


def fold(weights: dict[str, Tensor], epsilon: float = 1e-3) -> dict[str, Tensor]:
    """Published weights (`NAME.conv.weight`, `NAME.bn.*`) under the keys of `EfficientNetLite2`, batch norm folded."""
    folded = {}
    for key, weight in weights.items():
        name, _, last = key.rpartition(".conv.")
        if last != "weight":
            continue
        norm = {
            part: weights[f"{name}.bn.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
        }
        gain = norm["weight"] / (norm["running_var"] + epsilon).sqrt()
        kernel = weight.double() * gain[:, None, None, None]
        if name == "stem":
            kernel = kernel.sum(1, keepdim=True)
        folded[f"{name}.weight"] = kernel.float()
        folded[f"{name}.bias"] = (norm["bias"] - norm["running_mean"] * gain).float()
    return folded
