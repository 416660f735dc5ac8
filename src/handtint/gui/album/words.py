"""The sentences of an album: how far it is, what went wrong and which buttons help, and why a photo was left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale

from handtint.album.journal import AlbumBusy
from handtint.album.journal_files import JournalError
from handtint.gui.album.bar import BarMessage
from handtint.gui.album.run import AlbumRun, RunPhase
from handtint.gui.parts.translating import tr
from handtint.plain import duration

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
    failed = [(tr("album", "Sho&w Failed"), commands.show_failed)] if counts["failed"] else []
    if run is not None and not run.is_over:
        is_paused = run.phase in (RunPhase.PAUSED, RunPhase.PAUSING)
        pause = tr("album", "&Go On") if is_paused else tr("album", "&Pause")
        buttons = [(pause, commands.pause), (tr("album", "&Stop"), commands.stop)]
        if run.phase is RunPhase.STOPPING:
            buttons = []
        return BarMessage("result", _running(run), _detail(run), run.ended / max(len(run.jobs), 1), [*failed, *buttons])
    if counts["failed"]:
        failed.append((tr("album", "Retry Fa&iled…"), commands.retry))
    show = (tr("album", "Show Fo&lder"), commands.show_folder)
    go_on = (tr("album", "Go &On…"), commands.go_on)
    facts = [
        tr("album", "{n} to do", counts["to do"]) if counts["to do"] else "",
        tr("album", "{n} failed", counts["failed"]) if counts["failed"] else "",
        tr("album", "{n} skipped", counts["skipped"]) if counts["skipped"] else "",
    ]
    text = " · ".join(filter(None, facts))
    if run is not None and run.sentence:
        is_elsewhere = isinstance(run.error, AlbumBusy | JournalError)
        again = (tr("album", "Try A&gain or Elsewhere…"), commands.go_on) if is_elsewhere else go_on
        return BarMessage("warning", _over(run), run.sentence, None, [show, again])
    if run is not None:
        buttons = [*failed, show, *([go_on] if run.was_stopped else [])]
        return BarMessage("info" if run.was_stopped else "done", _over(run), text, None, buttons[-_MOST_BUTTONS:])
    if counts["done"] and counts["to do"]:
        done, count = _number(counts["done"]), _number(counts["all"])
        title = tr("album", "{done} of {count} photos are done", done=done, count=count)
        return BarMessage("info", title, text, None, [*failed, go_on])
    if counts["done"]:
        return BarMessage("done", tr("album", "The album is restored"), text, None, failed)
    return BarMessage("album", tr("album", "{n} photo(s)", counts["all"]), text, None, failed)


def status_line(run: AlbumRun) -> str:
    """How far a run is, in one line."""
    if run.is_over:
        return _over(run)
    detail = _detail(run)
    return _running(run) + (f" · {detail}" if detail else "")


def reason_of(sentence: str, photo: Path) -> str:
    """Why a photo failed or was left out, without its name, for where the name stands beside it.

    `Could not open "a.png": the file is damaged.` becomes `The file is damaged.` In other languages this goes by the
    colon, or else by the name at the start: `« a.png » est une photo en couleurs.` becomes `Est une photo en couleurs.`
    """
    subject = rf'(?:[A-Z][a-z ]+ )?"{re.escape(photo.name)}"'
    reason = re.sub(rf"^{subject}(?:: | was not colored: | is | was | )", "", sentence, count=1)
    head, colon, tail = reason.partition(": ")
    reason = tail if colon and photo.name in head else reason
    reason = re.sub(rf"^\W*{re.escape(photo.name)}\W+", "", reason)
    return reason[:1].upper() + reason[1:]


def _running(run: AlbumRun) -> str:
    ended, count = _number(run.ended), _number(len(run.jobs))
    if run.phase is RunPhase.PAUSING:
        return tr("album", "Pausing: {ended} of {count}", ended=ended, count=count)
    if run.phase is RunPhase.PAUSED:
        return tr("album", "Paused: {ended} of {count}", ended=ended, count=count)
    if run.phase is RunPhase.STOPPING:
        return tr("album", "Stopping: {ended} of {count}", ended=ended, count=count)
    return tr("album", "Restoring: {ended} of {count}", ended=ended, count=count)


def _over(run: AlbumRun) -> str:
    done, count = _number(run.counts["done"]), _number(len(run.jobs))
    if run.sentence:
        return tr("album", "The album was interrupted: {done} of {count} done", done=done, count=count)
    if run.was_stopped:
        return tr("album", "Stopped: {done} of {count} done", done=done, count=count)
    return tr("album", "Restored: {done} done", done=done)


def _detail(run: AlbumRun) -> str:
    """The time left, and what failed so far."""
    parts = []
    if run.phase is RunPhase.RUNNING:
        left_s = run.left_s
        if run.searched is not None:
            percent = _number(round(100 * run.searched))
            parts.append(tr("album", "comparing photos to find those of one scene, {percent} %", percent=percent))
        elif left_s is None:
            parts.append(tr("album", "getting ready"))
        else:
            parts.append(tr("album", "{time} left", time=duration(left_s)))
    elif run.phase is RunPhase.PAUSING:
        parts.append(tr("album", "photos already started are finished first"))
    if run.counts["failed"]:
        parts.append(tr("album", "{n} failed", run.counts["failed"]))
    if run.counts["skipped"]:
        parts.append(tr("album", "{n} skipped", run.counts["skipped"]))
    return " · ".join(parts)


def _number(count: int) -> str:
    return QLocale().toString(count)
