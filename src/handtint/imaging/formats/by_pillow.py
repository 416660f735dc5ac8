"""Pictures through Pillow: JPEG (by imagecodecs, where nothing smaller is asked for), rarer kinds of PNG, WebP, BMP,
GIF, AVIF and the flattened picture of PSD, at 8 bits; and what Pillow knows nothing of, JPEG of 12 bits and odd BMP.
"""

from __future__ import annotations

import dataclasses
import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats import bmp, jpeg, jpeg_metadata, photoshop, png
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats.decoded import (
    Damaged,
    Decoded,
    NotReadable,
    check_dimensions,
    check_room,
    decoding,
    optional,
    take_part,
)
from handtint.imaging.formats.regions import orientation_of
from handtint.imaging.metadata import Metadata, can_be

if TYPE_CHECKING:
    from PIL import Image

_READABLE = Sentence("JPEG, PNG, TIFF, WebP, BMP, camera raw, HEIC, AVIF, JPEG 2000, GIF and PSD")
_BY_PILLOW = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "PSD", "AVIF")
_ANIMATED = ("PNG", "WEBP", "GIF", "AVIF")
_Dpi = tuple[float, float]
_UNKNOWN = (72.0, 72.0)
_PSD_VERSION = 1057  # of the image resource that says whether there is a flattened picture


def decode(
    path: Path, size: int, shortest: int | None, formats: tuple[str, ...] | None = None, partial: bool = False
) -> Decoded:
    """Decode the first picture. Raises what `decoding.decode` makes a sentence of.

    Args:
        shortest: see `decoding.decode`.
        formats: Pillow's names of those to try; None: those whose heads no native decoder reads.
        partial: whether a JPEG of which a part is missing is opened as far as it is there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's remarks on broken metadata; the pixels are still good
        return _decode_by_pillow(path, size, None if partial else shortest, formats, partial)


def _decode_by_pillow(
    path: Path, size: int, shortest: int | None, formats: tuple[str, ...] | None, partial: bool
) -> Decoded:
    from handtint.imaging.formats.pillow import HARMLESS, Image, UnidentifiedImageError

    try:
        with decoding():
            image = Image.open(path, formats=formats or HARMLESS)
    except Damaged as error:
        if (other := _unknown_to_pillow(path, size, partial)) is not None:
            return other
        if isinstance(error.__cause__, UnidentifiedImageError):
            raise NotReadable(
                Sentence("it is not a photo that Handtint reads ({readable}), or it is damaged", readable=_READABLE)
            ) from error
        raise
    with image:
        form = {"MPO": "JPEG", "DIB": "BMP"}.get(image.format or "", image.format or "")
        if form not in _BY_PILLOW:
            raise NotReadable(
                Sentence("{form} files of this kind are not supported. Save it as PNG or TIFF first", form=form)
            )
        check_dimensions(image.width, image.height, size)
        check_room(image.width, image.height, len(image.getbands()))
        notes: list[str] = []
        missing = None
        with decoding():
            frames = getattr(image, "n_frames", 1) if form in _ANIMATED else 1
        if form == "JPEG" and image.mode in ("L", "RGB") and shortest is None:
            data = path.read_bytes()
            with decoding():
                (pixels, notes, missing), alpha = jpeg.decode(data), None
        else:
            try:
                with decoding():
                    if shortest is not None and form == "JPEG":
                        scale = shortest / min(image.size)
                        image.draft(None, (int(image.width * scale), int(image.height * scale)))  # no smaller
                    image.load()
            except Damaged:
                if form != "JPEG" or image.mode not in ("L", "RGB"):
                    raise
                return _decode_by_pillow(path, size, None, formats, partial)  # it may lack its end mark alone
            pixels, alpha = _planes(image)
        if form == "PSD":
            alpha = None  # its fourth channel may be a saved selection; what is transparent is white in the picture
            _check_flattened(image, notes)
        decoded = Decoded(pixels, form, alpha, notes=notes)
        if missing is not None:
            take_part(decoded, missing, partial)
        with optional(decoded):
            _take_pillow_metadata(path, image, decoded)
    if frames > 1:
        decoded.notes.append(
            Sentence("The file is an animation of {frames} pictures; the first one is used.", frames=frames)
        )
    return decoded


def _check_flattened(image: Image.Image, notes: list[str]) -> None:
    """Refuse a Photoshop file that was saved without the picture of all its layers: it holds a white one instead."""
    for kind, _, content in getattr(image, "resources", ()):
        if kind == _PSD_VERSION and content[4:5] == b"\0":
            raise NotReadable(Sentence("it was saved without its flattened picture. Save it as TIFF first"))
    notes.append(Sentence("The flattened picture of the Photoshop file is used."))


def _unknown_to_pillow(path: Path, size: int, partial: bool) -> Decoded | None:
    """A JPEG of 12 bits or a BMP of bit fields; None for any other file."""
    from handtint.imaging.formats.pillow import Image

    with path.open("rb") as file:
        head = file.read(2)
    if head == b"BM":
        return bmp.decode(path, size)
    if head != b"\xff\xd8":
        return None
    data = path.read_bytes()
    with decoding():
        if jpeg.precision(data) != 12:
            return None
        image = Image.open(io.BytesIO(jpeg.as_of_8_bits(data)), formats=("JPEG",))
    with image:
        check_dimensions(image.width, image.height, size)
        check_room(image.width, image.height, 2 * len(image.getbands()))
        with decoding():
            pixels, notes, missing = jpeg.decode(data)
        decoded = Decoded(pixels, "JPEG", bit_depth=16, notes=notes)
        if missing is not None:
            take_part(decoded, missing, partial)
        with optional(decoded):
            _take_pillow_metadata(path, image, decoded)
    return decoded


def _planes(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Pixels and alpha of a Pillow image of any 8-bit mode."""
    if image.mode == "P":
        image = _without_palette(image)
    elif image.mode in ("L", "RGB", "1") and "transparency" in image.info:
        image = image.convert("RGBA" if image.mode == "RGB" else "LA")
    elif image.mode in ("PA", "RGBa", "La"):
        image = image.convert({"PA": "RGBA", "RGBa": "RGBA", "La": "LA"}[image.mode])
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("RGBX", "YCbCr"):
        image = image.convert("RGB")
    if image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK"):
        raise NotReadable(Sentence("its color mode {mode} is not supported. Save it as RGB or gray", mode=image.mode))
    pixels = np.array(image)
    if image.mode == "LA":
        return np.ascontiguousarray(pixels[..., 0]), np.ascontiguousarray(pixels[..., 1])
    if image.mode == "RGBA":
        return np.ascontiguousarray(pixels[..., :3]), np.ascontiguousarray(pixels[..., 3])
    return pixels, None


def _without_palette(image: Image.Image) -> Image.Image:
    palette = np.array((image.getpalette("RGB") or [])[: 3 * 256], np.uint8).reshape(-1, 3)
    is_gray = bool((palette == palette[:, :1]).all())
    if "transparency" in image.info:
        image = image.convert("RGBA")
        return image.convert("LA") if is_gray else image
    return image.convert("L" if is_gray else "RGB")


def _take_pillow_metadata(path: Path, image: Image.Image, decoded: Decoded) -> None:
    if decoded.format == "PNG":
        take_png_metadata(path, decoded)
        return
    info = image.info
    found = Metadata(exif=info.get("exif"), xmp=info.get("xmp") or None)
    if decoded.format == "JPEG":
        with path.open("rb") as file:
            found, notes = jpeg_metadata.read(file)
        decoded.notes += notes
    if decoded.format == "PSD":
        found = photoshop.metadata(getattr(image, "resources", ()))
    if decoded.format == "GIF" and info.get("comment"):
        found = dataclasses.replace(found, comments=(info["comment"],))
    exif = exif_blocks.without_prefix(found.exif)
    decoded.metadata = dataclasses.replace(found, icc=info.get("icc_profile") or None, exif=exif)
    decoded.orientation = orientation_of(exif)
    # Of a JPEG Pillow gives 72 where neither JFIF nor EXIF says anything.
    if decoded.format == "JPEG":
        dpi = _of_a_jpeg(_plausible(_jfif_resolution(info)), exif_blocks.resolution(exif))
    else:
        dpi = found.dpi or _plausible(info.get("dpi")) or exif_blocks.resolution(exif)
    decoded.metadata = dataclasses.replace(decoded.metadata, dpi=dpi)


def take_png_metadata(path: Path, decoded: Decoded) -> None:
    """Fill in metadata and orientation from a PNG file's chunks."""
    with path.open("rb") as file:
        found, notes = png.read_metadata(file)
    exif = exif_blocks.without_prefix(found.exif)
    decoded.metadata = dataclasses.replace(found, exif=exif, dpi=found.dpi or exif_blocks.resolution(exif))
    decoded.notes += notes
    decoded.orientation = orientation_of(exif)


def _jfif_resolution(info: dict) -> tuple[float, float] | None:
    """What the JFIF segment says; None where it has an aspect ratio or nothing there."""
    unit = {1: 1.0, 2: 2.54}.get(info.get("jfif_unit", 0))
    x, y = info.get("jfif_density", (0, 0))
    return (x * unit, y * unit) if unit else None


def _of_a_jpeg(jfif: _Dpi | None, exif: _Dpi | None) -> _Dpi | None:
    """The resolution of a JPEG whose JFIF segment and EXIF block may not agree.

    EXIF's counts, as exiftool and libvips have it: what JFIF says is often only an encoder's default. But 72 in EXIF
    means that nobody knows (the standard asks for it then), so that any other number says more.
    """
    return jfif if jfif and exif in (None, _UNKNOWN) else exif


def _plausible(dpi: object) -> tuple[float, float] | None:
    """A resolution as Pillow gives it, which may be numbers, fractions that divide by zero, or nothing."""
    try:
        x, y = (float(value) for value in dpi)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return (x, y) if can_be((x, y)) else None
