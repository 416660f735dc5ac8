"""`--page`, `--partial` and `--invert`: which picture of a file is meant, and how it is read."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Literal

from handtint.cli.options import number_between
from handtint.recipe.recipe import Recipe

ALL: Literal["all"] = "all"


def add_source(parser: argparse.ArgumentParser, *, several: bool) -> None:
    """Add what says which picture of a file is meant.

    Args:
        several: whether `--page all` is possible.
    """
    add_page(parser, several=several)
    parser.add_argument(
        "--partial", action="store_true", help="take a photo of which a part is missing as far as it is there"
    )
    parser.add_argument("--invert", action="store_true", help="the photos are negatives: make them positive first")


def add_page(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add what says which page of a file is meant; `several` as for `add_source`."""
    parser.add_argument(
        "--page",
        type=_page_or_all if several else _page,
        metavar="N|all" if several else "N",
        help="which page of a TIFF or HEIC file that holds several, from 1 (the default)"
        + ("; `all` makes one result of each page: NAME-1, NAME-2" if several else ""),
    )


def _page(text: str) -> int:
    return int(number_between(1, 9999, int)(text))


def _page_or_all(text: str) -> int | str:
    return ALL if text == ALL else _page(text)


def with_source(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe about the picture that the options say; what they do not say stays."""
    source = dataclasses.replace(
        recipe.source,
        page=args.page if isinstance(args.page, int) else recipe.source.page,
        partial=args.partial or recipe.source.partial,
    )
    return dataclasses.replace(recipe, source=source, is_inverted=args.invert or recipe.is_inverted)
