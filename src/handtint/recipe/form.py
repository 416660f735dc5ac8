"""The one JSON form of records: what a person asks of a photo, as files and journals hold it.

A record is a frozen dataclass of bool, int, float, str, None, tuples of these, and other records. Its JSON object has
a key for each field that differs from its default, so a field that is added later changes nothing that was written
before. That holds as long as the default of a field never changes: it must mean "as before there was this field". A
default that is a matter of taste may change; such a field is declared `always_written`.

Objects at the top of a file carry `version`. What cannot be read raises `RecipeError`.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from typing import Any, TypeVar

from handtint.errors import HandtintError, Sentence
from handtint.plain import nearest

VERSION = 1  # rises when a key gets another meaning, or a reader that does not know a new key must not ignore it
_VERSION_KEY = "version"
_ALWAYS = "always written"

Record = TypeVar("Record")


class RecipeError(HandtintError, ValueError):
    """A recipe, or a part of one, that cannot be: unknown keys, wrong types, values out of range."""


def always_written(default: Any) -> Any:
    """The field of a record whose default may change one day, so that files say the value even so."""
    return dataclasses.field(default=default, metadata={_ALWAYS: True})


def to_json(record: Any) -> dict[str, Any]:
    """The record as a JSON object with its version."""
    return {_VERSION_KEY: VERSION, **part_to_json(record)}


def part_to_json(record: Any) -> dict[str, Any]:
    """The record as a JSON object inside another one, which has the version."""
    kinds, values = _kinds(type(record)), {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        written = _value_to_json(value, kinds[field.name])
        holds_more = dataclasses.is_dataclass(value) and written  # something always written, inside
        if field.metadata.get(_ALWAYS) or holds_more or value != _default(field):
            values[field.name] = written
    return values


def from_json(cls: type[Record], value: Any, what: str = "The recipe") -> Record:
    """The record that a JSON object says; `what` is its name at the beginning of a sentence. Raises `RecipeError`."""
    if isinstance(value, dict):
        value = dict(value)
        check_version(value.pop(_VERSION_KEY, VERSION), what)
    return _record(cls, value, what, "")


def check_version(version: Any, what: str) -> None:
    """Raises `RecipeError` for a version that is none, or of a newer Handtint."""
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise RecipeError(
            "{what} has the version {short}, which must be a whole number from 1.", what=what, short=_short(version)
        )
    if version > VERSION:
        raise RecipeError(
            "{what} was made by a newer Handtint (version {version} of its form; this one reads up to {version2}). "
            "Update Handtint to use it.",
            what=what,
            version=version,
            version2=VERSION,
        )


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@functools.cache
def _kinds(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _value_to_json(value: Any, kind: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return part_to_json(value)
    if isinstance(value, tuple):
        item = _item_kinds(_without_none(kind), len(value))
        return [_value_to_json(one, its) for one, its in zip(value, item, strict=True)]
    return float(value) if _without_none(kind) is float and value is not None else value


def _without_none(kind: Any) -> Any:
    """`T` of `T | None`."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (kind,) = (one for one in typing.get_args(kind) if one is not type(None))
    return kind


def _item_kinds(kind: Any, count: int) -> tuple[Any, ...]:
    items = typing.get_args(kind)
    return (items[0],) * count if items[-1] is Ellipsis else items


def _record(cls: type[Record], value: Any, what: str, place: str) -> Record:
    """A record from JSON. `place` is the path of keys that leads to it."""
    if not isinstance(value, dict):
        raise RecipeError(
            "{what}{at} must be an object in braces, not {short}.", what=what, at=_at(place), short=_short(value)
        )
    kinds = _kinds(cls)
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    for key in value:
        if key not in fields:
            near, all_ = nearest(str(key), fields), Sentence("It may have {names}.", names=", ".join(fields))
            hint = Sentence('Did you mean "{name}"?', name=near) if near else all_
            raise RecipeError(
                '{what}{at} has "{short}", which means nothing here. {hint}',
                what=what,
                at=_at(place),
                short=_short(key, quote=False),
                hint=hint,
            )
    for name, field in fields.items():
        if name not in value and field.default is field.default_factory is dataclasses.MISSING:
            raise RecipeError("{what}{at} has no {name}.", what=what, at=_at(place), name=name)
    values = {key: _value(kinds[key], one, what, f"{place}.{key}" if place else key) for key, one in value.items()}
    try:
        return cls(**values)
    except HandtintError as error:
        raise RecipeError(
            "{what}{at} cannot be used: {error}", what=what, at=_at(place), error=_lower(str(error))
        ) from error
    except ValueError as error:
        raise RecipeError("{what}{at} cannot be used: {error}.", what=what, at=_at(place), error=error) from error


def _value(kind: Any, value: Any, what: str, place: str) -> Any:
    if value is None:
        if type(None) in typing.get_args(kind):
            return None
        raise _wrong(what, place, _words(kind), value)
    kind = _without_none(kind)
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast("type[Any]", kind), value, what, place)
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise _wrong(what, place, "a list", value)
        items = _item_kinds(kind, len(value))
        if len(items) != len(value):
            raise _wrong(what, place, Sentence("a list of {count} values", count=len(items)), value)
        return tuple(
            _value(its, one, what, f"{place}[{n}]") for n, (its, one) in enumerate(zip(items, value, strict=True))
        )
    if typing.get_origin(kind) is typing.Literal:
        if value not in typing.get_args(kind):
            raise _wrong(what, place, " or ".join(json.dumps(one) for one in typing.get_args(kind)), value)
        return value
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # a whole number of hundreds of digits
            number = math.inf
        if math.isfinite(number):
            return number
    if type(value) is not kind or kind is float:
        raise _wrong(what, place, _words(kind), value)
    return value


def _words(kind: Any) -> str:
    known = {float: "a number", int: Sentence("a whole number"), bool: Sentence("true or false"), str: "a text"}
    return known.get(kind, Sentence("of another kind"))


def _wrong(what: str, place: str, wanted: str, value: Any) -> RecipeError:
    return RecipeError(
        "{what}: {place} must be {wanted}, not {short}.", what=what, place=place, wanted=wanted, short=_short(value)
    )


def _at(place: str) -> str:
    return f", at {place}," if place else ""


def _short(value: Any, quote: bool = True) -> str:
    text = json.dumps(value, default=str) if quote else str(value)
    return text if len(text) < 40 else f"{text[:39]}…"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
