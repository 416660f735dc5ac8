"""How soon the window shows a moved slider of repair: `python benchmarks/sliders.py [MEGAPIXELS] [--find] [--zoom]`.

The real window, without a screen, shows the photo of `benchmarks/damage.py`, faded, gray (colored by the app's model)
and in color (repaired only). Each slider is moved twice; the second time counts, when what it needs of the photo is
known. Seconds by the clock, and CPU seconds of all threads, from the change to the first picture that shows it, and to
the repaired photo, which is begun when nothing moved for 0.3 s; and the longest time that the window did not answer.
`--find` looks for damage first, with the network, and fills it: the sliders then move over that. `--zoom` shows the
middle at full size. Wall times mean something on a quiet machine only.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from damage import make
from PIL import Image
from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, QObject, QSettings, QTimer

from handtint.gui.app import load_colorizer, make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.model_card import list_models

_SLIDERS = {
    "gray": ("fade.amount", "fade.even", "noise.amount", "noise.grain", "noise.blocks", "sharpness.amount"),
    "color": ("faded_color.amount", "noise.amount", "noise.screen", "sharpness.amount"),
}
_TIMEOUT_S = 900.0


class Stopwatch(QObject):
    """Drives the event loop until something is true; knows when the canvas was painted and how long nothing moved."""

    def __init__(self, window: MainWindow, run_once: Callable[[], None]) -> None:
        super().__init__(window)
        self._run_once, self._paints, self._canvas = run_once, 0, window.photo_workspace.area.canvas
        self._ticks, self._timer = QElapsedTimer(), QTimer(self)
        self.longest_ms = 0
        self._canvas.installEventFilter(self)
        self._timer.timeout.connect(self._tick)
        self._ticks.start()
        self._timer.start(20)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """Count what is painted."""
        self._paints += event.type() is QEvent.Type.Paint
        return False

    def until(self, fact: Callable[[], bool]) -> tuple[float, float]:
        """Seconds by the clock and of CPU until something is true and was painted."""
        clock, cpu = time.monotonic(), time.process_time()
        while not fact():
            self._run_once()
            if time.monotonic() - clock > _TIMEOUT_S:
                raise TimeoutError("The window does not come to the end of it.")
        paints = self._paints
        self._canvas.update()  # it may have been painted already
        while self._paints == paints:
            self._run_once()
        return time.monotonic() - clock, time.process_time() - cpu

    def _tick(self) -> None:
        self.longest_ms = max(self.longest_ms, self._ticks.restart())


def measure(kind: str, path: Path, folder: Path, options: argparse.Namespace) -> None:
    """Print the figures of one photo."""
    app = make_application()
    memory = Memory(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(load_colorizer, list_models(), memory, ThemeKeeper(app))
    # Without a limit of time: with one, Qt does not wait for events, and the loop would take a core and Python's lock.
    watch = Stopwatch(window, lambda: app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents))
    window.resize(1400, 900)
    window.show()
    window.open([path])
    watch.until(lambda: _is_settled(window))
    if options.zoom:
        window.photo_workspace.area.canvas.zoom_to(1.0)
    if options.find:
        watch.longest_ms = 0
        window.session.developing.look_for_damage()
        clock, cpu = watch.until(lambda: _current(window).damage_found is not None)
        print(f"  {'find':20} {clock:6.2f} s {cpu:6.2f} CPU s, longest stall {watch.longest_ms} ms", flush=True)
    for key in _SLIDERS[kind]:
        slider = window.photo_workspace.panel.repair.sliders[key].slider
        for value in (45, 70):
            before = _current(window).after
            watch.longest_ms = 0
            slider.setValue(value)
            shown = watch.until(lambda before=before: _current(window).after is not before)
            whole = watch.until(lambda: _is_settled(window))
        slider.setValue(0)
        watch.until(lambda: _is_settled(window))
        print(
            f"  {key:20} shown {shown[0]:6.2f} s {shown[1]:6.2f} CPU s; refined {shown[0] + whole[0]:6.2f} s "
            f"{shown[1] + whole[1]:6.2f} CPU s; longest stall {watch.longest_ms} ms",
            flush=True,
        )
    window.session.close()
    window.teaching.close()


def _current(window: MainWindow) -> OpenPhoto:
    assert window.session.current is not None
    return window.session.current


def _is_settled(window: MainWindow) -> bool:
    """Whether the photo is read, repaired and colored as asked for, and that is shown."""
    photo = window.session.current
    if photo is None or photo.photo is None or not photo.is_repair_done or not window.session.developing.is_shown:
        return False
    return photo.state is (PhotoState.DONE if photo.is_to_be_colored or photo.asked.is_repaired else PhotoState.READY)


def main() -> None:
    """Make the photo in gray and in color, and measure each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("megapixels", type=float, nargs="?", default=12.0)
    parser.add_argument("--kinds", nargs="+", choices=tuple(_SLIDERS), default=tuple(_SLIDERS))
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--zoom", action="store_true")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        kind, file = options.inside
        measure(kind, Path(file), Path(file).parent, options)
        return
    gray = make(options.megapixels)[0].astype(np.float32)
    # Bands from red to blue and from blue to red by turns, or it would be taken for a toned one and colored.
    hue = np.linspace(2.0, 0.1, gray.shape[1], dtype=np.float32)
    hue = np.where((np.arange(len(gray)) // max(len(gray) // 8, 1) % 2 == 0)[:, None], hue, hue[::-1])
    photos = {
        "gray": 60 + 0.6 * gray,
        "color": np.stack([70 + 0.6 * gray * hue, 50 + 0.5 * gray, 45 + 0.4 * gray * (2 - hue)], 2),
    }
    for kind in options.kinds:
        pixels = photos[kind]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "photo.png")
            Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(file, compress_level=1)
            print(f"{kind}, {gray.size / 1e6:.1f} megapixels", flush=True)
            # A home of its own: with what an earlier run asked of the photo it would open repaired.
            home = {f"XDG_{what}_HOME": str(Path(folder, what)) for what in ("DATA", "STATE", "CONFIG", "CACHE")}
            command = [sys.executable, *sys.argv, "--inside", kind, str(file)]
            subprocess.run(command, check=True, env=os.environ | home)


if __name__ == "__main__":
    main()
