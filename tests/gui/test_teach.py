"""Teaching a model from the window: choosing, following a training, the verdict, using, going back."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QPushButton
from pytestqt.qtbot import QtBot

from handtint import paths
from handtint.engine.models import build, save_model
from handtint.errors import ModelError
from handtint.gui.parts.theme import Theme
from handtint.gui.session.memory import Memory
from handtint.gui.teach.comparison import Comparison
from handtint.gui.teach.curves import Plots
from handtint.gui.teach.lesson import Lesson, LessonPhase
from handtint.gui.teach.words import headline, verdict_line
from handtint.model_card import ModelCard, ModelFile, read_card
from handtint.teaching import own_models, runs
from handtint.teaching import trainer as trainer_process
from handtint.teaching.history import TrainingHistory, is_open, recalled
from handtint.teaching.runs import Request, Run
from handtint.teaching.trainer import Trainer
from tests.fakes import fake_card
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names

FOUND = {
    "event": "data",
    "photos": 40,
    "learning": 32,
    "held_out": 8,
    "left_out": {"gray": 3, "duplicate": 1},
    "text": "40 photos",
}
FIGURES = {
    "psnr": 22.0,
    "ab_mse_mean": 200.0,
    "ab_mse_median": 150.0,
    "colorfulness": 20.0,
    "colorfulness_originals": 40.0,
}
FINISHED: dict[str, Any] = {
    "event": "finished",
    "installed": None,
    "verdict": "better",
    "difference": -20.0,
    "low": -30.0,
    "high": -10.0,
    "held_out": 8,
    "parent": FIGURES,
    "new": FIGURES | {"ab_mse_mean": 180.0, "psnr": 23.0, "colorfulness_originals": 40.0},
    "text": "better",
}


def step(minutes: float, done: float, **values: Any) -> dict[str, Any]:
    event = {"event": "step", "step": 1, "minutes": minutes, "done": done, "eta_s": 600.0, "photos_per_second": 12.0}
    return event | {"loss": 1.0 - done / 2, "text": "a step"} | values


def validation(minutes: float, done: float, error: float, samples: Path) -> dict[str, Any]:
    event = {"event": "validation", "step": 1, "minutes": minutes, "done": done, "ab_mse_ratio": error}
    return event | {"samples": str(samples), "text": "a validation"}


def sheet(path: Path, photos: int = 3, side: int = 16) -> Path:
    """Rows of gray, red (the parent's), green (the new model's), blue (the original)."""
    colors = [(90, 90, 90), (200, 0, 0), (0, 200, 0), (0, 0, 200)]
    rows = [np.full((side, side * photos, 3), color, np.uint8) for color in colors]
    Image.fromarray(np.concatenate(rows)).save(path)
    return path


class School:
    """The window of teaching with trainer processes that print what a test says."""

    def __init__(self, studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self.studio, self.qtbot, self.home = studio, qtbot, home
        self._monkeypatch = monkeypatch
        self.album = home / "album"
        self.album.mkdir()
        self.expect(FOUND, {"event": "finished", "text": "40"})
        studio.window.actions_.teach.trigger()
        window = studio.window.teaching.window
        assert window is not None
        self.window = window

    def run_program(self, source: str) -> None:
        """Let trainers be this Python program from now on."""
        program = [sys.executable, "-c", "import json, sys, time\n" + textwrap.dedent(source)]
        self._monkeypatch.setattr(trainer_process, "_program", lambda: program)

    def expect(self, *events: dict[str, Any], then: str = "") -> None:
        """Let trainers print these events, then run `then`."""
        lines = [json.dumps(event) for event in events]
        self.run_program(f"for line in {lines!r}: print(line, flush=True)\n{textwrap.dedent(then)}")

    def survey(self) -> None:
        self.window.choose.folders.add([self.album])
        self.wait_for(lambda: not self.window.choose.survey.is_running)
        self.qtbot.wait(1)  # what was added shows in the next round

    def start(self) -> Lesson:
        """Start what `expect` says after the photos were found good."""
        self.window.choose.start_button.click()
        assert self.window.lesson is not None
        return self.window.lesson

    def teach(self, *events: dict[str, Any], then: str = "") -> Lesson:
        self.survey()
        self.expect(*events, then=then)
        return self.start()

    def wait_for(self, fact: Callable[[], object]) -> None:
        self.studio.wait_for(fact)

    def wait_over(self, lesson: Lesson) -> None:
        self.wait_for(lambda: not lesson.is_running)


@pytest.fixture
def school(studio: Studio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[School]:
    bundled = tmp_path / "bundled"
    bundled.mkdir()
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: bundled)
    real = small_model(bundled / "unet.safetensors", "unet")
    studio.session.models = [real, *studio.session.models[1:]]
    studio.session.default_model = real
    studio.window.photo_workspace.panel.set_models(studio.session.models)
    made = School(studio, qtbot, monkeypatch, tmp_path)
    yield made
    studio.window.teaching.close()


def small_model(path: Path, name: str, parent: str | None = None) -> ModelFile:
    """A tiny network with random weights."""
    arguments = {"widths": [8, 8, 8, 16, 16], "decoder": [16, 8, 8, 8]}
    card = ModelCard(
        name=name,
        architecture="unet",
        arguments=arguments,
        working_size=32,
        trained_on="nothing",
        license="MIT",
        use_when="Use in tests.",
        parameters=1,
        parent=parent,
    )
    torch.manual_seed(0)
    save_model(path, build(card), card)
    return ModelFile(path, read_card(path), path.stat().st_size)


# choosing


def test_nothing_can_be_started_before_photos_are_found(school: School) -> None:
    assert not school.window.choose.start_button.isEnabled()
    assert "Choose a folder" in school.window.choose.start_button.toolTip()
    school.survey()
    assert school.window.choose.start_button.isEnabled()


def test_only_models_that_can_be_taught_are_offered(school: School) -> None:
    assert len(school.studio.session.models) == 2  # the architecture of one of them is unknown
    model = school.window.choose.model
    assert [model.itemData(index) for index in range(model.count())] == ["unet"]
    assert model.itemText(0) == "Standard"


def test_what_is_used_and_what_not_and_why_is_shown(school: School) -> None:
    school.survey()
    words = texts(school)
    assert "32" in words
    assert "to learn from" in words
    assert "left out: no color" in words
    assert "left out: a duplicate" in words


def test_too_few_photos_are_said_before_anything_is_started(school: School) -> None:
    school.expect(FOUND | {"learning": 5}, {"event": "failed", "text": "6 color photographs are too few."})
    school.survey()
    assert "6 color photographs are too few." in texts(school)
    assert not school.window.choose.start_button.isEnabled()


def test_folders_can_be_dropped_and_taken_out_again(school: School, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (school.album, gray_photo(other / "a.png"))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    school.window.dropEvent(event)
    folders = school.window.choose.folders
    school.wait_for(lambda: folders.folders == (school.album, other))
    folders.list.setCurrentRow(0)
    folders.remove_button.click()
    assert folders.folders == (other,)
    school.wait_for(lambda: not school.window.choose.survey.is_running)


def test_other_folders_end_the_survey_of_the_first_ones(school: School, tmp_path: Path) -> None:
    school.run_program("time.sleep(600)")
    school.window.choose.folders.add([school.album])
    first = school.window.choose.survey._events
    assert first is not None
    school.expect(FOUND, {"event": "finished", "text": "40"})
    school.window.choose.folders.add([tmp_path / "bundled"])
    assert not first.trainer.is_running
    school.wait_for(lambda: school.window.choose.survey.is_good)


@pytest.mark.parametrize(
    ("name", "said"), [("unet", "already"), ("../x", "cannot be called"), ("", "cannot be called")]
)
def test_a_name_that_cannot_be_taken_is_said_at_once(school: School, name: str, said: str) -> None:
    school.survey()
    school.window.choose.name.setText(name)
    assert said in school.window.choose.trouble.text()
    assert not school.window.choose.start_button.isEnabled()


def test_the_request_is_what_was_chosen(school: School) -> None:
    school.survey()
    choose = school.window.choose
    choose.name.setText("grandmother")
    choose.minutes.setValue(45)
    asked: list[Request] = []
    choose.started.disconnect()
    choose.started.connect(asked.append)
    choose.start_button.click()
    assert asked == [Request((school.album,), name="grandmother", model="unet", minutes=45.0)]


# learning


def test_a_training_is_followed_by_its_lines(school: School) -> None:
    samples = sheet(school.home / "samples.jpg")
    events = [FOUND, validation(0, 0, 0.7, samples), step(1, 0.4), step(2, 0.5), validation(2, 0.5, 0.65, samples)]
    lesson = school.teach(*events, then="sys.stdin.readline()")
    school.wait_for(lambda: len(lesson.history.errors) == 2)
    assert lesson.phase is LessonPhase.LEARNING
    assert lesson.history.losses == [(1, 0.8), (2, 0.75)]
    assert lesson.history.parent_error == 0.7
    assert school.window.learn.bar.value() == 500
    assert "50 % · 10 min left · 12 photos a second · learning from 32 photos" in school.window.learn.text.text()
    assert school.window.learn.comparison.photos.count == 3
    assert "Error on new photos 65.0 %" in plots(school).view.accessibleDescription()
    assert school.studio.window.teaching.button.text() == 'Teaching "mine": 10 min left'
    lesson.stop()
    school.wait_over(lesson)


def test_each_photo_is_shown_by_parent_new_model_and_original(qtbot: QtBot, qapp: object, tmp_path: Path) -> None:
    comparison = Comparison(None)
    qtbot.addWidget(comparison)
    comparison.resize(400, 300)
    comparison.set_names("unet", "mine")
    comparison.show_sheet(sheet(tmp_path / "s.png"), 1)
    comparison.show()
    image = comparison.photos.grab().toImage()
    cell = comparison.photos._cell
    seen = [QColor(image.pixel(round((column + 0.5) * cell), cell // 2)).getRgb()[:3] for column in range(3)]
    assert seen == [(200, 0, 0), (0, 200, 0), (0, 0, 200)]
    assert [label.text() for label in comparison.names] == ["unet", "mine (new)", "Original"]


def test_pause_resume_and_stop_reach_the_trainer_and_what_it_answers_is_shown(school: School) -> None:
    learn = school.window.learn
    lesson = school.teach(
        FOUND,
        step(1, 0.2),
        then="""
        answers = {"pause": "paused", "resume": "resumed", "stop": "stopped"}
        for line in sys.stdin:
            print(json.dumps({"event": answers[line.strip()], "text": line}), flush=True)
            if line == "stop\\n":
                break
        """,
    )
    school.wait_for(lambda: lesson.phase is LessonPhase.LEARNING)
    learn.pause_button.click()
    school.wait_for(lambda: lesson.phase is LessonPhase.PAUSED)
    assert learn.pause_button.text() == "&Resume"
    assert "paused" in learn.title.text()
    learn.pause_button.click()
    assert lesson.phase is LessonPhase.LEARNING
    learn.stop_button.click()
    assert lesson.phase is LessonPhase.STOPPING
    assert not learn.stop_button.isEnabled()
    school.wait_over(lesson)
    assert lesson.phase is LessonPhase.STOPPED
    assert learn.go_button.isVisible()


def test_a_stopped_training_is_offered_when_the_app_runs_again(school: School) -> None:
    run = runs.run_for(Request((school.album,), name="mine", minutes=30.0))
    (run.folder / "last.safetensors").write_bytes(b"x")
    (run.folder / "log.jsonl").write_text(json.dumps(step(12, 0.4)) + "\n" + '{"event": "st')
    school.studio.window.actions_.teach.trigger()
    school.qtbot.wait(1)
    assert any("40 % done" in text for text in texts(school))
    assert school.window.choose.name.text() == "mine 2"
    school.expect(step(12.5, 0.42), then="sys.stdin.readline()")
    button(school, 'Go on with teaching "mine"').click()
    lesson = school.window.lesson
    assert lesson is not None
    school.wait_for(lambda: len(lesson.history.losses) == 2)
    assert [minutes for minutes, _ in lesson.history.losses] == [12, 12.5]
    lesson.stop()
    school.wait_over(lesson)


def test_a_failed_training_says_why_and_gives_its_details(school: School) -> None:
    lesson = school.teach(FOUND, then="raise MemoryError('no room')")
    school.wait_over(lesson)
    learn = school.window.learn
    assert lesson.phase is LessonPhase.FAILED
    assert "no room" in learn.text.text()
    learn.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "Traceback" in copied
    assert "Handtint 0" in copied
    learn.back_button.click()
    assert school.window.stack.currentWidget() is school.window.choose
    assert runs.list_runs() == []


def test_a_trainer_that_is_missing_is_said_in_place(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    school.survey()
    monkeypatch.setattr(trainer_process, "_program", lambda: ["/nowhere/handtint-train"])
    lesson = school.start()
    assert lesson.phase is LessonPhase.FAILED
    assert "Reinstall Handtint" in school.window.learn.text.text()


# the verdict


@pytest.mark.parametrize(
    ("changes", "said", "detail"),
    [
        ({}, '"mine" is better than "unet"', "10 % smaller color error"),
        (
            {"verdict": "worse", "difference": 10.0, "low": 4.0, "high": 16.0},
            '"mine" is worse than "unet"',
            "5 % larger color error",
        ),
        (
            {"verdict": "no clear difference", "difference": -2.0, "low": -8.0, "high": 4.0},
            'No clear difference between "mine" and "unet"',
            "(95 % interval of the change: -4 % to +2 %)",
        ),
        ({"verdict": "no clear difference", "held_out": 4}, "No clear difference", "too few photos to tell"),
    ],
)
def test_the_verdict_is_plain_and_has_its_figures(changes: dict[str, Any], said: str, detail: str) -> None:
    result = FINISHED | changes
    assert said in headline(result, "mine", "unet")
    line = verdict_line(result, "mine", "unet")
    assert detail in line
    assert "PSNR 23.0 instead of 22.0 dB" in line
    assert ("too few" in line) == (result["held_out"] == 4)


def finished(school: School, **changes: Any) -> Lesson:
    """A training that came to its end and left a model in its run's folder."""
    model = school.home / "mine.safetensors"
    small_model(model, "mine", f"unet {'a' * 64}")
    lesson = school.teach(FOUND, step(1, 0.9), FINISHED | {"model": str(model)} | changes)
    school.wait_over(lesson)
    return lesson


def test_a_better_model_is_used_at_a_click_and_one_click_leads_back(school: School, tmp_path: Path) -> None:
    school.studio.open_colored(gray_photo(tmp_path / "a.png"))
    window, panel = school.studio.window, school.studio.window.photo_workspace.panel
    lesson = finished(school)
    assert lesson.phase is LessonPhase.FINISHED
    assert school.window.learn.use_button.property("role") == "primary"
    before = panel.model.geometry()
    school.window.learn.use_button.click()
    assert (paths.user_models_dir() / "mine.safetensors").is_file()
    assert runs.list_runs() == []
    assert not school.window.isVisible()
    assert panel.model.currentText() == "mine"
    school.wait_for(school.studio.is_colored)
    assert school.studio.session.current.model.card.name == "mine"
    assert 'From now on "mine" colors' in school.studio.said
    assert window._memory.model == "mine"
    assert panel.back.text() == "Back to Standard"
    assert panel.model.geometry() == before
    panel.back.click()
    assert panel.model.currentText() == "Standard"
    assert panel.back.isHidden()
    assert panel.model.geometry() == before


def test_without_a_clear_difference_the_model_is_used_by_enter(school: School) -> None:
    finished(school, verdict="no clear difference", difference=-2.0, low=-8.0, high=4.0)
    learn = school.window.learn
    learn.take_focus()
    assert school.window.focusWidget() is learn.use_button
    assert learn.use_button.property("role") == "primary"
    QTest.keyClick(learn.use_button, Qt.Key.Key_Space)
    assert (paths.user_models_dir() / "mine.safetensors").is_file()


def test_a_worse_model_is_not_used_by_enter(school: School) -> None:
    finished(school, verdict="worse", difference=10.0, low=5.0, high=15.0)
    learn = school.window.learn
    learn.take_focus()
    assert school.window.focusWidget() is learn.discard_button
    assert learn.use_button.property("role") != "primary"


def test_the_verdict_is_in_words_and_its_figures_are_behind_details(school: School) -> None:
    finished(school)
    learn = school.window.learn
    assert "its colors come closer to the true ones" in learn.text.text()
    assert "%" not in learn.text.text()
    learn.details_button.click()
    assert "PSNR" in learn.text.text()


def test_ones_own_model_is_renamed_and_deleted_and_a_bundled_one_never(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = school.studio.window
    actions, panel, models = window.actions_, window.photo_workspace.panel, window.photo_workspace.own_models
    school.studio.open_colored(gray_photo(tmp_path / "a.png"))
    assert not actions.delete_model.isEnabled()  # the chosen one came along
    finished(school)
    school.window.learn.use_button.click()
    school.wait_for(school.studio.is_colored)
    file = paths.user_models_dir() / "mine.safetensors"
    before = file.read_bytes()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Aunt Ida's album", True))
    actions.rename_model.trigger()
    assert panel.model.currentText() == "Aunt Ida's album"
    assert "mine.safetensors" in panel.model.itemData(panel.model.currentIndex(), Qt.ItemDataRole.ToolTipRole)
    assert file.read_bytes() == before  # recipes and results know it by its name
    assert models.chosen is not None
    models.rename(models.chosen, "Standard")
    assert "already" in school.studio.said
    answers = [False, True]
    monkeypatch.setattr("handtint.gui.photo.own_models.ask", lambda *_: answers.pop(0))
    actions.delete_model.trigger()
    assert file.exists()
    actions.delete_model.trigger()
    assert not file.exists()
    school.wait_for(school.studio.is_colored)
    assert panel.model.currentText() == "Standard"
    assert panel.model.findText("Aunt Ida's album") < 0
    with pytest.raises(ModelError):
        own_models.delete(school.studio.session.models[0])


def test_a_discarded_model_leaves_nothing_but_only_after_a_yes(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [False, True]
    monkeypatch.setattr("handtint.gui.teach.window.ask", lambda *_: answers.pop(0))
    lesson = finished(school, verdict="worse", difference=10.0, low=5.0, high=15.0)
    assert school.window.learn.use_button.property("role") != "primary"
    school.window.learn.discard_button.click()
    assert lesson.run.folder.is_dir()
    school.window.learn.discard_button.click()
    assert not lesson.run.folder.exists()
    assert school.window.stack.currentWidget() is school.window.choose
    assert not (paths.user_models_dir() / "mine.safetensors").exists()


def test_a_model_that_cannot_be_put_among_the_others_stays_and_is_said(school: School) -> None:
    lesson = finished(school)
    paths.user_models_dir().parent.mkdir(parents=True, exist_ok=True)
    paths.user_models_dir().write_text("a file where a folder belongs")
    school.window.learn.use_button.click()
    assert "It is safe in" in school.window.learn.text.text()
    assert lesson.run.folder.is_dir()


def test_a_verdict_nobody_answered_is_offered_again(school: School) -> None:
    lesson = finished(school)
    school.window.learn.back_button.click()
    school.qtbot.wait(1)
    assert any("waiting for your decision" in text for text in texts(school))
    button(school, 'Show how well "mine" does').click()
    assert school.window.lesson is not lesson
    assert school.window.learn.title.text() == '"mine" is better than "Standard"'


# closing


def test_closing_the_app_asks_and_then_lets_the_trainer_save(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    said = school.home / "said"
    lesson = school.teach(FOUND, step(1, 0.2), then=f"open({str(said)!r}, 'w').write(sys.stdin.readline())")
    school.wait_for(lambda: lesson.phase is LessonPhase.LEARNING)
    answers = [False, True]
    asked: list[str] = []
    monkeypatch.setattr(
        "handtint.gui.teach.teaching.ask", lambda _, question, *__: (asked.append(question), answers.pop(0))[1]
    )
    school.studio.window.close()
    assert school.studio.window.isVisible()
    assert lesson.is_running
    school.studio.window.close()
    assert not school.studio.window.isVisible()
    assert not lesson.is_running
    assert said.read_text() == "stop\n"
    assert asked == ["Stop teaching and close?"] * 2


def test_closing_the_window_of_teaching_lets_it_go_on(school: School) -> None:
    lesson = school.teach(FOUND, step(1, 0.2), then="sys.stdin.readline()")
    school.wait_for(lambda: lesson.phase is LessonPhase.LEARNING)
    school.window.close()
    assert lesson.is_running
    school.studio.window.teaching.button.click()
    assert school.window.isVisible()
    assert school.window.stack.currentWidget() is school.window.learn
    lesson.stop()
    school.wait_over(lesson)


# figures and looks


def test_a_curve_begins_anew_where_a_run_was_gone_on_with(tmp_path: Path) -> None:
    history = TrainingHistory()
    for minutes in (1.0, 2.0, 3.0, 1.5):
        history.take(step(minutes, 0.1))
    assert [minutes for minutes, _ in history.losses] == [1.0, 1.5]
    assert history.parent_error is None
    assert recalled(Run(tmp_path / "none", Request((tmp_path,)))).losses == []


def test_only_runs_with_something_left_to_do_are_open(tmp_path: Path) -> None:
    run = Run(tmp_path, Request((tmp_path,)))
    assert not is_open(run)
    (tmp_path / "last.safetensors").write_bytes(b"x")
    assert is_open(run)
    (tmp_path / "result.json").write_text(json.dumps(FINISHED))
    assert is_open(run)
    (tmp_path / "result.json").write_text(json.dumps(FINISHED | {"installed": "somewhere"}))
    assert not is_open(run)


def test_the_parent_is_named_by_the_card() -> None:
    assert replace(fake_card(), parent="my own model 0123abc").parent_name == "my own model"
    assert fake_card().parent_name == ""


def test_every_control_of_teaching_has_a_name_and_a_tip(school: School) -> None:
    school.survey()
    assert without_names(school.window.choose) == []
    finished(school)
    assert without_names(school.window.learn) == []


def plots(school: School) -> Plots:
    """The curves, which come as soon as the library for them is loaded."""
    curves = school.window.learn.curves
    school.wait_for(lambda: curves.plots is not None)
    assert curves.plots is not None
    return curves.plots


def test_the_window_of_teaching_is_there_before_the_library_for_curves(school: School) -> None:
    assert school.window.isVisible()
    code = """
import sys, threading
from PySide6.QtWidgets import QApplication, QWidget
from handtint.gui.teach import curves
app, loaded = QApplication([]), []
parent = QWidget()
made = curves.Curves(parent)
made.show_history(curves.TrainingHistory(), "unet")
assert made.plots is None
[thread] = [one for one in threading.enumerate() if one.name == "handtint-plots"]
thread.join()
assert made.plots is None
app.processEvents()
assert made.plots.view.parent() is made
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_plot_follows_the_theme(school: School) -> None:
    seen = []
    view = plots(school).view
    for theme in (Theme.DARK, Theme.LIGHT):
        school.studio.window.actions_.themes[theme].trigger()
        seen.append(view.backgroundBrush().color().lightness())
    assert seen[0] < 60 < 200 < seen[1]


def test_the_window_of_the_app_does_without_what_takes_long_to_import(qtbot: QtBot) -> None:
    late = "{'pyqtgraph', 'torch', 'training', 'tifffile', 'pi_heif', 'filelock'}"
    code = f"import sys, handtint.gui.main_window; print(sorted({late} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_real_trainer_teaches_a_small_model_that_is_then_used(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder of photos to the installed model, through the real process."""
    school.survey()
    monkeypatch.setattr(trainer_process, "_program", lambda: [sys.executable, "-m", "training"])
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    rng = np.random.default_rng(0)
    for number in range(26):
        photo = np.empty((72, 72, 3), np.uint8)
        photo[: rng.integers(20, 50)], photo[50:] = (150, 190, 240), (120, 70, 30)
        photo = np.where(rng.random((*photo.shape[:2], 1)) < 0.5, photo, (120, 160, 60)).astype(np.uint8)
        Image.fromarray(photo).save(school.album / f"{number}.png")
    parent = school.home / "bundled" / "unet.safetensors"

    def begin(run: Run) -> Trainer:
        return trainer_process.start(
            Run(run.folder, replace(run.request, model=str(parent), device="cpu")), install=False
        )

    school.window._start_lesson = begin
    school.window._start(Request((school.album,), name="mine", epochs=1))
    lesson = school.window.lesson
    assert lesson is not None
    school.qtbot.waitUntil(lambda: not lesson.is_running, timeout=600_000)
    assert lesson.phase is LessonPhase.FINISHED, lesson.details
    assert lesson.history.losses or lesson.history.errors
    assert 2 <= school.window.learn.comparison.photos.count <= 12
    school.window.learn.use_button.click()
    assert school.studio.session.default_model.card.name == "mine"
    assert school.studio.session.default_model.card.parent_name == "unet"


def texts(school: School) -> list[str]:
    """What the form shows."""
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in school.window.choose.findChildren(QLabel) if label.isVisible()]


def button(school: School, name: str) -> QPushButton:
    found = [b for b in school.window.choose.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible()]
    assert len(found) == 1
    return found[0]


def test_a_model_that_went_on_learning_under_its_name_does_not_lead_back_to_itself(
    qtbot: QtBot, memory: Memory, qapp: QApplication
) -> None:
    card = fake_card("unet")
    models = [ModelFile(Path("/models/unet.safetensors"), replace(card, parent=f"unet {card.sha256}"), 1)]
    studio = Studio(qtbot, memory, models, qapp)
    assert studio.window.photo_workspace.panel.back.isHidden()
    studio.session.close()
    studio.window.hide()
