"""The command line: `handtint restore | recipe | models | finetune | doctor | bench`.

Exit codes: 0 all done, 1 something failed (named on standard error), 2 wrong usage, 130 stopped by Ctrl-C or
SIGTERM. Rooms that are slow to import (imaging, torch) are imported by the command that needs them.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from handtint import __version__, logs
from handtint.cli import bench, doctor, finetune, inspect, models, recipe, restore_options
from handtint.cli.exit_codes import FAILED, STOPPED, WRONG_USAGE
from handtint.errors import HandtintError
from handtint.model_card import ModelFile
from handtint.plain import printable

if TYPE_CHECKING:
    from handtint.restore.colorizer import Colorizer, Load

COMMANDS = ("restore", "recipe", "inspect", "models", "finetune", "doctor", "bench")


def load_colorizer(model: ModelFile, device: str, threads: int | None) -> Colorizer:
    """The model on a device, with so many of the CPU's threads (None: as usual). Imports torch."""
    from handtint.engine import importing_torch, wait_without_spinning

    wait_without_spinning()
    with importing_torch():
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
    except BrokenPipeError:  # the program that read our output, such as `head`, has ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the flush at exit fails again
        return FAILED


def _run(args: argparse.Namespace, load: Load) -> int:
    if args.command == "models":
        return models.command(args)
    if args.command == "recipe":
        return recipe.command(args)
    with logs.log_to_file():
        if args.command == "finetune":
            return finetune.command(args)
        if args.command == "doctor":
            return doctor.command(args, load)
        if args.command == "bench":
            return bench.command(args, load)
        if args.command == "inspect":
            return inspect.command(args)
        from handtint.cli import restore

        return restore.command(args, load)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handtint",
        description="Restores and colorizes old photographs on your own computer, offline. "
        "Without a command, opens the window: `handtint [--new-window] [PHOTO...]`.",
        epilog="Exit codes: 0 all done, 1 something failed, 2 wrong usage, 130 stopped.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Handtint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (restore_options, recipe, inspect, models, finetune, doctor, bench):
        module.add_parser(commands)
    return parser
