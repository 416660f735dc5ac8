"""TIFF files at their own bit depth, through tifffile, with the metadata tags that Pillow loses.

Reads what `tiff_pixels` knows, in strips or tiles, with any compression that imagecodecs has; a large page in bands of
its strips or tiles. Which pages are photos says `tiff_pages`. libtiff reads what tifffile reads wrongly or not at all:
fax, where the decoder that tifffile uses leaves the rest of a page blank after some codes and says nothing, YCbCr
outside JPEG, old-style JPEG and ThunderScan. Writes strips of deflate with predictor, EXIF and GPS directories behind
the pixels.

tifffile is imported when it is needed: that takes a fifth of the window's start.
"""

from __future__ import annotations

import dataclasses
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import imagecodecs
import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats import exif as exif_blocks
from handtint.imaging.formats import exif_building, photoshop, tiff_pages, tiff_pixels
from handtint.imaging.formats.decoded import (
    Damaged,
    Decoded,
    Head,
    check_dimensions,
    check_page,
    check_room,
    decoding,
    is_large,
    note_pages,
    optional,
    take_part,
)
from handtint.imaging.formats.exif import Tag
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows, band_rows, bands, mapped
from handtint.progress import Progress
from handtint.recipe.source import Source

_XMP, _IPTC, _PHOTOSHOP, _ICC = 700, 33723, 34377, 34675
_MINISBLACK = 1
_NONE, _DEFLATE = 1, (8, 32946)
_STRIP_BYTES = 1 << 18
NOTE_LOST = Sentence(
    "The camera maker's own notes in the file hold only where they stand in it and are not carried over."
)
_MOST_IN_BAND = 64 << 20  # bytes; a page of one huge strip is read whole
_LEVEL = {
    1: 2,
    2: 1,
}  # of deflate, by bytes a value: 8 bits lose 2 % against level 6 in 0.6 of its time, 16 bits nothing


def decode(path: Path, file_size: int, source: Source, in_bands: bool) -> Decoded:
    """Decode a page; with `in_bands` and where the file allows it, as `Rows` that decode when they are read.

    Raises what `decoding.decode` makes a sentence of.
    """
    import tifffile

    with decoding():
        file = tifffile.TiffFile(path)
    with file:
        notes: list[str] = []
        with decoding():
            pages = tiff_pages.photo_pages(file)
            check_page(source.page, len(pages))
            page = pages[source.page - 1]
            # A tile is decoded whole, also where it is larger than its picture.
            across, down = max(page.imagewidth, page.tilewidth), max(page.imagelength, page.tilelength)
            tiff_pixels.check(page)
            pixel_bytes = page.samplesperpixel * max(page.bitspersample // 8, 1)
            check_dimensions(across, down, file_size, pixel_bytes)
        rows, missing = None, None
        try:
            with decoding():
                _check_complete(page, file_size)
                rows = _rows(path, page) if in_bands and not source.partial else None
                if rows is None:
                    check_room(across, down, pixel_bytes)
                pixels = _whole(path, page, notes) if rows is None else rows[:1, :1]
                if pixels.ndim not in (2, 3) or not pixels.size:
                    raise ValueError(f"an array of shape {pixels.shape} is no picture")
        except Damaged:
            with decoding():
                pixels, missing = _part(path, page)
            if missing == 1 or not pixels.size:
                raise
        decoded = tiff_pixels.interpret(page, pixels)
        decoded.notes += notes
        decoded.pages = len(pages)
        if missing is not None:
            take_part(decoded, missing, source.partial)
        if rows is not None:
            decoded.pixels = mapped(lambda part: np.asarray(tiff_pixels.interpret(page, part).pixels), rows)
        note_pages(decoded, source.page, tiff_pages.MOST)
        with optional(decoded):
            _take_metadata(page, decoded)
    with optional(decoded, Sentence("camera data (EXIF)")):
        _take_exif(path, page.offset if source.page > 1 else None, decoded)
    return decoded


def head(path: Path) -> Head:
    """The number of pages, and of pixels of the first. Raises what a decoder may."""
    import tifffile

    with decoding(), tifffile.TiffFile(path) as file:
        pages = tiff_pages.photo_pages(file)
        return Head(pages[0].imagewidth * pages[0].imagelength, pages=len(pages))


def _whole(path: Path, page: Any, notes: list[str]) -> np.ndarray:
    """The samples of a page as they are, YCbCr as RGB."""
    if tiff_pixels.needs_libtiff(page):
        return _by_libtiff(path, page)
    try:
        return page.asarray()
    except Exception as error:
        if int(page.compression) not in _DEFLATE or isinstance(error, OSError | MemoryError):
            raise
        # What is packed may be more than the picture needs, which libtiff leaves unread; it reports real damage.
        pixels = _by_libtiff(path, page)
        notes.append(Sentence("The file holds more bytes than its picture needs; they are left out."))
        return pixels


def _by_libtiff(path: Path, page: Any) -> np.ndarray:
    """The samples of a page wherever in the file it stands: in memory it is made the first."""
    data, file = bytearray(path.read_bytes()), page.parent
    kind, at = ("Q", 8) if file.is_bigtiff else ("I", 4)
    struct.pack_into(file.byteorder + kind, data, at, page.offset)
    return imagecodecs.tiff_decode(bytes(data), index=0)


def _check_complete(page: Any, file_size: int) -> None:
    """tifffile fills what is missing with zeros; half a photo is an error here."""
    ends = [offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)]
    is_missing = any(not count for count in page.databytecounts) or not ends
    if is_missing or max(ends) > file_size:
        raise ValueError("it ends too early")


def _part(path: Path, page: Any) -> tuple[np.ndarray, float]:
    """The samples of a page whose strips or tiles are not all there, and the share of pixels that are missing.

    What is missing is gray; of planes that lie apart, and of what only libtiff reads, nothing is taken.
    """
    shape = _shape(page)
    fill = 0.5 if page.dtype.kind == "f" else 1 << (page.bitspersample - 1)
    if int(page.photometric) == tiff_pixels.PALETTE or page.dtype.kind not in "uf":
        fill = 0
    result, there = np.full(shape, fill, page.dtype), 0.0
    if tiff_pixels.needs_libtiff(page) or (page.planarconfig == 2 and page.samplesperpixel > 1):
        return result, 1.0
    with path.open("rb") as file:
        for index, (at, count) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
            try:
                with decoding():
                    file.seek(at)
                    data = file.read(count)
                    is_there = len(data) / count if int(page.compression) == _NONE else float(len(data) == count)
                    if not is_there:
                        continue
                    y, x, part = _segment(page, index, data.ljust(count, b"\x80"), shape)
            except Damaged:
                continue
            part = part[: shape[0] - y, : shape[1] - x]
            result[y : y + part.shape[0], x : x + part.shape[1]] = part
            there += is_there * part.shape[0] * part.shape[1]
    return result, 1 - there / (shape[0] * shape[1])


def _shape(page: Any) -> tuple[int, ...]:
    return (page.imagelength, page.imagewidth) + ((page.samplesperpixel,) if page.samplesperpixel > 1 else ())


def _segment(page: Any, index: int, data: bytes, shape: tuple[int, ...]) -> tuple[int, int, np.ndarray]:
    """Row and column of a strip or tile, and its samples, which may reach beyond the picture."""
    tables = {"jpegtables": page.jpegtables} if page.jpegtables else {}
    samples, (*_, y, x, _), _ = page.decode(data, index, **tables)
    part = samples.reshape(samples.shape[-3:])
    return y, x, part if len(shape) == 3 else part[..., 0]


def _rows(path: Path, page: Any) -> Rows | None:
    """The samples of a large page as they are, in bands of strips or tiles; None where it is better read whole."""
    orientation = _tag(page, exif_blocks.ORIENTATION)
    is_upright = orientation is None or orientation.value == 1
    if not is_upright or not is_large(page.imagelength, page.imagewidth):
        return None
    if page.planarconfig == 2 or page.extrasamples or tiff_pixels.is_whole_only(page):
        return None
    shape = _shape(page)
    height = page.tilelength if page.is_tiled else min(page.rowsperstrip, page.imagelength)
    if height * page.imagewidth * page.samplesperpixel * page.dtype.itemsize > _MOST_IN_BAND:
        return None
    across = -(-page.imagewidth // page.tilewidth) if page.is_tiled else 1
    offsets, counts = page.dataoffsets, page.databytecounts

    def read(top: int, stop: int) -> np.ndarray:
        band = np.empty((stop - top, *shape[1:]), page.dtype)
        with path.open("rb") as file:
            for index in range(top // height * across, -(-stop // height) * across):
                file.seek(offsets[index])
                y, x, part = _segment(page, index, file.read(counts[index]), shape)
                part = part[: stop - y, : shape[1] - x]  # tiles reach beyond the edges
                band[y - top : y - top + part.shape[0], x : x + part.shape[1]] = part
        return band

    return Rows(shape, page.dtype, band_rows(page.imagewidth, height), read)


def _tag(page: Any, code: int) -> Any:
    """A tag of a page; of one inside another that says nothing, the other's. None where there is none."""
    tag = page.tags.get(code)
    is_inside = len(page.treeindex) > 1
    return page.parent.pages.first.tags.get(code) if tag is None and is_inside else tag


def _value(page: Any, code: int) -> bytes | None:
    tag = _tag(page, code)
    if tag is None:
        return None
    page.parent.filehandle.seek(tag.valueoffset)
    return page.parent.filehandle.read(tag.valuebytecount) or None


def _take_metadata(page: Any, decoded: Decoded) -> None:
    xmp = _value(page, _XMP)
    orientation = _tag(page, exif_blocks.ORIENTATION)
    decoded.orientation = int(orientation.value) if orientation and orientation.value in range(1, 9) else 1
    found = photoshop.resources((_value(page, _PHOTOSHOP) or b"",))
    iptc, others = photoshop.split_iptc(found, _iptc_in_order(_value(page, _IPTC)))
    decoded.metadata = Metadata(
        icc=_value(page, _ICC),
        xmp=xmp.rstrip(b"\0") or None if xmp else None,
        iptc=iptc,
        resources=others,
    )
    # What follows may be broken while the rest is good.
    decoded.metadata = dataclasses.replace(decoded.metadata, dpi=_resolution(page))


def _resolution(page: Any) -> tuple[float, float] | None:
    unit = {2: 1.0, 3: 2.54}.get(int(page.tags.valueof(296, default=2)))
    if unit and 282 in page.tags and 283 in page.tags:
        parts = [page.tags[code].value for code in (282, 283)]
        if all(part[0] and part[1] for part in parts):
            x, y = (part[0] / part[1] * unit for part in parts)
            return (x, y)
    return None


def _iptc_in_order(data: bytes | None) -> bytes | None:
    """IIM records that a program took for 4-byte numbers, and so turned round, as they were."""
    if data and data[0] != 0x1C and len(data) % 4 == 0 and data[3] == 0x1C:
        return b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
    return data


def _take_exif(path: Path, first_at: int | None, decoded: Decoded) -> None:
    with path.open("rb") as file:
        found = exif_blocks.directories(file, first_at)
    orientation = tuple(tag for tag in found.first if tag.code == exif_blocks.ORIENTATION)
    kept, is_note_lost = exif_building.transplantable(exif_building.descriptive(found))
    if private := exif_building.undescribed(found):
        numbers = ", ".join(map(str, private[:8])) + (" and others" if len(private) > 8 else "")
        decoded.notes.append(
            Sentence("Tags of other programs in the TIFF file are not carried over: {numbers}.", numbers=numbers)
        )
    if is_note_lost:
        decoded.notes.append(NOTE_LOST)
    if kept.first or kept.exif or kept.gps or decoded.orientation != 1:
        kept = dataclasses.replace(kept, first=(*kept.first, *orientation))
    decoded.metadata = dataclasses.replace(decoded.metadata, exif=exif_building.build(kept))


def write(
    file: BinaryIO, pixels: np.ndarray | Rows, *, has_alpha: bool, metadata: Metadata, progress: Progress
) -> None:
    """Write (H, W), (H, W, 2), (H, W, 3) or (H, W, 4) pixels as a TIFF file. Raises `OSError`.

    An EXIF block is a TIFF file without pixels, so the result begins with it as it is: what maker notes point at, by
    its place in the block, stays there.
    """
    import tifffile

    exif = exif_blocks.directories(io.BytesIO(metadata.exif)) if metadata.exif else None
    order = exif.order if exif else "<"
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    extratags: list[tuple] = [(exif_blocks.ORIENTATION, 3, 1, 1, True)]
    resources = photoshop.to_bytes(None, metadata.resources)
    for code, kind, data in ((_XMP, 1, metadata.xmp), (_IPTC, 7, metadata.iptc), (_PHOTOSHOP, 1, resources)):
        if data:
            extratags.append((code, kind, len(data), data, True))
    if exif:
        described = exif_building.descriptive(exif).first
        extratags += [(tag.code, tag.type, tag.count, tag.value, True) for tag in described]
    width = pixels.shape[1]
    strip_rows = max(_STRIP_BYTES // (width * channels * pixels.dtype.itemsize), 1)
    link = _begin_with(file, metadata.exif, order) if metadata.exif else 0
    with tifffile.TiffWriter(file, byteorder=order, bigtiff=False, append=bool(link)) as writer:
        writer.write(
            _strips(pixels, strip_rows, order, progress),
            shape=pixels.shape,
            dtype=pixels.dtype,
            photometric="minisblack" if channels < 3 else "rgb",
            planarconfig="contig" if channels > 1 else None,
            extrasamples=["unassalpha"] if has_alpha else None,
            compression="adobe_deflate",
            predictor=True,
            rowsperstrip=strip_rows,
            iccprofile=metadata.icc,
            resolution=metadata.dpi,
            resolutionunit="inch" if metadata.dpi else None,
            software=False,
            metadata=None,
            extratags=extratags,
        )
    if metadata.exif:
        _point_at(file, link, exif_blocks.places_of_directories(metadata.exif), order)


def _begin_with(file: BinaryIO, block: bytes, order: str) -> int:
    """Write an EXIF block with, for its first directory, one of a single pixel; the place of that one's link."""
    start = len(block) + len(block) % 2
    pixel = {256: 1, 257: 1, 258: 8, 259: 1, 262: _MINISBLACK, 273: 0, 277: 1, 278: 1, 279: 1}
    tags = tuple(Tag(code, 4, 1, struct.pack(order + "I", value)) for code, value in pixel.items())
    directory = exif_building.directory_bytes(tags, order, start)
    file.write(block[:4] + struct.pack(order + "I", start) + block[8:] + bytes(start - len(block)) + directory)
    file.seek(0)  # where tifffile takes the file to begin
    return start + len(directory) - 4


def _point_at(file: BinaryIO, link: int, places: dict[int, int], order: str) -> None:
    """Put a first directory behind the file: what tifffile wrote, with pointers to the EXIF and GPS directories."""
    file.seek(link)
    written = file.read(4)
    file.seek(4)
    file.write(written)
    tags = exif_blocks.directories(file).first
    pointers = tuple(Tag(code, 4, 1, struct.pack(order + "I", place)) for code, place in places.items())
    start = file.seek(0, 2)
    start += start % 2
    file.seek(start)
    file.write(exif_building.directory_bytes((*tags, *pointers), order, start))
    file.seek(4)
    file.write(struct.pack(order + "I", start))


def _strips(pixels: np.ndarray | Rows, strip_rows: int, order: str, progress: Progress) -> Iterator[bytes]:
    """Each strip as the file gets it."""
    height, width = pixels.shape[:2]
    for band in bands(range(height), width, strip_rows):
        progress.step(band.start / height)
        part = pixels[band]
        for top in range(0, len(part), strip_rows):
            strip = part[top : top + strip_rows].copy()
            strip[:, 1:] -= part[top : top + strip_rows, :-1]
            yield bytes(
                imagecodecs.deflate_encode(
                    strip.astype(f"{order}u{strip.dtype.itemsize}").tobytes(), _LEVEL[strip.dtype.itemsize]
                )
            )
