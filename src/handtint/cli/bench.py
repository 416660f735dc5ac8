"""`handtint bench photo | album`: measure the speed of this computer."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from handtint.cli.options import add_device, add_model

if TYPE_CHECKING:
    from handtint.restore.colorizer import Load


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
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
    add_model(parser)
    add_device(parser)
    add("--json", action="store_true", help="print one JSON object")


def command(args: argparse.Namespace, load: Load) -> int:
    """Run the benchmark and return the exit code."""
    from handtint.bench import album, photo

    return (album if args.what == "album" else photo).command(args, load)
