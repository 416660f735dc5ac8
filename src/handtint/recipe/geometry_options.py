"""Geometry as the command line asks for it: `--rotate 90 --straighten auto --crop print --perspective … --split`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handtint.recipe.geometry import MAX_STRAIGHTEN, Corners, Geometry, GeometryError

ROTATE = "degrees clockwise: 90, 180, 270 or -90"
STRAIGHTEN = f"degrees clockwise, at most {MAX_STRAIGHTEN:g}, or `auto` to find a horizon or walls"
CROP = "X,Y,WIDTH,HEIGHT in pixels of the upright photo, or `print` to find the print on a scan's bed"
PERSPECTIVE = (
    "X1,Y1,X2,Y2,X3,Y3,X4,Y4: the corners of a print photographed at an angle, in pixels of the upright photo, "
    "clockwise from the print's top left; --crop and --straighten then count in the print made flat"
)
SPLIT = "make one result of each print on a scan: NAME-1, NAME-2"


@dataclass(frozen=True)
class GeometryOrder:
    """What is asked for: a geometry, and what is to be found in the photo and added to it.

    Attributes:
        geometry: what is said in numbers.
        finds_angle: whether the angle to straighten by is to be found.
        finds_print: whether the print on a scan's bed is to be found: angle and crop.
        splits: whether each print of a scan becomes a photo.
    """

    geometry: Geometry = field(default_factory=Geometry)
    finds_angle: bool = False
    finds_print: bool = False
    splits: bool = False

    @property
    def searches(self) -> bool:
        """Whether the photo must be searched before its geometry is known."""
        return self.finds_angle or self.finds_print or self.splits


def parse_geometry(
    rotate: str | None = None,
    straighten: str | None = None,
    crop: str | None = None,
    split: bool = False,
    perspective: str | None = None,
) -> GeometryOrder:
    """What the five options ask for together. Raises `GeometryError`."""
    finds_print = crop == "print"
    finds_angle = straighten == "auto"
    if perspective is not None and (split or finds_print or finds_angle):
        option = "--split" if split else "--crop print" if finds_print else "--straighten auto"
        raise GeometryError(
            "--perspective says where the print is, and {option} looks for it. Leave one of them out.", option=option
        )
    if split and crop is not None:
        raise GeometryError("--split finds the edges of every print itself. Leave --crop out.")
    if (split or finds_print) and straighten is not None:
        option = "--split" if split else "--crop print"
        raise GeometryError("{option} finds the angle with the print. Leave --straighten out.", option=option)
    try:
        geometry = Geometry(
            turn=parse_turn(rotate) if rotate is not None else 0,
            straighten=parse_angle(straighten) if straighten is not None and not finds_angle else 0.0,
            corners=parse_corners(perspective) if perspective is not None else None,
            crop=parse_crop(crop) if crop is not None and not finds_print else None,
        )
    except ValueError as error:
        raise GeometryError("{error}{error2}.", error=str(error)[:1].upper(), error2=str(error)[1:]) from error
    return GeometryOrder(geometry, finds_angle, finds_print, split)


def parse_turn(text: str) -> int:
    """90, 180, 270, or as many degrees counterclockwise with a minus. Raises `GeometryError`."""
    if re.fullmatch(r"[+-]?(0|90|180|270)", text.strip()):
        return int(text) % 360
    raise GeometryError('"{text}" is no turn. Give --rotate {rotate}.', text=text, rotate=ROTATE)


def parse_angle(text: str) -> float:
    """Degrees. Raises `GeometryError`."""
    try:
        return float(text)
    except ValueError:
        raise GeometryError(
            '"{text}" is no angle. Give --straighten {straighten}.', text=text, straighten=STRAIGHTEN
        ) from None


def parse_crop(text: str) -> tuple[float, float, float, float]:
    """X,Y,WIDTH,HEIGHT. Raises `GeometryError`."""
    try:
        x, y, width, height = (float(int(part)) for part in text.split(","))
    except ValueError:
        raise GeometryError('"{text}" is no crop. Give --crop {crop}.', text=text, crop=CROP) from None
    return x, y, width, height


def parse_corners(text: str) -> Corners:
    """X1,Y1,...,X4,Y4. Raises `GeometryError`; `Geometry` says what four points can be corners."""
    try:
        x1, y1, x2, y2, x3, y3, x4, y4 = (float(part) for part in text.split(","))
    except ValueError:
        raise GeometryError(
            '"{text}" is no print. Give --perspective {perspective}.', text=text, perspective=PERSPECTIVE
        ) from None
    return (x1, y1), (x2, y2), (x3, y3), (x4, y4)
