"""The pixels of PNG files, read and written a band of rows at a time, at 8 and 16 bits.

Reading: Python inflates (libdeflate, in half the time, what is read whole), and libpng takes the row filters off small
PNGs made of a band and the row above it.
Writing: numpy filters, zlib-ng deflates. One of three filters is chosen for a band; choosing one of four for each row
took eight times as long and saved nothing (four photographs of 12 megapixels).
"""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import imagecodecs
import numpy as np
from zlib_ng import zlib_ng

from handtint.imaging.formats.png import SIGNATURE, chunk, metadata_chunks
from handtint.imaging.metadata import Metadata
from handtint.imaging.rows import Rows, band_rows, bands
from handtint.progress import Progress

_GRAY, _RGB, _GRAY_ALPHA, _RGB_ALPHA = 0, 2, 4, 6
_CHANNELS = {_GRAY: 1, _RGB: 3, _GRAY_ALPHA: 2, _RGB_ALPHA: 4}
_PIECE, _SMALL_PIECE = 1 << 18, 1 << 10  # bytes read at once, and given to zlib at once where the file is damaged
_STORED = 65535  # most bytes of a stored block
# Levels of zlib-ng. A 12-megapixel color photograph behind the filters, mean of four: level 3 takes 0.19 CPU s and
# 9.5 MB, level 9 2.6 s and 8.8 MB. zlib's level 1 takes 0.25 s and 11.6 MB, its level 9 8.4 s and 8.8 MB; ISA-L's best,
# 0.08 s and 10.6 MB, has nothing for those who want the smallest file.
_QUICK_AND_SMALL, _SMALLEST = 3, 9


@dataclass(frozen=True)
class Header:
    """What a PNG file says of its pixels, and where the first of them are."""

    width: int
    height: int
    depth: int
    kind: int
    is_interlaced: bool
    has_more: bool  # a transparent color, or further pictures
    data_at: int

    @property
    def row_bytes(self) -> int:
        """Of a row of pixels."""
        return self.width * _CHANNELS[self.kind] * self.depth // 8

    @property
    def shape(self) -> tuple[int, ...]:
        """(H, W) or (H, W, 3), of a plain one."""
        return (self.height, self.width) + ((3,) if self.kind == _RGB else ())

    @property
    def dtype(self) -> type:
        """Of the pixels as numpy has them."""
        return np.uint8 if self.depth == 8 else np.uint16

    @property
    def is_plain(self) -> bool:
        """One picture in gray or RGB at 8 or 16 bits without transparency, row after row."""
        is_kind = self.kind in (_GRAY, _RGB) and self.depth in (8, 16)
        return is_kind and not self.is_interlaced and not self.has_more

    @property
    def has_whole_rows(self) -> bool:
        """Whether rows can be had without those below: no palette, and not interlaced."""
        return self.kind in _CHANNELS and self.depth in (8, 16) and not self.is_interlaced and not self.has_more


def read_header(path: Path) -> Header:
    """Raises ValueError or `struct.error` for what is not a whole PNG header."""
    with path.open("rb") as file:
        file.seek(len(SIGNATURE))
        fields, has_more = None, False
        while True:
            length, kind = struct.unpack(">I4s", file.read(8))
            if kind == b"IDAT":
                break
            if kind == b"IHDR":
                fields = struct.unpack(">IIBBBBB", file.read(13))
                length -= 13
            has_more |= kind in (b"tRNS", b"acTL")
            file.seek(length + 4, 1)
        if fields is None:
            raise ValueError("no header")
        width, height, depth, form, _packing, _filters, interlace = fields
        return Header(width, height, depth, form, bool(interlace), has_more, file.tell() - 8)


def open_rows(path: Path, header: Header) -> Rows:
    """The pixels of a plain PNG file, (H, W) or (H, W, 3), uint8 or uint16; read from the top as they are asked for.

    Damage raises ValueError or `zlib.error` when it is reached.
    """
    return Rows(header.shape, header.dtype, band_rows(header.width), _Reader(path, header).read)


def decode(path: Path, header: Header) -> np.ndarray:
    """The pixels of a plain PNG file, (H, W) or (H, W, 3), uint8 or uint16.

    Raises ValueError, `struct.error` or `imagecodecs.DeflateError` for what is broken, or longer than its header says.
    """
    step, above = header.row_bytes + 1, b""
    lines = np.empty(header.height * step, np.uint8)
    if len(imagecodecs.deflate_decode(b"".join(_compressed(path, header.data_at)), out=lines.data)) < len(lines):
        raise ValueError("the pixels end too early")
    pixels = lines[: header.height * header.row_bytes].view(header.dtype).reshape(header.shape)
    for rows in bands(range(header.height), header.width):  # in place: each is written before what is still to be read
        pixels[rows] = band = _unfiltered(header, lines[rows.start * step : rows.stop * step].data, above)
        above = _line(band[-1])
    return pixels


def is_cut_off(path: Path, header: Header, file_size: int) -> bool:
    """Whether a file ends before its end chunk does; looks at the heads of its chunks alone."""
    at = header.data_at
    with path.open("rb") as file:
        while at + 12 <= file_size:
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(8))
            at += length + 12
            if kind == b"IEND":
                return at > file_size
    return True


def decode_part(path: Path, header: Header) -> tuple[np.ndarray, float]:
    """The rows of a damaged PNG file down to the first that is not whole, and the share of rows that are not there.

    (H, W) or (H, W, channels), uint8 or uint16; what is missing is the middle gray. `header` has whole rows.
    """
    channels = _CHANNELS[header.kind]
    shape = (header.height, header.width) + ((channels,) if channels > 1 else ())
    result, there = np.full(shape, 1 << (header.depth - 1), header.dtype), 0
    lines, step, above = _inflated(path, header), header.row_bytes + 1, b""
    with contextlib.suppress(imagecodecs.PngError):
        for rows in bands(range(len(lines) // step), header.width):
            band = _unfiltered(header, lines[rows.start * step : rows.stop * step], above)
            result[rows], there, above = band, rows.stop, _line(band[-1])
    return result, 1 - there / header.height


def _inflated(path: Path, header: Header) -> memoryview:
    """The filtered rows as far as they can be had."""
    whole, lines, inflater = header.height * (header.row_bytes + 1), bytearray(), zlib.decompressobj()
    with contextlib.suppress(ValueError, struct.error, zlib.error):
        for piece in _compressed(path, header.data_at):
            for start in range(0, len(piece), _SMALL_PIECE):  # of the piece that is broken nothing is given
                waiting = piece[start : start + _SMALL_PIECE]
                while waiting and len(lines) < whole:
                    lines += inflater.decompress(waiting, whole - len(lines))
                    waiting = inflater.unconsumed_tail
    return memoryview(lines)


def _unfiltered(header: Header, lines: bytes | memoryview, above: bytes) -> np.ndarray:
    """The pixels of some rows that still have their filters; `above` is the row before them, empty for the first."""
    data = b"".join((b"\0", above, lines)) if above else bytes(lines)
    view, parts = memoryview(data), [b"\x78\x01"]  # deflated without being packed
    for start in range(0, len(data), _STORED):
        part = view[start : start + _STORED]
        parts += [struct.pack("<BHH", start + _STORED >= len(data), len(part), len(part) ^ 0xFFFF), part]
    parts.append(struct.pack(">I", zlib.adler32(data)))
    rows = len(data) // (header.row_bytes + 1)
    shown = struct.pack(">IIBB3x", header.width, rows, header.depth, header.kind)
    small = (SIGNATURE, chunk(b"IHDR", shown), chunk(b"IDAT", b"".join(parts)), chunk(b"IEND", b""))
    return imagecodecs.png_decode(b"".join(small))[bool(above) :]


def _line(row: np.ndarray) -> bytes:
    """A row of pixels as PNG files hold it."""
    return (row if row.dtype == np.uint8 else row.astype(">u2")).tobytes()


class _Reader:
    """Gives bands from the top on; asking for one above the last starts over."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path, self._header = path, header
        self._start()

    def _start(self) -> None:
        self._row = 0
        self._above = b""  # the last row decoded, without its filter
        self._pieces = _compressed(self._path, self._header.data_at)
        self._waiting = b""
        self._inflater = zlib.decompressobj()

    def read(self, top: int, stop: int) -> np.ndarray:
        if top < self._row:
            self._start()
        while self._row < top:
            self._decode(min(stop - top, top - self._row))
        return self._decode(stop - top)

    def _decode(self, count: int) -> np.ndarray:
        """The next rows."""
        lines = self._inflate(count * (self._header.row_bytes + 1))
        band = _unfiltered(self._header, lines, self._above)
        self._above = _line(band[-1])
        self._row += count
        return band

    def _inflate(self, count: int) -> bytes:
        parts = []
        while count:
            self._waiting = self._waiting or next(self._pieces, b"")
            is_last = not self._waiting
            part = self._inflater.decompress(self._waiting, count)
            self._waiting = self._inflater.unconsumed_tail
            if is_last and not part:
                raise ValueError("the pixels end too early")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def _compressed(path: Path, start: int) -> Iterator[bytes]:
    """The compressed pixels of a file in pieces, their checksums tested."""
    with path.open("rb") as file:
        file.seek(start)
        while True:
            length, kind = struct.unpack(">I4s", file.read(8))
            if kind != b"IDAT":
                return
            check = zlib.crc32(kind)
            while length:
                piece = file.read(min(length, _PIECE))
                if not piece:
                    raise ValueError("the file ends too early")
                check = zlib.crc32(piece, check)
                length -= len(piece)
                yield piece
            if file.read(4) != struct.pack(">I", check):
                raise ValueError("a checksum is wrong")


def write(file: BinaryIO, pixels: np.ndarray | Rows, metadata: Metadata, smaller: bool, progress: Progress) -> None:
    """Write (H, W), (H, W, 2), (H, W, 3) or (H, W, 4) pixels, uint8 or uint16, as a PNG file. Raises `OSError`."""
    height, width = pixels.shape[:2]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    kind = {count: kind for kind, count in _CHANNELS.items()}[channels]
    depth = pixels.dtype.itemsize * 8
    file.write(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBB3x", width, height, depth, kind)))
    file.write(metadata_chunks(metadata))
    deflater = zlib_ng.compressobj(_SMALLEST if smaller else _QUICK_AND_SMALL)
    above = np.zeros((1, width * channels * depth // 8), np.uint8)
    for rows in bands(range(height), width):
        progress.step(rows.start / height)
        band = np.ascontiguousarray(pixels[rows], dtype=f">u{depth // 8}")
        lines = np.concatenate((above, band.view(np.uint8).reshape(len(band), -1)))
        above = lines[-1:]
        packed = deflater.compress(_filtered(lines, channels * depth // 8).data)
        if packed:
            file.write(chunk(b"IDAT", packed))
    file.write(chunk(b"IDAT", deflater.flush()) + chunk(b"IEND", b""))


def _filtered(lines: np.ndarray, step: int) -> np.ndarray:
    """(n, 1 + bytes a row): the rows (n + 1, bytes) after the first, filtered, each behind its filter's number.

    `step` is the bytes of a pixel. The filter is the one that leaves the least sum of magnitudes in a sample of rows.
    """
    here, above = lines[1:], lines[:-1]
    result = np.empty((len(here), here.shape[1] + 1), np.uint8)
    sample = here[::_SAMPLED], above[::_SAMPLED]
    sums = {number: _magnitude(sample[0] - expect(*sample, step)) for number, expect in _EXPECTED.items()}
    result[:, 0] = number = min(sums, key=sums.__getitem__)
    np.subtract(here, _EXPECTED[number](here, above, step), out=result[:, 1:])
    return result


def _magnitude(filtered: np.ndarray) -> int:
    """Sum over all bytes, taken as -128..127."""
    return int(np.minimum(filtered, -filtered).sum(dtype=np.uint64))


def _left(here: np.ndarray, _above: np.ndarray, step: int) -> np.ndarray:
    result = np.zeros_like(here)
    result[:, step:] = here[:, :-step]
    return result


def _average(here: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    result = above >> 1
    result[:, step:] += here[:, :-step] >> 1
    result[:, step:] += here[:, :-step] & above[:, step:] & 1
    return result


_EXPECTED = {1: _left, 2: lambda here, above, step: above, 3: _average}  # by PNG's numbers of its filters
_SAMPLED = 16  # one of so many rows decides for its band
