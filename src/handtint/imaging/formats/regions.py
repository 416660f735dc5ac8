"""Faces and other regions marked in a photo's XMP, moved when its pixels are turned or cropped.

Three kinds: the Metadata Working Group's (mwg-rs:Regions; center, width, height as shares of the sides), Microsoft's
(MP:RegionInfo; left, top, width, height as shares) and IPTC's image regions (Iptc4xmpExt:ImageRegion; rectangles,
circles, polygons, in shares or pixels). Programs count them in the picture as it is stored, before EXIF's orientation.
"""

from __future__ import annotations

import io
import math
import xml.etree.ElementTree as ET
from collections.abc import Callable

from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.xmp import (
    AREA,
    DIMENSIONS,
    IPTC_EXTENSION,
    MICROSOFT,
    MICROSOFT_REGION,
    MICROSOFT_REGIONS,
    RDF,
    REGIONS,
    Packet,
)

Point = tuple[float, float]
Move = Callable[[float, float], Point]
Box = tuple[float, float, float, float]  # left, top, right, bottom

_LEAST_LEFT = 0.25  # of a region's area, or it is cropped away


def orientation_of(block: bytes | None) -> int:
    """EXIF's orientation, 1..8; 1 where a block does not say, or not one that there is."""
    if not block:
        return 1
    try:
        found = exif_blocks.directories(io.BytesIO(block))
    except exif_blocks.ExifError:
        return 1
    value = exif_blocks.number(found.first, exif_blocks.ORIENTATION, found.order)
    return value if value is not None and 1 <= value <= 8 else 1


def stored_size(orientation: int, size: tuple[int, int]) -> tuple[int, int]:
    """Height, width of the picture as stored, whose upright size this is."""
    return (size[1], size[0]) if orientation >= 5 else size


def upright(orientation: int, size: tuple[int, int]) -> Move:
    """Takes a place (x, y) of the picture as stored to the upright one, of size (height, width), in pixels."""
    height, width = size

    def move(x: float, y: float) -> Point:
        if orientation >= 5:
            x, y = y, x
        if orientation in (3, 4, 7, 8):
            y = height - y
        if orientation in (2, 3, 6, 7):
            x = width - x
        return x, y

    return move


def move_regions(packet: Packet, before: tuple[int, int], after: tuple[int, int], move: Move) -> int:
    """Move all regions of a packet; return how many went because hardly anything of them is left.

    Args:
        before: height, width of the picture that they count in.
        after: of the picture that they are to count in.
        move: takes (x, y) in pixels of the one to the other.
    """
    parents = {child: parent for parent in packet.tree.iter() for child in parent}
    frames = _Frames(before, after, move)
    rectangle = f"{{{MICROSOFT_REGION}}}Rectangle"
    areas = packet.tree.iter(f"{{{REGIONS}}}Area")
    rectangles = [one for one in packet.tree.iter() if rectangle in one.attrib or one.find(rectangle) is not None]
    boundaries = packet.tree.iter(f"{{{IPTC_EXTENSION}}}RegionBoundary")
    gone = [area for area in areas if not _move_area(area, frames)]
    gone += [region for region in rectangles if not _move_rectangle(region, rectangle, frames)]
    gone += [boundary for boundary in boundaries if not _move_boundary(boundary, frames)]
    for element in gone:
        _remove(element, parents)
    for dimensions in packet.tree.iter(f"{{{REGIONS}}}AppliedToDimensions"):
        for name, value in (("h", after[0]), ("w", after[1])):
            if _get(dimensions, f"{{{DIMENSIONS}}}{name}") is not None:
                _set(dimensions, f"{{{DIMENSIONS}}}{name}", str(value))
    return len(gone)


def make_upright(packet: Packet, block: bytes | None, size: tuple[int, int]) -> None:
    """Move all regions of a packet as EXIF's orientation moves pixels; `size` is the upright height, width."""
    orientation = orientation_of(block)
    if orientation != 1:
        move_regions(packet, stored_size(orientation, size), size, upright(orientation, size))


def has_regions(packet: Packet) -> bool:
    """Whether anything is marked in it."""
    names = (
        f"{{{REGIONS}}}RegionList",
        f"{{{MICROSOFT_REGIONS}}}Regions",
        f"{{{MICROSOFT}}}RegionInfo",
        f"{{{IPTC_EXTENSION}}}ImageRegion",
    )
    return any(packet.tree.find(f".//{name}") is not None for name in names)


class _Frames:
    """Boxes in pixels from one picture to another."""

    def __init__(self, before: tuple[int, int], after: tuple[int, int], move: Move) -> None:
        self.before, self.after, self.move = before, after, move

    def box(self, box: Box) -> Box | None:
        """The upright box around a moved one, cut to the picture; None where hardly anything is left."""
        left, top, right, bottom = box
        points = [self.move(x, y) for x in (left, right) for y in (top, bottom)]
        if not all(math.isfinite(value) for point in points for value in point):
            return None
        xs, ys = [x for x, _ in points], [y for _, y in points]
        whole = (max(xs) - min(xs)) * (max(ys) - min(ys))
        height, width = self.after
        left, right = max(min(xs), 0.0), min(max(xs), float(width))
        top, bottom = max(min(ys), 0.0), min(max(ys), float(height))
        if right <= left or bottom <= top or (right - left) * (bottom - top) < _LEAST_LEFT * whole:
            return None
        return left, top, right, bottom


def _move_area(area: ET.Element, frames: _Frames) -> bool:
    """MWG's: a rectangle about a center, a circle of a diameter, or a point. What cannot be read goes."""
    x, y, w, h, d = (_number(area, f"{{{AREA}}}{name}") for name in "xywhd")
    if x is None or y is None:
        return False
    (height, width), (new_height, new_width) = frames.before, frames.after
    if _get(area, f"{{{AREA}}}unit") == "pixel":  # which the group does not know, but programs write
        height = width = new_height = new_width = 1
    if d is not None:
        w, h = d, d * width / height  # a circle's diameter is a share of the width
    w, h = w or 0.0, h or 0.0
    if w <= 0 or h <= 0:
        u, v = frames.move(x * width, y * height)
        if not (0 <= u <= frames.after[1] and 0 <= v <= frames.after[0]):
            return False
        values = {"x": u / new_width, "y": v / new_height}
    else:
        box = frames.box(
            ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height),
        )
        if box is None:
            return False
        left, top, right, bottom = box
        values = {"x": (left + right) / 2 / new_width, "y": (top + bottom) / 2 / new_height}
        if d is not None:
            values["d"] = (right - left) / new_width
        else:
            values |= {"w": (right - left) / new_width, "h": (bottom - top) / new_height}
    for name, value in values.items():
        _set(area, f"{{{AREA}}}{name}", _text(value))
    return True


def _move_rectangle(region: ET.Element, name: str, frames: _Frames) -> bool:
    """Microsoft's: "left, top, width, height"."""
    text = _get(region, name) or ""
    try:
        left, top, w, h = (float(part) for part in text.replace(",", " ").split())
    except ValueError:
        return False
    (height, width), (new_height, new_width) = frames.before, frames.after
    box = frames.box((left * width, top * height, (left + w) * width, (top + h) * height))
    if box is None:
        return False
    shares = (box[0] / new_width, box[1] / new_height, (box[2] - box[0]) / new_width, (box[3] - box[1]) / new_height)
    _set(region, name, ", ".join(_text(value) for value in shares))
    return True


def _move_boundary(boundary: ET.Element, frames: _Frames) -> bool:
    """IPTC's: a rectangle from its top left corner, a circle about its center, a polygon."""
    prefix = f"{{{IPTC_EXTENSION}}}"
    in_pixels = _get(boundary, prefix + "rbUnit") == "pixel"
    (height, width), (new_height, new_width) = frames.before, frames.after
    before = (1.0, 1.0) if in_pixels else (float(width), float(height))
    after = (1.0, 1.0) if in_pixels else (float(new_width), float(new_height))
    shape = _get(boundary, prefix + "rbShape")
    if shape == "polygon":
        points = [
            (point, _number(point, prefix + "rbX"), _number(point, prefix + "rbY"))
            for vertices in boundary.iter(prefix + "rbVertices")
            for point in vertices.iter()
            if _get(point, prefix + "rbX") is not None
        ]
        places = [(x * before[0], y * before[1]) for _, x, y in points if x is not None and y is not None]
        if len(places) < len(points) or not places:
            return False
        box = (
            min(x for x, _ in places),
            min(y for _, y in places),
            max(x for x, _ in places),
            max(y for _, y in places),
        )
        if frames.box(box) is None:
            return False
        for (point, _, _), place in zip(points, places, strict=True):
            u, v = frames.move(*place)
            _set(point, prefix + "rbX", _text(min(max(u, 0.0), float(new_width)) / after[0]))
            _set(point, prefix + "rbY", _text(min(max(v, 0.0), float(new_height)) / after[1]))
        return True
    x, y = _number(boundary, prefix + "rbX"), _number(boundary, prefix + "rbY")
    w, h, r = (_number(boundary, prefix + name) for name in ("rbW", "rbH", "rbRx"))
    if x is None or y is None:
        return False
    x, y = x * before[0], y * before[1]
    if shape == "circle" and r is not None:
        r *= before[0]
        box = frames.box((x - r, y - r, x + r, y + r))
        if box is None:
            return False
        u, v = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        values = {"rbX": u / after[0], "rbY": v / after[1], "rbRx": (box[2] - box[0]) / 2 / after[0]}
    elif w is not None and h is not None:
        box = frames.box((x, y, x + w * before[0], y + h * before[1]))
        if box is None:
            return False
        values = {"rbX": box[0] / after[0], "rbY": box[1] / after[1]}
        values |= {"rbW": (box[2] - box[0]) / after[0], "rbH": (box[3] - box[1]) / after[1]}
    else:
        return False
    for name, value in values.items():
        _set(boundary, prefix + name, _text(value))
    return True


def _remove(element: ET.Element, parents: dict[ET.Element, ET.Element]) -> None:
    """Take the list's entry that an element is in out of its list, and what is left empty by that too."""
    while element.tag != f"{{{RDF}}}li":
        if element not in parents:
            return  # in no list: it is left as it is
        element = parents[element]
    while element in parents:
        parent = parents[element]
        if element in list(parent):
            parent.remove(element)
        if parent.tag == f"{{{RDF}}}Description" or any(child.tag.startswith(f"{{{RDF}}}") for child in parent):
            return
        if len(parent) and not all(_is_about(child) for child in parent):
            return
        element = parent


def _is_about(element: ET.Element) -> bool:
    """Whether an element only describes a list of regions that is gone."""
    return element.tag == f"{{{REGIONS}}}AppliedToDimensions"


def _get(element: ET.Element, name: str) -> str | None:
    """A field, an attribute or a child, of an element or of the rdf:Description that stands in it."""
    for holder in (element, *element.findall(f"{{{RDF}}}Description")):
        if name in holder.attrib:
            return holder.attrib[name]
        child = holder.find(name)
        if child is not None:
            return (child.text or "").strip()
    return None


def _set(element: ET.Element, name: str, text: str) -> None:
    for holder in (element, *element.findall(f"{{{RDF}}}Description")):
        child = holder.find(name)
        if name in holder.attrib:
            holder.attrib[name] = text
        elif child is not None:
            child.text = text


def _number(element: ET.Element, name: str) -> float | None:
    try:
        value = float(_get(element, name) or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _text(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
