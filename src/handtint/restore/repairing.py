"""A photo repaired as its recipe says: damage first, then the other steps; or as the photo itself needs it.

Places in a recipe are pixels of the upright source; the photo may be turned and cropped by now. A photo that is not
large is held repaired, so that the model and the saving after it need not repair it twice.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from handtint import paths
from handtint.errors import Sentence, joined
from handtint.imaging.formats.decoded import is_large
from handtint.imaging.photo import Photo
from handtint.model_card import ModelFile, read_card
from handtint.progress import Progress
from handtint.recipe.damage import Damage, Edit, check_inside
from handtint.recipe.placement import Placement
from handtint.recipe.repair import Repair
from handtint.repair.damage.filling import by_width
from handtint.repair.damage.finding import DamageFinder, Found, automatic, damaged, doubtful, find, without_damage
from handtint.repair.damage.kinds import kinds_of
from handtint.repair.damage.places import Places
from handtint.repair.faded_color import check_white
from handtint.repair.inspecting import Finding, Findings, automatic_repair, inspect
from handtint.repair.steps import repaired as with_steps

_finding = threading.Lock()  # one network: albums read several photos at once


@dataclass(frozen=True)
class Inspection:
    """What a photo needs.

    Attributes:
        findings: figures of tone, noise and color.
        each: what was found and is to be done about it, damage first.
        found: what might be damaged, at any sensitivity.
    """

    findings: Findings
    each: tuple[Finding, ...]
    found: Found

    @property
    def repair(self) -> Repair:
        """What is to be done."""
        return automatic_repair(self.each)

    @property
    def words(self) -> tuple[str, ...]:
        """A line for each thing found, for people."""
        return tuple(finding.words for finding in self.each)

    @property
    def repaired_words(self) -> tuple[str, ...]:
        """The lines for what `repair` does something about."""
        return tuple(finding.words for finding in self.each if finding.is_automatic)


@functools.cache
def load_finder() -> DamageFinder:
    """The network that finds damage, on the processor. Imports torch when it is first asked for."""
    from handtint.engine.damage_finder import load_damage_finder

    path = paths.bundled_models_dir() / "damage.safetensors"
    return load_damage_finder(ModelFile(path, read_card(path), path.stat().st_size), "cpu")


def inspected(photo: Photo, progress: Progress) -> Inspection:
    """Look at a photo and say what it needs. Raises `Cancelled`."""
    return _inspected(photo, look_for_damage(photo, progress.part(0.0, 0.8)), progress.part(0.8, 1.0))


def look_for_damage(photo: Photo, progress: Progress) -> Found:
    """What might be damaged, at any sensitivity. Raises `Cancelled`."""
    with _finding:
        return find(photo, load_finder(), progress)


def repaired(
    photo: Photo, repair: Repair | None, progress: Progress, found: Found | None = None, filled: Photo | None = None
) -> tuple[Photo, Repair]:
    """The photo repaired, and what was done; with `None` as the photo itself needs it, which a note then tells.

    With what `look_for_damage` found in it before, the network is not asked again; with what `undamaged` gave for the
    same repair, damage is not filled again. Raises `Cancelled`, `DamageError` and `RepairError` for places outside the
    photo.
    """
    if repair is None:
        found = found or look_for_damage(photo, progress.part(0.0, 0.4))
        inspection = _inspected(photo, found, progress.part(0.4, 0.5))
        repair = inspection.repair
        if not repair.is_off:
            photo = _with_note(photo, Sentence("Repaired: {what}.", what=joined(inspection.repaired_words, "; ")))
    if repair.is_off:
        return photo, repair
    result = filled or undamaged(photo, repair, progress.part(0.0, 0.8), found)
    here = dataclasses.replace(placed(repair, photo), damage=Damage())
    result = with_steps(result, here, progress.part(0.8, 1.0))
    return (held(result) if result is not photo else photo), repair


def undamaged(photo: Photo, repair: Repair, progress: Progress, found: Found | None = None) -> Photo:
    """The photo with its damage filled as asked for, and nothing else. Raises as `repaired`."""
    damage = placed(repair, photo).damage
    if damage.is_off:
        return photo
    return without_damage(photo, known_for(photo, damage, progress, found), damage, progress.part(0.5, 1.0))


def known_for(photo: Photo, damage: Damage, progress: Progress, found: Found | None = None) -> Found:
    """What might be damaged, as far as the damage step has to know it: never more, so that a result depends on nothing
    but the photo and its recipe."""
    if not damage.is_looked_for:
        return Found.nothing(photo.size)
    return found or look_for_damage(photo, progress.part(0.0, 0.5))


@dataclass(frozen=True, eq=False)
class Marked:
    """Pixels of a photo.

    Attributes:
        filled: exactly those that `undamaged` fills.
        left: of damage that is too large to be filled.
        doubtful: those from which nothing is filled.
    """

    filled: Places
    left: Places
    doubtful: Places


def marked(photo: Photo, repair: Repair, found: Found | None) -> Marked:
    """What the damage step does. Raises `DamageError` and `RepairError` for places outside the photo.

    Args:
        found: by `look_for_damage`; not needed for damage that is not `is_looked_for`.
    """
    damage = placed(repair, photo).damage
    known = known_for(photo, damage, Progress(), found)
    thin, wide, left = by_width(damaged(known, damage, photo))
    return Marked(thin | wide, left, doubtful(known))


def _with_note(photo: Photo, note: str) -> Photo:
    return dataclasses.replace(photo, meta=dataclasses.replace(photo.meta, notes=(*photo.meta.notes, note)))


def held(photo: Photo) -> Photo:
    """The photo with its pixels in memory, unless it is large."""
    return photo if is_large(*photo.size) else dataclasses.replace(photo, pixels=np.asarray(photo.pixels))


def _inspected(photo: Photo, found: Found, progress: Progress) -> Inspection:
    findings, damage = inspect(photo, progress), automatic(found)
    words = kinds_of(damaged(found, damage, photo)).words
    damage_finding = (Finding(words, Repair(damage)),) if words else ()
    return Inspection(findings, (*damage_finding, *findings.each), found)


def placed(repair: Repair, photo: Photo) -> Repair:
    """The same with its places in pixels of a photo that may be turned and cropped; without those cropped away.

    Raises `DamageError` and `RepairError` for places outside the photo's source.
    """
    name = photo.meta.source.name if photo.meta.source else "the photo"
    check_inside(repair.damage, photo.source_size, name)
    check_white(repair.faded_color.white, photo.source_size)
    placement = photo.meta.placement
    if placement is None:
        return repair
    white = repair.faded_color.white
    if white is not None:
        white = placement.to_result(*white) if placement.shows(*white) else None
    return dataclasses.replace(
        repair,
        damage=dataclasses.replace(repair.damage, edits=tuple(_seen_edits(repair.damage, placement))),
        faded_color=dataclasses.replace(repair.faded_color, white=white),
    )


def _seen_edits(damage: Damage, placement: Placement) -> Iterator[Edit]:
    for edit in damage.edits:
        places = [placement.to_result(x, y) for x, y in edit.points]
        points = tuple((x, y) for x, y in places if math.isfinite(x) and math.isfinite(y))  # short of the horizon
        if points:
            seen = Edit(edit.kind, points, edit.radius * placement.scale(*edit.points[0]))
            if seen.touches(placement.size):
                yield seen
