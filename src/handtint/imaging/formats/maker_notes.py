"""Maker notes: what a camera's maker alone understands, as far as one must know it to move them.

Most are directories like those of EXIF, behind the maker's name, and point at longer values by their place in the
whole block; moved or put into another file, they would point at whatever stands there.
"""

from __future__ import annotations

import struct

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes by a value's type
_MOST_VALUES = 64 << 20
# Whose values are counted from its own start; all other kinds count from the start of the block.
_OF_ITSELF = (b"Nikon\0\x02", b"OLYMPUS\0", b"OM SYSTEM\0", b"FUJIFILM", b"Apple iOS\0", b"PENTAX \0")
_STARTS = (0, 6, 8, 10, 12, 14, 16, 18, 20)  # of the directory in a maker note, behind its maker's name


def values_of(note: bytes, order: str) -> list[tuple[int, int]]:
    """Places and lengths of values that a maker's directory points at, counted from the start of the block."""
    if note.startswith(_OF_ITSELF):
        return []
    for start in _STARTS:
        for one in (order, ">" if order == "<" else "<"):
            found = _directory(note, start, one)
            if found is not None:
                return found
    return []


def _directory(note: bytes, start: int, order: str) -> list[tuple[int, int]] | None:
    """None where there is no directory."""
    if start + 2 > len(note):
        return None
    (count,) = struct.unpack_from(order + "H", note, start)
    if not 1 <= count <= 512 or start + 2 + 12 * count > len(note):
        return None
    values = []
    for index in range(count):
        _, kind, number_of = struct.unpack_from(order + "HHI", note, start + 2 + 12 * index)
        if kind not in SIZES or number_of > _MOST_VALUES:
            return None
        length = SIZES[kind] * number_of
        if length > 4:
            values.append((struct.unpack_from(order + "I", note, start + 2 + 12 * index + 8)[0], length))
    return values
