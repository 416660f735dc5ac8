"""A photo turned, flattened, straightened and cropped as a `Geometry` says.

Right angles, mirrors and crops move pixels as they are; all else is interpolated once, in the photo's own depth. A
photo that is held comes out held. One that is read in bands (`Rows`) is read on from its file, and how much of it is
held meanwhile, in its own depth, depends on how it is turned:

- cropped or mirrored: a band;
- upright and straightened: the rows that a band of the result is made of, at 15 degrees a quarter of the photo;
- turned by right angles or flattened: as much as `HELD_BYTES` allow. The result is made in parts whose sources fit in
  that, and the file is read once for each part.
"""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np

from handtint.errors import Sentence
from handtint.imaging.formats import regions
from handtint.imaging.formats.exif import ExifError
from handtint.imaging.formats.exif_editing import upright, with_turned_resolution, without_subject
from handtint.imaging.formats.xmp import Packet, XmpError
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.rows import Rows, band_rows
from handtint.progress import Progress
from handtint.recipe.geometry import Geometry
from handtint.recipe.placement import Placement, place
from handtint.repair import lanczos

HELD_BYTES = 128 << 20
_BAND_ROWS = 128  # of what is interpolated: narrower bands need more of the source beside themselves


def applied(photo: Photo, geometry: Geometry, progress: Progress | None = None) -> Photo:
    """The upright source as the geometry says, with its alpha and what its metadata say of resolution.

    Where its pixels are then is told by `meta.placement`. Raises `GeometryError` for a crop or corners that do not fit
    it, and `Cancelled`.
    """
    if geometry == Geometry():
        return photo
    placement = place(geometry, photo.size)
    progress = progress or Progress()
    share = 1.0 if photo.alpha is None else 0.75
    pixels = _moved(photo.pixels, geometry, placement, progress.part(0.0, share))
    alpha = photo.alpha
    if alpha is not None:
        alpha = _moved(alpha, geometry, placement, progress.part(share, 1.0))
    progress.step(1.0)
    return Photo(pixels, _metadata_of(photo.meta, geometry, placement), alpha)


def _moved(
    source: np.ndarray | Rows, geometry: Geometry, placement: Placement, progress: Progress
) -> np.ndarray | Rows:
    height, width = placement.size
    if isinstance(source, np.ndarray):
        if geometry.moves_exactly:
            return _turned(source, slice(0, height), geometry, placement, (0, 0))
        result = np.empty((height, width, *source.shape[2:]), source.dtype)
        for top in range(0, height, _BAND_ROWS):
            progress.step(top / height, "Straightening")
            rows = range(top, min(top + _BAND_ROWS, height))
            result[rows.start : rows.stop] = lanczos.resampled(source, (0, 0), placement.matrix, rows, width)
        return result
    return _Moved(source, geometry, placement)


class _Moved(Rows):
    """The result of a photo that is itself read in bands."""

    def __init__(self, source: Rows, geometry: Geometry, placement: Placement) -> None:
        self._source, self._geometry, self._placement = source, geometry, placement
        height, width = placement.size
        step = band_rows(width) if geometry.moves_exactly else max(band_rows(width), _BAND_ROWS)
        super().__init__((height, width, *source.shape[2:]), source.dtype, step, self._make)
        self._part_rows = self._rows_of_a_part()
        self._part = -1
        self._corner, self._held = (0, 0), np.empty(0)

    def _make(self, top: int, stop: int) -> np.ndarray:
        part = top // self._part_rows
        if part != self._part:
            self._part, self._held = -1, np.empty(0)  # let go of the last one first
            first = part * self._part_rows
            rows, columns = self._needed(first, min(first + self._part_rows, self.shape[0]))
            self._held, self._corner = self._source[rows, columns], (rows.start, columns.start)
            self._part = part
        if self._geometry.moves_exactly:
            return _turned(self._held, slice(top, stop), self._geometry, self._placement, self._corner)
        rows = range(top, stop)
        return lanczos.resampled(self._held, self._corner, self._placement.matrix, rows, self.shape[1])

    def _needed(self, top: int, stop: int) -> tuple[slice, slice]:
        if self._geometry.moves_exactly:
            return _exactly_needed(slice(top, stop), self._placement)
        return lanczos.needed(self._placement.matrix, range(top, stop), self.shape[1], self._placement.source_size)

    def _rows_of_a_part(self) -> int:
        """Of the result, so many that what they are made of may be held; a multiple of the band's."""
        if self._geometry.moves_exactly and self._geometry.turn == 0:
            return self.step
        count = -(-self.shape[0] // self.step)
        while count > 1 and self._largest_part(count * self.step) > HELD_BYTES:
            count = -(-count // 2)
        return count * self.step

    def _largest_part(self, rows: int) -> int:
        """Bytes of the source that the most demanding of the parts needs."""
        largest = 0
        for top in range(0, self.shape[0], rows):
            y, x = self._needed(top, min(top + rows, self.shape[0]))
            largest = max(largest, (y.stop - y.start) * (x.stop - x.start))
        return largest * int(np.prod(self.shape[2:])) * self.dtype.itemsize


def _exactly_needed(rows: slice, placement: Placement) -> tuple[slice, slice]:
    ends = placement.to_source(0, rows.start), placement.to_source(placement.size[1], rows.stop)
    (left, right), (top, bottom) = (sorted(round(end[axis]) for end in ends) for axis in (0, 1))
    return slice(top, bottom), slice(left, right)


def _turned(
    source: np.ndarray, rows: slice, geometry: Geometry, placement: Placement, corner: tuple[int, int]
) -> np.ndarray:
    """Rows of the result from a source that begins at `corner`, pixel by pixel."""
    y, x = _exactly_needed(rows, placement)
    part = source[y.start - corner[0] : y.stop - corner[0], x.start - corner[1] : x.stop - corner[1]]
    part = np.rot90(part, -geometry.turn // 90)
    return np.ascontiguousarray(part[:, ::-1] if geometry.mirrored else part)


def _metadata_of(meta: PhotoMeta, geometry: Geometry, placement: Placement) -> PhotoMeta:
    """The metadata with a resolution and regions that are true of the result.

    Its size and that it is upright are told when it is written. XMP's regions count in the picture that EXIF's
    orientation is yet to be applied to; in the result's they count in what is upright, and EXIF says so.
    """
    scale = 1.0 if geometry.corners is None else placement.center_scale()
    embedded, sidecar, notes = meta.embedded, meta.sidecar, meta.notes
    dpi, exif, xmp = embedded.dpi, embedded.exif, embedded.xmp
    orientation = regions.orientation_of(exif)
    if dpi is not None:  # of the upright photo, unlike what EXIF and XMP say
        horizontal, vertical = reversed(dpi) if geometry.is_quarter_turned else dpi
        dpi = (horizontal * scale, vertical * scale)
    is_swapped = geometry.is_quarter_turned != (orientation >= 5)
    if exif is not None:
        with contextlib.suppress(ExifError):  # written without it, and said
            exif = with_turned_resolution(without_subject(upright(exif, placement.size)), is_swapped, scale)
    if xmp is not None:
        xmp, gone = _moved_packet(xmp, orientation, placement, is_swapped, scale)
        notes += (_gone(gone),) if gone else ()
    if sidecar is not None:
        data, _ = _moved_packet(sidecar.data, orientation, placement, is_swapped, scale)
        sidecar = dataclasses.replace(sidecar, data=data)
    embedded = dataclasses.replace(embedded, dpi=dpi, exif=exif, xmp=xmp)
    return dataclasses.replace(meta, embedded=embedded, sidecar=sidecar, notes=notes, placement=placement)


def _moved_packet(
    data: bytes, orientation: int, placement: Placement, is_swapped: bool, scale: float
) -> tuple[bytes, int]:
    """A packet with resolution and regions of the result, and how many regions are gone."""
    try:
        packet = Packet(data)
    except XmpError:
        return data, 0  # writing says what becomes of it
    is_changed = (scale != 1.0 or is_swapped) and packet.turn_resolution(is_swapped, scale)
    if not regions.has_regions(packet):
        return packet.to_bytes() if is_changed else data, 0
    gone = _move_regions(packet, orientation, placement)
    return packet.to_bytes(), gone


def _move_regions(packet: Packet, orientation: int, placement: Placement) -> int:
    turn = regions.upright(orientation, placement.source_size)
    before = regions.stored_size(orientation, placement.source_size)
    return regions.move_regions(packet, before, placement.size, lambda x, y: placement.to_result(*turn(x, y)))


def _gone(count: int) -> str:
    if count == 1:
        return Sentence("One face or region marked in the photo was cropped away with its mark.")
    return Sentence("{count} faces or regions marked in the photo were cropped away with their marks.", count=count)
