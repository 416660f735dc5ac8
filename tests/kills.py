"""Kills Handtint's work at random moments, again and again, and checks each time that everything is whole.

    python -m tests.kills [--kills 200] [--lessons 40] [--only save] [--seed 1]

Saving a result, an album's run, the user's edits, the window's settings, and teaching (which starts too slowly for as
many) are done by a child that is killed with SIGKILL. A result must be there whole, old or new, or not at all; a run
must go on, make nothing twice and leave nothing half; edits may lose their last second; settings must be readable,
hold what was set, and let a window start; a lesson must go on from what it saved. POSIX only. Prints a line for each
and ends with 1 where something was lost.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from handtint import paths
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.writing import write_photo
from handtint.recipe.saving import SaveOptions
from tests.album.standin import environment, make_album, make_model

os.environ["QT_QPA_PLATFORM"] = "offscreen"
_SAVED = ("png", "tif", "webp", "jpg")


def main() -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200, help="of each kind but teaching")
    parser.add_argument("--lessons", type=int, default=40, help="kills of teaching")
    parser.add_argument("--only", default="", help="what has this in its name")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    lost = 0
    for name, (kill, seconds) in WORKS.items():
        if args.only in name:
            count = args.lessons if name == "teaching" else args.kills
            start = time.monotonic()
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                os.environ |= {f"XDG_{kind}_HOME": folder for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
                said, faults = kill(Path(folder), count, random.Random(args.seed), seconds)
            lost += len(faults)
            print(
                f"{name}: {count} kills in {time.monotonic() - start:.0f} s, {len(faults)} faults; {said}", flush=True
            )
            for fault in faults[:20]:
                print(f"  {fault}", flush=True)
    return int(bool(lost))


Faults = list[str]
Killed = tuple[str, Faults]


def killed(work: Callable[[int], object], after_s: float, *, at_work: bool = True) -> tuple[bytes, bool]:
    """Do it in a child that is killed after so long; what it told through the pipe, and whether it ended before.

    With `at_work` the time begins when it first tells something, since a busy machine may let it wait.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        work(writing)
        os._exit(0)
    os.close(writing)
    first = os.read(reading, 1) if at_work else b""
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    with os.fdopen(reading, "rb") as pipe:
        return first + pipe.read(), os.WIFEXITED(status)


# saving


def kill_saving(folder: Path, count: int, rng: random.Random, most_s: float) -> Killed:
    """Results are replaced by each other: at every moment one of them is there whole."""
    pictures = [np.full((150, 200, 3), 40 + 60 * number, np.uint8) for number in range(3)]
    photos = [Photo(pixels) for pixels in pictures]
    options = SaveOptions(overwrite=True)

    def save(told: int) -> None:
        for number in range(10**9):
            suffix = _SAVED[number % len(_SAVED)]
            write_photo(folder / f"result.{suffix}", photos[number % 3], options)
            os.write(told, b".")

    faults, saved, cut_off = [], 0, 0
    for number in range(count):
        saved += len(killed(save, rng.uniform(0, most_s))[0])
        for suffix in _SAVED:
            path = folder / f"result.{suffix}"
            if path.exists():
                with _fault_in(faults, f"kill {number}: {path.name}"):
                    read = np.asarray(read_photo(path).pixels).astype(int)
                    assert min(np.abs(read - picture).max() for picture in pictures) <= (4 if suffix == "jpg" else 3)
        parts = list(folder.glob(".handtint-*.part"))
        cut_off += bool(parts)
        if len(parts) > 1:
            faults.append(f"kill {number}: {len(parts)} files were being written")
        for part in parts:
            part.unlink()
    return f"{saved} results saved, {cut_off} cut off", faults


@contextlib.contextmanager
def _fault_in(faults: Faults, what: str):
    try:
        yield
    except Exception as error:
        faults.append(f"{what}: {type(error).__name__}: {error}")


# albums


def kill_albums(folder: Path, count: int, rng: random.Random, most_s: float) -> Killed:
    """Runs of one album after the other, each killed until it ends by itself."""
    from tests.album import killing

    album, model = make_album(folder / "album", 36), make_model(folder)
    os.environ["STANDIN_DELAY_S"] = "0.01"
    wanted = {path.relative_to(album).as_posix() for path in album.rglob("*.png")}
    faults: Faults = []
    kills = halves = ended = 0
    while kills < count:
        out, seen = folder / f"out {ended}", dict[str, int]()
        found: dict[str, list[str]] = {"broken": [], "made again": [], "foreign": []}
        after_s = most_s
        while kills < count:
            given = ["restore", str(album), "-o", str(out), "--recursive", "--model", str(model)]

            def restore(_told: int, given: list[str] = given) -> None:
                os._exit(killing.cli.main(given, killing.load))

            _, is_over = killed(restore, rng.uniform(0, after_s), at_work=False)
            halves += killing.look(out, seen, found)
            if is_over:
                ended += 1
                if set(seen) != wanted:
                    faults.append(f"an album ended with {len(seen)} of {len(wanted)} results")
                if list(out.rglob("*.part")):
                    faults.append("an album ended with half-written files")
                break
            kills += 1
            after_s *= 1.05
        faults += [f"{kind}: {names}" for kind, names in found.items() if names]
    return f"{ended} albums ended, {halves} results cut off", faults


# edits


def kill_edits(folder: Path, count: int, _rng: random.Random, _most_s: float) -> Killed:
    """The window's own way to keep edits, and the writing of them by itself."""
    from tests.gui.conftest import gray_photo

    def run(module: str, *arguments: object) -> dict:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    faults = []
    window = run("tests.gui.killing", gray_photo(folder / "a.png"), count)
    if any(window[kind] for kind in ("broken", "unkept", "late", "stale")):  # how old it is, other work decides
        faults.append(f"in the window: {window}")
    store = run("tests.recipe.killing", folder / "recipes", count)
    if store["lost"] or store["damaged"]:
        faults.append(f"in the store: {store}")
    return (
        f"{window['n']} sessions kept something, at most {window['oldest_s']:.2f} s of edits lost; in the store as "
        f"many kills again, {store['kept']} recipes kept, {store['cut_off']} cut off"
    ), faults


# settings


def kill_settings(folder: Path, count: int, rng: random.Random, most_s: float) -> Killed:
    """The settings are set and written all the time; then they are read, and now and then a window starts with them."""
    from handtint.gui import app as _app  # noqa: F401 so that children need not import it

    def write(told: int) -> None:
        from handtint.gui.app import settings
        from handtint.gui.canvas.canvas import Mode
        from handtint.gui.session.memory import Memory

        store = settings()
        memory, modes = Memory(store), list(Mode)
        for number in range(10**9):
            memory.last_open = [folder / f"{number} {place}.png" for place in range(20)]
            memory.model, memory.mode, memory.cores = f"model {number}", modes[number % len(modes)], number % 64
            store.sync()
            os.write(told, number.to_bytes(4, "big"))

    def read(told: int) -> None:
        from handtint.gui.app import settings
        from handtint.gui.session.memory import Memory

        store = settings()
        memory = Memory(store)
        state = {"status": store.status().name, "model": memory.model, "open": [str(path) for path in memory.last_open]}
        os.write(told, json.dumps(state).encode())

    def start(told: int) -> None:
        from handtint.gui.app import make_application, settings
        from handtint.gui.main_window import MainWindow
        from handtint.gui.parts.theme import ThemeKeeper
        from handtint.gui.session.memory import Memory

        app = make_application()
        window = MainWindow(lambda _: None, [], Memory(settings()), ThemeKeeper(app))  # type: ignore[arg-type]
        window.show()
        app.processEvents()
        os.write(told, b"shown")

    faults: Faults = []
    last = written = starts = 0
    for number in range(count):
        told, _ = killed(write, rng.uniform(0, most_s))
        written += len(told) // 4
        last = int.from_bytes(told[-4:], "big") if told else last
        with _fault_in(faults, f"kill {number}"):
            state = json.loads(ended(read))
            assert state["status"] == "NoError", state
            if told:
                at = int(state["model"].removeprefix("model "))
                assert at in (last, last + 1), (at, last)
                assert all(Path(path).name.startswith((f"{last} ", f"{last + 1} ")) for path in state["open"]), state
                assert len(state["open"]) == 20
        if number % 20 == 0:
            starts += 1
            if ended(start) != b"shown":
                faults.append(f"kill {number}: no window starts")
    left = [path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".conf"]
    return f"{written} times written, {starts} windows started; beside them lie {left}", faults


def ended(work: Callable[[int], object]) -> bytes:
    """What a child told that came to its end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        work(writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


# teaching


def kill_teaching(folder: Path, count: int, rng: random.Random, most_s: float) -> Killed:
    """One lesson after the other, each killed and gone on with until it ends by itself."""
    import torch
    import torch._dynamo  # takes long, and children need not import it

    from handtint.engine.models import build, load_model, save_model
    from tests.training.small import album, recipe
    from training import loop
    from training.learning.learner import new_card
    from training.schedule import Budget
    from training.tune import finetune

    photos, bundled, own = album(folder / "photos", 40), folder / "bundled", folder / "user" / "models"
    bundled.mkdir()
    loop.SAVE_EVERY_S = 0.2
    paths.bundled_models_dir, paths.user_models_dir = lambda: bundled, lambda: own  # type: ignore[assignment]
    card = new_card(recipe(folder, ema=0.5))
    torch.manual_seed(0)
    save_model(bundled / "small.safetensors", build(card), card)
    faults: Faults = []
    kills = finished = resumed = 0
    while True:
        run, name = folder / f"run {finished}", f"mine {finished}"

        def teach(told: int, run: Path = run, name: str = name) -> None:
            def report(said: dict) -> None:
                few = {"event": said["event"], "step": said.get("step"), "text": said.get("text")}
                os.write(told, (json.dumps(few) + "\n").encode())

            finetune([photos], run, Budget(epochs=12), model="small", name=name, device_name="cpu", report=report)

        last = 0
        while kills <= count:
            is_last = kills == count
            told, is_over = (ended(teach), True) if is_last else killed(teach, rng.uniform(0, most_s))
            events = [json.loads(line) for line in told.splitlines() if line.endswith(b"}")]
            went_on = any("Going on from step" in (event["text"] or "") for event in events)
            resumed += went_on
            if last and any(event["event"] == "step" for event in events) and not went_on:
                faults.append(f"kill {kills}: what was saved at step {last} was not gone on with")
            faults += [f"kill {kills}: {event}" for event in events if event["event"] == "failed"]
            last = max([last, *(event["step"] or 0 for event in events if event["event"] == "saved")])
            if is_over:
                finished += 1
                with _fault_in(faults, f"lesson {finished}"):
                    load_model(own / f"{name}.safetensors")
                break
            kills += 1
        if kills >= count:
            break
    return f"{finished} lessons ended, {resumed} times gone on with", faults


WORKS: dict[str, tuple[Callable[[Path, int, random.Random, float], Killed], float]] = {
    "saving": (kill_saving, 0.3),
    "album": (kill_albums, 0.3),
    "edits": (kill_edits, 0.0),
    "settings": (kill_settings, 0.1),
    "teaching": (kill_teaching, 8.0),
}


if __name__ == "__main__":
    sys.exit(main())
