"""What viewers notice first: skin, gray things and white hair, each against what it should be.

Gray things: mid-tones of photographs that are truly gray there; how much chroma a coloring gives them. Skin: faces
that a mask tells (`NAME.mask.png` with a second channel), against their own colors. Marks: places given by hand, as
white hair, whose chroma ought to be small whatever the photo; they need no original in color.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from handtint.errors import HandtintError
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer
from handtint.restore.rendering import render
from handtint.restore.way import predict
from training.measuring.metrics import lab_of
from training.photos.found import PhotoSet

_GRAY = 4.0  # true chroma below which a thing is gray
_MID = (30.0, 70.0)  # L of mid-tones
_LEAST_GRAY = 0.03  # of a photo
_LEAST_FACE = 250  # pixels
_LIKE_SKIN = 12.0  # ab distance from a face's median beyond which its eyes, beard and glasses lie
_TOO_STRONG = 6.0  # chroma over the truth


class MarksError(HandtintError):
    """A file of marks cannot be read."""


def measure_tones(
    colorizer: Colorizer, photos: PhotoSet, vividness: Sequence[float], progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Rows by vividness and `original`: `gray_chroma` (mean over photos), `gray_photos`; `skin_chroma`, `skin_hue`
    (degrees), `skin_off` (mean distance of a face's mean color from the true one), `skin_strong` (share of faces over 6
    too strong), `faces`.
    """
    progress = progress or Progress()
    gray: dict[str, list[float]] = {}
    skin: dict[str, list[np.ndarray]] = {}
    for index, pixels in enumerate(photos.photos):
        progress.step(index / len(photos.photos), f"Coloring {index + 1} of {len(photos.photos)}")
        truth = lab_of(pixels)
        is_gray, is_skin = _gray_things(truth), _skin(truth, photos.people[index] if photos.people else None)
        if is_gray is None and is_skin is None:
            continue
        photo = Photo(pixels)
        prediction = predict(photo, Settings(recolor=True), colorizer, Progress())
        shown = {"original": truth}
        for value in vividness:
            rendered = render(photo, prediction, Settings(vividness=value), Progress())
            shown[f"vividness {value:g}"] = lab_of(np.asarray(rendered.pixels))
        for name, planes in shown.items():
            ab = planes[..., 1:]
            if is_gray is not None:
                gray.setdefault(name, []).append(float(np.hypot(*ab[is_gray].T).mean()))
            if is_skin is not None:
                skin.setdefault(name, []).append(ab[is_skin].mean(0))
    names = ["original", *(f"vividness {value:g}" for value in vividness)]
    return {name: _row(gray.get(name, []), skin.get(name, []), skin.get("original", [])) for name in names}


def _gray_things(truth: np.ndarray) -> np.ndarray | None:
    mid = (truth[..., 0] > _MID[0]) & (truth[..., 0] < _MID[1])
    chosen = mid & (np.hypot(truth[..., 1], truth[..., 2]) < _GRAY)
    return chosen if chosen.mean() > _LEAST_GRAY else None


def _skin(truth: np.ndarray, person: np.ndarray | None) -> np.ndarray | None:
    """(h, w) where a face's skin is, or None."""
    face = None if person is None else person[..., 1] > 127
    if face is None or face.sum() < _LEAST_FACE:
        return None
    away = truth[..., 1:] - np.median(truth[face][:, 1:], axis=0)
    return face & (np.hypot(away[..., 0], away[..., 1]) < _LIKE_SKIN)


def _row(gray: list[float], skin: list[np.ndarray], true_skin: list[np.ndarray]) -> dict[str, float]:
    row = {"gray_chroma": float(np.mean(gray)) if gray else float("nan"), "gray_photos": len(gray), "faces": len(skin)}
    if skin:
        colors, truth = np.array(skin), np.array(true_skin)
        chroma, true_chroma = np.hypot(*colors.T), np.hypot(*truth.T)
        mean = colors.mean(0)
        row |= {
            "skin_chroma": float(chroma.mean()),
            "skin_hue": float(np.degrees(np.arctan2(mean[1], mean[0]))),
            "skin_off": float(np.hypot(*(colors - truth).T).mean()),
            "skin_strong": float((chroma - true_chroma > _TOO_STRONG).mean()),
        }
    return row


def tones_table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """The rows as a Markdown table."""
    counts = next(iter(rows.values()))
    lines = [
        f"| | chroma of gray things ({counts['gray_photos']:.0f} photos) | skin: chroma ({counts['faces']:.0f} faces) "
        "| hue | off | over 6 too strong |",
        "|---" + "|---:" * 5 + "|",
    ]
    for name, row in rows.items():
        skin = ""
        if row["faces"]:
            skin = (
                f"{row['skin_chroma']:.1f} | {row['skin_hue']:.1f}° | {row['skin_off']:.1f} | {row['skin_strong']:.0%}"
            )
        lines.append(f"| {name} | {row['gray_chroma']:.1f} | {skin or ' | | |'} |")
    return "\n".join(lines)


def measure_marks(
    colorizer: Colorizer,
    photos: Mapping[str, Photo],
    marks: Mapping[str, Sequence[Sequence[float]]],
    vividness: Sequence[float],
) -> dict[str, dict[str, float]]:
    """Mean chroma by photo's name, then by vividness, over its marks.

    Args:
        photos: by name, gray or in color.
        marks: boxes of each, as left, top, right, bottom, in parts of the photo's sides.
    """
    found: dict[str, dict[str, float]] = {}
    for name, boxes in marks.items():
        if name not in photos:
            continue
        photo = photos[name]
        height, width = photo.size
        chosen = np.zeros((height, width), bool)
        for left, top, right, bottom in boxes:
            chosen[int(top * height) : int(bottom * height) + 1, int(left * width) : int(right * width) + 1] = True
        prediction = predict(photo, Settings(recolor=True), colorizer, Progress())
        for value in vividness:
            rendered = render(photo, prediction, Settings(vividness=value), Progress())
            shown = np.asarray(rendered.pixels)
            shown = shown >> 8 if shown.dtype == np.uint16 else shown  # a profile's photo has finer pixels
            ab = lab_of(shown[chosen][None])[0, :, 1:]
            found.setdefault(name, {})[f"vividness {value:g}"] = float(np.hypot(*ab.T).mean())
    return found


def read_marks(path: Path) -> dict[str, list[list[float]]]:
    """Boxes by photo's name from a JSON file. Raises `MarksError`."""
    try:
        marks = json.loads(path.read_text(encoding="utf-8"))
        for boxes in marks.values():
            for left, top, right, bottom in boxes:
                if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
                    raise ValueError("a box does not lie inside its photo")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise MarksError(f'"{path}" is no file of marks, boxes by the name of their photo ({error}).') from error
    return marks


def marks_table(found: Mapping[str, Mapping[str, float]]) -> str:
    """Chroma at the marks as a Markdown table, with their mean."""
    names = list(next(iter(found.values())))
    lines = [f"| chroma of marked places | {' | '.join(names)} |", "|---" + "|---:" * len(names) + "|"]
    lines += [f"| {photo} | {' | '.join(f'{row[name]:.1f}' for name in names)} |" for photo, row in found.items()]
    means = [np.mean([row[name] for row in found.values()]) for name in names]
    return "\n".join([*lines, f"| mean of {len(found)} | {' | '.join(f'{mean:.1f}' for mean in means)} |"])
