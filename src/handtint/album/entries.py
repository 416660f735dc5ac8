"""What the journal knows of one photo, and how that stands in a row of its table.

A row may be a stranger's: one that no run of ours writes is None.
"""

from __future__ import annotations

import json
import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handtint.foreign import stays_inside
from handtint.stamps import Stamp, stamp_if_there

State = Literal["started", "done", "failed", "skipped"]
_STATES = ("started", "done", "failed", "skipped")

COLUMNS = (
    "target, source, state, source_size, source_mtime_ns, sha256, work, reason, notes, seconds, pixels, "
    "made_size, made_mtime_ns, before_size, before_mtime_ns, time"
)


@dataclass(frozen=True)
class Entry:
    """What the journal knows of one photo.

    Attributes:
        target: where its result is or would be.
        source: the photo.
        state: see the module's text.
        stamp: of the source when work on it began; None if it could not be asked.
        sha256: of the source's bytes, hexadecimal; None before the result was made.
        work: what was asked for (settings, model, saving), as a hash.
        reason: why it failed or was skipped, as a sentence.
        notes: sentences on how the result was made.
        seconds, pixels: how long it took, and the photo's size.
        made: the stamp of the last result that Handtint put at `target`, or None.
        before: the stamp of whatever was at `target`, ours or not, when work began; None if nothing was.
        time: of this entry, seconds since 1970.
    """

    target: Path
    source: Path
    state: State
    stamp: Stamp | None
    work: str
    sha256: str | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    pixels: int = 0
    made: Stamp | None = None
    before: Stamp | None = None
    time: float = 0.0

    @property
    def is_untouched(self) -> bool:
        """Whether the result is the one that Handtint made: there, and not changed since."""
        return self.made is not None and stamp_if_there(self.target) == self.made


def entry_of(folder: Path, row: tuple) -> Entry | None:
    """The entry that a row of `COLUMNS` holds, in the journal of that folder; None for a row that is none of ours."""
    try:
        return _entry(folder, row)
    except (ValueError, TypeError, RecursionError):
        return None


def _entry(folder: Path, row: tuple) -> Entry:
    target, source, state, size, mtime_ns, sha256, work, reason, notes, seconds, pixels, *stamps, moment = row
    place, came_from, said = os.fsdecode(target), Path(os.fsdecode(source)), json.loads(_text(notes))
    if not stays_inside(place) or place in ("", ".") or "\0" in str(came_from):
        raise ValueError(place)
    if state not in _STATES or not isinstance(said, list):
        raise ValueError(state)
    return Entry(
        target=folder / place,
        source=came_from,
        state=state,
        stamp=_stamp(size, mtime_ns),
        work=_text(work),
        sha256=None if sha256 is None else _text(sha256),
        reason=_text(reason),
        notes=tuple(map(_text, said)),
        seconds=_number(seconds),
        pixels=int(_number(pixels)),
        made=_stamp(*stamps[:2]),
        before=_stamp(*stamps[2:]),
        time=_number(moment),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # half a character, as JSON can hold it, could not be shown
    return value


def _number(value: Any) -> float:
    """A number that can be a size, a length of time or a moment before the year 2900."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 3e10:
        raise ValueError(value)
    return float(value)


def _stamp(size: Any, mtime_ns: Any) -> Stamp | None:
    if size is None:
        return None
    if not (isinstance(size, int) and isinstance(mtime_ns, int)):
        raise TypeError(size)
    return Stamp(size, mtime_ns)


def name_key(path: Path) -> str:
    """The same for names that some disk takes for one: `A.jpg` and `a.jpg`, composed and decomposed letters."""
    return unicodedata.normalize("NFC", str(path)).casefold()
