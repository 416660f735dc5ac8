"""`handtint bench album`: how fast an album is made on this computer, beside what its stages allow.

Each stage (read, network, write) is timed alone, with the threads it has in a run; then whole runs, in turn with the
stages. A run can be no faster than the slowest stage alone, nor than the cores divided by the CPU time of a photo; the
figure is how near it comes to the lower of these. Filling and draining belong to a run, so few photos make it look
slow: at the start the writers have nothing to do yet, at the end the reader and the network. What other programs take
of the processors counts against it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handtint import model_card, paths
from handtint.album import making
from handtint.album.journal import Journal
from handtint.album.order import Job, Order
from handtint.album.plan import plan
from handtint.album.run import Threads, run, usual_threads
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.resize import shrink_pixels
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions
from handtint.restore import way
from handtint.restore.colorizer import Colorizer, Load

_ROUNDS = 3


@dataclass(frozen=True)
class Figures:
    """Photos a second: of each stage alone, of all cores if nothing ever waited, and of whole runs."""

    read: float
    network: float
    write: float
    cores: float
    run: float

    @property
    def ratio(self) -> float:
        """The run's share of what is possible."""
        return self.run / min(self.read, self.network, self.write, self.cores)


def command(args: argparse.Namespace, load: Load) -> int:
    """Run the benchmark and print its figures."""
    threads = usual_threads()
    model = model_card.find_model(args.model)
    with tempfile.TemporaryDirectory(prefix="handtint-bench-") as folder:
        album = make_album(Path(folder) / "album", args.photos, args.megapixels)
        colorizer = load(model, args.device, threads.network)
        figures = measure(album, Path(folder), Order(model), colorizer, threads)
    if args.json:
        print(json.dumps(dataclasses.asdict(figures) | {"ratio": figures.ratio, "cores_at_hand": os.cpu_count()}))
        return 0
    print(f"{args.photos} gray JPEGs of {args.megapixels:g} megapixels, model {model.card.name}, photos a second:")
    print(f"  reading alone, {threads.readers} thread(s)   {figures.read:8.2f}")
    print(f"  network alone               {figures.network:8.2f}")
    print(f"  writing alone, {threads.writers} thread(s)   {figures.write:8.2f}")
    print(f"  {os.cpu_count()} cores never waiting      {figures.cores:8.2f}")
    print(f"  the album                   {figures.run:8.2f}   {figures.ratio:.0%} of the lowest of these")
    return 0


def make_album(folder: Path, count: int, megapixels: float) -> Path:
    """A folder of gray JPEG photos made from the samples, some upright and some wide, at this size."""
    folder.mkdir()
    samples = sorted(path for path in paths.samples_dir().iterdir() if path.suffix in (".jpg", ".png"))
    for number in range(count):
        sample = read_photo(samples[number % len(samples)])
        height, width = sample.size
        scale = (megapixels * 1e6 / (height * width)) ** 0.5
        size = round(height * scale), round(width * scale)
        photo = Photo(np.ascontiguousarray(shrink_pixels(sample, size)[..., 1]))
        write_photo(folder / f"{number:04}.jpg", photo, SaveOptions(quality=92, provenance=False))
    return folder


def measure(album: Path, home: Path, order: Order, colorizer: Colorizer, threads: Threads) -> Figures:
    """Time the stages and whole runs, in turn; medians."""
    jobs = plan([album], home / "stages", order).jobs

    def write(job: Job, ready: way.Ready, prediction: Prediction) -> None:
        making.write(job, ready, prediction, order, colorizer.card, home, Progress())

    times: dict[str, list[float]] = {"read": [], "network": [], "write": [], "run": [], "cpu": []}
    for number in range(_ROUNDS):
        cpu = time.process_time()
        with _timed(times["read"]), ThreadPoolExecutor(threads.readers) as pool:
            readies = list(pool.map(lambda job: making.read(job, order, Progress()), jobs))
        with _timed(times["network"]):
            predictions = _predict(colorizer, readies)
        (home / "stages").mkdir(exist_ok=True)
        with _timed(times["write"]), ThreadPoolExecutor(threads.writers) as pool:
            list(pool.map(write, jobs, readies, predictions))
        times["cpu"].append(time.process_time() - cpu)
        del readies, predictions
        for job in jobs:
            job.target.unlink()
        out = home / f"run {number}"
        with Journal(out) as journal:
            chosen = plan([album], out, order, journal).jobs
            with _timed(times["run"]):
                run(chosen, order, journal, lambda: colorizer, Progress(), lambda event: None, threads=threads)
    rate = {name: len(jobs) / statistics.median(seconds) for name, seconds in times.items()}
    return Figures(rate["read"], rate["network"], rate["write"], (os.cpu_count() or 1) * rate["cpu"], rate["run"])


@contextmanager
def _timed(into: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    into.append(time.perf_counter() - start)


def _predict(colorizer: Colorizer, readies: list[way.Ready]) -> list[Prediction]:
    """In batches of one size, as a run does; results in the order given."""
    by_size: dict[tuple[int, ...], list[int]] = {}
    for index, ready in enumerate(readies):
        by_size.setdefault(ready.lightness.shape, []).append(index)
    found: dict[int, Prediction] = {}
    for indexes in by_size.values():
        for start in range(0, len(indexes), colorizer.batch_size):
            batch = indexes[start : start + colorizer.batch_size]
            predictions = way.ask([readies[index] for index in batch], colorizer, Progress())
            found.update(zip(batch, predictions, strict=True))
    return [found[index] for index in range(len(readies))]
