"""Teaching a model on one's own photos: starts the trainer, a process of its own, and talks to it by lines.

The trainer prints events, one JSON object a line, each with `event` and, for people, `text`: `data`, `step`,
`validation`, `saved`, `note`, `paused`, `resumed` and one last of `finished`, `stopped`, `failed`; what else they hold
stands in `training/reports.py` and `training/tune.py`. Lines that are no events (a traceback) come as `log`. It takes
the words pause, resume and stop, and stops by itself when whoever started it is gone. No torch, no Qt.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handtint import model_card, paths
from handtint.errors import Sentence
from handtint.teaching.runs import CHECKPOINT, RESULT, Event, FinetuneError, Run, can_teach, check_name, write_json

LAST_EVENTS = ("finished", "stopped", "failed")
_STOP_S = 60.0  # a step, and writing what was learned, takes seconds
_TERMINATE_S = 5.0


class Trainer:
    """A trainer process.

    Args:
        arguments: of the trainer, such as `survey FOLDER`.
        result: where the last event is written if the training finishes.
    """

    def __init__(self, arguments: list[str], result: Path | None = None) -> None:
        self._result = result
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        options: dict[str, Any] = {"start_new_session": True}  # Ctrl-C is for us to pass on
        if os.name == "nt":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined]
            options = {"creationflags": flags}
        try:
            self._process = subprocess.Popen(
                [*_program(), *arguments, "--json", "--control"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                **options,
            )
        except OSError as error:
            raise FinetuneError(
                "The trainer could not be started: {reason}. Reinstall Handtint and try again.",
                reason=error.strerror or error,
            ) from error
        self._reader = threading.Thread(target=self._read, name="trainer events", daemon=True)
        self._reader.start()

    def events(self) -> Iterator[Event]:
        """Events as they come, until the last one; to be taken on one thread. Blocks between them."""
        while (event := self._events.get()) is not None:
            yield event

    def arrived(self) -> list[Event | None]:
        """What came since it was last asked, without waiting; None follows the last event. In place of `events`."""
        found: list[Event | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._events.get_nowait())
        return found

    def pause(self) -> None:
        """Stop computing after the step in work, and save; an event `paused` follows."""
        self._tell("pause")

    def resume(self) -> None:
        """Have it go on after a pause."""
        self._tell("resume")

    def ask_to_stop(self) -> None:
        """Save and stop after the step in work; returns at once, and an event `stopped` follows."""
        self._tell("stop")

    def stop(self, timeout_s: float = _STOP_S) -> None:
        """Ask to stop and wait; a trainer that does not is ended. What was last saved can be gone on with."""
        self.ask_to_stop()
        for end in (self._process.terminate, self._process.kill):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
                break
            end()
            timeout_s = _TERMINATE_S
        self.wait()

    def kill(self) -> None:
        """End it at once: a survey, which has nothing to save."""
        self._process.kill()
        self.wait()

    def wait(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self._process.wait()
        self._reader.join()
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        return code

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process' number."""
        return self._process.pid

    def _tell(self, word: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended
            self._process.stdin.write(f"{word}\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]

    def _read(self) -> None:
        last: Event | None = None
        other = ""
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                event = _event(line)
                if event["event"] == "log":
                    other = event["text"] or other
                elif event["event"] in LAST_EVENTS:
                    last = event
                self._events.put(event)
        code = self._process.wait()
        if last is None:
            why = f"{code}, {other}" if other else str(code)
            text = Sentence(
                "The trainer ended unexpectedly (exit code {code}). You can go on from what was last saved.", code=why
            )
            self._events.put({"event": "failed", "text": text})
        elif last["event"] == "finished" and self._result is not None:
            with contextlib.suppress(OSError):
                write_json(self._result, last)
                self._result.with_name(CHECKPOINT).unlink(missing_ok=True)  # large, and of no more use
        self._events.put(None)


def start(run: Run, *, install: bool = True, overwrite: bool = False) -> Trainer:
    """Start a run, or go on with it. Raises `FinetuneError`, `ModelError` before anything is started.

    Args:
        install: put the model among the user's when it is finished; else `install` does it later.
        overwrite: whether an own model of the same name may be replaced.
    """
    request = run.request
    check_name(request.name, overwrite=overwrite or not install)
    parent = model_card.find_model(request.model).card
    if not can_teach(parent):
        raise FinetuneError(
            '"{name}" cannot be taught here: this Handtint cannot train its architecture, '
            '"{architecture}". Choose another model to start from.',
            name=parent.name,
            architecture=parent.architecture,
        )
    arguments = ["finetune", *(str(folder) for folder in request.folders), "--out", str(run.folder)]
    arguments += ["--model", request.model, "--name", request.name, "--device", request.device]
    if request.minutes is not None:
        arguments += ["--minutes", repr(request.minutes)]
    if request.epochs is not None:
        arguments += ["--epochs", repr(request.epochs)]
    arguments += ([] if install else ["--no-install"]) + (["--overwrite"] if overwrite else [])
    return Trainer(arguments, run.folder / RESULT)


def survey(folders: tuple[Path, ...]) -> Trainer:
    """Find out which photos would be learned from: an event `data`, then `finished` or, where they are too few,
    `failed`.
    """
    return Trainer(["survey", *(str(folder.absolute()) for folder in folders)])


def _program() -> list[str]:
    if paths.is_frozen():
        name = "handtint-train.exe" if os.name == "nt" else "handtint-train"
        return [str(Path(sys.executable).with_name(name))]
    return [sys.executable, "-m", "training"]


def _event(line: str) -> Event:
    try:
        event = json.loads(line)
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            return event
    except ValueError:
        pass
    return {"event": "log", "text": line.rstrip()}
