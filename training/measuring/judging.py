"""Blind comparison: versions of photographs to choose among without knowing which is which, and what was chosen.

A folder of sheets holds `001.png` and so on, each with the versions of one photo in an order of its own, lettered; and
`key.json`, which says which letter is which version. Whoever looks writes a text file beside them, any name ending in
`.txt`, a line a sheet: its number, the letter of the best version, and the letters of those that nobody would show,
as in `12 B ADE` (`12 B` where all could be shown; `12 - ADE` where none is best). What follows a # is a remark.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from handtint.atomic import write_whole
from handtint.errors import HandtintError
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer
from handtint.restore.rendering import render
from handtint.restore.way import predict

_KEY = "key.json"
_SIDE = 460  # pixels, of a version on a sheet
_GAP, _LABEL = 8, 22
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class JudgeError(HandtintError):
    """Sheets cannot be made, or what was chosen cannot be read."""


@dataclass(frozen=True)
class Version:
    """A way to color a photo, by name."""

    name: str
    colorizer: Colorizer
    settings: Settings


@dataclass(frozen=True)
class Tally:
    """How often a version was best and how often not to be shown, of how many sheets seen."""

    best: int
    refused: int
    seen: int


def make_sheets(
    photos: Sequence[tuple[str, Photo]],
    versions: Sequence[Version],
    folder: Path,
    seed: int,
    progress: Progress | None = None,
) -> None:
    """Write a sheet for every photo and the key. Raises `JudgeError`, OSError, `Cancelled`."""
    if not 2 <= len(versions) <= len(_LETTERS):
        raise JudgeError(f"There must be 2 to {len(_LETTERS)} versions to choose among, not {len(versions)}.")
    if (folder / _KEY).exists():
        raise JudgeError(f'"{folder}" holds sheets already. They were left alone: choose another folder with --out.')
    progress = progress or Progress()
    rng = np.random.default_rng(seed)
    places = rng.permutation(len(photos))
    folder.mkdir(parents=True, exist_ok=True)
    key = {}
    for number, place in enumerate(places, 1):
        name, photo = photos[place]
        progress.step((number - 1) / len(photos), f"Sheet {number} of {len(photos)}")
        order = [versions[i] for i in rng.permutation(len(versions))]
        sheet = _sheet([_colored(photo, version) for version in order])
        write_whole(folder / f"{number:03}.png", lambda file, sheet=sheet: sheet.save(file, "PNG"), overwrite=True)
        key[f"{number:03}"] = {"photo": name, **dict(zip(_LETTERS, (v.name for v in order), strict=False))}
    text = json.dumps({"seed": seed, "versions": [v.name for v in versions], "sheets": key}, indent=1)
    write_whole(folder / _KEY, lambda file: file.write(text.encode()), overwrite=True)


def _colored(photo: Photo, version: Version) -> Image.Image:
    settings = dataclasses.replace(version.settings, recolor=True)
    prediction = predict(photo, settings, version.colorizer, Progress())
    shown = render(photo, prediction, settings, Progress()).pixels
    shown = np.asarray(shown)
    return Image.fromarray((shown >> 8).astype(np.uint8) if shown.dtype == np.uint16 else shown)


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size in rows, lettered."""
    width, height = pictures[0].size
    scale = min(1.0, _SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    columns = min(len(pictures), max(1, round(math.sqrt(len(pictures) * 1.6 * size[1] / size[0]))))
    rows = -(-len(pictures) // columns)
    cell = size[0] + _GAP, size[1] + _LABEL + _GAP
    sheet = Image.new("RGB", (columns * cell[0] + _GAP, rows * cell[1] + _GAP), (128, 128, 128))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=18)
    for i, picture in enumerate(pictures):
        left, top = _GAP + i % columns * cell[0], _GAP + i // columns * cell[1]
        sheet.paste(picture.resize(size, Image.Resampling.LANCZOS), (left, top + _LABEL))
        draw.text((left + 2, top), _LETTERS[i], (255, 255, 255), font)
    return sheet


def count_choices(folder: Path) -> dict[str, Tally]:
    """What the folder's text files chose, by version in the key's order. Raises `JudgeError`."""
    try:
        key = json.loads((folder / _KEY).read_text(encoding="utf-8"))
        sheets, names = key["sheets"], key["versions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JudgeError(f'"{folder}" holds no sheets: its {_KEY} is missing or damaged.') from error
    best, refused, seen = (dict.fromkeys(names, 0) for _ in range(3))
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise JudgeError(f'"{folder}" holds no choices: write a text file there, a line a sheet, such as "12 B ADE".')
    for file in files:
        for line_number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            words = line.partition("#")[0].split()
            if not words:
                continue
            sheet = sheets.get(words[0].zfill(3))
            letters = "".join(words[1:2]).replace("-", "") + "".join(words[2:])
            if sheet is None or not 2 <= len(words) <= 3 or not set(letters) <= sheet.keys() or len(words[1]) != 1:
                raise JudgeError(f'Line {line_number} of "{file.name}" is not a choice: "{line}". Write "12 B ADE".')
            for letter, name in sheet.items():
                if letter != "photo":
                    seen[name] += 1
                    best[name] += letter == words[1]
                    refused[name] += letter in "".join(words[2:])
    return {name: Tally(best[name], refused[name], seen[name]) for name in names}


def choices_table(choices: dict[str, Tally]) -> str:
    """The counts as a Markdown table."""
    lines = ["| version | best | not to be shown | sheets |", "|---|---:|---:|---:|"]
    for name, one in choices.items():
        sheets = max(one.seen, 1)
        lines.append(f"| {name} | {one.best / sheets:.0%} | {one.refused / sheets:.0%} | {one.seen} |")
    return "\n".join(lines)
