"""Found damage in words and numbers."""

from __future__ import annotations

import numpy as np

from handtint.repair.damage.kinds import Kinds, kinds_of
from handtint.repair.damage.places import Places


def test_places_are_counted_by_their_form() -> None:
    mask = np.zeros((500, 600), bool)
    for i in range(7):
        mask[20 + 10 * i : 23 + 10 * i, 30:33] = True
    mask[200, 100:260] = True  # a scratch
    mask[np.arange(250, 400), np.arange(250, 400)] = True  # and a slanting one
    mask[300:320, 50:70] = True  # a hole
    mask[100:200, 400:500] = True
    kinds = kinds_of(Places.of_mask(mask))
    assert (kinds.specks, kinds.lines, kinds.holes, kinds.too_large) == (7, 2, 1, 1)
    assert kinds.share == mask.mean()
    assert kinds.words == "7 specks, 2 scratches and hairs, 1 hole, 1 place too large to fill"


def test_nothing_found_has_no_words() -> None:
    assert kinds_of(Places.none((9, 9))) == Kinds()
    assert Kinds().words == ""
