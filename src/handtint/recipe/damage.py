"""What a person asks of the damage step: how much is found by itself, and what they added or took back.

Plain values that JSON can hold. Places are pixels of the upright photo, (0, 0) its top left corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from handtint.errors import HandtintError

ADD = "add"  # what is at a place is damage, as far as it reaches
LEAVE = "leave"  # what was found at a place is none
PAINT = "paint"  # all under a stroke is damage
ERASE = "erase"  # nothing under a stroke is damage
KINDS = (ADD, LEAVE, PAINT, ERASE)
_MOST_POINTS = 100_000


class DamageError(HandtintError, ValueError):
    """What is asked of the damage step cannot be, or not with this photo."""


@dataclass(frozen=True)
class Edit:
    """One click or one stroke of the brush.

    Attributes:
        kind: one of `KINDS`.
        points: x, y of the click, or of the points of the stroke.
        radius: of the brush, in pixels of the photo; for a click, how far from it something is looked for.
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    radius: float = 4.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DamageError(
                '"{kind}" is no way to mark damage. There are: {names}.', kind=self.kind, names=", ".join(KINDS)
            )
        values = [self.radius, *(value for point in self.points for value in point)]
        if not self.points or self.radius <= 0 or not all(math.isfinite(value) for value in values):
            raise DamageError("A mark of damage needs a place and a radius over 0. Remove it and set it anew.")


@dataclass(frozen=True)
class Damage:
    """The damage step of one photo.

    Attributes:
        sensitivity: 0: nothing is found by itself; up to 100: what might just be damage is found too.
        edits: what a person changed, in order.
    """

    sensitivity: float = 0.0
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.sensitivity <= 100:
            raise DamageError(
                "The sensitivity to damage must be from 0 to 100, not {sensitivity}.",
                sensitivity=f"{self.sensitivity:g}",
            )
        if sum(len(edit.points) for edit in self.edits) > _MOST_POINTS:
            raise DamageError(
                "There are more than {most_points} points of painted damage. Remove some strokes.",
                most_points=f"{_MOST_POINTS:,}",
            )

    @property
    def is_off(self) -> bool:
        """Whether nothing is to be done."""
        return self.sensitivity == 0 and not self.edits


def check_inside(damage: Damage, size: tuple[int, int], name: str = "the photo") -> None:
    """Raises `DamageError` for an edit that is wholly outside a photo of (height, width)."""
    height, width = size
    for edit in damage.edits:
        r = edit.radius
        if not any(-r < x < width + r and -r < y < height + r for x, y in edit.points):
            x, y = edit.points[0]
            raise DamageError(
                "A mark of damage at ({x}, {y}) is outside {name}, which is {width} x {height} pixels. "
                "Remove it, or choose the photo it was made for.",
                x=f"{x:g}",
                y=f"{y:g}",
                name=name,
                width=width,
                height=height,
            )
