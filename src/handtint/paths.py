"""Where things are: bundled resources, the user's own models, logs. In a source tree or frozen."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import platformdirs

_APP = "Handtint"
_SOURCE_TREE = Path(__file__).resolve().parents[2]


def is_there(path: Path) -> bool:
    """Whether something is at a path; False also where the system will not say, which `Path.exists` raises."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Whether it is a file; False also where the system will not say, which `Path.is_file` raises."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether it is a folder; False also where the system will not say, which `Path.is_dir` raises."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def not_gone(found: Sequence[Path], patience_s: float = 0.5) -> list[Path]:
    """Those that are there, and those of which a drive that does not answer has not said so by then."""
    gone = set[Path]()

    def probe(path: Path) -> None:
        if not is_there(path):
            gone.add(path)

    probing = [threading.Thread(target=probe, args=(path,), daemon=True) for path in found]
    for thread in probing:
        thread.start()
    until = time.monotonic() + patience_s
    for thread in probing:
        thread.join(max(until - time.monotonic(), 0))
    return [path for path in found if path not in gone]


def is_frozen() -> bool:
    """Whether this is an installed Handtint: a bundle with a Python of its own, to which no package can be added."""
    return getattr(sys, "frozen", False)


def resources_dir() -> Path:
    """The bundled `resources` folder: beside `src` in a source tree, inside the bundle when frozen."""
    if is_frozen():
        return Path(sys._MEIPASS) / "resources"  # type: ignore[attr-defined]
    return _SOURCE_TREE / "resources"


def is_inside_program(path: Path) -> bool:
    """Whether it lies among what belongs to Handtint itself, where an update would delete what a user put there."""
    own = resources_dir().parent if is_frozen() else resources_dir()
    try:
        return path.resolve().is_relative_to(own.resolve())
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle
        return False


def bundled_models_dir() -> Path:
    """Where the models that come with Handtint are."""
    return resources_dir() / "models"


def samples_dir() -> Path:
    """Where the sample photographs are."""
    return resources_dir() / "samples"


def icons_dir() -> Path:
    """Where the icons are."""
    return resources_dir() / "icons"


def guide_dir() -> Path:
    """Where the guide and its pictures are."""
    return resources_dir() / "guide"


def licenses_file() -> Path:
    """The licenses of all that an installed Handtint holds. A source tree has none: each package has its own."""
    return resources_dir() / "LICENSES.txt"


def models_document() -> Path:
    """The document on the bundled models: the licenses in their cards refer to it."""
    return resources_dir().parent / "docs" / "models.md"


def flavor() -> str:
    """For what device an installed Handtint was built, `cpu` or `cuda`; empty in a source tree."""
    file = resources_dir() / "flavor"
    return file.read_text(encoding="utf-8").strip() if is_file(file) else ""


def user_models_dir() -> Path:
    """Where models the user taught or added live. May not exist yet."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "models"


def log_dir() -> Path:
    """Where logs are written. May not exist yet."""
    return Path(platformdirs.user_log_dir(_APP, appauthor=False))


def state_dir() -> Path:
    """Where small things measured on this computer are kept. May not exist yet."""
    return Path(platformdirs.user_state_dir(_APP, appauthor=False))


def user_albums_dir() -> Path:
    """Where what the user set for the photos of albums is kept. May not exist yet."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "albums"


def user_recipes_dir() -> Path:
    """Where what was asked of each photo is kept. May not exist yet."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "recipes"


def user_presets_dir() -> Path:
    """Where the user's own presets are kept. May not exist yet."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "presets"


def pasted_dir() -> Path:
    """Where pictures from the clipboard are kept while they are open. May not exist yet."""
    return Path(platformdirs.user_cache_dir(_APP, appauthor=False)) / "pasted"
