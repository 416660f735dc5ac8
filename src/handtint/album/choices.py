"""What a person set for an album: the folder of the results, how they are saved, recipes, marks.

They are kept in the user's own folder, one JSON file for each album, found by the album's path: nothing is written
among the originals, which may be on a drive that cannot be written to, and photos may be set before there is a folder
of results. Where the folder was renamed or moved, they are found by its photos (`identity`). Photos are known by their
path relative to the album. Two windows may keep choices of one album (`merging`). Raises `ChoicesError`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handtint import paths
from handtint.album.identity import has_any, is_known_by, may_be
from handtint.album.merging import Known, keep_merged
from handtint.atomic import write_whole
from handtint.errors import HandtintError, Sentence
from handtint.foreign import read_small, stays_inside
from handtint.paths import is_folder, is_there
from handtint.recipe.form import VERSION, RecipeError, check_version, from_json, part_to_json
from handtint.recipe.recipe import Recipe, recipe_from_json
from handtint.recipe.saving import COLORIZED, SaveOptions
from handtint.recipe.settings import Settings
from handtint.stamps import stamp_if_there

_MOST_PLACES = 8


class ChoicesError(HandtintError):
    """What was set for an album cannot be read or kept."""


@dataclass
class Choices:
    """See the module's text.

    Attributes:
        folder: of the photos, absolute.
        output: where results go.
        recursive: whether folders inside the folder belong to the album.
        model: name of the one that colors; empty for the usual one.
        recipe: of every photo that has none of its own.
        save: how results are saved.
        by_scene: whether photos that show the same take their colors from one of them.
        own: recipes of single photos, by absolute path.
        marked: photos with a star.
        left_out: photos that are not to be colored, since a person said so.
        signs: what the album is recognized by; see `identity`.
        was: where its folder was before, the latest last.
        known: what the file held last.
    """

    folder: Path
    output: Path
    recursive: bool = False
    model: str = ""
    recipe: Recipe = field(default_factory=Recipe)
    save: SaveOptions = field(default_factory=SaveOptions)
    by_scene: bool = False
    own: dict[Path, Recipe] = field(default_factory=dict)
    marked: set[Path] = field(default_factory=set)
    left_out: set[Path] = field(default_factory=set)
    signs: dict[str, str] = field(default_factory=dict)
    was: tuple[Path, ...] = ()
    known: Known = field(default_factory=Known, compare=False, repr=False)

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

    def copy(self) -> Choices:
        """These choices as they are now, for another thread to write down."""
        return dataclasses.replace(self, own=dict(self.own), marked=set(self.marked), left_out=set(self.left_out))

    def as_kept(self) -> dict[str, Any]:
        """The choices as the file has them, except their version."""
        photos: dict[str, dict[str, Any]] = {}
        for photo in sorted(self.marked | self.left_out | self.own.keys()):
            known = photos[os.path.relpath(photo, self.folder)] = {}
            if photo in self.marked:
                known["marked"] = True
            if photo in self.left_out:
                known["left_out"] = True
            if photo in self.own:
                known["recipe"] = part_to_json(self.own[photo])
        return {
            "folder": str(self.folder),
            "output": str(self.output),
            "recursive": self.recursive,
            "model": self.model,
            "recipe": part_to_json(self.recipe),
            "save": part_to_json(self.save),
            "same_look": self.by_scene,
            "photos": photos,
            "signs": dict(self.signs),
            "was": [str(folder) for folder in self.was],
        }


def usual_output(folder: Path, within: Path | None = None) -> Path:
    """Beside the album, or within the folder for all results, under a name that says what it is."""
    return (within or folder.parent) / f"{folder.name or 'album'}{COLORIZED}"


def read_choices(folder: Path, new: Choices | None = None) -> Choices:
    """The choices of an album. Raises `ChoicesError`.

    Args:
        new: where there are none.
    """
    folder = folder.absolute()
    path = _file(folder)
    try:
        choices = _choices(folder, json.loads(read_small(path)))
        if may_be(folder, choices.signs):
            choices.known.base = choices.as_kept()
            return choices
    except FileNotFoundError:
        pass
    except _UNREADABLE as error:
        raise ChoicesError(
            'What you set for the album "{name}" could not be read: {why}. '
            'Your photos and results are safe. Move "{path}" away to start over.',
            name=folder.name,
            why=_why(error),
            path=path,
        ) from error
    return _choices_of_moved(folder) or new or Choices(folder, usual_output(folder))


def has_choices(folder: Path) -> bool:
    """Whether something is kept for an album under its path."""
    return is_there(_file(folder))


def _choices(folder: Path, known: dict[str, Any]) -> Choices:
    """Choices from what a file says. For one that is none of ours raises one of `_UNREADABLE`."""
    check_version(known.get("version", 1), Sentence("What was set for it"))
    photos = known["photos"]
    if not all(map(stays_inside, photos)):
        raise ValueError("a photo outside the album")
    return Choices(
        folder,
        Path(known["output"]),
        bool(known["recursive"]),
        str(known["model"]),
        _recipe(known),
        from_json(SaveOptions, known["save"], "How its results are saved"),
        bool(known.get("same_look")),
        {folder / name: _recipe(of) for name, of in photos.items() if of.keys() & {"recipe", "settings"}},
        {folder / name for name, of in photos.items() if of.get("marked")},
        {folder / name for name, of in photos.items() if of.get("left_out")},
        {str(name): str(sign) for name, sign in known.get("signs", {}).items()},
        tuple(map(Path, known.get("was", ()))),
    )


_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def _choices_of_moved(folder: Path) -> Choices | None:
    """The choices of an album that is now in this folder, and no longer where they say."""
    every = [(path, stamp_if_there(path)) for path in paths.user_albums_dir().glob("*.json")]
    for path, _ in sorted(every, key=lambda one: one[1].mtime_ns if one[1] else 0, reverse=True):
        try:
            known = json.loads(read_small(path))
            before = Path(known["folder"])
            signs = known.get("signs") or {}
            if not is_known_by(folder, signs) or (is_folder(before) and is_known_by(before, signs)):
                continue
            choices = _choices(folder, known)
        except _UNREADABLE:
            continue
        if not is_there(choices.output):  # it was moved along with it, or is beside it in any case
            choices.output = folder.parent / os.path.relpath(choices.output, before.parent)
        choices.was = (*(place for place in choices.was if place != before), before)[-_MOST_PLACES:]
        return choices
    return None


def write_choices(choices: Choices) -> None:
    """Keep the choices of an album, with what another window set meanwhile. Raises `ChoicesError`."""
    path = _file(choices.folder)

    def read() -> dict[str, Any] | None:
        if not is_there(path):
            return None
        theirs = _choices(choices.folder, json.loads(read_small(path)))
        if not choices.signs or _is_same(choices, theirs) or has_any(choices.folder, theirs.signs):
            return theirs.as_kept()
        # Of an album that may have been renamed: it will find them beside these.
        sign = hashlib.sha256(json.dumps(theirs.signs, sort_keys=True).encode()).hexdigest()[:8]
        path.replace(path.with_stem(f"{path.stem}-{sign}"))
        return theirs.as_kept() if may_be(choices.folder, theirs.signs) else None

    def write(whole: Mapping[str, Any]) -> None:
        text = json.dumps({"version": VERSION, **whole}, indent=1).encode()
        write_whole(path, lambda file: file.write(text), overwrite=True)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.parent.with_suffix(".lock")
        keep_merged(choices.known, choices.as_kept(), lock, path.parent, read, write, depth=3)
        for before in choices.was:  # else they would be found again, out of date, under the old name
            for old in path.parent.glob(f"{_file(before).stem}*.json"):
                with contextlib.suppress(*_UNREADABLE):
                    if old != path and _is_same(choices, _choices(before, json.loads(read_small(old)))):
                        old.unlink()
    except _UNREADABLE as error:
        raise ChoicesError(
            'What you set for the album "{name}" could not be kept: {why}. '
            'Your photos and results are safe. Make room in "{parent}" and change a setting again.',
            name=choices.folder.name,
            why=_why(error),
            parent=path.parent,
        ) from error


def _is_same(choices: Choices, others: Choices) -> bool:
    """Whether they are about the same album, as far as its photos tell."""
    return not others.signs or bool(choices.signs.items() & others.signs.items())


def _file(folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:24]
    return paths.user_albums_dir() / f"{name}.json"


def _recipe(known: dict[str, Any]) -> Recipe:
    return recipe_from_json(known["recipe"] if "recipe" in known else known["settings"])  # as Handtint 0.1 called it


def _why(error: Exception) -> str:
    if isinstance(error, RecipeError):
        return str(error).rstrip(".")
    return (error.strerror or str(error)) if isinstance(error, OSError) else Sentence("the file is damaged")
