"""Photos before and after, side by side, for looking at many results at once: a sheet of them, thumbnails."""

from __future__ import annotations

import bisect
import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from handtint.atomic import write_whole
from handtint.errors import SaveError
from handtint.imaging.rows import Rows

MOST_PAIRS = 60  # keeps a sheet within what viewers open and JPEG can hold

_HEIGHT = 420  # of every picture, pixels
_WIDEST = 2  # widths to a height; wider pictures get less high
_SHEET_WIDTH = 2400
_MARGIN, _GAP, _LABEL = 36, 6, 44
_GROUND, _INK = (56, 56, 56), (222, 222, 222)
# Heights and qualities of thumbnails, tried in turn: photographs fit with the first or second, noise with the last.
_THUMBNAILS = ((200, 80), (200, 65), (200, 50), (160, 50), (120, 50), (80, 40))
_THUMBNAIL_BYTES = 15_000


class Sheet:
    """Pairs of pictures, added one by one and laid out in rows. Holds only small copies of them."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, Image.Image]] = []
        self._places: list[int] = []
        self._left_out = 0

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, label: str, before: np.ndarray | Rows, after: np.ndarray | Rows, place: int | None = None) -> None:
        """Add a pair: (H, W) or (H, W, 3), uint8 or uint16, sRGB-encoded. Past `MOST_PAIRS` only counted.

        Pairs stand in the order of `place`, if they have one, else as they came.
        """
        if len(self._pairs) >= MOST_PAIRS:
            self._left_out += 1
            return
        pair = _pair(before, after, _HEIGHT)
        place = len(self._pairs) if place is None else place
        index = bisect.bisect(self._places, place)
        self._places.insert(index, place)
        self._pairs.insert(index, (label, pair))

    @property
    def left_out_text(self) -> str:
        """What to add where pairs found no place on the sheet; else empty."""
        return f" (the first {MOST_PAIRS}; {self._left_out} found no place)" if self._left_out else ""

    def image(self) -> Image.Image:
        """The sheet as it is now: pairs from left to right, in rows as wide as the sheet."""
        places, x, y, row_height = [], _MARGIN, _MARGIN, 0
        for _, pair in self._pairs:
            if x > _MARGIN and x + pair.width > _SHEET_WIDTH - _MARGIN:
                x, y, row_height = _MARGIN, y + row_height + _LABEL + _MARGIN, 0
            places.append((x, y))
            x, row_height = x + pair.width + _MARGIN, max(row_height, pair.height)
        sheet = Image.new("RGB", (_SHEET_WIDTH, y + row_height + _LABEL + _MARGIN), _GROUND)
        draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(22)
        for (label, pair), (left, top) in zip(self._pairs, places, strict=True):
            sheet.paste(pair, (left, top))
            draw.text((left, top + pair.height + 10), _fitting(label, font, pair.width), _INK, font)
        return sheet

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
                'The sheet "{path}" was not saved: a file of that name is there already. '
                "Choose another name, or allow overwriting.",
                path=path,
            ) from error
        except OSError as error:
            raise SaveError(
                'The sheet "{path}" could not be saved: {reason}. '
                "The colored photos are not affected. Choose another place for it.",
                path=path,
                reason=error.strerror or error,
            ) from error


def thumbnail(before: np.ndarray | Rows, after: np.ndarray | Rows) -> bytes:
    """A small JPEG of a photo before and after, side by side, of at most 15 kB, whatever it shows."""
    data = b""
    for height, quality in _THUMBNAILS:
        buffer = io.BytesIO()
        _pair(before, after, height).save(buffer, "JPEG", quality=quality, optimize=True)
        data = buffer.getvalue()
        if len(data) <= _THUMBNAIL_BYTES:
            break
    return data


def _pair(before: np.ndarray | Rows, after: np.ndarray | Rows, height: int) -> Image.Image:
    left, right = _small(before, height), _small(after, height)
    pair = Image.new("RGB", (left.width + _GAP + right.width, left.height), _GROUND)
    pair.paste(left, (0, 0))
    pair.paste(right, (left.width + _GAP, 0))
    return pair


def _small(picture: np.ndarray | Rows, height: int) -> Image.Image:
    # Every second or third pixel of a large photo: 48 megapixels need not be copied whole for a small picture. Four
    # pixels for each one of it stay, else grain and halftone turn into coarse noise.
    step = max(1, min(picture.shape[:2]) // (4 * height))
    pixels = picture[::step, ::step]
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    scale = min(height / image.height, _WIDEST * height / image.width)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def _fitting(label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    if font.getlength(label) <= width:
        return label
    while label and font.getlength(label + "…") > width:
        label = label[:-1]
    return label + "…"
