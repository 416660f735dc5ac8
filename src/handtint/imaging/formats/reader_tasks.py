"""What the reader process does for a request. Runs in that process alone."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from handtint.errors import PhotoError
from handtint.imaging.formats import decoding
from handtint.imaging.formats.decoded import Damaged, Incomplete, NotReadable
from handtint.imaging.formats.decoded import decoding as decoding_errors
from handtint.imaging.formats.packing import pack
from handtint.imaging.rows import Rows
from handtint.recipe.source import Source

_MOST_OPEN = 16  # pictures that are being read in bands


class Tasks:
    """The requests that can be made, and the pictures that are being read in bands."""

    def __init__(self) -> None:
        self._rows: OrderedDict[int, Rows] = OrderedDict()
        self._count = 0

    def do(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[np.ndarray], list[bytes]]:
        """The answer to one request, with arrays and byte strings that belong to it. Raises what went wrong."""
        path = Path(request["path"])
        if request["do"] == "rows":
            return self._read(request["number"], request["top"], request["stop"])
        if request["do"] == "head":
            found: Any = decoding.head_here(path)
        else:
            source = Source(request["page"], request["partial"])
            found = decoding.decode_here(path, source, in_bands=request["in_bands"], shortest=request["shortest"])
        packed = pack(found, self._keep)
        return {"is": packed.tree}, packed.arrays, packed.blobs

    def _keep(self, rows: Rows) -> int:
        self._count += 1
        self._rows[self._count] = rows
        if len(self._rows) > _MOST_OPEN:
            self._rows.popitem(last=False)
        return self._count

    def _read(self, number: int, top: int, stop: int) -> tuple[dict[str, Any], list[np.ndarray], list[bytes]]:
        rows = self._rows.get(number)
        if rows is None:
            return {"closed": True}, [], []
        self._rows.move_to_end(number)
        with decoding_errors():
            return {}, [rows[top:stop]], []


def kind_of(error: BaseException) -> tuple[str, str]:
    """The kind of an error, by which the other side makes one of the same kind, and its text."""
    if isinstance(error, NotReadable):
        return "not readable", str(error)
    if isinstance(error, PhotoError):  # a whole sentence where a reason was meant
        return "damaged", str(error)
    if isinstance(error, Incomplete):
        return "incomplete", str(error)
    if isinstance(error, Damaged):
        return "damaged", str(error)
    if isinstance(error, MemoryError):
        return "memory", str(error)
    if isinstance(error, OSError) and error.errno is not None:
        return "system", error.strerror or str(error)
    return "fault", repr(error)
