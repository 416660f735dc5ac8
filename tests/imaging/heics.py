"""HEIC files of one coded picture of 64 x 64 pixels that lies in `tests/data`: grids of tiles, and several pages."""

from __future__ import annotations

import struct
from pathlib import Path

from handtint.imaging.formats import boxes, heif_items

_ONE = Path(__file__).parents[1] / "data" / "turned.heic"
TILE = (64, 64)  # height, width as coded


def _box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def _full(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *content)


def coded_picture() -> tuple[bytes, bytes]:
    """The decoder's configuration (hvcC) and the coded picture itself."""
    data = _ONE.read_bytes()
    meta = dict(boxes.boxes(data))[b"meta"][4:]
    parts = dict(boxes.boxes(meta))
    configuration = dict(boxes.boxes(dict(boxes.boxes(parts[b"iprp"]))[b"ipco"]))[b"hvcC"]
    _, ((at, length),) = heif_items._places(parts[b"iloc"])[1]
    return configuration, data[at : at + length]


def _written(items: list[tuple[int, bytes, bytes, tuple[int, int], bool]], references: bytes, primary: int) -> bytes:
    """A file of items: number, kind, bytes, (height, width), whether it is hidden."""
    configuration, _ = coded_picture()
    infos = [
        _full(b"infe", struct.pack(">HH", number, 0), kind, b"\0", version=2, flags=int(is_hidden))
        for number, kind, _, _, is_hidden in items
    ]
    sizes = [_full(b"ispe", struct.pack(">II", size[1], size[0])) for _, _, _, size, _ in items]
    owners = b"".join(
        struct.pack(">HB", number, 2) + bytes((0x80 | 1, index + 2))
        if kind == b"hvc1"
        else struct.pack(">HB", number, 1) + bytes((index + 2,))
        for index, (number, kind, *_) in enumerate(items)
    )
    iprp = _box(
        b"iprp",
        _box(b"ipco", _box(b"hvcC", configuration), *sizes),
        _full(b"ipma", struct.pack(">I", len(items)), owners),
    )

    def meta(places: list[int]) -> bytes:
        locations = b"".join(
            struct.pack(">HHHII", number, 0, 1, place, len(data))
            for (number, _, data, _, _), place in zip(items, places, strict=True)
        )
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4), b"pict", bytes(13)),
            _full(b"pitm", struct.pack(">H", primary)),
            _full(b"iloc", b"\x44\x00", struct.pack(">H", len(items)), locations),
            _full(b"iinf", struct.pack(">H", len(items)), *infos),
            *([_full(b"iref", references)] if references else []),
            iprp,
        )

    head = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    at, places = len(head) + len(meta([0] * len(items))) + 8, []
    for _, _, data, _, _ in items:
        places.append(at)
        at += len(data)
    return head + meta(places) + _box(b"mdat", *(data for _, _, data, _, _ in items))


def grid(rows: int, columns: int) -> bytes:
    """A picture of tiles."""
    _, coded = coded_picture()
    size = rows * TILE[0], columns * TILE[1]
    tiles = [(number, b"hvc1", coded, TILE, True) for number in range(2, 2 + rows * columns)]
    whole = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, size[1], size[0])
    references = _box(b"dimg", struct.pack(f">HH{len(tiles)}H", 1, len(tiles), *(tile[0] for tile in tiles)))
    return _written([(1, b"grid", whole, size, False), *tiles], references, primary=1)


def pages(count: int, primary: int = 1) -> bytes:
    """Several pictures of which none belongs to another."""
    _, coded = coded_picture()
    return _written([(number, b"hvc1", coded, TILE, False) for number in range(1, count + 1)], b"", primary)
