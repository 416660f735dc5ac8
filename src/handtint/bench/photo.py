"""`handtint bench photo`: what each stage of coloring one photo costs, beside the least that it could cost.

The photo is gray, made of a sample, enlarged and with grain. All figures are CPU seconds of this process (of one of
its own for the import of torch), medians of rounds in which stages and floors take turns, so that other work on the
machine slows both. A floor is the same result by one call of a codec or by the bare arithmetic: see `bench.floors`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from handtint import model_card, paths
from handtint.bench import floors
from handtint.imaging.color.merge import strip_rows
from handtint.imaging.coloring.chroma import ChromaField, paint, positions
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.resize import shrink_lightness, shrink_pixels
from handtint.imaging.rows import band_rows
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer, Load
from handtint.restore.rendering import render
from handtint.restore.way import predict

STAGES = ("decode", "lightness", "network", "upsample", "merge", "encode", "torch")
_ROUNDS = 3
_GRAIN = 4.0  # standard deviation, of 255

Seconds = dict[str, list[float]]


def command(args: argparse.Namespace, load: Load) -> int:
    """Run the benchmark and print its figures."""
    model = model_card.find_model(args.model)
    with tempfile.TemporaryDirectory(prefix="handtint-bench-") as folder:
        path = make_photo(Path(folder), args.megapixels, args.format)
        colorizer = load(model, args.device, 1)
        stages, least = measure(path, Path(folder), colorizer, args.format)
    rest = [name for name in STAGES if name not in ("network", "torch")]
    ratio = sum(stages[name] for name in rest) / sum(least[name] for name in rest)
    if args.json:
        print(json.dumps({"cpu_seconds": stages, "floor": least, "ratio_without_network": ratio}))
        return 0
    print(f"A gray {args.format.upper()} of {args.megapixels:g} megapixels, model {model.card.name}, CPU seconds:")
    print(f"  {'':10}{'stage':>8}{'floor':>8}")
    for name in STAGES:
        print(f"  {name:10}{stages[name]:8.3f}{least[name]:8.3f}")
    print(f"  all but the network and the import: {ratio:.2f} times their floors")
    return 0


def make_photo(folder: Path, megapixels: float, form: str) -> Path:
    """A gray photo of this size as "jpeg" or "png"."""
    sample = read_photo(next(path for path in sorted(paths.samples_dir().iterdir()) if path.suffix == ".jpg"))
    scale = (megapixels * 1e6 / (sample.size[0] * sample.size[1])) ** 0.5
    gray = shrink_pixels(sample, (round(sample.size[0] * scale), round(sample.size[1] * scale)))[..., 1]
    grain = np.random.default_rng(0).normal(0, _GRAIN, (64, gray.shape[1])).astype(np.int16)
    for rows in range(0, len(gray), 64):
        part = gray[rows : rows + 64]
        part[:] = np.clip(part + grain[: len(part)], 0, 255)
    path = folder / f"photo.{form}"
    write_photo(path, Photo(np.ascontiguousarray(gray)), SaveOptions(quality=92, provenance=False))
    return path


def measure(path: Path, folder: Path, colorizer: Colorizer, form: str) -> tuple[dict[str, float], dict[str, float]]:
    """CPU seconds of the stages and of their floors."""
    stages: Seconds = {name: [] for name in STAGES}
    least: Seconds = {name: [] for name in STAGES}
    settings, photo = Settings(), read_photo(path)
    prediction = predict(photo, settings, colorizer, Progress())  # the first pass of a network costs more
    result = render(photo, prediction, settings, Progress())
    bare = getattr(colorizer, "pass_alone", None)
    for _ in range(_ROUNDS):
        _stages(path, photo, result, prediction, colorizer, folder / f"result.{form}", stages)
        size = prediction.lightness.shape if prediction.lightness is not None else (0, 0)
        _time(least["network"], bare(size) if bare else lambda: None)
        _floors(path, photo, np.asarray(result.pixels), prediction.ab_at(settings.vividness), form, least)
    stages["torch"].append(_import_seconds("handtint.engine.colorizer"))
    least["torch"].append(_import_seconds("torch"))
    medians = [{name: statistics.median(found[name]) for name in STAGES} for found in (stages, least)]
    return medians[0], medians[1]


def _stages(
    path: Path,
    photo: Photo,
    result: Photo,
    prediction: Prediction,
    colorizer: Colorizer,
    target: Path,
    seconds: Seconds,
) -> None:
    seen = prediction.lightness
    assert seen is not None
    _time(seconds["decode"], lambda: read_photo(path))
    _time(seconds["lightness"], lambda: shrink_lightness(photo, (seen.shape[0], seen.shape[1])))
    _time(seconds["network"], lambda: colorizer.predict(seen, Progress()))
    for name, spent in _paint(photo, prediction).items():
        if name == "lightness":  # taken once to look at the photo and once to paint it
            seconds[name][-1] += spent
        else:
            seconds[name].append(spent)
    save = SaveOptions(provenance=False, overwrite=True)
    _time(seconds["encode"], lambda: write_photo(target, result, save))


def _floors(path: Path, photo: Photo, pixels: np.ndarray, ab: np.ndarray, form: str, seconds: Seconds) -> None:
    _time(seconds["decode"], lambda: floors.decode(path))
    _time(seconds["lightness"], lambda: floors.lightness(np.asarray(photo.pixels)))
    _time(seconds["upsample"], lambda: floors.upsample(ab, photo.size))
    full, planes = photo.lightness(), floors.upsample(ab, photo.size)
    _time(seconds["merge"], lambda: floors.merge(full, *planes))
    _time(seconds["encode"], lambda: floors.encode(pixels, form))


def _paint(photo: Photo, prediction: Prediction) -> dict[str, float]:
    """What rendering does, its parts timed apart."""
    height, width = photo.size
    x, strip = positions(0, width, width), strip_rows(width)
    spent: dict[str, float] = {"lightness": 0.0, "upsample": 0.0, "merge": 0.0}
    start = time.process_time()
    assert prediction.lightness is not None
    field = ChromaField(prediction.ab_at(Settings().vividness), prediction.lightness)
    spent["upsample"] += time.process_time() - start
    for top in range(0, height, band_rows(width)):
        stop, clock = min(top + band_rows(width), height), time.process_time()
        lightness = photo.lightness(slice(top, stop))
        spent["lightness"] += time.process_time() - clock
        y, clock = positions(top, stop, height), time.process_time()
        band = field.band(y, x)
        for row in range(0, stop - top, strip):
            part = slice(row, min(row + strip, stop - top))
            band.ab(part, lightness[part])
        between = time.process_time()
        paint(lightness, field, y, x)
        upsampling = between - clock
        spent["upsample"] += upsampling
        spent["merge"] += time.process_time() - between - upsampling  # painting upsamples once more
    return spent


def _time(into: list[float], work: Callable[[], object]) -> None:
    start = time.process_time()
    work()
    into.append(time.process_time() - start)


def _import_seconds(module: str) -> float:
    code = f"import {module}, time; print(time.process_time())"
    return float(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True).stdout)
