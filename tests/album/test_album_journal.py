"""What the journal keeps, whatever else uses it and however a run ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from handtint.album.entries import Entry
from handtint.album.journal import AlbumBusy, Journal, has_journal
from handtint.album.journal_files import FOLDER, JournalError
from handtint.stamps import Stamp, stamp_of


def entry(folder: Path, name: str = "x.png", **changes: object) -> Entry:
    values = {
        "target": folder / name,
        "source": Path("/album") / name,
        "state": "done",
        "stamp": Stamp(3, 2**62),
        "work": "w",
        "notes": ("A note.",),
        "seconds": 0.5,
        "pixels": 9,
    }
    return Entry(**(values | changes))  # type: ignore[arg-type]


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    name = b"\xff\xe9 caf\xc3\xa9.png".decode(sys.getfilesystemencoding(), "surrogateescape")  # no valid UTF-8
    written = entry(tmp_path, name, reason="because", sha256="ab", made=Stamp(5, 6))
    with Journal(tmp_path) as journal:
        journal.write(written)
    with Journal(tmp_path) as journal:
        read = journal.entry(tmp_path / name)
        assert read is not None
        assert Entry(**{**vars(read), "time": 0.0}) == written
        assert read.time > 0
        assert journal.entry(tmp_path / "other.png") is None


def test_a_shard_leaves_alone_what_another_may_be_writing(tmp_path: Path) -> None:
    part = tmp_path / ".handtint-0123456789abcdef.part"
    part.touch()
    with Journal(tmp_path, (1, 2)) as journal:
        journal.sweep([tmp_path])
    assert part.exists()
    with Journal(tmp_path) as journal:
        journal.sweep([tmp_path])
    assert not part.exists()


def test_who_holds_a_folder_may_be_written_in_any_way(tmp_path: Path) -> None:
    with Journal(tmp_path):
        (tmp_path / FOLDER / "holder.txt").write_bytes(b"\xff\xfe")
        with pytest.raises(AlbumBusy, match="Another Handtint is writing into"):
            Journal(tmp_path)


def test_names_that_a_disk_takes_for_one_are_one(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.write(entry(tmp_path, "É.PNG"))
        assert journal.entry(tmp_path / "e\u0301.png") is not None


def test_many_entries_come_in_pages(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal._database.execute("PRAGMA synchronous=OFF")  # a thousand durable writes would take a while
        for index in range(1101):
            journal.write(entry(tmp_path, f"{index:04}.png"))
        names = [entry.target.name for entry in journal.entries()]
    assert names == [f"{index:04}.png" for index in range(1101)]


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from handtint.album.journal import Journal; Journal(Path(sys.argv[1]))"
    )
    with Journal(tmp_path):
        done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False)
        assert "AlbumBusy: Another Handtint is writing into" in done.stderr
        with pytest.raises(AlbumBusy, match="choose another folder"):
            Journal(tmp_path, (1, 2))
    with Journal(tmp_path, (1, 2)), Journal(tmp_path, (2, 2)):
        with pytest.raises(AlbumBusy):
            Journal(tmp_path)
        with pytest.raises(AlbumBusy):
            Journal(tmp_path, (1, 3))


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from handtint.album.journal import Journal;"
        "journal = Journal(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code, tmp_path], check=False).returncode == -9
    with Journal(tmp_path):
        pass


def test_what_was_begun_is_done_if_its_result_is_there(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        for name in ("new.png", "old.png", "none.png"):
            if name != "none.png":
                (tmp_path / name).write_text("a result")
            before = stamp_of(tmp_path / name) if name == "old.png" else None
            journal.write(entry(tmp_path, name, state="started", made=before))
    (tmp_path / ".handtint-0123456789abcdef.part").write_text("half a result")
    with Journal(tmp_path) as journal:
        states = {e.target.name: (e.state, e.made is not None) for e in journal.entries()}
    assert states == {"new.png": ("done", True), "old.png": ("started", True), "none.png": ("started", False)}
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_journal_is_one_sentence(tmp_path: Path) -> None:
    with Journal(tmp_path):
        pass
    (tmp_path / FOLDER / "journal.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(JournalError, match=r"damaged.*Move .* away"):
        Journal(tmp_path)
    with pytest.raises(JournalError):  # and the folder is not left locked
        Journal(tmp_path)


def test_a_folder_without_a_journal_is_known_as_such(tmp_path: Path) -> None:
    assert not has_journal(tmp_path / "new")
    with Journal(tmp_path / "new"):
        assert has_journal(tmp_path / "new")
