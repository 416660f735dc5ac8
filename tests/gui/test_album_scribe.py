"""What a person set is written down: the latest stands last, and nothing is lost when the window closes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from handtint.album.choices import NotesError
from handtint.gui.album.scribe import Scribe
from handtint.gui.parts.worker import Worker

NAME = ("notes", Path("/album"))


def writing(written: list[str], text: str) -> Callable[[], Callable[[], None]]:
    return lambda: lambda: written.append(text)


def test_of_many_changes_in_a_row_the_latest_is_written_once(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    scribe = Scribe(worker, parent)
    for text in "abc":
        scribe.soon(NAME, writing(written, text))
    qtbot.waitUntil(lambda: bool(written))
    scribe.now()
    assert written == ["c"]


def test_a_late_worker_writes_nothing_over_what_is_newer(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    scribe = Scribe(worker, parent)
    gate, is_over = threading.Event(), []
    worker.submit(lambda progress: gate.wait(60), lambda done: None, is_over.append)
    scribe.soon(NAME, writing(written, "old"))
    scribe._hand_over()
    scribe.soon(NAME, writing(written, "new"))
    scribe.now()
    gate.set()
    worker.submit(lambda progress: None, is_over.append, is_over.append)
    qtbot.waitUntil(lambda: bool(is_over))
    assert written == ["new"]


def test_what_a_closed_worker_did_not_write_is_written_at_the_end(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    scribe = Scribe(worker, parent)
    gate = threading.Event()
    worker.submit(lambda progress: gate.wait(60), lambda done: None, lambda error: None)
    scribe.soon(NAME, writing(written, "last"))
    scribe._hand_over()
    opener = threading.Timer(0.05, gate.set)
    opener.start()
    worker.close()
    opener.join()
    scribe.now()
    assert written == ["last"]


def test_what_cannot_be_written_is_told(worker: Worker, qtbot: QtBot) -> None:
    parent, told = QObject(), []
    scribe = Scribe(worker, parent)
    scribe.failed.connect(told.append)

    def fail() -> None:
        raise NotesError("The disk is full.")

    scribe.soon(NAME, lambda: fail)
    qtbot.waitUntil(lambda: bool(told))
    assert [str(error) for error in told] == ["The disk is full."]
