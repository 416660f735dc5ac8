"""HEIC pictures through pi-heif, which decodes only: 8 bits as they are, 10 and 12 bits as 16.

libheif turns the picture itself, so what comes is upright whatever EXIF says.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pi_heif

from handtint.errors import Sentence
from handtint.imaging.formats import boxes, heif_items, regions
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.decoded import (
    BEYOND_SRGB,
    Decoded,
    Head,
    NotReadable,
    check_dimensions,
    check_page,
    check_room,
    decoding,
    is_beyond_srgb,
    note_pages,
    split_alpha,
    take_part,
)
from handtint.imaging.metadata import Metadata
from handtint.recipe.source import Source

_MOST_FILLED = 256 << 20  # bytes


def head(path: Path) -> Head:
    """What the primary picture says of itself. Raises what a decoder may."""
    _check_items(path)
    with decoding():
        image = pi_heif.open_heif(path)
        width, height = image.size
    return Head(width * height, *_exif_and_xmp(path, image.info), pages=len(image))


def _exif_and_xmp(path: Path, info: dict) -> tuple[bytes | None, bytes | None]:
    exif, xmp = exif_blocks.without_prefix(info.get("exif")), info.get("xmp") or None
    if exif is None or xmp is None:
        with path.open("rb") as file:
            others = heif_items.read(file)
        exif, xmp = exif or others[0], xmp or others[1]
    return exif, xmp


def _upright_resolution(exif: bytes | None) -> tuple[float, float] | None:
    found = exif_blocks.resolution(exif)
    return (found[1], found[0]) if found and regions.orientation_of(exif) >= 5 else found


def decode(path: Path, file_size: int, source: Source) -> Decoded:
    """Decode a picture; the first is the primary one. Raises what `decoding.decode` makes a sentence of."""
    _check_items(path)
    is_cut_off = boxes.is_cut_off(path, file_size)
    with decoding():
        try:
            every = pi_heif.open_heif(_filled_up(path, file_size) if is_cut_off else path, convert_hdr_to_8bit=False)
        except ValueError as error:
            raise NotReadable(Sentence("its HEIC variant cannot be read here, or it is damaged")) from error
        check_page(source.page, len(every))
        primary = every.primary_index
        order = [primary, *(index for index in range(len(every)) if index != primary)]
        image = every[order[source.page - 1]]
        (width, height), mode = image.size, image.mode  # of a picture that may be missing
    # libheif turns the picture itself; EXIF's orientation says how it was, not what is left to do.
    check_dimensions(width, height, file_size)
    check_room(width, height, 8 if "16" in mode else 4)
    with decoding():
        pixels = np.array(image)
    with path.open("rb") as file:
        missing = heif_items.share_missing(file, is_primary=source.page == 1)
    if missing:
        _make_gray(pixels)
    deep = pixels.dtype == np.uint16
    if mode.split(";")[0] not in ("L", "LA", "RGB", "RGBA", "I"):
        raise NotReadable(Sentence("its color mode {mode} is not supported. Save it as TIFF first", mode=mode))
    pixels, alpha = split_alpha(pixels)
    info = image.info
    if deep:  # libheif shifts 10 and 12 bits up; white is 65,535 only with the lowest bits filled
        pixels |= pixels >> np.uint16(info["bit_depth"])
        alpha = None if alpha is None else alpha | alpha >> np.uint16(info["bit_depth"])
    exif, xmp = _exif_and_xmp(path, {} if is_cut_off else info)
    nclx = info.get("nclx_profile") or {}
    notes = []
    beyond = is_beyond_srgb(nclx.get("color_primaries", 1), nclx.get("transfer_characteristics", 13))
    if "icc_profile" not in info and beyond:
        notes.append(BEYOND_SRGB)
    decoded = Decoded(
        pixels,
        "HEIF",
        alpha,
        bit_depth=16 if deep else 8,
        metadata=Metadata(icc=info.get("icc_profile") or None, exif=exif, xmp=xmp, dpi=_upright_resolution(exif)),
        notes=notes,
        pages=len(every),
    )
    if missing:
        take_part(decoded, missing, source.partial)
    elif is_cut_off:
        decoded.notes.append(Sentence("The file ends too early; the picture is whole."))
    note_pages(decoded, source.page, len(every) + 1)
    return decoded


def _check_items(path: Path) -> None:
    with path.open("rb") as file:
        if heif_items.has_unsafe_items(file):
            raise NotReadable(
                Sentence(
                    "its pictures are stored in a rare way for which the decoder is not safe. Save it as JPEG or TIFF "
                    "in the program that made it"
                )
            )


def _filled_up(path: Path, file_size: int) -> io.BytesIO:
    """A file that ends too early with zeros behind it, without which libheif reads nothing of it."""
    end = max(end for _, _, end in boxes.places(path, file_size))
    if end - file_size > _MOST_FILLED:
        raise NotReadable("most of it is missing. Copy it again from where it came from")
    return io.BytesIO(path.read_bytes() + bytes(end - file_size))


def _make_gray(pixels: np.ndarray) -> None:
    """Make tiles gray, in place, that libheif could not decode: it leaves them in one green without red and blue."""
    if pixels.ndim == 3 and pixels.shape[2] >= 3:
        is_green = (pixels[..., 0] == 0) & (pixels[..., 2] == 0) & (pixels[..., 1] > 0)
        counts = np.bincount(pixels[..., 1][is_green], minlength=1)
        pixels[is_green & (pixels[..., 1] == counts.argmax()), :3] = 1 << (8 * pixels.dtype.itemsize - 1)
