"""The commands that measure: `evaluate`, `curve` and `judge`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handtint.progress import Progress

if TYPE_CHECKING:
    import numpy as np

    from handtint.imaging.photo import Photo
    from handtint.recipe.settings import Settings
    from training.photos.found import PhotoSet

_PIXELS = 256  # short side, so that the figures of networks with a smaller working size stand beside the others'


def add_commands(commands: Any) -> list[argparse.ArgumentParser]:
    """Adds their parsers to argparse's sub-parsers."""
    evaluate = commands.add_parser("evaluate", help="figures of a model on photos it never saw")
    evaluate.add_argument("--vividness", type=numbers(float), default=[[0.0, 0.4, 0.7, 1.0]], nargs="+", metavar="X")
    evaluate.add_argument("--hints", type=numbers(int), default=[], help="numbers of color hints, such as 0,1,10,50")
    only = evaluate.add_mutually_exclusive_group()
    only.add_argument(
        "--variants", action="store_true", help="measure the variants instead: how far apart, the best's gain"
    )
    only.add_argument(
        "--tones", action="store_true", help="measure skin and gray things instead (faces by masks among the data)"
    )
    only.add_argument(
        "--marks", type=Path, metavar="FILE", help="measure the chroma of places that a JSON file marks, as white hair"
    )
    only.add_argument("--into-card", action="store_true", help="write the figures into the model's card")
    curve = commands.add_parser("curve", help="fit the curve of chroma that vividness follows, and print it")
    for command in (evaluate, curve):
        command.add_argument("data", type=Path, nargs="+", help="folders of photos or tar files")
        command.add_argument("--model", default="unet", help="name of a model, or its file")
        command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
        command.add_argument("--held-out", action="store_true", help="only what a training holds out by its hash")
        command.add_argument(
            "--only-prefix", nargs="+", default=[], metavar="PREFIX", help="only photos whose names begin so"
        )
    judge = commands.add_parser("judge", help="sheets of unnamed versions to choose among; counts the choices")
    judge.add_argument("photos", type=Path, nargs="*", help="photos, folders of them or tar files")
    judge.add_argument(
        "--version",
        action="append",
        default=[],
        metavar="MODEL:VIVIDNESS[:STRENGTH][+closely]",
        type=_version,
        dest="versions",
        help="a version to choose among; give several",
    )
    judge.add_argument("--out", type=Path, help="folder of the sheets")
    judge.add_argument("--seed", type=int, default=0, help="of the order of photos and versions")
    judge.add_argument("--count", type=Path, metavar="FOLDER", help="count what was chosen on the sheets there")
    return [evaluate, curve, judge]


def numbers(kind: type):
    """A parser of numbers with commas between them, none below 0."""

    def parse(text: str) -> list[float]:
        values = [kind(part) for part in text.split(",")]
        if min(values) < 0:
            raise argparse.ArgumentTypeError(f"{text} is below 0")
        return values

    parse.__name__ = "list of numbers"
    return parse


def _version(text: str) -> tuple[str, str, Settings]:
    from handtint.recipe.settings import Settings

    name, *values = text.removesuffix("+closely").rsplit(":", 2)
    if len(values) == 2 and not _is_number(values[0]):  # a path with a colon
        name, values = f"{name}:{values[0]}", values[1:]
    if not values or not all(map(_is_number, values)):
        raise argparse.ArgumentTypeError(f"{text} is not MODEL:VIVIDNESS, such as unet:0.4")
    vividness, strength = [float(value) for value in (*values, "1")][:2]
    return text, name, Settings(vividness, strength, closely=text.endswith("+closely"))


def _is_number(text: str) -> bool:
    try:
        return 0 <= float(text) <= 2
    except ValueError:
        return False


def evaluate(options: argparse.Namespace, progress: Progress) -> None:
    """Print a model's figures."""
    from handtint.engine.colorizer import load_colorizer
    from handtint.engine.models import load_model, save_model
    from handtint.model_card import find_model
    from training.checkpoint import saving_to
    from training.measuring import tones
    from training.measuring.evaluate import evaluate, table
    from training.measuring.variants import measure_variants, variants_table

    model_file = find_model(options.model)
    colorizer = load_colorizer(model_file, options.device)
    vividness = [value for values in options.vividness for value in values]
    if options.marks:
        marks = tones.read_marks(options.marks)
        figures = tones.measure_marks(colorizer, dict(_pictures(options.data)), marks, vividness)
        if not figures:
            raise tones.MarksError(f'None of the photos marked in "{options.marks}" is among the data.')
        print(json.dumps(figures, indent=1) if options.json else tones.marks_table(figures))
        return
    photos = _unseen(options, max(_PIXELS, model_file.card.working_size))
    if options.variants:
        figures, as_table = measure_variants(colorizer, photos.photos, progress), variants_table
    elif options.tones:
        figures, as_table = tones.measure_tones(colorizer, photos, vividness, progress), tones.tones_table
    else:
        figures, as_table = evaluate(colorizer, photos.photos, vividness, hints=options.hints, progress=progress), table
    print(json.dumps(figures, indent=1) if options.json else as_table(figures))
    if options.into_card:
        model, card = load_model(model_file.path)
        data = f"{len(photos.names)} photos of {', '.join(path.name for path in options.data)}"
        with saving_to(model_file.path):
            save_model(model_file.path, model, replace(card, metrics={"data": data, **figures}))


def _unseen(options: argparse.Namespace, keep: int) -> PhotoSet:
    from training.photos.found import load_photos

    found = load_photos(options.data, keep=keep)
    photos = found.unseen()
    if len(photos.names) < len(found.names):
        count = len(found.names) - len(photos.names)
        print(
            f"Of CIFAR-10 only the held-out part: left out {count} pictures that trainings learn from.", file=sys.stderr
        )
    return photos.chosen(held_out=options.held_out, prefixes=options.only_prefix)


def curve(options: argparse.Namespace, progress: Progress) -> None:
    """Print the curve of chroma that fits a model's predictions."""
    from handtint.engine.colorizer import load_colorizer
    from handtint.imaging.photo import Photo
    from handtint.imaging.resize import resize_planes
    from handtint.model_card import find_model
    from handtint.recipe.settings import Settings
    from handtint.restore.way import predict
    from training.measuring.curve import as_source, fit_gains
    from training.measuring.metrics import lab_of

    colorizer = load_colorizer(find_model(options.model), options.device)
    photos = _unseen(options, _PIXELS).photos

    def pairs() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for index, pixels in enumerate(photos):
            progress.step(index / len(photos), f"Coloring {index + 1} of {len(photos)}")
            ab = predict(Photo(pixels), Settings(recolor=True), colorizer, Progress()).ab
            yield ab, resize_planes(lab_of(pixels), ab.shape[:2])[..., 1:]

    gains = fit_gains(pairs())
    print(json.dumps(gains.tolist()) if options.json else as_source(gains))


def judge(options: argparse.Namespace, progress: Progress) -> None:
    """Make sheets to choose on, or count what was chosen."""
    from handtint.engine.colorizer import load_colorizer
    from handtint.model_card import find_model
    from training.measuring.judging import JudgeError, Version, choices_table, count_choices, make_sheets

    if options.count:
        print(choices_table(count_choices(options.count)))
        return
    if not options.out or not options.photos:
        raise JudgeError("Give photos, some --version and the sheets' folder with --out; or --count FOLDER.")
    colorizers = {name: load_colorizer(find_model(name)) for _, name, _ in options.versions}
    versions = [Version(text, colorizers[name], settings) for text, name, settings in options.versions]
    photos = list(_pictures(options.photos))
    make_sheets(photos, versions, options.out, options.seed, progress)
    print(f'{len(photos)} sheets are in "{options.out}". Write choices into a text file there, then count them.')


def _pictures(sources: list[Path]) -> Iterator[tuple[str, Photo]]:
    """Names and photos, in color or not, as they are."""
    from training.photos.found import pictures

    for source in sources:
        yield from pictures(source)
