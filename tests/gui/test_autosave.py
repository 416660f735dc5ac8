"""What the user set is saved: an older state never replaces a newer, and closing the window loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from handtint.album.choices import ChoicesError
from handtint.gui.parts.autosave import Autosave
from handtint.gui.parts.worker import Worker

NAME = ("choices", Path("/album"))


def writing(written: list[str], text: str) -> Callable[[], Callable[[], None]]:
    return lambda: lambda: written.append(text)


def test_of_many_changes_in_a_row_the_latest_is_written_once(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    autosave = Autosave(worker, parent)
    for text in "abc":
        autosave.soon(NAME, writing(written, text))
    qtbot.waitUntil(lambda: bool(written))
    autosave.now()
    assert written == ["c"]


def test_a_late_worker_writes_nothing_over_what_is_newer(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    autosave = Autosave(worker, parent)
    gate, is_over = threading.Event(), []
    worker.submit(lambda progress: gate.wait(60), lambda done: None, is_over.append)
    autosave.soon(NAME, writing(written, "old"))
    autosave._hand_over()
    autosave.soon(NAME, writing(written, "new"))
    autosave.now()
    gate.set()
    worker.submit(lambda progress: None, is_over.append, is_over.append)
    qtbot.waitUntil(lambda: bool(is_over))
    assert written == ["new"]


def test_what_a_closed_worker_did_not_write_is_written_at_the_end(worker: Worker, qtbot: QtBot) -> None:
    parent, written = QObject(), []
    autosave = Autosave(worker, parent)
    gate = threading.Event()
    worker.submit(lambda progress: gate.wait(60), lambda done: None, lambda error: None)
    autosave.soon(NAME, writing(written, "last"))
    autosave._hand_over()
    opener = threading.Timer(0.05, gate.set)
    opener.start()
    worker.close()
    opener.join()
    autosave.now()
    assert written == ["last"]


def test_what_cannot_be_written_is_told(worker: Worker, qtbot: QtBot) -> None:
    parent, told = QObject(), []
    autosave = Autosave(worker, parent)
    autosave.failed.connect(told.append)

    def fail() -> None:
        raise ChoicesError("The disk is full.")

    autosave.soon(NAME, lambda: fail)
    qtbot.waitUntil(lambda: bool(told))
    assert [str(error) for error in told] == ["The disk is full."]
