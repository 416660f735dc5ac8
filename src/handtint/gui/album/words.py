"""What is said of an album at its foot: how far it is, what went wrong, and which buttons help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale

from handtint.album.journal import AlbumBusy, JournalError
from handtint.album.photos import AlbumPhoto, State
from handtint.gui.album.bar import Word
from handtint.gui.album.run import AlbumRun, Phase

_MOST_BUTTONS = 3


@dataclass(frozen=True)
class Hands:
    """What the buttons do."""

    pause: Callable[[], object]  # and go on after it
    stop: Callable[[], object]
    go_on: Callable[[], object]
    retry: Callable[[], object]
    show_failed: Callable[[], object]
    show_folder: Callable[[], object]


def count_states(photos: Sequence[AlbumPhoto]) -> Counter[str]:
    """How many photos each `Show` would show, by its value."""
    counts: Counter[str] = Counter({"all": len(photos)})
    for photo in photos:
        if photo.state is not State.TODO:
            counts[photo.state.value] += 1
        if photo.is_to_do:
            counts["to do"] += 1
        if photo.is_marked:
            counts["marked"] += 1
        if photo.verdict is not None:
            counts[photo.verdict] += 1
    return counts


def word_of(run: AlbumRun | None, counts: Counter[str], hands: Hands) -> Word:
    """What the bar says of the album and its run."""
    failed = [(_tr("Sho&w Failed"), hands.show_failed)] if counts["failed"] else []
    if run is not None and not run.is_over:
        is_paused = run.phase in (Phase.PAUSED, Phase.PAUSING)
        buttons = [(_tr("&Go On") if is_paused else _tr("&Pause"), hands.pause), (_tr("&Stop"), hands.stop)]
        if run.phase is Phase.STOPPING:
            buttons = []
        return Word("result", _running(run), _detail(run), run.ended / max(len(run.jobs), 1), [*failed, *buttons])
    if counts["failed"]:
        failed.append((_tr("Retr&y Failed…"), hands.retry))
    show = (_tr("Show Fo&lder"), hands.show_folder)
    go_on = (_tr("Go &On…"), hands.go_on)
    facts = [
        _tr("{0} to do").format(_number(counts["to do"])) if counts["to do"] else "",
        _tr("{0} failed").format(_number(counts["failed"])) if counts["failed"] else "",
        _tr("{0} skipped").format(_number(counts["skipped"])) if counts["skipped"] else "",
    ]
    text = " · ".join(filter(None, facts))
    if run is not None and run.sentence:
        is_elsewhere = isinstance(run.error, AlbumBusy | JournalError)
        again = (_tr("Try A&gain or Elsewhere…"), hands.go_on) if is_elsewhere else go_on
        return Word("warning", _over(run), run.sentence, None, [show, again])
    if run is not None:
        buttons = [*failed, show, *([go_on] if run.was_stopped else [])]
        return Word("info" if run.was_stopped else "done", _over(run), text, None, buttons[-_MOST_BUTTONS:])
    if counts["done"] and counts["to do"]:
        title = _tr("{0} of {1} photos are done").format(_number(counts["done"]), _number(counts["all"]))
        return Word("info", title, text, None, [*failed, go_on])
    if counts["done"]:
        return Word("done", _tr("The album is restored"), text, None, failed)
    title = _tr("{0} photos").format(_number(counts["all"])) if counts["all"] != 1 else _tr("1 photo")
    return Word("album", title, text, None, failed)


def line_of(run: AlbumRun) -> str:
    """What a run is at, in one line."""
    if run.is_over:
        return _over(run)
    detail = _detail(run)
    return _running(run) + (f" · {detail}" if detail else "")


def _running(run: AlbumRun) -> str:
    text = {
        Phase.PAUSING: _tr("Pausing: {0} of {1}"),
        Phase.PAUSED: _tr("Paused: {0} of {1}"),
        Phase.STOPPING: _tr("Stopping: {0} of {1}"),
    }.get(run.phase, _tr("Restoring: {0} of {1}"))
    return text.format(_number(run.ended), _number(len(run.jobs)))


def _over(run: AlbumRun) -> str:
    made = _number(run.counts["done"])
    if run.sentence:
        return _tr("The album was interrupted: {0} of {1} made").format(made, _number(len(run.jobs)))
    if run.was_stopped:
        return _tr("Stopped: {0} of {1} made").format(made, _number(len(run.jobs)))
    return _tr("Restored: {0} made").format(made)


def _detail(run: AlbumRun) -> str:
    """The time to go, and what failed so far."""
    parts = []
    if run.phase is Phase.RUNNING:
        left_s = run.left_s
        if run.looked is not None:
            share = QLocale().toString(round(100 * run.looked))
            parts.append(_tr("looking for photos that show the same, {0} %").format(share))
        else:
            from handtint.gui.teach.words import duration  # the window is there sooner

            parts.append(_tr("getting ready") if left_s is None else _tr("{0} to go").format(duration(left_s)))
    elif run.phase is Phase.PAUSING:
        parts.append(_tr("what was begun is made first"))
    for kind, text in (("failed", _tr("{0} failed")), ("skipped", _tr("{0} skipped"))):
        if run.counts[kind]:
            parts.append(text.format(_number(run.counts[kind])))
    return " · ".join(parts)


def _number(count: int) -> str:
    return QLocale().toString(count)


def _tr(text: str) -> str:
    return QCoreApplication.translate("album", text)
