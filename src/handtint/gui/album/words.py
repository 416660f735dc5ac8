"""The sentences of an album: how far it is, what went wrong and which buttons help, and why a photo was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from handtint.album.journal import AlbumBusy, JournalError
from handtint.gui.album.bar import BarMessage
from handtint.gui.album.run import AlbumRun, RunPhase

_MOST_BUTTONS = 3


@dataclass(frozen=True)
class BarCommands:
    """What the buttons of the bar do."""

    pause: Callable[[], object]  # or go on after a pause
    stop: Callable[[], object]
    go_on: Callable[[], object]
    retry: Callable[[], object]
    show_failed: Callable[[], object]
    show_folder: Callable[[], object]


def bar_message(run: AlbumRun | None, counts: Counter[str], commands: BarCommands) -> BarMessage:
    """What the bar shows of the album and its run."""
    failed = [(_tr("Sho&w Failed"), commands.show_failed)] if counts["failed"] else []
    if run is not None and not run.is_over:
        is_paused = run.phase in (RunPhase.PAUSED, RunPhase.PAUSING)
        buttons = [(_tr("&Go On") if is_paused else _tr("&Pause"), commands.pause), (_tr("&Stop"), commands.stop)]
        if run.phase is RunPhase.STOPPING:
            buttons = []
        return BarMessage("result", _running(run), _detail(run), run.ended / max(len(run.jobs), 1), [*failed, *buttons])
    if counts["failed"]:
        failed.append((_tr("Retr&y Failed…"), commands.retry))
    show = (_tr("Show Fo&lder"), commands.show_folder)
    go_on = (_tr("Go &On…"), commands.go_on)
    facts = [
        _tr("{0} to do").format(_number(counts["to do"])) if counts["to do"] else "",
        _tr("{0} failed").format(_number(counts["failed"])) if counts["failed"] else "",
        _tr("{0} skipped").format(_number(counts["skipped"])) if counts["skipped"] else "",
    ]
    text = " · ".join(filter(None, facts))
    if run is not None and run.sentence:
        is_elsewhere = isinstance(run.error, AlbumBusy | JournalError)
        again = (_tr("Try A&gain or Elsewhere…"), commands.go_on) if is_elsewhere else go_on
        return BarMessage("warning", _over(run), run.sentence, None, [show, again])
    if run is not None:
        buttons = [*failed, show, *([go_on] if run.was_stopped else [])]
        return BarMessage("info" if run.was_stopped else "done", _over(run), text, None, buttons[-_MOST_BUTTONS:])
    if counts["done"] and counts["to do"]:
        title = _tr("{0} of {1} photos are done").format(_number(counts["done"]), _number(counts["all"]))
        return BarMessage("info", title, text, None, [*failed, go_on])
    if counts["done"]:
        return BarMessage("done", _tr("The album is restored"), text, None, failed)
    title = _tr("{0} photos").format(_number(counts["all"])) if counts["all"] != 1 else _tr("1 photo")
    return BarMessage("album", title, text, None, failed)


def status_line(run: AlbumRun) -> str:
    """How far a run is, in one line."""
    if run.is_over:
        return _over(run)
    detail = _detail(run)
    return _running(run) + (f" · {detail}" if detail else "")


def reason_of(sentence: str, photo: Path) -> str:
    """Why a photo failed or was left out, without its name, for where the name stands beside it.

    `Could not open "a.png": the file is damaged.` becomes `The file is damaged.`
    """
    subject = rf'(?:[A-Z][a-z ]+ )?"{re.escape(photo.name)}"'
    reason = re.sub(rf"^{subject}(?:: | was not colored: | is | was | )", "", sentence, count=1)
    return reason[:1].upper() + reason[1:]


def _running(run: AlbumRun) -> str:
    text = {
        RunPhase.PAUSING: _tr("Pausing: {0} of {1}"),
        RunPhase.PAUSED: _tr("Paused: {0} of {1}"),
        RunPhase.STOPPING: _tr("Stopping: {0} of {1}"),
    }.get(run.phase, _tr("Restoring: {0} of {1}"))
    return text.format(_number(run.ended), _number(len(run.jobs)))


def _over(run: AlbumRun) -> str:
    made = _number(run.counts["done"])
    if run.sentence:
        return _tr("The album was interrupted: {0} of {1} done").format(made, _number(len(run.jobs)))
    if run.was_stopped:
        return _tr("Stopped: {0} of {1} done").format(made, _number(len(run.jobs)))
    return _tr("Restored: {0} done").format(made)


def _detail(run: AlbumRun) -> str:
    """The time left, and what failed so far."""
    parts = []
    if run.phase is RunPhase.RUNNING:
        left_s = run.left_s
        if run.searched is not None:
            share = QLocale().toString(round(100 * run.searched))
            parts.append(_tr("comparing photos to find those of one scene, {0} %").format(share))
        else:
            from handtint.gui.parts.words import duration  # the window is there sooner

            parts.append(_tr("getting ready") if left_s is None else _tr("{0} left").format(duration(left_s)))
    elif run.phase is RunPhase.PAUSING:
        parts.append(_tr("photos already started are finished first"))
    for kind, text in (("failed", _tr("{0} failed")), ("skipped", _tr("{0} skipped"))):
        if run.counts[kind]:
            parts.append(text.format(_number(run.counts[kind])))
    return " · ".join(parts)


def _number(count: int) -> str:
    return QLocale().toString(count)


def _tr(text: str) -> str:
    return QCoreApplication.translate("album", text)
