"""Which files count as photos by their names, and how names sort."""

from __future__ import annotations

import re

from handtint.recipe.saving import INSTEAD, SUFFIXES

# What counts as a photo in a folder; a file that is named is opened whatever its suffix.
PHOTO_SUFFIXES = (*(suffix for suffixes in SUFFIXES.values() for suffix in suffixes), *INSTEAD)


def is_photo_name(name: str) -> bool:
    """Whether a file of this name counts as a photo in a folder."""
    return name[:1] != "." and name.lower().endswith(PHOTO_SUFFIXES)


def natural_key(name: str) -> tuple[str | int, ...]:
    """By which names sort as people count: `9.jpg` before `10.jpg`. Names that differ may have one key."""
    parts = re.split(r"([0-9]+)", name.casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts))
