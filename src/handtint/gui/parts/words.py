"""Words that several wings need."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def number(value: float, digits: int) -> str:
    """A number with so many digits behind the point, written as the user's language does."""
    return QLocale().toString(float(value), "f", digits)
