"""Whether a photo is gray, toned (one tint over all, such as sepia) or already in color."""

from __future__ import annotations

from enum import Enum

import numpy as np


class Tone(Enum):
    """What color a source already has."""

    GRAY = "gray"
    TONED = "toned"  # one tint over all: sepia, cyanotype
    COLOR = "color"


def tone_of(lab: np.ndarray) -> Tone:
    """Tone of a shrunk photo, (h, w, 3) float32 Lab."""
    a, b = lab[..., 1].ravel(), lab[..., 2].ravel()
    chroma = np.hypot(a, b)
    return Tone.GRAY if np.percentile(chroma, 95) < 4 else Tone.COLOR
