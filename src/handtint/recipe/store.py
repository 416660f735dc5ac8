"""What was asked of each photo, kept in the user's folder by itself: recipe, history and snapshots.

A photo is known by the hash of its bytes, so that it has its recipe back after it was renamed, moved or copied. Each
photo has one file, `HASH.json`, and each print of a scan that was split one more, `HASH-2.json`; each further page of
a file has `HASH-p2.json` and, for its prints, `HASH-p2-1.json`. They are there whole or not at all. A file that cannot
be read is set aside as `HASH.json.damaged`. The oldest files are cleared when all together need more room than they may
have.

Used on one thread at a time, except for `read`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from handtint import paths
from handtint.atomic import write_whole
from handtint.errors import HandtintError, Sentence
from handtint.recipe.form import RecipeError, check_version, from_json, part_to_json, to_json
from handtint.recipe.history import MOST_STEPS, Step
from handtint.recipe.recipe import Recipe

ROOM = 200 * 2**20  # bytes of all files together, where nobody chose
LEAST_ROOM, MOST_ROOM = 10 * 2**20, 10_000 * 2**20
LARGEST = 4 * 2**20  # bytes of one file; its oldest steps go first
_READ = 64 * 2**20  # bytes of a file that are read: snapshots, which are never left out, may make it larger
_SHA256 = re.compile(r"[0-9a-f]{64}")


class StoreError(HandtintError):
    """What was asked of a photo could not be kept or forgotten."""


@dataclass(frozen=True)
class Snapshot:
    """A recipe that was given a name, to come back to and to compare with; a record of `recipe.form`."""

    name: str
    recipe: Recipe


@dataclass(frozen=True)
class Kept:
    """What is kept of one photo; a record of `recipe.form`. Raises `RecipeError` for values that cannot be.

    Attributes:
        sha256: of the photo's bytes, hexadecimal.
        name: file name of the photo, when it was last kept.
        time: when it was last kept, in seconds since 1970.
        past, future: steps made and taken back, see `History`.
        prints: how many prints the scan is split into; 0 where it is shown whole.
    """

    sha256: str
    recipe: Recipe
    name: str = ""
    time: float = 0.0
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    prints: int = 0

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256):
            raise RecipeError("The hash of the photo must be 64 hexadecimal digits.")
        if not 0 <= self.time < 1e11 or not math.isfinite(self.time):
            raise RecipeError("The time must be seconds since 1970, not {time}.", time=f"{self.time:g}")


class RecipeStore:
    """See the module's text.

    Args:
        folder: made when the first recipe is kept; the user's own by default.
        room: how many bytes all files may need.

    Attributes:
        room: likewise; counts from the next recipe on that is kept.
    """

    def __init__(self, folder: Path | None = None, room: int = ROOM) -> None:
        self.folder = folder or paths.user_recipes_dir()
        self.room = room
        self._size: int | None = None  # of all files, as far as is known here
        self._texts: dict[int, tuple[Step, str]] = {}  # of the steps kept last, by their identity

    def read(self, sha256: str, page: int = 1, part: int = 0) -> Kept | None:
        """What is kept of a page of the photo with this hash; None where nothing is, or it was damaged.

        What is damaged is set aside now.

        `part` is the number of a print of a scan.

        Raises `RecipeError` for what a newer Handtint kept, which stays as it is.
        """
        path = self._file(sha256, page, part)
        try:
            with path.open("rb") as file:
                data = file.read(_READ)
        except OSError:
            return None
        what = Sentence("What was kept of this photo")
        try:
            known = json.loads(data)
        except (ValueError, RecursionError):
            known = None
        if isinstance(known, dict):
            version = known.get("version", 1)
            if isinstance(version, int) and not isinstance(version, bool) and version > 0:
                check_version(version, what)
        try:
            kept = from_json(Kept, known, what)
            if (kept.sha256, kept.recipe.source.page, kept.recipe.part) == (sha256, page, part):
                return kept
        except (RecipeError, RecursionError):
            pass
        with contextlib.suppress(OSError):
            path.replace(path.with_name(path.name + ".damaged"))
        return None

    def write(self, kept: Kept) -> None:
        """Keep this in place of what was kept of the photo. Raises `StoreError`."""
        path, data = self._file(kept.sha256, kept.recipe.source.page, kept.recipe.part), self._bytes(kept)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, lambda file: file.write(data), overwrite=True)
        except OSError as error:
            raise StoreError(
                'Your changes to "{name}" could not be kept: {reason}. The photo is unchanged. '
                'Make room in "{folder}", or save the result now.',
                name=kept.name,
                reason=error.strerror or error,
                folder=self.folder,
            ) from error
        self._size = self.size() if self._size is None else self._size + len(data)
        if self._size > self.room:
            self._clear_oldest(path)

    def forget(self, sha256: str, page: int = 1) -> None:
        """Keep nothing of a page of this photo any more, nor of the prints on it. Raises `StoreError`."""
        whole = self._file(sha256, page)
        try:
            for path in (whole, *self.folder.glob(f"{whole.stem}-[0-9]*.json")):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError("The edits could not be forgotten: {reason}.", reason=error.strerror or error) from error

    def size(self) -> int:
        """How many bytes all files need."""
        return sum(size for _, size, _ in self._files())

    def clear(self) -> None:
        """Forget all photos."""
        for _, _, path in self._files():
            with contextlib.suppress(OSError):
                path.unlink()
        self._size = 0

    def _bytes(self, kept: Kept) -> bytes:
        """The file's bytes; of a history that is too large only the newest steps.

        Painted strokes make steps long, and all but one of them were written at the change before, too.
        """
        text = json.dumps(to_json(dataclasses.replace(kept, past=(), future=())))
        texts, room = {}, LARGEST - len(text)
        for when, steps in (("past", kept.past), ("future", kept.future)):
            written: list[str] = []
            for step in reversed(steps):
                known = self._texts.get(id(step)) or (step, json.dumps(part_to_json(step)))
                room -= len(known[1]) + 2
                if room < 0:
                    break
                texts[id(step)] = known
                written.append(known[1])
            if written:
                text = f'{text[:-1]}, "{when}": [{", ".join(reversed(written))}]}}'
        self._texts = texts
        return text.encode()

    def _clear_oldest(self, but: Path) -> None:
        """Make room for a while: clearing at every change would look through the folder at every change."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= self.room * 0.9:
                break
            if path != but:
                with contextlib.suppress(OSError):
                    path.unlink()
                    left -= size
        self._size = left

    def _files(self) -> list[tuple[int, int, Path]]:
        """When they were changed, how large they are, and where; those set aside and left behind are among them."""
        found = []
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    if entry.is_file(follow_symlinks=False):
                        found.append((status.st_mtime_ns, status.st_size, Path(entry.path)))
        return found

    def _file(self, sha256: str, page: int, part: int = 0) -> Path:
        if not _SHA256.fullmatch(sha256):  # it may come from a stranger's file, and becomes a path
            raise RecipeError("The hash of a photo must be 64 hexadecimal digits.")
        of_page = f"-p{page}" if page > 1 else ""
        of_print = f"-{part}" if part else ""
        return self.folder / f"{sha256}{of_page}{of_print}.json"


def kept_now(
    sha256: str,
    name: str,
    recipe: Recipe,
    past: Sequence[Step],
    future: Sequence[Step],
    snapshots: Sequence[Snapshot] = (),
    prints: int = 0,
) -> Kept:
    """What is to be kept at this moment."""
    steps = tuple(past[-MOST_STEPS:]), tuple(future[-MOST_STEPS:])
    return Kept(sha256, recipe, name, time.time(), *steps, tuple(snapshots), prints)
