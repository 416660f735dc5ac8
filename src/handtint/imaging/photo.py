"""The photo record. (Skeleton: the contract that other rooms build on.)"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np

from handtint.progress import Progress


class Tone(Enum):
    """What color a source already has."""

    GRAY = "gray"
    TONED = "toned"  # one tint over all: sepia, cyanotype
    COLOR = "color"


@dataclass(frozen=True)
class PhotoMeta:
    """What belongs to a photo beside its pixels (see the final docstring)."""

    source: Path | None = None
    format: str = ""  # Pillow's name: JPEG, PNG, TIFF, WEBP, BMP, HEIF
    bit_depth: int = 8  # 8 or 16, of the source; outputs keep it
    icc: bytes | None = None  # embedded profile of the source
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()  # sentences for the user


@dataclass(frozen=True)
class Photo:
    """A photo, upright.

    Attributes:
        pixels: (H, W) gray or (H, W, 3) color, sRGB-encoded, uint8 or uint16.
        meta: see `PhotoMeta`.
        alpha: (H, W) of the same dtype, or None.
    """

    pixels: np.ndarray
    meta: PhotoMeta = field(default_factory=PhotoMeta)
    alpha: np.ndarray | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height, width."""
        return self.pixels.shape[0], self.pixels.shape[1]

    def lightness(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w) float32 lightness L 0..100 of a part of the photo, computed on demand."""
        raise NotImplementedError

    def ab(self, rows: slice = slice(None), columns: slice = slice(None)) -> np.ndarray:
        """(h, w, 2) float32 ab of a part of the photo in Lab units; zeros for gray."""
        raise NotImplementedError

    def tone(self) -> Tone:
        """Whether the photo is gray, toned or already in color (measured on a shrunk copy)."""
        raise NotImplementedError


@dataclass(frozen=True)
class SaveOptions:
    """How a result is saved.

    Attributes:
        format: "jpeg", "png", "tiff" or "webp"; None keeps the source's where it can be written, else png/tiff.
        quality: 1..100 for JPEG and WebP.
        provenance: whether to add XMP provenance.
        overwrite: whether an existing file may be replaced (never the source).
    """

    format: str | None = None
    quality: int = 95
    provenance: bool = True
    overwrite: bool = False


def read_photo(path: Path, progress: Progress | None = None) -> Photo:
    """Read a photo of any supported format. Raises `PhotoError`."""
    raise NotImplementedError


def write_photo(path: Path, photo: Photo, options: SaveOptions, provenance: object = None) -> None:
    """Write `photo` whole or not at all. Raises `SaveError`."""
    raise NotImplementedError
