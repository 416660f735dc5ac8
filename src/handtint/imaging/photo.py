"""The photo: upright sRGB-encoded pixels at the source's precision, its metadata, Lab of any part on demand.

Lightness is L 0..100 and ab are Lab units, float32, computed for the rows and columns asked for, so that a
photo of 100 megapixels never stands in memory as floats. Even its pixels need not stand there: they may be `Rows`,
read from the file, or made, when they are asked for. Asking for those that are read may raise `PhotoError`. Photos come
from `opening.read_photo` and go to `writing.write_photo`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from handtint.imaging.color import lab
from handtint.imaging.color.tint import judge
from handtint.imaging.color.tone import Judgment, Tone
from handtint.imaging.formats.sidecar import Sidecar
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows
from handtint.recipe.placement import Placement

_STRIP_PIXELS = 1 << 15  # a strip's float32 planes stay in a processor's second-level cache
_ROOT_STEPS = 4096
_TONE_SAMPLES = 1024  # of the longer side that a photo's tone is judged by
_TONE_CELLS = 128  # of the longer side, about, that these are averaged into


@dataclass(frozen=True)
class PhotoMeta:
    """What belongs to a photo beside its pixels.

    Attributes:
        source: the file it was read from.
        format: JPEG, PNG, TIFF, WEBP, BMP, HEIF, AVIF, JPEG2000, GIF, PSD or RAW.
        bit_depth: 8 or 16, of the source; results keep it. Pixels may be finer: an 8-bit photo with a profile
            other than sRGB has uint16 pixels, so that the conversion loses nothing.
        embedded: the file's metadata; its profile is usable, its resolution that of the upright photo, the rest as it
            was.
        sidecar: the XMP file beside it.
        notes: sentences for the user about what was found.
        placement: where the upright source's pixels are, if the photo was turned or cropped; None if it is that source.
        pages: how many pictures of their own the file holds.
        missing: about how much of the picture the file lacks, 0 to 1.
    """

    source: Path | None = None
    format: str = ""
    bit_depth: int = 8
    embedded: Metadata = field(default_factory=Metadata)
    sidecar: Sidecar | None = None
    notes: tuple[str, ...] = ()
    placement: Placement | None = None
    pages: int = 1
    missing: float = 0.0


@dataclass(frozen=True)
class Photo:
    """A photo, upright.

    Attributes:
        pixels: (H, W) gray or (H, W, 3) color, sRGB-encoded, uint8 or uint16; an array, or `Rows` which give arrays.
        meta: see `PhotoMeta`.
        alpha: (H, W) of the same dtype, or None.
    """

    pixels: np.ndarray | Rows
    meta: PhotoMeta = field(default_factory=PhotoMeta)
    alpha: np.ndarray | Rows | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height, width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @property
    def source_size(self) -> tuple[int, int]:
        """Height, width of the upright source, which the places of a recipe count in."""
        return self.size if self.meta.placement is None else self.meta.placement.source_size

    def lightness(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w) float32 lightness L 0..100 of a part of the photo, computed on demand."""
        part = self.pixels[rows, columns]
        if part.ndim == 2:
            return _lightness_table(part.dtype.str)[part]
        return _lightness_of_color(part)

    def ab(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w, 2) float32 ab of a part of the photo in Lab units; zeros for gray."""
        part = self.pixels[rows, columns]
        if part.ndim == 2:
            return np.zeros((*part.shape, 2), np.float32)
        return np.stack(lab.linear_to_lab(*_linear_planes(part))[1:], axis=-1)

    def tone(self) -> Tone:
        """Whether the photo is gray, toned or already in color: `judgment` without its sureness."""
        return self.judgment().tone

    def judgment(self) -> Judgment:
        """Whether the photo is gray, toned or already in color, and how sure that is (measured on a shrunk copy)."""
        return Judgment(Tone.GRAY, 1.0) if self.pixels.ndim == 2 else judge(self.cells())

    @property
    def _tone_step(self) -> int:
        return max(math.ceil(max(self.size) / _TONE_SAMPLES), 1)

    def expect_tone(self) -> None:
        """Have what `tone` needs kept while the pixels are read for something else, if they are read from the file."""
        if isinstance(self.pixels, Rows) and self.pixels.ndim == 3:
            self.pixels.expect_sieve(self._tone_step)

    def samples(self) -> np.ndarray:
        """One of every so many pixels in both directions, at most 1,024 a side, as they are."""
        step = self._tone_step
        return self.pixels.sieve(step) if isinstance(self.pixels, Rows) else self.pixels[::step, ::step]

    def cells(self) -> np.ndarray:
        """What tone is judged by: (h, w, 1 or 3) float32 0..1, encoded; about 128 cells a side, means of pixels."""
        samples = self.samples()
        side = max(min(round(max(samples.shape[:2]) / _TONE_CELLS), *samples.shape[:2]), 1)
        h, w, channels = samples.shape[0] // side, samples.shape[1] // side, 1 if samples.ndim == 2 else 3
        # Rows first: whole lines are added at once.
        lines = samples[: h * side, : w * side].reshape(h, side, w * side * channels).sum(axis=1, dtype=np.uint32)
        cells = lines.reshape(h, w, side, channels).sum(axis=2, dtype=np.uint32)
        return cells.astype(np.float32) / np.float32(side * side * np.iinfo(self.pixels.dtype).max)


@functools.cache
def _lightness_table(dtype: str) -> np.ndarray:
    levels = np.iinfo(dtype).max + 1
    return lab.gray_to_lightness(np.linspace(0.0, 1.0, levels)).astype(np.float32)


@functools.cache
def _linear_table(dtype: str) -> np.ndarray:
    levels = np.iinfo(dtype).max + 1
    return lab.srgb_to_linear(np.linspace(0.0, 1.0, levels)).astype(np.float32)


def _lightness_of_color(part: np.ndarray) -> np.ndarray:
    """L of (h, w, 3) encoded pixels, within 0.0001 of what `lab.linear_to_lab` gives."""
    weighted, (starts, rises) = _luminance_tables(part.dtype.str), _lightness_of_root()
    result = np.empty(part.shape[:2], np.float32)
    step = max(_STRIP_PIXELS // max(part.shape[1], 1), 1)
    indices, looked_up = np.empty((step, part.shape[1]), np.intp), np.empty((step, part.shape[1]), np.float32)
    for top in range(0, len(part), step):
        strip, root = part[top : top + step], result[top : top + step]
        index, found = indices[: len(strip)], looked_up[: len(strip)]
        root[:] = 0
        for channel, table in enumerate(weighted):
            index[:] = strip[..., channel]
            root += table.take(index, out=found, mode="clip")  # no index is outside; "raise" would copy `out`
        np.sqrt(root, out=root)
        index[:] = root
        root *= rises.take(index, out=found, mode="clip")
        root += starts.take(index, out=found, mode="clip")
    return result


@functools.cache
def _luminance_tables(dtype: str) -> tuple[np.ndarray, ...]:
    """Of each channel what it adds to luminance, so that the square root of their sum counts in `_ROOT_STEPS`."""
    return tuple(_linear_table(dtype) * np.float32(weight * _ROOT_STEPS**2) for weight in lab.RGB_TO_XYZ[1])


@functools.cache
def _lightness_of_root() -> tuple[np.ndarray, np.ndarray]:
    """Lightness over the square root of luminance, a straight line for each step: its value at root 0, its rise."""
    steps = np.arange(_ROOT_STEPS + 3)
    curve = lab.luminance_to_lightness((steps / _ROOT_STEPS) ** 2)
    rises = np.diff(curve)
    return (curve[:-1] - rises * steps[:-1]).astype(np.float32), rises.astype(np.float32)


def _linear_planes(part: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = _linear_table(part.dtype.str)
    return table[part[..., 0]], table[part[..., 1]], table[part[..., 2]]
