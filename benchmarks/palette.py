"""How much nearer two photos of one scene come in color when the first is the other's reference.

`python benchmarks/palette.py PHOTOS... [--model NAME|FILE] [--count N] [--vividness V]`; PHOTOS are folders or tar
files of color photographs, which are made gray. Each photo gives views of the same scene:

    crop        two crops of 70 % a side that share 60 to 80 % of their area
    exposure    the same, the second one lighter or darker, harder or softer
    frame       the second one turned by up to 4 degrees, 8 % nearer or farther, with grain

Both are colored by the app's own way, by themselves and the second with the first as its reference. The figure is the
mean distance in ab (Lab units) over the places that both show, as they come out of the app,
at 16 bits so that rounding is no part of it. Also printed: how many
second views took colors from the first, how many unrelated photos would have, and how the views are grouped.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from handtint.engine.colorizer import load_colorizer
from handtint.imaging.color import lab
from handtint.imaging.photo import Photo
from handtint.model_card import find_model
from handtint.palette.groups import group
from handtint.palette.registration import centers, is_inside, sample
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer, model_input, usual
from handtint.restore.references import describe, make_reference
from handtint.restore.rendering import render
from handtint.restore.way import predict
from training.photos.found import load_photos

KINDS = ("crop", "exposure", "frame")
SIDE = 0.7


@dataclass(frozen=True)
class View:
    """A gray photo of a part of another; its place z lies at `factor * z + offset` there."""

    photo: Photo
    factor: complex
    offset: complex


def views(lightness: np.ndarray, seed: int) -> tuple[View, dict[str, View]]:
    """A first view and, by kind, second ones of (h, w) lightness."""
    rng = np.random.default_rng((11, seed))
    size = int(lightness.shape[0] * SIDE), int(lightness.shape[1] * SIDE)
    shared, part = rng.uniform(0.6, 0.8), rng.random()
    by = np.array([(1 - shared**part) * size[0], (1 - shared ** (1 - part)) * size[1]]).round()
    room = np.array(lightness.shape) - size - by
    signs = rng.choice([-1, 1], 2)
    top_left = (rng.random(2) * np.maximum(room, 0)).round() + np.where(signs < 0, by, 0)
    first = _view(lightness, size, 1.0, _place(top_left))
    second = _place(top_left + signs * by)
    factor = complex(rng.uniform(0.92, 1.08) * np.exp(1j * np.radians(rng.uniform(-4, 4))))
    middle = complex(size[1] / 2, size[0] / 2)
    frame = _view(lightness, size, factor, _place(top_left + signs * by / 2) + middle - factor * middle)
    grain = rng.normal(0, 2, size)
    return first, {
        "crop": _view(lightness, size, 1.0, second),
        "exposure": _view(50 + (lightness - 50) * rng.uniform(0.7, 1.2) + rng.uniform(-10, 10), size, 1.0, second),
        "frame": View(_gray(_lightness(frame.photo) + grain), frame.factor, frame.offset),
    }


def _describe(photo: Photo, colorizer: Colorizer) -> np.ndarray:
    seen = usual(model_input(photo, colorizer.card, Progress()), colorizer.card)
    return describe(seen, colorizer, Progress())


def _place(top_left: np.ndarray) -> complex:
    return complex(top_left[1], top_left[0])


def _view(lightness: np.ndarray, size: tuple[int, int], factor: complex, offset: complex) -> View:
    return View(_gray(sample(lightness, factor * centers(size, size) + offset)), factor, offset)


def _gray(lightness: np.ndarray) -> Photo:
    clipped = np.clip(lightness, 0, 100).astype(np.float32)
    encoded = lab.lab_to_srgb(clipped, np.zeros_like(clipped), np.zeros_like(clipped))[1]
    return Photo((encoded.clip(0, 1) * 65535 + 0.5).astype(np.uint16))


def _lightness(photo: Photo) -> np.ndarray:
    return photo.lightness()


def distance(first: View, first_ab: np.ndarray, second: View, second_ab: np.ndarray) -> float:
    """Mean ab distance over the places that both views show."""
    places = centers(second.photo.size, second.photo.size)
    there = (second.factor * places + second.offset - first.offset) / first.factor
    shared = is_inside(there, first.photo.size)
    return float(np.linalg.norm(second_ab[shared] - sample(first_ab, there[shared]), axis=-1).mean())


def main() -> None:
    """Print how far the colors of pairs that show the same differ, with and without a lead."""
    parser = argparse.ArgumentParser(description="Color differences between photos of one scene.")
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--model", default="unet")
    parser.add_argument("--count", type=int, default=100, help="photos of which views are made")
    parser.add_argument("--vividness", type=float, default=Settings().vividness)
    options = parser.parse_args()
    colorizer = load_colorizer(find_model(options.model), "cpu")
    settings = Settings(vividness=options.vividness)
    originals = load_photos(options.photos, 256).photos[: options.count]
    figures: dict[str, list[tuple[float, float, bool]]] = {kind: [] for kind in KINDS}
    descriptors: dict[str, list[np.ndarray]] = {kind: [] for kind in ("first", *KINDS)}
    strangers, seconds = [], []
    last: View | None = None
    for index, original in enumerate(originals):
        first, others = views(Photo(original).lightness(), index)
        theirs = predict(first.photo, Settings(recolor=True), colorizer, Progress())
        reference = make_reference(first.photo, theirs, settings, colorizer, Progress())
        first_ab = render(first.photo, theirs, settings, Progress()).ab()
        descriptors["first"].append(_describe(first.photo, colorizer))
        for kind, second in others.items():
            away = []
            for source in (None, reference):
                start = time.perf_counter()
                prediction = predict(second.photo, Settings(recolor=True), colorizer, Progress(), source)
                seconds.append(time.perf_counter() - start)
                second_ab = render(second.photo, prediction, settings, Progress()).ab()
                away.append(distance(first, first_ab, second, second_ab))
            figures[kind].append((away[0], away[1], "follow" in prediction.notes[-1]))
            descriptors[kind].append(_describe(second.photo, colorizer))
        if last is not None:
            prediction = predict(last.photo, Settings(recolor=True), colorizer, Progress(), reference)
            strangers.append("follow" in prediction.notes[-1])
        last = first
    print("| second view | ab distance alone | with reference | ratio | median ratio | halved | took colors |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind, rows in figures.items():
        alone, together, took = (np.array(column, float) for column in zip(*rows, strict=True))
        ratios = together / alone
        print(
            f"| {kind} | {alone.mean():.2f} | {together.mean():.2f} | {together.mean() / alone.mean():.2f} "
            f"| {np.median(ratios):.2f} | {np.mean(ratios <= 0.5):.0%} | {took.mean():.0%} |"
        )
    print(f"Unrelated photos that took colors: {sum(strangers)} of {len(strangers)}.")
    count = len(originals)
    for kind in KINDS:
        found = group([*descriptors["first"], *descriptors[kind]], [f"{i:06}" for i in range(2 * count)])
        together = sum(found[i] == found[count + i] for i in range(count))
        wrong = sum(found[i] % count != i % count for i in range(2 * count))
        print(f"Grouping {kind}: {together} of {count} pairs together, {wrong} of {2 * count} views in a wrong group.")
    plain, led = np.mean(seconds[::2]), np.mean(seconds[1::2])
    print(f"Seconds a photo: {plain:.3f} alone, {led:.3f} with a reference. {count} photos, model {options.model}.")


if __name__ == "__main__":
    main()
