"""What must be found before photos are planned: for `--rotate`, `--straighten`, `--crop`, `--perspective`, `--split`
and `--page all`.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from handtint.album.journal import name_key
from handtint.album.order import Order, Plan
from handtint.cli.console import Console
from handtint.cli.source import ALL
from handtint.errors import HandtintError
from handtint.imaging.formats.probe import pages_in
from handtint.progress import Cancelled, Progress
from handtint.recipe.geometry import GeometryError
from handtint.recipe.geometry_options import GeometryOrder, parse_geometry
from handtint.recipe.recipe import MOST_PRINTS, Recipe
from handtint.repair.finding import resolve
from handtint.restore import way


def geometry_order(args: argparse.Namespace) -> GeometryOrder:
    """What the options ask for. Raises `GeometryError`."""
    asked = parse_geometry(args.rotate, args.straighten, args.crop, args.split, args.perspective)
    if asked.searches and args.watch:
        raise GeometryError(
            "What comes while a folder is watched is not looked through for prints and horizons. "
            "Give --straighten and --crop in numbers, or leave out --watch."
        )
    if asked.splits and args.same_look:
        raise GeometryError("--same-look goes by whole photos, not by the prints on a scan. Leave out --split first.")
    if args.page == ALL and (asked.splits or args.watch or args.same_look or args.hints):
        raise HandtintError(
            "--page all does not go with --split, --watch, --same-look and --hints. Make the pages files of their own "
            "first: restore them with --page all --no-color, and then what comes of that."
        )
    return asked


def looked_for(
    asked: GeometryOrder, order: Order, photos: list[Path], every_page: bool, console: Console, progress: Progress
) -> list[Order]:
    """The order with what was found in each photo; of scans that are split one more for each number of print, and with
    `every_page` of files one more for each page.

    A photo that cannot be read is left to the run, which says why. Raises `Cancelled`.
    """
    whole: dict[Path, Recipe] = dict(order.own)
    prints: dict[Path, int] = {}
    parts: list[dict[Path, Recipe]] = []
    for number, photo in enumerate(photos):
        progress.step(number / len(photos), f"Looking for edges: {number + 1} of {len(photos)}: {photo.name}")
        recipes = [order.recipe_of(photo)]
        if every_page:
            recipes = [_of_page(recipes[0], page) for page in range(1, pages_in(photo) + 1)]
        if asked.searches:
            try:
                found = [
                    (recipe, *resolve(way.read(photo, recipe, Progress(), in_bands=True), asked)) for recipe in recipes
                ]
            except Cancelled:
                raise
            except (HandtintError, MemoryError):
                continue
            for note in dict.fromkeys(note for _, _, notes in found for note in notes):
                console.problem(f'"{photo.name}": {note}')
            recipes = [
                replace(recipe, geometry=geometry, part=part if len(geometries) > 1 else 0)
                for recipe, geometries, _ in found
                for part, geometry in enumerate(geometries[:MOST_PRINTS], 1)
            ]
        for name in (photo, photo.absolute()):
            if len(recipes) == 1:
                whole[name] = recipes[0]
                continue
            prints[name] = len(recipes)
            parts += [{} for _ in range(len(recipes) - len(parts))]
            for part, recipe in zip(parts, recipes, strict=False):
                part[name] = recipe
    orders = [replace(order, own=whole, prints=prints)]
    return orders + [replace(order, own=part, prints=prints, part=number) for number, part in enumerate(parts, 1)]


def _of_page(recipe: Recipe, page: int) -> Recipe:
    return replace(recipe, source=replace(recipe.source, page=page))


def without_doubles(plans: list[Plan]) -> list[Plan]:
    """The plans of orders that `looked_for` gave, with what concerns paths and not photos told once.

    Raises `HandtintError` where a print would be saved under the name of another photo's result.
    """
    taken: dict[str, Path] = {}
    for plan in plans:
        for job in plan.jobs:
            other = taken.setdefault(name_key(job.target), job.source)
            if other != job.source:
                raise HandtintError(
                    f'Results of both "{other}" and "{job.source}" would be saved as "{job.target.name}". '
                    "Rename one of these photos, or split the scan by itself. Nothing was changed."
                )
    first, *others = plans
    return [first, *(Plan(plan.jobs, [event for event in plan.others if event.target is not None]) for plan in others)]
