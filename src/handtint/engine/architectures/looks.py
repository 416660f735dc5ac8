"""A trained network may look at a picture at several sizes, and say what all of them make together.

In a smaller picture a thing is seen as one, in a larger one its parts are, and small faces are faces.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# The smaller picture's part in what is said. It knows better which of several colors a thing has.
_AB_SHARE, _LOGITS_SHARE = 0.5, 0.75
# The closer look's part beside these two.
_CLOSE_AB_SHARE, _CLOSE_LOGITS_SHARE = 1 / 3, 0.2


class Looks(nn.Module):
    """Lightness to ab, and of some networks a distribution over ab bins, in up to three looks.

    Args:
        second_look: sides of the smaller picture as a part of the picture's, for `eval` mode; 0: no such look.
        closer_look: sides of the larger picture that `see` takes, as a multiple of the picture's; 1: no such look.

    Input (N, 1, h, w), h and w divisible by `multiple`: L/50 - 1.
    Output: ab/110 and logits, of sizes that the network says, the latter None where it has none.
    """

    multiple = 32

    def __init__(self, second_look: float, closer_look: float = 1.0) -> None:
        super().__init__()
        if not 0 <= second_look < 1:
            raise ValueError(f"second_look must be at least 0 and less than 1, not {second_look}")
        if not 1 <= closer_look <= 4:
            raise ValueError(f"closer_look must be from 1 to 4, not {closer_look}")
        self._second_look = second_look
        self._closer_look = closer_look

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Lightness to ab and logits, in one look or two; shapes as in the class."""
        ab, logits = self.look(x)
        if self.training or not self._second_look:
            return ab, logits
        return _joined((ab, logits), self.look(self._resized(x, self._second_look)), _AB_SHARE, _LOGITS_SHARE)

    def see(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """What `forward` says of the picture that `x` is the larger one of, joined with a look at `x` itself.

        Output is as large as that of `forward` for that picture.
        """
        if self._closer_look == 1:
            return self(x)
        usual = self(self._resized(x, 1 / self._closer_look))
        return _joined(usual, self.look(x), _CLOSE_AB_SHARE, _CLOSE_LOGITS_SHARE)

    def _resized(self, x: Tensor, scale: float) -> Tensor:
        size = [max(1, round(side * scale / self.multiple)) * self.multiple for side in x.shape[2:]]
        return F.interpolate(x, size, mode="bilinear", align_corners=False, antialias=True)

    def look(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """One look at the picture as it is; shapes as in the class."""
        raise NotImplementedError

    def describe(self, x: Tensor) -> Tensor:
        """Features for finding the same thing in two photos, (N, c, h/8, w/8), each stage's of length 1."""
        raise NotImplementedError


def _joined(
    one: tuple[Tensor, Tensor | None], other: tuple[Tensor, Tensor | None], ab_share: float, logits_share: float
) -> tuple[Tensor, Tensor | None]:
    """ab and logits in float32 as large as those of the first look, such shares of them from the other."""
    ab = _mean(one[0], other[0], ab_share)
    if one[1] is None or other[1] is None:
        return ab, None
    return ab, _mean(one[1], other[1], logits_share)


def _mean(one: Tensor, other: Tensor, share: float) -> Tensor:
    again = F.interpolate(other.float(), one.shape[2:], mode="bilinear", align_corners=False, antialias=True)
    return torch.lerp(one.float(), again, share)
