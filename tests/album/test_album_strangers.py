"""Journals, verdicts and the like that came with a folder from somewhere else: they may hold anything."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from handtint.album.entries import Entry
from handtint.album.journal import Journal, peek
from handtint.album.journal_files import FOLDER, JournalError
from handtint.album.review import Review, ReviewError
from handtint.album.scenes.known import known_leads
from handtint.foreign import read_small
from handtint.stamps import Stamp

posix = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links that anybody may make")


def written(out: Path, name: str = "a.jpg") -> Path:
    """The journal of a folder with one photo that was begun."""
    with Journal(out) as journal:
        entry = Entry(out / name, out / "original.jpg", "started", Stamp(1, 2), "work", notes=("a note",))
        journal.write(entry, '{"model": {"name": "unet"}, "save": {}}')
    return out / FOLDER / "journal.sqlite"


def edit(database: Path, change: str, *values: object) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(change, values)
    connection.close()


@pytest.mark.parametrize("target", ["../beside/a.jpg", "in/../../beside/a.jpg", "{beside}/a.jpg"])
def test_no_journal_makes_a_run_delete_what_lies_outside_its_folder(tmp_path: Path, target: str) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    part = beside / ".handtint-0123456789abcdef.part"
    part.write_text("of another run, at work")
    journal = written(tmp_path / "out")
    edit(journal, "UPDATE photos SET target = ?", os.fsencode(target.format(beside=beside)))
    with Journal(tmp_path / "out") as opened:
        assert part.exists()
        assert list(opened.entries()) == []
        assert "1 entry in the journal" in opened.strange


@posix
def test_a_link_inside_the_folder_leads_no_sweep_outside_it(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    part = beside / ".handtint-0123456789abcdef.part"
    part.write_text("of another run, at work")
    written(tmp_path / "out", "in/a.jpg")
    (tmp_path / "out" / "in").symlink_to(beside)
    with Journal(tmp_path / "out"):
        assert part.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "lost"),
        ("source_size", "x"),
        ("source_mtime_ns", b"\0"),
        ("notes", "[1]"),
        ("notes", "NaN"),
        ("notes", "{"),
        ("notes", '["\\ud800"]'),
        ("notes", "[" * 100_000),
        ("reason", b"\xff"),
        ("seconds", float("inf")),
        ("seconds", -1.0),
        ("pixels", 10**18),
        ("time", "later"),
        ("time", 1e300),
        ("target", 5),
        ("target", b""),
        ("target", b"a\0b"),
        ("sha256", b"5"),
        ("made_size", float("inf")),
    ],
)
def test_an_entry_of_odd_values_is_ignored_and_said(tmp_path: Path, column: str, value: object) -> None:
    journal = written(tmp_path)
    edit(journal, f"UPDATE photos SET {column} = ?", value)
    with Journal(tmp_path) as opened:
        assert list(opened.entries()) == []
        assert opened.entry(tmp_path / "a.jpg") is None
        assert "1 entry in the journal" in opened.strange
    assert peek(tmp_path)[0] == []
    assert "ignored" in peek(tmp_path)[1]


def test_an_entry_under_the_name_of_another_result_says_nothing_about_it(tmp_path: Path) -> None:
    journal = written(tmp_path, "b.jpg")
    edit(journal, "UPDATE photos SET key = ?", b"a.jpg")
    with Journal(tmp_path) as opened:
        assert opened.entry(tmp_path / "a.jpg") is None


@pytest.mark.parametrize("asked", ["{", "[]", "null", '{"model": 1, "save": {}}', "NaN", b"\xff"])
def test_what_was_asked_for_is_unknown_where_it_is_no_order(tmp_path: Path, asked: str | bytes) -> None:
    edit(written(tmp_path), "UPDATE works SET asked = ?", asked)
    with Journal(tmp_path) as opened:
        assert opened.asked("work") is None


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TRIGGER t AFTER INSERT ON photos BEGIN DELETE FROM photos; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE others (a)",
        "ALTER TABLE photos ADD COLUMN more AS (hex(zeroblob(1000000)))",
    ],
)
def test_a_journal_with_tables_of_its_own_making_is_refused_in_a_sentence(tmp_path: Path, schema: str) -> None:
    edit(written(tmp_path), schema)
    with pytest.raises(JournalError, match="is not used"):
        Journal(tmp_path)
    with pytest.raises(JournalError, match="is not used"):
        peek(tmp_path)


def test_a_journal_that_is_no_database_is_told_of_in_a_sentence(tmp_path: Path) -> None:
    written(tmp_path).write_bytes(b"no database, but a text that is longer than the head of one" * 20)
    with pytest.raises(JournalError, match="damaged"):
        Journal(tmp_path)


def test_a_value_of_many_megabytes_is_not_read(tmp_path: Path) -> None:
    edit(written(tmp_path), "UPDATE photos SET reason = ?", "x" * (2 << 20))
    with pytest.raises(JournalError, match="damaged"):
        Journal(tmp_path)


def test_a_rollback_file_cannot_have_sqlite_delete_another_file(tmp_path: Path) -> None:
    """What an unfinished write leaves may end with the name of a file that SQLite deletes once it is settled."""
    precious = tmp_path / "precious.txt"
    precious.write_text("a letter")
    rollback = written(tmp_path / "out").with_name("journal.sqlite-journal")
    name = os.fsencode(precious)
    ending = name + len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + bytes.fromhex("d9d505f920a163d7")
    rollback.write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504) + ending)
    with pytest.raises(JournalError, match="names another file"):
        Journal(tmp_path / "out")
    assert precious.exists()


def replace_by(kind: str, path: Path, elsewhere: Path) -> None:
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        elsewhere.write_text("mine")
        path.symlink_to(elsewhere)
    else:
        path.mkdir()


@posix
@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
@pytest.mark.parametrize(
    "name", [f"journal{end}" for end in (".sqlite", ".sqlite-journal", ".sqlite-wal", "-1-of-2.sqlite")]
)
def test_a_journal_that_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, name: str, kind: str) -> None:
    home = written(tmp_path / "out").parent
    replace_by(kind, home / name, tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="is not used"):
        Journal(tmp_path / "out")
    if kind == "link":
        assert (tmp_path / "elsewhere").read_text() == "mine"


@posix
@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
@pytest.mark.parametrize("name", ["lock", "holder.txt", "looks.sqlite", "review.json"])
def test_nothing_in_the_hidden_folder_is_waited_for_or_written_through(tmp_path: Path, name: str, kind: str) -> None:
    out = tmp_path / "out"
    home = written(out).parent
    replace_by(kind, home / name, tmp_path / "elsewhere")
    with contextlib.suppress(JournalError, ReviewError), Journal(out):
        known_leads(out, [], "model")
        Review(out)
    if kind == "link":
        assert (tmp_path / "elsewhere").read_text() == "mine"


@posix
def test_a_hidden_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "others")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / FOLDER).symlink_to(tmp_path / "others" / FOLDER)
    with pytest.raises(JournalError):
        Journal(tmp_path / "out")


@pytest.mark.parametrize(
    "content",
    [
        '{"x.jpg": ["rejected", 1e400, 2, "x"]}',
        '{"x.jpg": ["rejected", NaN, 2, "x"]}',
        '{"x.jpg": ["rejected", 1, 2]}',
        '{"x.jpg": ["rejected", 1, 2, 3]}',
        '{"../x.jpg": ["rejected", 1, 2, ""]}',
        '{"x.jpg": ["rejected", 1, 2, "/etc/passwd"]}',
        '{"x.jpg": [["rejected"], 1, 2, {}]}',
        '{"x\\u0000.jpg": ["rejected", 1, 2, ""]}',
        "[" * 100_000,
        "[]",
        "5",
        "null",
        "",
        "\x00",
    ],
)
def test_verdicts_of_odd_values_are_told_of_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "review.json").write_text(content)
    with pytest.raises(ReviewError, match="the file is damaged"):
        Review(tmp_path)


@posix
def test_a_link_among_the_results_leads_no_photo_out_or_in(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "x.jpg").write_text("mine")
    out = tmp_path / "out"
    (out / FOLDER).mkdir(parents=True)
    (out / "rejected").symlink_to(photos)
    (out / FOLDER / "review.json").write_text(json.dumps({"x.jpg": ["rejected", 1, 2, "rejected/x.jpg"]}))
    with pytest.raises(ReviewError, match="leads out"):
        Review(out).judge(out / "x.jpg", "accepted")
    assert (photos / "x.jpg").exists()


def test_what_is_larger_than_such_a_file_can_be_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(OSError, match="larger"):
        read_small(path)


@posix
def test_a_pipe_among_the_verdicts_keeps_no_command_from_ending(tmp_path: Path) -> None:
    """As a user would meet it: a folder of results from elsewhere, and a plan for it."""
    out = tmp_path / "out"
    (out / FOLDER).mkdir(parents=True)
    os.mkfifo(out / FOLDER / "review.json")
    program = "import sys; from handtint.cli.main import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["restore", str(tmp_path / "photo.jpg"), "-o", str(out), "--dry-run"]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "no file" in done.stderr
    assert "Traceback" not in done.stderr
