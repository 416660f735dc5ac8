"""The photo: upright sRGB-encoded pixels at the source's precision, its metadata, Lab of any part on demand.

Lightness is L 0..100 and ab are Lab units, float32, computed for the rows and columns asked for, so that a
photo of 100 megapixels never stands in memory as floats. Even its pixels need not stand there: they may be `Rows`,
read from the file, or made, when they are asked for. `read_photo` raises `PhotoError`, and so may asking for pixels
that are read from a file; `write_photo` raises `SaveError`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from handtint.imaging.color import icc, lab
from handtint.imaging.color.tint import tone_of
from handtint.imaging.color.tone import Tone
from handtint.imaging.formats import decoding as reading
from handtint.imaging.provenance import Provenance, read_provenance, sha256_of
from handtint.imaging.rows import Rows, mapped
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.saving import SaveOptions, output_path

__all__ = [
    "Photo",
    "PhotoMeta",
    "Provenance",
    "SaveOptions",
    "Tone",
    "output_path",
    "read_photo",
    "read_provenance",
    "sha256_of",
    "write_photo",
]

_STRIP_PIXELS = 1 << 15  # a strip's float32 planes stay in a processor's second-level cache
_ROOT_STEPS = 4096
_TONE_SIDE = 256
_TONE_SAMPLES = 4  # a side, averaged into each pixel of the shrunk copy


@dataclass(frozen=True)
class PhotoMeta:
    """What belongs to a photo beside its pixels.

    Attributes:
        source: the file it was read from.
        format: JPEG, PNG, TIFF, WEBP, BMP or HEIF.
        bit_depth: 8 or 16, of the source; results keep it. Pixels may be finer: an 8-bit photo with a profile
            other than sRGB has uint16 pixels, so that the conversion loses nothing.
        icc: the source's embedded profile, usable; None if it had none, or a broken one.
        exif: block without `Exif\\0\\0`, as it was.
        xmp: packet, as it was.
        iptc: IIM records.
        dpi: pixels per inch, horizontal and vertical, of the upright photo.
        notes: sentences for the user about what was found.
    """

    source: Path | None = None
    format: str = ""
    bit_depth: int = 8
    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


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
        """Whether the photo is gray, toned or already in color (measured on a shrunk copy)."""
        if self.pixels.ndim == 2:
            return Tone.GRAY
        return tone_of(np.stack(lab.linear_to_lab(*_linear_planes(self._shrunk())), axis=-1))

    @property
    def _tone_step(self) -> int:
        return max(math.ceil(max(self.size) / (_TONE_SIDE * _TONE_SAMPLES)), 1)

    def expect_tone(self) -> None:
        """Have what `tone` needs kept while the pixels are read for something else, if they are read from the file."""
        if isinstance(self.pixels, Rows) and self.pixels.ndim == 3:
            self.pixels.expect_sieve(self._tone_step)

    def _shrunk(self) -> np.ndarray:
        """A copy of about 256 pixels a side, each the mean of up to 4 x 4 pixels spread over its place."""
        step = self._tone_step
        samples = self.pixels.sieve(step) if isinstance(self.pixels, Rows) else self.pixels[::step, ::step]
        side = min(_TONE_SAMPLES, samples.shape[0], samples.shape[1])
        h, w = samples.shape[0] // side, samples.shape[1] // side
        blocks = samples[: h * side, : w * side].reshape(h, side, w, side, 3)
        return np.rint(blocks.mean(axis=(1, 3))).astype(self.pixels.dtype)


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


def read_photo(
    path: Path, progress: Progress | None = None, *, in_bands: bool = False, shortest: int | None = None
) -> Photo:
    """Read a photo of any supported format, opened for reading only. Raises `PhotoError`.

    With `in_bands` the pixels of a large photo are `Rows`: for work that goes over it once or twice from top to bottom.

    Args:
        shortest: see `reading.decode`.
    """
    path = Path(path)
    progress = progress or Progress()
    progress.step(0.0, f"Opening {path.name}")
    decoded = reading.decode(path, in_bands=in_bands, shortest=shortest)
    pixels, alpha = _upright(decoded.pixels, decoded.orientation), decoded.alpha
    progress.step(0.6, f"Opening {path.name}")
    notes = list(decoded.notes)
    convert, profile = _to_srgb(pixels, decoded.icc, notes)
    if convert is not None:
        is_lazy = in_bands and (reading.is_large(*pixels.shape[:2]) or not icc.is_slow(convert))
        pixels = mapped(convert, pixels) if is_lazy else convert(np.asarray(pixels))
    if alpha is not None and alpha.dtype != pixels.dtype:
        alpha = alpha.astype(np.uint16) * np.uint16(257)  # 8 bits beside a converted 16
    dpi = decoded.dpi
    if decoded.orientation >= 5 and dpi:
        dpi = (dpi[1], dpi[0])
    progress.step(1.0, f"Opening {path.name}")
    return Photo(
        pixels,
        PhotoMeta(
            source=path,
            format=decoded.format,
            bit_depth=decoded.bit_depth,
            icc=profile,
            exif=decoded.exif,
            xmp=decoded.xmp,
            iptc=decoded.iptc,
            dpi=dpi,
            notes=tuple(notes),
        ),
        None if alpha is None else _upright(alpha, decoded.orientation),
    )


def _to_srgb(
    pixels: np.ndarray | Rows, profile: bytes | None, notes: list[str]
) -> tuple[icc.Convert | None, bytes | None]:
    """What makes pixels sRGB-encoded gray or RGB, if anything must, and the profile if it could be used."""
    space = "gray" if pixels.ndim == 2 else {3: "rgb", 4: "cmyk"}[pixels.shape[2]]
    if profile is not None:
        try:
            if icc.color_space(profile) not in (space, None) and space == "gray":
                # Some scanners tag gray scans with an RGB profile: its gray axis is what they mean.
                return icc.gray_of_rgb(profile, pixels.dtype), profile
            if icc.color_space(profile) == space:
                return icc.to_srgb(profile, pixels.dtype), profile
            reason = "does not fit its pixels" if icc.color_space(profile) else "is damaged"
        except icc.ProfileError:
            reason = "is damaged"
        notes.append(f"The photo's color profile {reason} and is ignored; its colors are taken as sRGB.")
    if space == "cmyk":
        notes.append("The photo is CMYK without a usable profile; its colors are approximate.")
        return _cmyk_to_rgb, None
    return None, None


def _cmyk_to_rgb(inks: np.ndarray) -> np.ndarray:
    """Each channel what its ink and black let through."""
    top = int(np.iinfo(inks.dtype).max)
    result = np.empty((*inks.shape[:2], 3), inks.dtype)
    for row, line in enumerate(inks):
        light = top - line.astype(np.int64)
        result[row] = (light[:, :3] * light[:, 3:] + top // 2) // top
    return result


def _upright(pixels: np.ndarray | Rows, orientation: int) -> np.ndarray | Rows:
    """Apply EXIF's orientation 1..8 to (H, W) or (H, W, 3); `Rows` are upright already."""
    if orientation == 1 or isinstance(pixels, Rows):
        return pixels
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
