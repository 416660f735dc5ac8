"""The boxes that HEIC, AVIF and JPEG 2000 files are made of (ISO 14496-12 4.2, ISO 15444-1 I.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_HEAD = 16
_MOST_BOXES = 10_000
_MOST_META = 16 << 20


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The kind and content of each box in a box's content; those that are cut off are left out."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, start)
            start += 8
        end = len(data) if length == 0 else at + length
        if end > len(data) or end < start:
            return
        yield kind, data[start:end]
        at = end


def places(path: Path, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The kind of each box of a file, where its content starts and where it ends, which may be behind the file."""
    at = 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            file.seek(at)
            head = file.read(_HEAD)
            if len(head) < 8:
                return
            length, kind = struct.unpack_from(">I4s", head)
            start = at + 8
            if length == 1 and len(head) == _HEAD:
                (length,) = struct.unpack_from(">Q", head, 8)
                start += 8
            end = size if length == 0 else at + length
            yield kind, start, end
            if end <= at:
                return
            at = end


def is_cut_off(path: Path, size: int) -> bool:
    """Whether a box reaches beyond the end of its file."""
    return any(end > size for _, _, end in places(path, size))


def nclx(path: Path, size: int) -> tuple[int, int] | None:
    """The numbers of primaries and transfer curve (ITU-T H.273) that a HEIC or AVIF file says; None without them."""
    for kind, start, end in places(path, size):
        if kind == b"meta" and end - start <= _MOST_META:
            with path.open("rb") as file:
                file.seek(start)
                content = file.read(end - start)
            at = content.find(b"colrnclx")
            return struct.unpack_from(">HH", content, at + 8) if 0 <= at <= len(content) - 12 else None
    return None


def avif_bits(path: Path, size: int) -> int:
    """Bits of a sample of an AVIF file, as the first decoder configuration in it says (av1C); 8 where none does."""
    for kind, start, end in places(path, size):
        if kind == b"meta" and end - start <= _MOST_META:
            with path.open("rb") as file:
                file.seek(start)
                content = file.read(end - start)
            at = content.find(b"av1C")
            flags = content[at + 6] if 0 <= at < len(content) - 6 else 0
            return (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return 8


def brands(head: bytes) -> list[bytes]:
    """The major brand of a file of boxes and those that it is compatible with, of what its first bytes hold."""
    length, kind = struct.unpack_from(">I4s", head.ljust(8, b"\0"))
    if kind != b"ftyp":
        return []
    rest = head[16 : min(length, len(head))]
    return [head[8:12], *(rest[at : at + 4] for at in range(0, len(rest) - 3, 4))]
