"""One photo's way: its lightness to a model, the model's color back to full size.

`predict` asks the model once; all that follows (vividness, strength, hints, any part of the photo at any scale) is
had from the `Prediction` without the network. `Rendering` gives parts of the full-size result, `Preview` and
`render_preview` the whole at screen size, `colored` and `render` a new `Photo`, made when it is saved or at once. Those
that take a `Progress` raise `Cancelled`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from handtint import __version__
from handtint.errors import HandtintError, PhotoError
from handtint.imaging.coloring.chroma import ChromaField, paint, positions
from handtint.imaging.coloring.kriging import follow_hints
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.hint_files import check_inside
from handtint.imaging.photo import Photo, Tone
from handtint.imaging.provenance import Provenance, sha256_of
from handtint.imaging.resize import fit, reduce_plane, resize_planes, shrink_lightness, shrink_pixels
from handtint.imaging.rows import Rows
from handtint.imaging.tiles import band_rows, bands
from handtint.model_card import ModelCard
from handtint.progress import Progress
from handtint.recipe.settings import Settings

if TYPE_CHECKING:
    from handtint.palette.carry import Reference  # `palette` is imported where photos are compared: few are

_LONGEST = 3  # times the working size


class AlreadyInColor(HandtintError):
    """The source has colors of its own and recoloring was not asked for."""


class NoFeatures(HandtintError):
    """The model gives nothing by which to tell that two photos show the same."""


class Colorizer(Protocol):
    """Whatever can say a photo's color; `engine.colorizer` has the real one, tests a fake."""

    @property
    def card(self) -> ModelCard: ...

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        """Color from (h, w) float32 lightness 0..100 at the working size."""
        ...

    @property
    def batch_size(self) -> int:
        """Most photos that `predict_many` is best given at once."""
        ...

    def predict_many(self, lightness: Sequence[np.ndarray], progress: Progress) -> list[Prediction]:
        """`predict` for several photos of one size in one pass."""
        ...

    def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
        """(h', w', c) float16: what each cell of the photo looks like to the model; None if it cannot say."""
        ...


def look(photo: Photo, card: ModelCard, progress: Progress) -> np.ndarray:
    """(h, w) float32 lightness of the whole photo at the working size of a model: what the model sees.

    The short side becomes the card's working size, enlarged if need be: networks know the world at the
    size they were trained at. Of a panorama the long side becomes three times the working size instead, so
    that it is seen whole, undistorted and in bounded memory.
    """
    return shrink_lightness(photo, fit(photo.size, card.working_size, _LONGEST * card.working_size), progress)


def predict(photo: Photo, colorizer: Colorizer, progress: Progress, reference: Reference | None = None) -> Prediction:
    """Look at the whole photo and ask the colorizer once.

    With a `reference` places that surely show the same as that photo take its colors. Where nothing is the same the
    photo is colored as without one; a note says which. Raises `NoFeatures`, and ValueError for a reference of another
    model.
    """
    if reference is not None and reference.model != colorizer.card.sha256:
        raise ValueError(f'the reference is of another model than "{colorizer.card.name}"')
    lightness = look(photo, colorizer.card, progress.part(0.0, 0.2))
    stop = 1.0 if reference is None else 0.8
    prediction = colorizer.predict(lightness, progress.part(0.2, stop))
    if reference is not None:
        features = features_of(lightness, colorizer, progress.part(0.8, 1.0))
        prediction = follow(prediction, lightness, features, reference)
    progress.step(1.0)
    return dataclasses.replace(prediction, lightness=lightness)


def follow(prediction: Prediction, lightness: np.ndarray, features: np.ndarray, reference: Reference) -> Prediction:
    """The prediction with the reference's colors where the photo surely shows the same; see `predict`.

    Args:
        lightness: (h, w) what the model saw.
        features: of that, from `features_of`.
    """
    from handtint.palette.carry import carry

    carried = carry(reference, features, lightness)
    notes = (*prediction.notes, _follows(reference, carried is not None))
    return dataclasses.replace(prediction, carried=carried, notes=notes)


def describe(lightness: np.ndarray, colorizer: Colorizer, progress: Progress) -> np.ndarray:
    """A descriptor for `palette.groups.group`, under 2 KiB, from the model's encoder alone. Raises `NoFeatures`.

    Args:
        lightness: (h, w) as `look` gives it.
    """
    from handtint.palette import groups

    return groups.describe(features_of(lightness, colorizer, progress))


def make_reference(
    photo: Photo, prediction: Prediction, settings: Settings, colorizer: Colorizer, progress: Progress
) -> Reference:
    """What `predict` needs to give other photos this one's colors, at most 1 MiB. Raises `NoFeatures`.

    Args:
        prediction: what `predict` gave for the photo.
        settings: those that its colors were chosen with.
    """
    from handtint.palette.carry import keep

    lightness = prediction.lightness
    if lightness is None:
        lightness = look(photo, colorizer.card, progress.part(0.0, 0.5))
    features = features_of(lightness, colorizer, progress.part(0.5, 1.0))
    name = photo.meta.source.name if photo.meta.source else ""
    ab = _colors(prediction, lightness, settings, photo.size)
    return keep(lightness, features, ab, colorizer.card.sha256, name)


def _colors(
    prediction: Prediction, lightness: np.ndarray, settings: Settings, photo_size: tuple[int, int]
) -> np.ndarray:
    """(h, w, 2) ab of a prediction with the settings, hints included; of any size that stands for the whole photo."""
    ab = prediction.ab_at(settings.vividness, settings.variant)
    return follow_hints(ab, lightness, settings.hints, photo_size)


def features_of(lightness: np.ndarray, colorizer: Colorizer, progress: Progress) -> np.ndarray:
    """(h', w', c) float16, as `Colorizer.features` gives them. Raises `NoFeatures`."""
    features = colorizer.features(lightness, progress)
    if features is None:
        raise NoFeatures(
            f'The model "{colorizer.card.name}" cannot tell which photos show the same, so it cannot give them the '
            "same colors. Choose the model unet, or color the photos one by one."
        )
    return features


def _follows(reference: Reference, was_carried: bool) -> str:
    name = f'"{reference.name}"' if reference.name else "another photo"
    if was_carried:
        return f"Where it shows the same, its colors follow {name}."
    return f"It shows too little that is surely the same as in {name}; it was colored by itself."


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
        self._field = ChromaField(_colors(prediction, guide, settings, photo.size), guide, settings.strength)

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

    Attributes:
        photo_size: height, width of the photo it was made from.
        lightness: (h, w) float32 L.
        before: (h, w, 3) uint8, the photo as it came, its own tone included.
    """

    def __init__(self, photo: Photo, max_side: int, progress: Progress | None = None) -> None:
        progress = progress or Progress()
        longest = min(max_side, max(photo.size))
        size = fit(photo.size, longest, longest)
        self.photo_size = photo.size
        self.before = shrink_pixels(photo, size, progress.part(0.0, 0.5))
        self.lightness = shrink_lightness(photo, size, progress.part(0.5, 1.0))


def render_preview(
    preview: Preview, prediction: Prediction, settings: Settings, longest: int | None = None
) -> np.ndarray:
    """(h, w, 3) uint8, the colored picture at the preview's size, or smaller with a longer side of `longest`."""
    guide = preview.lightness if prediction.lightness is None else prediction.lightness
    field = ChromaField(_colors(prediction, guide, settings, preview.photo_size), guide, settings.strength)
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
        super().__init__(shape, photo.pixels.dtype, band_rows(shape[1]), lambda top, stop: self._region(top, stop))

    def _region(self, top: int, stop: int) -> np.ndarray:
        return self._rendering.region(slice(top, stop))

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
        progress.step(rows.start / height, "Bringing the color to full size")
        pixels[rows] = result.pixels[rows]
    progress.step(1.0)
    return dataclasses.replace(result, pixels=pixels)


def check_tone(photo: Photo, settings: Settings) -> None:
    """Raises `AlreadyInColor` for a photo in color unless settings.recolor."""
    if not settings.recolor and photo.tone() is Tone.COLOR:
        name = photo.meta.source.name if photo.meta.source else "This photo"
        raise AlreadyInColor(
            f'"{name}" is already in color and was left as it is. '
            "Ask for recoloring to have it colored anew from its lightness alone."
        )


def check_hints(photo: Photo, settings: Settings) -> None:
    """Raises `HintError` for a hint outside the photo."""
    check_inside(settings.hints, photo.size, photo.meta.source.name if photo.meta.source else "the photo")


def restore(
    photo: Photo,
    settings: Settings,
    colorizer: Colorizer,
    progress: Progress,
    reference: Reference | None = None,
) -> Photo:
    """predict, then render.

    Raises `AlreadyInColor` for a photo in color unless settings.recolor, and `HintError` for a hint outside it.
    """
    check_tone(photo, settings)
    check_hints(photo, settings)
    prediction = predict(photo, colorizer, progress.part(0.0, 0.6), reference)
    if settings.variant >= prediction.variants:
        note = f'The model "{colorizer.card.name}" knows one coloring of a photo, so this is no variant.'
        prediction = dataclasses.replace(prediction, notes=(*prediction.notes, note))
    return render(photo, prediction, settings, progress.part(0.6, 1.0))


def provenance_of(photo: Photo, settings: Settings, card: ModelCard, follows: str | None = None) -> Provenance:
    """What to note in a saved result. Reads the source file once more, for its hash; raises `PhotoError`.

    `follows` is the file name of the photo whose colors it took.
    """
    source = photo.meta.source
    try:
        sha256 = sha256_of(source) if source else None
    except OSError as error:
        raise PhotoError(
            f'The original "{source}" could not be read again: {error.strerror or error}. The note in the result that '
            "a model added the color needs it. Put it back, or save without that note."
        ) from error
    return Provenance(
        model=card.name,
        card_sha256=card.sha256,
        settings=dataclasses.asdict(settings),
        app_version=__version__,
        source_sha256=sha256,
        source_name=source.name if source else "",
        follows=follows,
    )
