"""The files themselves: JPEG, PNG, TIFF and WebP with all metadata, written to an open binary file.

Pixels come in the depth and encoding that the file gets; nothing is converted here. JPEG, PNG and TIFF are written
band by band, WebP by an encoder that needs the whole picture. Raises `OSError` where the disk does.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from handtint.imaging.formats import jpeg, jpeg_metadata, png_pixels
from handtint.imaging.formats.jpeg_metadata import EXIF_MARK, segment
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows
from handtint.progress import Progress


@dataclass
class Output:
    """What goes into the file: pixels in their final depth and encoding, alpha as a last channel.

    `quality`, 1 to 100, is for JPEG and WebP, `smaller` for PNG.
    """

    pixels: np.ndarray | Rows
    has_alpha: bool
    metadata: Metadata
    quality: int = 95
    smaller: bool = False


def _write_jpeg(file: BinaryIO, output: Output, progress: Progress) -> None:
    metadata, icc = output.metadata, output.metadata.icc or b""
    x, y = (min(max(round(value), 1), 65535) for value in metadata.dpi or (1, 1))
    head = segment(0xE0, struct.pack(">5sHBHHBB", b"JFIF\0", 0x0101, bool(metadata.dpi), x, y, 0, 0))
    if metadata.exif:
        head += segment(0xE1, EXIF_MARK + metadata.exif)
    if metadata.xmp:
        head += jpeg_metadata.xmp_segments(metadata.xmp)
    pieces = [icc[start : start + 65519] for start in range(0, len(icc), 65519)]
    for number, piece in enumerate(pieces, start=1):
        head += segment(0xE2, b"ICC_PROFILE\0" + bytes((number, len(pieces))) + piece)
    head += jpeg_metadata.resource_segments(metadata.iptc, metadata.resources)
    head += jpeg_metadata.comment_segments(metadata.comments)
    jpeg.write(file, head, output.pixels, output.quality, progress)


def _write_png(file: BinaryIO, output: Output, progress: Progress) -> None:
    png_pixels.write(file, output.pixels, output.metadata, output.smaller, progress)


def _write_tiff(file: BinaryIO, output: Output, progress: Progress) -> None:
    from handtint.imaging.formats import tiff  # few results need it, and the window is there sooner

    tiff.write(file, output.pixels, has_alpha=output.has_alpha, metadata=output.metadata, progress=progress)


def _write_webp(file: BinaryIO, output: Output, _progress: Progress) -> None:
    from handtint.imaging.formats.pillow import Image

    Image.fromarray(np.asarray(output.pixels)).save(
        file,
        "WEBP",
        quality=output.quality,
        icc_profile=output.metadata.icc,
        exif=output.metadata.exif or b"",
        xmp=output.metadata.xmp or b"",
    )


ENCODERS = {"jpeg": _write_jpeg, "png": _write_png, "tiff": _write_tiff, "webp": _write_webp}
