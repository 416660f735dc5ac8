"""Kills a session that is being edited, again and again, and looks at how old what it kept is.

`python -m tests.gui.killing PHOTO KILLS` prints one JSON object. A process of its own, so that it can fork.

Age has two clocks: that of the wall, and the changes that the session made since, one at each beat of a timer of its
own. On a machine that has time for it they agree; where it gets no time, it makes no changes either, and only the clock
of the wall goes on.
"""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QTimer

from handtint.gui.session.open_photo import Stage
from handtint.gui.session.session import Session
from handtint.model_card import ModelFile
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore
from handtint.stamps import sha256_of
from tests.fakes import FakeColorizer, fake_card

_EVERY_MS = 15
_EDIT = struct.Struct("dd")  # when, and which vividness
_PATIENCE_S = 60.0  # until something must have been kept


def edit(photo: Path, told: int) -> None:
    """Open the photo and change its vividness all the time; tell of each change."""
    app = QCoreApplication([])
    session = Session(
        lambda model: FakeColorizer(model.card), [ModelFile(Path("/m.safetensors"), fake_card("unet"), 1)]
    )
    session.open([photo])
    timer = QTimer()

    def change() -> None:
        if session.current is None or session.current.stage is not Stage.DONE:
            return
        vividness = random.random()
        session.editing.set_settings(Settings(vividness))
        os.write(told, _EDIT.pack(time.time(), vividness))

    timer.timeout.connect(change)
    timer.start(_EVERY_MS)
    app.exec()


def main(name: str, kills: str) -> None:
    random_, photo = random.Random(20261130), Path(name)
    sha256, broken, unkept = sha256_of(photo), 0, 0
    ages, behind = [], []
    for _ in range(int(kills)):
        RecipeStore().clear()
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            random.seed()
            edit(photo, writing)
        os.close(writing)
        data = os.read(reading, _EDIT.size)  # it begins to edit
        if not _is_kept():
            unkept += 1
        time.sleep(random_.uniform(0.5, 2.0))
        killed = time.time()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as file:
            data += file.read()
        edits = [_EDIT.unpack(data[at : at + _EDIT.size]) for at in range(0, len(data) - _EDIT.size + 1, _EDIT.size)]
        kept = RecipeStore().read(sha256)
        if kept is None:
            continue
        lost = [at for at, _ in edits]
        while lost and edits[-len(lost)][1] != kept.recipe.color.vividness:
            lost.pop(0)
        broken += not lost  # it is none of those that were made
        ages.append(killed - lost[1] if len(lost) > 1 else 0.0)  # how long the first change that is lost had been made
        behind.append((len(lost) - 1) * _EVERY_MS / 1000)
    damaged = len(list(RecipeStore().folder.glob("*.damaged")))
    oldest = {"oldest_s": max(ages, default=0.0), "oldest_by_changes_s": max(behind, default=0.0)}
    print(json.dumps({"broken": broken + damaged, "unkept": unkept, "n": len(ages), **oldest}))


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
