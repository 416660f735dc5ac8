"""Words that several wings need."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from handtint.gui.parts.translating import tr


def duration(seconds: float) -> str:
    """A time to wait, roughly, as people say it."""
    if seconds < 90:
        return tr("words", "{count} s", count=round(max(seconds, 1)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("words", "{count} min", count=minutes)
    return tr("words", "{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def number(value: float, digits: int) -> str:
    """A number with so many digits behind the point, written as the user's language does."""
    return QLocale().toString(float(value), "f", digits)
