"""Recipes that are kept by themselves: whole or not at all, found by the photo's bytes, and never more than fit."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from handtint.recipe import known_photos, store
from handtint.recipe.form import VERSION, RecipeError, to_json
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.history import Step
from handtint.recipe.known_photos import KnownPhotos
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.source import Source
from handtint.recipe.store import Kept, RecipeStore, Snapshot, StoreError, kept_now

SHA256 = "0123456789abcdef" * 4
RECIPE = Recipe(Settings(0.9, hints=(Hint(1, 2, 3, 4, 5),), variant=2), "unet")
FULL = Kept(
    SHA256,
    RECIPE,
    "a.jpg",
    1.5,
    (Step(Recipe()), Step(Recipe(Settings(0.5)), "Quiet archive")),
    (Step(Recipe(Settings(0.1))),),
    (Snapshot("before lunch", Recipe(Settings(strength=2.0))),),
)


@pytest.fixture
def kept(tmp_path: Path) -> RecipeStore:
    return RecipeStore(tmp_path / "recipes")


def put(kept: RecipeStore, text: str | bytes) -> Path:
    """A stranger's file where that of the photo would be."""
    kept.folder.mkdir(exist_ok=True)
    path = kept.folder / f"{SHA256}.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_all_that_is_kept_comes_back(kept: RecipeStore) -> None:
    assert kept.read(SHA256) is None
    kept.write(FULL)
    assert kept.read(SHA256) == FULL
    assert kept.read("f" * 64) is None


def test_prints_of_a_scan_are_kept_by_themselves_and_forgotten_with_it(kept: RecipeStore) -> None:
    scan = dataclasses.replace(FULL, prints=2)
    first, second = (
        Kept(SHA256, Recipe(geometry=Geometry(crop=(10.0 * part, 0, 5, 5)), part=part), "a.jpg") for part in (1, 2)
    )
    for one in (scan, first, second):
        kept.write(one)
    assert (kept.read(SHA256), kept.read(SHA256, part=1), kept.read(SHA256, part=2)) == (scan, first, second)
    (kept.folder / f"{SHA256}-2.json").replace(kept.folder / f"{SHA256}-1.json")
    assert kept.read(SHA256, part=1) is None  # it is that of another print
    kept.write(first)
    kept.forget(SHA256)
    assert (kept.read(SHA256), kept.read(SHA256, part=1)) == (None, None)


def test_pages_of_a_file_and_prints_on_them_do_not_take_each_others_place(kept: RecipeStore) -> None:
    places = [(page, part) for page in (1, 2, 22) for part in (0, 1, 2, 22)]
    known = {
        (page, part): Kept(SHA256, Recipe(Settings(number / 100), source=Source(page), part=part))
        for number, (page, part) in enumerate(places)
    }
    for one in known.values():
        kept.write(one)
    assert {place: kept.read(SHA256, *place) for place in places} == known
    kept.forget(SHA256, 2)
    assert [place for place in places if kept.read(SHA256, *place)] == [place for place in places if place[0] != 2]
    kept.forget(SHA256)
    assert [place for place in places if kept.read(SHA256, *place)] == [place for place in places if place[0] == 22]


def test_what_is_forgotten_is_gone(kept: RecipeStore) -> None:
    kept.write(FULL)
    kept.forget(SHA256)
    kept.forget(SHA256)
    assert kept.read(SHA256) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[" * 100_000,
        b"\xff\xfe\x00",
        json.dumps({**to_json(FULL), "recipe": {"color": {"vividness": float("nan")}}}),
        json.dumps({**to_json(FULL), "recipe": {"color": {"vividness": 7}}}),
        json.dumps({**to_json(FULL), "time": float("inf")}),
        json.dumps({**to_json(FULL), "colour": {}}),
        json.dumps({**to_json(FULL), "past": [{"recipe": 3}]}),
        json.dumps({**to_json(FULL), "version": "two"}),
        json.dumps({**to_json(FULL), "sha256": "f" * 64}),
        '{"version": 1, "time": 1' + "0" * 5000 + "}",
    ],
)
def test_what_cannot_be_read_is_set_aside_and_does_not_stand_in_the_way(kept: RecipeStore, text: str | bytes) -> None:
    path = put(kept, text)
    assert kept.read(SHA256) is None
    assert not path.exists()
    assert path.with_name(path.name + ".damaged").exists()
    kept.write(FULL)
    assert kept.read(SHA256) == FULL


def test_what_a_newer_handtint_kept_stays_as_it_is(kept: RecipeStore) -> None:
    text = json.dumps({**to_json(FULL), "version": VERSION + 1, "dodge": []})
    path = put(kept, text)
    with pytest.raises(RecipeError, match="newer Handtint"):
        kept.read(SHA256)
    assert path.read_text() == text


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, SHA256 + "\n"])
def test_a_hash_that_is_none_is_no_path(kept: RecipeStore, sha256: str) -> None:
    with pytest.raises(RecipeError, match="64 hexadecimal digits"):
        kept.read(sha256)
    with pytest.raises(RecipeError, match="64 hexadecimal digits"):
        Kept(sha256, Recipe())


def test_the_oldest_recipes_go_when_there_is_no_room(tmp_path: Path) -> None:
    kept = RecipeStore(tmp_path, room=2000)
    one = len(json.dumps(to_json(FULL)))
    hashes = [f"{number:064x}" for number in range(10)]
    for number, sha256 in enumerate(hashes):
        kept.write(Kept(sha256, FULL.recipe, FULL.name, FULL.time, FULL.past, FULL.future, FULL.snapshots))
        os.utime(tmp_path / f"{sha256}.json", (number, number))
    there = [sha256 for sha256 in hashes if kept.read(sha256)]
    assert there == hashes[-len(there) :]
    assert len(there) >= 1
    assert kept.size() <= 2000 + one


def test_a_history_that_is_too_large_loses_its_oldest_steps(kept: RecipeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "LARGEST", 3000)
    steps = [Step(Recipe(Settings(number / 1000))) for number in range(200)]
    kept.write(kept_now(SHA256, "a.jpg", RECIPE, steps, []))
    found = kept.read(SHA256)
    assert found is not None
    assert found.recipe == RECIPE
    assert 0 < len(found.past) < 200
    assert list(found.past) == steps[-len(found.past) :]


def test_a_step_is_put_into_words_once(kept: RecipeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[object] = []
    usual = store.part_to_json

    def count(record: object) -> dict[str, object]:
        put.append(record)
        return usual(record)

    monkeypatch.setattr(store, "part_to_json", count)
    steps = [Step(Recipe(Settings(number / 10)), "a step") for number in range(6)]
    kept.write(kept_now(SHA256, "a.jpg", RECIPE, steps[:4], [], FULL.snapshots))
    kept.write(after := kept_now(SHA256, "a.jpg", RECIPE, steps[:5], steps[5:], FULL.snapshots))
    assert sorted(map(id, put)) == sorted(map(id, steps))
    assert kept.read(SHA256) == after


def test_many_large_snapshots_are_read_again(kept: RecipeStore) -> None:
    snapshots = tuple(
        Snapshot(letter * 1_000_000, RECIPE) for letter in "abcdefghi"
    )  # more than twice the history's room
    kept.write(kept_now(SHA256, "a.jpg", RECIPE, [], [], snapshots))
    found = kept.read(SHA256)
    assert found is not None
    assert found.snapshots == snapshots


def test_a_full_disk_is_told_and_the_last_whole_recipe_stays(
    kept: RecipeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write(FULL)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_whole", full)
        with pytest.raises(StoreError, match="No space left"):
            kept.write(Kept(SHA256, Recipe(), "a.jpg"))
    assert kept.read(SHA256) == FULL


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_killed_fifty_times_the_last_recipe_is_whole_and_the_last_one_kept(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.recipe.killing", str(tmp_path), "50"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert (found["lost"], found["damaged"]) == (0, [])
    assert found["kept"] >= 50


# hashes of known photos


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "größe\n1.jpg"
    path.write_bytes(b"bytes")
    return path


def test_a_known_photo_is_not_read_again(tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state" / "known"
    sha256 = KnownPhotos(file).sha256(photo)
    again = KnownPhotos(file)
    monkeypatch.delattr(known_photos, "sha256_of")
    assert again.sha256(photo) == sha256
    assert again.places_of(sha256) == [photo]


def test_a_photo_that_changed_has_another_hash(tmp_path: Path, photo: Path) -> None:
    known = KnownPhotos(tmp_path / "known")
    before = known.sha256(photo)
    photo.write_bytes(b"other bytes")
    assert known.sha256(photo) != before
    assert known.places_of(before) == []


def test_torn_and_foreign_lines_spoil_no_other(tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "known"
    file.write_bytes(f'{SHA256} 1 1 "/torn'.encode() + b"\xff")
    sha256 = KnownPhotos(file).sha256(photo)
    monkeypatch.delattr(known_photos, "sha256_of")
    assert KnownPhotos(file).sha256(photo) == sha256


def test_the_list_of_known_photos_stays_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_photos, "_MOST", 4)
    file = tmp_path / "known"
    known = KnownPhotos(file)
    photos = [tmp_path / f"{number}.jpg" for number in range(8)]
    for photo in photos:
        photo.write_bytes(photo.name.encode())
        known.sha256(photo)
    shortened = KnownPhotos(file)
    assert shortened.places_of(known.sha256(photos[7])) == [photos[7]]
    assert len(file.read_text().split("\n")) <= 4
