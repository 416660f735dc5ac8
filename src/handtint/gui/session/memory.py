"""What the window remembers between runs, in the system's place for settings."""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from handtint import paths
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.theme import Theme

_MOST_RECENT = 10
_MOST_COLORS = 8
_SAME_COLOR = 3.0  # Lab units


class Memory:
    """Reads and writes `QSettings`; what is missing or from another version reads as the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def recent(self) -> list[Path]:
        """Photos and albums opened lately, newest first, without those that are gone."""
        return [path for path in self.remembered if paths.is_there(path)]

    @property
    def remembered(self) -> list[Path]:
        """The same with those that are gone: no drive is asked."""
        value = self._store.value("recent", [])
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return list(map(Path, map(str, texts)))

    def add_recent(self, path: Path) -> None:
        """Put a photo or album first among the recent ones."""
        others = [known for known in self.recent if known != path]
        self._store.setValue("recent", [str(p) for p in [path, *others][:_MOST_RECENT]])

    def clear_recent(self) -> None:
        """Forget the recent ones."""
        self._store.remove("recent")

    @property
    def folder(self) -> str:
        """Where photos were opened last; empty for the system's choice."""
        text = str(self._store.value("folder", ""))
        return text if text and paths.is_folder(Path(text)) else ""

    @folder.setter
    def folder(self, folder: str) -> None:
        self._store.setValue("folder", folder)

    @property
    def language(self) -> str:
        """The code of the language to speak; empty for the system's."""
        return str(self._store.value("language", ""))

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def theme(self) -> Theme:
        """Light, dark, or the system's."""
        try:
            return Theme(self._store.value("theme", Theme.SYSTEM.value))
        except ValueError:
            return Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.value)

    @property
    def mode(self) -> Mode:
        """How before and after are compared."""
        try:
            return Mode(self._store.value("mode", Mode.WIPE.value))
        except ValueError:
            return Mode.WIPE

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._store.setValue("mode", mode.value)

    @property
    def hint_colors(self) -> list[tuple[float, float]]:
        """ab of the colors used for hints lately, newest first."""
        value = self._store.value("hint_colors", [])
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        try:
            colors = [(float(a), float(b)) for a, b in (str(text).split(" ") for text in texts)]
        except ValueError:
            return []
        return [color for color in colors if all(map(math.isfinite, color))]

    def add_hint_color(self, color: tuple[float, float]) -> None:
        """Put a color first among those used lately."""
        others = [known for known in self.hint_colors if math.dist(known, color) >= _SAME_COLOR]
        kept = [color, *others][:_MOST_COLORS]
        self._store.setValue("hint_colors", [f"{a:.1f} {b:.1f}" for a, b in kept])

    @property
    def model(self) -> str:
        """Name of the model used last."""
        return str(self._store.value("model", ""))

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model", name)

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window, as Qt packs them."""
        value = self._store.value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def is_filmstrip_shown(self) -> bool:
        """Whether the row of open photos is shown."""
        return str(self._store.value("filmstrip", "true")).lower() != "false"

    @is_filmstrip_shown.setter
    def is_filmstrip_shown(self, on: bool) -> None:
        self._store.setValue("filmstrip", "true" if on else "false")
