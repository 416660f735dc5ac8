"""Kills a session that is being edited, again and again, and looks at what it kept.

`python -m tests.gui.killing PHOTO KILLS` prints one JSON object. A process of its own, so that it can fork.

How old what was kept is by the clock (`oldest_s`) depends on what else the machine does. Whether it is handed over for
writing in time does not: a timer of a second that begins with a change must go off behind that, however late both are,
since Qt lets timers go off in the order in which they are due. What is handed over must be the latest change, and be
written in turn; and what is said to be written must be there, or something newer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QTimer

from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.session import Session
from handtint.model_card import ModelFile
from handtint.recipe.settings import Settings
from handtint.recipe.store import Kept, RecipeStore
from handtint.stamps import sha256_of
from tests.fakes import FakeColorizer, fake_card

_EVERY_MS = 15
_IN_TIME_MS = 1000  # from a change until it is handed over
_EVENT = struct.Struct("cdd")  # what happened, when, and to which vividness
_MADE, _HANDED_OVER, _WRITTEN, _LATE = b"m", b"h", b"w", b"l"
_PATIENCE_S = 60.0  # until something must have been kept


def edit(photo: Path, told: int) -> None:
    """Open the photo and change its vividness all the time; report what happens."""
    app = QCoreApplication([])
    session = Session(
        lambda model: FakeColorizer(model.card), [ModelFile(Path("/m.safetensors"), fake_card("unet"), 1)]
    )
    keeping, is_due = session.keeping, []

    def tell(what: bytes, vividness: float) -> None:
        os.write(told, _EVENT.pack(what, time.time(), vividness))

    def hand_over(photo: OpenPhoto, usual: Callable[[OpenPhoto], object] = keeping._writing) -> object:
        is_due.clear()
        tell(_HANDED_OVER, photo.settings.vividness)
        return usual(photo)

    def write(kept: Kept, usual: Callable[[Kept], None] = keeping.store.write) -> None:
        usual(kept)
        tell(_WRITTEN, kept.recipe.color.vividness)

    keeping._writing, keeping.store.write = hand_over, write  # type: ignore[assignment, method-assign]
    session.open([photo])
    timer = QTimer()

    def change() -> None:
        if session.current is None or session.current.state is not PhotoState.DONE:
            return
        vividness = random.random()
        session.editing.set_settings(Settings(vividness))
        tell(_MADE, vividness)
        if not is_due:
            is_due.append(vividness)
            QTimer.singleShot(_IN_TIME_MS, lambda: tell(_LATE, vividness) if vividness in is_due else None)

    timer.timeout.connect(change)
    timer.start(_EVERY_MS)
    app.exec()


def main(name: str, kills: str) -> None:
    random_, photo = random.Random(20261130), Path(name)
    sha256, found, ages = sha256_of(photo), Counter(n=0, unkept=0, broken=0, late=0, stale=0), []
    for _ in range(int(kills)):
        RecipeStore().clear()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            random.seed()
            edit(photo, writing)
        os.close(writing)
        data = os.read(reading, _EVENT.size)  # it begins to edit
        found["unkept"] += not _is_kept()
        time.sleep(random_.uniform(0.5, 2.0))
        killed = time.time()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as file:
            data += file.read()
        events = [
            _EVENT.unpack(data[at : at + _EVENT.size]) for at in range(0, len(data) - _EVENT.size + 1, _EVENT.size)
        ]
        kept = RecipeStore().read(sha256)
        found["n"] += kept is not None
        found["late"] += any(what == _LATE for what, *_ in events)
        found["stale"] += _is_stale(events)
        made = [(at, vividness) for what, at, vividness in events if what == _MADE]
        written = [vividness for what, _, vividness in events if what == _WRITTEN]
        order = [vividness for _, vividness in made]
        now = kept.recipe.color.vividness if kept is not None else None
        if now not in order or (written and order.index(now) < order.index(written[-1])):
            found["broken"] += 1  # none of those that were made, or older than one that was written
        else:
            lost = [at for at, _ in made][order.index(now) + 1 :]
            ages.append(killed - lost[0] if lost else 0.0)
    found["broken"] += len(list(RecipeStore().folder.glob("*.damaged")))
    print(json.dumps({**found, "oldest_s": max(ages, default=0.0)}))


def _is_stale(events: list[tuple[bytes, float, float]]) -> bool:
    """Whether something else than the latest change was handed over, or that was not written in turn."""
    latest, handed_over, written = None, [], []
    for what, _, vividness in events:
        if what == _MADE:
            latest = vividness
        elif what == _HANDED_OVER:
            handed_over.append(vividness)
            if vividness != latest:
                return True
        elif what == _WRITTEN:
            written.append(vividness)
    return written != handed_over[: len(written)]


def _is_kept() -> bool:
    """Wait until a recipe is there; False where none comes."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if any(RecipeStore().folder.glob("*.json")):
            return True
        time.sleep(0.01)
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
