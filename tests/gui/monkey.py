"""Random actions ("monkey testing") on the real window, without a screen and with a colorizer that takes no time.

    python -m tests.gui.monkey [--actions 10000] [--seed 1] [--life 1000]

It triggers actions, presses keys, clicks, drags and turns the wheel, moves sliders, fills in fields, opens photos good
and bad, changes files behind the window's back, answers questions and dialogs, closes the window and opens a new one.
Looks for exceptions, messages of Qt, passes of the event loop that take the window's thread more than 200 ms of its own
time (other programs' work does not count), threads that outlive their window, and widgets that become more. What is
done comes from the seed; when work on other threads is done does not, so that a seed is no exact repetition. Prints
what was found with the actions that led there, and ends with 1 where that was more than stalls.
"""

from __future__ import annotations

import argparse
import contextlib
import faulthandler
import inspect
import os
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PIL import Image
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QUrl,
)
from PySide6.QtGui import QAction, QDesktopServices, QDrag, QDropEvent, QGuiApplication, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTabBar,
    QWidget,
)

from handtint.errors import DeviceError
from handtint.gui.app import make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.saving import printing
from handtint.gui.session.memory import Memory
from handtint.gui.shutdown import Shutdown
from handtint.model_card import ModelFile
from handtint.restore import repairing
from handtint.teaching import trainer
from tests.fakes import FakeColorizer, FakeFinder, fake_card
from tests.gui.watching import Watch, widgets

_KEYS = [
    *(Qt.Key(key) for key in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)),
    *(Qt.Key(key) for key in range(Qt.Key.Key_0, Qt.Key.Key_9 + 1)),
    *(Qt.Key(key) for key in range(Qt.Key.Key_F1, Qt.Key.Key_F12 + 1)),
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) * 3,
    *(Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Space) * 3,
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp),
    *(Qt.Key.Key_PageDown, Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight, Qt.Key.Key_Plus, Qt.Key.Key_Minus),
    *(Qt.Key.Key_Menu, Qt.Key.Key_Comma, Qt.Key.Key_Period, Qt.Key.Key_Slash, Qt.Key.Key_Question),
]
_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CONTROL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_MODIFIERS = [_NONE] * 6 + [_SHIFT, _CONTROL, _CONTROL, _ALT, _CONTROL | _SHIFT, _CONTROL | _ALT]
_LEFT, _RIGHT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
_TEXTS = ["", "0", "-1", "1e99", "nan", "Grandmother 1923", "../x", "a" * 300, "ä/\\:*?\0", "50", "#ff8800", "%n {x}"]
_TEACHER = """
import json, sys, time
found = {"event": "data", "photos": 40, "learning": 32, "held_out": 8, "left_out": {"gray": 3}, "text": "40 photos"}
def tell(event, **values):
    print(json.dumps({"event": event, "text": event, **values}), flush=True)
print(json.dumps(found), flush=True)
if sys.argv[1] == "finetune":
    for step in range(3):
        tell("step", step=step, minutes=step / 10, done=step / 3, eta_s=9.0, photos_per_second=12.0, loss=1 - step / 3)
        time.sleep(0.05)
    tell("stopped")
else:
    tell("finished")
"""
One = TypeVar("One", bound=QWidget)


def main() -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--life", type=int, default=1000, help="actions between a window's opening and its closing")
    parser.add_argument("--trace", type=Path, help="file for every action, written before it is done")
    args = parser.parse_args()
    faulthandler.enable()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        os.environ["HOME"] = str(home)
        os.environ |= {f"XDG_{kind}_HOME": str(home / kind) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
        (home / "Pictures").mkdir()
        monkey = Monkey(make_application(), home, home / "Pictures", args.seed, args.trace, hang_s=600.0)
        start = time.monotonic()
        with monkey.watching():
            while monkey.done < args.actions:
                monkey.live(min(args.life, args.actions - monkey.done))
                print(f"{monkey.done} actions, {time.monotonic() - start:.0f} s: {monkey.state()}", flush=True)
        print(monkey.report())
    return int(bool(monkey.faults))


class Monkey(Watch):
    """Lives in one window after the other.

    Args:
        home: where its photos and settings lie.
        pictures: the user's folder of pictures.
        trace: a file for every action, written before it is done.
        hang_s: after which an action that does not end ends the process, telling where it was.

    Attributes:
        done: actions so far, by what they were in `kinds`.
        widgets: that a window had at its end, for each.
    """

    def __init__(
        self,
        app: QApplication,
        home: Path,
        pictures: Path,
        seed: int,
        trace: Path | None = None,
        hang_s: float | None = None,
    ) -> None:
        super().__init__()
        self._pictures, self._hang_s = pictures, hang_s
        self._app, self._home, self._seed, self._trace = app, home, seed, trace
        self._rng, self._luck = random.Random(seed), random.Random(seed)  # the second is the model's thread's
        self.done, self.kinds = 0, Counter[str]()
        self.widgets: list[Counter[str]] = []  # of each life at its end
        self._files = _make_files(home / "photos")
        self._album = home / "photos" / "album"
        self._window: MainWindow | None = None
        self._rescue = QTimer(interval=50)  # out of menus that a button waits for
        self._rescue.timeout.connect(self._end_menu)
        self._doings: list[tuple[int, Callable[[], str]]] = [
            (20, self._trigger),
            (16, self._press_key),
            (16, self._use_control),
            (14, self._use_canvas),
            (8, self._use_mouse),
            (6, self._slide),
            (6, self._wait),
            (4, self._open),
            (3, self._fill_in),
            (2, self._touch_file),
            (1, self._drop),
            (1, self._copy),
            (1, self._resize),
        ]

    # a life

    def live(self, actions: int) -> None:
        """Open a window, do so many things to it, and close it; look at what stays."""
        self.clock.begin()
        models = [ModelFile(Path(f"/models/{name}.safetensors"), fake_card(name), 1) for name in ("unet", "small")]
        memory = Memory(QSettings(str(self._home / "settings.ini"), QSettings.Format.IniFormat))
        self._window = window = MainWindow(self._load, models, memory, ThemeKeeper(self._app))
        window.show()
        window.open_last()
        self.run_events("start")
        for _ in range(actions):
            self._act()
            if not window.isVisible():
                break  # it was closed: what is left of this life is not lived
        self._rest()
        self.widgets.append(widgets())
        self._close()

    def _load(self, model: ModelFile) -> FakeColorizer:
        kind = self._luck.random()
        failure = DeviceError("The GPU is out of memory.") if kind < 0.1 else None
        return FakeColorizer(model.card, delay_s=0.1 if kind > 0.8 else 0.0, failure=failure, fail_first=1)

    def _act(self) -> None:
        self._settle_dialogs()
        doing = self._rng.choices([what for _, what in self._doings], [weight for weight, _ in self._doings])[0]
        name = doing.__name__.strip("_")
        self.done += 1
        self.kinds[name] += 1
        self.trail.append(f"{self.done} {name}")
        if self._hang_s:
            faulthandler.dump_traceback_later(self._hang_s, exit=True)
        self.clock.begin()
        self._rescue.start()
        try:
            doing()
        except RuntimeError as error:
            if "already deleted" not in str(error):  # what was reached for went meanwhile, by an event of the action
                self.fault(traceback.format_exc())
        except Exception:
            self.fault(traceback.format_exc())
        self._rescue.stop()
        self.check_stall(f"{self.trail[-1]} itself")
        self.run_events(self.trail[-1])

    def _say(self, more: str) -> str:
        """Tell more of the action at work, before it is done."""
        self.trail[-1] += f" {more}"
        if self._trace is not None:
            with self._trace.open("a") as file:
                file.write(f"{self.trail[-1]}\n")
        return more

    def _settle_dialogs(self) -> None:
        """Now and then an end for what is open: else everything happens in the first dialog."""
        popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
        if popup is not None and self._rng.random() < 0.4:
            popup.close()
        elif isinstance(modal, QDialog) and self._rng.random() < 0.15:
            self.trail.append(f"{self.done} end {type(modal).__name__}")
            modal.accept() if self._rng.random() < 0.5 else modal.reject()
            self.run_events("the end of a dialog")

    def _end_menu(self) -> None:
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu) and popup.actions() and self._rng.random() < 0.5:
            self._rng.choice(popup.actions()).trigger()
        if popup is not None:
            popup.close()

    def _rest(self) -> None:
        """Close what is open beside the window, and wait until nothing is under way that ends by itself."""
        for _ in range(20):
            for root in QApplication.topLevelWidgets():
                if root is not self._window and root.isVisible():
                    root.reject() if isinstance(root, QDialog) else root.close()
            self.run_events("rest")
            time.sleep(0.01)

    def _close(self) -> None:
        window = self._window
        assert window is not None
        with mock.patch.object(Shutdown, "is_allowed", return_value=True):
            window.close()
        window.session.close()
        window.teaching.close()
        window.deleteLater()
        del window
        self._window = None
        self.run_events("closing")
        self.check_rest()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch, and answer what would ask a person."""
        answers = {
            (QMessageBox, "exec"): lambda box: self._answer(box),
            (QMessageBox, "question"): lambda *_: self._rng.choice(
                (QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.Cancel)
            ),
            (QFileDialog, "getOpenFileNames"): lambda *_, **__: (self._some_files(), ""),
            (QFileDialog, "getOpenFileName"): lambda *_, **__: (self._some_file(), ""),
            (QFileDialog, "getSaveFileName"): lambda *_, **__: (self._some_target(), ""),
            (QFileDialog, "getExistingDirectory"): lambda *_, **__: self._some_folder(),
            (QInputDialog, "getText"): lambda *_, **__: (self._rng.choice(_TEXTS), self._rng.random() < 0.7),
            (QInputDialog, "getItem"): lambda *given: (self._rng.choice(given[3]), self._rng.random() < 0.7),
            (QDesktopServices, "openUrl"): lambda *_: True,
            (QDrag, "exec"): lambda *_: Qt.DropAction.IgnoreAction,
            (printing, "choose_printer"): self._choose_printer,
            (repairing, "load_finder"): _Finder,
            (trainer, "_program"): lambda: [sys.executable, "-c", _TEACHER],
        }
        with contextlib.ExitStack() as stack:
            for (thing, name), answer in answers.items():
                stack.enter_context(mock.patch.object(thing, name, answer))
            stack.enter_context(super().watching())
            yield

    def state(self) -> str:
        """How it stands after a life."""
        with open("/proc/self/statm") as file:  # noqa: PTH123 POSIX only, like the processes that are killed
            mib = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        return (
            f"{self.faults.total()} faults, {len(self.stalls)} stalls, {self.widgets[-1].total()} widgets, "
            f"{self.left[-1].total()} of them left, {len(threading.enumerate())} threads, {files} files, {mib:.0f} MiB"
        )

    def report(self) -> str:
        """All that was found."""
        return f"seed {self._seed}: {self.done} actions: {dict(self.kinds.most_common())}\n{super().report()}"

    # where

    def _root(self) -> QWidget:
        """What a person could reach now: a menu that is open, a dialog, or one of the windows."""
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is not None:
            return over
        assert self._window is not None
        roots = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.isEnabled()]
        others = [one for one in roots if one is not self._window and one.windowType() is not Qt.WindowType.ToolTip]
        return self._rng.choice(others) if others and self._rng.random() < 0.3 else self._window

    def _some(self, kind: type[One]) -> One | None:
        root = self._root()
        found = [one for one in root.findChildren(kind) if one.isVisible() and one.isEnabled() and one.window() is root]
        return self._rng.choice(found) if found else None

    def _place(self, widget: QWidget) -> QPoint:
        return QPoint(self._rng.randrange(max(widget.width(), 1)), self._rng.randrange(max(widget.height(), 1)))

    def _some_file(self) -> str:
        return str(self._rng.choice([*self._files, self._home / "gone.png"])) if self._rng.random() < 0.8 else ""

    def _some_files(self) -> list[str]:
        return [name for name in (self._some_file() for _ in range(self._rng.randrange(4))) if name]

    def _some_folder(self) -> str:
        return str(self._rng.choice([self._album, self._home, self._home / "gone", ""]))

    def _some_target(self) -> str:
        name = self._rng.choice(["result.png", "result.jpg", "result.tif", "x.json", "x.html", "no suffix", "é.webp"])
        folder = self._rng.choice([self._pictures, self._home / "gone", self._album])
        return str(folder / name) if self._rng.random() < 0.8 else ""

    # what is answered

    def _answer(self, box: QMessageBox) -> int:
        self._rng.choice(box.buttons()).click()
        return box.result()

    def _choose_printer(self, printer: Any, _parent: QWidget) -> bool:
        printer.setOutputFileName(self._some_target() or str(self._home / "page.pdf"))
        return self._rng.random() < 0.7

    # what is done

    def _trigger(self) -> str:
        over = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if over is not None and not isinstance(over, QMenu):
            return self._use_control()
        assert self._window is not None
        actions = over.actions() if over is not None else _all_actions(self._window.menuBar())
        found = [one for one in actions if one.isEnabled() and one.text() and one is not self._window.actions_.quit]
        if not found:
            return self._say("nothing")
        action = self._rng.choice(found)
        said = self._say(action.text())
        action.trigger()
        return said

    def _press_key(self) -> str:
        root = self._root()
        widget = root.focusWidget() or root
        key, modifiers = self._rng.choice(_KEYS), self._rng.choice(_MODIFIERS)
        if (key, modifiers) in ((Qt.Key.Key_Q, _CONTROL), (Qt.Key.Key_F4, _ALT)):
            return self._say("nothing")
        said = self._say(f"{modifiers.name} {key.name} on {_name(widget)}")
        for _ in range(self._rng.choice((1, 1, 1, 5))):
            QTest.keyClick(widget, key, modifiers)
        return said

    def _use_control(self) -> str:
        kind = self._rng.choice((QAbstractButton, QAbstractButton, QComboBox, QAbstractItemView, QTabBar))
        widget = self._some(kind)
        if widget is None:
            return self._say("nothing")
        said = self._say(_name(widget))
        if isinstance(widget, QAbstractButton):
            widget.click()
        elif isinstance(widget, QComboBox) and widget.count():
            index = self._rng.randrange(widget.count())
            widget.setCurrentIndex(index)
            widget.activated.emit(index)
        elif isinstance(widget, QTabBar) and widget.count():
            widget.setCurrentIndex(self._rng.randrange(widget.count()))
        elif isinstance(widget, QAbstractItemView):
            self._click(widget.viewport())
        return said

    def _use_canvas(self) -> str:
        """Most of what is done with the mouse is done to the picture."""
        assert self._window is not None
        if self._root() is not self._window:
            return self._use_mouse()
        canvas = self._window.photo_workspace.canvas
        at = self._place(canvas)
        over = canvas.childAt(at)
        return self._mouse_on(over if over is not None else canvas)

    def _use_mouse(self) -> str:
        root = self._root()
        widget = root.childAt(self._place(root)) or root
        return self._mouse_on(widget)

    def _mouse_on(self, widget: QWidget) -> str:
        if not widget.isEnabled():
            return self._say("nothing")
        what = self._rng.choice(("click", "click", "double", "drag", "drag", "wheel", "wheel", "menu"))
        said = self._say(f"{what} on {_name(widget)}")
        if what == "click":
            self._click(widget)
        elif what == "double":
            QTest.mouseDClick(widget, _LEFT, self._rng.choice(_MODIFIERS), self._place(widget))
        elif what == "drag":
            self._drag(widget)
        elif what == "wheel":
            self._wheel(widget)
        else:
            QTest.mouseClick(widget, _RIGHT, _NONE, self._place(widget))
        return said

    def _click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, self._rng.choice((_LEFT, _LEFT, _LEFT, _MIDDLE)), _NONE, self._place(widget))

    def _drag(self, widget: QWidget) -> None:
        button, modifiers = self._rng.choice((_LEFT, _LEFT, _MIDDLE)), self._rng.choice(_MODIFIERS)
        QTest.mousePress(widget, button, modifiers, self._place(widget))
        for _ in range(self._rng.randrange(1, 6)):
            QTest.mouseMove(widget, self._place(widget))
            self._pass()
        if self._rng.random() < 0.1:
            QTest.keyClick(widget, Qt.Key.Key_Escape)
        QTest.mouseRelease(widget, button, modifiers, self._place(widget))

    def _pass(self) -> None:
        """One pass of the event loop within an action: a stall is a pass, not a whole action."""
        self.check_stall(f"{self.trail[-1]} itself")
        self.clock.begin()
        QCoreApplication.processEvents()
        self.check_stall(f"{self.trail[-1]} itself")
        self.clock.begin()

    def _wheel(self, widget: QWidget) -> None:
        at, turn = QPointF(self._place(widget)), self._rng.choice((-1200, -120, -15, 15, 120, 1200))
        pixels = QPoint(0, turn // 4) if self._rng.random() < 0.3 else QPoint()
        event = QWheelEvent(
            at,
            QPointF(widget.mapToGlobal(at.toPoint())),
            pixels,
            QPoint(0, turn),
            Qt.MouseButton.NoButton,
            self._rng.choice(_MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _slide(self) -> str:
        slider = self._some(QAbstractSlider)
        if slider is None:
            return self._say("nothing")
        said = self._say(_name(slider))
        slider.setSliderDown(True)
        for _ in range(self._rng.randrange(1, 6)):
            slider.setValue(self._rng.randint(slider.minimum(), slider.maximum()))
            self._pass()
        slider.setSliderDown(False)
        return said

    def _fill_in(self) -> str:
        field = self._some(self._rng.choice((QLineEdit, QAbstractSpinBox)))
        if field is None or (isinstance(field, QLineEdit) and field.isReadOnly()):
            return self._say("nothing")
        text = self._rng.choice(_TEXTS)
        said = self._say(f"{text!r} in {_name(field)}")
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, _CONTROL)
        for sign in text:  # QTest knows the keys of ASCII alone
            QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, _NONE, sign))
        QTest.keyClick(field, self._rng.choice((Qt.Key.Key_Return, Qt.Key.Key_Tab)))
        return said

    def _open(self) -> str:
        assert self._window is not None
        if self._root() is not self._window:
            return self._say("nothing")
        files = [self._album] if self._rng.random() < 0.15 else [Path(name) for name in self._some_files()]
        said = self._say(", ".join(file.name for file in files))
        self._window.open(files)
        return said

    def _drop(self) -> str:
        if self._window is None or self._root() is not self._window:
            return self._say("nothing")
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(name) for name in self._some_files()])
        said = self._say(f"{len(data.urls())} files")
        action = Qt.DropAction.CopyAction
        event = QDropEvent(QPointF(100, 100), action, data, _LEFT, _NONE)
        QApplication.sendEvent(self._window, event)
        return said

    def _copy(self) -> str:
        clipboard, kind = QGuiApplication.clipboard(), self._rng.randrange(3)
        said = self._say(("a picture", "files", "words")[kind])
        if kind == 0:
            image = QImage(30, 20, QImage.Format.Format_RGB32)
            image.fill(Qt.GlobalColor.gray)
            clipboard.setImage(image)
        elif kind == 1:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(name) for name in self._some_files()])
            clipboard.setMimeData(data)
        else:
            clipboard.setText(self._rng.choice(_TEXTS))
        return said

    def _touch_file(self) -> str:
        """Photos change, go and come back while they are open."""
        file = self._rng.choice(self._files)
        what = self._rng.choice(("turned", "gone", "damaged"))
        said = self._say(f"{file.name} {what}")
        if what == "turned" or not file.exists():
            _picture(self._rng.randrange(100)).save(file)
        elif what == "gone":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[:100])
        return said

    def _resize(self) -> str:
        assert self._window is not None
        size = self._rng.randrange(300, 1600), self._rng.randrange(200, 1000)
        said = self._say(f"to {size}")
        self._window.resize(*size)
        return said

    def _wait(self) -> str:
        wait_s = self._rng.choice((0.01, 0.05, 0.2))
        said = self._say(f"{wait_s} s")
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            self.clock.begin()
            QCoreApplication.processEvents()
            self.check_stall(self.trail[-1])
            time.sleep(0.005)
        self.clock.begin()
        return said


class _Finder(FakeFinder):
    """Sees damage where it is nearly white, without torch."""

    card = fake_card("damage")

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        return np.where(lightness > 97, 255, 0).astype(np.uint8)


def _all_actions(menu: QWidget) -> list[QAction]:
    """The actions of a menu and of those in it, as they are when it is shown."""
    if isinstance(menu, QMenu):
        menu.aboutToShow.emit()
    inside = [(action, action.menu()) for action in menu.actions()]
    return [
        one for action, more in inside for one in (action, *(_all_actions(more) if isinstance(more, QMenu) else ()))
    ]


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", "")  # of some dialogs a widget
    words = widget.accessibleName() or (text() if inspect.ismethod(text) or inspect.isbuiltin(text) else "")
    return f"{type(widget).__name__} {words!r}"


def _picture(number: int) -> Image.Image:
    rng = np.random.default_rng(number)
    small = Image.fromarray(rng.integers(0, 256, (6, 8), np.uint8))
    return small.resize((80 + 7 * number % 60, 60 + 11 * number % 50), Image.Resampling.BICUBIC)


def _make_files(folder: Path) -> list[Path]:
    """Photos gray and in color, large for a screen, damaged; and an album of such."""
    album = folder / "album"
    album.mkdir(parents=True)
    found = []
    for number, suffix in enumerate((".png", ".jpg", ".tif", ".webp") * 2):
        for home in (folder, album):
            path = home / f"{number:02}{suffix}"
            _picture(number).save(path)
            found.append(path)
    hue = np.dstack([np.add.outer(np.arange(60), np.arange(80)), *np.full((2, 60, 80), 180)]).astype(np.uint8)
    Image.fromarray(hue, "HSV").convert("RGB").save(folder / "color.png")
    _picture(1).resize((3000, 2000)).save(folder / "large.jpg", quality=30)
    (folder / "damaged.jpg").write_bytes((folder / "01.jpg").read_bytes()[:300])
    (folder / "words.png").write_text("Dear grandmother")
    (folder / "empty.tif").touch()
    return [*found, *(folder / name for name in ("color.png", "large.jpg", "damaged.jpg", "words.png", "empty.tif"))]


if __name__ == "__main__":
    sys.exit(main())
