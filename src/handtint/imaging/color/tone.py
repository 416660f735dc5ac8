"""What color a photo has of its own, and how sure that is; `tint` measures it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_SURE = 0.8


class Tone(Enum):
    """What color a source already has."""

    GRAY = "gray"
    TONED = "toned"  # one tint over all: sepia, cyanotype
    COLOR = "color"


@dataclass(frozen=True)
class Judgment:
    """A photo's tone as measured.

    Attributes:
        tone: what it looks most like.
        sureness: 0, could as well be otherwise, to 1, that it is black and white (gray or toned), or that it is not.
    """

    tone: Tone
    sureness: float

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.sureness >= _SURE

    @property
    def is_color(self) -> bool:
        """Whether it is surely in color already, so that it is left alone unless one asks."""
        return self.tone is Tone.COLOR and self.is_sure
