"""Which photos of an album take their colors from which: found once (`finding`) and kept beside the journal.

Photos that show the same make a group; one of them, the lead, is colored by itself and the others follow it. A photo
keeps its place as long as the bytes of both stay what they were. It lies in one SQLite file, `looks.sqlite`, in the
hidden folder `.handtint` among the results, with the descriptors by which photos were found alike; without that file
all of it is found again. Raises `JournalError`.
"""

from __future__ import annotations

import contextlib
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from handtint.album.journal_files import FOLDER, connect, journal_errors
from handtint.paths import is_there
from handtint.stamps import Stamp, sha256_of, stamp_if_there, stamp_of

if TYPE_CHECKING:
    import numpy as np

_SCHEMA = """
CREATE TABLE IF NOT EXISTS looks (
    source BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
    model TEXT NOT NULL, descriptor BLOB NOT NULL, lead TEXT
) WITHOUT ROWID;
"""

_BY_ITSELF = ""  # the lead of a copy that stands alone beside the photo it is a copy of


@dataclass(frozen=True)
class Lead:
    """A photo whose colors others follow: its absolute path, and the hash of its bytes, hexadecimal."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Member:
    """What is known of one photo.

    Attributes:
        source: absolute path.
        stamp, sha256: of the file that was looked at.
        model: of whose network the descriptor is: the hash of its card.
        descriptor: see `palette.groups.describe`.
        lead: hash of the photo it follows, its own where it stands alone, leads, or follows a copy; empty where it
            stands alone although there is a copy that leads; None before it was grouped.
    """

    source: Path
    stamp: Stamp
    sha256: str
    model: str
    descriptor: np.ndarray
    lead: str | None = None


def known_leads(folder: Path, photos: Iterable[Path], model: str) -> dict[Path, Lead | None]:
    """Which photo each of these follows, None for one that stands alone or leads; only those found before.

    A photo that moved is known by its content. Of copies of a lead, byte by byte the same, the first by its path leads
    and the others follow it. Nothing is written.

    Args:
        folder: of the results.
        model: the hash of its card.
    """
    if not is_there(folder / FOLDER / "looks.sqlite"):
        return {}
    with _opened(folder) as database:
        query = "SELECT source, size, mtime_ns, sha256, lead FROM looks WHERE model = ? AND lead IS NOT NULL"
        rows = [row for row in database.execute(query, (model,)) if _may_be_ours(*row)]
    by_path = {source: (Stamp(size, time_ns), sha256, lead) for source, size, time_ns, sha256, lead in rows}
    by_hash = {sha256: lead for *_, sha256, lead in rows}
    sizes = {size for _, size, *_ in rows}
    seen: dict[Path, tuple[str, str]] = {}  # hash, and that of the lead
    for photo in photos:
        with contextlib.suppress(OSError):  # reading it will say why
            stamp = stamp_of(photo)
            known = by_path.get(os.fsencode(photo.absolute()))
            if known and known[0] == stamp:
                seen[photo] = known[1:]
            elif stamp.size in sizes and (sha256 := sha256_of(photo)) in by_hash:
                seen[photo] = sha256, by_hash[sha256]
    places: dict[str, Path] = {}  # of leads
    for photo, (sha256, lead) in seen.items():
        if lead == sha256:
            places[sha256] = min(photo.absolute(), places.get(sha256, photo.absolute()))
    for source, (stamp, sha256, lead) in by_path.items():
        path = Path(os.fsdecode(source))
        is_first = sha256 not in places or path < places[sha256]
        if lead == sha256 and is_first and is_as_it_was(path, stamp):
            places[sha256] = path
    found: dict[Path, Lead | None] = {}
    for photo, (_, lead) in seen.items():
        if lead == _BY_ITSELF or places.get(lead) == photo.absolute():
            found[photo] = None
        elif lead in places:
            found[photo] = Lead(places[lead], lead)
    return found


def is_as_it_was(path: Path, stamp: Stamp) -> bool:
    """Whether the file is there with this stamp."""
    return stamp_if_there(path) == stamp


class Groups:
    """What is known of the photos of an output folder, to read and write: for the one that holds its journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self, model: str) -> Iterator[Member]:
        """Of every photo that a model looked at and that did not change since."""
        import numpy as np

        from handtint.palette.groups import SHAPE

        length = 2 * math.prod(SHAPE)

        query = "SELECT source, size, mtime_ns, sha256, model, descriptor, lead FROM looks WHERE model = ?"
        with _opened(self.folder) as database:
            rows = database.execute(query, (model,)).fetchall()
        for source, size, time_ns, sha256, of, data, lead in rows:
            fits = isinstance(data, bytes) and len(data) == length
            if not fits or not _may_be_ours(source, size, time_ns, sha256, lead):
                continue
            path, stamp = Path(os.fsdecode(source)), Stamp(size, time_ns)
            if is_as_it_was(path, stamp):
                yield Member(path, stamp, sha256, of, np.frombuffer(data, np.float16).reshape(SHAPE), lead)

    def add(self, members: Iterable[Member]) -> None:
        """Keep these in place of what was known of the same photos."""
        rows = [
            (
                os.fsencode(member.source),
                member.stamp.size,
                member.stamp.mtime_ns,
                member.sha256,
                member.model,
                member.descriptor.astype("float16").tobytes(),
                member.lead,
            )
            for member in members
        ]
        with _opened(self.folder) as database:
            database.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def put(self, leads: Mapping[Path, str]) -> None:
        """Say of photos, by absolute path, which one they follow, by its hash."""
        rows = [(sha256, os.fsencode(source)) for source, sha256 in leads.items()]
        with _opened(self.folder) as database:
            database.executemany("UPDATE looks SET lead = ? WHERE source = ?", rows)

    def part(self, source: Path) -> None:
        """Let a photo stand alone that followed another, or a copy of its own."""
        alone = "CASE WHEN lead = sha256 THEN ? ELSE sha256 END"
        with _opened(self.folder) as database:
            database.execute(
                f"UPDATE looks SET lead = {alone} WHERE source = ?", (_BY_ITSELF, os.fsencode(source.absolute()))
            )


def _may_be_ours(source: object, size: object, mtime_ns: object, sha256: object, lead: object) -> bool:
    """Whether a row has the types that Handtint writes; the file may be a stranger's."""
    texts = isinstance(sha256, str) and (lead is None or isinstance(lead, str))
    return texts and isinstance(source, bytes) and isinstance(size, int) and isinstance(mtime_ns, int)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """All that happens inside is done whole or not at all."""
    path = folder / FOLDER / "looks.sqlite"
    with journal_errors(folder), contextlib.closing(connect(path, _SCHEMA, make=True)) as database, database:
        yield database
