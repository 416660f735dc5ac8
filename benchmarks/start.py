"""How soon the window appears, and whether it stalls while torch is imported: `python benchmarks/start.py [rounds]`.

Fresh processes in turns: the window as it starts, and the same with torch imported first. Seconds (CPU and by the
clock) from the start of Python to the painted window; then the longest time that the window did not answer until
the model was loaded, from a timer of 5 ms. Without a screen, set QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def main() -> None:
    """Start the window several times and print when it was painted."""
    rounds = int((sys.argv[1:] or ["3"])[0])
    found: dict[str, list[list[float]]] = {"window first": [], "torch first": []}
    for _ in range(rounds):
        for way, values in found.items():
            command = [sys.executable, __file__, way, str(time.time())]
            output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            values.append([float(value) for value in output.split()[-4:]])
    print("medians: CPU s and s to the window, s to the model, longest stall in ms")
    medians = {}
    for way, values in found.items():
        medians[way] = [statistics.median(column) for column in zip(*values, strict=True)]
        cpu, clock, model, stall = medians[way]
        print(f"  {way:12} {cpu:6.2f} {clock:6.2f} {model:6.2f} {stall * 1000:6.0f}")
    ratios = [medians["torch first"][index] / medians["window first"][index] for index in (0, 1)]
    print(f"  ratio        {ratios[0]:6.1f} {ratios[1]:6.1f}")


def start(way: str, began: float) -> None:
    """Start it once: CPU seconds and seconds until it was painted."""
    if way == "torch first":
        import torch

        assert torch
    from handtint.starting import without_collecting

    with without_collecting():  # as in __main__.py
        from handtint.gui import app as starting
    from PySide6.QtCore import QElapsedTimer, QSettings, Qt, QTimer

    from handtint.gui.main_window import MainWindow
    from handtint.gui.parts.theme import ThemeKeeper
    from handtint.gui.session.memory import Memory
    from handtint.model_card import list_models

    app = starting.make_application()
    loaded: list[float] = []

    def load(model):
        colorizer = starting.load_colorizer(model)
        loaded.append(time.time() - began)
        return colorizer

    with without_collecting():
        window = MainWindow(load, list_models(), Memory(QSettings()), ThemeKeeper(app))
    seen: list[float] = []
    longest, ticks, timer = [0], QElapsedTimer(), QTimer()

    def look() -> None:
        seen[:] = time.process_time(), time.time() - began
        ticks.start()
        timer.start(5)

    def tick() -> None:
        longest[0] = max(longest[0], ticks.restart())
        if loaded:
            app.quit()

    timer.timeout.connect(tick)
    window.painted.connect(look)
    window.painted.connect(window.session.prepare, Qt.ConnectionType.QueuedConnection)
    window.show()
    app.exec()
    window.session.close()
    window.teaching.close()
    print(*seen, loaded[0], longest[0] / 1000)


if __name__ == "__main__":
    if sys.argv[1:2] in (["window first"], ["torch first"]):
        start(sys.argv[1], float(sys.argv[2]))
    else:
        main()
