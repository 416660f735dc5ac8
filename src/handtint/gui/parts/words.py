"""Words that several wings need."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication

_FIRST_STRONG, _POP = "\u2068", "\u2069"  # Unicode's isolates: what is between them has a direction of its own


def number(value: float, digits: int) -> str:
    """A number with so many digits behind the point, written as the user's language does."""
    return QLocale().toString(float(value), "f", digits)


def isolated(name: str | Path) -> str:
    """The name of a file, a path or another foreign word as it is seen: its parts in order, also for who reads from the
    right, where `0003.png` would be shown as `png.0003`. Not for what is read back, such as the text of a field.
    """
    if QGuiApplication.layoutDirection() is not Qt.LayoutDirection.RightToLeft or not str(name):
        return str(name)
    return f"{_FIRST_STRONG}{name}{_POP}"
