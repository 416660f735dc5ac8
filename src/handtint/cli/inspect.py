"""`handtint inspect`: what photos need, in words and numbers. Nothing is written."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from handtint.cli.exit_codes import FAILED, OK
from handtint.cli.source import add_source, with_source
from handtint.errors import HandtintError
from handtint.plain import printable
from handtint.progress import Progress
from handtint.recipe.recipe import Recipe


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's."""
    inspect = commands.add_parser("inspect", help="say what photos need: damage, fading, noise", allow_abbrev=False)
    inspect.add_argument("paths", nargs="+", type=Path, metavar="PHOTO", help="a photo")
    add_source(inspect, several=False)
    inspect.add_argument("--json", action="store_true", help="print one JSON object for each photo")


def command(args: argparse.Namespace) -> int:
    """Look at each photo; returns the exit code."""
    from handtint.imaging.negative import looks_negative
    from handtint.restore import way
    from handtint.restore.repairing import inspected

    code, recipe = OK, with_source(Recipe(), args)
    for path in args.paths:
        try:
            photo = way.read(path, recipe, Progress(), in_bands=True)
            is_negative = not recipe.is_inverted and looks_negative(photo, photo.judgment())
            found = inspected(photo, Progress())
        except HandtintError as error:
            code = FAILED
            print(json.dumps({"photo": str(path), "error": str(error)}) if args.json else printable(str(error)))
            continue
        if args.json:
            values = found.findings.to_json() | {"repair": found.repair.amounts(), "words": list(found.words)}
            values["negative"] = is_negative
            print(json.dumps({"photo": str(path)} | values))
        else:
            print(printable(f"{path}: {'; '.join(found.words) if found.words else 'nothing to repair was found'}"))
            if is_negative:
                print("  It looks like a negative; --invert makes it positive first.")
    return code
