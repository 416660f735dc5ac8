"""The sentences about a lesson and its verdict; the figures come from the last event of `training/tune.py`."""

from __future__ import annotations

from typing import Any

from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.gui.teach.lesson import Lesson, LessonPhase
from handtint.plain import duration

BETTER, WORSE = "better", "worse"
_LITTLE, _MUCH = 0.05, 0.2  # parts of the color error


def headline(result: dict[str, Any], name: str, parent: str) -> str:
    """The verdict in one line."""
    if result.get("verdict") == BETTER:
        return tr("teach", '"{name}" is better than "{parent}"', name=name, parent=parent)
    if result.get("verdict") == WORSE:
        return tr("teach", '"{name}" is worse than "{parent}"', name=name, parent=parent)
    return tr("teach", 'No clear difference between "{name}" and "{parent}"', name=name, parent=parent)


def verdict_words(result: dict[str, Any]) -> str:
    """What the verdict means, without figures except for how many photos were compared."""
    change = abs(result["difference"] / result["parent"]["ab_mse_mean"])
    if result.get("verdict") == BETTER:
        how = (
            tr("teach", "its colors come much closer to the true ones.")
            if change > _MUCH
            else tr("teach", "its colors come closer to the true ones.")
            if change > _LITTLE
            else tr("teach", "its colors come a little closer to the true ones.")
        )
    elif result.get("verdict") == WORSE:
        how = tr("teach", "its colors are farther from the true ones. More photos, or more time, may help.")
    elif _is_few(result):
        how = tr("teach", "the two differ, but these are too few photos to tell; add more.")
    else:
        how = tr("teach", "both do about as well. Look at the pictures below, and use the one you like better.")
    return tr("teach", "On {n} photo(s) it has never seen, {how}", result["held_out"], how=how)


def _is_few(result: dict[str, Any]) -> bool:
    return result["verdict"] not in (BETTER, WORSE) and (result["high"] < 0 or result["low"] > 0)


def verdict_line(result: dict[str, Any], name: str, parent: str) -> str:
    """The evidence: the change in color error with its interval, and the figures of both models."""
    old, new = result["parent"], result["new"]
    error = old["ab_mse_mean"]
    change, low, high = (result[key] / error for key in ("difference", "low", "high"))
    percent = f"{abs(change) * 100:.0f}"
    difference = (
        tr("teach", "{percent} % smaller", percent=percent)
        if change < 0
        else tr("teach", "{percent} % larger", percent=percent)
    )
    sentence = tr(
        "teach",
        'On {photos} photos it has never seen, "{name}" has a {difference} color error than "{parent}"',
        photos=result["held_out"],
        name=name,
        difference=difference,
        parent=parent,
    )
    low_percent, high_percent = f"{low * 100:+.0f}", f"{high * 100:+.0f}"
    interval = tr("teach", " (95 % interval of the change: {low} % to {high} %).", low=low_percent, high=high_percent)
    advice = tr("teach", " That is too few photos to tell; add more.") if _is_few(result) else ""
    originals = new.get("colorfulness_originals")
    figures = tr(
        "teach",
        "Color error {new_error} instead of {old_error}, PSNR {new_psnr} instead of {old_psnr} dB, "
        "colorfulness {new_colorfulness} instead of {old_colorfulness}{of_originals}.",
        new_error=f"{new['ab_mse_mean']:.0f}",
        old_error=f"{error:.0f}",
        new_psnr=number(new["psnr"], 1),
        old_psnr=number(old["psnr"], 1),
        new_colorfulness=f"{new['colorfulness']:.0f}",
        old_colorfulness=f"{old['colorfulness']:.0f}",
        of_originals=tr("teach", " (originals {value})", value=f"{originals:.0f}") if originals is not None else "",
    )
    return f"{sentence}{interval}{advice}\n{figures}"


def progress_line(lesson: Lesson) -> str:
    """How far a lesson is, and how long it still takes."""
    if lesson.phase is LessonPhase.COMPARING:
        return tr("teach", "Both models color photos that the new one never learned from. This takes a few minutes.")
    if lesson.phase is LessonPhase.PREPARING:
        return tr("teach", "Reading the photos and the model…")
    history = lesson.history
    parts = [tr("teach", "{percent} %", percent=round(history.done * 100))]
    if history.left_s is not None and lesson.phase is not LessonPhase.STOPPING:
        parts.append(tr("teach", "{time} left", time=duration(history.left_s)))
    if lesson.phase is LessonPhase.PAUSED:
        parts.append(tr("teach", "everything is saved; pauses do not count as time"))
    elif history.speed is not None:
        speed = f"{history.speed:.0f}" if history.speed >= 10 else number(history.speed, 1)
        parts.append(tr("teach", "{speed} photos a second", speed=speed))
    if lesson.photos is not None:
        parts.append(tr("teach", "learning from {n} photo(s)", lesson.photos["learning"]))
    line = " · ".join(parts)
    if lesson.phase is not LessonPhase.LEARNING:
        return line
    advice = tr("teach", "You can close this window: teaching goes on, and the main window shows how far it is.")
    return f"{line}\n{advice}"
