"""What the command line shows while photos are colored: a line that moves, lines that stay, or JSON lines."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from handtint.plain import printable

if TYPE_CHECKING:
    from handtint.album.order import Event, Job
    from handtint.album.pace import Estimate

_BAR_WIDTH = 20


class Console:
    """Tells of a run on standard output and names failures on standard error.

    For people: one line for each photo, and on a terminal a bar below them. With `json_lines`: one object for
    each event and nothing else on standard output.
    """

    def __init__(self, json_lines: bool) -> None:
        self.done_word = "colored"
        self.counts: Counter[str] = Counter()
        self._count = 0
        self._json = json_lines
        self._bar = not json_lines and sys.stderr is not None and sys.stderr.isatty()
        self._number = 0

    def progress(self, fraction: float, text: str) -> None:
        """Draw the bar; a text other than `Coloring 3 of 12: name` does not replace it."""
        if not self._bar or not text.startswith(("Coloring ", "Looking for ", "Reporting ")):
            return
        full = round(fraction * _BAR_WIDTH)
        line = printable(f"[{'#' * full}{'.' * (_BAR_WIDTH - full)}] {text}").replace("\n", " ")
        _write(sys.stderr, "\r\x1b[K" + clip(line, shutil.get_terminal_size().columns - 1), end="")

    def expect(self, count: int) -> None:
        """Expect so many photos, besides those already reported."""
        self._count = self._number + count

    def event(self, event: Event) -> None:
        """Tell of one photo."""
        if event.kind == "progress":
            return
        self._number += event.kind == "started"
        self.counts["made before" if event.is_routine else event.kind] += 1
        if self._json:
            self._json_event(event)
        elif event.kind == "done":
            self._line(f"{event.source} -> {event.target} ({event.seconds:.1f} s)")
            for note in event.notes:
                self._line(f"  {note}")
        elif event.kind == "skipped" and not event.is_routine:
            self._line(f"Skipped: {event.advised}")
        if event.kind == "failed":
            self.problem(event.advised)

    def planned(self, job: Job) -> None:
        """Tell of a photo that would be colored."""
        if self._json:
            record: dict[str, object] = {"event": "planned", "source": str(job.source), "target": str(job.target)}
            more = {"why": job.why, "note": job.note, "doubt": job.doubt, "follows": job.follows and str(job.follows)}
            _write_json(record | {name: text for name, text in more.items() if text})
            return
        self._line(f"{job.source} -> {job.target}" + (f" (again: {job.why})" if job.why else ""))
        if job.note:
            self._line(f"  {job.note}")
        if job.doubt:
            self._line(f"  Look at it first: {job.doubt}. As it is, it will be colored.")
        if job.follows:
            self._line(f'  Its colors will follow "{job.follows.name}" where both show the same.')

    def estimate(self, count: int, needed: Estimate, time: str) -> None:
        """Tell what a plan would need."""
        if self._json:
            left_out = {"skipped": self.counts["skipped"] + self.counts["made before"], "failed": self.counts["failed"]}
            _write_json({"event": "plan", "count": count, **left_out, **dataclasses.asdict(needed)})
            return
        made_before = self.counts["made before"]
        free = "" if needed.free_bytes is None else f" of {_size(needed.free_bytes)} free"
        self._line(
            f"{count} to color ({needed.megapixels:.0f} megapixels; about {_size(needed.result_bytes)}{free}, "
            f"about {time}), {self.counts['skipped']} skipped, {made_before} made before, "
            f"{self.counts['failed']} failed. Nothing was changed."
        )
        if needed.free_bytes is not None and needed.result_bytes > needed.free_bytes:
            self.problem("There may not be room for all of them. Free some space, or choose another folder.")

    def problem(self, text: str) -> None:
        """A sentence on standard error."""
        self.clear()
        _write(sys.stderr, printable(text))

    def say(self, text: str) -> None:
        """A sentence for people; none with `json_lines`."""
        if not self._json:
            self._line(text)

    def left_out(self, text: str) -> None:
        """A sentence on what lies in a folder and is not taken for a photo."""
        if self._json:
            _write_json({"event": "left out", "text": text})
        else:
            self._line(text)

    def finish(self, stopped: bool, seconds: float) -> None:
        """A summary."""
        counts = {kind: self.counts[kind] for kind in ("done", "skipped", "made before", "failed")}
        if self._json:
            counts["skipped"] += counts.pop("made before")
            _write_json({"event": "finished", **counts, "stopped": stopped, "seconds": round(seconds, 3)})
            return
        self.clear()
        words = {"done": self.done_word}
        parts = [f"{number} {words.get(kind, kind)}" for kind, number in counts.items() if number or kind == "done"]
        self._line(("Stopped: " if stopped else "") + ", ".join(parts) + ".")

    def clear(self) -> None:
        """Take the bar off the terminal."""
        if self._bar:
            _write(sys.stderr, "\r\x1b[K", end="")

    def _line(self, text: str) -> None:
        self.clear()
        _write(sys.stdout, printable(text))

    def _json_event(self, event: Event) -> None:
        record: dict[str, object] = {"event": event.kind, "source": str(event.source)}
        if event.target is not None:
            record["target"] = str(event.target)
        if event.kind == "started":
            record |= {"number": self._number, "count": self._count}
        else:
            record["seconds"] = round(event.seconds, 3)
        if event.text:
            record["reason"] = event.advised
        if event.kind == "done":
            record["notes"] = list(event.notes)
        _write_json(record)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


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
