"""What is said of a training and of its verdict, in words; figures come from `training/tune.py`'s last event."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication

from handtint.gui.teach.lesson import Lesson, Stage

BETTER, WORSE = "better", "worse"


def headline(result: dict[str, Any], name: str, parent: str) -> str:
    """The verdict itself."""
    sentence = {
        BETTER: _tr('"{0}" is better than "{1}"'),
        WORSE: _tr('"{0}" is worse than "{1}"'),
    }.get(str(result.get("verdict")), _tr('No clear difference between "{0}" and "{1}"'))
    return sentence.format(name, parent)


def verdict_line(result: dict[str, Any], name: str, parent: str) -> str:
    """What the verdict rests on: the change of the color error with its interval, and both models' figures."""
    old, new = result["parent"], result["new"]
    error = old["ab_mse_mean"]
    change, low, high = (result[key] / error for key in ("difference", "low", "high"))
    sentence = (
        _tr('On {0} photos it never saw, "{1}" has a {2} % smaller color error than "{3}"')
        if change < 0
        else _tr('On {0} photos it never saw, "{1}" has a {2} % larger color error than "{3}"')
    ).format(result["held_out"], name, f"{abs(change) * 100:.0f}", parent)
    sentence += _tr(" (95 % interval of the change: {0} % to {1} %).").format(f"{low * 100:+.0f}", f"{high * 100:+.0f}")
    is_few = result["verdict"] not in (BETTER, WORSE) and (high < 0 or low > 0)
    advice = _tr(" So few photos cannot tell: add some.") if is_few else ""
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
    """How far a training is, and how long it still takes."""
    if lesson.stage is Stage.COMPARING:
        return _tr("The photos kept aside are colored by both. This takes a minute or a few.")
    if lesson.stage is Stage.PREPARING:
        return _tr("Reading the photos and the model…")
    history = lesson.history
    parts = [_tr("{0} %").format(round(history.done * 100))]
    if history.left_s is not None and lesson.stage is not Stage.STOPPING:
        parts.append(_tr("{0} to go").format(duration(history.left_s)))
    if lesson.stage is Stage.PAUSED:
        parts.append(_tr("everything is saved; pauses do not count"))
    elif history.speed is not None:
        speed = f"{history.speed:.0f}" if history.speed >= 10 else f"{history.speed:.1f}"
        parts.append(_tr("{0} photos a second").format(speed))
    if lesson.photos is not None:
        parts.append(_tr("learning from {0} photos").format(lesson.photos["learning"]))
    advice = _tr("This window may be closed meanwhile: teaching goes on, and the main window says how far it is.")
    return " · ".join(parts) + ("\n" + advice if lesson.stage is Stage.LEARNING else "")


def duration(seconds: float) -> str:
    """A time to wait, roughly, as people say it."""
    if seconds < 90:
        return _tr("{0} s").format(round(max(seconds, 1)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _tr("{0} min").format(minutes)
    return _tr("{0} h {1} min").format(minutes // 60, minutes % 60)


def _tr(text: str) -> str:
    return QCoreApplication.translate("teach", text)
