"""Text of others made safe to print, on a terminal and in the log; times and shares; what a typo may have meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def printable(text: str) -> str:
    """The text with control characters escaped, which could steer a terminal; tabs and the ends of lines stay.

    Lines after the first are indented, so that none passes for a message of its own.
    """
    shown = "".join(repr(c)[1:-1] if unicodedata.category(c) == "Cc" and c not in "\t\n" else c for c in text)
    return shown.replace("\n", "\n  ")


def duration(seconds: float) -> str:
    """A length of time, roughly, in signs that are the same in every language: `40 s`, `12 min`, `3 h 20 min`."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def percent(share: float) -> str:
    """A share from 0 to 1 as people write it: `40 %`."""
    return f"{share * 100:.0f} %"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a typo may have meant; None where none is like it."""
    import difflib  # for typos only

    return next(iter(difflib.get_close_matches(name, list(known), 1)), None)
