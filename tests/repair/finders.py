"""Damage finders without a network."""

from __future__ import annotations

import numpy as np

from handtint.model_card import DAMAGE, ModelCard
from tests.fakes import FakeFinder


class Bright(FakeFinder):
    """Takes for damage what is bright: from L 60 on perhaps, at L 100 for sure."""

    card = ModelCard(
        name="bright",
        architecture="none",
        arguments={},
        working_size=64,
        trained_on="nothing",
        license="MIT",
        use_when="in tests",
        parameters=0,
        task=DAMAGE,
    )

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        return np.clip((lightness - 60) / 40 * 255, 0, 255).astype(np.uint8)
