"""Watches the window while something is done to it, for faults, stalls, and threads and widgets that stay."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import logging
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Iterator
from types import TracebackType
from unittest import mock

from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

STALL_S = 0.2
_TRAIL = 12  # actions told with a fault
_FEW_WIDGETS = 5  # a tool tip, and menus of pyqtgraph, which wait for the garbage collector
_OF_THE_PLATFORM = "This plugin does not support"  # what the one without a screen says of itself


class Watch:
    """What was seen while `watching`.

    Attributes:
        faults: what must not be, in words, with the number of times.
        stalls: passes of the event loop that took longer than `STALL_S`: seconds, the action, where it was then.
        left: the widgets that were there when a window was over, for each.
        trail: the last actions; the last of them is under way.
    """

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.stalls: list[tuple[float, str, str]] = []
        self.left: list[Counter[str]] = []
        self.trail: deque[str] = deque(maxlen=_TRAIL)
        self.clock = _Clock()
        self._threads = set[threading.Thread]()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Take over what Python and Qt say of faults."""

        def caught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
            self.fault("".join(traceback.format_exception(kind, error, trace)))
            traceback.clear_frames(trace)  # as the program does: a painter in one would not end

        def by_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
            is_of_file = (context.category or "").startswith("qt.gui.imageio")  # damaged, which the user is told
            if not (is_of_file or text.startswith(_OF_THE_PLATFORM)):
                self.fault(f"Qt: {text}\n{''.join(traceback.format_stack(limit=6)[:-1])}")

        listener = _Listener(self.fault)
        logging.getLogger("handtint").addHandler(listener)
        before = qInstallMessageHandler(by_qt)
        self.clock.start()
        self._threads = set(threading.enumerate())
        try:
            with (
                mock.patch.object(sys, "excepthook", caught),
                mock.patch.object(sys, "unraisablehook", lambda hook: caught(*hook[:3])),
                mock.patch.object(threading, "excepthook", lambda hook: caught(*hook[:3])),
            ):
                yield
        finally:
            qInstallMessageHandler(before)
            logging.getLogger("handtint").removeHandler(listener)
            self.clock.stop()

    def fault(self, text: str) -> None:
        """Count what must not be, and report it the first time."""
        if text not in self.faults:
            print("\n  ".join(["FAULT after", *self.trail]), text, sep="\n", flush=True)
        self.faults[text] += 1

    def run_events(self, name: str) -> None:
        """Let the event loop do what waits, a pass after the other."""
        for _ in range(3):
            self.clock.begin()
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self.check_stall(name)

    def check_stall(self, name: str) -> None:
        """Note a stall since the clock began."""
        taken, where = self.clock.end()
        if taken > STALL_S:
            self.stalls.append((taken, name, where))

    def check_rest(self) -> None:
        """What must be over with the window: its threads and its widgets."""
        deadline = time.monotonic() + 10
        while (left := set(threading.enumerate()) - self._threads) and time.monotonic() < deadline:
            time.sleep(0.01)
        if left:
            self.fault(f"threads stay: {sorted(thread.name for thread in left)}")
            self._threads |= left
        gc.collect()
        self.run_events("collecting")
        self.left.append(widgets())
        totals = [left.total() for left in self.left[-3:]]
        if len(totals) == 3 and totals[0] + _FEW_WIDGETS < totals[1] < totals[2] - _FEW_WIDGETS:
            self.fault(f"ever more widgets outlive their window: {dict(self.left[-1])}")

    def report(self) -> str:
        """All that was found."""
        lines = [f"{count} times: {text}" for text, count in self.faults.most_common()]
        lines += [f"{taken * 1000:.0f} ms in {name}\n{where}" for taken, name, where in sorted(self.stalls)[::-1][:20]]
        return "\n".join([*lines, f"{self.faults.total()} faults, {len(self.stalls)} stalls over {STALL_S:.1f} s"])


class _Listener(logging.Handler):
    """Faults that the program itself caught and told."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        self._tell(self.format(record))


class _Clock:
    """The time that the window's thread itself computed, and the place where it was when that became too long."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self.place = ""
        self._main = threading.get_ident()
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look, name="clock", daemon=True)

    def start(self) -> None:
        if hasattr(time, "pthread_getcpuclockid"):  # not on Windows
            self._looking.start()

    def stop(self) -> None:
        self._over.set()
        if self._looking.ident is not None:
            self._looking.join()

    def begin(self) -> None:
        self.place, self._begun = "", time.thread_time()

    def end(self) -> tuple[float, str]:
        taken = time.thread_time() - (self._begun or 0.0)
        self._begun = None
        return taken, self.place

    def _look(self) -> None:
        clock = time.pthread_getcpuclockid(self._main)
        while not self._over.wait(0.02):
            begun = self._begun
            if begun is not None and not self.place and time.clock_gettime(clock) - begun > STALL_S:
                self.place = self._stack()

    def _stack(self) -> str:
        """Where the window's thread is. No frame is held for that: a painter in one would not end in time."""
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            threads = file.read().split("\n\n")
        (mine,) = (text for text in threads if text.startswith(f"Thread 0x{self._main:016x}"))
        return "\n".join(mine.splitlines()[1:7])


def widgets() -> Counter[str]:
    """All there are, by kind."""
    return Counter(type(widget).__name__ for widget in QApplication.allWidgets())
