"""The command line on tiny real photographs, with a colorizer that needs no torch."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save_file
from skimage import data

from handtint import __main__, __version__, logs, model_card, paths
from handtint.album.journal import Journal
from handtint.album.journal_files import FOLDER
from handtint.album.review import Review, write_review
from handtint.cli import doctor, exit_codes
from handtint.cli import main as cli
from handtint.cli.console import Console, clip
from handtint.errors import ModelError
from handtint.imaging.color.tone import Tone
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.comparison import Sheet
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer
from tests.fakes import FakeColorizer, fake_card, maybe_in_color

GRAY = Image.fromarray(data.camera()[::8, ::10])  # (64, 52)
COLOR = Image.fromarray(data.astronaut()[::8, ::10])


class Loader:
    """What `main` loads models with: counts, and hands out one colorizer."""

    def __init__(self, colorizer: Colorizer | None = None) -> None:
        self.colorizer = colorizer or FakeColorizer()
        self.calls: list[tuple[str, str]] = []

    def __call__(self, model: model_card.ModelFile, device: str, threads: int | None) -> Colorizer:
        self.calls.append((model.card.name, device))
        return self.colorizer


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one model, `unet`, in place of the bundled ones."""
    folder = tmp_path / "models"
    folder.mkdir()
    card = fake_card("unet")
    save_file({"w": np.zeros(4, np.float16)}, folder / "unet.safetensors", {model_card.CARD_KEY: card.to_json()})
    monkeypatch.setattr(paths, "bundled_models_dir", lambda: folder)
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "family" / "1910").mkdir(parents=True)
    GRAY.save(folder / "street.jpg")
    GRAY.save(folder / "square.png")
    GRAY.save(folder / "family" / "1910" / "aunt.tif")
    (folder / "notes.txt").write_text("no photo")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def restore(*arguments: object, load: Loader | None = None) -> int:
    return cli.main(["restore", *map(str, arguments)], load or Loader())


def files_in(folder: Path) -> list[str]:
    """The results in a folder, without its journal."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if FOLDER not in path.parts)


def chroma(path: Path) -> float:
    """How far the channels lie apart on average, 0 for gray."""
    with Image.open(path) as image:
        return float(np.ptp(np.asarray(image.convert("RGB"), np.float32), axis=2).mean())


# What is made, and where


def test_a_photo_comes_out_in_color_under_its_own_name(photos: Path, out: Path) -> None:
    before = (photos / "street.jpg").read_bytes()
    assert restore(photos / "street.jpg", "-o", out) == exit_codes.OK
    assert files_in(out) == ["street.jpg"]
    assert chroma(out / "street.jpg") > 3
    assert (photos / "street.jpg").read_bytes() == before


def test_a_folder_stands_for_the_photos_in_it(photos: Path, out: Path) -> None:
    assert restore(photos, "-o", out) == exit_codes.OK
    assert files_in(out) == ["square.png", "street.jpg"]


def test_recursive_keeps_the_folders_inside(photos: Path, out: Path) -> None:
    assert restore(photos, "-o", out, "--recursive") == exit_codes.OK
    assert files_in(out) == ["family/1910/aunt.tif", "square.png", "street.jpg"]


def test_results_inside_the_folder_are_no_sources(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert restore(photos, "-o", photos / "color", "--recursive", "--overwrite") == exit_codes.OK
        assert capsys.readouterr().out.endswith("3 colored.\n")


def test_a_photo_named_twice_is_colored_once(photos: Path, out: Path) -> None:
    load = Loader()
    assert (
        restore(photos / "street.jpg", photos, photos / "family/../street.jpg", "-o", out, load=load) == exit_codes.OK
    )
    assert isinstance(load.colorizer, FakeColorizer)
    assert len(load.colorizer.seen) == 2


@pytest.mark.parametrize(("name", "suffix"), [("png", ".png"), ("jpeg", ".jpg"), ("tif", ".tif"), ("webp", ".webp")])
def test_another_format_changes_the_suffix(photos: Path, out: Path, name: str, suffix: str) -> None:
    assert restore(photos / "street.jpg", "-o", out, "--format", name) == exit_codes.OK
    (result,) = (path for path in out.iterdir() if path.is_file())
    assert result.stem == "street"
    assert result.suffix[:4] == suffix[:4]
    with Image.open(result) as image:
        assert image.format == {"tif": "TIFF"}.get(name, name.upper())


def test_quality_reaches_the_file(photos: Path, tmp_path: Path) -> None:
    sizes = []
    for quality in (20, 95):
        out = tmp_path / str(quality)
        assert restore(photos / "street.jpg", "-o", out, "--quality", quality) == exit_codes.OK
        sizes.append((out / "street.jpg").stat().st_size)
    assert sizes[0] < sizes[1]


def test_strength_0_leaves_a_photo_gray(photos: Path, out: Path) -> None:
    assert restore(photos / "square.png", "-o", out, "--strength", "0") == exit_codes.OK
    assert chroma(out / "square.png") == 0


def test_vividness_makes_color_livelier(photos: Path, tmp_path: Path) -> None:
    for vividness in ("0", "1"):
        assert restore(photos / "square.png", "-o", tmp_path / vividness, "--vividness", vividness) == exit_codes.OK
    assert chroma(tmp_path / "0" / "square.png") < chroma(tmp_path / "1" / "square.png")


def test_variants_are_three_colorings_and_the_first_is_the_default(photos: Path, tmp_path: Path) -> None:
    source = photos / "square.png"
    assert restore(source, "-o", tmp_path / "default") == exit_codes.OK
    for number in ("1", "2", "3"):
        assert restore(source, "-o", tmp_path / number, "--variant", number) == exit_codes.OK
    pictures = [read_photo(tmp_path / name / "square.png").pixels for name in ("default", "1", "2", "3")]
    assert np.array_equal(pictures[0], pictures[1])
    assert all(not np.array_equal(pictures[i], pictures[j]) for i, j in ((1, 2), (1, 3), (2, 3)))
    note = read_provenance(tmp_path / "3" / "square.png")
    assert note is not None
    assert note.recipe["color"]["variant"] == 2


class OneAnswer(FakeColorizer):
    """A model that knows one coloring of a photo."""

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        return Prediction(super().predict(lightness, progress).ab)


def test_it_is_said_that_a_model_with_one_answer_has_no_variants(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = 'The model "fake" knows one coloring of a photo, so this is no variant.'
    for number, count in (("1", 0), ("2", 1)):
        assert restore(photos / "square.png", "-o", out, "--variant", number, load=Loader(OneAnswer())) == exit_codes.OK
        assert capsys.readouterr().out.count(said) == count


def test_a_result_says_how_it_was_made_unless_asked_not_to(photos: Path, out: Path) -> None:
    source = photos / "square.png"
    assert restore(source, "-o", out, "--vividness", "0.25") == exit_codes.OK
    note = read_provenance(out / "square.png")
    assert note is not None
    assert note.model == "fake"
    assert note.card_sha256 == fake_card().sha256
    assert note.source_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert note.source_name == "square.png"
    assert note.recipe["color"]["vividness"] == 0.25
    assert restore(source, "-o", out, "--overwrite", "--no-provenance") == exit_codes.OK
    assert read_provenance(out / "square.png") is None


def test_results_keep_the_file_dates_of_their_originals_when_asked(photos: Path, out: Path) -> None:
    source = photos / "square.png"
    os.utime(source, (1e9, 1e9))
    assert restore(source, "-o", out, "--keep-time") == exit_codes.OK
    assert (out / "square.png").stat().st_mtime == 1e9
    assert restore(source, "-o", out) == exit_codes.OK  # it is done, with and without
    assert (out / "square.png").stat().st_mtime == 1e9


def test_photos_of_one_name_get_numbers_and_no_result_is_lost(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for index, name in enumerate(("a/x.png", "b/x.png", "c/X.png", "d/x (2).png", "e/x.bmp")):
        path = tmp_path / name
        path.parent.mkdir()
        GRAY.resize((40 + index, 40)).save(path)
    sources = [tmp_path / folder for folder in "abcde"]
    assert restore(*sources, "-o", out) == exit_codes.OK
    assert files_in(out) == ["X (4).png", "x (2).png", "x (3).png", "x (5).png", "x.png"]
    widths = {}
    for path in filter(Path.is_file, out.iterdir()):
        with Image.open(path) as image:
            widths[path.name] = image.width
    assert widths["x.png"] == 40
    assert widths["x (2).png"] == 43  # it had that name from the start
    assert sorted(widths.values()) == [40, 41, 42, 43, 44]
    assert 'Saved as "x (3).png"' in capsys.readouterr().out


def test_an_existing_result_is_skipped_and_reported(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out.mkdir()
    (out / "street.jpg").write_bytes(b"mine")
    load = Loader()
    assert restore(photos / "street.jpg", "-o", out, load=load) == exit_codes.OK
    assert (out / "street.jpg").read_bytes() == b"mine"
    printed = capsys.readouterr().out
    assert "street.jpg" in printed
    assert "already exists" in printed
    assert load.calls == []
    assert restore(photos / "street.jpg", "-o", out, "--overwrite") == exit_codes.OK
    assert chroma(out / "street.jpg") > 3


def test_results_beside_their_photos_get_names_that_say_what_they_are(photos: Path) -> None:
    before = (photos / "street.jpg").read_bytes()
    assert restore(photos / "street.jpg", "-o", photos) == exit_codes.OK
    assert (photos / "street.jpg").read_bytes() == before
    assert chroma(photos / "street (colorized).jpg") > 3


def link_to(photos: Path) -> Path:
    """Another name for a folder, so that results have the names of the photos in it."""
    (link := photos.with_name("link to them")).symlink_to(photos)
    return link


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_a_source_is_never_a_target(photos: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    originals = [path for path in photos.rglob("*.*") if path.is_file()]
    before = [path.read_bytes() for path in originals]
    link = link_to(photos)
    assert restore(photos / "street.jpg", photos / "square.png", "-o", link, *options) == exit_codes.FAILED
    assert [path.read_bytes() for path in originals] == before
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2
    assert all("would replace the original" in line and "another folder" in line for line in errors)


def test_results_do_not_go_among_the_originals(photos: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_in(photos)
    assert restore(photos, "-o", photos, "--format", "tiff") == exit_codes.FAILED
    assert files_in(photos) == before
    assert "among the originals. Choose another folder" in capsys.readouterr().err


def test_another_source_is_no_target_either(photos: Path) -> None:
    GRAY.save(photos / "square.bmp")  # its result would be square.png, which is a photo of this run
    before = (photos / "square.png").read_bytes()
    link = link_to(photos)
    assert restore(photos / "square.bmp", photos / "square.png", "-o", link, "--overwrite") == exit_codes.FAILED
    assert (photos / "square.png").read_bytes() == before


def test_an_original_is_no_target_under_another_name_for_it(photos: Path) -> None:
    GRAY.save(photos / "Square.bmp")
    if not (photos / "Square.png").exists():  # as it does where a disk takes both names for one
        os.link(photos / "square.png", photos / "Square.png")
    before = (photos / "square.png").read_bytes()
    link = link_to(photos)
    assert restore(photos / "Square.bmp", photos / "square.png", "-o", link, "--overwrite") == exit_codes.FAILED
    assert (photos / "square.png").samefile(photos / "Square.png")
    assert (photos / "Square.png").read_bytes() == before


def test_a_photo_in_color_is_left_alone_unless_asked(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    COLOR.save(tmp_path / "astronaut.png")
    assert restore(tmp_path / "astronaut.png", "-o", out) == exit_codes.OK
    assert files_in(out) == []
    assert "--recolor" in capsys.readouterr().out
    assert restore(tmp_path / "astronaut.png", "-o", out, "--recolor") == exit_codes.OK
    assert files_in(out) == ["astronaut.png"]


def test_names_need_not_be_ascii(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "Фото 写真"
    folder.mkdir()
    GRAY.save(folder / "Großmutter 祖母 é.jpg")
    assert restore(folder, "-o", out / "Ergebnis ö") == exit_codes.OK
    assert files_in(out) == ["Ergebnis ö/Großmutter 祖母 é.jpg"]
    assert "Großmutter 祖母 é.jpg" in capsys.readouterr().out


def test_names_cannot_steer_the_terminal_nor_pass_for_lines_of_ours(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    try:
        GRAY.save(folder / "\x1b]0;gone\x07\n1 colored.jpg")
        (folder / "\x1b[2J\nnothing failed.jpg").write_text("no photo")
    except OSError:
        pytest.skip("this system knows no such names")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert restore(folder, "-o", out) == exit_codes.FAILED
    shown = capsys.readouterr().out + terminal.getvalue().replace("\r\x1b[K", "")
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"\x1b]0;gone\x07" in shown
    lines = shown.splitlines()
    assert [line for line in lines if line.startswith(("1 colored", "nothing failed"))] == ["1 colored, 1 failed."]


def test_a_source_folder_may_be_read_only(photos: Path, out: Path) -> None:
    photos.chmod(0o555)
    before = files_in(photos)
    try:
        assert restore(photos, "-o", out) == exit_codes.OK
        assert files_in(photos) == before
    finally:
        photos.chmod(0o755)


def test_a_sheet_shows_each_photo_before_and_after(photos: Path, out: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheets" / "sheet.jpg"
    assert restore(photos, "-o", out, "--sheet", sheet) == exit_codes.OK
    with Image.open(sheet) as image:
        assert image.format == "JPEG"
        pixels = np.asarray(image, np.float32)
    spread = np.ptp(pixels, axis=2)
    before, after = spread[36:456, 36:370], spread[36:456, 390:720]
    assert before.mean() < 1 < after.mean()


def test_a_sheet_replaces_no_file_unasked_and_an_original_never(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, original = photos / "sheet.txt", photos / "street.jpg"
    sheet.write_text("mine")
    assert restore(photos, "-o", out, "--sheet", sheet) == exit_codes.FAILED
    assert sheet.read_text() == "mine"
    assert "there already" in capsys.readouterr().err
    assert restore(photos, "-o", out, "--sheet", sheet, "--overwrite") == exit_codes.OK
    assert sheet.read_bytes()[:2] == b"\xff\xd8"
    before = original.read_bytes()
    assert restore(photos, "-o", out, "--sheet", original, "--overwrite") == exit_codes.FAILED
    assert original.read_bytes() == before


@pytest.mark.parametrize("way", ["by its name", "by a link", "by another name for it"])
def test_a_sheet_does_not_replace_an_original_that_is_left_out_either(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    original = photos / "broken.jpg"
    original.write_text("all there is of it")
    assert restore(photos, "-o", out) == exit_codes.FAILED
    sheet = original
    if way == "by a link":
        sheet = out / "sheet.jpg"
        sheet.symlink_to(original)
    elif way == "by another name for it":  # as BROKEN.JPG is on many disks
        sheet = photos / "BROKEN.JPG"
        if not sheet.exists():
            os.link(original, sheet)
    capsys.readouterr()
    assert restore(photos / "street.jpg", original, "-o", out, "--sheet", sheet, "--overwrite") == exit_codes.FAILED
    assert "would replace the original" in capsys.readouterr().err
    assert original.read_text() == sheet.read_text() == "all there is of it"


# The model


def test_the_model_is_loaded_once_on_the_device_asked_for(photos: Path, out: Path) -> None:
    load = Loader()
    assert restore(photos, "-o", out, "--recursive", "--device", "cpu", load=load) == exit_codes.OK
    assert load.calls == [("unet", "cpu")]


def test_a_model_may_be_given_as_a_file(photos: Path, out: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    save_file({"w": np.zeros(4, np.float16)}, path, {model_card.CARD_KEY: fake_card("granny").to_json()})
    load = Loader()
    assert restore(photos, "-o", out, "--model", path, load=load) == exit_codes.OK
    assert load.calls == [("granny", "auto")]


def test_an_unknown_model_gets_the_nearest_name(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(photos, "-o", out, "--model", "unnet") == exit_codes.FAILED
    assert 'Did you mean "unet"?' in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("broken", ["cardless", "truncated", "empty"])
def test_a_broken_model_file_is_one_sentence(
    photos: Path, out: Path, models: Path, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = models.parent / "broken.safetensors"
    whole = (models / "unet.safetensors").read_bytes()
    if broken == "cardless":
        save_file({"w": np.zeros(4, np.float16)}, path)
    else:
        path.write_bytes(whole[:-3] if broken == "truncated" else b"")
    assert restore(photos, "-o", out, "--model", path) == exit_codes.FAILED
    error = capsys.readouterr().err
    assert "broken.safetensors" in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_model_that_does_not_load_ends_the_run_and_is_named_once(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(*_: object) -> Colorizer:
        raise ModelError("The weights do not fit.")

    assert cli.main(["restore", str(photos), "-o", str(out)], load) == exit_codes.FAILED
    assert capsys.readouterr().err == "The weights do not fit.\n"


# What goes wrong with one photo


def bad_files(folder: Path) -> dict[str, bytes]:
    whole = (folder / "street.jpg").read_bytes()
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "PNG")
    return {
        "0 text.jpg": b"this is no photo",
        "0 empty.png": b"",
        "0 cut.jpg": whole[: len(whole) // 2],
        "0 cut.png": buffer.getvalue()[:2000],
    }


def test_bad_files_are_named_and_the_others_are_done(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = bad_files(photos)
    for name, content in bad.items():
        (photos / name).write_bytes(content)
    missing = photos / "gone.jpg"
    assert restore(missing, photos, "-o", out) == exit_codes.FAILED
    assert files_in(out) == ["square.png", "street.jpg"]
    printed = capsys.readouterr()
    lines = printed.err.splitlines()
    assert len(lines) == len(bad) + 1
    for name in [*bad, missing.name]:
        assert sum(name in line for line in lines) == 1
    assert "Traceback" not in printed.err
    assert "fault in Handtint" not in printed.err
    assert printed.out.endswith("2 colored, 5 failed.\n")


def test_names_too_long_for_any_disk_are_named(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = "long" * 100
    street = photos / "street.jpg"
    for arguments in (
        [long, "-o", out],
        [street, "-o", long],
        [street, "-o", long, "--dry-run"],
        [street, "-o", out, "--model", long],
        [street, "-o", out, "--hints", f"{long}.json"],
        [street, "-o", out, "--hints", f"{long}.png"],
        [street, "-o", out, "--sheet", f"{long}.jpg"],
        [street, "-o", out, "--report", f"{long}.html"],
    ):
        assert restore(*arguments) == exit_codes.FAILED, arguments
        assert long in capsys.readouterr().err, arguments
    assert not __main__.names_photos([long])


def test_a_folder_without_photos_is_named(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert restore(tmp_path / "empty", "-o", out) == exit_codes.FAILED
    assert "no photos" in capsys.readouterr().err


def test_a_folder_without_rights_is_named(
    photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scandir = os.scandir

    def refuse(path: Path) -> object:  # rights do not bind root, so the refusal is made here
        if Path(path) == photos:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert restore(photos, photos / "street.jpg", "-o", out) == exit_codes.FAILED
    error = capsys.readouterr().err
    assert str(photos) in error
    assert "Permission denied" in error
    assert (out / "street.jpg").exists()


def test_an_output_folder_without_rights_is_named(
    photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert restore(photos / "street.jpg", "-o", out) == exit_codes.FAILED
    error = capsys.readouterr().err
    assert str(out) in error
    assert "originals are unchanged" in error


def test_an_output_folder_that_is_a_file_is_named(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.write_text("a file")
    assert restore(photos / "street.jpg", "-o", out) == exit_codes.FAILED
    assert str(out) in capsys.readouterr().err
    assert out.read_text() == "a file"


def test_a_full_disk_ends_the_run_which_goes_on_when_there_is_room(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert restore(photos, "-o", out) == exit_codes.FAILED
    assert files_in(out) == []
    (line,) = capsys.readouterr().err.splitlines()
    assert "the disk is full" in line
    assert "run this again to go on" in line
    assert restore(photos, "-o", out) == exit_codes.OK
    assert files_in(out) == ["square.png", "street.jpg"]


class FaultyOnce(FakeColorizer):
    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        if not self.seen:
            self.seen.append(lightness)
            raise ZeroDivisionError("our own fault")
        return super().predict(lightness, progress)


def test_a_fault_of_ours_is_logged_and_the_batch_goes_on(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(photos, "-o", out, load=Loader(FaultyOnce())) == exit_codes.FAILED
    assert files_in(out) == ["street.jpg"]
    assert "square.png" in capsys.readouterr().err
    log = (paths.log_dir() / "handtint.log").read_text(encoding="utf-8")
    assert "Traceback" in log
    assert "our own fault" in log


def test_a_name_cannot_write_a_record_of_its_own_into_the_log() -> None:
    with logs.log_to_file():
        logging.getLogger("handtint").warning("%s was not kept", Path("a\n2026-11-21 ERROR handtint: \x1b[2J.jpg"))
    written = (paths.log_dir() / logs.FILE_NAME).read_text(encoding="utf-8").splitlines()
    assert len(written) == 2
    assert written[0].endswith("WARNING handtint: a")
    assert written[1] == r"  2026-11-21 ERROR handtint: \x1b[2J.jpg was not kept"


def test_a_name_that_is_no_text_is_logged(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # what pytest reports has to be text
    with logs.log_to_file():
        logging.getLogger("handtint").warning("%s was not kept", Path("a\udcff.jpg"))
    assert r"a\udcff.jpg was not kept" in (paths.log_dir() / logs.FILE_NAME).read_text(encoding="utf-8")
    assert "Logging error" not in capsys.readouterr().err


# Stopping


class StoppedWhileWorking(FakeColorizer):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        if self.seen:
            signal.raise_signal(self.number)
        return super().predict(lightness, progress)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_what_is_whole_and_leaves_nothing_half_written(
    photos: Path, out: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    load = Loader(StoppedWhileWorking(number))
    for index in range(30):
        GRAY.save(photos / f"{index:02}.png")
    assert restore(photos, "-o", out, "--recursive", load=load) == exit_codes.STOPPED
    made = files_in(out)
    assert len(made) < 30
    for name in made:
        assert chroma(out / name) > 3
    assert capsys.readouterr().out.splitlines()[-1] == f"Stopped: {len(made)} colored."
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == handlers


# What is shown


def test_json_gives_one_object_for_each_event(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "street.jpg").write_bytes(b"")
    COLOR.save(photos / "z.png")
    load = Loader(FakeColorizer(notes=("Colored on the CPU.",)))
    assert restore(photos, "-o", out, "--json", load=load) == exit_codes.FAILED
    printed = capsys.readouterr()
    events = [json.loads(line) for line in printed.out.splitlines()]
    finished = events.pop()
    assert finished["event"] == "finished"
    begun = [event for event in events if event["event"] == "started"]
    assert [event["number"] for event in begun] == [1, 2, 3]
    assert [event["count"] for event in begun] == [3, 3, 3]
    ended = {event["event"]: event for event in events if event["event"] != "started"}
    assert len(events) == 6
    done, failed, skipped = ended["done"], ended["failed"], ended["skipped"]
    for event in ended.values():
        (start,) = (i for i, other in enumerate(events) if other in begun and other["source"] == event["source"])
        assert start < events.index(event)
    assert done["source"] == str(photos / "square.png")
    assert done["target"] == str(out / "square.png")
    assert done["notes"] == ["Colored on the CPU."]
    assert done["seconds"] > 0
    assert "street.jpg" in failed["reason"]
    assert "street.jpg" in printed.err
    assert "already in color" in skipped["reason"]
    assert (finished["done"], finished["skipped"], finished["failed"]) == (1, 1, 1)
    assert finished["stopped"] is False


def test_a_dry_run_names_photos_that_are_or_may_be_in_color(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    COLOR.save(folder / "modern.png")
    GRAY.save(folder / "old.png")
    maybe_in_color().save(folder / "perhaps.png")
    assert restore(folder, "-o", out, "--dry-run", "--json") == exit_codes.OK
    *photos, plan = map(json.loads, capsys.readouterr().out.splitlines())
    by_name = {Path(photo["source"]).name: photo for photo in photos}
    assert {name: photo["event"] for name, photo in by_name.items()} == {
        "modern.png": "skipped",
        "old.png": "planned",
        "perhaps.png": "planned",
    }
    assert "in color already" in by_name["perhaps.png"]["doubt"]
    assert "doubt" not in by_name["old.png"]
    assert (plan["count"], plan["skipped"]) == (2, 1)
    assert restore(folder, "-o", out, "--dry-run") == exit_codes.OK
    assert "1 of them may be in color already" in capsys.readouterr().out
    assert restore(folder, "-o", out) == exit_codes.OK
    assert files_in(out) == ["old.png", "perhaps.png"]
    assert "may be in color already" in capsys.readouterr().out


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "notes.jpg").mkdir()
    load = Loader()
    assert restore(photos, "-o", out, "--recursive", "--dry-run", load=load) == exit_codes.OK
    printed = capsys.readouterr().out
    assert f"{photos / 'family/1910/aunt.tif'} -> {out / 'family/1910/aunt.tif'}" in printed
    assert "3 to color" in printed
    assert not out.exists()
    assert load.calls == []


def test_a_second_run_makes_only_what_is_new_or_changed(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(photos, "-o", out) == exit_codes.OK
    GRAY.save(photos / "new.png")
    assert restore(photos, "-o", out) == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "1 colored, 2 made before."
    GRAY.rotate(180).save(photos / "street.jpg")
    assert restore(photos, "-o", out) == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "1 colored, 2 made before."
    assert restore(photos, "-o", out, "--vividness", "1") == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "3 colored."
    assert restore(photos, "-o", out, "--vividness", "1", "--no-resume") == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "3 colored."


def test_failures_are_tried_again_only_on_request(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "0.jpg").write_bytes(b"this is no photo")
    for options, tried in (([], 2), ([], 0), (["--retry"], 1)):
        load = Loader()
        assert restore(photos, "-o", out, "--json", *options, load=load) == exit_codes.FAILED
        printed = capsys.readouterr()
        begun = [line for line in printed.out.splitlines() if '"started"' in line]
        assert len(begun) == (3 if tried == 2 else tried)
        assert "0.jpg" in printed.err


def test_what_was_rejected_and_set_aside_is_made_again_only_on_request(
    photos: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(photos, "-o", out) == exit_codes.OK
    review = Review(out)
    review.judge(out / "street.jpg", "rejected")
    review.set_aside(out / "street.jpg")
    write_review(review)
    capsys.readouterr()
    assert restore(photos, "-o", out, "--overwrite") == exit_codes.OK
    assert "rejected and set aside by you. --redo-rejected makes it again." in capsys.readouterr().out
    assert not (out / "street.jpg").exists()
    assert restore(photos, "-o", out, "--redo-rejected") == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "1 colored, 1 made before."
    assert (out / "rejected" / "street.jpg").exists()
    assert Review(out).verdict(out / "street.jpg") is None
    assert restore(photos, "-o", out) == exit_codes.OK
    assert capsys.readouterr().out.splitlines()[-1] == "0 colored, 2 made before."


def test_a_sheet_that_fails_takes_no_photo_with_it(
    photos: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room for the sheet")

    monkeypatch.setattr(Sheet, "add", fail)
    assert restore(photos, "-o", out, "--sheet", tmp_path / "sheet.jpg") == exit_codes.OK
    assert capsys.readouterr().out.count("It is saved, but the picture of before and after could not be kept") == 2
    with Journal(out) as journal:
        assert [entry.state for entry in journal.entries()] == ["done", "done"]


def test_shards_make_every_photo_once_between_them(photos: Path, out: Path) -> None:
    for index in range(7):
        GRAY.save(photos / f"{index}.png")
    made = []
    for shard in ("1/3", "2/3", "3/3"):
        before = set(files_in(out))
        assert restore(photos, "-o", out, "--shard", shard) == exit_codes.OK
        made.append(len(set(files_in(out)) - before))
    assert made == [3, 3, 3]
    load = Loader()
    assert restore(photos, "-o", out, load=load) == exit_codes.OK  # all of them, after the parts
    assert load.calls == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_says_which_photo(
    photos: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert restore(photos, "-o", out) == exit_codes.OK
    shown = terminal.getvalue()
    assert "Coloring 1 of 2: square.png" in shown
    assert "Coloring 2 of 2: street.jpg" in shown
    assert "\n" not in shown  # one line, drawn over
    assert shown.endswith("\r\x1b[K")  # and gone at the end
    assert capsys.readouterr().out.endswith("2 colored.\n")


def test_without_a_terminal_there_is_no_bar(photos: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert restore(photos, "-o", out) == exit_codes.OK
    assert capsys.readouterr().err == ""


def test_a_long_line_is_cut_to_the_terminal() -> None:
    assert clip("Coloring", 8) == "Coloring"
    assert clip("Coloring 1", 8) == "Colorin…"
    assert clip("祖母祖母", 8) == "祖母祖母"
    assert clip("祖母祖母x", 8) == "祖母祖…"


def test_a_program_without_a_console_writes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    console = Console(json_lines=False)
    console.problem("Nobody reads this.")
    console.finish(False, 0.0)
    assert console.counts["failed"] == 0


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["restor"],
        ["restore"],
        ["restore", "a.jpg"],
        ["restore", "a.jpg", "-o", "x", "--vividness", "1.1"],
        ["restore", "a.jpg", "-o", "x", "--vividness", "nan"],
        ["restore", "a.jpg", "-o", "x", "--strength", "-1"],
        ["restore", "a.jpg", "-o", "x", "--quality", "0"],
        ["restore", "a.jpg", "-o", "x", "--variant", "0"],
        ["restore", "a.jpg", "-o", "x", "--quality", "9.5"],
        ["restore", "a.jpg", "-o", "x", "--device", "tpu"],
        ["restore", "a.jpg", "-o", "x", "--format", "gif"],
        ["restore", "a.jpg", "-o", "x", "--shard", "5/4"],
        ["restore", "a.jpg", "-o", "x", "--watch", "--dry-run"],
        ["restore", "a.jpg", "-o", "x", "--over"],  # a typo must not stand for --overwrite
        ["models", "--yaml"],
    ],
)
def test_wrong_usage_is_2_and_said_on_standard_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments, Loader()) == exit_codes.WRONG_USAGE
    printed = capsys.readouterr()
    assert "usage: handtint" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["restore", "--help"], ["models", "--json"]])
def test_torch_and_qt_stay_unloaded(arguments: list[str]) -> None:
    code = (
        "import sys; from handtint.__main__ import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'PySide6', 'numpy'} & set(sys.modules); sys.exit(f'{code} {heavy}')"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == "0 set()"
    assert done.stdout


def test_starting_to_restore_does_not_load_torch(photos: Path, out: Path) -> None:
    code = (
        "import sys; from handtint.cli import main as cli; code = cli.main(sys.argv[1:]); "
        "sys.exit(f\"{code} {'torch' in sys.modules}\")"
    )
    command = [sys.executable, "-c", code, "restore", "gone.jpg", "-o", str(out)]
    model = ["--model", str(paths.bundled_models_dir() / "unet.safetensors")]
    done = subprocess.run([*command, *model], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "1 False"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["--version"]) == exit_codes.OK
    assert capsys.readouterr().out == f"Handtint {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["Broadway 1905.tif"], True),
        (["old/photos"], True),
        (["--new-window"], True),
        (["a.jpg", "--new-window"], True),
        (["restore"], False),
        (["restore", "a.jpg"], False),
        (["--help"], False),
        (["restor"], False),
        (["a.jpg", "--json"], False),
    ],
)
def test_photos_alone_open_the_window(
    arguments: list[str], window: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[list[Path]] = []

    def run(files: list[Path], new_window: bool) -> int:
        assert new_window is ("--new-window" in arguments)
        opened.append(files)
        return 0

    app = types.ModuleType("handtint.gui.app")
    app.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "handtint.gui", types.ModuleType("handtint.gui"))
    monkeypatch.setitem(sys.modules, "handtint.gui.app", app)
    __main__.main(arguments)
    assert opened == ([[Path(argument) for argument in arguments if argument[0] != "-"]] if window else [])


# models and doctor


def test_models_lists_what_a_user_chooses_by(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == exit_codes.OK
    printed = capsys.readouterr().out
    for text in ("unet (default): in tests", "nothing; colors by rule", "MIT", "psnr        21", str(models)):
        assert text in printed
    assert Path(printed.splitlines()[-1].partition(": ")[2]).is_file()  # what the licenses refer to


def test_models_as_json_hold_the_card(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "--json"]) == exit_codes.OK
    (record,) = json.loads(capsys.readouterr().out)
    assert record["name"] == "unet"
    assert record["size_bytes"] == (models / "unet.safetensors").stat().st_size
    assert record["metrics"] == {"psnr": 21.0}


def test_without_models_it_says_what_to_do(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (models / "unet.safetensors").unlink()
    assert cli.main(["models"]) == exit_codes.FAILED
    assert "--model FILE" in capsys.readouterr().err


@pytest.fixture
def _no_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_devices", lambda: ["cpu: a test"])  # asking them takes torch


@pytest.mark.usefixtures("_no_devices")
def test_doctor_colors_a_sample_and_says_where_things_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"], Loader(FakeColorizer(fake_card(working_size=96)))) == exit_codes.OK
    printed = capsys.readouterr().out
    for text in (
        f"Handtint    {__version__}",
        "torch",
        "cpu: a test",
        str(paths.log_dir()),
        str(paths.user_models_dir()),
    ):
        assert text in printed
    assert "Self-test   passed" in printed


class Colorless(FakeColorizer):
    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        return Prediction(np.zeros((*lightness.shape, 2), np.float32))


@pytest.mark.usefixtures("_no_devices")
def test_doctor_fails_where_the_model_gives_no_color(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"], Loader(Colorless())) == exit_codes.FAILED
    assert "came out gray" in capsys.readouterr().out


@pytest.mark.usefixtures("_no_devices")
def test_doctor_fails_without_a_model_and_still_tells_the_rest(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (models / "unet.safetensors").unlink()
    assert cli.main(["doctor"], Loader()) == exit_codes.FAILED
    printed = capsys.readouterr().out
    assert "Self-test   failed: There is no model named" in printed
    assert str(paths.log_dir()) in printed


@pytest.mark.parametrize("sample", sorted(paths.samples_dir().glob("*.[jp]*g")), ids=lambda path: path.stem)
def test_no_sample_is_taken_for_a_photo_in_color(sample: Path) -> None:
    assert read_photo(sample).tone() is not Tone.COLOR


def test_settings_have_the_ranges_that_the_command_line_takes() -> None:
    assert 0 <= Settings().vividness <= 1
    assert 0 <= Settings().strength <= 2
