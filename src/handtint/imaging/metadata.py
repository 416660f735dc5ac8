"""What a picture file carries beside its pixels, in one record for reading, the photo and writing. No pixels here."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_DPI = 1e6  # a pixel of 25 nanometers; more is a damaged number, which formats could not hold


@dataclass(frozen=True)
class Metadata:
    """What a picture file carries beside its pixels.

    Attributes:
        icc: color profile.
        exif: EXIF block without `Exif\\0\\0`.
        xmp: XMP packet, with its extended part.
        iptc: IIM records.
        dpi: pixels per inch, horizontal and vertical; None also where they cannot be.
        resources: Photoshop image resources that belong to the photo, by their number: further blocks of IIM records,
            its digest, copyright mark and address.
        comments: of a JPEG file, as their bytes are.
        texts: of a PNG file, keyword and text.
        changed: when a PNG file was last changed, as the seven bytes of its tIME chunk.
    """

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
    resources: tuple[tuple[int, bytes], ...] = ()
    comments: tuple[bytes, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    changed: bytes | None = None

    def __post_init__(self) -> None:
        if self.dpi is not None and not can_be(self.dpi):
            object.__setattr__(self, "dpi", None)


def can_be(dpi: tuple[float, float]) -> bool:
    """Whether a picture may have so many pixels per inch."""
    return all(1 < value < _MOST_DPI for value in dpi)
