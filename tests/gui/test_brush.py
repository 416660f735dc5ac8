from __future__ import annotations

import itertools
import math

import pytest

from handtint.gui.canvas.brush import SIZES, Brush


def test_the_sizes_run_between_the_limits_in_equal_factors() -> None:
    brush, radii = Brush(smallest=0.001, largest=0.06, size=1), []
    for size in range(SIZES[0], SIZES[1] + 1):
        brush.set_size(size)
        radii.append(brush.radius((3000, 2000)))
    assert radii[0] == pytest.approx(2.0)
    assert radii[-1] == pytest.approx(120.0)
    steps = [math.log(larger / smaller) for smaller, larger in itertools.pairwise(radii)]
    assert steps == pytest.approx([steps[0]] * len(steps))


def test_keys_make_it_larger_and_smaller_within_the_sizes_there_are() -> None:
    brush = Brush(smallest=0.005, largest=0.5, size=50)
    brush.step(1)
    assert brush.size > 50
    brush.step(-1)
    assert brush.size == 50
    for _ in range(100):
        brush.step(-1)
    assert brush.size == SIZES[0]
    brush.set_size(1000)
    assert brush.size == SIZES[1]


def test_on_a_tiny_photo_each_size_still_differs_and_covers_a_pixel() -> None:
    brush, radii = Brush(smallest=0.001, largest=0.06, size=1), []
    for size in range(SIZES[0], SIZES[1] + 1):
        brush.set_size(size)
        radii.append(brush.radius((60, 80)))
    assert radii[0] >= math.sqrt(0.5)
    assert all(larger > smaller for smaller, larger in itertools.pairwise(radii))
