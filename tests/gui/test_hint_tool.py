"""The hint tool, driven by mouse and keys: colors put on places, and what becomes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from handtint.gui.canvas.canvas import Mode
from handtint.gui.hints.color_chooser import ColorChooser
from handtint.gui.hints.overlay import NONE, HintOverlay
from handtint.gui.hints.swatch import color_word
from handtint.gui.hints.tool import HintTool
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.imaging.hint_files import read_hints
from handtint.recipe.hints import Hint
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names
from tests.gui.test_closing import close

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


class Hand:
    """Drives the hint tool over a photo of 300 x 400."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio = studio
        self.path = gray_photo(folder / "a.png", (300, 400))
        studio.open_colored(self.path)
        self.canvas = studio.window.photo_workspace.canvas
        self.canvas.setFocus()
        QTest.keyClick(self.canvas, Qt.Key.Key_H)
        assert self.tool.is_on

    @property
    def tool(self) -> HintTool:
        return self.studio.window.photo_workspace.hint_tool

    @property
    def overlay(self) -> HintOverlay:
        return self.tool.overlay

    @property
    def chooser(self) -> ColorChooser:
        return self.tool.chooser

    @property
    def photo(self) -> OpenPhoto:
        assert self.studio.session.current is not None
        return self.studio.session.current

    @property
    def hints(self) -> tuple[Hint, ...]:
        return self.photo.settings.hints

    def point(self, x: float, y: float) -> QPoint:
        return self.canvas.point_of((x, y)).toPoint()

    def click(self, x: float, y: float) -> None:
        QTest.mouseClick(self.overlay, LEFT, NO_KEY, self.point(x, y))

    def put(self, x: float, y: float) -> None:
        """Put a hint in the color that is there."""
        self.click(x, y)
        self.chooser.likely[0].click()

    def write(self, color: str) -> None:
        self.chooser.text.setFocus()
        self.chooser.text.selectAll()
        QTest.keyClicks(self.chooser.text, color)
        QTest.keyClick(self.chooser.text, Qt.Key.Key_Return)

    def wait(self) -> None:
        """Until the picture is that of the hints."""
        self.studio.wait_for(lambda: self.photo.prediction is not None and self.studio.session.developing.is_shown)

    def color_at(self, x: int, y: int) -> QColor:
        assert self.photo.after is not None
        return self.photo.after.levels[0].pixelColor(x, y)


@pytest.fixture
def hand(studio: Studio, tmp_path: Path) -> Hand:
    return Hand(studio, tmp_path)


def test_a_click_puts_a_hint_in_the_color_that_is_there(hand: Hand) -> None:
    before = hand.color_at(300, 100)
    hand.put(300, 100)
    (hint,) = hand.hints
    assert (hint.x, hint.y) == pytest.approx((300, 100), abs=1)
    assert hint.b > 3
    assert before.red() > before.blue()
    assert hand.tool.index == 0
    assert hand.chooser.isVisible()


def test_a_click_shows_the_choices_and_changes_nothing_before_one_is_taken(hand: Hand) -> None:
    before = hand.photo.recipe
    hand.click(300, 100)
    assert hand.chooser.isVisible()
    hand.chooser.extent.setValue(40)
    QTest.keyClick(hand.overlay, Qt.Key.Key_Down)
    hand.click(100, 100)
    QTest.keyClick(hand.overlay, Qt.Key.Key_Escape)
    assert not hand.chooser.isVisible()
    assert hand.photo.recipe == before
    assert not hand.photo.history.past
    hand.click(300, 100)
    hand.chooser.extent.setValue(30)
    hand.chooser.gray.click()
    (hint,) = hand.hints
    assert (hint.a, hint.b, hint.radius) == (0, 0, 9)
    assert len(hand.photo.history.past) == 1


def test_the_card_stands_beside_the_photo_or_over_its_far_side(hand: Hand) -> None:
    area, card = hand.studio.window.photo_workspace.area, hand.chooser
    hand.studio.window.resize(1700, 640)
    hand.studio.wait_for(lambda: hand.canvas.width() > 1300)
    hand.canvas.fit()
    for x in (50, 350):
        hand.click(x, 100)
        corner, other = (hand.canvas.mapTo(area, hand.point(*place)) for place in ((0, 0), (400, 300)))
        assert not card.geometry().intersects(QRect(corner, other))
        assert (card.x() > other.x()) == (x == 350)
    hand.canvas.zoom_to(4.0)
    hand.click(*hand.canvas.place_at(QPointF(40, 200)))
    assert card.x() > area.width() / 2
    hand.click(*hand.canvas.place_at(QPointF(hand.canvas.width() - 40, 200)))
    assert card.geometry().right() < area.width() / 2


def test_the_card_can_be_dragged_and_stays_there_the_next_time(hand: Hand, memory: Memory) -> None:
    hand.click(300, 100)
    card = hand.chooser
    began = card.pos()
    QTest.mousePress(card, LEFT, NO_KEY, QPoint(60, 12))
    QTest.mouseMove(card, QPoint(60, 12) - began + QPoint(30, 200))
    QTest.mouseRelease(card, LEFT, NO_KEY, QPoint(60, 12))
    dragged = card.pos()
    assert dragged != began
    assert memory.hint_card is not None
    QTest.keyClick(hand.overlay, Qt.Key.Key_Escape)
    hand.click(390, 20)
    assert (card.pos() - dragged).manhattanLength() <= 2
    QTest.mouseDClick(card, LEFT, NO_KEY, QPoint(60, 12))
    assert memory.hint_card is None
    assert card.pos() != dragged


def test_a_color_chosen_for_a_hint_colors_the_photo_anew_without_asking_the_model(hand: Hand) -> None:
    hand.studio.window.photo_workspace.panel.vividness.slider.setValue(0)
    hand.put(300, 100)
    hand.chooser.extent.setValue(40)
    hand.write("#c02020")
    hand.wait()
    color = hand.color_at(300, 100)
    assert color.red() > color.green() + 60
    far = hand.color_at(20, 250)
    assert abs(far.red() - far.blue()) < 60
    assert hand.studio.predictions == 1


def test_the_likeliest_colors_are_offered_and_one_click_takes_one(hand: Hand) -> None:
    hand.put(300, 100)
    offered = [swatch for swatch in hand.chooser.likely if swatch.isVisible()]
    assert len(offered) >= 2
    QTest.mouseClick(offered[1], LEFT)
    assert (hand.hints[0].a, hand.hints[0].b) == pytest.approx(offered[1].ab, abs=0.2)
    assert hand.overlay.hasFocus()
    QTest.mouseClick(hand.chooser.gray, LEFT)
    assert (hand.hints[0].a, hand.hints[0].b) == (0, 0)


def test_dragging_in_the_color_field_is_one_step(hand: Hand) -> None:
    hand.put(300, 100)
    hand.wait()
    first = hand.hints
    field = hand.chooser.field
    QTest.mousePress(field, LEFT, NO_KEY, QPoint(20, 60))
    for x in range(20, 200, 4):
        QTest.mouseMove(field, QPoint(x, 60))
        QApplication.processEvents()
    QTest.mouseRelease(field, LEFT, NO_KEY, QPoint(200, 60))
    last = hand.hints
    assert last != first
    hand.studio.window.actions_.undo.trigger()
    assert hand.hints == first


def test_undo_and_redo_go_through_hints_and_sliders_without_asking_the_model_again(hand: Hand) -> None:
    hand.put(300, 100)
    hand.wait()
    hand.write("#2040c0")
    hand.wait()
    panel = hand.studio.window.photo_workspace.panel
    panel.strength.slider.setValue(150)
    end, asked = hand.photo.settings, hand.studio.predictions
    hand.canvas.setFocus()
    seen = []
    for _ in range(3):
        QTest.keyClick(hand.canvas, Qt.Key.Key_Z, CONTROL)
        seen.append((panel.strength.value, len(hand.hints)))
    assert seen == [(1.0, 1), (1.0, 1), (1.0, 0)]
    assert hand.photo.settings == Settings()
    assert not hand.studio.window.actions_.undo.isEnabled()
    assert not hand.chooser.isVisible()
    for _ in range(3):
        QTest.keyClick(hand.canvas, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert hand.photo.settings == end
    hand.wait()
    assert hand.studio.predictions == asked


def test_a_slider_let_go_and_dragged_again_is_two_steps(hand: Hand) -> None:
    slider = hand.studio.window.photo_workspace.panel.vividness.slider
    for values in ((70, 80, 90), (50, 20)):
        for value in values:
            slider.setValue(value)
        slider.sliderReleased.emit()
    hand.studio.session.editing.undo()
    assert hand.photo.settings.vividness == 0.9
    hand.studio.session.editing.undo()
    assert hand.photo.settings == Settings()


def test_a_hint_is_dragged_to_another_place_in_one_step(hand: Hand) -> None:
    hand.put(300, 100)
    QTest.mousePress(hand.overlay, LEFT, NO_KEY, hand.point(300, 100))
    for x in range(300, 99, -20):
        QTest.mouseMove(hand.overlay, hand.point(x, 200))
    QTest.mouseRelease(hand.overlay, LEFT, NO_KEY, hand.point(100, 200))
    assert (hand.hints[0].x, hand.hints[0].y) == pytest.approx((100, 200), abs=1.5)
    assert len(hand.hints) == 1
    hand.studio.session.editing.undo()
    assert hand.hints[0].x == pytest.approx(300, abs=1.5)


def test_a_drag_beside_the_hints_moves_the_photo_and_puts_none(hand: Hand) -> None:
    hand.canvas.zoom_to(8.0)
    view = hand.canvas.view
    QTest.mousePress(hand.overlay, LEFT, NO_KEY, QPoint(100, 100))
    for x in range(100, 161, 20):
        QTest.mouseMove(hand.overlay, QPoint(x, 100))
    QTest.mouseRelease(hand.overlay, LEFT, NO_KEY, QPoint(160, 100))
    assert hand.hints == ()
    assert hand.canvas.view.x < view.x


def test_delete_erases_the_chosen_hint_and_erase_all_the_others(hand: Hand) -> None:
    actions = hand.studio.window.actions_
    assert not actions.erase_hint.isEnabled()
    for x in (50, 150, 250):
        hand.put(x, 100)
    hand.click(150, 100)
    assert hand.tool.index == 1
    QTest.keyClick(hand.overlay, Qt.Key.Key_Delete)
    assert [round(hint.x, -1) for hint in hand.hints] == [50, 250]
    assert not hand.chooser.isVisible()
    assert hand.studio.window.photo_workspace.panel.hints.text() == "2 color hints"
    hand.studio.window.photo_workspace.panel.erase_hints.click()
    assert hand.hints == ()
    assert not hand.studio.window.photo_workspace.panel.erase_hints.isEnabled()
    hand.studio.session.editing.undo()
    assert len(hand.hints) == 2


def test_reset_takes_the_hints_too_and_can_be_taken_back(hand: Hand) -> None:
    hand.put(50, 100)
    hand.studio.window.photo_workspace.panel.reset.click()
    assert hand.photo.settings == Settings()
    hand.studio.session.editing.undo()
    assert len(hand.hints) == 1


def test_everything_can_be_done_with_keys(hand: Hand) -> None:
    overlay, key = hand.overlay, Qt.Key
    assert overlay.hasFocus()
    QTest.keyClick(overlay, key.Key_Left, SHIFT)
    QTest.keyClick(overlay, key.Key_Return)  # at the cross
    assert hand.hints == ()
    focused = hand.studio.window.focusWidget()
    assert focused is not None
    assert hand.chooser.isAncestorOf(focused)
    QTest.keyClick(focused, key.Key_Space)  # the likeliest color
    assert len(hand.hints) == 1
    assert hand.hints[0].x < 200
    hand.chooser.field.setFocus()
    before = hand.hints[0]
    QTest.keyClick(hand.chooser.field, key.Key_Up, SHIFT)
    assert np.hypot(hand.hints[0].a, hand.hints[0].b) > np.hypot(before.a, before.b)
    QTest.keyClick(hand.chooser.field, key.Key_Escape)
    assert not hand.chooser.isVisible()
    assert overlay.hasFocus()
    QTest.keyClick(overlay, key.Key_Insert)
    QTest.keyClick(hand.studio.window.focusWidget(), key.Key_Space)
    QTest.keyClick(hand.studio.window.focusWidget(), key.Key_Escape)
    assert len(hand.hints) == 2
    QTest.keyClick(overlay, key.Key_Tab)
    assert hand.tool.index == 0
    QTest.keyClick(overlay, key.Key_Tab)
    assert hand.tool.index == 1
    place = hand.hints[1]
    QTest.keyClick(overlay, key.Key_Down)
    assert hand.hints[1].y > place.y
    QTest.keyClick(overlay, key.Key_BracketRight)
    assert hand.hints[1].radius > place.radius
    QTest.keyClick(overlay, key.Key_BracketLeft)
    assert hand.hints[1].radius == place.radius
    QTest.keyClick(overlay, key.Key_Delete)
    assert len(hand.hints) == 1
    QTest.keyClick(overlay, key.Key_Escape)
    assert not hand.tool.is_on
    assert hand.canvas.hasFocus()


def test_the_pipette_takes_a_color_from_the_result_by_mouse_and_by_keys(hand: Hand) -> None:
    hand.put(300, 100)
    hand.chooser.gray.click()
    hand.chooser.pipette.click()
    hand.click(390, 250)  # light, so orange from the fake colorizer
    assert len(hand.hints) == 1
    assert hand.hints[0].b > 5
    assert not hand.chooser.pipette.isChecked()
    hand.chooser.gray.click()
    hand.chooser.pipette.click()
    QTest.keyClick(hand.overlay, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(hand.overlay, Qt.Key.Key_Return)
    assert not hand.chooser.pipette.isChecked()
    assert hand.hints[0].x == pytest.approx(300, abs=1)
    hand.chooser.pipette.click()
    QTest.keyClick(hand.overlay, Qt.Key.Key_Escape)
    assert not hand.chooser.pipette.isChecked()
    assert hand.tool.index == 0


def test_the_pipette_takes_the_photos_own_tone_where_the_photo_is_seen(studio: Studio, tmp_path: Path) -> None:
    ramp = np.linspace(20, 235, 400)[None].repeat(300, 0)
    sepia = np.clip(np.stack([ramp * 1.05, ramp * 0.95, ramp * 0.75], -1), 0, 255).astype(np.uint8)
    Image.fromarray(sepia).save(tmp_path / "sepia.png")
    hand = Hand(studio, tmp_path)
    studio.open_colored(tmp_path / "sepia.png")
    hand.canvas.set_mode(Mode.SIDE_BY_SIDE)
    hand.put(300, 100)
    hand.chooser.gray.click()
    hand.chooser.pipette.click()
    before_side = hand.point(200, 150) - QPoint((hand.canvas.width() + 12) // 2, 0)
    QTest.mouseClick(hand.overlay, LEFT, NO_KEY, before_side)
    assert hand.hints[0].b > 8
    assert abs(hand.hints[0].a) < 8


def test_colors_used_once_are_offered_again_in_the_next_session(hand: Hand, memory: Memory) -> None:
    hand.put(300, 100)
    hand.write("#2040c0")
    hand.put(100, 100)
    assert hand.chooser.recent[0].isVisible()
    assert hand.chooser.recent[0].ab == memory.hint_colors[0]
    hand.chooser.recent[0].click()
    first, second = (np.arctan2(hint.b, hint.a) for hint in hand.hints)
    assert first == pytest.approx(second, abs=0.05)


def test_a_color_too_strong_for_the_lightness_of_its_place_becomes_what_can_be_shown(hand: Hand) -> None:
    hand.put(385, 100)
    hand.write("#2030ff")
    light = hand.hints[0]
    hand.put(120, 100)
    hand.write("#2030ff")
    assert np.hypot(light.a, light.b) < 40 < np.hypot(hand.hints[1].a, hand.hints[1].b)
    assert hand.chooser.text.text() != "#2030ff"


def test_what_is_no_color_is_marked_and_changes_nothing(hand: Hand) -> None:
    hand.put(300, 100)
    before = hand.hints
    hand.write("blue")
    assert hand.hints == before
    assert hand.chooser.text.property("wrong")
    hand.write("#00f000")
    assert not hand.chooser.text.property("wrong")
    assert hand.hints[0].a < 0


def test_the_rings_are_hidden_while_the_original_is_held_and_without_the_tool(hand: Hand) -> None:
    hand.put(300, 100)
    QTest.keyClick(hand.overlay, Qt.Key.Key_Escape)
    ring = hand.point(300, 100) + QPoint(6, 0)

    def is_ringed() -> bool:
        return hand.canvas.grab().toImage().pixelColor(ring).lightness() > 220

    assert is_ringed()
    QTest.keyPress(hand.overlay, Qt.Key.Key_Space)
    assert hand.canvas.is_original_shown
    assert not is_ringed()
    QTest.keyRelease(hand.overlay, Qt.Key.Key_Space)
    assert is_ringed()
    QTest.keyClick(hand.overlay, Qt.Key.Key_H)
    assert not is_ringed()
    assert len(hand.hints) == 1


def test_hints_are_unsaved_work_until_a_result_is_saved(hand: Hand, tmp_path: Path) -> None:
    hand.put(300, 100)
    assert hand.studio.window.isWindowModified()
    assert close(hand.studio, "Keep") == ["Close without saving?"]
    hand.wait()
    result = tmp_path / "result.png"
    hand.studio.window.results.save(result, SaveOptions(format="png", provenance=False))
    hand.studio.wait_for(lambda: hand.studio.said.startswith("Saved"))
    hand.studio.window.results.save(result, SaveOptions(format="png", overwrite=True))
    hand.studio.wait_for(lambda: not hand.studio.window.results.is_writing)
    assert read_hints(result) == {"a.png": hand.hints}
    assert not hand.studio.window.isWindowModified()
    assert close(hand.studio) == []


def test_hints_are_saved_in_a_file_and_loaded_from_it_or_from_a_result(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = hand.studio
    for x in (100, 300):
        hand.put(x, 100)
    put = hand.hints
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    studio.window.actions_.save_hints.trigger()
    assert studio.said == 'Hints saved in "mine.json".'
    assert read_hints(tmp_path / "mine.json") == {"a.png": put}
    studio.window.actions_.save_hints.trigger()
    assert studio.said == '"mine.json" already exists. Choose another name.'
    hand.wait()
    studio.window.results.save(tmp_path / "result.png", SaveOptions(format="png"))
    studio.wait_for(lambda: studio.said.startswith("Saved"))
    for name in ("mine.json", "result.png"):
        studio.window.actions_.erase_hints.trigger()
        assert hand.hints == ()
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, name=name: (str(tmp_path / name), ""))
        studio.window.actions_.load_hints.trigger()
        assert studio.said == 'Hints loaded for "a.png".'
        assert hand.hints == put
    studio.session.editing.undo()
    assert hand.hints == ()


def test_hints_of_another_photo_or_outside_this_one_are_not_put(hand: Hand, tmp_path: Path) -> None:
    store = hand.studio.window.photo_workspace.hint_store
    for name, text, said in (
        ("b.json", '{"b.png": []}', '"b.json" has hints for "b.png", which is not open.'),
        ("far.json", '{"a.png": [{"x": 900, "y": 9, "a": 1, "b": 1}]}', 'Hint 1 of "a.png" lies at 900, 9, outside'),
        ("bad.json", "{", '"bad.json" is not valid JSON'),
    ):
        (tmp_path / name).write_text(text)
        store.load(tmp_path / name)
        assert hand.studio.said.startswith(said)
    assert hand.hints == ()


def test_hints_loaded_for_a_photo_not_looked_at_yet_color_it_when_it_is(hand: Hand, tmp_path: Path) -> None:
    studio = hand.studio
    studio.open_colored(gray_photo(tmp_path / "b.png", (300, 400)))
    (tmp_path / "h.json").write_text('{"a.png": [{"x": 9, "y": 9, "a": 30, "b": 1}]}')
    studio.window.photo_workspace.hint_store.load(tmp_path / "h.json")
    assert hand.hints == ()
    studio.window.actions_.previous_photo.trigger()
    studio.wait_for(studio.is_colored)
    assert len(hand.hints) == 1


def test_every_photo_keeps_its_hints_and_the_chooser_stays_with_its_own(hand: Hand, tmp_path: Path) -> None:
    hand.put(300, 100)
    first = hand.hints
    hand.studio.open_colored(gray_photo(tmp_path / "b.png", (300, 400)))
    assert hand.hints == ()
    assert not hand.chooser.isVisible()
    assert hand.overlay.isVisible()
    hand.studio.window.actions_.previous_photo.trigger()
    hand.studio.wait_for(hand.studio.is_colored)
    assert hand.hints == first
    assert hand.tool.index == NONE


def test_in_a_small_window_the_chooser_stands_where_more_room_is(hand: Hand) -> None:
    hand.studio.window.resize(800, 560)
    hand.studio.wait_for(lambda: hand.canvas.width() < 520)
    hand.put(250, 150)
    area = hand.studio.window.photo_workspace.area
    assert area.rect().contains(hand.chooser.geometry())
    assert not hand.chooser.geometry().contains(hand.canvas.mapTo(area, hand.point(250, 150)))


def test_the_chooser_stays_inside_the_window_and_all_in_it_has_a_name(hand: Hand) -> None:
    area = hand.studio.window.photo_workspace.area
    for x, y in ((2, 2), (398, 2), (2, 298), (398, 298), (170, 150)):
        hand.put(x, y)
        assert hand.chooser.isVisible()
        assert area.rect().contains(hand.chooser.geometry())
        assert not hand.chooser.geometry().contains(hand.canvas.mapTo(area, hand.point(x, y)))
        assert without_names(hand.studio.window) == []
        QTest.keyClick(hand.overlay, Qt.Key.Key_Delete)


def test_keys_of_the_window_still_work_over_the_hints(hand: Hand) -> None:
    hand.put(300, 100)
    scale = hand.canvas.view.scale
    QTest.keyClick(hand.overlay, Qt.Key.Key_Plus, CONTROL)
    assert hand.canvas.view.scale > scale
    assert isinstance(QApplication.focusWidget(), QWidget)


@pytest.mark.parametrize(
    ("lightness", "ab", "word"),
    [
        (50, (1, -2), "gray"),
        (70, (15, 25), "orange"),
        (30, (15, 25), "brown"),
        (60, (0, 60), "yellow"),
        (50, (-40, 30), "green"),
        (40, (10, -50), "blue"),
        (50, (60, 40), "red"),
        (60, (50, -40), "violet"),
        (60, (40, 2), "pink"),
    ],
)
def test_colors_have_plain_names(lightness: float, ab: tuple[float, float], word: str) -> None:
    assert color_word(lightness, ab) == word
