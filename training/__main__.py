"""Training from the command line.

`python -m training fit RECIPE --data PATH... --out RUN` trains a model, or goes on with the training in RUN;
`python -m training finetune FOLDER... --name NAME --out RUN` tunes a model on one's own photos;
`python -m training survey DATA...` says which photos would be learned from;
`python -m training evaluate DATA... --model NAME|FILE` prints a model's figures on photos it never saw;
`python -m training curve DATA...` fits the curve of chroma that vividness follows;
`python -m training judge PHOTO... --version MODEL:VIVIDNESS... --out FOLDER` makes sheets to choose versions on.

Exit codes: 0 done, 1 failed (one sentence on standard error), 2 wrong usage, 130 stopped, with everything saved.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from handtint import paths
from handtint.errors import HandtintError
from handtint.imaging.formats import READER_FLAG, reader_process
from handtint.progress import STOPPED, Cancelled, Progress
from training.allocator import keep_freed_memory
from training.control import Control, controlled
from training.measuring import commands as measuring
from training.reports import Report, show, show_json

_MEASURING = ("evaluate", "curve", "judge")
_DEFAULT_MINUTES = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == [READER_FLAG]:  # the frozen trainer is started again to read photos
        return reader_process.main(arguments[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show must not end the training
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    commands = {"fit": _fit, "finetune": _finetune, "survey": _survey, "mean": _mean}
    commands |= {name: _measuring(getattr(measuring, name)) for name in _MEASURING}
    report = show_json if options.json else show
    keep_freed_memory()
    try:
        with controlled(by_lines=options.control) as control:
            commands[options.command](options, report, control)
        return 0
    except HandtintError as error:
        if options.json and options.command not in _MEASURING:
            report({"event": "failed", "text": str(error)})
        else:
            print(error, file=sys.stderr)
        return 1
    except (Cancelled, KeyboardInterrupt):
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    name = "handtint-train" if paths.is_frozen() else "python -m training"
    parser = argparse.ArgumentParser(prog=name, description="Train Handtint models.")
    commands = parser.add_subparsers(dest="command", required=True)
    fit = commands.add_parser("fit", help="train a model from a recipe, or go on with a training")
    fit.add_argument("recipe", help="name of a recipe, or its JSON file")
    fit.add_argument("--data", type=Path, nargs="+", required=True, help="folders of photos or tar files")
    fit.add_argument("--out", type=Path, required=True, help="folder of the run")
    fit.add_argument(
        "--encoder",
        "--weights",
        type=Path,
        help="published encoder weights to start from (safetensors, or their folder)",
    )
    fit.add_argument("--parent", metavar="NAME|FILE", help="a model of the same network whose weights to go on from")
    fit.add_argument(
        "--hold-out-prefix", nargs="+", metavar="PREFIX", help="hold out whole sources: photos whose names begin so"
    )
    fit.add_argument(
        "--download", action="store_true", help="fetch the published weights of vgg_resnet_unet's encoders"
    )
    tune = commands.add_parser("finetune", help="tune a model on one's own photos, or go on with that")
    tune.add_argument("data", type=Path, nargs="+", help="folders of color photos or tar files")
    tune.add_argument("--model", default="unet", help="the model to start from: its name, or its file")
    tune.add_argument("--name", default="mine", help="what the new model is called")
    tune.add_argument("--out", type=Path, required=True, help="folder of the run")
    tune.add_argument("--no-install", action="store_true", help="leave the model in the run's folder")
    tune.add_argument("--overwrite", action="store_true", help="replace an own model of that name")
    for command in (fit, tune):
        command.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            dest="changes",
            help="another value for a key of the recipe; may be given often",
        )
        command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
        length = command.add_mutually_exclusive_group()
        length.add_argument("--minutes", type=_positive, help=f"how long to train (default {_DEFAULT_MINUTES:g})")
        length.add_argument("--epochs", type=_positive, help="how often to see every photo")
    survey = commands.add_parser("survey", help="which photos would be learned from, and why others not")
    survey.add_argument("data", type=Path, nargs="+", help="folders of photos or tar files")
    mean = commands.add_parser("mean", help="one model of several of the same network: the mean of their weights")
    mean.add_argument("models", type=_share, nargs="+", metavar="NAME|FILE=SHARE", help="such as old.safetensors=0.3")
    mean.add_argument("--out", type=Path, required=True, help="the new model's file")
    mean.add_argument("--working-size", type=_side, help="short side in pixels at which it sees photos")
    measures = measuring.add_commands(commands)
    for command in (fit, tune, survey, mean, *measures):
        command.add_argument("--json", action="store_true", help="print JSON instead of lines for people")
        command.set_defaults(control=False)
    for command in (fit, tune, survey):
        command.add_argument("--control", action="store_true", help="take pause, resume, stop on standard input")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not over 0")
    return value


def _side(text: str) -> int:
    side = int(text)
    if side < 1:
        raise argparse.ArgumentTypeError(f"{text} is not over 0")
    return side


def _share(text: str) -> tuple[str, float]:
    model, _, share = text.rpartition("=")
    if not model:
        raise argparse.ArgumentTypeError(f"{text} has no share, such as {text}=0.5")
    return model, _positive(share)


def _fit(options: argparse.Namespace, report: Report, control: Control) -> None:
    from handtint.engine.colorizer import TorchColorizer
    from handtint.engine.models import load_model
    from handtint.model_card import find_model
    from training.claim import claimed
    from training.config import RecipeError, load_recipe
    from training.distributed import joined
    from training.learning.learner import Parent
    from training.learning.teacher import taught
    from training.loop import fit
    from training.reports import ignore
    from training.survey import survey

    recipe = load_recipe(options.recipe, options.changes)
    if options.hold_out_prefix:
        recipe = replace(recipe, hold_out=options.hold_out_prefix)
    if options.download and recipe.architecture == "vgg_resnet_unet":
        from training.learning.published import download

        download()
    parent = None
    if options.parent:
        parent = Parent(*load_model(find_model(options.parent).path))
        same = (recipe.architecture, recipe.arguments) == (parent.card.architecture, parent.card.arguments)
        if not same:
            raise RecipeError(
                f'"{parent.card.name}" is a {parent.card.architecture} {parent.card.arguments}, the recipe is for a '
                f"{recipe.architecture} {recipe.arguments}. Choose a model of the same network, or leave out --parent."
            )
    teacher = load_model(find_model(recipe.teacher).path) if recipe.teacher else None
    keep = max(recipe.working_size, *(stage.size for stage in recipe.stages))
    with joined(options.device) as (ranks, device):
        progress = Progress(is_cancelled=control.is_stopped)
        photos = survey(options.data, keep, report if ranks.is_first else ignore, hold_out=recipe.hold_out)
        if teacher is not None:
            if ranks.is_first:
                report({"event": "note", "text": f"Coloring the photos to learn from by {recipe.teacher} first."})
            photos = taught(photos, TorchColorizer(*teacher, device), progress)
        with claimed(options.out, ranks):
            path = fit(
                recipe,
                photos,
                options.out,
                _budget(options),
                encoder=options.encoder,
                parent=parent,
                device=device,
                ranks=ranks,
                progress=progress,
                is_paused=control.is_paused,
                report=report,
            )
        if ranks.is_first:
            report({"event": "finished", "model": str(path), "text": f'The model is "{path}".'})


def _budget(options: argparse.Namespace):
    from training.schedule import Budget

    if options.epochs is not None:
        return Budget(epochs=options.epochs)
    return Budget(minutes=options.minutes or _DEFAULT_MINUTES)


def _finetune(options: argparse.Namespace, report: Report, control: Control) -> None:
    from training.tune import finetune

    finetune(
        options.data,
        options.out,
        _budget(options),
        model=options.model,
        name=options.name,
        changes=options.changes,
        device_name=options.device,
        install=not options.no_install,
        overwrite=options.overwrite,
        progress=Progress(is_cancelled=control.is_stopped),
        is_paused=control.is_paused,
        report=report,
    )


def _survey(options: argparse.Namespace, report: Report, control: Control) -> None:
    from training.survey import survey
    from training.tune import VALIDATION_SHARE

    photos = survey(options.data, 64, report, VALIDATION_SHARE)
    if options.json:
        report({"event": "finished", "text": f"{len(photos.names)} photos can be used."})


def _mean(options: argparse.Namespace, report: Report, control: Control) -> None:
    from handtint.engine.models import save_model
    from handtint.model_card import find_model
    from training.checkpoint import saving_to
    from training.mean import mean_of

    model, card = mean_of([(find_model(name), share) for name, share in options.models], options.working_size)
    with saving_to(options.out):
        save_model(options.out, model, card)
    report({"event": "finished", "model": str(options.out), "text": f'The model is "{options.out}".'})


def _measuring(command: Callable[[argparse.Namespace, Progress], None]):
    def run(options: argparse.Namespace, report: Report, control: Control) -> None:
        command(options, Progress(is_cancelled=control.is_stopped))

    return run


if __name__ == "__main__":
    sys.exit(main())
