"""Files of strangers, made up by Hypothesis: no reader may answer them with anything but a sentence.

    python -m tests.fuzzing [--minutes 10] [--seed 1] [--only exif]

Each reader of cards, recipes, hints, journals, verdicts, album choices, XMP and EXIF gets files that are nearly
right: objects of the right keys with odd values, and whole files of which bytes were changed. The search is led by
coverage: inputs that reach more lines of Handtint are varied further. What fails is made as short as it can be, and
printed; it belongs into the tests of that reader. `tests/test_fuzzing.py` does a few of each.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import io
import json
import os
import sqlite3
import sys
import tempfile
import time
import traceback
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, target
from hypothesis import strategies as st
from PIL import Image

import handtint
from handtint import paths
from handtint.album.choices import Choices, ChoicesError, read_choices, usual_output, write_choices
from handtint.album.entries import Entry
from handtint.album.journal import Journal, peek
from handtint.album.journal_files import FOLDER, JournalError
from handtint.album.review import Review, ReviewError
from handtint.errors import PhotoError
from handtint.imaging.hint_files import HintError, Picture, assign, check_inside, parse_hints
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import Provenance
from handtint.imaging.recipe_files import recipe_of_result
from handtint.imaging.writing import write_photo
from handtint.model_card import CARD_KEY, ModelError, read_card
from handtint.progress import Progress
from handtint.recipe.files import RecipeFile, parse_recipe, to_text
from handtint.recipe.form import RecipeError
from handtint.recipe.saving import SaveOptions
from handtint.recipe.store import Kept, RecipeStore
from handtint.stamps import Stamp
from tests.fakes import fake_card

_SRC = str(Path(handtint.__file__).parent)
_SHA256 = "0123456789abcdef" * 4
_FEW = 200  # examples before the next reader has its turn


# What is made up


_ODD = st.sampled_from(
    [None, True, 0, -1, 1, 10**400, -(2**63), 0.5, -0.0, 1e308, float("nan"), float("inf"), "", "\0", "\ud800", "../x"]
)
_ODD_OR_ANY = _ODD | st.integers() | st.floats() | st.text(max_size=6)
_ANY = st.recursive(
    _ODD_OR_ANY,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=6,
)


def objects_of(kind: Any) -> st.SearchStrategy[Any]:
    """JSON values that a field of this type may have in a file, most of them right."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        fields = {field.name: _field_of(kind, field.name) for field in dataclasses.fields(kind)}
        needed = {field.name for field in dataclasses.fields(kind) if _has_no_default(field)}
        optional = {name: value for name, value in fields.items() if name not in needed}
        return st.fixed_dictionaries({name: fields[name] for name in sorted(needed)}, optional=optional)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([objects_of(one) for one in inside])
    if origin is tuple and inside[-1] is Ellipsis:
        return st.lists(objects_of(inside[0]), max_size=3)
    if origin is tuple:
        return st.tuples(*map(objects_of, inside)).map(list)
    if origin is typing.Literal:
        return st.sampled_from(inside)
    usual = {
        bool: st.booleans(),
        int: st.integers(-2, 400),
        float: st.floats(-200, 200) | st.integers(0, 2),
        str: st.text(max_size=8) | st.just(_SHA256),
        type(None): st.none(),
    }
    return usual.get(kind, _ANY)


def _has_no_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


@functools.cache
def _field_of(kind: type, name: str) -> st.SearchStrategy[Any]:
    """Nine right values on an odd one, so that the right ones beside it are looked at too."""
    right = objects_of(typing.get_type_hints(kind)[name])
    return st.integers(0, 9).flatmap(lambda number: right if number else _ANY)


def _text_of(value: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """JSON, now and then with a few of its bytes changed."""
    written = value.map(lambda one: json.dumps(one).encode())
    return written | written.flatmap(changed)


def changed(whole: bytes) -> st.SearchStrategy[bytes]:
    """Some bytes of a file replaced, left out or put in, or it is cut off."""
    place = st.integers(0, max(len(whole) - 1, 0))
    edit = st.tuples(place, st.integers(0, 8), st.binary(max_size=8) | st.sampled_from(_TRAPS))
    return st.lists(edit, min_size=1, max_size=5).map(functools.partial(_edited, whole))


_TRAPS = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
    b"\x08\0\0\0",
    b"<",
    b"</",
    b"&#0;",
    b"1/0",
)


def _edited(whole: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    data = bytearray(whole)
    for at, length, new in edits:
        data[at : at + length] = new
    return bytes(data)


def _around(value: st.SearchStrategy[Any], *path: str) -> st.SearchStrategy[Any]:
    """The value under these keys of objects in each other."""
    for key in reversed(path):
        value = st.fixed_dictionaries({key: value})
    return value


# What reads it


def read_a_card(folder: Path, data: bytes) -> None:
    header = json.dumps({"__metadata__": {CARD_KEY: data.decode("latin-1")}}).encode()
    path = folder / "model.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with contextlib.suppress(ModelError):
        assert read_card(path).sha256


def read_a_header(folder: Path, data: bytes) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(data)
    with contextlib.suppress(ModelError):
        read_card(path)


def read_a_recipe(_: Path, data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        found = parse_recipe(text, "a.json")
    except RecipeError:
        return
    assert parse_recipe(to_text(found), "a.json") == found


def read_hints(folder: Path, data: bytes) -> None:
    try:
        found = parse_hints(data.decode("utf-8", "replace"), "a.json")
        scan = folder / "in" / "a.png"
        known, _ = assign(found, [Picture(folder / "a.png"), Picture(scan), Picture(scan, 2, 1)])
        for hints in (*found.values(), *known.values()):
            check_inside(hints, (60, 80), "a.png")
    except HintError:
        return


def read_kept_edits(folder: Path, data: bytes) -> None:
    store = RecipeStore(folder)
    (folder / f"{_SHA256}.json").write_bytes(data)
    with contextlib.suppress(RecipeError):
        kept = store.read(_SHA256)
        if kept is not None:
            store.write(kept)
            assert store.read(_SHA256) == kept


def read_a_journal_row(folder: Path, row: dict[str, Any]) -> None:
    with Journal(folder) as journal:
        journal.write(Entry(folder / "a.png", folder / "b.png", "started", Stamp(1, 2), "work"), "{}")
    with contextlib.closing(sqlite3.connect(folder / FOLDER / "journal.sqlite")) as database, database:
        for column, value in row.items():
            with contextlib.suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):  # it cannot be there
                database.execute(f"UPDATE photos SET {column} = ?", (value,))
    _read_journal(folder)


def read_a_journal_file(folder: Path, data: bytes) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "journal.sqlite").write_bytes(data)
    _read_journal(folder)


def _read_journal(folder: Path) -> None:
    with contextlib.suppress(JournalError):
        peek(folder)
    with contextlib.suppress(JournalError), Journal(folder) as journal:
        assert journal.strange is not None
        for entry in journal.entries():
            assert entry.is_untouched in (True, False)
            journal.asked(entry.work)


def read_verdicts(folder: Path, data: bytes) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "review.json").write_bytes(data)
    (folder / "a.png").touch()
    with contextlib.suppress(ReviewError):
        review = Review(folder)
        review.verdict(folder / "a.png")
        assert all(folder in target.parents for target in review.targets_aside())
        json.dumps(review.rows())


def read_album_choices(folder: Path, data: bytes) -> None:
    album = folder / "album"
    album.mkdir()
    with _data_in(folder):
        write_choices(Choices(album, usual_output(album)))
        (file,) = (folder / "data").rglob("*.json")
        file.write_bytes(data)
        with contextlib.suppress(ChoicesError):
            json.dumps(read_choices(album).as_kept())


@contextlib.contextmanager
def _data_in(folder: Path) -> Iterator[None]:
    with mock.patch.object(paths, "user_albums_dir", return_value=folder / "data"):
        yield


def read_a_photo_with(exif: bytes | None, xmp: bytes | None, folder: Path) -> None:
    """Open a photo with these in it, and save it in every format: what is not understood is left out and said."""
    picture, file = Image.fromarray(np.full((6, 8), 100, np.uint8)), io.BytesIO()
    picture.save(file, "JPEG")
    data = file.getvalue()
    for mark, block in ((b"Exif\0\0", exif), (b"http://ns.adobe.com/xap/1.0/\0", xmp)):
        if block is not None:
            payload = (mark + block)[:65533]
            data = data[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + data[2:]
    path = folder / "a.jpg"
    path.write_bytes(data)
    with contextlib.suppress(RecipeError):
        recipe_of_result(path)
    try:
        photo = read_photo(path)
    except PhotoError as error:
        raise AssertionError(f"metadata refuses a photo: {error}") from error
    for suffix in ("jpg", "png", "tif", "webp"):
        result = folder / f"result.{suffix}"
        write_photo(result, photo, SaveOptions(), Provenance("m", "0" * 64), Progress())
        read_photo(result)


def read_exif(folder: Path, data: bytes) -> None:
    read_a_photo_with(data, None, folder)


def read_xmp(folder: Path, data: bytes) -> None:
    read_a_photo_with(None, data, folder)


def _whole_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x011A], exif[0x011B], exif[0x0132] = (
        "Maker",
        6,
        300.0,
        300.0,
        "1923:00:00 00:00:00",
    )
    inside = exif.get_ifd(0x8769)
    inside[0x9003], inside[0xA002], inside[0x9214], inside[0x927C] = (
        "1923:05:06 07:08:09",
        80,
        (4, 3, 2, 2),
        b"Nikon\0x",
    )
    exif.get_ifd(0x8825)[0x0002] = (48.0, 12.0, 3.5)
    exif.get_ifd(0xA005)[0x0001] = "R98"
    return exif.tobytes()[6:]


def _whole_xmp() -> bytes:
    from tests.imaging.test_regions import FACES, packet

    more = (
        '<xmp:CreateDate xmlns:xmp="http://ns.adobe.com/xap/1.0/">1923-05</xmp:CreateDate>'
        '<tiff:XResolution xmlns:tiff="http://ns.adobe.com/tiff/1.0/">300/1</tiff:XResolution>'
        '<handtint:Recipe xmlns:handtint="urn:handtint:provenance:1.0:">{"version": 1}</handtint:Recipe>'
        '<handtint:Model xmlns:handtint="urn:handtint:provenance:1.0:">unet</handtint:Model>'
    )
    return packet(FACES + more)


def _whole_journal() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        with Journal(Path(folder)) as journal:
            journal.write(Entry(Path(folder, "a.png"), Path(folder, "b.png"), "done", Stamp(1, 2), "work"), "{}")
        return Path(folder, FOLDER, "journal.sqlite").read_bytes()


def _whole_header() -> bytes:
    card = {"__metadata__": {CARD_KEY: fake_card().to_json()}}
    tensors = {"w": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}}
    header = json.dumps(card | tensors).encode()
    return len(header).to_bytes(8, "little") + header + bytes(8)


def _choices_like() -> st.SearchStrategy[Any]:
    recipe = objects_of(RecipeFile).map(lambda one: one.get("recipe", {}))
    photo = st.fixed_dictionaries({}, optional={"recipe": recipe, "marked": _ODD, "left_out": _ODD, "settings": _ANY})
    return st.fixed_dictionaries(
        {"output": st.just("/out") | _ODD, "recursive": st.booleans(), "model": st.just("m") | _ODD},
        optional={
            "version": _ODD,
            "folder": st.just("/x") | _ODD,
            "photos": st.dictionaries(st.sampled_from(["a.png", "../a.png", "\0", ""]), photo | _ANY) | _ANY,
            "save": objects_of(SaveOptions) | _ANY,
            "recipe": recipe | _ANY,
            "signs": st.dictionaries(st.text(max_size=4), _ODD) | _ANY,
            "was": st.lists(_ODD) | _ANY,
        },
    )


_COLUMNS = [
    *("key", "target", "source", "state", "source_size", "source_mtime_ns", "sha256", "work", "reason", "notes"),
    *("seconds", "pixels", "made_size", "made_mtime_ns", "before_size", "before_mtime_ns", "time"),
]
_IN_A_ROW = _ODD_OR_ANY | st.binary(max_size=8) | _ANY.map(json.dumps) | st.sampled_from(["done", "failed", "[]"])
_HINT = st.fixed_dictionaries(
    {"x": st.floats(0, 80) | _ODD, "y": st.floats(0, 60) | _ODD},
    optional={
        "a": _ODD_OR_ANY,
        "b": _ODD_OR_ANY,
        "color": st.sampled_from(["#7a4b3c", "#7a4", "red"]) | _ODD,
        "radius": _ODD,
    },
)
_VERDICT = st.tuples(
    st.sampled_from(["accepted", "rejected", "lost"]) | _ODD,
    st.integers(0, 9) | _ODD,
    st.integers(0, 9) | _ODD,
    st.sampled_from(["", "rejected/a.png", "../a.png", "/etc"]) | _ODD,
)

READERS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Path, Any], None]]] = {
    "card": (_text_of(objects_of(type(fake_card()))), read_a_card),
    "header": (changed(_whole_header()), read_a_header),
    "recipe": (_text_of(objects_of(RecipeFile) | _around(objects_of(Kept), "recipe") | _ANY), read_a_recipe),
    "hints": (
        _text_of(st.dictionaries(st.sampled_from(["a.png", "in/a.png", "", "\0"]), st.lists(_HINT)) | _ANY),
        read_hints,
    ),
    "kept": (_text_of(objects_of(Kept).map(lambda one: {"recipe": {}, **one, "sha256": _SHA256})), read_kept_edits),
    "journal row": (st.dictionaries(st.sampled_from(_COLUMNS), _IN_A_ROW, min_size=1, max_size=3), read_a_journal_row),
    "journal file": (changed(_whole_journal()), read_a_journal_file),
    "verdicts": (
        _text_of(st.dictionaries(st.sampled_from(["a.png", "in/a.png", "../x", "\0"]), _VERDICT | _ANY) | _ANY),
        read_verdicts,
    ),
    "choices": (_text_of(_choices_like()), read_album_choices),
    "exif": (changed(_whole_exif()), read_exif),
    "xmp": (changed(_whole_xmp()), read_xmp),
}


# The search


def search(name: str, examples: int, number: int, reached: set[tuple[str, int]] | None = None) -> None:
    """Try so many files on a reader. Raises what it raises on the shortest of those at which it fails.

    Args:
        number: the seed.
        reached: the lines of Handtint that were reached, which are added to; where it is given, they lead the search.
    """
    strategy, read = READERS[name]

    def check(made: Any) -> None:
        lines = set[tuple[str, int]]()
        with (
            tempfile.TemporaryDirectory() as folder,
            _traced(lines) if reached is not None else contextlib.nullcontext(),
        ):
            read(Path(folder), made)
        if reached is not None:
            target(float(len(lines)), label="lines")
            reached.update(lines)

    settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        phases=(Phase.generate, Phase.target, Phase.shrink),
        print_blob=False,
        verbosity=Verbosity.normal,
    )(seed(number)(given(strategy)(check)))()


@contextlib.contextmanager
def _traced(lines: set[tuple[str, int]]) -> Iterator[None]:
    """Note the lines of Handtint that are reached."""

    def trace(frame: FrameType, _event: str, _argument: object) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(_SRC):
            return None

        def line(frame: FrameType, event: str, _argument: object) -> Any:
            if event == "line":
                lines.add((name, frame.f_lineno))
            return line

        return line

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def _told(error: BaseException) -> str:
    """Where it was raised, and the file that Hypothesis mentions in a note."""
    where = traceback.format_tb(error.__traceback__)[-8:]
    notes = [note[:3000] for note in getattr(error, "__notes__", ())]
    return "".join([*where, f"{type(error).__name__}: {str(error)[:1000]}\n", *notes])


def main() -> int:
    """See the module's text."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="readers with this in their name")
    args = parser.parse_args()
    names = [name for name in READERS if args.only in name]
    reached = {name: set[tuple[str, int]]() for name in names}
    failed: dict[str, str] = {}
    rounds, tried, end = 0, 0, time.monotonic() + args.minutes * 60
    os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp()
    while time.monotonic() < end and len(failed) < len(names):
        for name in names:
            if name not in failed and time.monotonic() < end:
                tried += _FEW
                try:
                    search(name, _FEW, args.seed * 1_000_000 + rounds, reached[name])
                except BaseException as error:
                    failed[name] = _told(error)
                if name in failed:
                    print(f"{name}: FAULT\n{failed[name]}", flush=True)
        rounds += 1
    for name in names:
        print(f"{name}: {len(reached[name])} lines of Handtint reached{', FAULT' if name in failed else ''}")
    print(f"seed {args.seed}: some {tried} files, {len(failed)} readers with a fault")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
