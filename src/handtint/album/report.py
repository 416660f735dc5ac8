"""What became of an album, as HTML to look at and as JSON: every photo that the journal knows, of earlier runs too.

`NAME.html` comes with `NAME.json` and a folder `NAME-files` of thumbnails. Both files appear whole or not at all and
are written row by row, so that memory does not grow with the album. The JSON object holds:

    handtint_report   2, the version of this form
    run               version (of Handtint), started, ended (ISO 8601), seconds, stopped (why it ended early, else ""),
                      left_out (sentences on what in the folders is not taken for a photo),
                      output, model, recipe, save, and how many photos of this run were done, skipped, made_before,
                      failed and left (still to be made)
    totals            of all photos below: done, skipped, failed and started (cut off); seconds, megapixels of the done
    photos            those that failed, were skipped or cut off come first; each with state, source, result (null where
                      there is none), source_url and result_url (relative to the report where they can be), reason,
                      notes, seconds, pixels, time (ISO 8601), thumbnail (null where there is none) and asked: its
                      model, recipe and save, and where it follows another photo that one's name, hash and recipe (null
                      where no run told them). Recipe and save leave out what is as usual: see `recipe.form`; of photos
                      that Handtint 0.1 made `settings` stands in place of the recipe

Raises `SaveError`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from handtint import __version__
from handtint.album.entries import Entry, State, name_key
from handtint.album.journal import Journal
from handtint.album.order import Event, Job, Order
from handtint.album.report_html import MARK, Speech, as_html
from handtint.atomic import sweep, write_whole
from handtint.errors import HandtintError, SaveError, Sentence
from handtint.foreign import lies_inside
from handtint.imaging.comparison import thumbnail
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.paths import is_there
from handtint.progress import Progress
from handtint.restore import way
from handtint.stamps import Stamp, stamp_of

_log = logging.getLogger(__name__)

_FORM = 2
_ENGLISH = Speech()
_SAME_NS = 2_000_000_000  # some disks keep times to two seconds only
_STATES: tuple[State, ...] = ("failed", "skipped", "started", "done")


class Report:
    """A report, written when a run has ended, however it did.

    Call `expect` with how many photos will be tried and `event` with all that happens, and give `keep` to the run. At
    the end call `fill`, unless there is a hurry, and `write`.

    Args:
        path: of the report, `.html`.
        originals: photos and folders of the album, and what was given with them; the report does not go among them.
        overwrite: whether files may be replaced that are no report of ours.
    """

    def __init__(self, path: Path, journal: Journal, order: Order, originals: Iterable[Path], overwrite: bool) -> None:
        self.path = path
        self._json = path.with_suffix(".json")
        self._thumbnails = path.with_name(f"{path.stem}-files")
        self._journal, self._order = journal, order
        self._started, self._clock = time.time(), time.perf_counter()
        self._counts: Counter[str] = Counter()
        self._at_work: set[Path] = set()
        self.left_out: tuple[str, ...] = ()  # see `Plan`
        self._others: list[Event] = []  # what the journal does not know of
        self._asked = functools.lru_cache(64)(self._asked_by)
        self._check(originals, overwrite)
        for folder in self._thumbnails.glob("*/"):
            if lies_inside(folder, path.parent):
                sweep(folder, 0)  # of a run that was cut off

    def expect(self, count: int) -> None:
        """So many photos more will be tried."""
        self._counts["left"] += count

    def event(self, event: Event) -> None:
        """Count what happened to a photo."""
        if event.kind == "started":
            self._at_work.add(event.source)
        if event.kind in ("started", "progress"):
            return
        if event.source in self._at_work:
            self._at_work.discard(event.source)
            self._counts["left"] -= 1
        self._counts["made_before" if event.is_routine else event.kind] += 1
        if event.kind != "done" and not event.is_routine and not self._is_in_journal(event):
            self._others.append(event)

    def keep(self, job: Job, photo: Photo, result: Photo) -> None:
        """Make the thumbnail of a photo that was just made; where that cannot be, `fill` tries again."""
        try:
            self._make_thumbnail(job.target, photo, result, stamp_of(job.target))
        except (OSError, MemoryError) as error:
            _log.warning("No thumbnail of %s: %s", job.target, error)

    def fill(self, progress: Progress) -> None:
        """Make the thumbnails that are missing, from the files. Raises `Cancelled`."""
        count = sum(entry.state == "done" for entry in self._journal.entries())
        done = (entry for entry in self._journal.entries() if entry.state == "done")
        for number, entry in enumerate(done):
            progress.step(number / count, f"Reporting {number + 1} of {count}: {entry.target.name}")
            if entry.made is None or self._has_thumbnail(entry) or not entry.is_untouched:
                continue
            try:
                before = way.read(entry.source, self._order.recipe_of(entry.source), Progress())
                self._make_thumbnail(entry.target, before, read_photo(entry.target), entry.made)
            except (HandtintError, OSError, MemoryError) as error:  # its row has no picture
                _log.warning("No thumbnail of %s: %s", entry.target, error)

    def write(self, stopped: str = "", speech: Speech = _ENGLISH) -> None:
        """Write the HTML, and the JSON, which is English. `stopped`: why the run ended early, as a sentence."""
        facts = {"handtint_report": _FORM, "run": self._run(stopped), "totals": self._totals()}
        self._save(self._json, self._as_json(facts))
        self._save(self.path, as_html(facts, self._photos(), speech))

    def _check(self, originals: Iterable[Path], overwrite: bool) -> None:
        """Raises `SaveError` where the report would do harm."""
        folder, output = Path(os.path.realpath(self.path.parent)), os.path.realpath(self._journal.folder)
        for original in originals:
            if folder.is_relative_to(os.path.realpath(original)) and not folder.is_relative_to(output):
                raise SaveError(
                    'The report cannot go into "{folder}", among the originals: its thumbnails would be taken for '
                    "photos. Choose another folder for it, such as that of the results.",
                    folder=folder,
                )
            if os.path.realpath(original) in (os.path.realpath(self.path), os.path.realpath(self._json)):
                raise SaveError('The report would replace "{original}". Choose another name for it.', original=original)
        for file in (self.path, self._json):
            if not overwrite and not _is_ours(file):
                raise SaveError(
                    'The report cannot be saved: "{file}" is there already and no report of Handtint. '
                    "Choose another name, or allow overwriting.",
                    file=file,
                )

    def _is_in_journal(self, event: Event) -> bool:
        entry = self._journal.entry(event.target) if event.target else None
        return entry is not None and entry.state == event.kind and entry.source == event.source.absolute()

    def _thumbnail(self, target: Path) -> Path:
        key = name_key(Path(os.path.relpath(target, self._journal.folder)))
        name = hashlib.sha256(os.fsencode(key)).hexdigest()
        return self._thumbnails / name[:2] / f"{name[2:20]}.jpg"

    def _make_thumbnail(self, target: Path, before: Photo, after: Photo, made: Stamp) -> None:
        path, data = self._thumbnail(target), thumbnail(before.pixels, after.pixels)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file: file.write(data), overwrite=True)
        os.utime(path, ns=(made.mtime_ns, made.mtime_ns))  # by which it is known to show that result

    def _has_thumbnail(self, entry: Entry) -> bool:
        try:
            time_ns = stamp_of(self._thumbnail(entry.target)).mtime_ns
        except OSError:
            return False
        return entry.made is not None and abs(time_ns - entry.made.mtime_ns) < _SAME_NS

    def _run(self, stopped: str) -> dict[str, Any]:
        counts = {kind: self._counts[kind] for kind in ("done", "skipped", "made_before", "failed", "left")}
        return {
            "version": __version__,
            "started": _moment(self._started),
            "ended": _moment(time.time()),
            "seconds": round(time.perf_counter() - self._clock, 3),
            "stopped": stopped,
            "left_out": list(self.left_out),
            "output": str(self._journal.folder.absolute()),
            **json.loads(self._order.asked(Path())),
            **counts,
        }

    def _totals(self) -> dict[str, float]:
        counts = Counter(event.kind for event in self._others)
        seconds = pixels = 0.0
        for entry in self._journal.entries():
            counts[entry.state] += 1
            if entry.state == "done":
                seconds, pixels = seconds + entry.seconds, pixels + entry.pixels
        return {
            **{state: counts[state] for state in _STATES},
            "seconds": round(seconds, 3),
            "megapixels": round(pixels / 1e6, 3),
        }

    def _photos(self) -> Iterator[dict[str, Any]]:
        """The facts on every photo, by state as in `_STATES`; of one state by the results' names."""
        for state in _STATES:
            for event in self._others:
                if event.kind == state:
                    yield self._facts(
                        Entry(Path(), event.source, state, None, "", reason=event.text, time=self._started)
                    )
            for entry in self._journal.entries():
                if entry.state == state:
                    yield self._facts(entry)

    def _facts(self, entry: Entry) -> dict[str, Any]:
        result, reason = entry.target if entry.state == "done" else None, entry.reason
        if result and not is_there(result):
            result, reason = None, Sentence("The result is no longer there.")
        if entry.state == "started":
            reason = Sentence("The run was cut off at this photo; it is still to be made.")
        return {
            "state": entry.state,
            "source": str(entry.source),
            "result": str(result) if result else None,
            "source_url": self._url(entry.source),
            "result_url": self._url(result) if result else None,
            "reason": reason,
            "notes": list(entry.notes),
            "seconds": round(entry.seconds, 3),
            "pixels": entry.pixels,
            "time": _moment(entry.time),
            "thumbnail": self._url(self._thumbnail(result)) if result and self._has_thumbnail(entry) else None,
            "asked": self._asked(entry.work),
        }

    def _asked_by(self, work: str) -> dict[str, Any] | None:
        text = self._journal.asked(work)
        return json.loads(text) if text else None

    def _url(self, path: Path) -> str:
        """Relative to the report; absolute on another drive, to which no relative path leads."""
        try:
            relative = os.path.relpath(path, self.path.parent)
        except ValueError:
            return path.absolute().as_uri()
        return urllib.parse.quote(os.fsencode(relative.replace(os.sep, "/")))

    def _as_json(self, facts: dict[str, Any]) -> Iterator[str]:
        yield json.dumps(facts)[:-1] + ', "photos": ['
        separator = "\n"
        for photo in self._photos():
            yield separator + json.dumps(photo)
            separator = ",\n"
        yield "\n]}\n"

    def _save(self, path: Path, parts: Iterable[str]) -> None:
        def write(file: BinaryIO) -> None:
            for part in parts:
                file.write(part.encode("utf-8", "backslashreplace"))  # names may be no valid text

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, write, overwrite=True)
        except OSError as error:
            raise SaveError(
                'The report "{path}" could not be saved: {reason}. '
                "The colored photos are not affected. Choose another place for it.",
                path=path,
                reason=error.strerror or error,
            ) from error


def _is_ours(file: Path) -> bool:
    """Whether nothing is there, or a report of ours."""
    try:
        with file.open("rb") as opened:
            head = opened.read(1000)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return MARK.encode() in head or head.startswith(b'{"handtint_report"')


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
