"""How large a picture is and when it was taken, from the head of its file alone."""

from __future__ import annotations

import struct
import warnings
from datetime import datetime
from pathlib import Path

from handtint.imaging.formats import png
from handtint.paths import is_file


def pixels_in(path: Path) -> tuple[int, int] | None:
    """Number of pixels and bits a channel (8 or 16) of a picture file; None where its head does not say."""
    try:
        if not is_file(path):  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            head = file.read(32)
        if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
            width, height, depth = struct.unpack(">IIB", head[16:25])
            return width * height, 16 if depth == 16 else 8
        if head[4:8] == b"ftyp":
            from handtint.imaging.formats import reader  # few photos need it

            return reader.head(path).pixels, 8
        from handtint.imaging.formats.pillow import HARMLESS, Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on broken metadata
            with Image.open(path, formats=HARMLESS) as image:
                return image.width * image.height, 16 if image.mode.startswith("I;16") else 8
    except Exception:  # noqa: BLE001 decoders raise whatever they like; the photo will say what is wrong when it is read
        return None


def taken_at(path: Path) -> float | None:
    """When a photo was taken or scanned, by its EXIF, in seconds since 1970 on this computer's clock; else None."""
    try:
        if not is_file(path):  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            is_heif = file.read(12)[4:8] == b"ftyp"
        from handtint.imaging.formats.pillow import HARMLESS, Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if is_heif:
                from handtint.imaging.formats import reader

                exif = Image.Exif()
                exif.load(reader.head(path).exif or b"")
            else:
                with Image.open(path, formats=HARMLESS) as image:
                    exif = image.getexif()
            text = exif.get_ifd(_EXIF_IFD).get(_ORIGINAL) or exif.get(_CHANGED)
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").timestamp()
    except Exception:  # noqa: BLE001 as above
        return None


_EXIF_IFD, _ORIGINAL, _CHANGED = 0x8769, 36867, 306
