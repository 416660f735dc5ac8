"""Colors carried from photo to photo, with features that a fake colorizer gives."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from handtint.imaging.resize import resize_planes
from handtint.palette.carry import Reference, _is_proven, carry, keep
from handtint.palette.registration import Motion, centers
from handtint.progress import Progress
from tests.fakes import FakeColorizer

SIDE = 128
SCENE = data.camera()[60:316, 100:420].astype(np.float32) / 2.55  # a man with a camera before a skyline
COLORS = np.stack(np.broadcast_arrays(np.linspace(-40, 40, 320), np.linspace(30, -30, 256)[:, None]), axis=-1)


def frame(top: int, left: int) -> tuple[slice, slice]:
    return slice(top, top + SIDE), slice(left, left + SIDE)


def features(lightness: np.ndarray) -> np.ndarray:
    found = FakeColorizer().features(lightness, Progress())
    assert found is not None
    return found


def reference(part: tuple[slice, slice]) -> Reference:
    return keep(SCENE[part], features(SCENE[part]), COLORS[part].astype(np.float32))


def halved(planes: np.ndarray) -> np.ndarray:
    return resize_planes(planes, (planes.shape[0] // 2, planes.shape[1] // 2))


def carried(to: np.ndarray, source: Reference) -> np.ndarray | None:
    return carry(source, features(to), to)


def test_what_both_photos_show_gets_the_colors_of_the_first() -> None:
    here, there = frame(24, 104), frame(40, 80)
    planes = carried(SCENE[there], reference(here))
    assert planes is not None
    assert planes.shape == (SIDE // 2, SIDE // 2, 3)
    assert planes.dtype == np.float32
    same = planes[..., 2] == 1
    assert 0.3 < same.mean() < 0.75
    assert not planes[~same].any()
    wrong = np.linalg.norm(planes[..., :2] - halved(COLORS[there]), axis=-1)[same]
    assert np.percentile(wrong, 95) < 3
    assert not same[-3:].any()  # below the first photo
    assert not same[:, :6].any()  # left of it


def test_a_lighter_and_softer_print_gets_them_too() -> None:
    here, there = frame(24, 104), frame(32, 96)
    planes = carried(SCENE[there] * 0.75 + 20, reference(here))
    assert planes is not None
    same = planes[..., 2] == 1
    assert same.mean() > 0.3
    assert np.percentile(np.linalg.norm(planes[..., :2] - halved(COLORS[there]), axis=-1)[same], 95) < 3


def test_a_nearer_view_is_followed() -> None:
    here, there = frame(24, 104), (slice(32, 148), slice(112, 228))
    nearer = resize_planes(SCENE[there][..., None], (SIDE, SIDE))[..., 0]
    planes = carried(nearer, reference(here))
    assert planes is not None
    same = planes[..., 2] == 1
    assert same.mean() > 0.2
    wanted = resize_planes(COLORS[there], planes.shape[:2])
    assert np.percentile(np.linalg.norm(planes[..., :2] - wanted, axis=-1)[same], 95) < 3


def test_photos_of_different_things_share_no_colors() -> None:
    others = [
        data.coins()[:SIDE, :SIDE],
        data.moon()[100:228, 100:228],
        data.page()[:SIDE, :SIDE],
        data.camera()[320:448, :SIDE],
    ]
    for other in others:
        assert carried(other.astype(np.float32) / 2.55, reference(frame(24, 104))) is None


def test_photos_without_structure_share_no_colors() -> None:
    plain = np.full((SIDE, SIDE), 60, np.float32)
    flat = keep(plain, features(plain), np.full((64, 64, 2), 30, np.float32))
    assert carried(plain, flat) is None
    assert carried(SCENE[frame(24, 104)], flat) is None
    assert carried(plain, reference(frame(24, 104))) is None


def test_what_was_not_there_in_the_first_photo_gets_no_color_from_it() -> None:
    here, there = frame(24, 104), frame(32, 96)
    changed = SCENE[there].copy()
    changed[40:88, 40:88] = data.coins()[60:108, 20:68] / 2.55
    planes = carried(changed, reference(here))
    assert planes is not None
    assert planes[..., 2].mean() > 0.2
    assert planes[22:42, 22:42, 2].mean() < 0.1


@pytest.mark.parametrize(("share", "is_believed"), [(0.3, False), (0.5, True)])
def test_a_motion_that_most_of_what_it_matched_speaks_against_is_not_believed(share: float, is_believed: bool) -> None:
    field = np.random.default_rng(2).uniform(0, 100, (32, 32)).astype(np.float32)  # structure everywhere
    here = centers(field.shape, field.shape).ravel()
    likeness = np.full(field.shape, -1.0, np.float32)
    likeness.ravel()[: int(share * likeness.size)] = 0.9
    assert _is_proven(Motion(1, 0, here, here), likeness, field) is is_believed


def test_a_reference_weighs_at_most_a_mebibyte() -> None:
    rng = np.random.default_rng(0)
    panorama = rng.random((256, 768)).astype(np.float32)
    kept = keep(panorama, rng.random((32, 96, 384)).astype(np.float16), np.zeros((128, 384, 2), np.float32))
    assert kept.size_bytes <= 2**20
