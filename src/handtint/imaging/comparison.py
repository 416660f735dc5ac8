"""A sheet of photos before and after, side by side, for looking at many results at once."""

from __future__ import annotations

import bisect
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from handtint.atomic import write_whole
from handtint.errors import SaveError

MOST_PAIRS = 60  # keeps a sheet within what viewers open and JPEG can hold

_HEIGHT = 420  # of every picture, pixels
_WIDEST = 840  # wider pictures get less high
_PAGE_WIDTH = 2400
_MARGIN, _GAP, _LABEL = 36, 6, 44
_GROUND, _INK = (56, 56, 56), (222, 222, 222)


class Sheet:
    """Pairs of pictures, added one by one and laid out in rows. Holds only small copies of them."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, Image.Image]] = []
        self._places: list[int] = []
        self._left_out = 0

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, label: str, before: np.ndarray, after: np.ndarray, place: int | None = None) -> None:
        """Add a pair: (H, W) or (H, W, 3), uint8 or uint16, sRGB-encoded. Past `MOST_PAIRS` only counted.

        Pairs stand in the order of `place`, if they have one, else as they came.
        """
        if len(self._pairs) >= MOST_PAIRS:
            self._left_out += 1
            return
        left, right = _small(before), _small(after)
        pair = Image.new("RGB", (left.width + _GAP + right.width, left.height), _GROUND)
        pair.paste(left, (0, 0))
        pair.paste(right, (left.width + _GAP, 0))
        place = len(self._pairs) if place is None else place
        index = bisect.bisect(self._places, place)
        self._places.insert(index, place)
        self._pairs.insert(index, (label, pair))

    @property
    def left_out_text(self) -> str:
        """What to add where pairs found no place on the sheet; else empty."""
        return f" (the first {MOST_PAIRS}; {self._left_out} found no place)" if self._left_out else ""

    def image(self) -> Image.Image:
        """The sheet as it is now: pairs from left to right, in rows as wide as the page."""
        places, x, y, row_height = [], _MARGIN, _MARGIN, 0
        for _, pair in self._pairs:
            if x > _MARGIN and x + pair.width > _PAGE_WIDTH - _MARGIN:
                x, y, row_height = _MARGIN, y + row_height + _LABEL + _MARGIN, 0
            places.append((x, y))
            x, row_height = x + pair.width + _MARGIN, max(row_height, pair.height)
        page = Image.new("RGB", (_PAGE_WIDTH, y + row_height + _LABEL + _MARGIN), _GROUND)
        draw, font = ImageDraw.Draw(page), ImageFont.load_default(22)
        for (label, pair), (left, top) in zip(self._pairs, places, strict=True):
            page.paste(pair, (left, top))
            draw.text((left, top + pair.height + 10), _fitting(label, font, pair.width), _INK, font)
        return page

    def save(self, path: Path, overwrite: bool = False) -> None:
        """Write the sheet as JPEG, whole or not at all. Raises `SaveError`, also where a file is already."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(
                path,
                lambda file: self.image().save(file, "JPEG", quality=92, subsampling=0),
                overwrite=overwrite,
            )
        except FileExistsError as error:
            raise SaveError(
                f'The sheet "{path}" was not saved: a file of that name is there already. '
                "Choose another name, or allow overwriting."
            ) from error
        except OSError as error:
            raise SaveError(
                f'The sheet "{path}" could not be saved: {error.strerror or error}. '
                "The colored photos are not affected. Choose another place for it."
            ) from error


def _small(pixels: np.ndarray) -> Image.Image:
    # Every second or third pixel first: a 48-megapixel photo need not be copied whole for a small picture.
    step = max(1, min(pixels.shape[:2]) // (2 * _HEIGHT))
    pixels = pixels[::step, ::step]
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    scale = min(_HEIGHT / picture.height, _WIDEST / picture.width)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _fitting(label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    if font.getlength(label) <= width:
        return label
    while label and font.getlength(label + "…") > width:
        label = label[:-1]
    return label + "…"
