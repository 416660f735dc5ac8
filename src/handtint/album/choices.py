"""What a person set for an album: the folder of the results, how they are saved, settings, marks.

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
from handtint.recipe.hints import Hint
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
        settings: of every photo that has none of its own.
        save: how results are saved.
        same_look: whether photos that show the same take their colors from one of them.
        own: settings of single photos, by absolute path.
        marked: photos with a star.
    """

    folder: Path
    output: Path
    recursive: bool = False
    model: str = ""
    settings: Settings = field(default_factory=Settings)
    save: SaveOptions = field(default_factory=SaveOptions)
    same_look: bool = False
    own: dict[Path, Settings] = field(default_factory=dict)
    marked: set[Path] = field(default_factory=set)

    def settings_of(self, photo: Path) -> Settings:
        return self.own.get(photo, self.settings)

    def copy(self) -> Notes:
        """These notes as they are now, for another thread to write down."""
        return dataclasses.replace(self, own=dict(self.own), marked=set(self.marked))

    def to_json(self) -> str:
        photos: dict[str, dict[str, Any]] = {}
        for photo in sorted(self.marked | self.own.keys()):
            known = photos[os.path.relpath(photo, self.folder)] = {}
            if photo in self.marked:
                known["marked"] = True
            if photo in self.own:
                known["settings"] = dataclasses.asdict(self.own[photo])
        whole = {
            "folder": str(self.folder),
            "output": str(self.output),
            "recursive": self.recursive,
            "model": self.model,
            "settings": dataclasses.asdict(self.settings),
            "save": dataclasses.asdict(self.save),
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
        return Notes(
            folder,
            Path(known["output"]),
            bool(known["recursive"]),
            str(known["model"]),
            _settings(known["settings"]),
            SaveOptions(**known["save"]),
            bool(known.get("same_look")),
            {folder / name: _settings(of["settings"]) for name, of in known["photos"].items() if "settings" in of},
            {folder / name for name, of in known["photos"].items() if of.get("marked")},
        )
    except FileNotFoundError:
        return Notes(folder, usual_output(folder))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotesError(
            f'What you set for the album "{folder.name}" could not be read: {_why(error)}. '
            f'Your photos and results are safe. Move "{path}" away to begin anew.'
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


def _settings(known: dict[str, Any]) -> Settings:
    hints = tuple(Hint(**hint) for hint in known.get("hints", ()))
    vividness, strength, variant = float(known["vividness"]), float(known["strength"]), int(known.get("variant", 0))
    return Settings(vividness, strength, hints, bool(known["recolor"]), variant)


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "the file is damaged"
