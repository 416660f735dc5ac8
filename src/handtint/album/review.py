"""What a person said of the results of an album: accepted or rejected. Lies beside them, in `.handtint/review.json`.

A verdict is about one result: when that is made again, or someone changes it, it has none. Rejected results are never
deleted; they may be set aside, into the folder `rejected` beside the others, from where they can be put back. Results
are known by their path relative to the folder of results, so that it may move. Raises `ReviewError`.
"""

from __future__ import annotations

import copy
import errno
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from handtint.album.journal_files import FOLDER
from handtint.album.merging import Known, keep_merged
from handtint.atomic import write_whole
from handtint.errors import HandtintError, Sentence
from handtint.foreign import lies_inside, read_small, stays_inside
from handtint.paths import is_there
from handtint.recipe.saving import free_path
from handtint.stamps import Stamp, stamp_of

Verdict = Literal["accepted", "rejected"]
REJECTED = "rejected"  # name of the folder


class ReviewError(HandtintError):
    """A verdict cannot be read or kept, or a result not be moved."""


@dataclass(frozen=True)
class _Judgment:
    """A verdict, on which file, and where that was set aside to (relative to the folder; empty: it was not)."""

    verdict: Verdict
    stamp: Stamp
    aside: str = ""


class Review:
    """The verdicts of a folder of results."""

    def __init__(self, folder: Path) -> None:
        """Read what is known. Raises `ReviewError`."""
        self.folder = folder
        self._judgments: dict[str, _Judgment] = {}
        self.known = Known()
        path = folder / FOLDER / "review.json"
        try:
            self._judgments = _read(path)
            self.known.base = self.rows()
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            why = (error.strerror or error) if isinstance(error, OSError) else Sentence("the file is damaged")
            raise ReviewError(
                'Your verdicts on the results in "{folder}" could not be read: {why}. '
                'The results are safe. Move "{path}" away to start over.',
                folder=folder,
                why=why,
                path=path,
            ) from error

    def verdict(self, target: Path) -> Verdict | None:
        """What was said of the result that is there now, or that was set aside from there."""
        judgment = self._judgments.get(self._name(target))
        return judgment.verdict if judgment and self._is_about(judgment, target) else None

    def result(self, target: Path) -> Path:
        """Where the result is that belongs at `target`: there, or where it was set aside to."""
        judgment = self._judgments.get(self._name(target))
        return self.folder / judgment.aside if judgment and judgment.aside and not is_there(target) else target

    def is_aside(self, target: Path) -> bool:
        """Whether the result was rejected and set aside, with no other in its place."""
        return self.result(target) != target

    def targets_aside(self) -> frozenset[Path]:
        """Where results would be that were rejected and set aside, with no others in their places."""
        return frozenset(t for t in (self.folder / name for name in self._judgments) if self.is_aside(t))

    def judge(self, target: Path, verdict: Verdict | None) -> None:
        """Say a verdict, or take it back; one that was set aside comes back unless it stays rejected.

        Raises `ReviewError`.
        """
        if self.is_aside(target):
            if verdict == "rejected":
                return
            self._move(self.result(target), target)
        name = self._name(target)
        if verdict is None:
            self._judgments.pop(name, None)
            return
        try:
            self._judgments[name] = _Judgment(verdict, stamp_of(target))
        except OSError as error:
            raise ReviewError(
                'The result "{target}" is gone: {reason}. Make it again.', target=target, reason=error.strerror
            ) from error

    def forget(self, target: Path) -> None:
        """Drop the verdict on a result that is to be made again; one that was set aside stays there."""
        self._judgments.pop(self._name(target), None)

    def rejected(self) -> list[Path]:
        """Rejected results that were not set aside."""
        found = [self.folder / name for name, judgment in self._judgments.items() if judgment.verdict == "rejected"]
        return [target for target in found if is_there(target) and self.verdict(target)]

    def set_aside(self, target: Path) -> None:
        """Move a rejected result into the folder of those; nothing there is replaced. Raises `ReviewError`."""
        name = self._name(target)
        to = free_path(self.folder / REJECTED / name)
        self._move(target, to)
        self._judgments[name] = _Judgment("rejected", self._judgments[name].stamp, os.path.relpath(to, self.folder))

    def copy(self) -> Review:
        """These verdicts as they are now, for another thread to write down."""
        copied = copy.copy(self)
        copied._judgments = dict(self._judgments)
        return copied

    def rows(self) -> dict[str, list[object]]:
        """The verdicts as the file has them."""
        return {n: [j.verdict, j.stamp.size, j.stamp.mtime_ns, j.aside] for n, j in sorted(self._judgments.items())}

    def _is_about(self, judgment: _Judgment, target: Path) -> bool:
        try:
            return stamp_of(target) == judgment.stamp
        except OSError:
            return bool(judgment.aside)

    def _name(self, target: Path) -> str:
        return os.path.relpath(target, self.folder)

    def _move(self, source: Path, target: Path) -> None:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not (lies_inside(source.parent, self.folder) and lies_inside(target.parent, self.folder)):
                raise OSError(errno.EPERM, Sentence("a link leads out of the folder of results"))
            if os.path.lexists(target):
                raise FileExistsError(0, Sentence("another file is there"))
            shutil.move(source, target)
        except OSError as error:
            raise ReviewError(
                '"{name}" could not be moved to "{parent}": {reason}. '
                "It stays where it is. Check your rights to that folder.",
                name=source.name,
                parent=target.parent,
                reason=error.strerror or error,
            ) from error


def _read(path: Path) -> dict[str, _Judgment]:
    """The verdicts in a file. Raises `OSError`, and for one that is no such file nearly anything."""
    found: dict[str, _Judgment] = {}
    for name, (verdict, size, mtime_ns, aside) in json.loads(read_small(path)).items():
        if not (stays_inside(name) and stays_inside(aside)):
            raise ValueError(name)  # folders are handed on; no such file may move things of this computer
        if verdict in ("accepted", "rejected"):
            found[name] = _Judgment(verdict, Stamp(int(size), int(mtime_ns)), aside)
    return found


def write_review(review: Review) -> None:
    """Keep the verdicts on the results in a folder, with those that another window gave. Raises `ReviewError`."""
    folder = review.folder
    home = folder / FOLDER

    def read() -> dict[str, list[object]] | None:
        return Review(folder).rows() if is_there(home / "review.json") else None

    def write(rows: Mapping[str, object]) -> None:
        text = json.dumps(rows, indent=1).encode()
        write_whole(home / "review.json", lambda file: file.write(text), overwrite=True)

    try:
        home.mkdir(parents=True, exist_ok=True)
        keep_merged(review.known, review.rows(), home / "review.lock", home, read, write)
    except OSError as error:
        raise ReviewError(
            'Your verdicts could not be kept in "{folder}": {reason}. '
            "The results are safe. See whether the drive is there and has room, then judge once more.",
            folder=folder,
            reason=error.strerror or error,
        ) from error
