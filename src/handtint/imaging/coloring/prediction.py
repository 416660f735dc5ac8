"""A model's prediction of a photo's color, as numpy arrays; vividness and variants need no further pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from handtint.imaging.coloring.carried import shift_towards
from handtint.imaging.coloring.distribution import annealed_mean, coherent, softmax
from handtint.imaging.coloring.variants import variant_shift
from handtint.imaging.coloring.vividness import strengthened
from handtint.imaging.resize import resize_planes
from handtint.recipe.settings import VARIANTS

_COLDEST = 0.3  # temperature of the annealed mean
_STRENGTH = 2.5  # times the curve's gain at vividness 1, so that at 0.4 colors are as strong as in photographs
_QUIET_SHIFT = 0.4  # of a variant's shift at vividness 0; at 1 all of it


@dataclass(frozen=True)
class Prediction:
    """Color of a whole photo at (a part of) the working size.

    Attributes:
        ab: (h, w, 2) float32, the regression output in Lab units.
        logits: (h2, w2, bins) float16 or float32, unnormalized log probabilities of the ab bins, possibly at
            a coarser size than `ab`; None for a model without a distribution.
        bins: (bins, 2) float32, the ab of each bin in Lab units; None like `logits`.
        notes: sentences a user may read about how it was made (a smaller size, the CPU instead of the GPU).
        lightness: (h3, w3) float32 L of the whole photo as the model saw it; guides the color to full size.
            Set by `restore.predict`; None as a colorizer returns it.
        carried: (h4, w4, 3) planes of colors carried over from another photo, see `imaging.coloring.carried`. Set by
            `restore.predict`.
    """

    ab: np.ndarray
    logits: np.ndarray | None = None
    bins: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    lightness: np.ndarray | None = None
    carried: np.ndarray | None = None

    @property
    def variants(self) -> int:
        """How many colorings there are to choose from: one without a distribution."""
        return 1 if self.logits is None else VARIANTS

    def ab_at(self, vividness: float, variant: int = 0) -> np.ndarray:
        """(h, w, 2) float32 ab in Lab units. 0 is the regression output, 1 the liveliest.

        Two things grow with vividness. The straight line leads from the regression to the annealed mean of the
        distribution, or to the regression where that is much the quieter of the two: there gray is as likely as the
        likeliest color, as on a plain backdrop, which so stays quiet. And colors become stronger by a curve of their
        hue and chroma (see `vividness`): at 0.4 as strong as such colors are in photographs, beyond that stronger.
        The distribution is that of things, not of single cells (see `distribution.coherent`). Variants 1 and 2 are
        shifted from that, see `variants`, the farther the livelier. A model without a distribution has one answer for
        every vividness and variant. Colors carried over have the vividness and variant they were chosen at.
        """
        ab = self._own_ab_at(vividness, variant)
        return ab if self.carried is None else shift_towards(ab, self.carried)

    def _own_ab_at(self, vividness: float, variant: int) -> np.ndarray:
        if self.logits is None:
            return self.ab
        ab, vividness = self.ab, min(max(vividness, 0.0), 1.0)
        if vividness > 0:
            ab = strengthened(ab + np.float32(vividness) * (self._likeliest - ab), _STRENGTH * vividness)
        if variant:
            ab = ab + self._shifts[variant - 1] * np.float32(_QUIET_SHIFT + (1 - _QUIET_SHIFT) * vividness)
        return ab

    @cached_property
    def joined(self) -> np.ndarray | None:
        """(h2, w2, bins) the logits of things, not of single cells, see `distribution.coherent`; None like `logits`."""
        if self.logits is None or self.lightness is None:
            return self.logits
        return coherent(self.logits, self.lightness)

    @cached_property
    def chances(self) -> np.ndarray | None:
        """(h2, w2, bins) float32 how likely each bin is, of `joined`; None like `logits`."""
        return None if self.joined is None else softmax(self.joined)

    @cached_property
    def _shifts(self) -> list[np.ndarray]:
        joined, bins = self.joined, self.bins
        if joined is None or bins is None:
            return []
        size = self.ab.shape[:2]
        return [resize_planes(variant_shift(joined, bins, number), size) for number in range(1, VARIANTS)]

    @cached_property
    def _likeliest(self) -> np.ndarray:
        joined = self.joined
        if joined is None or self.bins is None:
            return self.ab
        regression = resize_planes(self.ab, joined.shape[:2])
        annealed = annealed_mean(joined, self.bins, _COLDEST)
        share = np.minimum(_chroma(regression) / np.maximum(_chroma(annealed), np.float32(1e-3)), 1)
        change = share * (annealed - regression)
        return self.ab + resize_planes(change, self.ab.shape[:2])


def _chroma(ab: np.ndarray) -> np.ndarray:
    """(h, w, 1)"""
    return np.hypot(ab[..., 0], ab[..., 1])[..., None]
