"""How one photo lies over another, on places and planes made up for it."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.palette.registration import centers, matches, motions, sample

CELL = 4.0


def places(count: int, seed: int) -> np.ndarray:
    x, y = np.random.default_rng(seed).random((2, count))
    return 192 * x + 128j * y


def shaken(exact: np.ndarray, seed: int) -> np.ndarray:
    return exact + np.random.default_rng(seed).normal(0, 1, (2, len(exact))).T @ np.array([1, 1j])


def test_a_turned_and_scaled_frame_is_found_among_wrong_matches() -> None:
    here = places(300, 0)
    factor, offset = 1.06 * np.exp(0.07j), 12 - 9j
    there = shaken(factor * here + offset, 1)
    there[::2] = places(150, 2)
    (motion,) = motions(here, there, CELL)
    assert abs(motion.factor - factor) < 0.01
    assert abs(motion(np.array([96 + 64j]))[0] - (factor * (96 + 64j) + offset)) < 1
    assert 130 <= len(motion.here) <= 170


def test_what_moved_in_the_scene_has_a_motion_of_its_own() -> None:
    here = places(200, 3)
    moved = (np.abs(here.real - 60) < 30) & (np.abs(here.imag - 60) < 40)
    assert moved.sum() > 30
    there = shaken(np.where(moved, here + 40, here + 3j), 4)
    scene, walker = motions(here, there, CELL)
    assert abs(scene.offset - 3j) < 1.5
    assert abs(walker(np.array([60 + 60j]))[0] - (100 + 60j)) < 1.5


@pytest.mark.parametrize("seed", range(5))
def test_matches_without_a_common_motion_give_none(seed: int) -> None:
    assert motions(places(300, seed), places(300, seed + 100), CELL) == []


def test_a_mirrored_or_upturned_frame_is_no_motion() -> None:
    here = places(200, 0)
    assert motions(here, 192 - here.conj(), CELL) == []
    assert motions(here, 192 + 128j - here, CELL) == []


def test_matched_cells_are_each_others_most_similar() -> None:
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(12, 16, 32)).astype(np.float32)
    wide /= np.linalg.norm(wide, axis=2, keepdims=True)
    ours, theirs = wide[:, :12], wide[:, 4:]
    our_cells, their_cells = matches(ours, theirs)
    assert len(our_cells) >= 60  # 8 columns are in both, less what lies at an edge
    same = (our_cells % 12 - 4 == their_cells % 12) & (our_cells // 12 == their_cells // 12)
    assert same.mean() > 0.9


def test_a_grid_too_small_to_match_gives_no_matches() -> None:
    tiny = np.ones((2, 9, 4), np.float32)
    assert [len(cells) for cells in matches(tiny, tiny)] == [0, 0]


def test_a_plane_read_at_its_own_places_is_itself() -> None:
    plane = np.random.default_rng(0).random((7, 9, 2)).astype(np.float32)
    grid = centers((7, 9), (7, 9))
    assert np.allclose(sample(plane, grid), plane, atol=1e-6)
    between = sample(plane[..., 0], grid[:, :-1] + 0.5)
    assert np.allclose(between, (plane[:, :-1, 0] + plane[:, 1:, 0]) / 2, atol=1e-6)
    assert np.allclose(sample(plane[..., 0], grid - 100), plane[:, :1, 0])
    assert sample(plane[:1, :1], np.array([3 + 5j])).shape == (1, 2)
