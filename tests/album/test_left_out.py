"""What lies in a folder and is not taken for a photo is counted and named; nothing of the system's is colored."""

from __future__ import annotations

from pathlib import Path

import pytest

from handtint.album.folders import LeftOut, photos_at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    album = tmp_path / "Grandmother"
    for name in (
        "a.jpg",
        "b.JP2",
        "scan.xcf",
        "other.XCF",
        "book.djvu",
        "README",
        "a.jpg.xmp",
        "Thumbs.db",
        "._a.jpg",
        "inner/c.gif",
        "inner/c-thumb.jpg",
        "@eaDir/a.jpg",
        "inner/@eaDir/c.jpg",
        "#recycle/old.jpg",
        "$RECYCLE.BIN/old.jpg",
        "__MACOSX/a.jpg",
        "lost+found/x.jpg",
        ".hidden/y.jpg",
        "drafts/z.jpg",
    ):
        (album / name).parent.mkdir(parents=True, exist_ok=True)
        (album / name).touch()
    return album


def found(folder: Path, *exclude: str, recursive: bool = True) -> tuple[list[str], list[str]]:
    items = [item for item, _ in photos_at(folder, recursive, folder / "results", exclude)]
    photos = [item.relative_to(folder).as_posix() for item in items if isinstance(item, Path)]
    return photos, [item.text for item in items if isinstance(item, LeftOut)]


def test_folders_of_the_system_are_left_out_and_said(folder: Path) -> None:
    photos, texts = found(folder)
    assert photos == ["a.jpg", "b.JP2", "drafts/z.jpg", "inner/c-thumb.jpg", "inner/c.gif"]
    (text,) = (text for text in texts if text.startswith("Folders"))
    for name in ('"@eaDir" (2)', '"#recycle"', '"$RECYCLE.BIN"', '"__MACOSX"', '"lost+found"', '".hidden"'):
        assert name in text
    assert '1 hidden file was left out in "Grandmother".' in texts


def test_files_of_other_kinds_are_counted_and_named(folder: Path) -> None:
    expected = (
        '4 files are of kinds that Handtint does not read in "Grandmother": .xcf (2), .djvu (1), without a suffix (1).'
    )
    assert found(folder)[1][0] == expected
    assert found(folder, recursive=False)[1][0] == expected
    (folder / "README").unlink()
    (folder / "book.djvu").unlink()
    (folder / "scan.xcf").unlink()
    assert found(folder)[1][0].startswith("1 file is of a kind that Handtint does not read")


def test_a_folder_of_photos_alone_gives_no_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert found(tmp_path) == (["a.jpg"], [])


@pytest.mark.parametrize("pattern", ["*-thumb.*", "inner/*-thumb.jpg"])
def test_what_a_pattern_names_is_left_out(folder: Path, pattern: str) -> None:
    photos, texts = found(folder, pattern, "drafts/")
    assert photos == ["a.jpg", "b.JP2", "inner/c.gif"]
    assert '2 were left out in "Grandmother" as asked by --exclude.' in texts
