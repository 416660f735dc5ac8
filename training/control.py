"""How a running training is told to stop or pause: by SIGINT and SIGTERM, or by lines on standard input.

The window writes `pause`, `resume` or `stop`; the end of the input means that it is gone, and stops the training too.
Both only set what the training asks for between two steps, so that a step is always finished and everything saved.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from typing import TextIO


class Control:
    """What was asked for so far; may be set from any thread."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._pause = threading.Event()

    def is_stopped(self) -> bool:
        """Whether the training is to end."""
        return self._stop.is_set()

    def is_paused(self) -> bool:
        """Whether it is to wait."""
        return self._pause.is_set() and not self._stop.is_set()

    def tell(self, word: str) -> None:
        """Take `pause`, `resume` or `stop`; other words are a newer window's and are ignored."""
        if word == "stop":
            self._stop.set()
        elif word == "pause":
            self._pause.set()
        elif word == "resume":
            self._pause.clear()

    def listen(self, lines: TextIO) -> None:
        """Take lines on a thread of its own, until they end."""

        def take() -> None:
            with contextlib.suppress(ValueError, OSError):  # closed at the process's end
                for line in lines:
                    self.tell(line.strip())
            self.tell("stop")

        threading.Thread(target=take, name="control", daemon=True).start()


@contextlib.contextmanager
def controlled(*, by_lines: bool) -> Iterator[Control]:
    """A `Control` set by signals (a second SIGINT ends the process at once) and, if told, by standard input."""
    control = Control()

    def stop(number: int, _frame: object) -> None:
        if control.is_stopped() and number == signal.SIGINT:
            raise KeyboardInterrupt
        control.tell("stop")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        if by_lines and sys.stdin is not None:
            control.listen(sys.stdin)
        yield control
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
