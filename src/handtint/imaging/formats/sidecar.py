"""XMP files that lie beside photos: `photo.jpg.xmp`, as darktable and digiKam name them, or `photo.xmp`, as Adobe does.

What one says joins the result's own XMP where that says nothing, and the file is written anew beside the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from handtint.atomic import write_whole
from handtint.imaging.formats.xmp import MAX_PACKET
from handtint.paths import is_file

_SUFFIXES = (".xmp", ".XMP")


@dataclass(frozen=True)
class Sidecar:
    """An XMP file beside a photo.

    Attributes:
        path: where it lies.
        data: its packet.
        has_suffix: whether its name has the photo's suffix in it.
    """

    path: Path
    data: bytes
    has_suffix: bool = True

    def path_beside(self, result: Path) -> Path:
        """Where one for a result belongs, named in the same way."""
        name = result.name if self.has_suffix else result.stem
        return result.with_name(name + ".xmp")


def read_sidecar(photo: Path) -> Sidecar | None:
    """The XMP file beside a photo; None if there is none, or none that is of a sensible size. Raises `OSError`."""
    for name in (photo.name, photo.stem):
        for suffix in _SUFFIXES:
            path = photo.with_name(name + suffix)
            if path == photo or not is_file(path):  # a pipe would be waited for
                continue
            with path.open("rb") as file:
                data = file.read(MAX_PACKET + 1)
            return Sidecar(path, data, name == photo.name) if data and len(data) <= MAX_PACKET else None
    return None


def write_sidecar(sidecar: Sidecar, data: bytes, result: Path, *, overwrite: bool) -> bool:
    """Write `data` beside a result, never over the source's; whether there was a free name. Raises `OSError`.

    Where `photo.xmp` is taken, perhaps by another result of that name, it becomes `photo.jpg.xmp`.
    """
    for path in dict.fromkeys((sidecar.path_beside(result), result.with_name(result.name + ".xmp"))):
        if _is_same(path, sidecar.path):
            continue
        is_own = path.name == result.name + ".xmp"  # no other result's
        try:
            write_whole(path, lambda file: file.write(data), overwrite=overwrite and is_own)
        except FileExistsError:
            continue
        return True
    return False


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return path == other
