"""Progress reports and cancels."""

from __future__ import annotations

import pytest

from handtint.errors import HandtintError
from handtint.progress import Cancelled, Progress


def test_a_part_reports_its_share_of_the_whole() -> None:
    seen: list[tuple[float, str]] = []
    whole = Progress(lambda fraction, text: seen.append((fraction, text)))
    whole.part(0.5, 1.0).part(0.0, 0.5).step(0.5, "Coloring")
    assert seen == [(0.625, "Coloring")]


def test_fractions_stay_between_nothing_and_all() -> None:
    seen: list[float] = []
    progress = Progress(lambda fraction, _: seen.append(fraction))
    progress.step(-0.1)
    progress.step(1.5)
    assert seen == [0, 1]


def test_work_learns_at_its_next_step_that_it_was_cancelled() -> None:
    cancelled: list[bool] = []
    seen: list[float] = []
    part = Progress(lambda fraction, _: seen.append(fraction), lambda: bool(cancelled)).part(0, 0.5)
    part.step(0.2)
    cancelled.append(True)
    with pytest.raises(Cancelled):
        part.step(0.4)
    assert seen == [0.1]


def test_being_cancelled_is_not_an_error_a_user_sees() -> None:
    assert not issubclass(Cancelled, HandtintError)
