"""Printing: one page, fitted, never into an original."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from handtint.gui.saving import printing
from handtint.gui.saving.print_dialog import PrintDialog, draw_on_paper, is_better_wide
from tests.gui.conftest import Studio, gray_photo
from tests.gui.test_appearance import without_names

COLORS = [QColor("red"), QColor("blue")]


def plain(color: QColor, width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(color)
    return image


def drawn(pictures: list[QImage], width: int, height: int, caption: str = "") -> QImage:
    page = QImage(width, height, QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    painter = QPainter(page)
    draw_on_paper(painter, QRectF(page.rect()), pictures, caption)
    painter.end()
    return page


def box(page: QImage, color: QColor) -> tuple[int, int, int, int]:
    """Left, top, width, height of what has the color."""
    found = [(x, y) for x in range(page.width()) for y in range(page.height()) if page.pixelColor(x, y) == color]
    xs, ys = {x for x, _ in found}, {y for _, y in found}
    return min(xs), min(ys), len(xs), len(ys)


def test_one_picture_fills_the_page_as_far_as_its_shape_lets_it(qapp: QApplication) -> None:
    assert box(drawn([plain(COLORS[0], 40, 20)], 100, 100), COLORS[0]) == (0, 25, 100, 50)


@pytest.mark.parametrize(("page", "way"), [((200, 100), 0), ((100, 200), 1)])
def test_two_pictures_go_where_they_are_largest(qapp: QApplication, page: tuple[int, int], way: int) -> None:
    sheet = drawn([plain(color, 30, 30) for color in COLORS], *page)
    first, second = (box(sheet, color) for color in COLORS)
    assert second[way] > first[way] + first[2 + way]
    assert first[2] == first[3] == second[2]
    assert 94 <= first[2] <= 98
    assert first[1 - way] == second[1 - way]


def test_a_caption_takes_its_room_from_the_picture(qapp: QApplication) -> None:
    alone, named = (drawn([plain(COLORS[0], 40, 40)], 200, 200, caption) for caption in ("", "On the porch"))
    bottom = [box(page, COLORS[0])[3] for page in (alone, named)]
    assert bottom[0] == 200 > bottom[1]
    below = [named.pixelColor(x, y) for x in range(200) for y in range(bottom[1], 200)]
    assert any(color.lightness() < 100 for color in below)


def test_a_page_is_laid_on_its_side_where_that_makes_pictures_larger(qapp: QApplication) -> None:
    paper, wide, tall = QSizeF(210, 297), plain(COLORS[0], 300, 200), plain(COLORS[0], 200, 300)
    assert is_better_wide([wide], paper)
    assert not is_better_wide([tall], paper)
    assert not is_better_wide([wide, wide], paper)
    assert is_better_wide([tall, tall], paper)


def print_into(studio: Studio, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(printer: QPrinter, parent: object) -> bool:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(file))
        return True

    monkeypatch.setattr(printing, "choose_printer", choose)
    studio.window.actions_.print.trigger()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PrintDialog)
    assert without_names(dialog) == []
    assert not dialog.with_before
    assert dialog.caption == ""
    dialog.both.setChecked(True)
    dialog.named.setChecked(True)
    assert dialog.caption == "porch"
    dialog.accept()


def test_before_and_after_are_printed_on_one_page(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    print_into(studio, tmp_path / "page.pdf", monkeypatch)
    studio.wait_for(lambda: studio.said == 'Printed into "page.pdf".')
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.count(b"/Type /Page\n") == 1
    assert content.count(b"/Subtype /Image") >= 2


def test_an_original_is_never_printed_into(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = gray_photo(tmp_path / "porch.png")
    before = source.read_bytes()
    studio.open_colored(source)
    print_into(studio, source, monkeypatch)
    assert "never changes" in studio.said
    assert source.read_bytes() == before


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)  # what Qt says when it cannot
def test_a_page_that_cannot_be_printed_is_told(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.open_colored(gray_photo(tmp_path / "porch.png"))
    print_into(studio, tmp_path / "nowhere" / "page.pdf", monkeypatch)
    studio.wait_for(lambda: studio.said.startswith("The page could not be printed."))
