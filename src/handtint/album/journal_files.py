"""The SQLite files of an album: opened with care, since folders are handed on and theirs may be a stranger's.

SQLite waits for a pipe, follows links, runs what a schema holds (triggers, computed columns), and a journal of its own
that lies beside a database can name another file to be deleted. None of that comes from Handtint, so it is refused.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from handtint.errors import HandtintError, Sentence
from handtint.foreign import is_plain_or_missing, lies_inside

FOLDER = ".handtint"
_MOST_BYTES_IN_A_VALUE = 1 << 20
_MAGIC = bytes.fromhex("d9d505f920a163d7")  # ends a rollback journal that names others (SQLite's file format, 3)


class JournalError(HandtintError):
    """The journal cannot be read or written; nothing is lost, but the run cannot go on."""


def connect(path: Path, schema: str, *, make: bool = False) -> sqlite3.Connection:
    """Open a database in the folder `FOLDER` of the results.

    Args:
        schema: of its tables; it may have no others.
        make: whether it, or tables that it lacks, are made where they are missing.

    Raises `JournalError`, `sqlite3.Error`.
    """
    folder = path.parent.parent
    rollback = path.with_name(f"{path.name}-journal")
    try:
        beside = (path, rollback, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"))
        if not lies_inside(path.parent, folder) or not all(map(is_plain_or_missing, beside)):
            raise _strange(path, Sentence("it is a link, a pipe or a folder"))
        if _names_another_file(rollback):
            raise _strange(path, Sentence("what an unfinished write left beside it names another file"))
    except OSError as error:
        raise _strange(path, error.strerror or str(error)) from error
    database = sqlite3.connect(path, check_same_thread=False)
    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES_IN_A_VALUE)
        database.execute("PRAGMA trusted_schema=OFF")
        if not _tables(database).items() <= _tables_of(schema).items():
            raise _strange(path, Sentence("its tables are not those that Handtint makes"))
        if make:
            database.execute("PRAGMA synchronous=FULL")
            database.executescript(schema)
    except BaseException:
        database.close()
        raise
    return database


def _strange(path: Path, why: str) -> JournalError:
    return JournalError(
        '"{path}" is not used: {why}. Originals and finished results are safe. '
        'Move "{parent}" away, then run this again; results that are there are then left as they are.',
        path=path,
        why=why,
        parent=path.parent,
    )


def _names_another_file(rollback: Path) -> bool:
    """Whether SQLite, to finish what was begun, would look at a file whose name stands in this one, and delete it."""
    try:
        with rollback.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(file.tell() - len(_MAGIC), 0))
            return file.read() == _MAGIC
    except FileNotFoundError:
        return False


def _tables(database: sqlite3.Connection) -> dict[str, tuple]:
    """What a database holds, by name: its kind, and its columns with whether they are computed."""
    found = {}
    for kind, name in database.execute("SELECT type, name FROM sqlite_master").fetchall():
        columns = database.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
        found[name] = (kind, *columns)
    return found


@functools.cache
def _tables_of(schema: str) -> dict[str, tuple]:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.executescript(schema)
        return _tables(database)


@contextlib.contextmanager
def journal_errors(folder: Path) -> Iterator[None]:
    """Make of what SQLite raises a `JournalError` about this output folder."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text:
            reason, advice = Sentence("the disk is full"), Sentence("Free some space, then run this again")
        elif isinstance(error, sqlite3.OperationalError) and "UTF-8" not in text:
            reason, advice = (
                Sentence("it cannot be written ({text})", text=text),
                Sentence("See whether the drive is still there, then run this again"),
            )
        else:
            reason = Sentence("it is damaged ({text})", text=text)
            advice = Sentence(
                'Move "{folder}" away, then run this again; results that are there are then left as they are',
                folder=folder / FOLDER,
            )
        raise JournalError(
            'The journal in "{folder}" failed: {reason}. Originals and finished results are safe. {advice}.',
            folder=folder,
            reason=reason,
            advice=advice,
        ) from error
