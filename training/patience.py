"""When a training ends because the error on held-out photos keeps rising."""

from __future__ import annotations

import math
from typing import Any

from training.config import Recipe


class Patience:
    """Follows the held-out error of one training; never ends one whose recipe has no `patience`."""

    def __init__(self, recipe: Recipe) -> None:
        self._patience = recipe.patience
        self._rises = 0
        self._last = math.inf

    @property
    def is_spent(self) -> bool:
        """Whether training should end: the error rose `patience` times in a row."""
        return 0 < self._patience <= self._rises

    def take(self, figures: dict[str, float]) -> None:
        """Take the figures of a validation."""
        error = figures.get("rgb_mse", figures["ab_mse_ratio"])
        self._rises = self._rises + 1 if error > self._last else 0
        self._last = error

    def state(self) -> dict[str, Any]:
        """What a resumed training gives to `restore`; JSON values."""
        return {"rises": self._rises, "last": self._last}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what a checkpoint kept."""
        if state:
            self._rises, self._last = state["rises"], state["last"]
