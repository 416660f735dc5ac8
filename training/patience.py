"""When a recipe looks at held-out photos by epochs, and when it stops because they come out worse and worse."""

from __future__ import annotations

import math
from typing import Any

from training.config import Recipe


class Patience:
    """Follows the held-out error of one training; asks nothing of recipes without `patience`."""

    def __init__(self, recipe: Recipe) -> None:
        self._every = recipe.validate_every_epochs
        self._patience = recipe.patience
        self._looks = 0
        self._rises = 0
        self._last = math.inf

    @property
    def by_epochs(self) -> bool:
        """Whether the recipe says when held-out photos are looked at."""
        return self._every > 0

    def is_due(self, drawn: int, per_epoch: int) -> bool:
        """Whether, with so many photos drawn, it is time for the next look."""
        return self.by_epochs and drawn >= (self._looks + 1) * self._every * per_epoch

    @property
    def is_spent(self) -> bool:
        """Whether training should end: the error rose `patience` times in a row."""
        return 0 < self._patience <= self._rises

    def take(self, figures: dict[str, float]) -> None:
        """Take the figures of a look."""
        error = figures.get("rgb_mse", figures["ab_mse_ratio"])
        self._looks += 1
        self._rises = self._rises + 1 if error > self._last else 0
        self._last = error

    def state(self) -> dict[str, Any]:
        """What a resumed training gives to `restore`; JSON values."""
        return {"looks": self._looks, "rises": self._rises, "last": self._last}

    def restore(self, state: dict[str, Any]) -> None:
        if state:
            self._looks, self._rises, self._last = state["looks"], state["rises"], state["last"]
