"""What was set for an album stays with it: when its folder is renamed or moved, and with two windows at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from handtint.album.choices import Choices, ChoicesError, read_choices, usual_output, write_choices
from handtint.album.entries import Entry
from handtint.album.identity import is_known_by, signs_of
from handtint.album.journal import Journal
from handtint.album.merging import merge
from handtint.album.photos import State, look_through
from handtint.album.review import Review, write_review
from handtint.progress import Progress
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.stamps import stamp_of


def make_album(folder: Path, count: int = 5, shade: int = 0) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("L", (8, 8), shade + number).save(folder / f"{number}.png")
    return folder


def set_up(folder: Path) -> Choices:
    """Choices as the window keeps them once something was set."""
    choices = read_choices(folder)
    choices.signs = signs_of(folder, folder.glob("*.png"))
    choices.marked.add(folder / "1.png")
    choices.own[folder / "2.png"] = Recipe(Settings(0.3, hints=(Hint(1, 2, 3, 4, 5),)))
    write_choices(choices)
    return choices


def test_stars_settings_and_hints_are_found_again_when_the_folder_was_renamed(tmp_path: Path) -> None:
    before = make_album(tmp_path / "1910")
    choices = set_up(before)
    after = before.rename(tmp_path / "Grandmother")
    found = read_choices(after)
    assert found.marked == {after / "1.png"}
    assert found.own == {after / "2.png": choices.own[before / "2.png"]}
    assert found.was == (before,)
    write_choices(found)
    again = after.rename(tmp_path / "1910")
    assert read_choices(again).marked == {again / "1.png"}  # and no older state of it comes up


def test_results_that_were_moved_along_are_found_again_and_others_where_they_were(tmp_path: Path) -> None:
    album = make_album(tmp_path / "drive" / "1910")
    choices = set_up(album)
    choices.output = usual_output(album)
    choices.output.mkdir()
    write_choices(choices)
    renamed = album.rename(tmp_path / "drive" / "Granny")
    assert read_choices(renamed).output == tmp_path / "drive" / "1910 (colorized)"
    (tmp_path / "drive").rename(tmp_path / "archive")
    assert read_choices(tmp_path / "archive" / "Granny").output == tmp_path / "archive" / "1910 (colorized)"


def test_photos_made_before_the_move_are_known_as_made(tmp_path: Path) -> None:
    album = make_album(tmp_path / "1910")
    choices = set_up(album)
    choices.output.mkdir()
    result = choices.output / "1.png"
    result.write_bytes(b"a result")
    with Journal(choices.output) as journal:
        done = Entry(result, album / "1.png", "done", stamp_of(album / "1.png"), "work", made=stamp_of(result))
        journal.write(done)
    moved = album.rename(tmp_path / "Granny")
    states = {p.path.name: p.state for p in look_through(read_choices(moved), None, Progress()).photos}
    assert states["1.png"] is State.DONE
    assert states["2.png"] is State.TODO


def test_a_copy_of_an_album_and_another_one_with_the_same_names_start_anew(tmp_path: Path) -> None:
    album = make_album(tmp_path / "1910")
    set_up(album)
    copied = Path(shutil.copytree(album, tmp_path / "copy"))
    assert not read_choices(copied).marked
    album.rename(tmp_path / "gone")
    other = make_album(tmp_path / "1920", shade=100)
    assert not read_choices(other).marked


def test_another_album_under_the_name_of_a_renamed_one_takes_nothing_from_it(tmp_path: Path) -> None:
    before = make_album(tmp_path / "Scans")
    set_up(before)
    after = before.rename(tmp_path / "Scans of Granny")
    new = tmp_path / "Scans"
    new.mkdir()
    Image.new("L", (8, 8), 99).save(new / "other.png")
    choices = read_choices(new)
    assert not choices.marked
    choices.signs = signs_of(new, new.glob("*.png"))
    choices.marked.add(new / "other.png")
    write_choices(choices)
    found = read_choices(after)
    assert found.marked == {after / "1.png"}
    assert set(found.own) == {after / "2.png"}
    write_choices(found)
    assert read_choices(new).marked == {new / "other.png"}
    third = after.rename(tmp_path / "1910")
    assert read_choices(third).marked == {third / "1.png"}


def test_an_album_whose_photos_were_all_written_to_keeps_its_choices(tmp_path: Path) -> None:
    album = make_album(tmp_path / "1910")
    set_up(album)
    for photo in album.iterdir():
        Image.new("L", (9, 9), 200).save(photo)
    assert read_choices(album).marked == {album / "1.png"}


def test_an_album_is_known_by_most_of_its_photos(tmp_path: Path) -> None:
    album = make_album(tmp_path / "1910", count=12)
    signs = signs_of(album, album.glob("*.png"))
    for number in range(5):
        (album / f"{number}.png").unlink()
    make_album(tmp_path / "new", count=3)
    assert is_known_by(album, signs)
    (album / "5.png").write_bytes(b"changed")
    assert not is_known_by(album, signs)
    assert not is_known_by(album, {})


def test_signs_lead_to_no_file_outside_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "x.png"
    outside.write_bytes(b"x")
    sign = signs_of(tmp_path, [outside])["x.png"]
    album = make_album(tmp_path / "1910")
    assert is_known_by(tmp_path, {"x.png": sign})
    assert not is_known_by(album, {"../x.png": sign})


def test_two_windows_lose_nothing_of_each_other(tmp_path: Path) -> None:
    album = make_album(tmp_path / "1910")
    one, two = read_choices(album), read_choices(album)
    one.marked.add(album / "1.png")
    write_choices(one)
    two.marked.add(album / "2.png")
    two.own[album / "1.png"] = Recipe(Settings(0.9))
    write_choices(two.copy())
    found = read_choices(album)
    assert found.marked == {album / "1.png", album / "2.png"}
    assert found.own[album / "1.png"].color.vividness == 0.9
    one.marked.discard(album / "1.png")
    one.model = "unet"
    write_choices(one)
    found = read_choices(album)
    assert found.marked == {album / "2.png"}
    assert (found.model, found.own[album / "1.png"].color.vividness) == ("unet", 0.9)


def test_two_windows_lose_no_verdict(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"x")
    one, two = Review(tmp_path), Review(tmp_path)
    one.judge(tmp_path / "a.png", "accepted")
    write_review(one)
    two.judge(tmp_path / "b.png", "rejected")
    write_review(two.copy())
    one.judge(tmp_path / "a.png", None)
    write_review(one)
    found = Review(tmp_path)
    assert (found.verdict(tmp_path / "a.png"), found.verdict(tmp_path / "b.png")) == (None, "rejected")


def test_what_both_changed_is_as_the_later_one_says() -> None:
    assert merge({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 3, "c": 4}) == {"a": 2, "c": 4}
    assert merge({"p": {"x": 1}}, {"p": {"x": 1, "y": 2}}, {"p": {"x": 5}}, depth=2) == {"p": {"x": 5, "y": 2}}
    assert merge({}, {"p": {"y": 2}}, {"p": {"x": 5}}, depth=1) == {"p": {"y": 2}}


@pytest.mark.parametrize("content", ["[]", '{"photos": 5}', '{"folder": 1}', "{", "[" * 100_000, '{"signs": []}'])
def test_notes_of_another_kind_do_not_keep_an_album_from_opening(
    tmp_path: Path, user_folders: Path, content: str
) -> None:
    album = make_album(tmp_path / "1910")
    set_up(album)
    (user_folders / "data" / "albums" / "odd.json").write_text(content)
    assert read_choices(album.rename(tmp_path / "Granny")).marked


def test_notes_that_lead_out_of_the_album_are_refused(tmp_path: Path, user_folders: Path) -> None:
    album = make_album(tmp_path / "1910")
    set_up(album)
    (file,) = (user_folders / "data" / "albums").iterdir()
    file.write_text(file.read_text().replace("1.png", "../1.png"))
    with pytest.raises(ChoicesError):
        read_choices(album)


_STAR = """
import sys
from pathlib import Path
import platformdirs
platformdirs.user_data_dir = lambda *_, **__: sys.argv[3]
from handtint.album.choices import read_choices, write_choices
album, name = Path(sys.argv[1]), sys.argv[2]
choices = read_choices(album)
print("ready", flush=True)
sys.stdin.readline()
choices.marked.add(album / name)
write_choices(choices)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_windows_that_write_at_the_same_moment_lose_nothing(tmp_path: Path, user_folders: Path) -> None:
    album = make_album(tmp_path / "1910", count=4)
    windows = [
        subprocess.Popen(
            [sys.executable, "-c", _STAR, str(album), f"{number}.png", str(user_folders / "data")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for window in windows:
        assert window.stdout is not None
        assert window.stdout.readline().strip() == b"ready"
    for window in windows:
        assert window.stdin is not None
        window.stdin.write(b"\n")
        window.stdin.flush()
    assert [window.wait(60) for window in windows] == [0] * 4
    for window in windows:
        window.communicate()
    assert len(read_choices(album).marked) == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_no_star_and_no_verdict_is_lost_when_the_window_is_killed(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    arguments = [str(tmp_path / "album"), str(tmp_path / "data"), "25"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.album.killing_choices", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"] >= told["said"] > 0
    assert told["parts"] <= 2  # of the last one that was killed
