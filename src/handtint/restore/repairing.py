"""A photo repaired as its recipe says: damage first, then the other steps; or as the photo itself needs it.

Places in a recipe are pixels of the upright source; the photo may be turned and cropped by now. A photo that is not
large is held repaired, so that the model and the saving after it need not repair it twice.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from dataclasses import dataclass

import numpy as np

from handtint import paths
from handtint.imaging.formats.decoded import is_large
from handtint.imaging.photo import Photo
from handtint.model_card import ModelFile, read_card
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.recipe.placement import Placement
from handtint.recipe.repair import Repair
from handtint.repair.damage.finding import DamageFinder, Found, automatic, damaged, find, without_damage
from handtint.repair.damage.kinds import kinds_of
from handtint.repair.inspecting import Findings, inspect
from handtint.repair.steps import repaired as with_steps

_finding = threading.Lock()  # one network: albums read several photos at once


@dataclass(frozen=True)
class Inspection:
    """What a photo needs.

    Attributes:
        repair: what is to be done.
        words: a line for each thing found, for people.
        findings: figures of tone, noise and color.
    """

    repair: Repair
    words: tuple[str, ...]
    findings: Findings


@functools.cache
def load_finder() -> DamageFinder:
    """The network that finds damage, on the processor. Imports torch when it is first asked for."""
    from handtint.engine.damage_finder import load_damage_finder

    path = paths.bundled_models_dir() / "damage.safetensors"
    return load_damage_finder(ModelFile(path, read_card(path), path.stat().st_size), "cpu")


def inspected(photo: Photo, progress: Progress) -> Inspection:
    """Look at a photo and say what it needs. Raises `Cancelled`."""
    return _inspected(photo, _found(photo, progress.part(0.0, 0.8)), progress.part(0.8, 1.0))


def repaired(photo: Photo, repair: Repair | None, progress: Progress) -> tuple[Photo, Repair]:
    """The photo repaired, and what was done; with `None` as the photo itself needs it.

    Raises `Cancelled`, `DamageError` and `RepairError` for places outside the photo.
    """
    found = None
    if repair is None:
        found = _found(photo, progress.part(0.0, 0.4))
        repair = _inspected(photo, found, progress.part(0.4, 0.5)).repair
        here = repair
    else:
        here = _placed(repair, photo.meta.placement)
    if repair.is_off:
        return photo, repair
    result = photo
    if not here.damage.is_off:
        if found is None:
            is_asked = here.damage.sensitivity > 0
            found = _found(photo, progress.part(0.0, 0.4)) if is_asked else Found.nothing(photo.size)
        result = without_damage(photo, found, here.damage, progress.part(0.5, 0.8))
    result = with_steps(result, dataclasses.replace(here, damage=Damage()), progress.part(0.8, 1.0))
    if result is not photo and not is_large(*photo.size):
        result = dataclasses.replace(result, pixels=np.asarray(result.pixels))
    return result, repair


def _found(photo: Photo, progress: Progress) -> Found:
    with _finding:
        return find(photo, load_finder(), progress)


def _inspected(photo: Photo, found: Found, progress: Progress) -> Inspection:
    findings, damage = inspect(photo, progress), automatic(found)
    kinds = kinds_of(damaged(found, damage))
    words = (kinds.words, *findings.words) if kinds.words else findings.words
    return Inspection(dataclasses.replace(findings.repair, damage=damage), words, findings)


def _placed(repair: Repair, placement: Placement | None) -> Repair:
    """The same with its places in pixels of the photo as it is turned and cropped."""
    if placement is None:
        return repair
    edits = tuple(
        dataclasses.replace(
            edit,
            points=tuple(placement.to_result(x, y) for x, y in edit.points),
            radius=edit.radius * placement.scale(*edit.points[0]),
        )
        for edit in repair.damage.edits
        if any(placement.shows(x, y) for x, y in edit.points)
    )
    white = repair.faded_color.white
    if white is not None:
        white = placement.to_result(*white) if placement.shows(*white) else None
    return dataclasses.replace(
        repair,
        damage=dataclasses.replace(repair.damage, edits=edits),
        faded_color=dataclasses.replace(repair.faded_color, white=white),
    )
