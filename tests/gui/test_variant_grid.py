"""The variants large, chosen by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from handtint.gui.photo.variant_choice import VariantChoice
from tests.gui.conftest import Studio, gray_photo
from tests.gui.plain import PlainColorizer


@pytest.fixture
def choice(studio: Studio, tmp_path: Path) -> VariantChoice:
    studio.open_colored(gray_photo(tmp_path / "aunt.png", (300, 400)))
    studio.window.actions_.variants.trigger()
    return studio.window.photo_workspace.variant_choice


def variant(studio: Studio) -> int:
    assert studio.session.current is not None
    return studio.session.current.settings.variant


def test_keys_alone_take_a_variant(choice: VariantChoice, studio: Studio, qtbot: QtBot) -> None:
    grid = choice.grid
    assert grid.isVisible()
    assert grid.hasFocus()
    assert grid.accessibleName() == "Variant 1 of 3: The most likely colors"
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert "Warmer" in grid.accessibleName()
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert variant(studio) == 0  # chosen, not taken
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert variant(studio) == 2
    assert not grid.isVisible()
    assert studio.window.photo_workspace.canvas.hasFocus()
    assert "Variant 3" in studio.window.actions_.undo.text()
    studio.window.actions_.undo.trigger()
    assert variant(studio) == 0


def test_digits_choose_and_escape_leaves(choice: VariantChoice, studio: Studio, qtbot: QtBot) -> None:
    qtbot.keyClick(choice.grid, Qt.Key.Key_3)
    assert choice.grid.chosen == 2
    qtbot.keyClick(choice.grid, Qt.Key.Key_Escape)
    assert variant(studio) == 0
    assert not choice.grid.isVisible()


def test_a_click_takes_a_variant(choice: VariantChoice, studio: Studio, qtbot: QtBot) -> None:
    grid = choice.grid
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.picture(1).center().toPoint())
    assert variant(studio) == 1
    studio.window.actions_.variants.trigger()
    assert grid.chosen == 1
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect().topLeft())
    assert grid.isVisible()


def test_the_pictures_are_as_large_as_the_window_allows(choice: VariantChoice, studio: Studio) -> None:
    grid = choice.grid
    assert grid.rect() == studio.window.photo_workspace.rect()
    studio.wait_for(lambda: grid._images[0].width() > 300)  # the small ones have 160
    places = [grid.picture(number) for number in range(3)]
    for number, place in enumerate(places):
        assert grid.rect().contains(place.toRect())
        assert place.width() / place.height() == pytest.approx(4 / 3, abs=0.01)
        assert not any(place.intersects(other) for other in places[:number])
    assert max(place.width() for place in places) > 300


def test_another_state_of_the_photo_leaves_the_grid(choice: VariantChoice, studio: Studio, tmp_path: Path) -> None:
    studio.window.open([gray_photo(tmp_path / "uncle.png")])
    assert not choice.grid.isVisible()


def test_a_model_with_one_answer_says_so(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: PlainColorizer(model.card)
    studio.open_colored(gray_photo(tmp_path / "aunt.png"))
    studio.window.actions_.variants.trigger()
    assert not studio.window.photo_workspace.variant_choice.grid.isVisible()
    assert "only one answer" in studio.said
