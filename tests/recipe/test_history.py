"""Steps back and forward through a photo's recipes."""

from __future__ import annotations

import itertools

from handtint.recipe.hints import Hint
from handtint.recipe.history import MOST_STEPS, Change, History, changes
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings

A, B, C = (Recipe(Settings(vividness)) for vividness in (0.1, 0.2, 0.3))


def recorded(*recipes: Recipe) -> History:
    history = History()
    for before, after in itertools.pairwise(recipes):
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
    strong = Recipe(Settings(0.2, strength=2.0))
    history.record(B, strong)
    assert (history.undo(strong), history.undo(B)) == (B, A)


def test_another_variant_is_another_step_each_time() -> None:
    history = History()
    variants = [Recipe(Settings(variant=number)) for number in range(3)]
    for before, after in itertools.pairwise(variants):
        history.record(before, after)
    assert history.undo(variants[2]) == variants[1]


def test_recoloring_is_not_taken_back() -> None:
    history = recorded(A, B)
    assert history.undo(Recipe(Settings(0.2, recolor=True))) == Recipe(Settings(0.1, recolor=True))


def test_the_model_is_a_step_too() -> None:
    history = recorded(A, Recipe(A.color, "unet"))
    assert history.undo(Recipe(A.color, "unet")) == A


def test_a_name_goes_along_there_and_back() -> None:
    history = History()
    history.record(A, B, name="Quiet archive")
    assert history.past[-1].name == "Quiet archive"
    history.undo(B)
    assert history.future[-1].name == "Quiet archive"


def test_the_oldest_steps_go_first() -> None:
    history = recorded(*(Recipe(Settings(number / 1000)) for number in range(MOST_STEPS + 6)))
    assert len(history.past) == MOST_STEPS
    assert history.past[0].recipe == Recipe(Settings(0.005))


def test_changes_are_named_by_the_fields_that_differ() -> None:
    hint = Hint(1, 2, 3, 4, 5)
    after = Recipe(Settings(0.2, hints=(hint,)), "unet")
    assert changes(A, after) == [
        Change("color.vividness", 0.1, 0.2),
        Change("color.hints", (), (hint,)),
        Change("model", None, "unet"),
    ]
    assert changes(A, A) == []
