"""The options of `handtint restore`. Apart from what they do, so that `--help` need not import that."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from handtint.album.journal import WHOLE, Shard
from handtint.cli.options import add_device, number_between
from handtint.cli.source import add_source
from handtint.model_card import DEFAULT_MODEL
from handtint.recipe.adjust import MAX_WARMTH, RANGES, parse_saturation
from handtint.recipe.form import RecipeError
from handtint.recipe.geometry_options import CROP, PERSPECTIVE, ROTATE, SPLIT, STRAIGHTEN
from handtint.recipe.repair import GRAYS, Repair, RepairError, parse_repair
from handtint.recipe.saving import SUFFIXES

FORMATS = {suffix[1:]: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}


def _repair(text: str) -> Repair | str:
    try:
        return parse_repair(text)
    except RepairError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _saturation(text: str) -> dict[str, float]:
    try:
        return parse_saturation(text)
    except RecipeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
    restore = commands.add_parser("restore", help="color photos", allow_abbrev=False)
    add = restore.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH", help="a photo, or a folder of photos")
    add("-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    add(
        "--model",
        metavar="NAME|FILE",
        help=f"see `handtint models` (default: that of the recipe or preset, else {DEFAULT_MODEL})",
    )
    origins = restore.add_mutually_exclusive_group()
    origins.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE|RESULT",
        help="do what a recipe file says, or a result; other options go before it",
    )
    origins.add_argument(
        "--preset", metavar="NAME", help="do what a preset of this name says; other options go before it"
    )
    add(
        "--vividness",
        type=number_between(0, 1),
        metavar="X",
        help="0 truthful and quiet to 1 liveliest; the default lies between",
    )
    add(
        "--strength",
        type=number_between(0, 2),
        metavar="X",
        help="scales color: 0 gray, 1 as predicted (default), 2 twice that",
    )
    add(
        "--variant",
        type=number_between(1, 3, int),
        metavar="N",
        help="which of three colorings: 1 (default), 2 warmer, 3 cooler where the color is uncertain",
    )
    add(
        "--closely",
        action="store_true",
        help="for groups and streets: let the model see the photo twice as large, so that it knows small faces and "
        "things; takes several times as long",
    )
    add(
        "--warmth",
        type=number_between(-MAX_WARMTH, MAX_WARMTH),
        metavar="N",
        help="make the colors warmer, up to 100, or cooler, down to -100",
    )
    add(
        "--saturation",
        type=_saturation,
        metavar="RANGES",
        help="how strong colors of a range are, in percent from 0 to 200, as in skin=80,foliage=120; ranges: "
        f"{', '.join(RANGES)}",
    )
    add(
        "--reference",
        type=Path,
        metavar="FILE",
        help="take colors from a photo in color, or from a result, wherever it surely shows the same",
    )
    add(
        "--hints",
        type=Path,
        metavar="FILE",
        help="color hints by photo: JSON as the window saves it, or a result saved with hints",
    )
    add(
        "--repair",
        type=_repair,
        metavar="auto|STEPS",
        help="repair the photo first: `auto` looks at each photo; or amounts from 0 to 100, as in damage=60,fade=40; "
        "steps: damage, fade, even, color, noise, grain, blocks, screen, sharpness; white=X:Y makes that pixel of a "
        "color photo neutral. A photo that is in color is then repaired and not skipped",
    )
    add(
        "--gray",
        choices=GRAYS,
        help="what the gray of a black-and-white photo is taken from (default: lightness; auto: the channel with the "
        "least damage)",
    )
    add("--no-color", action="store_true", help="repair only; the photo stays gray")
    add_source(restore, several=True)
    add("--rotate", metavar="DEG", help=ROTATE)
    add("--straighten", metavar="DEG", help=STRAIGHTEN)
    add("--crop", metavar="X,Y,W,H", help=CROP)
    add("--perspective", metavar="X1,Y1,…,X4,Y4", help=PERSPECTIVE)
    add("--split", action="store_true", help=SPLIT)
    add_device(restore)
    add(
        "--threads",
        type=number_between(1, 1024, int),
        metavar="N",
        help="how many of the processor's cores are used, about (default: all); with --cluster Dask decides",
    )
    add("--format", choices=FORMATS, help="format of the results (default: as the photo)")
    add(
        "--quality",
        type=number_between(1, 100, int),
        metavar="Q",
        help="of JPEG and WebP, 1 to 100 (default: 95)",
    )
    add(
        "--smaller",
        action="store_true",
        help="pack PNG files more tightly: a few percent smaller, the same picture, in some ten times as long",
    )
    add("--recursive", action="store_true", help="also color photos in folders inside a folder")
    add(
        "--exclude",
        action="append",
        default=[],
        metavar="GLOB",
        help="leave out files and folders of such a name or path in the folder, such as '*-thumb.*'; may be repeated",
    )
    add(
        "--recolor", action="store_true", help="also color photos that are in color already, from their lightness alone"
    )
    add("--no-provenance", action="store_true", help="do not note in the result how it was made")
    add("--keep-time", action="store_true", help="give each result the file date of its original")
    add("--overwrite", action="store_true", help="replace results that are there already")
    ways = restore.add_mutually_exclusive_group()
    ways.add_argument("--sheet", type=Path, metavar="FILE", help="also save all photos, before and after, as one JPEG")
    add(
        "--report",
        type=_page,
        metavar="FILE.html",
        help="also write a page that shows every photo before and after, what failed and why, and FILE.json with it",
    )
    add(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="leave what an earlier run made as long as photo and settings are the same (default)",
    )
    add(
        "--same-look",
        action="store_true",
        help="let photos that show the same (one scene, one session) take their colors from one of them",
    )
    add("--retry", action="store_true", help="try photos again that failed in an earlier run")
    add(
        "--redo-rejected",
        action="store_true",
        help="make photos again whose results were rejected and set aside in the window's review",
    )
    ways.add_argument("--dry-run", action="store_true", help="say what would be made and what it needs; do nothing")
    ways.add_argument("--watch", action="store_true", help="go on waiting for new photos until Ctrl-C")
    ways.add_argument(
        "--cluster",
        type=_cluster,
        metavar="ADDRESS",
        help="have the workers of a Dask scheduler make the photos; local:N starts N of them on this computer",
    )
    add(
        "--shard",
        type=_shard,
        default=WHOLE,
        metavar="I/N",
        help="make every N-th photo, beginning with the I-th; for several computers that share the folders",
    )
    add("--json", action="store_true", help="print one JSON object for each event")


def _shard(text: str) -> Shard:
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= count:
        raise argparse.ArgumentTypeError(f'"{text}" is not a part such as 1/4 or 4/4')
    return number, count


def _page(text: str) -> Path:
    if Path(text).suffix.lower() not in (".html", ".htm"):
        raise argparse.ArgumentTypeError(f'"{text}" is no name of a page, such as report.html')
    return Path(text)


def _cluster(text: str) -> str:
    if text == "" or (text.startswith("local:") and not re.fullmatch(r"local:[1-9][0-9]{0,3}", text)):
        raise argparse.ArgumentTypeError(f'"{text}" is not an address such as tcp://10.0.0.5:8786, nor such as local:4')
    return text
