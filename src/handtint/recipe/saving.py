"""How a result is saved, and what its file is called."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

SUFFIXES = {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "png": (".png",),
    "tiff": (".tif", ".tiff"),
    "webp": (".webp",),
}
CAMERA_RAW = (".3fr", ".arw", ".cr2", ".cr3", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl")
CAMERA_RAW += (".srw",)
# Formats that are read but not written: HEIC, AVIF and the previews of raw files are lossy like JPEG, BMP and GIF are
# lossless like PNG, and JPEG 2000 and PSD may be.
INSTEAD = {
    **dict.fromkeys((".heic", ".heif", ".hif", ".avif", *CAMERA_RAW), "jpeg"),
    **dict.fromkeys((".bmp", ".dib", ".gif", ".psd", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"), "png"),
}

# At the end of the names of results that lie beside their photo, and of the folder of an album's results.
COLORIZED = " (colorized)"
RESTORED = " (restored)"
_RESULT = re.compile(rf"({re.escape(COLORIZED)}|{re.escape(RESTORED)})( \([0-9]+\))?$")


@dataclass(frozen=True)
class SaveOptions:
    """How a result is saved.

    Attributes:
        format: "jpeg", "png", "tiff" or "webp"; None goes by the file's suffix, then by the source's format.
        quality: 1..100 for JPEG and WebP.
        smaller: whether a PNG may take some ten times as long for a few percent less room.
        provenance: whether to add XMP provenance.
        overwrite: whether an existing file may be replaced (never the source).
        keep_time: whether the file gets the date of the source's, by which file managers sort.
    """

    format: str | None = None
    quality: int = 95
    smaller: bool = False
    provenance: bool = True
    overwrite: bool = False
    keep_time: bool = False


def written_as(suffix: str) -> str | None:
    """The format that files with this suffix (`.jpg`) are written in; None where there is none."""
    return next((name for name, known in SUFFIXES.items() if suffix in known), None)


def format_of(suffix: str) -> str:
    """The format of the result of a photo with this suffix, where nobody chose one."""
    return written_as(suffix) or INSTEAD.get(suffix, "png")


def output_path(
    source: Path, folder: Path, format: str | None = None, *, is_colored: bool = True, page: int = 1, part: int = 0
) -> Path:
    """Where the result of `source` belongs in `folder`: its name, another suffix if the format changes.

    In the folder of the photo itself a mark is added that says what it is: " (colorized)", or " (restored)" where it
    got no color. In any other folder it has the photo's name alone.

    With `format` None, JPEG, PNG, TIFF and WebP stay what they are; HEIC becomes JPEG, BMP and anything else
    PNG. Two sources that differ only in their suffix may share a result's name: the caller's to see.

    Args:
        page: which picture of its file it is, from 1; the number follows the name after the first.
        part: number of the print on a scan, from 1, which follows that; 0 for the whole photo.
    """
    suffix = source.suffix.lower()
    if format is None:
        format = format_of(suffix)
    has_known_suffix = suffix in INSTEAD or written_as(suffix) is not None
    stem = source.stem if has_known_suffix else source.name  # "Mr. Smith" has no suffix
    if page > 1:
        stem += f"-{page}"
    if part:
        stem += f"-{part}"
    if source.parent.absolute() == folder.absolute():
        stem += COLORIZED if is_colored else RESTORED
    return folder / (stem + (source.suffix if suffix in SUFFIXES[format] else SUFFIXES[format][0]))


def without_results(names: Sequence[str]) -> list[str]:
    """The names of a folder without those of results that lie beside their photo."""
    stems = {PurePath(name).stem for name in names}

    def is_result(name: str) -> bool:
        found = _RESULT.search(PurePath(name).stem)
        return found is not None and name[: found.start()] in stems

    return [name for name in names if not is_result(name)]


def numbered(path: Path, number: int) -> Path:
    """The path itself for number 1, then `name (2)`, `name (3)` and so on."""
    return path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")


def free_path(path: Path) -> Path:
    """The path, or the first numbered one where nothing is, not even a broken link."""
    return next(found for number in itertools.count(1) if not os.path.lexists(found := numbered(path, number)))
