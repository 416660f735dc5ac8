"""What is shown of a repair while its controls move, beside what the repaired photo is."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.damage import PAINT, Damage, Edit
from handtint.recipe.repair import Fade, FadedColor, Noise, Repair, Sharpness
from handtint.repair.damage.finding import Found
from handtint.restore import glimpse, repairing

STROKE, OTHER = Edit(PAINT, ((20.0, 20.0), (60.0, 30.0)), 2.0), Edit(PAINT, ((80.0, 50.0),), 3.0)
ALL = Repair(
    Damage(0, (STROKE,)), Fade(40, 30), "lightness", FadedColor(30, (40.0, 40.0)), Noise(30, 10), Sharpness(20)
)


def scene(height: int = 90, width: int = 140) -> Photo:
    """A colored slope with grain and white strokes."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    gray = 60 + 90 * x / width + 20 * np.sin(y / 9) + rng.normal(0, 3, (height, width))
    pixels = np.stack([gray + 20, gray, gray - 15], axis=-1)
    pixels[height // 4, width // 4 : width // 2] = 255
    return Photo(np.clip(pixels, 0, 255).astype(np.uint8))


def repaired(photo: Photo, repair: Repair) -> np.ndarray:
    return np.asarray(repairing.repaired(photo, repair, Progress())[0].pixels)


def stroke_mask(edits: tuple[Edit, ...]) -> np.ndarray:
    """(h, w) bool, what is painted on `scene`."""
    return repairing.marked(scene(), Repair(Damage(0, edits)), None).filled.mask()


def test_a_small_photo_is_shown_as_it_will_be() -> None:
    photo = scene()
    whole, parts = glimpse.glimpse(glimpse.Small.of(photo), ALL, None, Progress())
    assert np.array_equal(np.asarray(whole.pixels), repaired(photo, ALL))
    toned = Repair(ALL.damage, ALL.fade, "lightness", ALL.faded_color)
    _, parts = glimpse.glimpse(glimpse.Small.of(photo), toned, None, Progress())
    assert np.array_equal(np.asarray(parts.pixels), repaired(photo, toned))


@pytest.mark.parametrize("now", [(STROKE, OTHER), (OTHER,), (STROKE,), ()])
def test_damage_is_filled_from_a_photo_whose_other_damage_is(now: tuple[Edit, ...]) -> None:
    photo = scene()
    before, damage = Damage(0, (STROKE,)), Damage(0, now)
    full = repairing.held(repairing.undamaged(photo, Repair(before), Progress()))
    filled = glimpse.Filled.of(photo, before, None, full)
    whole, parts = glimpse.glimpse(glimpse.Small.of(photo), Repair(damage), None, Progress(), filled)
    expected, is_filled = repaired(photo, Repair(damage)), stroke_mask(now)
    for pixels in (np.asarray(whole.pixels), np.asarray(parts.pixels)):
        assert np.array_equal(pixels[~is_filled], expected[~is_filled])
        assert np.abs(pixels.astype(int) - expected).max() <= 25  # grain is taken from what is sound by now
        assert np.abs(pixels.astype(int) - expected)[is_filled].sum() <= 5 * is_filled.sum()


def test_a_large_photo_is_shown_small_with_its_damage_gone() -> None:
    photo = scene(1200, 1600)
    edits = (Edit(PAINT, ((400.0, 300.5), (800.0, 300.5)), 2.0),)
    whole, parts = glimpse.glimpse(glimpse.Small.of(photo), Repair(Damage(0, edits)), None, Progress())
    assert max(whole.size) == glimpse.SIDE
    row = round(300.5 * whole.size[0] / 1200)
    assert np.asarray(whole.pixels)[row - 1 : row + 2, 300:480].max() < 220
    assert np.asarray(glimpse.Small.of(photo).small.pixels)[row - 1 : row + 2, 300:480].max() > 200
    assert parts.size == photo.size
    assert parts.pixels[298:303, 450:750].max() < 220


def test_parts_of_a_repair_by_what_is_near_are_nearly_those_of_the_whole() -> None:
    photo = scene(300, 400)
    repair = Repair(noise=Noise(50), sharpness=Sharpness(30))
    _, parts = glimpse.glimpse(glimpse.Small.of(photo), repair, None, Progress())
    there = np.s_[100:250, 150:350]
    part, whole = (picture.astype(float) for picture in (parts.pixels[there], repaired(photo, repair)[there]))
    before = np.asarray(photo.pixels)[there].astype(float)
    assert np.abs(part - whole).mean() < 0.25 * np.abs(before - whole).mean()


def test_what_might_be_damaged_must_be_known_only_where_it_is_looked_for() -> None:
    photo = scene()
    found = Found.nothing(photo.size)
    whole, _ = glimpse.glimpse(glimpse.Small.of(photo), Repair(Damage(60)), found, Progress())
    assert np.array_equal(np.asarray(whole.pixels), np.asarray(photo.pixels))
