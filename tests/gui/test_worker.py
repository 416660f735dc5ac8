"""The thread that works for the window."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from handtint.errors import PhotoError
from handtint.gui.parts.worker import Latest, Worker, close_all, has_left_behind
from handtint.progress import Progress


def fail(error: object) -> None:
    raise AssertionError(error)


def test_results_and_progress_come_on_the_thread_that_asked(worker: Worker, qtbot: QtBot) -> None:
    seen = []

    def work(progress: Progress) -> str:
        progress.step(0.5, "half")
        return threading.current_thread().name

    worker.submit(
        work,
        lambda value: seen.append((value, threading.current_thread() is threading.main_thread())),
        fail,
        lambda fraction, text: seen.append((fraction, text)),
    )
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [(0.5, "half"), ("test-worker", True)]


def test_a_failure_is_delivered_and_the_worker_goes_on(worker: Worker, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    results: list[int] = []

    def broken(progress: Progress) -> None:
        raise PhotoError("no photo")

    worker.submit(broken, results.append, errors.append)
    worker.submit(lambda progress: 7, results.append, fail)
    qtbot.waitUntil(lambda: results == [7])
    assert [str(error) for error in errors] == ["no photo"]


def test_the_result_of_a_cancelled_job_is_dropped_even_when_it_is_ready(worker: Worker, qtbot: QtBot) -> None:
    is_made = threading.Event()
    results: list[str] = []

    def work(progress: Progress) -> str:
        is_made.set()
        return "late"

    job = worker.submit(work, results.append, fail)
    assert is_made.wait(60)
    job.cancel()  # the result may already be on its way
    worker.submit(lambda progress: "next", results.append, fail)
    qtbot.waitUntil(lambda: bool(results))
    assert results == ["next"]


def test_cancelled_work_stops_at_its_next_step(worker: Worker, qtbot: QtBot) -> None:
    has_begun, reached = threading.Event(), []

    def work(progress: Progress) -> None:
        has_begun.set()
        for step in range(10_000):
            reached.append(step)
            progress.step(step / 10_000)
            threading.Event().wait(0.005)

    job = worker.submit(work, fail, fail)
    assert has_begun.wait(60)
    job.cancel()
    results: list[int] = []
    worker.submit(lambda progress: 1, results.append, fail)
    qtbot.waitUntil(lambda: results == [1])
    assert len(reached) < 10_000


def test_of_many_requests_the_first_and_the_last_are_done(worker: Worker, qtbot: QtBot) -> None:
    gate, done = threading.Event(), []
    latest = Latest(worker)

    def request(number: int) -> None:
        def work(progress: Progress) -> int:
            gate.wait(60)
            return number

        latest.request(work, done.append, fail)

    for number in range(20):
        request(number)
    gate.set()
    qtbot.waitUntil(lambda: 19 in done)
    assert done == [0, 19]


def test_what_waits_is_done_between_two_steps_of_long_work_that_lets_it(worker: Worker, qtbot: QtBot) -> None:
    has_begun, done = threading.Event(), []

    def long(progress: Progress) -> str:
        has_begun.set()
        while not progress_of_other:
            worker.let_others()
            threading.Event().wait(0.005)
        return "long"

    progress_of_other: list[str] = []

    def short(progress: Progress) -> str:
        progress_of_other.append(threading.current_thread().name)
        return "short"

    worker.submit(long, done.append, fail)
    assert has_begun.wait(60)
    worker.submit(short, done.append, fail)
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done == ["short", "long"]
    assert progress_of_other == ["test-worker"]


def test_closing_cancels_long_work_and_what_it_lets_go_first(qtbot: QtBot) -> None:
    worker, is_inside = Worker("test-nested"), threading.Event()

    def endless(progress: Progress) -> None:
        is_inside.set()
        while True:
            progress.step(0.5)
            threading.Event().wait(0.005)

    def long(progress: Progress) -> None:
        while True:
            worker.let_others()
            progress.step(0.5)

    worker.submit(long, fail, fail)
    worker.submit(endless, fail, fail)
    assert is_inside.wait(60)
    worker.close()
    assert "test-nested" not in [thread.name for thread in threading.enumerate()]


def test_closing_ends_the_thread_with_work_in_the_queue(qtbot: QtBot) -> None:
    worker = Worker("test-closing")
    for _ in range(5):
        worker.submit(lambda progress: [progress.step(0) for _ in range(100)], lambda value: None, fail)
    worker.close()
    assert "test-closing" not in [thread.name for thread in threading.enumerate()]


def hold_up(worker: Worker, is_answered: threading.Event, text: str = "") -> None:
    """Give the worker work that nothing can wake before the event, as on a drive that does not answer."""
    has_begun = threading.Event()

    def work(progress: Progress) -> None:
        progress.step(0.5, text)
        has_begun.set()
        is_answered.wait(60)

    worker.submit(work, fail, fail)
    assert has_begun.wait(60)


def test_closing_leaves_work_behind_that_does_not_end_in_time(qtbot: QtBot) -> None:
    worker, is_answered = Worker("test-stuck"), threading.Event()
    hold_up(worker, is_answered)
    assert not worker.close(0.05)
    assert has_left_behind()
    assert not worker.close(60)  # waits no second time
    [thread] = [thread for thread in threading.enumerate() if thread.name == "test-stuck"]
    assert thread.daemon  # the program ends without it
    is_answered.set()
    thread.join(60)
    assert not has_left_behind()


def test_what_is_left_behind_ends_in_silence_when_its_window_is_gone(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[object] = []
    monkeypatch.setattr(threading, "excepthook", faults.append)
    worker, is_answered = Worker("test-orphan"), threading.Event()
    hold_up(worker, is_answered)
    worker.close(0.05)
    shiboken6.delete(worker)
    is_answered.set()
    worker._thread.join(60)
    assert faults == []


def test_closing_says_what_it_waits_for(qtbot: QtBot) -> None:
    told: list[str] = []
    is_answered = threading.Event()
    workers = [Worker("test-idle", purpose="nothing"), Worker("test-disk", purpose="looking at a folder")]
    workers.append(Worker("test-view", purpose="reading a photo"))
    hold_up(workers[1], is_answered)
    hold_up(workers[2], is_answered, 'Opening "a.png"')
    assert close_all(workers, 0.05, told.append) == workers[1:]
    assert told == ['looking at a folder, Opening "a.png"']
    is_answered.set()
    for worker in workers:
        assert worker.wait(60)


def test_closing_says_nothing_where_all_ends_at_once(qtbot: QtBot) -> None:
    workers = [Worker("test-one"), Worker("test-two")]
    assert close_all(workers, on_wait=fail) == []
