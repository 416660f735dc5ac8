"""The command line: `handtint restore | models | finetune | doctor`.

Exit codes: 0 all done, 1 something failed (named on standard error), 2 wrong usage, 130 stopped by Ctrl-C or
SIGTERM. Rooms that take time to import (imaging, torch) are imported by the command that needs them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handtint import __version__, finetune_command, logs, model_card
from handtint.errors import HandtintError, SaveError
from handtint.model_card import ModelFile

if TYPE_CHECKING:
    from handtint.restore import Colorizer

COMMANDS = ("restore", "models", "finetune", "doctor")
DEFAULT_MODEL = "unet"
DEVICES = ("auto", "cpu", "cuda", "mps")
OK, FAILED, WRONG_USAGE, STOPPED = 0, 1, 2, 130

_FORMATS = {"jpg": "jpeg", "jpeg": "jpeg", "png": "png", "tif": "tiff", "tiff": "tiff", "webp": "webp"}

Load = Callable[[ModelFile, str], "Colorizer"]


def load_colorizer(model: ModelFile, device: str) -> Colorizer:
    """The model on a device. Imports torch."""
    from handtint.engine.colorizer import load_colorizer

    return load_colorizer(model, device)


def main(argv: Sequence[str] | None = None, load: Load = load_colorizer) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the arguments after the program's name; the process's own by default.
        load: makes a colorizer from a model file and a device's name.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show must not end the run
            stream.reconfigure(errors="backslashreplace")
    try:
        args = _parser().parse_args(argv)
    except SystemExit as exit_:  # argparse has said what is wrong, or shown the help
        return exit_.code if isinstance(exit_.code, int) else WRONG_USAGE
    try:
        code = _run(args, load)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except HandtintError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # whoever read our output, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the flush at exit fails again
        return FAILED


def _run(args: argparse.Namespace, load: Load) -> int:
    if args.command == "models":
        return _models(args)
    with logs.log_to_file():
        if args.command == "finetune":
            return finetune_command.command(args)
        if args.command == "doctor":
            from handtint import doctor

            return OK if doctor.examine(load, DEFAULT_MODEL, args.device) else FAILED
        return _restore(args, load)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handtint",
        description="Restores and colorizes old photographs on your own computer, offline. "
        "Without a command, opens the window: `handtint [PHOTO...]`.",
        epilog="Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 stopped.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Handtint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_restore(commands)
    models = commands.add_parser("models", help="list the models at hand", allow_abbrev=False)
    models.add_argument("--json", action="store_true", help="print one JSON list")
    finetune_command.add_parser(commands)
    doctor = commands.add_parser(
        "doctor",
        help="show versions, devices and folders, and color one sample as a test",
        allow_abbrev=False,
    )
    doctor.add_argument("--device", choices=DEVICES, default="auto", help="where the test runs")
    return parser


def _add_restore(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    restore = commands.add_parser("restore", help="color photos", allow_abbrev=False)
    add = restore.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH", help="a photo, or a folder of photos")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    add(
        "--model",
        default=DEFAULT_MODEL,
        metavar="NAME|FILE",
        help="see `handtint models` (default: %(default)s)",
    )
    add(
        "--vividness",
        type=_number_between(0, 1),
        metavar="X",
        help="0 truthful and quiet to 1 liveliest; the default lies between",
    )
    add(
        "--strength",
        type=_number_between(0, 2),
        metavar="X",
        help="scales color: 0 gray, 1 as predicted (default), 2 twice that",
    )
    add(
        "--variant",
        type=_number_between(1, 3, int),
        default=1,
        metavar="N",
        help="which of three colorings: 1 (default), 2 warmer, 3 cooler where the color is uncertain",
    )
    add("--device", choices=DEVICES, default="auto", help="where the model runs (default: %(default)s)")
    add("--format", choices=_FORMATS, help="format of the results (default: as the photo)")
    add(
        "--quality",
        type=_number_between(1, 100, int),
        metavar="Q",
        help="of JPEG and WebP, 1 to 100 (default: 95)",
    )
    add("--recursive", action="store_true", help="also color photos in folders inside a folder")
    add("--recolor", action="store_true", help="color photos anew that are in color already")
    add("--no-provenance", action="store_true", help="do not note in the result how it was made")
    add("--overwrite", action="store_true", help="make results anew that are there already")
    add("--sheet", type=Path, metavar="FILE", help="also save all photos, before and after, as one JPEG")
    add("--json", action="store_true", help="print one JSON object for each event")


def _number_between(low: float, high: float, kind: type = float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:  # not a number is in no range
            noun = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f'"{text}" is not a {noun} from {low} to {high}')
        return value

    return parse


def _restore(args: argparse.Namespace, load: Load) -> int:
    from handtint import batch
    from handtint.console import Console
    from handtint.imaging.comparison import Sheet
    from handtint.imaging.photo import SaveOptions
    from handtint.progress import Cancelled, Progress
    from handtint.restore import Settings

    start = time.perf_counter()
    given = {"vividness": args.vividness, "strength": args.strength}
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = Settings(recolor=args.recolor, variant=args.variant - 1, **chosen)
    save = SaveOptions(
        format=_FORMATS[args.format] if args.format else None,
        provenance=not args.no_provenance,
        overwrite=args.overwrite,
        **({"quality": args.quality} if args.quality else {}),
    )
    model = model_card.find_model(args.model)
    plan = batch.plan(args.paths, args.output, save, args.recursive)
    if args.sheet and os.path.realpath(args.sheet) in {os.path.realpath(job.source) for job in plan.jobs}:
        raise SaveError(f'The sheet would replace the original "{args.sheet}". Choose another file for it.')
    console = Console(len(plan.jobs), args.json)
    sheet = Sheet() if args.sheet else None
    stopped = broken = False
    for failure in plan.failures:
        console.event(failure)
    try:
        with _stop_signals() as is_stopped:
            batch.run(
                plan.jobs,
                settings,
                save,
                lambda: load(model, args.device),
                Progress(console.progress, is_stopped),
                console.event,
                sheet,
            )
            if sheet:
                sheet.save(args.sheet, args.overwrite)
                console.say(f'Before and after: "{args.sheet}"{sheet.left_out_text}')
    except Cancelled:
        stopped = True
    except HandtintError as error:  # no matter of one photo: the model, the device, the sheet
        broken = True
        console.problem(str(error))
    finally:
        console.clear()
    console.finish(stopped, time.perf_counter() - start)
    if stopped:
        return STOPPED
    return FAILED if broken or console.counts["failed"] else OK


@contextlib.contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    """Turn Ctrl-C and SIGTERM into an answer that work asks for; a second Ctrl-C does not wait for it."""
    stopped = False

    def stop(number: int, _frame: object) -> None:
        nonlocal stopped
        if stopped and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _models(args: argparse.Namespace) -> int:
    models = model_card.list_models()
    if args.json:
        print(json.dumps([_describe(model) for model in models], indent=2))
        return OK
    if not models:
        print(
            "There are no models here. Reinstall Handtint, or give a model file: --model FILE.",
            file=sys.stderr,
        )
        return FAILED
    for model in models:
        card = model.card
        default = " (default)" if card.name == DEFAULT_MODEL else ""
        print(f"{card.name}{default}: {card.use_when}")
        print(f"  size        {model.size_bytes / 2**20:.1f} MiB, {card.parameters:,} parameters")
        print(f"  trained on  {card.trained_on}")
        print(f"  license     {card.license}")
        for name, value in card.metrics.items():
            print(f"  {name:<11} {_figures(value)}")
        print(f"  file        {model.path}")
    return OK


def _figures(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figures(figure)}" for name, figure in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _describe(model: ModelFile) -> dict[str, object]:
    card = model.card
    return {
        "name": card.name,
        "file": str(model.path),
        "size_bytes": model.size_bytes,
        "parameters": card.parameters,
        "architecture": card.architecture,
        "trained_on": card.trained_on,
        "license": card.license,
        "metrics": card.metrics,
        "use_when": card.use_when,
        "card_sha256": card.sha256,
    }
