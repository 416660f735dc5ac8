"""A trained network may look twice, the second time at the picture made smaller, and say what both make together.

In a smaller picture a thing is seen as one, in a larger one its parts are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# The smaller picture's part in what is said. It knows better which of several colors a thing has.
_AB_SHARE, _LOGITS_SHARE = 0.5, 0.75


class TwoLooks(nn.Module):
    """Lightness to ab, and of some networks a distribution over ab bins, in one look or two.

    Args:
        second_look: sides of the smaller picture as a part of the picture's, for `eval` mode; 0: one look.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1.
    Output: ab/110 and logits, of sizes that the network says, the latter None where it has none.
    """

    multiple = 32

    def __init__(self, second_look: float) -> None:
        super().__init__()
        if not 0 <= second_look < 1:
            raise ValueError(f"second_look must be at least 0 and less than 1, not {second_look}")
        self._second_look = second_look

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Lightness to ab and logits; shapes as in the class."""
        ab, logits = self._look(x)
        if self.training or not self._second_look:
            return ab, logits
        again = self._look(self._smaller(x))
        ab = _joined(ab, again[0], _AB_SHARE)
        if logits is None or again[1] is None:
            return ab, None
        return ab, _joined(logits, again[1], _LOGITS_SHARE)

    def _smaller(self, x: Tensor) -> Tensor:
        size = [max(1, round(side * self._second_look / self.multiple)) * self.multiple for side in x.shape[2:]]
        return F.interpolate(x, size, mode="bilinear", align_corners=False, antialias=True)

    def _look(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        raise NotImplementedError

    def describe(self, x: Tensor) -> Tensor:
        """Features for finding the same thing in two photos, (N, c, h/8, w/8), each stage's of length 1."""
        raise NotImplementedError


def _joined(output: Tensor, smaller: Tensor, share: float) -> Tensor:
    """(N, c, h, w) float32, so much of it from the smaller picture's."""
    again = F.interpolate(smaller.float(), output.shape[2:], mode="bilinear", align_corners=False)
    return torch.lerp(output.float(), again, share)
