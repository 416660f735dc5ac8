"""What the command line shows while photos are colored: a line that moves, lines that stay, or JSON lines."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections import Counter
from typing import TextIO

from handtint.batch import Event

_BAR_WIDTH = 20


class Console:
    """Tells of a run on standard output and names failures on standard error.

    For people: one line for each photo, and on a terminal a bar below them. With `json_lines`: one object for
    each event and nothing else on standard output.
    """

    def __init__(self, count: int, json_lines: bool) -> None:
        self.counts: Counter[str] = Counter()
        self._count = count
        self._json = json_lines
        self._bar = not json_lines and sys.stderr is not None and sys.stderr.isatty()
        self._number = 0

    def progress(self, fraction: float, text: str) -> None:
        """Draw the bar; a text that is no `Coloring 3 of 12: name` line does not replace it."""
        if not self._bar or not text.startswith("Coloring "):
            return
        full = round(fraction * _BAR_WIDTH)
        line = f"[{'#' * full}{'.' * (_BAR_WIDTH - full)}] {text}"
        _write(sys.stderr, "\r\x1b[K" + clip(line, shutil.get_terminal_size().columns - 1), end="")

    def event(self, event: Event) -> None:
        """Tell of one photo."""
        self._number += event.kind == "started"
        self.counts[event.kind] += 1
        if self._json:
            self._json_event(event)
        elif event.kind == "done":
            self._line(f"{event.source} -> {event.target} ({event.seconds:.1f} s)")
            for note in event.notes:
                self._line(f"  {note}")
        elif event.kind == "skipped":
            self._line(f"Skipped: {event.text}")
        if event.kind == "failed":
            self.problem(event.text)

    def problem(self, text: str) -> None:
        """A sentence on standard error."""
        self.clear()
        _write(sys.stderr, text)

    def say(self, text: str) -> None:
        """A sentence for people; none with `json_lines`."""
        if not self._json:
            self._line(text)

    def finish(self, stopped: bool, seconds: float) -> None:
        """The sum of it."""
        counts = {kind: self.counts[kind] for kind in ("done", "skipped", "failed")}
        if self._json:
            _write_json({"event": "finished", **counts, "stopped": stopped, "seconds": round(seconds, 3)})
            return
        self.clear()
        words = {"done": "colored", "skipped": "skipped", "failed": "failed"}
        parts = [f"{number} {words[kind]}" for kind, number in counts.items() if number or kind == "done"]
        self._line(("Stopped: " if stopped else "") + ", ".join(parts) + ".")

    def clear(self) -> None:
        """Take the bar off the terminal."""
        if self._bar:
            _write(sys.stderr, "\r\x1b[K", end="")

    def _line(self, text: str) -> None:
        self.clear()
        _write(sys.stdout, text)

    def _json_event(self, event: Event) -> None:
        record: dict[str, object] = {"event": event.kind, "source": str(event.source)}
        if event.target is not None:
            record["target"] = str(event.target)
        if event.kind == "started":
            record |= {"number": self._number, "count": self._count}
        else:
            record["seconds"] = round(event.seconds, 3)
        if event.text:
            record["reason"] = event.text
        if event.kind == "done":
            record["notes"] = list(event.notes)
        _write_json(record)


def _write_json(record: dict[str, object]) -> None:
    # Escaped to ASCII, so that any name passes through a pipe of any encoding.
    _write(sys.stdout, json.dumps(record))


def _write(stream: TextIO | None, text: str, end: str = "\n") -> None:
    if stream is not None:  # a program without a console has none
        print(text, file=stream, end=end, flush=True)


def clip(text: str, columns: int) -> str:
    """The text cut to what fits into that many columns of a terminal; wide characters take two."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used > columns:
            return text[: max(index - 1, 0)] + "…"
    return text
