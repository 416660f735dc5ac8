"""A photo from its file: decoded, upright, sRGB-encoded. Files are opened for reading only. Raises `PhotoError`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.color import icc
from handtint.imaging.formats.decoded import is_large
from handtint.imaging.formats.decoding import decode
from handtint.imaging.formats.sidecar import Sidecar, read_sidecar
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.rows import Rows, mapped
from handtint.progress import Progress
from handtint.recipe.source import Source

_FIRST_AND_WHOLE = Source()

_DAMAGED_PROFILE = Sentence("The photo's color profile is damaged and is ignored; its colors are taken as sRGB.")
_WRONG_PROFILE = Sentence(
    "The photo's color profile does not fit its pixels and is ignored; its colors are taken as sRGB."
)


def read_photo(
    path: Path,
    progress: Progress | None = None,
    source: Source = _FIRST_AND_WHOLE,
    *,
    in_bands: bool = False,
    shortest: int | None = None,
) -> Photo:
    """Read a photo of any supported format, opened for reading only. Raises `PhotoError`.

    With `in_bands` the pixels of a large photo are `Rows`: for work that goes over it once or twice from top to bottom.

    Args:
        shortest: see `formats.decoding.decode`.
    """
    path = Path(path)
    progress = progress or Progress()
    progress.step(0.0, Sentence("Opening {name}", name=path.name))
    decoded = decode(path, source, in_bands=in_bands, shortest=shortest)
    pixels, alpha = _upright(decoded.pixels, decoded.orientation), decoded.alpha
    progress.step(0.6, Sentence("Opening {name}", name=path.name))
    notes = list(decoded.notes)
    convert, profile = _to_srgb(pixels, decoded.metadata.icc, notes)
    if convert is not None:
        is_lazy = in_bands and (is_large(*pixels.shape[:2]) or not icc.is_slow(convert))
        pixels = mapped(convert, pixels) if is_lazy else convert(np.asarray(pixels))
    if alpha is not None and alpha.dtype != pixels.dtype:
        alpha = alpha.astype(np.uint16) * np.uint16(257)  # 8 bits beside a converted 16
    dpi = decoded.metadata.dpi
    if decoded.orientation >= 5 and dpi:
        dpi = (dpi[1], dpi[0])
    embedded = replace(decoded.metadata, icc=profile, dpi=dpi)
    progress.step(1.0, Sentence("Opening {name}", name=path.name))
    return Photo(
        pixels,
        PhotoMeta(
            path,
            decoded.format,
            decoded.bit_depth,
            embedded,
            _beside(path, notes),
            tuple(notes),
            pages=decoded.pages,
            missing=decoded.missing,
        ),
        None if alpha is None else _upright(alpha, decoded.orientation),
    )


def _beside(path: Path, notes: list[str]) -> Sidecar | None:
    try:
        return read_sidecar(path)
    except OSError as error:
        notes.append(
            Sentence("The XMP file beside the photo cannot be read: {reason}.", reason=error.strerror or error)
        )
        return None


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
            is_damaged = not icc.color_space(profile)
        except icc.ProfileError:
            is_damaged = True
        notes.append(_DAMAGED_PROFILE if is_damaged else _WRONG_PROFILE)
    if space == "cmyk":
        notes.append(Sentence("The photo is CMYK without a usable profile; its colors are approximate."))
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
