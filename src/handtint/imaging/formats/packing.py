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
    beside = _Beside([], [], keep)
    return Packed(_put(value, beside), beside.arrays, beside.blobs)


class _Beside(NamedTuple):
    arrays: list[np.ndarray]
    blobs: list[bytes]
    keep: Callable[[Rows], int]


# No function inside that calls itself: it would hold the arrays until Python looks for circles of references.
def _put(here: Any, beside: _Beside) -> Any:
    if dataclasses.is_dataclass(here) and not isinstance(here, type):
        fields = {field.name: _put(getattr(here, field.name), beside) for field in dataclasses.fields(here)}
        return {"record": type(here).__name__, "fields": fields}
    if isinstance(here, Rows):
        return {"rows": beside.keep(here), "shape": list(here.shape), "dtype": here.dtype.str, "step": here.step}
    if isinstance(here, np.ndarray):
        beside.arrays.append(here)
        return {"array": len(beside.arrays) - 1}
    if isinstance(here, bytes | bytearray | memoryview):
        beside.blobs.append(bytes(here))
        return {"bytes": len(beside.blobs) - 1}
    if isinstance(here, tuple | list):
        return {type(here).__name__: [_put(item, beside) for item in here]}
    if here is None or isinstance(here, bool | int | float | str):
        return here
    raise TypeError(f"{type(here).__name__} cannot be packed")


def unpack(
    tree: Any,
    arrays: Sequence[np.ndarray],
    blobs: Sequence[bytes],
    records: Sequence[type],
    open_rows: Callable[[dict[str, Any]], Rows],
) -> Any:
    """What was packed. Of records only those named are made; `open_rows` makes `Rows` of their description."""
    return _get(tree, _Known(arrays, blobs, {record.__name__: record for record in records}, open_rows))


class _Known(NamedTuple):
    arrays: Sequence[np.ndarray]
    blobs: Sequence[bytes]
    records: dict[str, type]
    open_rows: Callable[[dict[str, Any]], Rows]


def _get(here: Any, known: _Known) -> Any:
    if not isinstance(here, dict):
        return here
    if "record" in here:
        return known.records[here["record"]](**{name: _get(value, known) for name, value in here["fields"].items()})
    if "rows" in here:
        return known.open_rows(here)
    if "array" in here:
        return known.arrays[here["array"]]
    if "bytes" in here:
        return known.blobs[here["bytes"]]
    if "tuple" in here:
        return tuple(_get(item, known) for item in here["tuple"])
    return [_get(item, known) for item in here["list"]]
