"""Words of others, such as names of files, made safe to print: on a terminal and in the log."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with control characters escaped, which could steer a terminal; tabs and the ends of lines stay.

    Lines after the first are indented, so that none passes for a message of its own.
    """
    shown = "".join(repr(c)[1:-1] if unicodedata.category(c) == "Cc" and c not in "\t\n" else c for c in text)
    return shown.replace("\n", "\n  ")
