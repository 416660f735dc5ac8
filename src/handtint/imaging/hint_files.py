"""Hints in files: JSON that people can write too, and the note inside a result that Handtint saved.

    {"Broadway 1905.tif": [{"x": 812, "y": 430, "color": "#7a4b3c", "radius": 12}, ...], ...}

Places are pixels of the upright photo, (0, 0) its top left corner. A color is `color`, of which hue and chroma
count, or `a` and `b` in Lab units. `radius` may be left out. A photo is named by its file name, or by as much of
the end of its path as tells it from others; a page after the first, and a print on a scan that is split, have an
addition to it: `album.tif#page=2`, `scan.tif#print=3`, `album.tif#page=2&print=3`.
"""

from __future__ import annotations

import json
import re
import stat
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from handtint.atomic import write_whole
from handtint.errors import HandtintError, Sentence
from handtint.imaging.color import lab
from handtint.imaging.provenance import read_provenance
from handtint.recipe.form import RecipeError, from_json, part_to_json
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe, recipe_from_json

SUFFIX = ".json"
HintsByName = dict[str, tuple[Hint, ...]]

_RADIUS = 0.5  # where none is given: the smallest, one pixel of what the model sees
_NAME = re.compile(r"(.*?)(?:#page=([1-9][0-9]{0,3}))?(?:[#&]print=([1-9][0-9]{0,2}))?", re.DOTALL)


class HintError(HandtintError):
    """A file of hints is missing, broken, or not about these photos."""


@dataclass(frozen=True)
class Picture:
    """What hints are for: a page of a file, or a print on it.

    Attributes:
        page: from 1.
        part: number of the print, from 1; 0 for the whole page.
    """

    path: Path
    page: int = 1
    part: int = 0

    def called(self, name: str) -> str:
        """As a file of hints names it, whose file is called `name` there."""
        marks = [f"page={self.page}"] * (self.page > 1) + [f"print={self.part}"] * (self.part > 0)
        return name + "#" * bool(marks) + "&".join(marks)


def parts_of_name(name: str) -> tuple[str, int, int]:
    """Of a name in a file of hints: that of the file, the page, and the number of the print; 0 for the whole page."""
    match = _NAME.fullmatch(name)
    assert match is not None  # every text is a name
    return match[1], int(match[2] or 1), int(match[3] or 0)


def read_hints(path: Path) -> HintsByName:
    """Hints by the name of their photo, of a JSON file or of a saved result. Raises `HintError`."""
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not is_file:  # a pipe would be waited for
        raise HintError('"{path}" is not a file, so it holds no hints. Choose a result or a file of hints.', path=path)
    if path.suffix.lower() == SUFFIX:
        return parse_hints(_read_text(path), path.name)
    try:
        made = read_provenance(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    where = Sentence('The recipe in "{name}"', name=path.name)
    try:
        recipe = recipe_from_json(made.recipe, where) if made is not None else Recipe()
    except RecipeError as error:
        raise HintError(str(error)) from error
    if made is None or not recipe.color.hints:
        raise HintError(
            '"{name}" holds no color hints. Choose a result that Handtint saved with hints, or a file of hints '
            "(its name ends in {suffix}).",
            name=path.name,
            suffix=SUFFIX,
        )
    picture = Picture(path, recipe.source.page, recipe.part)
    return {picture.called(made.source_name or path.name): recipe.color.hints}


def parse_hints(text: str, name: str) -> HintsByName:
    """Hints of JSON text; `name` is what errors call it. Raises `HintError`."""
    try:
        photos = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HintError('"{name}" is not valid JSON: {error}. Correct it there.', name=name, error=error) from error
    if not isinstance(photos, dict):
        raise HintError('"{name}" must hold one object: the name of each photo with a list of its hints.', name=name)
    return {photo: _hints_of(entries, f'"{photo}" in "{name}"') for photo, entries in photos.items()}


def write_hints(path: Path, hints: Mapping[str, Sequence[Hint]], *, overwrite: bool) -> None:
    """Write JSON that `read_hints` reads. Raises `HintError`, `FileExistsError` where it may not overwrite."""
    photos = {name: [part_to_json(hint) for hint in one] for name, one in hints.items()}
    lines = [
        f"  {json.dumps(name, ensure_ascii=False)}: [\n"
        + ",\n".join(f"    {json.dumps(entry)}" for entry in entries)
        + "\n  ]"
        for name, entries in photos.items()
    ]
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    try:
        write_whole(path, lambda file: file.write(text.encode()), overwrite=overwrite)
    except FileExistsError:
        raise
    except OSError as error:
        raise HintError(
            'The hints could not be saved as "{path}": {reason}. They are still in the window. Choose another folder.',
            path=path,
            reason=error.strerror or error,
        ) from error


def names_of(photos: Sequence[Path]) -> dict[Path, str]:
    """What each photo is called in a file of hints: its name, with so many of its folders as it needs."""
    names = {}
    for photo in photos:
        count = 1
        while count < len(photo.parts) and sum(_ends(other, photo.parts[-count:]) for other in photos) > 1:
            count += 1
        names[photo] = PurePath(*photo.parts[-count:]).as_posix()
    return names


def assign(hints: HintsByName, pictures: Sequence[Picture]) -> tuple[dict[Picture, tuple[Hint, ...]], list[str]]:
    """Hints by what they are for, and the names that none of the pictures has.

    Hints for a whole page are for every print on it: where one lies says which it is on. Raises `HintError` where a
    name could mean several photos.
    """
    found: dict[Picture, tuple[Hint, ...]] = {}
    strange = []
    photos = list(dict.fromkeys(picture.path for picture in pictures))
    for called, one in hints.items():
        name, page, part = parts_of_name(called)
        parts = PurePath(name.replace("\\", "/")).parts
        named = [photo for photo in photos if parts and _ends(photo, parts)]
        if len(named) > 1:
            raise HintError(
                'The hints for "{name}" could be for "{first}" or "{second}". '
                'Name the photo with its folder, such as "{wanted}".',
                name=name,
                first=named[0],
                second=named[1],
                wanted=names_of(photos)[named[0]],
            )
        meant = [
            picture
            for picture in pictures
            if picture.path in named and picture.page == page and part in (0, picture.part)
        ]
        for picture in meant:
            found[picture] = tuple(dict.fromkeys((*found.get(picture, ()), *one)))
        if not meant:
            strange.append(called)
    return found, strange


def check_inside(hints: Sequence[Hint], size: tuple[int, int], name: str) -> None:
    """Raise `HintError` for a hint that lies outside a photo of (height, width)."""
    height, width = size
    for number, hint in enumerate(hints, 1):
        if not (0 <= hint.x <= width and 0 <= hint.y <= height):
            raise HintError(
                'Hint {number} of "{name}" lies at {x}, {y}, outside the photo, which has '
                "{width} x {height} pixels. Was it made for another copy of the photo? Correct or remove it.",
                number=number,
                name=name,
                x=f"{hint.x:g}",
                y=f"{hint.y:g}",
                width=width,
                height=height,
            )


def _ends(photo: Path, parts: Sequence[str]) -> bool:
    """Whether the end of the photo's path is `parts`, however the disk writes accents."""
    end = photo.parts[-len(parts) :]
    return [unicodedata.normalize("NFC", part) for part in end] == [unicodedata.normalize("NFC", p) for p in parts]


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise HintError('"{name}" is not UTF-8 text, so it holds no hints.', name=path.name) from error


def _unreadable(path: Path, error: OSError) -> HintError:
    reason = Sentence("it is not there") if isinstance(error, FileNotFoundError) else error.strerror or error
    return HintError('The hints in "{path}" could not be read: {reason}. Check the path.', path=path, reason=reason)


def _hints_of(entries: Any, where: str) -> tuple[Hint, ...]:
    if not isinstance(entries, list):
        raise HintError("{where} must be a list of hints.", where=_capital(where))
    return tuple(_hint_of(entry, f"Hint {number} of {where}") for number, entry in enumerate(entries, 1))


def _hint_of(entry: Any, where: str) -> Hint:
    if not isinstance(entry, dict):
        raise HintError('{where} must be an object such as {{"x": 812, "y": 430, "color": "#7a4b3c"}}.', where=where)
    entry = {"radius": _RADIUS, **entry}
    if "color" in entry:
        if "a" in entry or "b" in entry:
            raise HintError("{where} has a color twice: give color, or a and b.", where=where)
        entry["a"], entry["b"] = _color(entry.pop("color"), where)
    elif "x" in entry and "y" in entry and (missing := [key for key in "ab" if key not in entry]):
        raise HintError('{where} has no {key} (or a color such as "#7a4b3c").', where=where, key=missing[0])
    try:
        return from_json(Hint, entry, where)
    except RecipeError as error:
        raise HintError(str(error)) from error


def _color(text: Any, where: str) -> tuple[float, float]:
    match = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", text) if isinstance(text, str) else None
    if match is None:
        raise HintError(
            '{where}: color must be written as "#7a4b3c", not {short}.', where=where, short=_short(json.dumps(text))
        )
    return lab.ab_of(*(int(part, 16) for part in match.groups()))


def _short(text: str) -> str:
    return text if len(text) < 40 else f"{text[:39]}…"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
