"""HEIC pictures through pi-heif, which decodes only: 8 bits as they are, 10 and 12 bits as 16.

libheif turns the picture itself, so what comes is upright whatever EXIF says.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pi_heif

from handtint.errors import Sentence
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import heif_items, regions
from handtint.imaging.formats.decoded import (
    BEYOND_SRGB,
    Decoded,
    Head,
    NotReadable,
    check_dimensions,
    decoding,
    is_beyond_srgb,
    resolution,
    split_alpha,
)
from handtint.imaging.metadata import Metadata


def head(path: Path) -> Head:
    """What the primary picture says of itself. Raises what a decoder may."""
    with decoding():
        image = pi_heif.open_heif(path)
        width, height = image.size
    return Head(width * height, *_exif_and_xmp(path, image.info))


def _exif_and_xmp(path: Path, info: dict) -> tuple[bytes | None, bytes | None]:
    exif, xmp = exif_blocks.without_prefix(info.get("exif")), info.get("xmp") or None
    if exif is None or xmp is None:
        with path.open("rb") as file:
            others = heif_items.read(file)
        exif, xmp = exif or others[0], xmp or others[1]
    return exif, xmp


def _upright_resolution(exif: bytes | None) -> tuple[float, float] | None:
    found = resolution(exif)
    return (found[1], found[0]) if found and regions.orientation_of(exif) >= 5 else found


def decode(path: Path, file_size: int) -> Decoded:
    """Decode the primary picture. Raises what `decoding.decode` makes a sentence of."""
    with decoding():
        try:
            image = pi_heif.open_heif(path, convert_hdr_to_8bit=False)
        except ValueError as error:
            raise NotReadable(Sentence("its HEIC variant cannot be read here, or it is damaged")) from error
        (width, height), mode = image.size, image.mode  # of the primary picture, which may be missing
    # libheif turns the picture itself; EXIF's orientation says how it was, not what is left to do.
    check_dimensions(width, height, file_size)
    with decoding():
        pixels = np.array(image)
    deep = pixels.dtype == np.uint16
    if mode.split(";")[0] not in ("L", "LA", "RGB", "RGBA", "I"):
        raise NotReadable(Sentence("its color mode {mode} is not supported. Save it as TIFF first", mode=mode))
    pixels, alpha = split_alpha(pixels)
    info = image.info
    if deep:  # libheif shifts 10 and 12 bits up; white is 65,535 only with the lowest bits filled
        pixels |= pixels >> np.uint16(info["bit_depth"])
        alpha = None if alpha is None else alpha | alpha >> np.uint16(info["bit_depth"])
    exif, xmp = _exif_and_xmp(path, info)
    nclx = info.get("nclx_profile") or {}
    notes = []
    beyond = is_beyond_srgb(nclx.get("color_primaries", 1), nclx.get("transfer_characteristics", 13))
    if "icc_profile" not in info and beyond:
        notes.append(BEYOND_SRGB)
    return Decoded(
        pixels,
        "HEIF",
        alpha,
        bit_depth=16 if deep else 8,
        metadata=Metadata(icc=info.get("icc_profile") or None, exif=exif, xmp=xmp, dpi=_upright_resolution(exif)),
        notes=notes,
    )
