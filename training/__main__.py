"""Training from the command line.

`python -m training fit RECIPE --data PATH... --out RUN` trains a model;
`python -m training evaluate DATA... --model NAME|FILE` prints its figures on photographs it never saw.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from handtint.errors import HandtintError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train Handtint models.")
    commands = parser.add_subparsers(dest="command", required=True)
    fit = commands.add_parser("fit", help="train a model from a recipe")
    fit.add_argument("recipe", help="name of a recipe, or its JSON file")
    fit.add_argument("--data", type=Path, nargs="+", required=True, help="folders of photos or tar files")
    fit.add_argument("--out", type=Path, required=True, help="folder of the run")
    fit.add_argument(
        "--encoder",
        "--weights",
        type=Path,
        help="published encoder weights to start from (safetensors, or their folder)",
    )
    fit.add_argument(
        "--download", action="store_true", help="fetch the published weights of vgg_resnet_unet's encoders"
    )
    fit.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    length = fit.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="how long to train (default 60)")
    length.add_argument("--epochs", type=float, help="how often to see every photo")
    evaluate = commands.add_parser("evaluate", help="figures of a model on photographs it never saw")
    evaluate.add_argument("data", type=Path, nargs="+", help="folders of photos or tar files")
    evaluate.add_argument("--model", default="unet", help="name of a model, or its file")
    evaluate.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    evaluate.add_argument("--vividness", type=float, nargs="+", default=[0.0, 0.5, 1.0])
    evaluate.add_argument("--json", action="store_true", help="print JSON instead of a table")
    evaluate.add_argument("--into-card", action="store_true", help="write the figures into the model's card")
    options = parser.parse_args(arguments)
    try:
        return {"fit": _fit, "evaluate": _evaluate}[options.command](options)
    except HandtintError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _fit(options: argparse.Namespace) -> int:
    from handtint.engine.colorizer import choose_device
    from training import published
    from training.config import load_recipe
    from training.data import load_photos
    from training.loop import Budget, fit

    recipe = load_recipe(options.recipe)
    device = choose_device(options.device)
    if options.download and recipe.architecture == "vgg_resnet_unet":
        published.download()
    largest = max(stage.size for stage in recipe.stages)
    photos = load_photos(options.data, keep=max(recipe.working_size, largest))
    unused = ", ".join(f"{count} {reason}" for reason, count in photos.left_out.items() if count)
    print(f"{len(photos.names)} photos, {sum(photos.held_out)} of them held out; left out: {unused or 'none'}.")
    minutes = options.minutes if options.minutes or options.epochs else 60.0
    path = fit(
        recipe,
        photos,
        options.out,
        Budget(minutes, options.epochs),
        encoder=options.encoder,
        device=device,
        say=lambda line: print(line, flush=True),
    )
    print(f'The model is "{path}".')
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from handtint.engine.colorizer import load_colorizer
    from handtint.engine.models import load_model, save_model
    from handtint.model_card import find_model
    from training.data import load_photos
    from training.evaluate import evaluate, table

    model_file = find_model(options.model)
    colorizer = load_colorizer(model_file, options.device)
    photos = load_photos(options.data, keep=model_file.card.working_size)
    figures = evaluate(colorizer, photos.photos, options.vividness)
    print(json.dumps(figures, indent=1) if options.json else table(figures))
    if options.into_card:
        model, card = load_model(model_file.path)
        data = f"{len(photos.names)} photos of {', '.join(path.name for path in options.data)}"
        save_model(model_file.path, model, replace(card, metrics={"data": data, **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
