"""The photo whose colors another one takes, where both show the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePath

from handtint.recipe.form import RecipeError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST = 4096


@dataclass(frozen=True)
class ReferencePhoto:
    """A photo in color, or a result; a record of `recipe.form`. Raises `RecipeError` for what leads to none.

    Attributes:
        path: where it was when it was chosen; in the notes of results its file name alone.
        sha256: hash of its bytes, hexadecimal, by which it is known wherever it is.
    """

    path: str
    sha256: str

    def __post_init__(self) -> None:
        if not self.name or "\0" in self.path or len(self.path) > _LONGEST:
            raise RecipeError("The photo whose colors are taken needs the path of a file.")
        if not _SHA256.fullmatch(self.sha256):
            raise RecipeError("The hash of the photo whose colors are taken must be 64 hexadecimal digits.")

    @property
    def name(self) -> str:
        """Its file name."""
        return PurePath(self.path.replace("\\", "/")).name

    @property
    def without_folder(self) -> ReferencePhoto:
        """The same with its file name alone, to be told to others."""
        return replace(self, path=self.name)
