"""The model's color at full size: all that follows from a `Prediction` without the network.

`Rendering` gives parts of the full-size result, `Preview` and `render_preview` the whole at screen size, `colored` and
`render` a new `Photo`, made when it is saved or at once.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.coloring.adjusting import AdjustedField, kept_color
from handtint.imaging.coloring.chroma import ChromaField, Field, paint, positions
from handtint.imaging.coloring.kriging import follow_hints
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.imaging.resize import fit, reduce_plane, resize_planes, shrink_lightness, shrink_pixels
from handtint.imaging.rows import Rows, band_rows, bands
from handtint.progress import Progress
from handtint.recipe.adjust import Adjust
from handtint.recipe.hints import seen_hints
from handtint.recipe.placement import Placement
from handtint.recipe.settings import Settings


def chosen_ab(
    prediction: Prediction,
    lightness: np.ndarray,
    settings: Settings,
    photo_size: tuple[int, int],
    placement: Placement | None,
) -> np.ndarray:
    """(h, w, 2) ab of a prediction with the settings, hints included, at strength 1 and not adjusted yet.

    Of any size that stands for the whole photo.

    Args:
        placement: of the photo on its source, where the hints' places count.
    """
    ab = prediction.ab_at(settings.vividness, settings.variant)
    hints = seen_hints(settings.hints, placement)
    return follow_hints(ab, lightness, hints, photo_size, prediction.chances if hints else None)


def _field(
    prediction: Prediction,
    guide: np.ndarray,
    settings: Settings,
    photo_size: tuple[int, int],
    placement: Placement | None,
) -> Field:
    """All color of a photo: what was chosen at its strength, adjusted, and less of it at protected places."""
    field = ChromaField(chosen_ab(prediction, guide, settings, photo_size, placement), guide, settings.strength)
    if settings.adjust == Adjust() and settings.protected is None:
        return field
    kept = None if settings.protected is None else kept_color(settings.protected, photo_size, placement)
    return AdjustedField(field, settings.adjust, kept)


class Rendering:
    """A photo with a prediction: any part of the colored picture at any scale, on demand.

    Built from (photo, prediction, settings) in milliseconds. Changing settings builds a new one without the
    network. `region` may be called from several threads.
    """

    def __init__(self, photo: Photo, prediction: Prediction, settings: Settings) -> None:
        self._photo = photo
        guide = prediction.lightness
        if guide is None:
            guide = shrink_lightness(photo, (prediction.ab.shape[0], prediction.ab.shape[1]))
        self._field = _field(prediction, guide, settings, photo.size, photo.meta.placement)

    def region(self, rows: slice = slice(None), columns: slice = slice(None), step: int = 1) -> np.ndarray:
        """(h, w, 3) colored pixels, sRGB-encoded, in the photo's dtype, of a part of the full-size photo.

        With `step`, one pixel for each step x step pixels of the photo, from their mean lightness; the last
        row and column may stand for fewer.
        """
        height, width = self._photo.size
        row_range, column_range = (range(*s.indices(n)) for s, n in ((rows, height), (columns, width)))
        x = positions(column_range.start, column_range.stop, width, step)
        parts = [np.empty((0, len(x), 3), self._photo.pixels.dtype)]
        for band in bands(row_range, len(column_range), step):
            lightness = reduce_plane(self._photo.lightness(band, columns), step)
            y = positions(band.start, band.stop, height, step)
            parts.append(paint(lightness, self._field, y, x, self._photo.pixels.dtype))
        return np.concatenate(parts) if len(parts) > 2 else parts[-1]

    def picked(self, rows: slice, columns: slice) -> np.ndarray:
        """(h, w, 3) single colored pixels, here and there, as `array[rows, columns]` would give them."""
        height, width = self._photo.size
        y, x = (positions(0, side, side)[part] for side, part in ((height, rows), (width, columns)))
        return paint(self._photo.lightness(rows, columns), self._field, y, x, self._photo.pixels.dtype)


class Preview:
    """A whole photo at screen size, made once; `render_preview` colors it in a few milliseconds.

    Args:
        photo: read in bands, not kept.
        max_side: the longer side in pixels; a smaller photo stays as it is.
        of: the photo that `photo` is a small copy of; by default itself.

    Attributes:
        photo_size: height, width of that photo.
        placement: of that photo on its source.
        lightness: (h, w) float32 L.
        before: (h, w, 3) uint8, the photo as it came, its own tone included.
    """

    def __init__(
        self, photo: Photo, max_side: int, progress: Progress | None = None, *, of: Photo | None = None
    ) -> None:
        progress, of = progress or Progress(), of or photo
        longest = min(max_side, max(photo.size))
        size = fit(photo.size, longest, longest)
        self.photo_size, self.placement = of.size, of.meta.placement
        self.before = shrink_pixels(photo, size, progress.part(0.0, 0.5))
        self.lightness = shrink_lightness(photo, size, progress.part(0.5, 1.0))


def render_preview(
    preview: Preview, prediction: Prediction, settings: Settings, longest: int | None = None
) -> np.ndarray:
    """(h, w, 3) uint8, the colored picture at the preview's size, or smaller with a longer side of `longest`."""
    guide = preview.lightness if prediction.lightness is None else prediction.lightness
    field = _field(prediction, guide, settings, preview.photo_size, preview.placement)
    lightness = preview.lightness
    if longest is not None and longest < max(lightness.shape):
        lightness = resize_planes(lightness[..., None], fit(preview.photo_size, longest, longest))[..., 0]
    height, width = lightness.shape
    return paint(lightness, field, positions(0, height, height), positions(0, width, width))


def colored(photo: Photo, prediction: Prediction, settings: Settings) -> Photo:
    """The colored photo at full size, its pixels made in bands as they are asked for; meta and alpha stay the photo's.

    The prediction's notes join those of the photo.
    """
    meta = dataclasses.replace(photo.meta, notes=photo.meta.notes + prediction.notes)
    return dataclasses.replace(photo, pixels=_Painted(photo, Rendering(photo, prediction, settings)), meta=meta)


class _Painted(Rows):
    """The pixels of a rendering."""

    def __init__(self, photo: Photo, rendering: Rendering) -> None:
        self._rendering = rendering
        shape = (*photo.size, 3)
        # Not a method of this: with a reference to itself it would keep the photo until Python looks for such circles.
        super().__init__(
            shape, photo.pixels.dtype, band_rows(shape[1]), lambda top, stop: rendering.region(slice(top, stop))
        )

    def __getitem__(self, where: slice | tuple[slice, slice]) -> np.ndarray:
        if isinstance(where, tuple) and (where[0].step or 1) > 1:
            return self._rendering.picked(*where)
        return super().__getitem__(where)


def render(photo: Photo, prediction: Prediction, settings: Settings, progress: Progress) -> Photo:
    """`colored`, with all its pixels made."""
    result = colored(photo, prediction, settings)
    height, width = photo.size
    pixels = np.empty((height, width, 3), photo.pixels.dtype)
    for rows in bands(range(height), width):
        progress.step(rows.start / height, Sentence("Bringing the color to full size"))
        pixels[rows] = result.pixels[rows]
    progress.step(1.0)
    return dataclasses.replace(result, pixels=pixels)
