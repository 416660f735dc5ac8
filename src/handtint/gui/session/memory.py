"""What the window remembers between runs, in the system's place for settings."""

from __future__ import annotations

import contextlib
import logging
import math
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from handtint import paths
from handtint.foreign import is_plain_or_missing, read_small
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.theme import Theme
from handtint.recipe.saving import SUFFIXES, SaveOptions
from handtint.recipe.store import LEAST_ROOM, MOST_ROOM, ROOM

log = logging.getLogger(__name__)

_PACKED = re.compile(rb'[=,]\s*"?@(Variant|DateTime)\(')  # objects of Qt, of which pictures crash where they are odd
_MOST_RECENT = 10
_MOST_COLORS = 8
_MOST_LAST = 200
_SAME_COLOR = 3.0  # Lab units


def pictures_folder(but: Path | None = None) -> Path:
    """The user's folder of pictures, or their own where there is none, or where it is `but`."""
    found = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    return found if paths.is_folder(found) and found != but else Path.home()


def set_odd_settings_aside(file: Path) -> None:
    """Rename a file of settings that holds what `Memory` never writes and Qt may not survive, or that is no file."""
    try:
        if not paths.is_there(file) or paths.is_folder(file):
            return  # of a folder Qt makes nothing
        if is_plain_or_missing(file.resolve()) and not _PACKED.search(read_small(file)):
            return
    except (OSError, ValueError, RuntimeError):  # Qt cannot read it either
        return
    aside = file.with_name(f"{file.name}.damaged")
    log.warning("settings that cannot be read are set aside as %s", aside)
    with contextlib.suppress(OSError):
        file.replace(aside)


class Memory:
    """Reads and writes `QSettings`; what is missing or from another version reads as the default."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    @property
    def recent(self) -> list[Path]:
        """Photos and albums opened lately, newest first, without those that are surely gone."""
        return paths.not_gone(self.remembered)

    @property
    def remembered(self) -> list[Path]:
        """The same with those that are gone: no drive is asked."""
        return self._paths("recent")

    def add_recent(self, path: Path) -> None:
        """Put a photo or album first among the recent ones."""
        others = [known for known in self.remembered if known != path]
        self._store.setValue("recent", [str(p) for p in [path, *others][:_MOST_RECENT]])

    def clear_recent(self) -> None:
        """Forget the recent ones."""
        self._store.remove("recent")

    @property
    def folder(self) -> str:
        """Where photos were opened last; the user's pictures where that was nowhere."""
        text = str(self._value("folder", ""))
        return text if text and paths.is_folder(Path(text)) else str(pictures_folder())

    @folder.setter
    def folder(self, folder: str) -> None:
        self._store.setValue("folder", folder)

    @property
    def language(self) -> str:
        """The code of the language to speak; empty for the system's."""
        return str(self._value("language", ""))

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def theme(self) -> Theme:
        """Light, dark, or the system's."""
        try:
            return Theme(self._value("theme", Theme.SYSTEM.value))
        except ValueError:
            return Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.value)

    @property
    def mode(self) -> Mode:
        """How before and after are compared."""
        try:
            return Mode(self._value("mode", Mode.WIPE.value))
        except ValueError:
            return Mode.WIPE

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._store.setValue("mode", mode.value)

    @property
    def hint_colors(self) -> list[tuple[float, float]]:
        """ab of the colors used for hints lately, newest first."""
        value = self._value("hint_colors", [])
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
    def hint_card(self) -> tuple[float, float] | None:
        """Where in its free room the card of a hint's colors stands, 0..1 from left and top; None for by itself."""
        try:
            x, y = map(float, str(self._value("hint_card", "")).split(" "))
        except ValueError:
            return None
        return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None

    @hint_card.setter
    def hint_card(self, place: tuple[float, float] | None) -> None:
        self._store.setValue("hint_card", "" if place is None else f"{place[0]:.4f} {place[1]:.4f}")

    @property
    def model(self) -> str:
        """Name of the model used last."""
        return str(self._value("model", ""))

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model", name)

    @property
    def is_one_window(self) -> bool:
        """Whether a second start hands its photos to the first window."""
        return self._is("one_window", True)

    @is_one_window.setter
    def is_one_window(self, on: bool) -> None:
        self._store.setValue("one_window", on)

    @property
    def opens_last(self) -> bool:
        """Whether the photos that were open last are opened at the start."""
        return self._is("opens_last", False)

    @opens_last.setter
    def opens_last(self, on: bool) -> None:
        self._store.setValue("opens_last", on)

    @property
    def last_open(self) -> list[Path]:
        """Photos and albums that were open when the window was closed; they may be gone."""
        return self._paths("last_open")

    @last_open.setter
    def last_open(self, found: Sequence[Path]) -> None:
        self._store.setValue("last_open", [str(path) for path in found[:_MOST_LAST]])

    @property
    def results_folder(self) -> Path | None:
        """Where results are proposed to be saved; None for beside their photos."""
        text = str(self._value("results_folder", ""))
        return Path(text) if text and paths.is_folder(Path(text)) else None

    @results_folder.setter
    def results_folder(self, folder: Path | None) -> None:
        self._store.setValue("results_folder", "" if folder is None else str(folder))

    @property
    def save_options(self) -> SaveOptions:
        """How results are proposed to be saved."""
        name = str(self._value("save_format", ""))
        quality = self._number("save_quality", SaveOptions().quality, 1, 100)
        return SaveOptions(name if name in SUFFIXES else None, quality, provenance=self._is("save_note", True))

    @save_options.setter
    def save_options(self, options: SaveOptions) -> None:
        self._store.setValue("save_format", options.format or "")
        self._store.setValue("save_quality", options.quality)
        self._store.setValue("save_note", options.provenance)

    @property
    def device(self) -> str:
        """What models compute on: `auto` or `cpu`."""
        return "cpu" if self._value("device", "auto") == "cpu" else "auto"

    @device.setter
    def device(self, device: str) -> None:
        self._store.setValue("device", device)

    @property
    def cores(self) -> int | None:
        """Cores of the CPU that are taken at most; None for all."""
        return self._number("cores", 0, 0, 4096) or None

    @cores.setter
    def cores(self, count: int | None) -> None:
        self._store.setValue("cores", count or 0)

    @property
    def room(self) -> int:
        """Bytes that kept edits may need."""
        return self._number("room", ROOM, LEAST_ROOM, MOST_ROOM)

    @room.setter
    def room(self, size: int) -> None:
        self._store.setValue("room", str(size))  # a number of this size is none to some stores

    def _value(self, name: str, default: object = "") -> object:
        try:
            return self._store.value(name, default)
        except (RuntimeError, ValueError):  # of a type that Python has not; text that is none
            return default

    def _is(self, name: str, default: bool) -> bool:
        return str(self._value(name, default)).lower() == "true"

    def _number(self, name: str, default: int, least: int, most: int) -> int:
        try:
            number = int(str(self._value(name, default)))
        except ValueError:
            return default
        return number if least <= number <= most else default

    def _paths(self, name: str) -> list[Path]:
        value = self._value(name, [])
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        found = map(Path, map(str, texts))
        return [path for path in found if path.is_absolute()]  # an empty text would be the current folder

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window, as Qt packs them."""
        value = self._value("geometry", QByteArray())
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def is_filmstrip_shown(self) -> bool:
        """Whether the row of open photos is shown."""
        return self._is("filmstrip", True)

    @is_filmstrip_shown.setter
    def is_filmstrip_shown(self, on: bool) -> None:
        self._store.setValue("filmstrip", on)
