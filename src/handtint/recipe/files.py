"""Recipes in files of their own, to hand on and to use again.

    {"version": 1, "photo": "Broadway 1905.tif", "sha256": "9f86…", "recipe": {"color": {"vividness": 0.6}}}

`photo` and `sha256` say for which photo it was made; a recipe for any photo has neither. A bare recipe, as
results have it in their metadata, is read too. Raises `RecipeError`.
"""

from __future__ import annotations

import dataclasses
import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handtint.atomic import write_whole
from handtint.errors import SaveError, Sentence
from handtint.recipe.form import RecipeError, from_json, to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.source import Source

SUFFIX = ".json"
_LARGEST = 16 * 2**20  # bytes
_SHA256 = re.compile(r"[0-9a-f]{64}")
_KEPT = {"name", "time", "past", "future", "snapshots"}  # what the user's own folder has besides


@dataclass(frozen=True)
class RecipeFile:
    """A recipe and the photo it was made for; a record of `recipe.form`.

    Attributes:
        photo: file name of that photo; empty where it was made for none.
        sha256: hash of its bytes, hexadecimal; None where that is not known.
        name: of the preset that it is; else empty.
    """

    recipe: Recipe
    photo: str = ""
    sha256: str | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.sha256 is not None and not _SHA256.fullmatch(self.sha256):
            raise RecipeError("The hash of the photo must be 64 hexadecimal digits.")

    def is_of_another(self, sha256: str | None) -> bool:
        """Whether it was made for another photo than the one with this hash."""
        return self.sha256 is not None and self.sha256 != sha256


def has_places(recipe: Recipe) -> bool:
    """Whether it speaks of places of the photo, which mean nothing on another one."""
    is_marked = bool(recipe.color.hints) or recipe.color.protected is not None
    is_placed = recipe.geometry != Geometry() or recipe.source != Source()
    return is_marked or is_placed or recipe.repair != recipe.repair.without_places()


def without_places(recipe: Recipe) -> Recipe:
    """What can be asked of any photo. A reference, recoloring and turning are about one photo too."""
    color = dataclasses.replace(recipe.color, hints=(), protected=None, reference=None, recolor=False)
    repair = recipe.repair.without_places()
    kept = dataclasses.replace(recipe, color=color, repair=repair, geometry=Geometry(), part=0)
    return dataclasses.replace(kept, source=Source(), is_inverted=False)


def to_text(file: RecipeFile) -> str:
    """As it is written, and printed by the command line."""
    return json.dumps(to_json(file), indent=1, ensure_ascii=False)


def read_recipe_file(path: Path) -> RecipeFile:
    """A recipe from its file. Raises `RecipeError`."""
    return parse_recipe(read_text(path), path.name)


def read_text(path: Path) -> str:
    """The text of a file of moderate size. Raises `RecipeError`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise RecipeError('"{path}" is not a file, so it holds no recipe.', path=path)
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        reason = Sentence("it is not there") if isinstance(error, FileNotFoundError) else error.strerror or error
        raise RecipeError(
            'The recipe in "{path}" could not be read: {reason}. Check the path.', path=path, reason=reason
        ) from error
    if len(data) > _LARGEST:
        raise RecipeError('"{name}" is too large to be a recipe.', name=path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError('"{name}" is not UTF-8 text, so it holds no recipe.', name=path.name) from error


def parse_recipe(text: str, name: str) -> RecipeFile:
    """A recipe of JSON text; `name` is what errors call it. Raises `RecipeError`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecipeError('"{name}" is not valid JSON: {error}. Correct it there.', name=name, error=error) from error
    return recipe_file_from_json(value, Sentence('The recipe in "{name}"', name=name))


def recipe_file_from_json(value: Any, what: str) -> RecipeFile:
    """From the JSON object of a recipe file, of a bare recipe, or of what is kept of a photo. Raises `RecipeError`."""
    if not isinstance(value, dict) or "recipe" not in value:
        return RecipeFile(recipe_from_json(value, what))
    if "past" in value or "time" in value:
        value = {key: one for key, one in value.items() if key not in _KEPT} | {"photo": value.get("name", "")}
    return from_json(RecipeFile, value, what)


def write_recipe_file(path: Path, file: RecipeFile, *, overwrite: bool) -> None:
    """Write it, whole or not at all. Raises `SaveError`, and `FileExistsError` without `overwrite`."""
    data = to_text(file).encode()
    try:
        write_whole(path, lambda out: out.write(data), overwrite=overwrite)
    except FileExistsError:
        raise
    except OSError as error:
        raise SaveError(
            '"{path}" could not be written: {reason}. Choose another place.', path=path, reason=error.strerror or error
        ) from error
