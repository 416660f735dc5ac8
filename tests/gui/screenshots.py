"""Pictures of every workspace, dialog, tool and menu of the window, to be looked at; not part of the tests.

    python -m tests.gui.screenshots FOLDER [--language de] [--points 20] [--size 1024 768] [--theme light]

The language is one that ships, or `pseudo`, which no sentence escapes and which is read from the right. The size is
that of the window and of the screen, which dialogs fit. Writes `FOLDER/NUMBER NAME.png` and sheets of four,
`FOLDER/sheet NUMBER.png`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from handtint.gui.parts.theme import Theme
from handtint.gui.parts.translating import speak
from tests.gui.conftest import Studio
from tests.gui.test_languages import spoken  # noqa: F401 a fixture
from tests.gui.tour import tour

_SETTLE_MS = 400
_SHEET = (800, 600)  # pixels of one picture on a sheet


def main() -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--points", type=int, default=0, help="of the system's font")
    parser.add_argument("--size", type=int, nargs=2, default=(1024, 768))
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    os.environ["SCREENSHOTS"] = " ".join(map(str, (args.points, *args.size, args.theme, args.language)))
    os.environ["SCREENSHOTS_FOLDER"] = str(args.folder.absolute())
    screen = args.folder.absolute() / "screen.json"
    width, height = args.size
    settled = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
    screen.write_text(json.dumps({"screens": [settled]}))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, check=False).returncode  # a process whose pytest loads its parts itself


@pytest.fixture
def language(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    """What was asked for, made the window's own before there is one."""
    points, _, _, _, code = os.environ["SCREENSHOTS"].split()
    before = qapp.font()
    if int(points):
        font = QFont(before)
        font.setPointSize(int(points))
        qapp.setFont(font)
    if code == "pseudo":
        request.getfixturevalue("spoken")
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    else:
        speak(qapp, code)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    qapp.setFont(before)


def test_screenshots(language: None, studio: Studio, tmp_path: Path) -> None:
    """Takes them."""
    _, width, height, theme, _ = os.environ["SCREENSHOTS"].split()
    folder = Path(os.environ["SCREENSHOTS_FOLDER"])
    window = studio.window
    window.actions_.themes[Theme(theme)].trigger()
    window.resize(int(width), int(height))
    taken: list[Path] = []

    def take(name: str, picture: object) -> None:
        path = folder / f"{len(taken):02} {name}.png"
        assert picture.save(str(path))  # type: ignore[attr-defined]
        taken.append(path)

    for name, root in tour(studio, tmp_path):
        QTest.qWait(_SETTLE_MS)
        take(name, root.grab())
    for action in window.menuBar().actions():
        menu = action.menu()
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()
            take(f"menu {len(taken)}", menu.grab())
    _make_sheets(folder, taken)


def _make_sheets(folder: Path, taken: list[Path]) -> None:
    for first in range(0, len(taken), 4):
        sheet = Image.new("RGB", (2 * _SHEET[0], 2 * _SHEET[1]), "magenta")
        for place, path in enumerate(taken[first : first + 4]):
            picture = Image.open(path).convert("RGB")
            picture.thumbnail((_SHEET[0] - 4, _SHEET[1] - 4))
            sheet.paste(picture, (place % 2 * _SHEET[0], place // 2 * _SHEET[1]))
        sheet.save(folder / f"sheet {first // 4:02}.png")


if __name__ == "__main__":
    sys.exit(main())
