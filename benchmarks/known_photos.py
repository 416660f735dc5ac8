"""Whether an album of photos whose edits are kept opens as quickly as one of photos nobody edited.

    PYTHONPATH=src python benchmarks/known_photos.py [PHOTOS [TURNS]]

Opens a folder of small photos in the window, in turns with and without a kept recipe for each of them, until the grid
shows its first screen of thumbnails, then scrolls through some screens. Prints the CPU seconds of the process for each,
and the ratio of the medians.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QSettings
from PySide6.QtTest import QTest

from handtint.gui.app import load_colorizer, make_application
from handtint.gui.main_window import MainWindow
from handtint.gui.parts.theme import ThemeKeeper
from handtint.gui.session.memory import Memory
from handtint.model_card import list_models
from handtint.recipe.hints import Hint
from handtint.recipe.history import Step
from handtint.recipe.known_photos import KnownPhotos
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore, kept_now

_SCREENS = 10


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
    window = MainWindow(load_colorizer, list_models(), memory, ThemeKeeper(app))
    window.resize(1200, 800)
    window.show()
    QTest.qWait(500)
    albums = window.albums
    began = time.process_time()
    window.open([folder])
    wait_for(lambda: albums.is_seen and bool(albums.album.model.shown))
    grid = albums.page.grid
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
        QTest.qWait(5)


def main(count: int = 5000, turns: int = 9) -> None:
    """Measure and print."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as name:
        home, album = Path(name), Path(name) / "album"
        for kind in ("data", "state", "config", "cache"):
            os.environ[f"XDG_{kind.upper()}_HOME"] = str(home / kind)
        paths = make_photos(album, count)
        open_once(album, home)  # libraries are loaded
        seconds: dict[str, list[float]] = {"unknown": [], "known": []}
        keep_recipes(paths)
        kept, aside = RecipeStore().folder, home / "aside"
        size = RecipeStore().size()
        for _ in range(turns):
            kept.rename(aside)
            seconds["unknown"].append(open_once(album, home))
            aside.rename(kept)
            seconds["known"].append(open_once(album, home))
        medians = {kind: statistics.median(values) for kind, values in seconds.items()}
        for kind, values in seconds.items():
            print(f"{kind:8} {medians[kind]:.2f} CPU s  ({', '.join(f'{value:.2f}' for value in values)})")
        print(f"{count} photos, {size / 2**20:.0f} MiB of recipes, ratio {medians['known'] / medians['unknown']:.3f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
