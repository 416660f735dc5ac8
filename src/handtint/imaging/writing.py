"""A photo saved as JPEG, PNG, TIFF or WebP: whole or not at all, never onto its source, with its metadata.

The result has the source's bit depth where the format has it, its RGB profile (converted back to it) or an
sRGB profile, its metadata as `carrying` has them, and XMP provenance. Raises `SaveError`; what could not be
kept comes back as sentences.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
from pathlib import Path
from typing import BinaryIO

import numpy as np

from handtint.atomic import write_whole
from handtint.errors import SaveError, Sentence
from handtint.imaging.carrying import beside, carried
from handtint.imaging.color import icc
from handtint.imaging.formats.encoding import ENCODERS, Output
from handtint.imaging.formats.sidecar import write_sidecar
from handtint.imaging.formats.xmp import XmpError
from handtint.imaging.photo import Photo
from handtint.imaging.provenance import Provenance
from handtint.imaging.rows import Rows, mapped
from handtint.progress import Progress
from handtint.recipe.saving import INSTEAD, SUFFIXES, SaveOptions, format_of, written_as

_log = logging.getLogger(__name__)
_MAX_SIDE = {"jpeg": 65500, "webp": 16383}
_EIGHT_OF_SIXTEEN = ((np.arange(65536) + 128) // 257).astype(np.uint8)

_WRONG_PROFILE = Sentence(
    "The color profile of the source cannot hold this picture's colors; the picture is saved as sRGB and says so."
)
_UNWRITABLE_PROFILE = Sentence(
    "The color profile of the source cannot be written; the picture is saved as sRGB and says so."
)


def write_photo(
    path: Path,
    photo: Photo,
    options: SaveOptions | None = None,
    provenance: Provenance | None = None,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """Write `photo` whole or not at all; return sentences about what could not be kept.

    Raises `SaveError`, and `Cancelled` from `progress`; either leaves nothing behind.
    """
    options = options or SaveOptions()
    form = _format(path, photo, options)
    height, width = photo.size
    limit = _MAX_SIDE.get(form)
    if limit and max(height, width) > limit:
        reason = Sentence(
            "{form} holds at most {limit} pixels a side and this picture is {width} x {height}",
            form=form.upper(),
            limit=limit,
            width=width,
            height=height,
        )
        raise _failed(path, reason, Sentence("Choose PNG or TIFF."))
    notes: list[str] = []
    progress = progress or Progress()
    tell = Progress(lambda done, _text: progress.step(0.95 * done, Sentence("Saving {name}", name=path.name)))

    def write(file: BinaryIO) -> None:
        tell.step(0.0)
        ENCODERS[form](file, _output(photo, form, options, provenance, notes), tell)
        tell.step(1.0)  # making it durable takes the rest

    try:
        _check_target(path, photo, options)
        write_whole(path, write, overwrite=options.overwrite)
    except OSError as error:
        raise _os_failure(path, error, photo) from error
    except MemoryError as error:
        raise _failed(
            path, Sentence("there is not enough memory"), Sentence("Close other programs, then save again.")
        ) from error
    _write_beside(path, photo, options, provenance if options.provenance else None, notes)
    if options.keep_time:
        _keep_time(path, photo, notes)
    return tuple(dict.fromkeys(notes))


def _write_beside(
    path: Path, photo: Photo, options: SaveOptions, provenance: Provenance | None, notes: list[str]
) -> None:
    """The XMP file beside the photo, for beside its result. The result stands already, so what fails is a note."""
    sidecar = photo.meta.sidecar
    if sidecar is None:
        return
    reason = Sentence("there is one of its name already")
    try:
        if write_sidecar(sidecar, beside(photo, provenance), path, overwrite=options.overwrite):
            return
    except XmpError:
        reason = Sentence("it is damaged")
    except OSError as error:
        _log.warning("no XMP file beside %s", path, exc_info=error)
        reason = error.strerror or str(error)
    notes.append(
        Sentence(
            'The XMP file "{name}" was not written beside the result: {reason}.', name=sidecar.path.name, reason=reason
        )
    )


def _keep_time(path: Path, photo: Photo, notes: list[str]) -> None:
    source = photo.meta.source
    try:
        if source is not None:
            status = source.stat()
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    except OSError:
        notes.append(Sentence("The result could not be given the date of the original's file."))


def _format(path: Path, photo: Photo, options: SaveOptions) -> str:
    if options.format is not None:
        if options.format not in SUFFIXES:
            raise _failed(
                path,
                Sentence('"{format}" is not a format', format=options.format),
                Sentence("Choose jpeg, png, tiff or webp."),
            )
        return options.format
    suffix = path.suffix.lower()
    by_suffix = written_as(suffix)
    if by_suffix is None and suffix in INSTEAD:
        raise _failed(
            path,
            Sentence("{suffix} files can be read but not written", suffix=suffix),
            "Choose JPEG, PNG, TIFF or WebP.",
        )
    return by_suffix or format_of(f".{photo.meta.format.lower()}")


def _check_target(path: Path, photo: Photo, options: SaveOptions) -> None:
    source = photo.meta.source
    if source is not None and _is_same_file(path, source):
        raise _failed(path, Sentence("that is the original itself"), Sentence("Choose another folder or name."))
    if path.is_dir():
        raise _failed(path, Sentence("there is a folder of that name"), Sentence("Choose another name."))
    if not options.overwrite and _exists(path):
        raise _exists_already(path)


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True


def _is_same_file(path: Path, source: Path) -> bool:
    try:
        if path.samefile(source):
            return True
    except OSError:
        pass  # one of them is not there; links may still lead to one place
    try:
        return path.resolve() == source.resolve()
    except (OSError, RuntimeError):
        return False


def _failed(path: Path, reason: str, advice: str) -> SaveError:
    return SaveError(
        'Could not save "{name}": {reason}. Your original is unchanged. {advice}',
        name=path.name,
        reason=reason,
        advice=advice,
    )


def _exists_already(path: Path) -> SaveError:
    return _failed(
        path, Sentence("a file of that name is there already"), Sentence("Choose another name or allow overwriting.")
    )


def _os_failure(path: Path, error: OSError, photo: Photo) -> SaveError:
    if isinstance(error, FileExistsError):
        return _exists_already(path)
    code = error.errno
    if code in (errno.ENOSPC, errno.EDQUOT):
        needed = photo.pixels.size * (2 if photo.meta.bit_depth == 16 else 1)
        try:
            free = Sentence("{megabytes} MB free", megabytes=_megabytes(shutil.disk_usage(path.parent).free))
        except OSError:
            free = Sentence("none free")
        return _failed(
            path,
            Sentence("the disk is full (up to {megabytes} MB needed, {free})", megabytes=_megabytes(needed), free=free),
            Sentence("Free some space or choose another folder, then save again."),
        )
    if code in (errno.EACCES, errno.EPERM, errno.EROFS):
        folder = path.parent.resolve().name or str(path.parent)
        return _failed(
            path,
            Sentence('the folder "{folder}" cannot be written to', folder=folder),
            Sentence("Choose another folder, then save again."),
        )
    if code == errno.ENAMETOOLONG:
        return _failed(path, Sentence("the name is too long for this disk"), Sentence("Choose a shorter name."))
    if code in (errno.ENOENT, errno.ENOTDIR):
        return _failed(
            path,
            Sentence('there is no folder "{parent}"', parent=path.parent),
            Sentence("Choose another folder, then save again."),
        )
    reason = (error.strerror or str(error)).rstrip(".")
    reason = reason[:1].lower() + reason[1:] if reason else Sentence("the system refused it")
    return _failed(path, reason, Sentence("Choose another folder, then save again."))


def _megabytes(count: int) -> int:
    return max(round(count / 1e6), 0 if not count else 1)


def _output(photo: Photo, form: str, options: SaveOptions, provenance: Provenance | None, notes: list[str]) -> Output:
    meta = photo.meta
    pixels, alpha = photo.pixels, photo.alpha
    if alpha is not None and form == "jpeg":
        pixels, alpha = mapped(_on_white, pixels, alpha), None
        notes.append(Sentence("JPEG has no transparency; transparent parts are white."))
    if pixels.ndim == 2 and form == "webp":
        pixels = mapped(lambda gray: np.repeat(gray[..., None], 3, axis=2), pixels)
    convert, profile = _encoding(pixels, meta.embedded.icc, notes)
    if convert is not None:
        pixels = mapped(convert, pixels)
    deep = meta.bit_depth == 16 and form in ("png", "tiff")
    if meta.bit_depth == 16 and not deep:
        notes.append(
            Sentence("{form} holds 8 bits a channel; the 16 bits of the source were rounded.", form=form.upper())
        )
    at_depth = _to_16_bits if deep else _to_8_bits
    if alpha is not None:
        pixels = mapped(lambda part, cover: np.dstack((at_depth(part), at_depth(cover))), pixels, alpha)
    elif pixels.dtype != (np.uint16 if deep else np.uint8):
        pixels = mapped(at_depth, pixels)
    return Output(
        pixels,
        alpha is not None,
        carried(photo, form, profile, provenance if options.provenance else None, notes),
        min(max(options.quality, 1), 100),
        options.smaller,
    )


def _on_white(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    top = np.iinfo(pixels.dtype).max
    weight = alpha.astype(np.float32) / top
    ink = top - pixels.astype(np.float32)
    return np.rint(top - ink * (weight if pixels.ndim == 2 else weight[..., None])).astype(pixels.dtype)


def _encoding(pixels: np.ndarray | Rows, profile: bytes | None, notes: list[str]) -> tuple[icc.Convert | None, bytes]:
    """What turns sRGB-encoded pixels into the source's encoding, if anything must, and the profile that says so."""
    own = "gray" if pixels.ndim == 2 else "rgb"
    if profile is not None:
        if icc.color_space(profile) == own:
            try:
                return icc.from_srgb(profile, own, pixels.dtype), profile
            except icc.ProfileError:
                is_wrong = False
        else:
            is_wrong = True
        notes.append(_WRONG_PROFILE if is_wrong else _UNWRITABLE_PROFILE)
    return None, icc.gray_srgb_profile() if own == "gray" else icc.srgb_profile()


def _to_16_bits(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.dtype == np.uint16 else pixels.astype(np.uint16) * np.uint16(257)


def _to_8_bits(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.dtype == np.uint8 else _EIGHT_OF_SIXTEEN[pixels]
