"""A colorizer without a distribution."""

from __future__ import annotations

import numpy as np

from handtint.imaging.coloring.prediction import Prediction
from handtint.progress import Progress
from tests.fakes import FakeColorizer


class PlainColorizer(FakeColorizer):
    """Has one answer, and does not say how sure it is of it."""

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        return Prediction(super().predict(lightness, progress).ab)
