"""The command line: `handtint restore | models | finetune | doctor | bench`.

Exit codes: 0 all done, 1 something failed (named on standard error), 2 wrong usage, 130 stopped by Ctrl-C or
SIGTERM. Rooms that take time to import (imaging, torch) are imported by the command that needs them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from handtint import __version__, logs, model_card, paths
from handtint.cli import finetune as finetune_command
from handtint.cli import options as restore_options
from handtint.errors import HandtintError
from handtint.model_card import ModelFile
from handtint.plain import printable

if TYPE_CHECKING:
    from handtint.restore.way import Colorizer

COMMANDS = ("restore", "models", "finetune", "doctor", "bench")
DEFAULT_MODEL = "unet"
OK, FAILED, WRONG_USAGE, STOPPED = 0, 1, 2, 130

Load = Callable[[ModelFile, str, int | None], "Colorizer"]


def load_colorizer(model: ModelFile, device: str, threads: int | None) -> Colorizer:
    """The model on a device, with so many of the CPU's threads (None: as usual). Imports torch."""
    from handtint.engine import wait_without_spinning

    wait_without_spinning()
    from handtint.engine.colorizer import load_colorizer

    return load_colorizer(model, device, threads)


def main(argv: Sequence[str] | None = None, load: Load = load_colorizer) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the arguments after the program's name; the process's own by default.
        load: makes a colorizer from a model file, a device's name and a number of threads (None: as usual).
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
        print(printable(str(error)), file=sys.stderr)
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
            from handtint.cli import doctor

            return OK if doctor.examine(load, DEFAULT_MODEL, args.device) else FAILED
        if args.command == "bench":
            from handtint.bench import album, photo

            return (album if args.what == "album" else photo).command(args, load)
        from handtint.cli import restore as restore_command

        return restore_command.command(args, load)


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
    restore_options.add_parser(commands, DEFAULT_MODEL)
    models = commands.add_parser("models", help="list the models at hand", allow_abbrev=False)
    models.add_argument("--json", action="store_true", help="print one JSON list")
    finetune_command.add_parser(commands)
    doctor = commands.add_parser(
        "doctor",
        help="show versions, devices and folders, and color one sample as a test",
        allow_abbrev=False,
    )
    doctor.add_argument("--device", choices=restore_options.DEVICES, default="auto", help="where the test runs")
    _add_bench(commands)
    return parser


def _add_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("bench", help="measure the speed of this computer", allow_abbrev=False)
    add = parser.add_argument
    add(
        "what",
        choices=("photo", "album"),
        help="photo: CPU seconds of each stage beside the least it could take; "
        "album: photos a second, beside what the stages alone allow",
    )
    add("--format", choices=("png", "jpeg"), default="png", help="of the one photo (default: %(default)s)")
    add("--photos", type=int, default=48, metavar="N", help="photos in the album (default: %(default)s)")
    add("--megapixels", type=float, default=12.0, metavar="M", help="size of each (default: %(default)s)")
    add("--model", default=DEFAULT_MODEL, metavar="NAME|FILE", help="(default: %(default)s)")
    add("--device", default="auto", choices=restore_options.DEVICES, help="(default: %(default)s)")
    add("--json", action="store_true", help="print one JSON object")


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
        lines = [
            f"{card.name}{default}: {card.use_when}",
            f"  size        {model.size_bytes / 2**20:.1f} MiB, {card.parameters:,} parameters",
            f"  trained on  {card.trained_on}",
            f"  license     {card.license}",
            *(f"  {name:<11} {_figures(value)}" for name, value in card.metrics.items()),
            f"  file        {model.path}",
        ]
        print(*map(printable, lines), sep="\n")
    print(f"How the bundled ones were made, and where they fail: {paths.models_page()}")
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
