"""`handtint finetune FOLDER...`: tune a model from the command line and say how it compares with its parent."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from handtint.cli.exit_codes import FAILED, OK, STOPPED
from handtint.cli.options import add_device, add_model
from handtint.plain import printable
from handtint.teaching import runs
from handtint.teaching.runs import Event, Request
from handtint.teaching.trainer import Trainer, start

_FOR_WINDOWS = ("saved", "log")  # events that people need not read


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
    parser = commands.add_parser(
        "finetune", help="teach a model on your own color photos", allow_abbrev=False, description=__doc__
    )
    add = parser.add_argument
    add("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder of color photos, or a tar file")
    add_model(parser, "the model to start from")
    add("--name", default="mine", help="what the new model is called (default: %(default)s)")
    add_device(parser, "where the model learns")
    add("--overwrite", action="store_true", help="replace a model of yours that has that name")
    add("--json", action="store_true", help="print one JSON object for each event")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_positive, help="how long to learn (default: 60)")
    length.add_argument("--epochs", type=_positive, help="how often to see every photo")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f'"{text}" is not a number over 0')
    return value


def command(options: argparse.Namespace) -> int:
    """Tune, or go on with the same that was stopped; returns the exit code. Raises `HandtintError`."""
    runs.check_name(options.name, overwrite=options.overwrite)
    request = Request(
        tuple(options.folders), options.name, options.model, options.minutes, options.epochs, options.device
    )
    run = runs.run_for(request)
    trainer = start(run, overwrite=options.overwrite)
    try:
        return _follow(trainer, options)
    except KeyboardInterrupt:
        print("Stopping after this step, and saving. Press Ctrl-C again not to wait.", file=sys.stderr)
        trainer.ask_to_stop()
        return _follow(trainer, options)
    finally:
        trainer.stop(0.0)  # has ended, except for a second Ctrl-C


def _follow(trainer: Trainer, options: argparse.Namespace) -> int:
    code = FAILED
    for event in trainer.events():
        code = {"finished": OK, "stopped": STOPPED}.get(event["event"], FAILED)
        if options.json:
            print(json.dumps(event), flush=True)
        elif event["event"] == "failed":
            print(printable(event["text"]), file=sys.stderr)
        elif event["event"] not in _FOR_WINDOWS:
            print(_line(event, options.name), flush=True)
    return code


def _line(event: Event, name: str) -> str:
    text = printable(event["text"])
    if event["event"] == "finished":
        return f'{text}\nUse it: handtint restore PHOTO -o FOLDER --model "{name}"'
    if event["event"] == "stopped":
        return f"{text} Give the same command again to go on."
    return text
