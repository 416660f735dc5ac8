"""What decoders give, and how they say what is wrong with a file: shared by all formats.

A decoder raises `NotReadable` with a reason, or whatever it likes inside `decoding`; `photo_errors` makes of both a
`PhotoError` that a person can read.
"""

from __future__ import annotations

import contextlib
import errno
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from handtint.errors import IncompletePhoto, PhotoError, Sentence
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows
from handtint.machine import memory_bytes
from handtint.plain import percent

MAX_PIXELS = 500_000_000
_MOST_BYTES = 4 << 30  # of pixels as they are decoded: 500 megapixels of 16-bit RGB with alpha
_MOST_MEMORY = 6 << 30  # that decoding takes, however much the computer has
_HELD_PIXELS = 16 << 20
_SURELY_FINE_PIXELS = 50_000_000
_MOST_MISSING = 0.98  # of a picture; with more there is nothing to open
_MAX_PIXELS_PER_BYTE = 1000  # deflate packs 1,032 equal bytes into one; photographs need hundreds of times more

_log = logging.getLogger(__name__)


@dataclass
class Decoded:
    """A picture as its file holds it.

    Attributes:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK (0 is no ink), uint8 or uint16, not yet turned. Where they
            are `Rows`, the file is read, and found broken, when they are asked for, inside `photo_errors`.
        alpha: (H, W) of the same dtype, or None.
        bit_depth: 8 or 16, what the file needs.
        metadata: as it is in the file.
        orientation: EXIF's 1..8, still to be applied.
        pages: how many pictures of their own the file holds, of which this is one.
        missing: about how much of the picture the file lacks, 0 to 1; gray is in its place.
    """

    pixels: np.ndarray | Rows
    format: str
    alpha: np.ndarray | None = None
    bit_depth: int = 8
    metadata: Metadata = field(default_factory=Metadata)
    orientation: int = 1
    notes: list[str] = field(default_factory=list)
    pages: int = 1
    missing: float = 0.0


@dataclass(frozen=True)
class Head:
    """What a file says of itself before its pixels: their number, its EXIF block, XMP packet, and number of pages."""

    pixels: int
    exif: bytes | None = None
    xmp: bytes | None = None
    pages: int = 1


class NotReadable(Exception):
    """Why a file cannot be read, as the second half of a sentence."""


class Damaged(Exception):
    """A decoder could make nothing of the file."""


class Incomplete(Damaged):
    """A part of the picture is missing; the rest can be had by asking for it.

    Attributes:
        missing: about how much of the picture, 0 to 1.
    """

    def __init__(self, missing: float) -> None:
        super().__init__(Sentence("{share} is missing", share=share_missing(missing)))
        self.missing = missing


def share_missing(missing: float) -> Sentence:
    """How much of a picture is missing, as the subject of a sentence."""
    if missing >= 0.01:
        return Sentence("about {percent} of its picture", percent=percent(missing))
    return Sentence("a part of its picture")


def take_part(decoded: Decoded, missing: float, partial: bool) -> None:
    """See that a picture is opened in part only where that is asked for, and that it says so."""
    if missing > _MOST_MISSING:
        raise Damaged(Sentence("nothing of it is there"))
    if not partial:
        raise Incomplete(missing)
    decoded.missing = missing
    decoded.notes.append(
        Sentence("The file is damaged or incomplete: {share} is missing.", share=share_missing(missing))
    )


def note_pages(decoded: Decoded, page: int, most: int) -> None:
    """Say which page of a file of several is used; of those after `most` it is not known how many there are."""
    if decoded.pages > 1:
        count = decoded.pages if decoded.pages < most else Sentence("at least {count}", count=decoded.pages)
        if page == 1:
            note = Sentence("The file holds {count} pages; the first one is used.", count=count)
        else:
            note = Sentence("The file holds {count} pages; page {page} is used.", count=count, page=page)
        decoded.notes.append(note)


def check_page(page: int, count: int) -> None:
    """Refuse a page that there is not among so many."""
    if count == 1 < page:
        raise NotReadable(Sentence("it holds one picture, so there is no page {page}", page=page))
    if page > count:
        raise NotReadable(Sentence("it holds {count} pages, so there is no page {page}", count=count, page=page))


BEYOND_SRGB = Sentence("The photo has wide or high-dynamic-range colors without a profile; they are taken as sRGB.")


def is_beyond_srgb(primaries: int, transfer: int) -> bool:
    """Whether these numbers of ITU-T H.273 stand for colors that look wrong as sRGB."""
    return primaries not in (1, 2, 5, 6) or transfer in (16, 18)


def is_large(height: int, width: int) -> bool:
    """Whether a picture is better decoded twice than held in memory."""
    return height * width > _HELD_PIXELS


@contextlib.contextmanager
def photo_errors(path: Path) -> Iterator[None]:
    """What is wrong with a file that is read inside, as a `PhotoError`; a fault of ours stays what it is.

    Only what a decoder raised inside `decoding` is called damage.
    """
    name = path.name or str(path)
    try:
        yield
    except PhotoError:
        raise
    except NotReadable as reason:
        raise PhotoError('Could not open "{name}": {reason}.', name=name, reason=reason.args[0]) from reason
    except FileNotFoundError as error:
        raise PhotoError(
            'Could not open "{name}": there is no such file; it may have been moved.', name=name
        ) from error
    except PermissionError as error:
        raise PhotoError(
            'Could not open "{name}": you have no permission to read it. Change its permissions or copy it.', name=name
        ) from error
    except MemoryError as error:
        raise PhotoError(
            'Could not open "{name}": there is not enough memory for it. Close other programs and try again.', name=name
        ) from error
    except Incomplete as error:
        raise IncompletePhoto(
            'Could not open "{name}": the file is damaged or incomplete, {reason}. '
            "Copy it again from where it came from, or scan it again.",
            name=name,
            reason=error.args[0],
        ) from error
    except Damaged as error:
        raise PhotoError(
            'Could not open "{name}": the file is damaged or incomplete. '
            "Copy it again from where it came from, or scan it again.",
            name=name,
        ) from error
    except OSError as error:
        if error.errno is None:  # not the system's: one of ours
            raise
        raise PhotoError('Could not open "{name}": {reason}.', name=name, reason=_os_reason(error)) from error


@contextlib.contextmanager
def decoding() -> Iterator[None]:
    """Around calls of a decoder alone: whatever it raises, other than for the disk or the memory, is damage."""
    try:
        yield
    except (NotReadable, Incomplete, PhotoError, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever they like on broken data
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Damaged(str(error)) from error


@contextlib.contextmanager
def optional(decoded: Decoded, what: str = Sentence("metadata")) -> Iterator[None]:
    """Around reading metadata, without which a photo is still a photo: what fails is logged and said in a note."""
    try:
        yield
    except Exception as error:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno is not None):
            raise
        _log.warning("%s could not be read", what, exc_info=error)
        decoded.notes.append(Sentence("The photo's {what} cannot be read and is not carried over.", what=what))


def _os_reason(error: OSError) -> str:
    if error.errno == errno.EIO:
        return Sentence("the disk reports a read error. Copy the file elsewhere and try again")
    return error.strerror.lower() if error.strerror else Sentence("the system refuses it")


def check_dimensions(width: int, height: int, file_size: int, pixel_bytes: int = 3) -> None:
    """Refuse what would fill the memory, before anything is decoded. `pixel_bytes` is what a pixel takes decoded."""
    pixels = width * height
    if width < 1 or height < 1:
        raise NotReadable(Sentence("it has no pixels"))
    if pixels > MAX_PIXELS:
        raise NotReadable(
            Sentence(
                "it says it is {width} x {height} pixels, and more than {max_pixels} megapixels "
                "are not supported. Make a smaller copy",
                width=width,
                height=height,
                max_pixels=MAX_PIXELS // 1_000_000,
            )
        )
    if pixels * pixel_bytes > _MOST_BYTES:
        raise NotReadable(
            Sentence(
                "its {width} x {height} pixels would take {pixels} GB of memory. Make a smaller copy",
                width=width,
                height=height,
                pixels=pixels * pixel_bytes >> 30,
            )
        )
    if pixels > _SURELY_FINE_PIXELS and pixels > file_size * _MAX_PIXELS_PER_BYTE:
        raise NotReadable(
            Sentence(
                "it says it is {width} x {height} pixels but holds only {file_size} bytes, so it is damaged or a trap",
                width=width,
                height=height,
                file_size=file_size,
            )
        )


_make: Callable[[tuple[int, ...], Any], np.ndarray] = np.empty


def make_pictures_in(make: Callable[[tuple[int, ...], Any], np.ndarray]) -> None:
    """Have `empty` make its arrays so: in a reader process, where they can be handed over without a copy."""
    global _make
    _make = make


def empty(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """A new array for a decoder to put its picture in."""
    return _make(shape, dtype)


def check_room(width: int, height: int, pixel_bytes: int) -> None:
    """Refuse a picture that is decoded whole where that, with a copy of the decoder's own, would take too much."""
    if 2 * width * height * pixel_bytes > most_bytes():
        raise NotReadable(
            Sentence(
                "its {width} x {height} pixels are decoded in one piece, for which this computer has too little "
                "memory. Make a smaller copy, or save it as TIFF in strips, which is read piece by piece",
                width=width,
                height=height,
            )
        )


def most_bytes() -> int:
    """Memory that decoding one file may take: half of the computer's, and no more than a large photo can need."""
    memory = memory_bytes()
    return _MOST_MEMORY if memory is None else min(_MOST_MEMORY, memory // 2)


def split_alpha(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """(H, W, 1..4) gray, gray + alpha, RGB or RGB + alpha to pixels and alpha."""
    if pixels.ndim == 3 and pixels.shape[2] in (2, 4):
        alpha = np.ascontiguousarray(pixels[..., -1])
        pixels = pixels[..., :-1]
    else:
        alpha = None
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    return np.ascontiguousarray(pixels), alpha
