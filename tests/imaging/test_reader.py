"""Files that make a decoder crash, hang or fill the memory cost one photo, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.errors import PhotoError
from handtint.imaging.formats import decoded, decoding, packing, reader, wire
from handtint.imaging.formats.decoded import Decoded
from handtint.imaging.formats.decoding import decode
from handtint.imaging.metadata import Metadata
from handtint.imaging.opening import read_photo
from handtint.imaging.rows import Rows

DYING = [sys.executable, str(Path(__file__).with_name("dying_reader.py"))]
RAMP = np.arange(40 * 30, dtype=np.uint16).reshape(40, 30)


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A folder; what its files are called is what happens to the reader process."""
    monkeypatch.setattr(reader, "_command", lambda: DYING)
    monkeypatch.setattr(reader, "_pool", reader._Pool())
    for name in (
        "crash",
        "hang",
        "wait",
        "slow",
        "fill",
        "fault",
        "damaged",
        "not readable",
        "disk",
        "memory",
        "photo",
    ):
        (tmp_path / f"{name}.tif").write_bytes(b"II*\0" + bytes(40))
    yield tmp_path
    reader.close()


def refusal(path: Path) -> str:
    with pytest.raises(PhotoError) as caught:
        decode(path)
    return str(caught.value)


def test_a_crash_costs_one_photo_and_the_next_is_read(dying: Path) -> None:
    for _ in range(2):
        assert "its file makes the decoder crash" in refusal(dying / "crash.tif")
        assert np.array_equal(decode(dying / "photo.tif").pixels, RAMP)


def test_a_decoder_that_does_not_end_is_ended(dying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decode(dying / "photo.tif")
    monkeypatch.setattr(reader, "_LEAST_S", 0.3)
    assert "keeps the decoder busy without an end" in refusal(dying / "hang.tif")


def test_time_that_others_take_is_not_counted_against_a_file(dying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decode(dying / "photo.tif")
    monkeypatch.setattr(reader, "_LEAST_S", 0.3)  # of processor time; the file takes a second of waiting
    assert np.array_equal(decode(dying / "slow.tif").pixels, RAMP)


def test_a_file_that_is_waited_for_without_an_end_is_given_up(dying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decode(dying / "photo.tif")
    monkeypatch.setattr(reader, "_LEAST_S", 0.3)
    monkeypatch.setattr(reader, "_WALL_PER_SECOND", 1)
    assert "reading its file does not come to an end" in refusal(dying / "wait.tif")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere memory is watched by other means")
def test_a_decoder_that_fills_the_memory_is_ended(dying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "most_bytes", lambda: 400 << 20)
    assert "makes the decoder fill the memory" in refusal(dying / "fill.tif")
    assert np.array_equal(decode(dying / "photo.tif").pixels, RAMP)


def test_what_is_raised_there_is_raised_here(dying: Path) -> None:
    assert "it is a drawing" in refusal(dying / "not readable.tif")
    assert "damaged or incomplete" in refusal(dying / "damaged.tif")
    assert "the disk reports a read error" in refusal(dying / "disk.tif")
    assert "not enough memory" in refusal(dying / "memory.tif")
    with pytest.raises(reader.ReaderFault, match="KeyError: 2"):  # ours, not the file's
        decode(dying / "fault.tif")


def test_rows_are_read_on_after_another_file_ended_the_process(dying: Path) -> None:
    rows = decode(dying / "photo.tif", in_bands=True).pixels
    assert isinstance(rows, Rows)
    assert np.array_equal(rows[:10], RAMP[:10])
    refusal(dying / "crash.tif")
    assert np.array_equal(rows[20:], RAMP[20:])


def test_rows_that_were_forgotten_are_opened_again(dying: Path) -> None:
    first = decode(dying / "photo.tif", in_bands=True).pixels
    for _ in range(20):
        decode(dying / "photo.tif", in_bands=True)
    assert np.array_equal(first[:], RAMP)


def test_several_photos_are_read_side_by_side(dying: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_LEAST_S", 1.0)
    monkeypatch.setattr(reader, "_MOST_PROCESSES", 2)
    hung = threading.Thread(target=lambda: refusal(dying / "hang.tif"))
    hung.start()
    time.sleep(0.2)
    assert np.array_equal(decode(dying / "photo.tif").pixels, RAMP)
    hung.join()


def test_a_picture_made_where_it_is_sent_from_is_not_copied_and_one_not_sent_is_gone(tmp_path: Path) -> None:
    rooms = wire.Rooms(tmp_path)
    made, dropped = rooms.empty((40, 30), np.uint16), rooms.empty((5,), np.uint8)
    made[:] = RAMP
    assert len(list(tmp_path.iterdir())) == 2
    there = rooms.put([made, RAMP[:3]])
    assert len(list(tmp_path.iterdir())) == 3
    (whole, part) = wire.take(there)
    made[0, 0] = 7
    assert whole[0, 0] == 7  # the same memory
    assert np.array_equal(whole[1:], RAMP[1:])
    assert np.array_equal(part, RAMP[:3])
    assert len(list(tmp_path.iterdir())) == 1
    del dropped
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["jpg", "webp", "bmp", "png"])
def test_what_takes_much_memory_is_decoded_where_it_can_be_ended(
    dying: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dying / f"photo.{suffix}"
    Image.fromarray(RAMP.astype(np.uint8)).save(path)
    asked: list[Path] = []
    monkeypatch.setattr(reader, "decode", lambda path, *_, **__: asked.append(path) or Decoded(RAMP, "TIFF"))
    decode(path)
    assert asked == []
    monkeypatch.setattr(decoding, "_QUICK_BYTES", 0)
    monkeypatch.setattr(decoding, "_QUICK_PIXELS", 1000)
    decode(path)
    assert asked == [path]
    decode(path, in_bands=True)
    assert len(asked) == (1 if suffix == "png" else 2)  # bands take no memory


def test_a_picture_that_this_computer_has_no_room_for_is_refused_and_one_in_bands_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Image.fromarray(np.tile(RAMP.astype(np.uint8), (8, 10)))  # 96,000 bytes, and as much again to decode it
    monkeypatch.setattr(decoded, "_HELD_PIXELS", 1000)
    monkeypatch.setattr(decoded, "memory_bytes", lambda: 400_000)
    for suffix in ("jpg", "png"):
        large.save(tmp_path / f"a.{suffix}")
        assert np.asarray(decode(tmp_path / f"a.{suffix}").pixels).shape == (320, 300)
    monkeypatch.setattr(decoded, "memory_bytes", lambda: 380_000)
    for suffix in ("jpg", "png"):
        assert "its 300 x 320 pixels are decoded in one piece" in refusal(tmp_path / f"a.{suffix}")
    assert decode(tmp_path / "a.png", in_bands=True).pixels.shape == (320, 300)


def test_nothing_is_left_behind(dying: Path) -> None:
    decode(dying / "photo.tif")
    folder = reader._pool._processes[0]._folder
    assert folder is not None
    assert folder.is_dir()
    assert list(folder.iterdir()) == []  # what was on its way has arrived
    reader.close()
    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_program_that_is_killed_leaves_no_process_and_no_folder(dying: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from handtint.imaging.formats import reader;"
        f"from handtint.recipe.source import Source; reader._command = lambda: {DYING!r};"
        "reader.decode(Path(sys.argv[1]), Source(), in_bands=False, shortest=None);"
        "p = reader._pool._processes[0]; print(p._process.pid, p._folder, flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(dying / "photo.tif")], stdout=subprocess.PIPE)
    assert child.stdout is not None
    pid, folder = child.stdout.readline().decode().split()
    child.kill()
    child.wait()
    child.stdout.close()
    for _ in range(200):
        if not Path(folder).exists():
            break
        time.sleep(0.05)
    assert not Path(folder).exists()
    state = Path(f"/proc/{pid}/stat")
    for _ in range(200):  # it still has to end
        if is_over := not state.exists() or " Z " in state.read_text():
            break
        time.sleep(0.05)
    assert is_over


def test_a_real_tiff_comes_through_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 65536, (50, 70, 3), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", pixels, compression="lzw", resolution=(300, 300), resolutionunit="INCH")
    photo = read_photo(tmp_path / "a.tif")
    assert np.array_equal(photo.pixels, pixels)
    assert photo.meta.bit_depth == 16


def test_packing_keeps_records_arrays_and_bytes() -> None:
    first = Decoded(RAMP, "TIFF", metadata=Metadata(icc=b"p", dpi=(300.0, 200.0)), notes=["a", "b"], orientation=6)
    packed = packing.pack(first, lambda rows: 1)
    again = packing.unpack(packed.tree, packed.arrays, packed.blobs, (Decoded, Metadata), lambda there: None)  # type: ignore[arg-type, return-value]
    assert again == first
    with pytest.raises(KeyError):
        packing.unpack({"record": "Popen", "fields": {}}, [], [], (Decoded,), lambda there: None)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, bytes(40), b"\1" + bytes(7) + b"\2" + bytes(7) + b"[]"])
def test_what_is_no_message_ends_the_conversation(content: bytes) -> None:
    end, start = os.pipe()
    with os.fdopen(start, "wb") as to:
        to.write(content)
    with os.fdopen(end, "rb") as pipe, pytest.raises(EOFError):
        wire.receive(pipe)
