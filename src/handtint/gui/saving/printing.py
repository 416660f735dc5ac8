"""Printing the result, or before and after, on one sheet of paper: asks what and on which printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.saving.print_dialog import PrintDialog, draw_on_paper
from handtint.gui.saving.results import Results
from handtint.gui.session.session import Session

_DOTS = 300  # an inch


class Printing(QObject):
    """Keeps the printer as it was chosen last.

    Args:
        tell: shows an icon's name and a sentence.
    """

    def __init__(self, session: Session, results: Results, tell: Callable[[str, str], object], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._results, self._tell, self._window = session, results, tell, window
        self._printer: QPrinter | None = None

    def ask(self) -> None:
        """Ask what of the current photo goes on the paper, then for the printer."""
        current = self._session.current
        if current is None or current.before is None or current.after is None:
            return
        self._printer = self._printer or QPrinter(QPrinter.PrinterMode.HighResolution)
        size = self._printer.pageLayout().pageSize().size(QPageSize.Unit.Point)
        pictures = (current.before.levels[0], current.after.levels[0])
        dialog = PrintDialog(pictures, current.path.stem, size, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._go_on(dialog.with_before, dialog.caption, dialog.is_wide))
        dialog.open()

    def _go_on(self, with_before: bool, caption: str, is_wide: bool) -> None:
        printer = self._printer
        assert printer is not None
        orientation = QPageLayout.Orientation
        printer.setPageOrientation(orientation.Landscape if is_wide else orientation.Portrait)
        printer.setDocName(caption or "Handtint")
        if not choose_printer(printer, self._window):
            return
        written = Path(printer.outputFileName()) if printer.outputFileName() else None
        if written is not None and any(_is_same(written, photo.path) for photo in self._session.photos):
            text = tr(
                "saving",
                '"{name}" is an original, which Handtint never changes. Print into another file.',
                name=written.name,
            )
            self._tell("warning", text)
            return
        room = printer.pageLayout().paintRect(QPageLayout.Unit.Inch)
        longest = round(max(room.width(), room.height()) * _DOTS)
        self._results.draw(longest, with_before, lambda pictures: self._print(printer, pictures, caption))

    def _print(self, printer: QPrinter, pictures: Sequence[QImage], caption: str) -> None:
        painter = QPainter()
        is_begun = painter.begin(printer)
        if is_begun:
            draw_on_paper(painter, QRectF(painter.viewport()), pictures, caption)
        if not (is_begun and painter.end()) or printer.printerState() is QPrinter.PrinterState.Error:
            text = tr(
                "saving", "The page could not be printed. Check the printer, or the folder of the file, and try again."
            )
            self._tell("warning", text)
        elif printer.outputFileName():
            self._tell("done", tr("saving", 'Printed into "{name}".', name=Path(printer.outputFileName()).name))
        else:
            self._tell("done", tr("saving", "The page was sent to the printer."))


def choose_printer(printer: QPrinter, parent: QWidget) -> bool:
    """Have the system ask for printer and paper; whether the user went on."""
    return QPrintDialog(printer, parent).exec() == QDialog.DialogCode.Accepted


def _is_same(path: Path, photo: Path) -> bool:
    try:
        return path.samefile(photo)
    except OSError:  # one of them is not there
        return False
