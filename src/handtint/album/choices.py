"""What a person set for an album: the folder of the results, how they are saved, recipes, marks.

Notes are kept in the user's own folder, one JSON file for each album, found by the album's path: nothing is written
among the originals, which may be on a drive that cannot be written to, and photos may be set before there is a folder
of results. Photos are known by their path relative to the album. Raises `NotesError`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handtint import paths
from handtint.atomic import write_whole
from handtint.errors import HandtintError
from handtint.recipe.form import VERSION, RecipeError, check_version, from_json, part_to_json
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings


class NotesError(HandtintError):
    """What was set for an album cannot be read or kept."""


@dataclass
class Notes:
    """See the module's text.

    Attributes:
        folder: of the photos, absolute.
        output: where results go.
        recursive: whether folders inside the folder belong to the album.
        model: name of the one that colors; empty for the usual one.
        recipe: of every photo that has none of its own.
        save: how results are saved.
        same_look: whether photos that show the same take their colors from one of them.
        own: recipes of single photos, by absolute path.
        marked: photos with a star.
    """

    folder: Path
    output: Path
    recursive: bool = False
    model: str = ""
    recipe: Recipe = field(default_factory=Recipe)
    save: SaveOptions = field(default_factory=SaveOptions)
    same_look: bool = False
    own: dict[Path, Recipe] = field(default_factory=dict)
    marked: set[Path] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """How photos without a recipe of their own are colored."""
        return self.recipe.color

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.recipe = self.recipe.with_color(settings)

    def recipe_of(self, photo: Path) -> Recipe:
        """What is asked of a photo: its own recipe, else the album's."""
        return self.own.get(photo, self.recipe)

    def settings_of(self, photo: Path) -> Settings:
        """How a photo is colored."""
        return self.recipe_of(photo).color

    def copy(self) -> Notes:
        """These notes as they are now, for another thread to write down."""
        return dataclasses.replace(self, own=dict(self.own), marked=set(self.marked))

    def to_json(self) -> str:
        """The notes as a JSON object."""
        photos: dict[str, dict[str, Any]] = {}
        for photo in sorted(self.marked | self.own.keys()):
            known = photos[os.path.relpath(photo, self.folder)] = {}
            if photo in self.marked:
                known["marked"] = True
            if photo in self.own:
                known["recipe"] = part_to_json(self.own[photo])
        whole = {
            "version": VERSION,
            "folder": str(self.folder),
            "output": str(self.output),
            "recursive": self.recursive,
            "model": self.model,
            "recipe": part_to_json(self.recipe),
            "save": part_to_json(self.save),
            "same_look": self.same_look,
            "photos": photos,
        }
        return json.dumps(whole, indent=1)


def usual_output(folder: Path) -> Path:
    """Beside the album, under a name that says what it is."""
    return folder.parent / f"{folder.name or 'album'} (colorized)"


def read_notes(folder: Path) -> Notes:
    """The notes of an album, new ones where there are none. Raises `NotesError`."""
    folder = folder.absolute()
    path = _file(folder)
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        check_version(known.get("version", 1), "What was set for it")
        return Notes(
            folder,
            Path(known["output"]),
            bool(known["recursive"]),
            str(known["model"]),
            _recipe(known),
            from_json(SaveOptions, known["save"], "How its results are saved"),
            bool(known.get("same_look")),
            {folder / name: _recipe(of) for name, of in known["photos"].items() if of.keys() & {"recipe", "settings"}},
            {folder / name for name, of in known["photos"].items() if of.get("marked")},
        )
    except FileNotFoundError:
        return Notes(folder, usual_output(folder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotesError(
            f'What you set for the album "{folder.name}" could not be read: {_why(error)}. '
            f'Your photos and results are safe. Move "{path}" away to start over.'
        ) from error


def write_notes(notes: Notes) -> None:
    """Keep the notes of an album. Raises `NotesError`."""
    path, text = _file(notes.folder), notes.to_json()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file: file.write(text.encode()), overwrite=True)
    except OSError as error:
        raise NotesError(
            f'What you set for the album "{notes.folder.name}" could not be kept: {_why(error)}. '
            f'Your photos and results are safe. Make room in "{path.parent}" and change a setting again.'
        ) from error


def _file(folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:24]
    return paths.user_albums_dir() / f"{name}.json"


def _recipe(known: dict[str, Any]) -> Recipe:
    return recipe_from_json(known["recipe"] if "recipe" in known else known["settings"])  # as Handtint 0.1 called it


def _why(error: Exception) -> str:
    if isinstance(error, RecipeError):
        return str(error).rstrip(".")
    return (error.strerror or str(error)) if isinstance(error, OSError) else "the file is damaged"
