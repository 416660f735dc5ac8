"""The recipe that a file holds: a result of Handtint in its metadata, a recipe file, or a file of color hints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath

from handtint.errors import Sentence
from handtint.imaging.hint_files import HintError, parse_hints, parts_of_name
from handtint.imaging.provenance import read_provenance
from handtint.recipe.files import SUFFIX, RecipeFile, parse_recipe, read_text
from handtint.recipe.form import RecipeError
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.saving import COLORIZED
from handtint.recipe.settings import Settings
from handtint.recipe.source import Source


def read_recipe(path: Path) -> RecipeFile:
    """The recipe of a recipe file, a file of hints for one photo, or a result. Raises `RecipeError`."""
    if path.suffix.lower() == SUFFIX:
        text = read_text(path)
        return _of_hints(text, path.name) or parse_recipe(text, path.name)
    found = recipe_of_result(path)
    if found is None:
        raise RecipeError(
            '"{name}" holds no recipe. Choose a result that Handtint saved with its note, or a recipe file '
            "(its name ends in {suffix}).",
            name=path.name,
            suffix=SUFFIX,
        )
    return found


def recipe_of_result(path: Path) -> RecipeFile | None:
    """How a result of Handtint was made; None for any other file. Raises `RecipeError`."""
    try:
        if not path.is_file():  # a pipe would be waited for
            raise RecipeError(
                '"{path}" does not exist or is not a file, so it holds no recipe. Check the path.', path=path
            )
        made = read_provenance(path)
    except OSError as error:
        raise RecipeError(
            '"{path}" could not be read: {reason}. Check the path.', path=path, reason=error.strerror or error
        ) from error
    if made is None:
        return None
    recipe = (
        recipe_from_json(made.recipe, Sentence('The recipe in "{name}"', name=path.name)) if made.recipe else Recipe()
    )
    if recipe.model is None:  # results of Handtint 0.1 say it beside the recipe only
        recipe = Recipe(recipe.color, made.model)
    try:
        return RecipeFile(recipe, made.source_name, made.source_sha256)
    except RecipeError:  # a hash that is none
        return RecipeFile(recipe, made.source_name)


def find_source(
    result: Path, made: RecipeFile, places: Iterable[Path], sha256_of: Callable[[Path], str]
) -> Path | None:
    """The photo that a result was made of: beside it, where albums have theirs, or at one of `places`.

    Args:
        places: files that may be it, and folders that may hold it.
        sha256_of: of a file's bytes; raises `OSError`.
    """
    if made.sha256 is None:
        return None
    name = PurePath(made.photo.replace("\\", "/")).name  # it comes from a file, and must not lead elsewhere
    folders = [result.parent, result.parent.parent]
    folders += [
        parent.with_name(parent.name.removesuffix(COLORIZED))
        for parent in result.parents
        if parent.name.endswith(COLORIZED)
    ]
    found = [folder / name for folder in folders if name]
    for place in places:
        found += [place, place.parent / name, place / name] if name else [place]
    for path in dict.fromkeys(found):
        try:
            if path != result and path.is_file() and sha256_of(path) == made.sha256:
                return path
        except (OSError, ValueError):
            continue
    return None


def _of_hints(text: str, name: str) -> RecipeFile | None:
    """The recipe of a file of hints, as it was before there were recipe files; None for what is none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None  # whoever reads it as a recipe says so
    if not isinstance(value, dict) or not value or not all(isinstance(one, list) for one in value.values()):
        return None
    if len(value) > 1:
        raise RecipeError(
            '"{name}" has hints for several photos. Load them with File > Load Hints, or --hints.', name=name
        )
    try:
        ((called, hints),) = parse_hints(text, name).items()
    except HintError as error:
        raise RecipeError(str(error)) from error
    photo, page, _ = parts_of_name(called)
    return RecipeFile(Recipe(Settings(hints=hints), source=Source(page)), photo)
