"""How sure the model is, shown over the photo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from handtint.gui.photo.certainty import Certainty
from handtint.recipe.settings import Settings
from tests.gui.conftest import Studio, gray_photo
from tests.gui.plain import PlainColorizer


@pytest.fixture
def certainty(studio: Studio, tmp_path: Path) -> Certainty:
    studio.open_colored(gray_photo(tmp_path / "aunt.png", (300, 400)))
    studio.window.actions_.modes[list(studio.window.actions_.modes)[2]].trigger()  # the result alone
    studio.window.actions_.certainty.trigger()
    shown = studio.window.photo_workspace.certainty
    studio.wait_for(lambda: shown.layer is not None)
    return shown


def colors(studio: Studio) -> list[QColor]:
    canvas = studio.window.photo_workspace.canvas
    image = canvas.grab().toImage()
    points = [canvas.point_of((x, 60)) for x in range(20, 400, 40)]
    return [image.pixelColor(point.toPoint()) for point in points]


def test_where_the_model_guesses_the_photo_is_violet(certainty: Certainty, studio: Studio) -> None:
    assert certainty.legend.isVisible()
    assert "violet" in certainty.legend.accessibleName()
    hues = [color for color in colors(studio) if color.saturation() > 40]
    assert hues
    assert all(240 <= color.hue() <= 300 for color in hues)
    studio.window.actions_.certainty.trigger()
    assert not certainty.legend.isVisible()
    assert any(color.saturation() > 15 and color.hue() <= 60 for color in colors(studio))  # its own colors


def test_it_stays_while_settings_change_and_follows_the_photo(
    certainty: Certainty, studio: Studio, tmp_path: Path
) -> None:
    layer = certainty.layer
    studio.session.editing.set_settings(Settings(vividness=1.0))
    studio.wait_for(lambda: studio.session.developing.is_shown)
    assert certainty.layer is layer
    assert studio.window.photo_workspace.canvas._after is layer
    studio.window.open([gray_photo(tmp_path / "uncle.png")])
    assert certainty.layer is None
    studio.wait_for(lambda: certainty.layer is not None)
    assert certainty.layer is not layer


def test_a_model_without_a_distribution_says_so(studio: Studio, tmp_path: Path) -> None:
    studio.make = lambda model: PlainColorizer(model.card)
    studio.open_colored(gray_photo(tmp_path / "aunt.png"))
    studio.window.actions_.certainty.trigger()
    assert "does not say how sure it is" in studio.said
    assert not studio.window.actions_.certainty.isChecked()
    assert studio.window.photo_workspace.certainty.layer is None
