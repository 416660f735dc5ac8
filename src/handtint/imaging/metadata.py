"""What a picture file carries beside its pixels, in one record for reading, the photo and writing. No pixels here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """What a picture file carries beside its pixels.

    Attributes:
        icc: color profile.
        exif: EXIF block without `Exif\\0\\0`.
        xmp: XMP packet.
        iptc: IIM records.
        dpi: pixels per inch, horizontal and vertical.
    """

    icc: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None
