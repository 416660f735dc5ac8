"""Hints in files: what is read, what is refused and how that is said."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from handtint.imaging.hint_files import (
    HintError,
    Picture,
    assign,
    check_inside,
    names_of,
    parse_hints,
    read_hints,
    write_hints,
)
from handtint.imaging.photo import Photo, PhotoMeta
from handtint.imaging.writing import write_photo
from handtint.progress import Progress
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.restore.way import provenance_of
from tests.fakes import fake_card

HINTS = (Hint(10.5, 20.0, 3.0, 12.5, -40.0), Hint(1.0, 2.0, 0.5, 0.0, 0.0))


def refused(entry: object) -> str:
    """What is said of a file with this one hint."""
    with pytest.raises(HintError) as caught:
        parse_hints(json.dumps({"a.jpg": [{"x": 1, "y": 2, "a": 3, "b": 4}, entry]}), "hints.json")
    return str(caught.value)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "hints.json"
    write_hints(path, {"Großmutter.jpg": HINTS, "b.png": HINTS[:1]}, overwrite=False)
    assert read_hints(path) == {"Großmutter.jpg": HINTS, "b.png": HINTS[:1]}
    with pytest.raises(FileExistsError):
        write_hints(path, {}, overwrite=False)


def test_a_color_is_taken_by_hue_and_chroma_and_the_radius_may_be_left_out() -> None:
    (hint,) = parse_hints('{"a.jpg": [{"x": 4, "y": 5, "color": "#7A4b3c"}]}', "h.json")["a.jpg"]
    assert (hint.x, hint.y, hint.radius) == (4, 5, 0.5)
    assert (hint.a, hint.b) == pytest.approx((18.4, 16.9), abs=0.5)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (5, 'Hint 2 of "a.jpg" in "hints.json" must be an object'),
        ({"y": 2, "a": 3, "b": 4}, "has no x."),
        ({"x": 1, "y": 2, "b": 4}, 'has no a (or a color such as "#7a4b3c").'),
        ({"x": "1", "y": 2, "a": 3, "b": 4}, 'x must be a number, not "1".'),
        ({"x": True, "y": 2, "a": 3, "b": 4}, "x must be a number, not true."),
        ({"x": float("nan"), "y": 2, "a": 3, "b": 4}, "x must be a number"),
        ({"x": 10**400, "y": 2, "a": 3, "b": 4}, "x must be a number, not 1000"),
        ({"x": 1, "y": 2, "color": "red"}, 'color must be written as "#7a4b3c", not "red".'),
        ({"x": 1, "y": 2, "color": "#7a4b3c", "a": 1}, "has a color twice"),
        ({"x": 1, "y": 2, "a": 300, "b": 4}, "a or b beyond"),
        ({"x": 1, "y": 2, "a": 3, "b": 4, "radius": 0}, "has the radius 0, which must be above 0."),
        ({"x": 1, "y": 2, "a": 3, "b": 4, "colour": 1}, 'has "colour", which means nothing here'),
    ],
)
def test_a_wrong_hint_is_named_with_what_is_wrong(entry: object, said: str) -> None:
    text = refused(entry)
    assert text.startswith('Hint 2 of "a.jpg" in "hints.json"')
    assert said in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", '"hints.json" is not valid JSON'),
        ('{"a.jpg": ' + "[" * 100_000, '"hints.json" is not valid JSON'),
        ("[]", '"hints.json" must hold one object'),
        ('{"a.jpg": {}}', '"a.jpg" in "hints.json" must be a list of hints.'),
    ],
)
def test_a_wrong_file_is_named(text: str, said: str) -> None:
    with pytest.raises(HintError) as caught:
        parse_hints(text, "hints.json")
    assert said in str(caught.value)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"\xe4": []}')
    for name, said in (("gone.json", "it is not there"), ("gone.jpg", "it is not there"), ("latin.json", "UTF-8")):
        with pytest.raises(HintError) as caught:
            read_hints(tmp_path / name)
        assert said in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("name", ["pipe.json", "pipe.png"])
def test_a_pipe_holds_no_hints_and_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(HintError, match="is not a file"):
        read_hints(tmp_path / name)


def test_a_saved_result_gives_its_hints_back(tmp_path: Path) -> None:
    source = tmp_path / "porch.png"
    source.write_bytes(b"scan")
    photo = Photo(np.full((30, 40, 3), 90, np.uint8), PhotoMeta(source=source))
    for hints, name in ((HINTS, "with.png"), ((), "without.png")):
        provenance = provenance_of(photo, Recipe(Settings(hints=hints)), fake_card())
        write_photo(tmp_path / name, photo, SaveOptions(format="png"), provenance, Progress())
    assert read_hints(tmp_path / "with.png") == {"porch.png": HINTS}
    with pytest.raises(HintError, match="holds no color hints"):
        read_hints(tmp_path / "without.png")


def test_photos_are_found_by_name_or_by_the_end_of_their_path() -> None:
    photos = [Path("/p/1910/aunt.tif"), Path("/p/1920/aunt.tif"), Path("/p/café.jpg")]
    pictures = [Picture(photo) for photo in photos]
    found, strange = assign({"1920/aunt.tif": HINTS, "cafe\u0301.jpg": HINTS[:1], "x.jpg": HINTS}, pictures)
    assert found == {pictures[1]: HINTS, pictures[2]: HINTS[:1]}
    assert strange == ["x.jpg"]
    with pytest.raises(HintError, match=r'"aunt\.tif" could be for .*such as "1910/aunt\.tif"'):
        assign({"aunt.tif": HINTS}, pictures)


def test_hints_are_for_the_page_and_the_print_that_is_named() -> None:
    first, second, one, two = (Picture(Path("/p/scan.tif"), *place) for place in ((1, 0), (2, 0), (3, 1), (3, 2)))
    names = [picture.called("scan.tif") for picture in (first, second, one, two)]
    assert names == ["scan.tif", "scan.tif#page=2", "scan.tif#page=3&print=1", "scan.tif#page=3&print=2"]
    for picture, name in zip((first, second, one, two), names, strict=True):
        assert assign({name: HINTS}, [first, second, one, two]) == ({picture: HINTS}, [])
    assert assign({"scan.tif#page=3": HINTS}, [first, one, two])[0] == {one: HINTS, two: HINTS}  # of a page not split
    assert assign({"scan.tif#print=1": HINTS}, [first]) == ({}, ["scan.tif#print=1"])
    assert assign({"scan.tif": HINTS}, [second]) == ({}, ["scan.tif"])
    assert assign({"a#page=2.tif": HINTS}, [Picture(Path("/p/a#page=2.tif"))])[1] == []


def test_photos_of_one_name_are_written_with_their_folders() -> None:
    photos = [Path("/p/1910/aunt.tif"), Path("/p/1920/aunt.tif"), Path("/p/b.jpg")]
    assert list(names_of(photos).values()) == ["1910/aunt.tif", "1920/aunt.tif", "b.jpg"]


@pytest.mark.parametrize(("x", "y"), [(-1, 5), (31, 5), (5, -1), (5, 21)])
def test_a_hint_beyond_any_edge_is_refused(x: float, y: float) -> None:
    for corner in ((0, 0), (30, 20)):
        check_inside([Hint(*corner, 1, 0, 0)], (20, 30), "a.jpg")
    with pytest.raises(HintError, match="outside the photo, which has 30 x 20 pixels"):
        check_inside([Hint(x, y, 1, 0, 0)], (20, 30), "a.jpg")


def test_a_hint_outside_the_photo_is_refused() -> None:
    check_inside(HINTS, (20, 11), "a.jpg")
    with pytest.raises(HintError, match=r'Hint 1 of "a\.jpg" lies at 10\.5, 20, outside .* 10 x 20 pixels'):
        check_inside(HINTS, (20, 10), "a.jpg")
