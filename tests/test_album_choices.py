"""What is kept of an album beside its results: settings and marks, verdicts; and what heads of files say."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from handtint.album.choices import Choices, ChoicesError, read_choices, usual_output, write_choices
from handtint.album.entries import Entry
from handtint.album.journal import Journal, peek
from handtint.album.journal_files import FOLDER
from handtint.album.order import Order
from handtint.album.plan import plan
from handtint.album.review import REJECTED, Review, ReviewError, write_review
from handtint.imaging.formats import dates
from handtint.imaging.formats.probe import taken_at
from handtint.imaging.formats.xmp import Packet
from handtint.model_card import ModelFile
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.stamps import stamp_of
from tests.fakes import fake_card

MODEL = ModelFile(Path("/models/fake.safetensors"), fake_card(), 1)


def result(folder: Path, name: str = "a.png", gray: int = 100) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (8, 8), gray).save(path)
    return path


def test_what_was_set_for_an_album_is_found_again_by_its_folder(tmp_path: Path) -> None:
    album = tmp_path / "Album"
    choices = read_choices(album)
    assert choices == Choices(album, usual_output(album))
    choices.own[album / "in" / "a.jpg"] = Recipe(Settings(0.2, 1.5, (Hint(1, 2, 3, 40, -20),), recolor=True, variant=2))
    choices.marked.update([album / "b.jpg", album / "in" / "a.jpg"])
    choices.save, choices.settings, choices.recursive = SaveOptions("png", 80, False), Settings(0.1), True
    choices.by_scene = True
    write_choices(choices)
    assert read_choices(album) == choices
    assert not album.exists()  # nothing is written among the originals


def test_damaged_notes_are_told_of_and_left_as_they_are(tmp_path: Path, user_folders: Path) -> None:
    write_choices(Choices(tmp_path, tmp_path))
    (file,) = (user_folders / "data" / "albums").iterdir()
    file.write_text("{")
    with pytest.raises(ChoicesError, match=file.name):
        read_choices(tmp_path)
    assert file.read_text() == "{"


def test_a_verdict_is_about_one_result_and_survives_a_move_of_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    good, bad = result(out, "good.png"), result(out, "in/bad.png")
    review = Review(out)
    review.judge(good, "accepted")
    review.judge(bad, "rejected")
    write_review(review)
    moved = out.rename(tmp_path / "moved")
    review = Review(moved)
    assert review.verdict(moved / "good.png") == "accepted"
    assert review.rejected() == [moved / "in" / "bad.png"]
    result(moved, "good.png", gray=200).write_bytes(b"someone else's")
    assert review.verdict(moved / "good.png") is None


def test_rejected_results_are_set_aside_whole_and_come_back_when_accepted(tmp_path: Path) -> None:
    bad = result(tmp_path, "in/bad.png")
    content = bad.read_bytes()
    result(tmp_path / REJECTED, "in/bad.png", gray=1)  # of an earlier round
    review = Review(tmp_path)
    review.judge(bad, "rejected")
    review.set_aside(bad)
    assert not bad.exists()
    assert (tmp_path / REJECTED / "in" / "bad (2).png").read_bytes() == content
    assert review.verdict(bad) == "rejected"
    assert review.is_aside(bad)
    assert review.rejected() == []
    review.judge(bad, "accepted")
    assert bad.read_bytes() == content
    assert review.verdict(bad) == "accepted"


def test_a_result_set_aside_never_replaces_what_was_made_in_its_place(tmp_path: Path) -> None:
    bad = result(tmp_path, "bad.png")
    review = Review(tmp_path)
    review.judge(bad, "rejected")
    review.set_aside(bad)
    newer = result(tmp_path, "bad.png", gray=7).read_bytes()
    assert not review.is_aside(bad)
    review.judge(bad, "accepted")
    assert bad.read_bytes() == newer
    with pytest.raises(ReviewError, match="gone"):
        review.judge(tmp_path / "never made.png", "accepted")


@pytest.mark.parametrize(("name", "aside"), [("bad.png", "../mine.png"), ("../mine.png", ""), ("bad.png", "MINE")])
def test_verdicts_that_came_with_a_folder_move_nothing_outside_it(tmp_path: Path, name: str, aside: str) -> None:
    out = tmp_path / "out"
    (out / FOLDER).mkdir(parents=True)
    mine = tmp_path / "mine.png"
    mine.write_text("mine")
    stamp = stamp_of(mine)
    row = ("rejected", stamp.size, stamp.mtime_ns, aside.replace("MINE", str(mine)))
    (out / FOLDER / "review.json").write_text(json.dumps({name: row}))
    with pytest.raises(ReviewError, match="the file is damaged"):
        Review(out)


def test_the_journal_can_be_read_while_a_run_holds_it(tmp_path: Path) -> None:
    assert peek(tmp_path) == ([], "")
    target = result(tmp_path)
    with Journal(tmp_path) as journal:
        entry = Entry(target, Path("/photos/a.png"), "done", stamp_of(target), "work", reason="", pixels=64)
        journal.write(entry)
        (seen,), _ = peek(tmp_path)
    assert (seen.source, seen.state, seen.pixels, seen.target) == (entry.source, "done", 64, target)


def test_asking_for_photos_in_color_leaves_the_other_results_as_they_are(tmp_path: Path) -> None:
    source = result(tmp_path / "album")
    out = tmp_path / "out"
    order, recolor = Order(MODEL), Order(MODEL, Recipe(Settings(recolor=True)))
    with Journal(out) as journal:
        target = result(out)
        work = order.work(source)
        journal.write(Entry(target, source, "done", stamp_of(source), work, made=stamp_of(target)))
        assert plan([source.parent], out, recolor, journal).jobs == []
        journal.write(Entry(target, source, "skipped", stamp_of(source), work, reason="in color"))
        target.unlink()
        assert plan([source.parent], out, order, journal).jobs == []
        assert [job.source for job in plan([source.parent], out, recolor, journal).jobs] == [source]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1923:00:00 00:00:00", (1923, 1, 1)),
        ("1923:07:00", (1923, 7, 1)),
        ("1923:02:30 10:00:00", (1923, 2, 1)),
        ("1923", (1923, 1, 1)),
        ("1923-07", (1923, 7, 1)),
        ("19230000", (1923, 1, 1)),
        ("19230704 101500+0100", (1923, 7, 4, 10, 15)),
        ("1923-07-04T10:15:00.5+01:00", (1923, 7, 4, 10, 15)),
        ("1923:07:04 10:15:00\0", (1923, 7, 4, 10, 15)),
        ("1923:  :     :  :  ", (1923, 1, 1)),
        ("1923-07-XX", (1923, 7, 1)),
        ("1923?", (1923, 1, 1)),
        ("Wed, 04 Jul 1923 10:15:00 +0000", (1923, 7, 4, 10, 15)),
        ("0000:00:00 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("summer", None),
        ("", None),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(text: str, expected: tuple[int, ...] | None) -> None:
    found = dates.parse(text)
    assert (found and found.timetuple()[:5]) == (expected and (*expected, 0, 0)[:5])


def test_photos_sort_by_whatever_says_when_they_were_taken(tmp_path: Path) -> None:
    def packet(name: str, date: str) -> bytes:
        made = Packet()
        made.set(name, date)
        return made.to_bytes()

    created, scanned = "{http://ns.adobe.com/photoshop/1.0/}DateCreated", "{http://ns.adobe.com/xap/1.0/}CreateDate"
    iptc = b"\x1c\x02\x37\x00\x0819220000"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "1923:00:00 00:00:00"
    Image.new("L", (8, 8)).save(tmp_path / "1923.jpg", exif=exif)
    Image.new("L", (8, 8)).save(tmp_path / "1921.jpg", xmp=packet(created, "1921-03"))
    tiff = {33723: iptc, 700: packet(scanned, "2004-01-01T00:00:00")}
    Image.new("L", (8, 8)).save(tmp_path / "1922.tif", tiffinfo=tiff)
    Image.new("L", (8, 8)).save(tmp_path / "1924.png")
    texts = PngInfo()
    texts.add_text("Creation Time", "Fri, 04 Jul 1930 10:15:00 +0000")
    Image.new("L", (8, 8)).save(tmp_path / "1930.png", pnginfo=texts)
    kind = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
    box = kind + packet(created, "1931")
    encoded = bytes(imagecodecs.jpeg2k_encode(np.zeros((8, 8), np.uint8), codecformat="jp2"))
    (tmp_path / "1931.jp2").write_bytes(encoded + struct.pack(">I4s", len(box) + 8, b"uuid") + box)
    (tmp_path / "1924.png.xmp").write_bytes(packet(created, "1924"))
    Image.new("L", (8, 8)).save(tmp_path / "1999.webp", xmp=packet(scanned, "1999-12-31T10:00:00Z"))
    found = {path.name: taken_at(path) for path in tmp_path.iterdir() if path.suffix != ".xmp"}
    assert sorted(found, key=lambda name: found[name] or 0) == sorted(found)
    assert None not in found.values()


def test_the_date_of_a_photo_is_read_from_its_head(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[306] = "1999:12:31 23:59:58"
    Image.new("L", (8, 8)).save(tmp_path / "changed.jpg", exif=exif)
    exif.get_ifd(0x8769)[36867] = "1998:01:02 03:04:05"
    Image.new("L", (8, 8)).save(tmp_path / "taken.jpg", exif=exif)
    Image.new("L", (8, 8)).save(tmp_path / "none.jpg")
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    changed, taken, *others = (taken_at(tmp_path / f"{name}.jpg") for name in ("changed", "taken", "none", "broken"))
    assert changed is not None
    assert taken is not None
    assert taken < changed
    assert others == [None, None]
