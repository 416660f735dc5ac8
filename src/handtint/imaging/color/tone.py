"""What color a photo has of its own; `tint` measures it."""

from __future__ import annotations

from enum import Enum


class Tone(Enum):
    """What color a source already has."""

    GRAY = "gray"
    TONED = "toned"  # one tint over all: sepia, cyanotype
    COLOR = "color"
