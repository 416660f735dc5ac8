"""Where hints lie, and how a coloring follows them."""

from __future__ import annotations

import numpy as np
import pytest

from handtint.imaging.coloring.kriging import follow_hints
from handtint.recipe.hints import Hint, squares

SIZE = (100, 150)


def picture() -> tuple[np.ndarray, np.ndarray]:
    """ab and lightness: the left half is dark and warm, the right half light and cool."""
    ab, lightness = np.empty((*SIZE, 2), np.float32), np.empty(SIZE, np.float32)
    ab[:, :75], ab[:, 75:] = (10, 12), (-3, -8)
    lightness[:, :75], lightness[:, 75:] = 30, 80
    return ab, lightness


def test_a_hint_covers_its_square_and_nothing_else() -> None:
    ((rows, columns),) = squares([Hint(x=30, y=10, radius=5, a=40, b=-20)], (100, 200), (100, 200))
    assert (rows, columns) == (slice(5, 15), slice(25, 35))


def test_a_hint_lies_at_the_same_place_at_every_size() -> None:
    ((rows, columns),) = squares([Hint(x=150, y=50, radius=25, a=10, b=20)], (100, 200), (20, 40))
    assert (rows, columns) == (slice(5, 15), slice(25, 35))


def test_the_smallest_hint_still_covers_a_pixel() -> None:
    ((rows, columns),) = squares([Hint(x=4000, y=3000, radius=1, a=5, b=5)], (6000, 8000), (30, 40))
    assert (rows, columns) == (slice(15, 16), slice(20, 21))


def test_hints_at_the_border_stay_inside_the_picture() -> None:
    first, last = squares([Hint(0, 0, 8, 1, 1), Hint(200, 100, 8, 2, 2)], (100, 200), (50, 100))
    planes = np.zeros((50, 100))
    planes[first] = planes[last] = 1
    assert planes[0, 0] == planes[-1, -1] == 1
    assert planes.sum() == 32


def test_a_coloring_takes_a_hints_color_at_its_place() -> None:
    ab, lightness = picture()
    followed = follow_hints(ab, lightness, [Hint(x=40, y=50, radius=2, a=-30, b=40)], SIZE)
    assert followed.dtype == np.float32
    assert followed[50, 40] == pytest.approx((-30, 40), abs=3)


def test_a_hint_colors_what_is_like_its_place_more_than_what_is_not() -> None:
    ab, lightness = picture()
    change = np.linalg.norm(follow_hints(ab, lightness, [Hint(70, 50, 2, -30, 40)], SIZE) - ab, axis=2)
    assert change[50, 60] > 5 * change[50, 80]  # over the edge
    assert change[50, 60] > change[50, 20] > change[5, 2]  # farther and farther away


def test_a_hint_that_says_what_is_there_changes_nothing() -> None:
    ab, lightness = picture()
    assert np.abs(follow_hints(ab, lightness, [Hint(40, 50, 3, 10, 12)], SIZE) - ab).max() < 1e-4


def test_a_hint_colors_what_the_model_takes_for_the_same_more_than_what_it_does_not() -> None:
    ab, lightness = np.zeros((*SIZE, 2), np.float32), np.full(SIZE, 50, np.float32)
    chances = np.zeros((25, 38, 3), np.float32)
    chances[..., 0] = 1  # one thing
    chances[10:15, 24:30] = 0, 0.5, 0.5  # and another that looks the same in it
    hint = Hint(40, 50, 2, 40, 0)
    followed = follow_hints(ab, lightness, [hint], SIZE, chances)[..., 0]
    assert followed[50, 40] == pytest.approx(40, abs=4)
    assert followed[50, 130] > 1.5 * followed[50, 108]  # nearer, but another thing
    assert np.array_equal(
        follow_hints(ab, lightness, [hint], SIZE, np.ones_like(chances) / 3)[..., 0] > 1,
        follow_hints(ab, lightness, [hint], SIZE)[..., 0] > 1,
    )


def test_two_hints_hold_between_them_even_in_one_plain_surface() -> None:
    ab, lightness = np.zeros((*SIZE, 2), np.float32), np.full(SIZE, 50, np.float32)
    followed = follow_hints(ab, lightness, [Hint(40, 50, 2, 40, 0), Hint(60, 50, 2, 0, 0)], SIZE)
    assert followed[50, 40, 0] > 30
    assert abs(followed[50, 60, 0]) < 8


def test_of_hints_over_one_another_the_later_counts() -> None:
    ab, lightness = picture()
    under, over = Hint(40, 50, 2, -30, 40), Hint(41, 50, 6, 20, -20)
    both, last = (follow_hints(ab, lightness, hints, SIZE) for hints in ([under, over], [over]))
    assert np.array_equal(both, last)
    assert not np.array_equal(follow_hints(ab, lightness, [over, under], SIZE), last)


def test_hints_work_alike_at_every_size() -> None:
    ab, lightness = picture()
    hint = Hint(40, 50, 4, -30, 40)
    large = follow_hints(ab, lightness, [hint], SIZE)
    small = follow_hints(ab[::2, ::2], lightness, [hint], SIZE)
    assert np.abs(large[::2, ::2] - small).mean() < 0.5


def test_without_hints_a_coloring_stays_as_it_is() -> None:
    ab, lightness = picture()
    assert follow_hints(ab, lightness, [], SIZE) is ab


def test_hundreds_of_hints_are_solved() -> None:
    ab, lightness = picture()
    rng = np.random.default_rng(0)
    hints = [Hint(float(x * 150), float(y * 100), 0.5, 20, -5) for x, y in rng.random((300, 2))]
    followed = follow_hints(ab, lightness, hints, SIZE)
    assert np.abs(followed - (20, -5)).mean() < 2
