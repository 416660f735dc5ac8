"""What was found, in words and numbers: so many specks, scratches and holes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from handtint.errors import Sentence, joined
from handtint.repair.damage.filling import largest
from handtint.repair.damage.places import Places

_SLENDER = 5  # times as long as it is wide: a scratch or a hair, no speck
_WIDE = 6  # depth from which it is a hole


@dataclass(frozen=True)
class Kinds:
    """How many connected places of each kind, and how much of the photo they cover.

    Attributes:
        specks: small and compact.
        lines: scratches, hairs, cracks and folds.
        holes: wide ones that can be filled.
        too_large: those that cannot.
        share: of the photo's pixels, 0..1.
    """

    specks: int = 0
    lines: int = 0
    holes: int = 0
    too_large: int = 0
    share: float = 0.0

    @property
    def words(self) -> str:
        """Such as `340 specks, 3 scratches and hairs`; empty where nothing was found."""
        lines = Sentence("1 scratch or hair") if self.lines == 1 else Sentence("{n} scratches and hairs", n=self.lines)
        counted = (
            (self.specks, Sentence("{n} speck(s)", n=self.specks)),
            (self.lines, lines),
            (self.holes, Sentence("{n} hole(s)", n=self.holes)),
            (self.too_large, Sentence("{n} place(s) too large to fill", n=self.too_large)),
        )
        return joined([words for count, words in counted if count], ", ")


def kinds_of(places: Places) -> Kinds:
    """Count connected places by their form."""
    if not len(places):
        return Kinds()
    component = places.components()
    most = largest(places.size)
    depth = np.zeros(component.max() + 1, np.int64)
    np.maximum.at(depth, component, places.depth(most + 1))
    area = np.bincount(component)
    spans = []
    for along in (places.rows, places.columns):
        low, high = np.full(len(area), np.iinfo(np.int64).max), np.zeros(len(area), np.int64)
        np.minimum.at(low, component, along)
        np.maximum.at(high, component, along)
        spans.append(high - low + 1)
    length = np.hypot(*spans)
    is_too_large = depth > most
    is_hole = ~is_too_large & (depth > _WIDE)
    # A line of length l and width w covers l * w, so that l is l * l / area times its width.
    is_line = ~is_too_large & ~is_hole & (length**2 >= _SLENDER * area) & (length >= 12)
    lines, holes, too_large = (int(kind.sum()) for kind in (is_line, is_hole, is_too_large))
    share = len(places) / (places.size[0] * places.size[1])
    return Kinds(len(area) - lines - holes - too_large, lines, holes, too_large, share)
