"""Camera raw files are opened by the picture in JPEG that they hold, if it is large."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.errors import PhotoError
from handtint.imaging.formats.probe import embedded
from handtint.imaging.opening import read_photo

SIZE = (1600, 80)  # width, height: large enough, and quickly made


def jpeg(size: tuple[int, int] = SIZE) -> bytes:
    ramp = np.linspace(0, 255, size[0]).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(np.broadcast_to(ramp, (size[1], size[0])).copy()).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


def directory(order: str, at: int, tags: dict[int, tuple[int, list[int] | bytes]], following: int = 0) -> bytes:
    """A directory of a TIFF file at this place; what does not fit into an entry comes behind it."""
    behind, entries = b"", b""
    end = at + 2 + 12 * len(tags) + 4
    for code, (kind, value) in sorted(tags.items()):
        form = {2: "s", 3: "H", 4: "I", 7: "s"}[kind]
        data = value if isinstance(value, bytes) else struct.pack(f"{order}{len(value)}{form}", *value)
        entries += struct.pack(order + "HHI", code, kind, len(value))
        if len(data) <= 4:
            entries += data.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "I", end + len(behind))
            behind += data + bytes(len(data) % 2)
    return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following) + behind


def nikon(order: str, preview: bytes, orientation: int = 1) -> bytes:
    """A small picture in the first directory, the large one and the sensor's data in directories below it."""
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", 8)
    thumbnail, below = jpeg((160, 120)), 400
    at = 600
    first = {
        259: (3, [1]),
        271: (2, b"NIKON\0"),
        273: (4, [at]),
        274: (3, [orientation]),
        279: (4, [len(thumbnail)]),
        330: (4, [below]),
    }
    large = {513: (4, [at + len(thumbnail)]), 514: (4, [len(preview)])}
    data = head + directory(order, 8, first)
    return data.ljust(below, b"\0") + directory(order, below, large).ljust(at - below, b"\0") + thumbnail + preview


def canon(preview: bytes) -> bytes:
    """The large picture as the one strip of the first directory."""
    tags = {259: (3, [6]), 273: (4, [200]), 279: (4, [len(preview)])}
    return (b"II*\0" + struct.pack("<I", 16) + b"CR\2\0".ljust(8, b"\0") + directory("<", 16, tags)).ljust(
        200, b"\0"
    ) + preview


def panasonic(preview: bytes) -> bytes:
    return b"IIU\0" + struct.pack("<I", 8) + directory("<", 8, {46: (7, preview)})


def olympus(preview: bytes) -> bytes:
    """The large picture where the maker's note says, counted from the note."""
    note = b"OLYMPUS\0II\3\0"
    note += directory("<", 12, {0x2020: (4, [100])})
    note = note.ljust(100, b"\0")
    far = 300
    note += directory("<", 100, {0x101: (4, [far]), 0x102: (4, [len(preview)])})
    exif_at, note_at = 100, 200
    first = b"IIRO" + struct.pack("<I", 8) + directory("<", 8, {34665: (4, [exif_at])})
    exif = struct.pack("<HHHIII", 1, 37500, 7, len(note), note_at, 0)
    return (first.ljust(exif_at, b"\0") + exif).ljust(note_at, b"\0") + note.ljust(far, b"\0") + preview


def fuji(preview: bytes) -> bytes:
    return b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + struct.pack(">II", 200, len(preview)) + bytes(108) + preview


def box(kind: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I4s", 8 + len(inside), kind) + inside


def canon_3(preview: bytes) -> bytes:
    """Tracks, of which the first is the picture in full size."""
    head = box(b"ftyp", b"crx ", bytes(4), b"crx isom")

    def moov(at: int) -> bytes:
        sizes = box(b"stsz", struct.pack(">III", 0, len(preview), 1))
        places = box(b"co64", struct.pack(">IIQ", 0, 1, at))
        return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", sizes, places)))))

    return head + moov(len(head) + len(moov(0)) + 8) + box(b"mdat", preview)


MAKERS = {
    ".nef": lambda preview: nikon(">", preview),
    ".dng": lambda preview: nikon("<", preview),
    ".cr2": canon,
    ".rw2": panasonic,
    ".orf": olympus,
    ".raf": fuji,
    ".cr3": canon_3,
}


@pytest.mark.parametrize("suffix", MAKERS)
def test_the_large_preview_is_the_photo(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(MAKERS[suffix](jpeg()))
    photo = read_photo(path)
    assert photo.size == (SIZE[1], SIZE[0])
    assert np.abs(np.asarray(photo.pixels)[0, :, 0].astype(int) - np.linspace(0, 255, SIZE[0])).max() < 6
    assert "camera's preview in the raw file, 1600 x 80 pixels" in " ".join(photo.meta.notes)


@pytest.mark.parametrize("suffix", MAKERS)
def test_without_a_large_preview_a_sentence_says_so(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(MAKERS[suffix](jpeg((640, 32))))
    with pytest.raises(PhotoError, match=r"holds only a preview of 640 pixels\. Save it as 16 bit TIFF"):
        read_photo(path)


def test_a_raw_file_on_its_side_is_turned_and_keeps_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.nef"
    path.write_bytes(nikon("<", jpeg(), orientation=6))
    photo = read_photo(path)
    assert photo.size == SIZE
    assert b"NIKON" in (photo.meta.embedded.exif or b"")
    assert embedded(path).exif is not None


@pytest.mark.parametrize("suffix", MAKERS)
def test_damaged_raw_files_give_a_photo_or_a_sentence(tmp_path: Path, suffix: str) -> None:
    whole, rng = MAKERS[suffix](jpeg((640, 32))), np.random.default_rng(4)
    path = tmp_path / f"a{suffix}"
    for _ in range(12):
        broken = bytearray(whole[: int(rng.integers(20, len(whole)))])
        for at in rng.integers(0, min(len(broken), 700), 6):
            broken[at] = rng.integers(256)
        path.write_bytes(broken)
        with pytest.raises(PhotoError):
            read_photo(path)
