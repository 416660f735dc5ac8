"""Presets: recipes with names that go on any photo. Four come with Handtint; the user's own are one file each.

A preset says nothing of places: hints and other things that belong to one photo stay out of it. Raises `PresetError`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handtint import paths
from handtint.errors import HandtintError
from handtint.recipe.files import SUFFIX, RecipeFile, read_recipe_file, without_places, write_recipe_file
from handtint.recipe.form import RecipeError
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings

LONGEST_NAME = 60
# Parts of a recipe that may be taken over alone; a part that a recipe does not have yet is left out.
PARTS = ("color", "repair", "geometry")
LOOK = ("color", "repair")  # what a preset changes


class PresetError(HandtintError):
    """A preset is not there, cannot be read, or cannot be kept."""


@dataclass(frozen=True)
class Preset:
    """A recipe with a name.

    Attributes:
        file: None for those that come with Handtint.
    """

    name: str
    recipe: Recipe
    file: Path | None = None


BUNDLED = (
    Preset("Quiet archive", Recipe(Settings(vividness=0.1, strength=0.8))),
    Preset("Lively family", Recipe(Settings(vividness=0.75, strength=1.1))),
    Preset("Repair only, stay gray", Recipe(is_repair_automatic=True, is_colored=False)),
    Preset("As the model sees it", Recipe(Settings(vividness=0.4, strength=1.0))),
)


def parts_of(recipe: Recipe) -> tuple[str, ...]:
    """Which of `PARTS` it has."""
    names = {field.name for field in dataclasses.fields(recipe)}
    return tuple(part for part in PARTS if part in names)


def applied(recipe: Recipe, taken: Recipe, parts: tuple[str, ...] = LOOK, *, with_places: bool = False) -> Recipe:
    """`recipe` with these parts of another one.

    To color belong the model, where one is named, and whether there is any color; to repair whether the photo decides.

    The photo's own hints, protected places and reference, marks of damage and white point, and whether it is recolored,
    stay, unless `with_places`.
    """
    values: dict[str, Any] = {part: getattr(taken, part) for part in parts_of(recipe) if part in parts}
    if "color" in values:
        if not with_places:
            own = recipe.color
            values["color"] = dataclasses.replace(
                taken.color,
                hints=own.hints,
                protected=own.protected,
                reference=own.reference,
                recolor=own.recolor,
            )
        values["model"], values["is_colored"] = taken.model or recipe.model, taken.is_colored
    if "repair" in values:
        if not with_places:
            values["repair"] = taken.repair.with_places_of(recipe.repair)
        values["is_repair_automatic"] = taken.is_repair_automatic
    return dataclasses.replace(recipe, **values)


class Presets:
    """The bundled presets and the user's own.

    Args:
        folder: made when the first preset is saved; the user's by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.user_presets_dir()

    def all(self) -> list[Preset]:
        """Bundled ones first, then the user's by name; files that cannot be read are left out."""
        found = []
        try:
            files = sorted(path for path in self.folder.iterdir() if path.suffix == SUFFIX)
        except OSError:
            files = []
        for file in files:
            try:
                one = read_recipe_file(file)
                found.append(Preset(_checked(one.name), without_places(one.recipe), file))
            except (RecipeError, PresetError):
                continue
        return [*BUNDLED, *sorted(found, key=lambda preset: preset.name.casefold())]

    def named(self, name: str) -> Preset:
        """The preset of this name, in whatever case. Raises `PresetError`."""
        known = self.all()
        for preset in known:
            if preset.name.casefold() == name.strip().casefold():
                return preset
        names = ", ".join(f'"{preset.name}"' for preset in known)
        raise PresetError('There is no preset "{name}". There are {names}.', name=name, names=names)

    def save(self, name: str, recipe: Recipe, *, overwrite: bool = False) -> Preset:
        """Keep what a recipe asks of any photo. Raises `PresetError`, also for a name that is taken."""
        name, recipe = _checked(name), without_places(recipe)
        taken = next((one for one in self.all() if one.name.casefold() == name.casefold()), None)
        if taken is not None and (taken.file is None or not overwrite):
            raise PresetError('There is a preset "{name}" already. Choose another name.', name=taken.name)
        file = taken.file if taken is not None and taken.file is not None else self._file(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_recipe_file(file, RecipeFile(recipe, name=name), overwrite=True)
        except OSError as error:
            raise PresetError(
                'The preset "{name}" could not be kept: {reason}.', name=name, reason=error.strerror or error
            ) from error
        return Preset(name, recipe, file)

    def rename(self, name: str, new: str) -> Preset:
        """Give one of the user's presets another name. Raises `PresetError`."""
        old = self._own(name)
        if new.strip().casefold() == old.name.casefold():
            return self.save(new, old.recipe, overwrite=True)
        made = self.save(new, old.recipe)
        self.delete(old.name)
        return made

    def delete(self, name: str) -> None:
        """Delete one of the user's presets. Raises `PresetError`."""
        own = self._own(name)
        assert own.file is not None
        try:
            own.file.unlink(missing_ok=True)
        except OSError as error:
            raise PresetError(
                'The preset "{name}" could not be deleted: {reason}.', name=name, reason=error.strerror or error
            ) from error

    def export(self, name: str, path: Path, *, overwrite: bool) -> None:
        """Write a preset to a file that can be handed on. Raises `PresetError`, `SaveError`, `FileExistsError`."""
        preset = self.named(name)
        write_recipe_file(path, RecipeFile(preset.recipe, name=preset.name), overwrite=overwrite)

    def import_(self, path: Path) -> Preset:
        """Make a preset, under a free name, of what a recipe file asks of any photo.

        Raises `RecipeError`, `PresetError`.
        """
        one = read_recipe_file(path)
        wanted = (one.name or path.stem).strip()[:LONGEST_NAME]
        taken = {preset.name.casefold() for preset in self.all()}
        name, number = wanted, 2
        while name.casefold() in taken:
            name, number = f"{wanted[: LONGEST_NAME - 5]} ({number})", number + 1
        return self.save(name, one.recipe)

    def _own(self, name: str) -> Preset:
        preset = self.named(name)
        if preset.file is None:
            raise PresetError('The preset "{name}" comes with Handtint and stays as it is.', name=preset.name)
        return preset

    def _file(self, name: str) -> Path:
        """Names may hold what no file name may, so that the file is called by a hash."""
        return self.folder / f"{hashlib.sha256(name.casefold().encode()).hexdigest()[:24]}{SUFFIX}"


def _checked(name: str) -> str:
    """The name, if it can be one. Raises `PresetError`."""
    name = unicodedata.normalize("NFC", name.strip())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PresetError("A preset needs a name of 1 to {longest_name} letters.", longest_name=LONGEST_NAME)
    return name
