"""What the session's workers do, as plain functions; they run on working threads and touch no widget.

What works on pixels is imported there, when first needed: the window is there before numpy is.
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from handtint.gui.canvas.drawing import placed_picture
from handtint.gui.canvas.pixels import PREVIEW_SIDE, Layer, layer_after, layer_before, to_image, to_pixels
from handtint.gui.parts.translating import tr
from handtint.imaging.color.tone import Judgment
from handtint.model_card import ModelFile
from handtint.paths import is_file, is_folder
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.recipe.geometry import Geometry, GeometryError
from handtint.recipe.placement import Placement, place
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair
from handtint.recipe.settings import Settings
from handtint.recipe.source import Source
from handtint.stamps import Stamp, stamp_if_there

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction
    from handtint.imaging.photo import Photo
    from handtint.palette.carry import Reference
    from handtint.repair.damage.finding import Found
    from handtint.restore.colorizer import Colorizer
    from handtint.restore.glimpse import Filled, Small
    from handtint.restore.rendering import Preview
    from handtint.restore.repairing import Inspection, Marked

_AS_IT_IS = Recipe()
THUMBNAIL_SIDE = 320
VARIANT_SIDE = 160
_LARGEST_WHOLE = 4 * THUMBNAIL_SIDE  # of a photo of which a part becomes a small picture
_QT_READS = {b"\xff\xd8": b"jpeg", b"\x89PNG\r\n\x1a\n": b"png"}  # by their first bytes, whatever they are called
_QT_MOST_PIXELS = 150_000_000  # larger ones may take minutes, and only a reader process can be stopped meanwhile


def photos_to_open(path: Path) -> list[Path]:
    """The photos directly in a folder, by name, without results; a file itself, whatever it is. Raises `OSError`."""
    from handtint.album.folders import photos_at

    if not is_folder(path):
        return [path.absolute()]
    return [item for item, _ in photos_at(path.absolute(), recursive=False, skip=None) if isinstance(item, Path)]


class ReadResult(NamedTuple):
    """What reading a photo gives the window, or turning one that is read; `positive` is all of a negative, inverted."""

    photo: Photo
    preview: Preview
    judgment: Judgment
    before: Layer
    stamp: Stamp | None
    looks_negative: bool = False
    positive: QImage | None = None


def read(path: Path, source: Source, progress: Progress) -> ReadResult:
    """A photo and what is shown of it first. Raises `PhotoError`."""
    from handtint.imaging.negative import looks_negative
    from handtint.imaging.opening import read_photo
    from handtint.restore.rendering import Preview

    stamp = stamp_if_there(path)  # before reading: what changes meanwhile is seen as a change
    photo = read_photo(path, progress.part(0.0, 0.6), source)
    preview = Preview(photo, PREVIEW_SIDE, progress.part(0.6, 1.0))
    before = layer_before(photo, preview.before)
    judgment = photo.judgment()
    return ReadResult(photo, preview, judgment, before, stamp, looks_negative(photo, judgment))


def turned(upright: ReadResult, recipe: Recipe, progress: Progress) -> ReadResult:
    """What is seen of a photo that is inverted, turned and cropped as the recipe says. Raises `GeometryError`.

    Args:
        upright: as `read` gave it.
    """
    if recipe.view == Recipe().view:
        return upright
    from handtint.restore import way
    from handtint.restore.rendering import Preview

    photo = way.turned(way.positive(upright.photo, recipe), recipe.geometry, progress.part(0.0, 0.6))
    preview = Preview(photo, PREVIEW_SIDE, progress.part(0.6, 1.0))
    before = layer_before(photo, preview.before)
    positive = inverted(upright.before.levels[0]) if recipe.is_inverted else None
    return ReadResult(photo, preview, photo.judgment(), before, upright.stamp, positive=positive)


class Repaired(NamedTuple):
    """What repairing gives the window; `filled` is the photo with its damage filled and nothing else, if known."""

    photo: Photo
    preview: Preview
    repair: Repair
    found: Found | None
    filled: Photo | None


def repaired(
    seen: ReadResult, recipe: Recipe, found: Found | None, filled: Photo | None, progress: Progress
) -> Repaired:
    """A photo repaired, and what is seen of it.

    Args:
        seen: `turned` as the recipe says.
        found: what might be damaged in it, where that was looked for before.
        filled: the same with its damage filled as the recipe says, where that was done before.

    Raises `Cancelled`, `DamageError`, `RepairError`.
    """
    from handtint.restore import repairing, way
    from handtint.restore.rendering import Preview

    if found is None and (recipe.is_repair_automatic or recipe.repair.damage.is_looked_for):
        found = repairing.look_for_damage(seen.photo, progress.part(0.0, 0.4))
    if filled is None and not recipe.is_repair_automatic:
        filled = repairing.held(repairing.undamaged(seen.photo, recipe.repair, progress.part(0.4, 0.7), found))
    photo, followed = way.repaired(seen.photo, recipe, progress.part(0.7, 0.9), found, filled)
    preview = Preview(photo, PREVIEW_SIDE, progress.part(0.9, 1.0))
    return Repaired(photo, preview, followed.repair, found, filled)


class Glimpsed(NamedTuple):
    """A repair while its controls move, and what it was made from, to be given again."""

    base: Small
    filled: Filled | None
    layer: Layer


def glimpsed(
    base: Photo | Small,
    filled: tuple[Damage, Photo] | Filled | None,
    repair: Repair,
    found: Found | None,
    prediction: Prediction | None,
    settings: Settings,
    progress: Progress,
) -> Glimpsed:
    """What a repair would make of a photo, soon. Without a prediction it is not colored.

    Args:
        base: the photo, or what an earlier call made of it.
        filled: some damage, and the photo with that filled; or what an earlier call made of these.
        found: what might be damaged in it, where that is known.

    Raises `Cancelled`, `DamageError`, `RepairError`.
    """
    from handtint.restore import glimpse
    from handtint.restore.rendering import Preview

    small = base if isinstance(base, glimpse.Small) else glimpse.Small.of(base, progress.part(0.0, 0.5))
    if isinstance(filled, tuple):
        filled = glimpse.Filled.of(small.photo, filled[0], found, filled[1])
    whole, photo = glimpse.glimpse(small, repair, found, progress.part(0.5, 1.0), filled)
    layer = render_layer(photo, Preview(whole, glimpse.SIDE, of=photo), prediction, settings)
    return Glimpsed(small, filled, dataclasses.replace(layer, coarsest_step=1))


def marked(photo: Photo, repair: Repair, found: Found | None) -> Marked:
    """What the repair of a photo fills. Raises `DamageError`, `RepairError`."""
    from handtint.restore import repairing

    return repairing.marked(photo, repair, found)


def damage_found(photo: Photo, progress: Progress) -> Found:
    """What might be damaged in a photo. Raises `Cancelled`."""
    from handtint.restore import repairing

    return repairing.look_for_damage(photo, progress)


def inspected(photo: Photo, progress: Progress) -> Inspection:
    """What a photo needs, and what might be damaged in it. Raises `Cancelled`."""
    from handtint.restore import repairing

    return repairing.inspected(photo, progress)


class LoadedModel:
    """The one model that is loaded, as a colorizer. Used on the model worker's thread only."""

    def __init__(self, load: Callable[[ModelFile], Colorizer]) -> None:
        self._load = load
        self.cores: int | None = None  # of the CPU that are taken at most; None for as many as usual
        self._path: Path | None = None
        self._colorizer: Colorizer | None = None

    @property
    def device(self) -> str:
        """What a user calls the device, if the colorizer knows."""
        return getattr(self._colorizer, "device", "")

    def load(self, model: ModelFile, progress: Progress) -> str:
        """Load the model unless it is loaded already; returns its device. Raises `ModelError`."""
        if self._path != model.path or self._colorizer is None:
            progress.step(0.0, tr("tasks", "Getting the model ready"))
            self._path = self._colorizer = None  # free the old one first
            self._colorizer = self._load(model)
            self._path = model.path
            if self.cores is not None:
                self.take_threads(None)
        return self.device

    def colorizer(self, model: ModelFile, progress: Progress) -> Colorizer:
        """The colorizer itself, for work of many photos on this thread. Raises `ModelError`."""
        self.load(model, progress)
        assert self._colorizer is not None
        return self._colorizer

    def take_threads(self, count: int | None) -> None:
        """Let the model have so many threads of the CPU; None for one on each of its cores, or as many as usual."""
        take = getattr(self._colorizer, "take_threads", None)
        if take is not None:
            take(count or self.cores)

    def drop(self) -> None:
        """Load the model anew the next time."""
        self._path = self._colorizer = None

    def color(
        self,
        model: ModelFile,
        photo: Photo,
        recipe: Recipe,
        name: str,
        progress: Progress,
        reference: Reference | None = None,
    ) -> Prediction:
        """Predict the color of the photo, which is turned and repaired by now.

        Raises `HandtintError`, also for hints outside the photo.
        """
        from handtint.restore.way import check_hints, predict

        settings = recipe.color
        if recipe.is_repaired:  # its tone was asked before that, which may make it stronger
            settings = dataclasses.replace(settings, recolor=True)
        check_hints(photo, settings)
        colorizer = self.colorizer(model, progress)
        text = tr("tasks", 'Coloring "{photo}"', photo=name)
        progress.step(0.02, text)
        return predict(photo, settings, colorizer, titled(progress, text), reference)

    def reference(self, model: ModelFile, path: Path, settings: Settings, progress: Progress) -> Reference:
        """What a photo with these settings gives to those that take its colors. Raises `HandtintError`."""
        from handtint.imaging.opening import read_photo
        from handtint.restore.references import make_reference
        from handtint.restore.way import check_hints, predict

        looking = titled(progress, tr("tasks", 'Looking at "{photo}", whose colors it takes', photo=path.name))
        photo = read_photo(path, looking.part(0.0, 0.4), in_bands=True)
        check_hints(photo, settings)
        colorizer = self.colorizer(model, progress)
        prediction = predict(photo, settings, colorizer, looking.part(0.4, 0.9))
        return make_reference(photo, prediction, settings, colorizer, looking.part(0.9, 1.0))


def render_layer(photo: Photo, preview: Preview, prediction: Prediction | None, settings: Settings) -> Layer:
    """The half of the comparison that shows the result; without a prediction it is not colored."""
    from handtint.restore.rendering import Rendering, render_preview

    if prediction is None:
        return layer_before(photo, preview.before)
    colored = render_preview(preview, prediction, settings)
    return layer_after(photo, Rendering(photo, prediction, settings), colored)


def doubt_layer(photo: Photo, preview: Preview, prediction: Prediction) -> Layer | None:
    """A picture of how sure the model is, for the half that shows the result; None where it does not say."""
    from handtint.imaging.coloring.certainty import PalePhoto, doubt_picture, pale

    picture = doubt_picture(prediction)
    if picture is None:
        return None
    pale_preview = copy.copy(preview)
    pale_preview.lightness = pale(preview.lightness)
    return render_layer(PalePhoto(photo.pixels, photo.meta), pale_preview, picture, Settings())


def variant_pictures(
    preview: Preview, prediction: Prediction, settings: Settings, longest: int = VARIANT_SIDE
) -> tuple[QImage, ...]:
    """Pictures, with a longer side of `longest` pixels at most, of all colorings there are to choose from."""
    from handtint.restore.rendering import render_preview

    return tuple(
        to_image(render_preview(preview, prediction, dataclasses.replace(settings, variant=number), longest))
        for number in range(prediction.variants)
    )


def thumbnail(path: Path, recipe: Recipe = _AS_IT_IS) -> QImage:
    """A small picture of a file, inverted, turned and cropped as the recipe says.

    By Qt, which shrinks while it decodes, where its decoders can be trusted with a stranger's file, else by our own
    reader. Raises `PhotoError`.
    """
    if recipe.source.page == 1 and not recipe.is_inverted:
        image = _shrunk_by_qt(path, recipe.geometry)
        if image is not None:
            return image
    from handtint.imaging.opening import read_photo
    from handtint.restore import way
    from handtint.restore.rendering import Preview

    photo = way.positive(read_photo(path, source=recipe.source), recipe)
    side, placement = _in_small(recipe.geometry, photo.size)
    return _placed(to_image(Preview(photo, side).before), placement)


def inverted(image: QImage) -> QImage:
    """A small picture of a negative as a positive."""
    from handtint.imaging import negative
    from handtint.imaging.photo import Photo

    pixels, _ = to_pixels(image)
    return to_image(negative.inverted(Photo(pixels)).pixels[:])


def _in_small(geometry: Geometry, size: tuple[int, int]) -> tuple[int, Placement | None]:
    """For a small picture: how long the longer side of a photo of (height, width) must be, and how that is placed.

    A crop is made from a somewhat larger one. What does not fit the photo any more is left out, as when it is shown.
    """
    try:
        placement = place(geometry, size) if geometry != Geometry() else None
    except GeometryError:
        placement = None
    if placement is None:
        return THUMBNAIL_SIDE, None
    return min(math.ceil(THUMBNAIL_SIDE * max(size) / max(placement.size)), _LARGEST_WHOLE), placement


def _placed(image: QImage, placement: Placement | None) -> QImage:
    return image if placement is None else placed_picture(image, placement, THUMBNAIL_SIDE)


def _shrunk_by_qt(path: Path, geometry: Geometry) -> QImage | None:
    if not is_file(path):  # a pipe would be waited for
        return None
    try:
        with path.open("rb") as file:
            head = file.read(8)
            kind = next((name for start, name in _QT_READS.items() if head.startswith(start)), None)
    except OSError:  # our reader says why
        return None
    if kind is None:
        return None
    reader = QImageReader(str(path), kind)
    reader.setAutoDetectImageFormat(False)  # Qt would try each decoder it has, in this process
    reader.setAutoTransform(True)
    if not (size := reader.size()).isValid() or size.width() * size.height() > _QT_MOST_PIXELS:
        return None
    quarter_turn = QImageIOHandler.Transformation.TransformationRotate90
    is_quarter_turned = bool(reader.transformation().value & quarter_turn.value)
    upright = size.transposed() if is_quarter_turned else size
    side, placement = _in_small(geometry, (upright.height(), upright.width()))
    reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else _placed(image.convertToFormat(QImage.Format.Format_RGB32), placement)


def titled(progress: Progress, text: str) -> Progress:
    """The same progress with `text` on every report; stepping it asks `progress` whether it was cancelled."""
    return Progress(lambda fraction, _: progress.step(fraction, text))
