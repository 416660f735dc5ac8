"""`handtint recipe FILE`: print what was asked of a photo, or what a result or a recipe file holds, as JSON."""

from __future__ import annotations

import argparse
from pathlib import Path

from handtint.cli.exit_codes import OK
from handtint.cli.options import number_between
from handtint.cli.source import add_page
from handtint.recipe.form import RecipeError
from handtint.recipe.recipe import MOST_PRINTS


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
    text = "print the recipe of a photo, a result or a recipe file"
    parser = commands.add_parser("recipe", help=text, description=text, allow_abbrev=False)
    parser.add_argument(
        "path", type=Path, metavar="FILE", help="a photo that was worked on, a result, or a recipe file"
    )
    add_page(parser)
    parser.add_argument(
        "--print",
        type=number_between(1, MOST_PRINTS, int),
        metavar="N",
        dest="part",
        help="which print of a scan that was split in the window, from 1",
    )


def command(args: argparse.Namespace) -> int:
    """Print it and return the exit code. Raises `RecipeError`."""
    from handtint.imaging.recipe_files import read_recipe, recipe_of_result
    from handtint.recipe.files import SUFFIX, RecipeFile, to_text
    from handtint.recipe.store import RecipeStore
    from handtint.stamps import sha256_of

    path: Path = args.path
    found = read_recipe(path) if path.suffix.lower() == SUFFIX else recipe_of_result(path)
    if found is None:
        page, part = args.page or 1, args.part or 0
        try:
            sha256 = sha256_of(path)
        except OSError as error:
            raise RecipeError(f'"{path}" could not be read: {error.strerror or error}. Check the path.') from error
        kept = RecipeStore().read(sha256, page, part)
        if kept is None:
            of = f"page {page} of " * (page > 1) + f'"{path.name}"'
            raise RecipeError(
                f"There is no print {part} on {of} that was made in the window, so there is no recipe."
                if part
                else f"Nothing was changed on {of} yet, so there is no recipe. Open it in the window."
            )
        found = RecipeFile(kept.recipe, path.name, sha256)
    elif args.page or args.part:
        raise RecipeError(
            f'"{path.name}" holds one recipe. Leave out --page and --print, which say which picture of a photo '
            "is meant."
        )
    print(to_text(found))
    return OK
