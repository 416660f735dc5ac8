"""Records of a decoded picture as JSON, with arrays and byte strings beside it, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from handtint.imaging.rows import Rows


class Packed(NamedTuple):
    """A value as JSON in which `{"array": n}` and `{"bytes": n}` stand for the n-th of those beside it."""

    tree: Any
    arrays: list[np.ndarray]
    blobs: list[bytes]


def pack(value: Any, keep: Callable[[Rows], int]) -> Packed:
    """A value of records, tuples, lists, arrays, `Rows`, bytes and plain values; `keep` gives a number for `Rows`."""
    arrays: list[np.ndarray] = []
    blobs: list[bytes] = []

    def put(here: Any) -> Any:
        if dataclasses.is_dataclass(here) and not isinstance(here, type):
            fields = {field.name: put(getattr(here, field.name)) for field in dataclasses.fields(here)}
            return {"record": type(here).__name__, "fields": fields}
        if isinstance(here, Rows):
            return {"rows": keep(here), "shape": list(here.shape), "dtype": here.dtype.str, "step": here.step}
        if isinstance(here, np.ndarray):
            arrays.append(here)
            return {"array": len(arrays) - 1}
        if isinstance(here, bytes | bytearray | memoryview):
            blobs.append(bytes(here))
            return {"bytes": len(blobs) - 1}
        if isinstance(here, tuple | list):
            return {type(here).__name__: [put(item) for item in here]}
        if here is None or isinstance(here, bool | int | float | str):
            return here
        raise TypeError(f"{type(here).__name__} cannot be packed")

    return Packed(put(value), arrays, blobs)


def unpack(
    tree: Any,
    arrays: Sequence[np.ndarray],
    blobs: Sequence[bytes],
    records: Sequence[type],
    open_rows: Callable[[dict[str, Any]], Rows],
) -> Any:
    """What was packed. Of records only those named are made; `open_rows` makes `Rows` of their description."""
    known = {record.__name__: record for record in records}

    def get(here: Any) -> Any:
        if not isinstance(here, dict):
            return here
        if "record" in here:
            return known[here["record"]](**{name: get(value) for name, value in here["fields"].items()})
        if "rows" in here:
            return open_rows(here)
        if "array" in here:
            return arrays[here["array"]]
        if "bytes" in here:
            return blobs[here["bytes"]]
        if "tuple" in here:
            return tuple(map(get, here["tuple"]))
        return list(map(get, here["list"]))

    return get(tree)
