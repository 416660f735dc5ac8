"""File names of results: the name of the photo with "(colorized)" added."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from handtint.recipe.saving import SUFFIXES

_MARK = " (colorized)"
_RESULT = re.compile(re.escape(_MARK) + r"( \([0-9]+\))?$")


def proposed_path(source: Path, format_name: str, folder: Path | None = None, page: int | None = None) -> Path:
    """Beside the source, or in a folder, under a name of its own that says what it is.

    Args:
        page: of a file that holds several.
    """
    stem = source.stem if page is None else f"{source.stem}-{page}"
    return (folder or source.parent) / f"{stem}{_MARK}{SUFFIXES[format_name][0]}"


def without_results(names: Sequence[str]) -> list[str]:
    """The names of a folder without those of results that lie beside their photo."""
    stems = {PurePath(name).stem for name in names}

    def is_result(name: str) -> bool:
        found = _RESULT.search(PurePath(name).stem)
        return found is not None and name[: found.start()] in stems

    return [name for name in names if not is_result(name)]
