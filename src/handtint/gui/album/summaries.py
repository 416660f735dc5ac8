"""The report and the contact sheet of the open album: asks where to, and has them written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from handtint.gui.album.album import Album
from handtint.gui.parts.translating import language, tr, translated
from handtint.gui.parts.words import number
from handtint.progress import Progress
from handtint.recipe.saving import free_path


class Summaries(QObject):
    """See the module's text.

    Args:
        tell: shows a sentence.
    """

    def __init__(self, album: Album, tell: Callable[[str], object], window: QWidget) -> None:
        super().__init__(window)
        self._album, self._tell, self._window = album, tell, window

    def ask_for_report(self) -> None:
        """Ask where to, and write a report on all results."""
        choices, order = self._album.choices, self._album.order()
        if choices is None or order is None:
            return
        wanted = choices.output / f"{tr('summaries', 'report')}.html"
        path = self._ask(
            tr("summaries", "Save Report"), wanted, tr("summaries", "Web page ({suffix})", suffix="*.html")
        )
        if path is not None:
            folder, output = choices.folder, choices.output

            def work(progress: Progress) -> str:
                from handtint.album.report_html import Speech  # the window starts sooner
                from handtint.album.summaries import write_report

                write_report(path, folder, output, order, Speech(language(), translated, number), progress)
                return ""

            self._make(work, tr("summaries", 'Report saved in "{file}".', file=path.name))

    def ask_for_sheet(self) -> None:
        """Ask where to, and write a picture of before and after."""
        choices, order = self._album.choices, self._album.order()
        if choices is None or order is None:
            return
        wanted = free_path(choices.output.parent / f"{choices.folder.name} ({tr('summaries', 'before and after')}).jpg")
        path = self._ask(tr("summaries", "Save Contact Sheet"), wanted, "JPEG (*.jpg)")
        if path is not None:
            output = choices.output

            def work(progress: Progress) -> str:
                from handtint.album.summaries import write_sheet

                return write_sheet(path, output, order, progress)

            self._make(work, tr("summaries", 'Contact sheet saved in "{file}".', file=path.name))

    def _ask(self, title: str, wanted: Path, kind: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, title, str(wanted), kind, options=QFileDialog.Option.DontConfirmOverwrite
        )
        path = Path(chosen)
        if not chosen:
            return None
        return path if path.suffix.lower() == wanted.suffix else path.with_name(path.name + wanted.suffix)

    def _make(self, work: Callable[[Progress], str], done: str) -> None:
        self._tell(tr("summaries", "Looking at the results…"))
        self._album.worker.submit(
            work,
            lambda more: self._tell(f"{done} {translated(more)}".rstrip()),
            lambda error: self._tell(self._album.sentence(error)),
        )
