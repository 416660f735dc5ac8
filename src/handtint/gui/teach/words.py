"""The sentences about a lesson and its verdict; the figures come from the last event of `training/tune.py`."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from handtint.gui.parts.words import duration
from handtint.gui.teach.lesson import Lesson, LessonPhase

BETTER, WORSE = "better", "worse"


def headline(result: dict[str, Any], name: str, parent: str) -> str:
    """The verdict in one line."""
    sentence = {
        BETTER: _tr('"{0}" is better than "{1}"'),
        WORSE: _tr('"{0}" is worse than "{1}"'),
    }.get(str(result.get("verdict")), _tr('No clear difference between "{0}" and "{1}"'))
    return sentence.format(name, parent)


def verdict_line(result: dict[str, Any], name: str, parent: str) -> str:
    """The evidence: the change in color error with its interval, and the figures of both models."""
    old, new = result["parent"], result["new"]
    error = old["ab_mse_mean"]
    change, low, high = (result[key] / error for key in ("difference", "low", "high"))
    sentence = (
        _tr('On {0} photos it has never seen, "{1}" has a {2} % smaller color error than "{3}"')
        if change < 0
        else _tr('On {0} photos it has never seen, "{1}" has a {2} % larger color error than "{3}"')
    ).format(result["held_out"], name, f"{abs(change) * 100:.0f}", parent)
    sentence += _tr(" (95 % interval of the change: {0} % to {1} %).").format(f"{low * 100:+.0f}", f"{high * 100:+.0f}")
    is_few = result["verdict"] not in (BETTER, WORSE) and (high < 0 or low > 0)
    advice = _tr(" That is too few photos to tell; add more.") if is_few else ""
    figures = _tr("Color error {0} instead of {1}, PSNR {2} instead of {3} dB, colorfulness {4} instead of {5}{6}.")
    originals = new.get("colorfulness_originals")
    of_originals = _tr(" (originals {0})").format(f"{originals:.0f}") if originals is not None else ""
    return (
        sentence
        + advice
        + "\n"
        + figures.format(
            f"{new['ab_mse_mean']:.0f}",
            f"{error:.0f}",
            f"{new['psnr']:.1f}",
            f"{old['psnr']:.1f}",
            f"{new['colorfulness']:.0f}",
            f"{old['colorfulness']:.0f}",
            of_originals,
        )
    )


def progress_line(lesson: Lesson) -> str:
    """How far a lesson is, and how long it still takes."""
    if lesson.phase is LessonPhase.COMPARING:
        return _tr("Both models color the held-out photos. This takes a few minutes.")
    if lesson.phase is LessonPhase.PREPARING:
        return _tr("Reading the photos and the model…")
    history = lesson.history
    parts = [_tr("{0} %").format(round(history.done * 100))]
    if history.left_s is not None and lesson.phase is not LessonPhase.STOPPING:
        parts.append(_tr("{0} left").format(duration(history.left_s)))
    if lesson.phase is LessonPhase.PAUSED:
        parts.append(_tr("everything is saved; pauses do not count as time"))
    elif history.speed is not None:
        speed = f"{history.speed:.0f}" if history.speed >= 10 else f"{history.speed:.1f}"
        parts.append(_tr("{0} photos a second").format(speed))
    if lesson.photos is not None:
        parts.append(_tr("learning from {0} photos").format(lesson.photos["learning"]))
    advice = _tr("You can close this window: teaching goes on, and the main window shows how far it is.")
    return " · ".join(parts) + ("\n" + advice if lesson.phase is LessonPhase.LEARNING else "")


def _tr(text: str) -> str:
    return QCoreApplication.translate("teach", text)
