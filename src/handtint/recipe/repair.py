"""What a person asks of a photo's repair, and its short text: `fade=40,noise=20`, or `auto`.

Amounts go from 0, which leaves the photo as it is, to 100. Every field's default is off. Records check themselves and
raise `RepairError`, which is a ValueError, with a sentence that names the field.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from handtint.errors import HandtintError, Sentence
from handtint.plain import nearest
from handtint.recipe.damage import Damage

AUTO: Literal["auto"] = "auto"
_Record = TypeVar("_Record", bound=Any)
GRAYS = ("lightness", "auto", "red", "green", "blue")


class RepairError(HandtintError, ValueError):
    """A repair that cannot be: an unknown name, an amount out of range."""


@dataclass(frozen=True)
class Fade:
    """Fading of a black-and-white or toned photo.

    Attributes:
        amount: black and white point, mid-tones and local contrast.
        even: fading that differs from place to place, and vignettes, leveled.
    """

    amount: float = 0.0
    even: float = 0.0

    def __post_init__(self) -> None:
        _check_amounts(self, "fade")


@dataclass(frozen=True)
class FadedColor:
    """Faded dyes of a color photo.

    Attributes:
        amount: curves and mix of the channels that bring the colors back.
        white: x and y of a place, in pixels of the upright source, that is to be without a cast; None for none.
    """

    amount: float = 0.0
    white: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        _check_amounts(self, Sentence("faded color"))
        if self.white is not None and not (
            isinstance(self.white, tuple)
            and len(self.white) == 2
            and all(_is_number(side) and side >= 0 for side in self.white)
        ):
            raise RepairError(
                "The white point of a faded color photo must be x and y of one of its pixels, not {white}.",
                white=repr(self.white),
            )


@dataclass(frozen=True)
class Noise:
    """Noise, grain, and what coding and printing left.

    Attributes:
        amount: how much noise and grain is taken away.
        grain: how much of what was taken away is given back, evenly.
        blocks: steps and ripples of JPEG coding smoothed.
        screen: dots of a printed picture (halftone) and their moire removed.
    """

    amount: float = 0.0
    grain: float = 0.0
    blocks: float = 0.0
    screen: float = 0.0

    def __post_init__(self) -> None:
        _check_amounts(self, "noise")


@dataclass(frozen=True)
class Sharpness:
    """Edges made crisper, without halos."""

    amount: float = 0.0

    def __post_init__(self) -> None:
        _check_amounts(self, "sharpness")


@dataclass(frozen=True)
class Repair:
    """All repair steps of a photo.

    Attributes:
        damage: dust, hairs, scratches, cracks and holes.
        fade: of black-and-white and toned photos.
        gray: what the gray of a black-and-white photo in a color file is taken from: `lightness` leaves its tone as it
            is; a channel, or with `auto` the one with the least damage, makes it gray.
        faded_color: of color photos.
        noise: noise, grain, JPEG blocks, halftone.
        sharpness: mild sharpening.
    """

    damage: Damage = field(default_factory=Damage)
    fade: Fade = field(default_factory=Fade)
    gray: str = "lightness"
    faded_color: FadedColor = field(default_factory=FadedColor)
    noise: Noise = field(default_factory=Noise)
    sharpness: Sharpness = field(default_factory=Sharpness)

    def __post_init__(self) -> None:
        if self.gray not in GRAYS:
            raise RepairError(
                "Gray cannot be taken from {gray}. {nearest}",
                gray=repr(self.gray),
                nearest=_nearest(str(self.gray), GRAYS),
            )

    @property
    def is_off(self) -> bool:
        """Whether nothing is to be done."""
        return self == Repair()

    def without_places(self) -> Repair:
        """The same without what is meant for places of one photo."""
        return self.with_places_of(Repair())

    def with_places_of(self, other: Repair) -> Repair:
        """The same with what is meant for places of the photo that another repair is of."""
        return dataclasses.replace(
            self,
            damage=dataclasses.replace(self.damage, edits=other.damage.edits),
            faded_color=dataclasses.replace(self.faded_color, white=other.faded_color.white),
        )

    def with_all_of(self, other: Repair) -> Repair:
        """The same with every value of another repair that is not off there."""
        return _joined(self, other)

    def has_all_of(self, other: Repair) -> bool:
        """Whether another repair would change nothing of this one."""
        return self.with_all_of(other) == self

    def without(self, part: str) -> Repair:
        """The same with one part off: `damage`, or `noise.grain`."""
        name, _, field_name = part.partition(".")
        usual = getattr(Repair(), name)
        if field_name:
            usual = dataclasses.replace(getattr(self, name), **{field_name: getattr(usual, field_name)})
        return dataclasses.replace(self, **{name: usual})

    def amounts(self) -> dict[str, float]:
        """What is not 0, by the names of `parse_repair`, in the order of the steps."""
        found = {name: getattr(getattr(self, part), key) for name, (part, key) in _NAMES.items()}
        return {name: amount for name, amount in found.items() if amount}


_NAMES = {  # of the short text: the part of a repair, and its field
    "damage": ("damage", "sensitivity"),
    "fade": ("fade", "amount"),
    "even": ("fade", "even"),
    "color": ("faded_color", "amount"),
    "noise": ("noise", "amount"),
    "grain": ("noise", "grain"),
    "blocks": ("noise", "blocks"),
    "screen": ("noise", "screen"),
    "sharpness": ("sharpness", "amount"),
}


_WHITE = "white"  # a place: white=120:80


def parse_repair(text: str) -> Repair | Literal["auto"]:
    """`auto`, or the repair that a text such as `fade=40,noise=20` asks for. Raises `RepairError`."""
    if text.strip() == AUTO:
        return AUTO
    parts: dict[str, dict[str, float]] = {}
    white: tuple[float, float] | None = None
    for item in text.split(","):
        name, equals, value = (piece.strip() for piece in item.partition("="))
        if name == _WHITE:
            if white is not None:
                raise RepairError('"white" is given twice. Give each repair step once.')
            white = _place(item, value)
            continue
        if name not in _NAMES:
            known = (AUTO, *_NAMES, _WHITE)
            what = f'"{name}" is no repair step' if name else "A repair step lacks its name"
            if name == AUTO:
                raise RepairError('"auto" sets all steps, so it is given alone. Leave the others out.')
            raise RepairError("{what}. {nearest}", what=what, nearest=_nearest(name, known))
        part, key = _NAMES[name]
        if key in parts.get(part, {}):
            raise RepairError('"{name}" is given twice. Give each repair step once.', name=name)
        try:
            amount = float(value)
        except ValueError:
            amount = math.nan
        if not equals or not 0 <= amount <= 100:  # not a number is in no range
            raise RepairError(
                '"{item}" is not an amount. Give a number from 0 to 100, such as {name}=40.',
                item=item.strip(),
                name=name,
            )
        parts.setdefault(part, {})[key] = amount
    repair = Repair()
    changed = {part: dataclasses.replace(getattr(repair, part), **values) for part, values in parts.items()}
    repair = dataclasses.replace(repair, **changed)
    return dataclasses.replace(repair, faded_color=dataclasses.replace(repair.faded_color, white=white))


def _place(item: str, value: str) -> tuple[float, float]:
    try:
        x, y = map(float, value.split(":"))
    except ValueError:
        x = y = math.nan
    if not (0 <= x < math.inf and 0 <= y < math.inf):
        raise RepairError(
            '"{item}" is not a place. Give the pixels from the left and from the top, such as {white}=120:80.',
            item=item.strip(),
            white=_WHITE,
        )
    return x, y


def _joined(base: _Record, more: _Record) -> _Record:
    usual, changed = type(more)(), {}
    for item in dataclasses.fields(more):
        value = getattr(more, item.name)
        if dataclasses.is_dataclass(value):
            changed[item.name] = _joined(getattr(base, item.name), value)
        elif value != getattr(usual, item.name):
            changed[item.name] = value
    return dataclasses.replace(base, **changed)


def _check_amounts(record: Fade | FadedColor | Noise | Sharpness, name: str) -> None:
    for item in dataclasses.fields(record):
        value = getattr(record, item.name)
        if item.name != "white" and not (_is_number(value) and 0 <= value <= 100):
            what = name if item.name == "amount" else f"{name}: {item.name}"
            raise RepairError(
                "The amount of {what} must be a number from 0 to 100, not {value}.", what=what, value=repr(value)
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    near, all_ = nearest(name.lower(), known), Sentence("There are: {names}.", names=", ".join(known))
    return Sentence('Did you mean "{name}"?', name=near) if near else all_
