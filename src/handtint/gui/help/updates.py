"""Help > Check for a Newer Version: reads a version file that the user opens. Handtint itself opens no connection.

Every release comes with such a file, `handtint-version.json`: a JSON object with `version` ("0.2.0") and optionally
`date` ("2026-11-21") and `changes`, a list of sentences.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLabel, QVBoxLayout, QWidget

from handtint import __version__
from handtint.errors import HandtintError, Sentence
from handtint.gui.parts.dialogs import close_button, keep_room
from handtint.gui.parts.translating import tr, translated

_MOST_BYTES = 100_000  # a larger file is no version file
_MOST_CHANGES, _MOST_LETTERS = 12, 240  # what the dialog has room for: changes, and letters of each


class VersionFileError(HandtintError):
    """The file is not a version file, or cannot be read."""


@dataclass(frozen=True)
class Release:
    """What a version file says of a release."""

    version: str
    date: str = ""
    changes: tuple[str, ...] = ()

    @property
    def is_newer(self) -> bool:
        """Whether it is newer than this Handtint."""
        return _numbers(self.version) > _numbers(__version__)


def read_release(path: Path) -> Release:
    """Raises `VersionFileError`."""
    advice = Sentence("Open the file handtint-version.json of a release of Handtint.")
    try:
        if path.exists() and not path.is_file():  # reading a pipe would block
            raise ValueError
        with path.open("rb") as file:
            values = json.loads(file.read(_MOST_BYTES))
        version, date, changes = values["version"], values.get("date", ""), values.get("changes", [])
        if not (isinstance(version, str) and isinstance(date, str) and isinstance(changes, list)):
            raise TypeError
        if _numbers(version) == () or not re.fullmatch(r"(\d{4}-\d\d-\d\d)?", date):
            raise ValueError
    except OSError as error:
        raise VersionFileError(
            '"{name}" could not be read: {reason}. {advice}', name=path.name, reason=error.strerror, advice=advice
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise VersionFileError('"{name}" is not a version file. {advice}', name=path.name, advice=advice) from error
    return Release(version, date, tuple(str(change) for change in changes))


def _numbers(version: str) -> tuple[int, ...]:
    """`0.10.2` as numbers to compare, without trailing zeros; empty if it is not a version."""
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9}){0,3}", version):
        return ()
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


_LETTERS = 62  # of a line


class UpdateDialog(QDialog):
    """Compares this version with a file that names a newer one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("help", "Check for a Newer Version"))
        about = QLabel(
            tr(
                "help",
                "This is Handtint {version}. It opens no connection, not even to look for a newer version.\n\n"
                "Every release comes with a small file, handtint-version.json. Download it from where you got "
                "Handtint and open it here to see what is new. To update, install the new version over this one; your "
                "models and settings are kept.",
                version=__version__,
            ),
            self,
        )
        self.answer = QLabel(self)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.answer.hide()
        for label in (about, self.answer):
            label.setWordWrap(True)
            label.setFixedWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        buttons = close_button(self)
        open_button = buttons.addButton(tr("help", "&Open Version File…"), QDialogButtonBox.ButtonRole.ActionRole)
        open_button.setAccessibleName(tr("help", "Open version file"))
        open_button.setToolTip(tr("help", "Read a file handtint-version.json on this computer"))
        open_button.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.setSpacing(16)
        for widget in (about, self.answer, buttons):
            layout.addWidget(widget)
        keep_room(self, 0)

    def show_release(self, path: Path) -> None:
        """Show what a version file says, or why it cannot be read."""
        try:
            text = self._words(read_release(path))
        except VersionFileError as error:
            text = translated(error)
        self.answer.setText(text)
        self.answer.setAccessibleName(text)
        self.answer.show()
        keep_room(self, 0)
        self.adjustSize()

    def _words(self, release: Release) -> str:
        if not release.is_newer:
            return tr(
                "help", "Handtint {version} is not newer than yours. There is nothing to do.", version=release.version
            )
        dated = tr("help", " of {date}", date=release.date) if release.date else ""
        lines = [" ".join(change.split()) for change in release.changes[:_MOST_CHANGES]]
        lines = [text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…" for text in lines]
        more = len(release.changes) - len(lines)
        lines += [tr("help", "and {more} more", more=more)] if more else []
        changes = "".join(f"\n•  {change}" for change in lines)
        return tr(
            "help",
            "Handtint {version}{dated} is newer than yours.{changes}",
            version=release.version,
            dated=dated,
            changes=changes,
        )

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            tr("help", "Open Version File"),
            "",
            tr("help", "Version files (*.json)") + ";;" + tr("help", "All files (*)"),
        )
        if name:
            self.show_release(Path(name))
