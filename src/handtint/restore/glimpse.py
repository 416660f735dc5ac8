"""A repair while somebody moves its controls: the whole photo at screen size, and parts of it at full size.

Made in a fraction of the time that the repaired photo takes, and not quite the same: what depends on the size of a
pixel is weighed by the scale, and noise is measured in what is seen. Where nothing is left to do but look at it, the
photo itself is repaired and takes its place.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from handtint.imaging.photo import Photo
from handtint.imaging.resize import fit, shrink_pixels
from handtint.imaging.rows import Rows, band_rows
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.recipe.repair import Noise, Repair, Sharpness
from handtint.repair.bands import beside
from handtint.repair.damage.filling import fill, filled_as_seen, with_filling
from handtint.repair.damage.finding import Found
from handtint.repair.damage.places import Places, ascending
from handtint.repair.steps import repaired as with_steps
from handtint.restore.repairing import marked, placed

SIDE = 1024  # of the whole photo's glimpse: a screen's worth, three times as fast as a preview's
_MARGIN = 48  # pixels around a part that steps look at


@dataclass(frozen=True)
class Small:
    """A photo at screen size, to try repairs on.

    Attributes:
        photo: what it stands for, at full size.
        small: the same, small.
    """

    photo: Photo
    small: Photo

    @classmethod
    def of(cls, photo: Photo, progress: Progress | None = None) -> Small:
        """Shrink a photo. Raises `Cancelled`."""
        size = fit(photo.size, min(SIDE, max(photo.size)), min(SIDE, max(photo.size)))
        pixels = shrink_pixels(photo, size, progress or Progress())
        meta = dataclasses.replace(photo.meta, placement=None)
        return cls(photo, Photo(pixels[..., 0] if photo.pixels.ndim == 2 else pixels, meta))

    @property
    def scale(self) -> float:
        """Pixels of the small photo for one of the photo."""
        return max(self.small.size) / max(self.photo.size)


@dataclass(frozen=True, eq=False)
class Filled:
    """A photo with some damage filled, from which other damage is filled sooner than from nothing.

    Attributes:
        damage: as the recipe asks for it.
        places: the pixels that were filled.
        base: the photo with these filled.
    """

    damage: Damage
    places: Places
    base: Small

    @classmethod
    def of(cls, photo: Photo, damage: Damage, found: Found | None, filled: Photo) -> Filled:
        """What `undamaged` made of a photo."""
        return cls(damage, marked(photo, Repair(damage), found).filled, Small.of(filled))


def glimpse(
    base: Small, repair: Repair, found: Found | None, progress: Progress, filled: Filled | None = None
) -> tuple[Photo, Photo]:
    """The photo repaired: small, its pixels there; and at full size, its parts made when they are asked for.

    Args:
        base: the photo as it came.
        found: what might be damaged in it; see `marked`.
        filled: the photo with this damage filled, or with other.

    Raises `Cancelled`, `DamageError`, `RepairError`.
    """
    here = dataclasses.replace(placed(repair, base.photo), damage=Damage())
    small, photo = base.small, base.photo
    if filled is not None and filled.damage == repair.damage:
        small, photo = filled.base.small, filled.base.photo
    elif not repair.damage.is_off:
        marks, there = marked(photo, repair, found), Places.none(photo.size)
        if filled is not None:
            there, small, photo = filled.places, filled.base.small, filled.base.photo
        touched = (there | marks.filled).connected_to((there - marks.filled) | (marks.filled - there))
        anew = marks.filled.where(marks.filled.is_in(touched))
        near = [_shrunk(places, small.size) for places in (touched, anew, marks.doubtful)]
        small = _with_pixels_of(base.small, small, near[0])
        small = with_filling(small, fill(small, near[1], progress, near[2]))
        photo = filled_as_seen(_with_pixels_of(base.photo, photo, touched), anew, marks.doubtful)
    whole = with_steps(small, _at_scale(here, base.scale), progress)
    return dataclasses.replace(whole, pixels=np.asarray(whole.pixels)), _in_parts(photo, here, progress)


def _with_pixels_of(source: Photo, photo: Photo, places: Places) -> Photo:
    """The photo, but with the pixels of another one at some places."""
    if source is photo or not len(places):
        return photo

    def make(rows: np.ndarray, first: int, _above: int) -> np.ndarray:
        is_source = places.mask(slice(first, first + len(rows)))
        mixed = rows.copy()
        mixed[is_source] = source.pixels[first : first + len(rows)][is_source]
        return mixed

    return dataclasses.replace(photo, pixels=beside(make, photo.pixels))


def _shrunk(places: Places, size: tuple[int, int]) -> Places:
    """The same places in a smaller photo: each pixel of which some is."""
    rows = places.rows * size[0] // places.size[0]
    columns = places.columns * size[1] // places.size[1]
    return Places(size, ascending(rows * size[1] + columns))


def _at_scale(repair: Repair, scale: float) -> Repair:
    """A repair for a photo smaller by a scale: dots and blocks are gone there, and fine edges hardly seen."""
    faded, noise = repair.faded_color, repair.noise
    if faded.white is not None:
        faded = dataclasses.replace(faded, white=(faded.white[0] * scale, faded.white[1] * scale))
    if scale < 1:
        noise = dataclasses.replace(noise, blocks=0.0, screen=0.0)
        sharpness = Sharpness(repair.sharpness.amount * scale**2)
        return dataclasses.replace(repair, faded_color=faded, noise=noise, sharpness=sharpness)
    return dataclasses.replace(repair, faded_color=faded)


def _in_parts(photo: Photo, repair: Repair, progress: Progress) -> Photo:
    """The photo repaired; noise, screen and sharpness of each part by what that part shows."""
    fine = Repair(noise=repair.noise, sharpness=repair.sharpness)
    toned = with_steps(photo, dataclasses.replace(repair, noise=Noise(), sharpness=Sharpness()), progress)
    return toned if fine.is_off else dataclasses.replace(toned, pixels=_Parts(toned, fine))


class _Parts(Rows):
    """Pixels of a photo after the steps that look at nothing but what is near."""

    def __init__(self, photo: Photo, repair: Repair) -> None:
        self._photo, self._repair = photo, repair
        shape = photo.pixels.shape
        super().__init__(shape, photo.pixels.dtype, band_rows(shape[1]), lambda top, stop: self[top:stop, :])

    def __getitem__(self, where: slice | tuple[slice, slice]) -> np.ndarray:
        asked = where if isinstance(where, tuple) else (where, slice(None))
        wanted = [range(*part.indices(side)) for part, side in zip(asked, self.shape, strict=False)]
        around = [
            slice(max(part.start - _MARGIN, 0), min(part.stop + _MARGIN, side))
            for part, side in zip(wanted, self.shape, strict=False)
        ]
        part = Photo(np.ascontiguousarray(self._photo.pixels[around[0], around[1]]))
        made = np.asarray(with_steps(part, self._repair).pixels)
        rows, columns = (
            slice(part.start - there.start, part.stop - there.start, part.step)
            for part, there in zip(wanted, around, strict=True)
        )
        return made[rows, columns]
