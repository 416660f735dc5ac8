"""The journal of an output folder: what became of every photo, so that a run that was cut off goes on where it was.

It lies beside the results, as one SQLite file in the hidden folder `.handtint`. A photo's state is written before work
on it begins (`started`) and after it ended (`done`, `failed`, `skipped`); each entry is durable before the next
step. Results are known by their path relative to the output folder, so that the folder may move. An OS lock keeps two
runs off one folder; it ends with its process, however that ends. Shards (I of N) have a journal and a lock each.
Raises `AlbumBusy` and `JournalError`.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import json
import operator
import os
import platform
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from handtint.album.entries import COLUMNS, Entry, entry_of, name_key
from handtint.album.journal_files import FOLDER, JournalError, connect, journal_errors
from handtint.atomic import sweep
from handtint.errors import HandtintError, Sentence
from handtint.foreign import lies_inside, read_small
from handtint.stamps import stamp_of

if TYPE_CHECKING:
    import filelock

Shard = tuple[int, int]  # number from 1, count
WHOLE: Shard = (1, 1)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS photos (
    key BLOB PRIMARY KEY, target BLOB NOT NULL, source BLOB NOT NULL, state TEXT NOT NULL,
    source_size INTEGER, source_mtime_ns INTEGER, sha256 TEXT, work TEXT NOT NULL,
    reason TEXT NOT NULL, notes TEXT NOT NULL, seconds REAL NOT NULL, pixels INTEGER NOT NULL,
    made_size INTEGER, made_mtime_ns INTEGER, before_size INTEGER, before_mtime_ns INTEGER, time REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS works (work TEXT PRIMARY KEY, asked TEXT NOT NULL) WITHOUT ROWID;
"""


class AlbumBusy(HandtintError):
    """Another run is writing into the same folder."""


class Journal:
    """The journals of an output folder: one of them ours to write, those of other shards to read.

    Safe to use from several threads. Use as a context manager, or call `close`.
    """

    def __init__(self, folder: Path, shard: Shard = WHOLE) -> None:
        """Take the lock, make the journal if there is none, and settle what a run before left undone."""
        self.folder = folder
        self._shard = shard
        self._guard = threading.Lock()
        home = folder / FOLDER
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(
                'The folder "{folder}" could not be made: {reason}. '
                "Your originals are unchanged. Choose another folder for the results.",
                folder=folder,
                reason=error.strerror or error,
            ) from error
        self._lock = _take_lock(home, folder, shard)
        try:
            with journal_errors(folder):
                self._database = connect(home / f"journal{_name(shard)}.sqlite", _SCHEMA, make=True)
                self._others = _journals_of_others(home, shard)
            self._settle()
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        for database in (self._database, *self._others):
            database.close()
        self._lock.release()

    def entry(self, target: Path) -> Entry | None:
        """The latest entry for a result's path."""
        key = self._key(target)
        found = [entry for entry in self._select("WHERE key = ?", key) if self._key(entry.target) == key]
        return max(found, key=lambda entry: entry.time, default=None)

    def entries(self) -> Iterator[Entry]:
        """The latest entry for every result, by the results' names; in bounded memory."""
        rows = heapq.merge(*map(self._rows, (self._database, *self._others)), key=operator.itemgetter(-1))
        for _, same in itertools.groupby(rows, key=operator.itemgetter(-1)):
            found = [entry for row in same if (entry := entry_of(self.folder, row[:-1]))]
            if found:
                yield max(found, key=lambda entry: entry.time)

    @property
    def strange(self) -> str:
        """A sentence on entries that are ignored because no run of ours writes such; empty if there are none."""
        count = 0
        for database in (self._database, *self._others):
            count += sum(entry_of(self.folder, row[:-1]) is None for row in self._rows(database))
        return strange_entries(count, self.folder)

    def _rows(self, database: sqlite3.Connection) -> Iterator[tuple]:
        """All rows of one journal, each with its key last, by keys."""
        query = f"SELECT {COLUMNS}, key FROM photos WHERE key > ? ORDER BY key LIMIT 500"
        rows: list[tuple] = [(b"",)]
        while rows:
            with journal_errors(self.folder), self._guard:
                rows = database.execute(query, (rows[-1][-1],)).fetchall()
            yield from rows

    def asked(self, work: str) -> str | None:
        """What an entry's `work` is the hash of; None if no run told it."""
        for database in (self._database, *self._others):
            with journal_errors(self.folder), self._guard:
                row = database.execute("SELECT asked FROM works WHERE work = ?", (work,)).fetchone()
            if row and _is_object(row[0]):
                return row[0]
        return None

    def write(self, entry: Entry, asked: str = "") -> None:
        """Write an entry in place of the one for the same result; durable on return. `asked` gives `asked` back."""
        stamp, made, before = entry.stamp, entry.made, entry.before
        row = (
            self._key(entry.target),
            os.fsencode(os.path.relpath(entry.target, self.folder)),
            os.fsencode(entry.source),
            entry.state,
            stamp and stamp.size,
            stamp and stamp.mtime_ns,
            entry.sha256,
            entry.work,
            entry.reason,
            json.dumps(entry.notes),
            entry.seconds,
            entry.pixels,
            made and made.size,
            made and made.mtime_ns,
            before and before.size,
            before and before.mtime_ns,
            time.time(),
        )
        marks = ", ".join("?" * len(row))
        with journal_errors(self.folder), self._guard, self._database:
            self._database.execute(f"INSERT OR REPLACE INTO photos VALUES ({marks})", row)
            if asked:
                self._database.execute("INSERT OR IGNORE INTO works VALUES (?, ?)", (entry.work, asked))

    def sweep(self, folders: Iterable[Path]) -> None:
        """Remove what was half-written in these folders; beside other shards nothing, since one may be writing it.

        Nothing is taken from folders outside ours, to which a journal or a link may lead.
        """
        for folder in set(folders) if self._shard == WHOLE else ():
            if lies_inside(folder, self.folder):
                sweep(folder, 0)

    def _settle(self) -> None:
        """Find out what became of photos that a run was making when it was cut off; beside other shards, only of ours.

        A result appears whole or not at all: one that is there and was not before is the new one, so the photo is
        done. Otherwise what was half-written is taken away, and the entry stays for the run to do again.
        """
        begun = self._select("WHERE state = 'started'", own=self._shard != WHOLE)
        self.sweep([self.folder, *(entry.target.parent for entry in begun)])
        for entry in begun:
            if entry != self.entry(entry.target):  # another run was at it since
                continue
            with contextlib.suppress(OSError):
                now = stamp_of(entry.target)
                if now not in (entry.made, entry.before):
                    self.write(replace(entry, state="done", made=now))

    def _select(self, where: str, *values: object, own: bool = False) -> list[Entry]:
        rows = []
        with journal_errors(self.folder), self._guard:
            for database in (self._database, *(() if own else self._others)):
                rows += database.execute(f"SELECT {COLUMNS} FROM photos {where}", values).fetchall()
        return [entry for row in rows if (entry := entry_of(self.folder, row))]

    def _key(self, target: Path) -> bytes:
        return os.fsencode(name_key(Path(os.path.relpath(target, self.folder))))


def has_journal(folder: Path) -> bool:
    """Whether a run has written into this folder before."""
    try:
        return any((folder / FOLDER).glob("journal*.sqlite"))
    except OSError:  # a name too long, no rights to look: who writes there will say
        return False


def peek(folder: Path) -> tuple[list[Entry], str]:
    """What the journals of a folder say, also while a run writes into it: nothing is locked, made or settled.

    Returns the entries, and a sentence where some are ignored; see `Journal.strange`. Raises `JournalError`.
    """
    rows: list[Entry | None] = []
    with journal_errors(folder):
        for path in (folder / FOLDER).glob("journal*.sqlite"):
            with contextlib.closing(connect(path, _SCHEMA)) as database:
                rows += [entry_of(folder, row) for row in database.execute(f"SELECT {COLUMNS} FROM photos")]
    found = [entry for entry in rows if entry is not None]
    return found, strange_entries(len(rows) - len(found), folder)


def strange_entries(count: int, folder: Path) -> str:
    """What is said of so many entries that are ignored."""
    if not count:
        return ""
    if count == 1:
        return Sentence(
            '1 entry in the journal in "{folder}" was ignored: Handtint does not write such entries. It is '
            "damaged or leads out of the folder. The photo it is about counts as not made yet.",
            folder=folder,
        )
    return Sentence(
        '{count} entries in the journal in "{folder}" were ignored: Handtint does not write such entries. They '
        "are damaged or lead out of the folder. The photos they are about count as not made yet.",
        count=count,
        folder=folder,
    )


def _is_object(text: object) -> bool:
    """Whether this is the JSON form of an object, as `Order.asked` gives it."""
    try:
        what = json.loads(text) if isinstance(text, str) else None
        return isinstance(what["model"]["name"], str) and isinstance(what["save"], dict) if what else False
    except (ValueError, RecursionError, TypeError, KeyError):
        return False


def _name(shard: Shard) -> str:
    return "" if shard == WHOLE else f"-{shard[0]}-of-{shard[1]}"


def _take_lock(home: Path, folder: Path, shard: Shard) -> filelock.BaseFileLock:
    """The lock of this shard; refused also while one that divides the album otherwise is held."""
    import filelock  # takes long, and the window needs it only once an album is made

    own = home / f"lock{_name(shard)}"
    lock = filelock.FileLock(own, blocking=False)
    try:
        lock.acquire()
        for other in home.glob("lock*"):
            count = other.name.rpartition("-of-")[2] if "-of-" in other.name else "1"
            if other != own and count != str(shard[1]):
                with filelock.FileLock(other, blocking=False):
                    pass
    except filelock.Timeout as error:
        lock.release()
        raise AlbumBusy(
            'Another Handtint is writing into "{folder}"{holder}. '
            "Nothing was changed. Wait until it is done, or choose another folder for the results.",
            folder=folder,
            holder=_holder(home),
        ) from error
    except OSError as error:
        lock.release()
        raise JournalError(
            'The folder "{folder}" cannot be written to: {reason}. '
            "Your originals are unchanged. Choose another folder for the results.",
            folder=folder,
            reason=error.strerror or error,
        ) from error
    with contextlib.suppress(OSError):
        text = f"process {os.getpid()} on {platform.node()}, since {time.strftime('%H:%M')}"
        (home / "holder.txt").unlink(missing_ok=True)
        with (home / "holder.txt").open("xb") as file:  # a new file, never what a link leads to
            file.write(text.encode())
    return lock


def _holder(home: Path) -> str:
    try:
        return f" ({read_small(home / 'holder.txt').decode(errors='replace')[:100]})"
    except OSError:
        return ""


def _journals_of_others(home: Path, shard: Shard) -> list[sqlite3.Connection]:
    """The journals of other shards, only read; a connection that may write can also take back what a crash left."""
    own = home / f"journal{_name(shard)}.sqlite"
    return [connect(path, _SCHEMA) for path in home.glob("journal*.sqlite") if path != own]
