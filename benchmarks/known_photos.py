"""Whether an album of photos whose edits are kept opens as quickly as one of photos nobody edited.

    PYTHONPATH=src python benchmarks/known_photos.py [PHOTOS [ROUNDS]]

Opens a folder of small photos in the window until the grid shows its first screen of thumbnails, then scrolls through
some screens: in each round twice with a kept recipe for each of them and twice without, the first and the last time
alike. So what an opening leaves behind for the next one falls on both alike, and what else the machine does, too: only
what is within a round is compared. Prints the medians of the process's CPU seconds, the median of the rounds' ratios,
and how far that may be off by chance.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image
from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest

from handtint.gui.app import make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.session.memory import Memory
from handtint.model_card import list_models
from handtint.paths import state_dir
from handtint.recipe.hints import Hint
from handtint.recipe.history import Step
from handtint.recipe.known_photos import KnownPhotos
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore, kept_now

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer

_SCREENS = 4
_DRAWS = 2000


def make_photos(folder: Path, count: int) -> list[Path]:
    """Photos that all differ."""
    folder.mkdir()
    noise = np.random.default_rng(20261130)
    paths = []
    for number in range(count):
        path = folder / f"{number:05}.png"
        Image.fromarray(noise.integers(0, 255, (24, 32), np.uint8)).save(path)
        paths.append(path)
    return paths


def keep_recipes(paths: list[Path]) -> None:
    """As after an evening with each of them: a recipe, hints and twenty steps."""
    store, known = RecipeStore(), KnownPhotos()
    recipe = Recipe(Settings(0.6, hints=tuple(Hint(x, 5, 2, 10, 10) for x in range(10))))
    past = [Step(Recipe(Settings(number / 100))) for number in range(20)]
    for path in paths:
        store.write(kept_now(known.sha256(path), path.name, recipe, past, []))


def open_once(folder: Path, home: Path) -> float:
    """CPU seconds until the grid of a new window shows the album, and to scroll through it."""
    app = make_application()
    memory = Memory(QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(lambda model: cast("Colorizer", object()), list_models(), memory, ThemeKeeper(app))
    window.resize(1200, 800)
    window.show()
    idle: list[None] = []  # what a new window does by itself is not measured
    for worker in (window.session.view_worker, window.session.model_worker):
        worker.submit(lambda progress: None, idle.append, lambda error: None)
    wait_for(lambda: len(idle) == 2)
    albums = window.albums
    gc.collect()
    began = time.process_time()
    window.open([folder])
    wait_for(lambda: albums.is_seen and bool(albums.album.model.shown))
    grid = albums.workspace.grid
    for _ in range(_SCREENS):
        wait_for(
            lambda: all(grid.thumbnails.get(albums.album.model.shown[row].path) is not None for row in grid.in_view())
        )
        bar = grid.verticalScrollBar()
        bar.setValue(bar.value() + bar.pageStep())
    taken = time.process_time() - began
    window.session.close()
    window.hide()
    window.deleteLater()
    QTest.qWait(50)
    return taken


def wait_for(is_so) -> None:
    """Let the window work until that is so."""
    while not is_so():
        QTest.qWait(20)


def spread(ratios: list[float], chance: random.Random) -> tuple[float, float]:
    """Between what the median would lie nine times out of ten, had other rounds been measured (bootstrap)."""
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(_DRAWS))
    return medians[_DRAWS // 20], medians[-_DRAWS // 20]


def main(count: int = 5000, rounds: int = 20) -> None:
    """Measure and print."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    chance = random.Random(20261130)
    with tempfile.TemporaryDirectory() as name:
        home, album = Path(name), Path(name) / "album"
        for kind in ("data", "state", "config", "cache"):
            os.environ[f"XDG_{kind.upper()}_HOME"] = str(home / kind)
        paths = make_photos(album, count)
        for _ in range(2):
            open_once(album, home)  # libraries are loaded, caches filled
        keep_recipes(paths)
        known = (RecipeStore().folder, state_dir() / "known-photos")
        size = RecipeStore().size()
        seconds: dict[bool, list[float]] = {True: [], False: []}
        ratios: list[float] = []
        for number in range(rounds):
            first = chance.random() < 0.5
            for is_known in (first, not first, not first, first):
                if not is_known:
                    for path in known:
                        path.rename(home / path.name)
                seconds[is_known].append(open_once(album, home))
                if not is_known:
                    for path in known:
                        (home / path.name).replace(path)
            ratios.append(sum(seconds[True][-2:]) / sum(seconds[False][-2:]))
            print(f"round {number + 1}: {ratios[-1]:.3f}", file=sys.stderr, flush=True)
        low, high = spread(ratios, chance)
        print(f"{count} photos, {size / 2**20:.0f} MiB of recipes, {rounds} rounds")
        print(
            f"known {statistics.median(seconds[True]):.3f} CPU s, unknown {statistics.median(seconds[False]):.3f} CPU s"
        )
        print(f"median ratio {statistics.median(ratios):.3f} (90 %: {low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
