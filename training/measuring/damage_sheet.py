"""What is found in damaged photos, and what they become: `python -m training.measuring.damage_sheet PHOTO... --out F`.

One row for each photo: before, with the damage found in red (blue what is too large to be filled), after.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from handtint.engine.damage_finder import load_damage_finder
from handtint.imaging.opening import read_photo
from handtint.model_card import DAMAGE, find_model
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.repair.damage.filling import fill, with_filling
from handtint.repair.damage.finding import DEFAULT_SENSITIVITY, automatic, damaged, doubtful, find
from handtint.repair.damage.kinds import kinds_of

_GAP = 8


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.measuring.damage_sheet", description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="the sheet, a JPEG or PNG file")
    parser.add_argument("--model", default="damage", help="name of a model, or its file")
    parser.add_argument("--sensitivity", type=float, default=DEFAULT_SENSITIVITY)
    parser.add_argument("--height", type=int, default=420, help="of a row, in pixels; 0: as the photo is")
    options = parser.parse_args()
    finder = load_damage_finder(find_model(options.model, DAMAGE), "cpu")
    rows = []
    for path in options.photos:
        photo = read_photo(path)
        found = find(photo, finder, Progress())
        places = damaged(found, Damage(options.sensitivity), photo)
        filling = fill(photo, places, Progress(), doubtful(found))
        before, after = (_rgb(p.pixels) for p in (photo, with_filling(photo, filling)))
        shown = before.copy()
        shown[places.grown(1).mask()] = (230, 30, 30)
        shown[filling.left.mask()] = (40, 80, 230)
        auto = "auto repairs it" if automatic(found).sensitivity else "auto leaves it"
        print(f"{path.name}: {kinds_of(places).words or 'nothing found'}; {kinds_of(places).share:.3%}; {auto}")
        rows.append(_row([before, shown, after], options.height))
    width = max(row.width for row in rows)
    sheet = Image.new("RGB", (width, sum(row.height + _GAP for row in rows) - _GAP), "white")
    top = 0
    for row in rows:
        sheet.paste(row, (0, top))
        top += row.height + _GAP
    sheet.save(options.out, quality=88)


def _rgb(pixels: object) -> np.ndarray:
    array = np.asarray(pixels)
    array = array if array.dtype == np.uint8 else (array // 257).astype(np.uint8)
    return array if array.ndim == 3 else np.repeat(array[..., None], 3, 2)


def _row(pictures: list[np.ndarray], height: int) -> Image.Image:
    images = [Image.fromarray(picture) for picture in pictures]
    if height:
        size = (round(images[0].width * height / images[0].height), height)
        images = [image.resize(size, Image.Resampling.LANCZOS) for image in images]
    row = Image.new("RGB", (sum(image.width + _GAP for image in images) - _GAP, images[0].height), "white")
    for place, image in enumerate(images):
        row.paste(image, (place * (image.width + _GAP), 0))
    return row


if __name__ == "__main__":
    main()
