"""Progress of a piece of work: it reports, and it is where work learns that it was cancelled.

Work is a plain function that takes a `Progress` and calls `step` often. Qt, the command line and training
drive the same functions and differ only in what they do with the reports.
"""

from __future__ import annotations

from collections.abc import Callable

STOPPED = 130  # exit code of a program whose work was cancelled, by Ctrl-C, SIGTERM or who started it


class Cancelled(Exception):
    """The user stopped the work. Not an error: nothing is shown, nothing is kept."""


def _ignore(_fraction: float, _text: str) -> None:
    pass


def _never() -> bool:
    return False


class Progress:
    """Reports (fraction 0..1, text) and raises `Cancelled` at the next step once cancelled.

    Args:
        report: called with the fraction done, 0..1, and a line such as `Coloring "Broadway 1905.tif"`.
        is_cancelled: asked at every step; may be called from the working thread.
    """

    def __init__(
        self,
        report: Callable[[float, str], None] = _ignore,
        is_cancelled: Callable[[], bool] = _never,
    ) -> None:
        self._report = report
        self._is_cancelled = is_cancelled

    def step(self, fraction: float, text: str = "") -> None:
        """Report that `fraction` of the work is done. Raises `Cancelled`."""
        if self._is_cancelled():
            raise Cancelled
        self._report(min(max(fraction, 0.0), 1.0), text)

    def part(self, start: float, stop: float) -> Progress:
        """A `Progress` whose 0..1 is `start`..`stop` of this one."""

        def report(fraction: float, text: str) -> None:
            self._report(start + (stop - start) * fraction, text)

        return Progress(report, self._is_cancelled)
