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
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from handtint.errors import HandtintError
from handtint.stamps import Stamp, stamp_if_there, stamp_of

if TYPE_CHECKING:
    import filelock

FOLDER = ".handtint"
State = Literal["started", "done", "failed", "skipped"]
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


class JournalError(HandtintError):
    """The journal cannot be read or written; nothing is lost, but the run cannot go on."""


@dataclass(frozen=True)
class Entry:
    """What the journal knows of one photo.

    Attributes:
        target: where its result is or would be.
        source: the photo.
        state: see the module's text.
        stamp: of the source when work on it began; None if it could not be asked.
        sha256: of the source's bytes, hexadecimal; None before the result was made.
        work: what was asked for (settings, model, saving), as a hash.
        reason: why it failed or was skipped, as a sentence.
        notes: sentences on how the result was made.
        seconds, pixels: how long it took, and the photo's size.
        made: the stamp of the last result that Handtint put at `target`, or None.
        before: the stamp of whatever was at `target`, ours or not, when work began; None if nothing was.
        time: of this entry, seconds since 1970.
    """

    target: Path
    source: Path
    state: State
    stamp: Stamp | None
    work: str
    sha256: str | None = None
    reason: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    pixels: int = 0
    made: Stamp | None = None
    before: Stamp | None = None
    time: float = 0.0

    @property
    def is_untouched(self) -> bool:
        """Whether the result is the one that Handtint made: there, and not changed since."""
        return self.made is not None and stamp_if_there(self.target) == self.made


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
                f'The folder "{folder}" could not be made: {error.strerror or error}. '
                "Your originals are unchanged. Choose another folder for the results."
            ) from error
        self._lock = _take_lock(home, folder, shard)
        try:
            with journal_errors(folder):
                self._database = sqlite3.connect(home / f"journal{_name(shard)}.sqlite", check_same_thread=False)
                self._database.execute("PRAGMA synchronous=FULL")
                self._database.executescript(_SCHEMA)
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
        found = self._select("WHERE key = ?", self._key(target))
        return max(found, key=lambda entry: entry.time, default=None)

    def entries(self) -> Iterator[Entry]:
        """The latest entry for every result, by the results' names; in bounded memory."""
        rows = heapq.merge(*map(self._rows, (self._database, *self._others)), key=operator.itemgetter(-1))
        for _, same in itertools.groupby(rows, key=operator.itemgetter(-1)):
            yield max((self._entry(row[:-1]) for row in same), key=lambda entry: entry.time)

    def _rows(self, database: sqlite3.Connection) -> Iterator[tuple]:
        """All rows of one journal, each with its key last, by keys."""
        page = f"SELECT {_COLUMNS}, key FROM photos WHERE key > ? ORDER BY key LIMIT 500"
        rows: list[tuple] = [(b"",)]
        while rows:
            with journal_errors(self.folder), self._guard:
                rows = database.execute(page, (rows[-1][-1],)).fetchall()
            yield from rows

    def asked(self, work: str) -> str | None:
        """What an entry's `work` is the hash of; None if no run told it."""
        for database in (self._database, *self._others):
            with journal_errors(self.folder), self._guard:
                row = database.execute("SELECT asked FROM works WHERE work = ?", (work,)).fetchone()
            if row:
                return row[0]
        return None

    def write(self, entry: Entry, asked: str = "") -> None:
        """Put down an entry in place of the one for the same result; durable on return. `asked` gives `asked` back."""
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
        """Take away what was half-written in these folders; of shards nothing, it may be another's, at work."""
        for folder in set(folders) if self._shard == WHOLE else ():
            for part in folder.glob(".handtint-*.part"):
                with contextlib.suppress(OSError):
                    part.unlink()

    def _settle(self) -> None:
        """Find out what became of photos that a run was at when it was cut off; beside shards, only of ours.

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
                rows += database.execute(f"SELECT {_COLUMNS} FROM photos {where}", values).fetchall()
        return [self._entry(row) for row in rows]

    def _entry(self, row: tuple) -> Entry:
        return _entry(self.folder, row)

    def _key(self, target: Path) -> bytes:
        return os.fsencode(name_key(Path(os.path.relpath(target, self.folder))))


_COLUMNS = (
    "target, source, state, source_size, source_mtime_ns, sha256, work, reason, notes, seconds, pixels, "
    "made_size, made_mtime_ns, before_size, before_mtime_ns, time"
)


def name_key(path: Path) -> str:
    """The same for names that some disk takes for one: `A.jpg` and `a.jpg`, composed and decomposed letters."""
    return unicodedata.normalize("NFC", str(path)).casefold()


def has_journal(folder: Path) -> bool:
    """Whether a run has written into this folder before."""
    try:
        return any((folder / FOLDER).glob("journal*.sqlite"))
    except OSError:  # a name too long, no rights to look: who writes there will say
        return False


def peek(folder: Path) -> list[Entry]:
    """What the journals of a folder say, also while a run writes into it: nothing is locked, made or settled.

    Raises `JournalError`.
    """
    found = []
    with journal_errors(folder):
        for path in (folder / FOLDER).glob("journal*.sqlite"):
            with contextlib.closing(sqlite3.connect(path)) as database:
                found += [_entry(folder, row) for row in database.execute(f"SELECT {_COLUMNS} FROM photos")]
    return found


def _entry(folder: Path, row: tuple) -> Entry:
    target, source, state, size, mtime_ns, sha256, work, reason, notes, seconds, pixels, *stamps, moment = row
    return Entry(
        target=folder / os.fsdecode(target),
        source=Path(os.fsdecode(source)),
        state=state,
        stamp=None if size is None else Stamp(size, mtime_ns),
        work=work,
        sha256=sha256,
        reason=reason,
        notes=tuple(json.loads(notes)),
        seconds=seconds,
        pixels=pixels,
        made=None if stamps[0] is None else Stamp(*stamps[:2]),
        before=None if stamps[2] is None else Stamp(*stamps[2:]),
        time=moment,
    )


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
            f'Another Handtint is writing into "{folder}"{_holder(home)}. '
            "Nothing was changed. Wait until it is done, or choose another folder for the results."
        ) from error
    except OSError as error:
        lock.release()
        raise JournalError(
            f'The folder "{folder}" cannot be written to: {error.strerror or error}. '
            "Your originals are unchanged. Choose another folder for the results."
        ) from error
    with contextlib.suppress(OSError):
        text = f"process {os.getpid()} on {platform.node()}, since {time.strftime('%H:%M')}"
        (home / "holder.txt").write_text(text, encoding="utf-8")
    return lock


def _holder(home: Path) -> str:
    try:
        return f" ({(home / 'holder.txt').read_text(encoding='utf-8', errors='replace')[:100]})"
    except OSError:
        return ""


def _journals_of_others(home: Path, shard: Shard) -> list[sqlite3.Connection]:
    """The journals of other shards, only read; a connection that may write can also take back what a crash left."""
    own = home / f"journal{_name(shard)}.sqlite"
    return [sqlite3.connect(path, check_same_thread=False) for path in home.glob("journal*.sqlite") if path != own]


@contextlib.contextmanager
def journal_errors(folder: Path) -> Iterator[None]:
    """Make of what SQLite raises a `JournalError` about this output folder."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text:
            reason, advice = "the disk is full", "Free some space, then run this again"
        elif isinstance(error, sqlite3.OperationalError):
            reason, advice = (
                f"it cannot be written ({text})",
                "See whether the drive is still there, then run this again",
            )
        else:
            reason = f"it is damaged ({text})"
            advice = (
                f'Move "{folder / FOLDER}" away, then run this again; results that are there are then left as they are'
            )
        raise JournalError(
            f'The journal in "{folder}" failed: {reason}. Originals and finished results are safe. {advice}.'
        ) from error
