"""Arrays to QImages, and the pyramid a photo is drawn from. May run on any thread.

A `Layer` is one half of the comparison at every scale: levels of a preview, each half the one before, and a
function that gives any part of the full-size photo. Sizes are (width, height) in Qt's order here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColorSpace, QImage

if TYPE_CHECKING:
    import numpy as np

    from handtint.imaging.photo import Photo
    from handtint.restore.rendering import Rendering

    Region = Callable[[slice, slice, int], np.ndarray]  # rows, columns, step -> (h, w[, 3]) uint8 or uint16

PREVIEW_SIDE = 1600  # a window's worth of pixels; what is seen larger comes in tiles
_SMALLEST = 256


def to_image(pixels: np.ndarray) -> QImage:
    """(h, w) or (h, w, 3), uint8 or uint16, sRGB-encoded -> a QImage with memory of its own."""
    import numpy as np

    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    if pixels.ndim == 2:
        image = QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8)
    else:
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # what QPainter draws fastest; copies


def to_pixels(image: QImage) -> tuple[np.ndarray, np.ndarray | None]:
    """A QImage -> sRGB-encoded (h, w) or (h, w, 3), and alpha (h, w) if it has some; uint8, or uint16 if it is deep."""
    import numpy as np

    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    if image.colorSpace().isValid() and image.colorSpace() != srgb:
        image = image.convertedToColorSpace(srgb)
    form = QImage.Format
    is_deep = image.depth() > 32 or image.format() == form.Format_Grayscale16
    if image.format() in (form.Format_Grayscale8, form.Format_Grayscale16):
        channels = 1
    else:
        channels = 4
        image = image.convertToFormat(form.Format_RGBA64 if is_deep else form.Format_RGBA8888)
    dtype = np.dtype(np.uint16 if is_deep else np.uint8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    used = rows[:, : image.width() * channels * dtype.itemsize].copy().view(dtype)
    if channels == 1:
        return used, None
    whole = used.reshape(image.height(), image.width(), channels)
    alpha = whole[..., 3]
    is_opaque = alpha.min() == np.iinfo(dtype).max or not alpha.any()  # some programs leave it empty
    return np.ascontiguousarray(whole[..., :3]), None if is_opaque else np.ascontiguousarray(alpha)


def to_levels(pixels: np.ndarray) -> tuple[QImage, ...]:
    """A preview and its halves, largest first."""
    levels = [to_image(pixels)]
    while max(levels[-1].width(), levels[-1].height()) > _SMALLEST:
        half = levels[-1].size() / 2
        levels.append(
            levels[-1].scaled(
                max(half.width(), 1),
                max(half.height(), 1),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return tuple(levels)


@dataclass(frozen=True, eq=False)
class Layer:
    """One half of the comparison.

    Attributes:
        size: width, height of the full-size photo.
        levels: preview images, largest first.
        region: full-size pixels of a part; called on a working thread.
        coarsest_step: parts that are shrunk by more are not asked of `region`; the preview has to do.
        key: never the same for two layers; tiles are kept under it.
    """

    size: tuple[int, int]
    levels: tuple[QImage, ...]
    region: Region
    coarsest_step: int = 1 << 30
    key: int = field(default_factory=itertools.count(1).__next__)

    @property
    def preview_scale(self) -> float:
        """Pixels of the largest level per pixel of the photo; 1 where the preview is the photo."""
        return max(self.levels[0].width() / self.size[0], self.levels[0].height() / self.size[1])

    def level_for(self, scale: float) -> QImage:
        """The smallest level that has the detail for `scale` device pixels per photo pixel."""
        for level in reversed(self.levels):
            if level.width() >= scale * self.size[0]:
                return level
        return self.levels[0]


def layer_before(photo: Photo, preview: np.ndarray) -> Layer:
    """The photo as it came."""
    import numpy as np

    def region(rows: slice, columns: slice, step: int) -> np.ndarray:
        part = photo.pixels[rows, columns]
        if step == 1:
            return part
        height, width = -(-part.shape[0] // step), -(-part.shape[1] // step)
        picked = [part[i::step, j::step].astype(np.float32) for i in range(step) for j in range(step)]
        total = np.zeros((height, width, *part.shape[2:]), np.float32)
        count = np.zeros((height, width) + (1,) * (part.ndim - 2), np.float32)
        for plane in picked:  # the last row and column may stand for fewer
            total[: plane.shape[0], : plane.shape[1]] += plane
            count[: plane.shape[0], : plane.shape[1]] += 1
        return (total / count + 0.5).astype(part.dtype)

    return Layer((photo.size[1], photo.size[0]), to_levels(preview), region)


def layer_after(photo: Photo, rendering: Rendering, preview: np.ndarray) -> Layer:
    """The colored photo."""
    return Layer((photo.size[1], photo.size[0]), to_levels(preview), rendering.region)
