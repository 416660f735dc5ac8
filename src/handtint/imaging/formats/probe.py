"""How large a picture is and when it was taken, from the head of its file alone."""

from __future__ import annotations

import struct
import warnings
from datetime import datetime
from pathlib import Path

from handtint.imaging.formats import png


def pixels_in(path: Path) -> tuple[int, int] | None:
    """Number of pixels and bits a channel (8 or 16) of a picture file; None where its head does not say."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            head = file.read(32)
        if head.startswith(png.SIGNATURE) and head[12:16] == b"IHDR":
            width, height, depth = struct.unpack(">IIB", head[16:25])
            return width * height, 16 if depth == 16 else 8
        if head[4:8] == b"ftyp":
            import pi_heif  # few photos need it, and it takes a tenth of the start

            width, height = pi_heif.open_heif(path).size
            return width * height, 8
        from handtint.imaging.formats.pillow import Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on broken metadata
            with Image.open(path) as image:
                return image.width * image.height, 16 if image.mode.startswith("I;16") else 8
    except Exception:  # decoders raise whatever they like; the photo will say what is wrong when it is read
        return None


def taken_at(path: Path) -> float | None:
    """When a photo was taken or scanned, by its EXIF, in seconds since 1970 on this computer's clock; else None."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            is_heif = file.read(12)[4:8] == b"ftyp"
        from handtint.imaging.formats.pillow import Image

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if is_heif:
                import pi_heif

                exif = Image.Exif()
                exif.load(pi_heif.open_heif(path).info.get("exif") or b"")
            else:
                with Image.open(path) as image:
                    exif = image.getexif()
            text = exif.get_ifd(_EXIF_IFD).get(_ORIGINAL) or exif.get(_CHANGED)
        return datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").timestamp()
    except Exception:  # as above
        return None


_EXIF_IFD, _ORIGINAL, _CHANGED = 0x8769, 36867, 306
