"""`python -m training fit RECIPE --data PATH... --out RUN`: trains a model from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from handtint.errors import HandtintError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training", description="Train Handtint models.")
    commands = parser.add_subparsers(dest="command", required=True)
    fit = commands.add_parser("fit", help="train a model from a recipe")
    fit.add_argument("recipe", help="name of a recipe, or its JSON file")
    fit.add_argument("--data", type=Path, nargs="+", required=True, help="folders of photos or tar files")
    fit.add_argument("--out", type=Path, required=True, help="folder of the run")
    fit.add_argument("--encoder", type=Path, help="published encoder weights to start from (safetensors)")
    fit.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    length = fit.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="how long to train (default 60)")
    length.add_argument("--epochs", type=float, help="how often to see every photo")
    options = parser.parse_args(arguments)
    try:
        return _fit(options)
    except HandtintError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _fit(options: argparse.Namespace) -> int:
    from handtint.engine.colorizer import choose_device
    from training.config import load_recipe
    from training.data import load_photos
    from training.loop import Budget, fit

    recipe = load_recipe(options.recipe)
    device = choose_device(options.device)
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


if __name__ == "__main__":
    sys.exit(main())
