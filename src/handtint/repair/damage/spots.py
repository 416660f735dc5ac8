"""How far a spot that a person clicked on reaches: what stands out from the picture around it."""

from __future__ import annotations

import numpy as np

from handtint.imaging.photo import Photo
from handtint.repair.damage.places import Places

_ROOM = (16, 48)  # pixels looked at to each side of a click, at least and at most
_ROOM_OF_RADIUS = 6
_LEAST = 4.0  # L by which a spot must differ from what is around
_NOISE = 4.0  # deviations of what is around, likewise
_SHARE = 0.4  # of the strongest difference: a spot's pixels have at least that
_MOST = 0.25  # of what is looked at: what is larger is something in the picture


def spot_at(photo: Photo, x: float, y: float, radius: float) -> Places:
    """The pixels of the spot at a click, found within a radius of it; none where nothing small stands out."""
    height, width = photo.size
    room = int(np.clip(_ROOM_OF_RADIUS * radius, *_ROOM))
    top, left = max(int(y) - room, 0), max(int(x) - room, 0)
    rows, columns = slice(top, min(int(y) + room + 1, height)), slice(left, min(int(x) + room + 1, width))
    lightness = photo.lightness(rows, columns)
    if not lightness.size:
        return Places.none(photo.size)
    across, down = np.meshgrid(np.arange(left, columns.stop) + 0.5 - x, np.arange(top, rows.stop) + 0.5 - y)
    away = np.hypot(across, down)
    around = lightness[away > room / 2]
    if not around.size:
        return Places.none(photo.size)
    usual = np.median(around)
    spread = 1.4826 * np.median(np.abs(around - usual))
    differs = lightness - usual
    reach = np.where(away <= max(radius, 1.0), np.abs(differs), 0)
    seed = np.unravel_index(int(reach.argmax()), reach.shape)
    strongest = differs[seed]
    if abs(strongest) < max(_LEAST, _NOISE * spread):
        return Places.none(photo.size)
    alike = Places.of_mask(np.sign(strongest) * differs >= max(_SHARE * abs(strongest), 2 * spread))
    component = alike.components()
    at = int(np.searchsorted(alike.numbers, seed[0] * lightness.shape[1] + seed[1]))
    spot = alike.where(component == component[at])
    is_cut = (
        (top > 0 and (spot.rows == 0).any())
        or (left > 0 and (spot.columns == 0).any())
        or (rows.stop < height and (spot.rows == lightness.shape[0] - 1).any())
        or (columns.stop < width and (spot.columns == lightness.shape[1] - 1).any())
    )
    if is_cut or len(spot) > _MOST * lightness.size:
        return Places.none(photo.size)
    spot = spot.grown(1)  # its soft rim
    return Places(photo.size, (spot.rows + top) * width + spot.columns + left)
