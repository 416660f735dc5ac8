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
_MOST_POINTS = 20_000
_MOST_WORK = 400_000_000  # pixels looked at while strokes are drawn: a few seconds
_PIECE = 128  # longest straight part of a stroke that is drawn at once, in pixels


class DamageError(HandtintError, ValueError):
    """What is asked of the damage step cannot be, or not with this photo."""


@dataclass(frozen=True)
class Edit:
    """One click or one stroke of the brush.

    Attributes:
        kind: one of `KINDS`.
        points: x, y of the click, or of the points of the stroke, which goes straight from one to the next.
        radius: of the brush, in pixels of the photo; for a click, how far from it something is looked for.
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    radius: float = 4.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise DamageError(
                '"{kind}" is not a way to mark damage. There are: {names}.', kind=self.kind, names=", ".join(KINDS)
            )
        values = [self.radius, *(value for point in self.points for value in point)]
        if not self.points or self.radius <= 0 or not all(math.isfinite(value) for value in values):
            raise DamageError("A mark of damage needs a place and a radius over 0. Remove it and set it anew.")

    @property
    def work(self) -> float:
        """How many pixels are looked at to draw it."""
        total = 0.0
        for (x0, y0), (x1, y1) in zip(self.points, self.points[1:] or self.points, strict=False):
            length = max(abs(x1 - x0), abs(y1 - y0))
            pieces = max(length / _PIECE, 1.0)
            total += pieces * (length / pieces + 2 * self.radius) ** 2
        return total

    def touches(self, size: tuple[int, int]) -> bool:
        """Whether the box around it reaches into a photo of (height, width)."""
        r, (x, y) = self.radius, zip(*self.points, strict=True)
        return min(x) - r < size[1] and max(x) + r > 0 and min(y) - r < size[0] and max(y) + r > 0


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
        if sum(edit.work for edit in self.edits) > _MOST_WORK:
            raise DamageError("The strokes of painted damage are too long or too wide. Remove some strokes.")

    @property
    def is_off(self) -> bool:
        """Whether nothing is to be done."""
        return self.sensitivity == 0 and not self.edits

    @property
    def is_looked_for(self) -> bool:
        """Whether it must be known what might be damaged; strokes alone say all by themselves."""
        return self.sensitivity > 0 or any(edit.kind == ADD for edit in self.edits)


def check_inside(damage: Damage, size: tuple[int, int], name: str = "the photo") -> None:
    """Raises `DamageError` for an edit that is wholly outside a photo of (height, width)."""
    for edit in damage.edits:
        if not edit.touches(size):
            x, y = edit.points[0]
            raise DamageError(
                "A mark of damage at ({x}, {y}) is outside {name}, which is {width} x {height} pixels. "
                "Remove it, or choose the photo it was made for.",
                x=f"{x:g}",
                y=f"{y:g}",
                name=name,
                width=size[1],
                height=size[0],
            )
