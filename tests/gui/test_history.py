"""Steps back and forward through a photo's settings."""

from __future__ import annotations

import itertools

from handtint.recipe.history import History
from handtint.recipe.settings import Settings

A, B, C = Settings(0.1), Settings(0.2), Settings(0.3)


def recorded(*all_settings: Settings) -> History:
    history = History()
    for before, after in itertools.pairwise(all_settings):
        history.record(before, after)
        history.settle()
    return history


def test_steps_are_taken_back_and_made_again_in_order() -> None:
    history = recorded(A, B, C)
    assert (history.undo(C), history.undo(B), history.undo(A)) == (B, A, None)
    assert (history.redo(A), history.redo(B), history.redo(C)) == (B, C, None)


def test_a_new_change_forgets_what_was_taken_back() -> None:
    history = recorded(A, B)
    history.undo(B)
    history.record(A, C)
    assert history.redo(C) is None
    assert history.undo(C) == A


def test_a_slider_that_is_dragged_is_one_step_until_it_is_let_go() -> None:
    history = History()
    history.record(A, B)
    history.record(B, C)
    history.settle()
    history.record(C, A)
    assert (history.undo(A), history.undo(C)) == (C, A)


def test_another_slider_is_another_step() -> None:
    history = History()
    history.record(A, B)
    strong = Settings(0.2, strength=2.0)
    history.record(B, strong)
    assert (history.undo(strong), history.undo(B)) == (B, A)


def test_recoloring_is_not_taken_back() -> None:
    history = recorded(A, B)
    assert history.undo(Settings(0.2, recolor=True)) == Settings(0.1, recolor=True)
