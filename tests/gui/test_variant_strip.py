"""The strip of variants beside the photo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from handtint.imaging.coloring.prediction import Prediction
from handtint.recipe.settings import Settings
from tests.fakes import FakeColorizer
from tests.gui.conftest import Studio, gray_photo


class OneAnswer(FakeColorizer):
    def predict(self, lightness, progress) -> Prediction:
        return Prediction(super().predict(lightness, progress).ab)


def shown(studio: Studio) -> QImage:
    current = studio.session.current
    assert current is not None
    assert current.after is not None
    return current.after.levels[-1]


def has_pictures(studio: Studio) -> bool:
    return studio.session.current is not None and len(studio.session.current.variants) == 3


def test_three_different_pictures_are_offered_and_the_first_is_what_is_shown(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.wait_for(lambda: has_pictures(studio))
    current, strip = studio.session.current, studio.window.photo_workspace.panel.variants
    assert current is not None
    assert all(current.variants[i] != current.variants[j] for i, j in ((0, 1), (0, 2), (1, 2)))
    assert current.variants[0] == shown(studio)
    assert [button.isChecked() for button in strip.buttons] == [True, False, False]
    assert not any(button.icon().isNull() for button in strip.buttons)


def test_a_click_shows_that_variant_without_asking_the_model_and_reset_leads_back(
    studio: Studio, tmp_path: Path
) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.wait_for(lambda: has_pictures(studio))
    current, panel = studio.session.current, studio.window.photo_workspace.panel
    assert current is not None
    first, second = current.variants[:2]
    panel.variants.buttons[1].click()
    studio.wait_for(lambda: shown(studio) == second)
    assert current.settings == Settings(variant=1)
    assert studio.predictions == 1
    panel.reset.click()
    studio.wait_for(lambda: shown(studio) == first)
    assert panel.variants.buttons[0].isChecked()


def test_arrow_keys_go_through_the_variants(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.wait_for(lambda: has_pictures(studio))
    current, buttons = studio.session.current, studio.window.photo_workspace.panel.variants.buttons
    assert current is not None
    studio.window.activateWindow()
    buttons[0].setFocus()
    studio.wait_for(buttons[0].hasFocus)
    QTest.keyClick(buttons[0], Qt.Key.Key_Right)
    assert current.settings.variant == 1
    QTest.keyClick(buttons[1], Qt.Key.Key_Right)
    assert current.settings.variant == 2
    QTest.keyClick(buttons[2], Qt.Key.Key_Left)
    assert current.settings.variant == 1


def test_the_pictures_follow_the_sliders(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    studio.wait_for(lambda: has_pictures(studio))
    current = studio.session.current
    assert current is not None
    studio.window.photo_workspace.panel.strength.slider.setValue(0)
    studio.wait_for(lambda: current.variants[0] == current.variants[1] == current.variants[2])


def test_every_photo_keeps_its_own_variant(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(gray_photo(tmp_path / "a.png"), gray_photo(tmp_path / "b.png"))
    buttons = studio.window.photo_workspace.panel.variants.buttons
    buttons[2].click()
    studio.window.actions_.next_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert buttons[0].isChecked()
    studio.window.actions_.previous_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert buttons[2].isChecked()


def test_a_model_with_one_answer_offers_none_and_says_why(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: OneAnswer(model.card)
    studio.open_colored(gray_photo(tmp_path / "a.png"))
    strip = studio.window.photo_workspace.panel.variants
    studio.wait_for(lambda: not strip.isEnabled())
    assert all("only one answer" in button.toolTip() for button in strip.buttons)
