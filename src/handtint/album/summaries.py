"""A report and a contact sheet of what was made of an album so far, written when a person asks for them.

Both take the folder of the results as no run has it, and raise `AlbumBusy` while one does, `JournalError`, `SaveError`
and `Cancelled`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from handtint.album.journal import Journal
from handtint.album.order import Order
from handtint.album.report import Report
from handtint.album.report_html import Speech
from handtint.errors import HandtintError, Sentence
from handtint.imaging.comparison import MOST_PAIRS, Sheet
from handtint.imaging.opening import read_photo
from handtint.progress import Progress
from handtint.restore import way


def write_report(path: Path, folder: Path, output: Path, order: Order, speech: Speech, progress: Progress) -> None:
    """Write a report on every photo that the journal knows; see `report`. Only a report of ours is replaced.

    Args:
        folder: of the photos, among which it does not go.
        output: of the results.
    """
    with Journal(output) as journal:
        report = Report(path, journal, order, [folder], overwrite=False)
        report.fill(progress)
        report.write(speech=speech)


def write_sheet(path: Path, output: Path, order: Order, progress: Progress) -> str:
    """Write the first results with their originals side by side as a JPEG; nothing is replaced.

    Returns a sentence on those that found no place, else an empty text.
    """
    sheet = Sheet()
    with Journal(output) as journal:
        made = [entry for entry in journal.entries() if entry.state == "done" and entry.made is not None]
    for number, entry in enumerate(made[:MOST_PAIRS]):
        progress.step(number / len(made[:MOST_PAIRS]), entry.target.name)
        with contextlib.suppress(HandtintError, OSError):  # what is gone is not shown
            before = way.read(entry.source, order.recipe_of(entry.source), Progress(), in_bands=True)
            after = read_photo(entry.target, in_bands=True)
            sheet.add(entry.target.stem, before.pixels, after.pixels)
    sheet.save(path)
    left = len(made) - MOST_PAIRS
    if left <= 0:
        return ""
    return Sentence("It shows the first {most} results; there was no room for {n} more.", most=MOST_PAIRS, n=left)
