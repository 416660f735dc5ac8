"""Kills a process that keeps recipes, again and again, and looks at what each time is there.

`python -m tests.recipe.killing FOLDER KILLS` prints one JSON object. A process of its own, so that it can fork.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path

from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.store import Kept, RecipeStore

SHA256 = "ab" * 32
HINTS = tuple(Hint(number, number, 1, 0, 0) for number in range(100))  # so that writing takes a while


def edit(folder: Path, first: int, told: int) -> None:
    """Keep one recipe after the other, and tell the number of each that is kept."""
    store, kept = RecipeStore(folder), Kept(SHA256, Recipe(Settings(hints=HINTS)))
    for number in range(first, 10**9):
        store.write(dataclasses.replace(kept, time=float(number)))
        os.write(told, struct.pack("q", number))


def main(folder: str, kills: str) -> None:
    random_ = random.Random(20261130)
    store, lost, kept, cut_off = RecipeStore(Path(folder)), 0, 0, 0
    for _ in range(int(kills)):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            edit(Path(folder), kept + 1, writing)
        os.close(writing)
        first = os.read(reading, 8)  # however busy the machine is, something is kept before it is killed
        time.sleep(random_.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for part in Path(folder).glob("*.part"):
            cut_off += 1
            part.unlink()
        with os.fdopen(reading, "rb") as file:
            data = first + file.read()
        told = struct.unpack("q", data[-8:])[0] if data else kept
        found = store.read(SHA256)
        if told and (found is None or found.time < told or found.recipe.color.hints != HINTS):
            lost += 1
        kept = int(found.time) if found is not None else kept
    damaged = [path.name for path in Path(folder).glob("*.damaged")]
    print(json.dumps({"lost": lost, "damaged": damaged, "kept": kept, "cut_off": cut_off}))


if __name__ == "__main__":
    main(*sys.argv[1:])
