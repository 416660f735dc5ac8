"""The report of an album: everything that happened is in it, every link leads somewhere, nothing in it can run."""

from __future__ import annotations

import json
import signal
import urllib.parse
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from handtint.album import report as reporting
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.comparison import thumbnail
from handtint.progress import Progress
from handtint.restore.colorizer import Colorizer
from tests.album.standin import GRAY, make_model
from tests.fakes import FakeColorizer

COLOR = Image.fromarray(data.astronaut()[::8, ::10])
ODD = "a <b>&'\" 50%?#.png"


class Page(HTMLParser):
    """What a browser would make of a page.

    Attributes:
        rows: texts of the cells of every row but the heads.
        links: targets of links and pictures, as paths, None where there is no such file.
        images: attributes of every picture.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.rows: list[list[str]] = []
        self.links: list[Path | None] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.scopes: set[str | None] = set()
        self.words = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "th":
            self.scopes.add(values.get("scope"))
        if tag == "img":
            self.images.append(values)
        for url in filter(None, (values.get("href"), values.get("src"))):
            assert not urllib.parse.urlsplit(url).scheme
            target = self.path.parent / urllib.parse.unquote(url)
            self.links.append(target.resolve() if target.exists() else None)

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1] += data


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    GRAY.save(folder / "street.png")
    GRAY.save(folder / ODD)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def restore(tmp_path: Path) -> Callable[..., int]:
    model = make_model(tmp_path)

    def run(*arguments: object, colorizer: Colorizer | None = None) -> int:
        command = ["restore", *map(str, arguments), "--model", str(model)]
        return cli.main(command, lambda *_: colorizer or FakeColorizer())

    return run


def facts_in(page: Path) -> dict:
    return json.loads(page.with_suffix(".json").read_text(encoding="ascii"))


def thumbnails(page: Path) -> dict[str, tuple[int, int]]:
    found = page.with_name(f"{page.stem}-files").rglob("*.jpg")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def test_a_report_shows_every_photo_and_says_why_one_was_not_made(
    album: Path, out: Path, restore: Callable[..., int]
) -> None:
    (album / "broken.jpg").write_bytes(b"this is no photo")
    COLOR.save(album / "z.png")
    report = out / "report.html"
    notes = ("A note with <tags> & more.",)
    assert restore(album, "-o", out, "--report", report, colorizer=FakeColorizer(notes=notes)) == exit_codes.FAILED
    page, facts = Page(report), facts_in(report)
    assert [row[0] for row in page.rows[1:3]] == ["broken.jpg", "z.png"]
    assert "broken.jpg" in page.rows[1][2]
    assert "already in color" in page.rows[2][2]
    assert [row[1] for row in page.rows[4:]] == [ODD, "street.png"]
    assert all(notes[0] in row[4] for row in page.rows[4:])
    assert len(page.images) == 2
    assert {(image["loading"], image["alt"]) for image in page.images} == {
        ("lazy", f"{name} before and after") for name in (ODD, "street.png")
    }
    assert set(page.links) >= {album / ODD, album / "broken.jpg", out / ODD, out / "street.png"}
    assert None not in page.links
    assert page.scopes == {"col", "row"}
    assert not page.tags & {"script", "tags", "link", "iframe"}
    assert "://" not in page.source
    assert "prefers-color-scheme: dark" in page.source
    assert facts["handtint_report"] == 2
    assert {key: facts["totals"][key] for key in ("done", "failed", "skipped", "started")} == {
        "done": 2,
        "failed": 1,
        "skipped": 1,
        "started": 0,
    }
    assert [photo["state"] for photo in facts["photos"]] == ["failed", "skipped", "done", "done"]
    done = facts["photos"][2]
    assert (done["source"], done["result"]) == (str(album / ODD), str(out / ODD))
    assert done["asked"]["recipe"] == facts["run"]["recipe"]
    assert done["seconds"] > 0
    assert facts["run"]["model"]["name"] == "fake"


def test_a_later_report_holds_the_photos_of_earlier_runs_and_how_they_were_made(
    album: Path, out: Path, restore: Callable[..., int], tmp_path: Path
) -> None:
    report = tmp_path / "somewhere" / "report.html"
    assert restore(album, "-o", out, "--vividness", "1") == exit_codes.OK
    later = tmp_path / "later"
    later.mkdir()
    GRAY.save(later / "new.png")
    assert restore(later, "-o", out, "--report", report) == exit_codes.OK
    page = Page(report)
    assert [row[1] for row in page.rows[1:]] == [ODD, "new.png", "street.png"]
    assert ["vividness 1" in row[4] for row in page.rows[1:]] == [True, False, True]
    assert len(page.images) == 3  # those of the earlier run are made from the files
    assert None not in page.links
    assert facts_in(report)["run"]["done"] == 1


def test_thumbnails_are_made_once_for_every_result(album: Path, out: Path, restore: Callable[..., int]) -> None:
    report = out / "report.html"
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    first = thumbnails(report)
    assert len(first) == 2
    GRAY.save(album / "new.png")
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    second = thumbnails(report)
    assert len(second) == 3
    assert {name: second[name] for name in first} == first
    assert restore(album, "-o", out, "--vividness", "1", "--report", report) == exit_codes.OK
    third = thumbnails(report)
    assert third.keys() == second.keys()
    assert not set(third.values()) & set(second.values())
    assert len(Page(report).images) == 3


def test_a_thumbnail_is_small_whatever_it_shows() -> None:
    noise = np.random.default_rng(0).integers(0, 65536, (600, 1000, 3), np.uint16)
    assert len(thumbnail(noise[..., 0], noise)) <= 15_000
    photo = data.astronaut()
    shown = thumbnail(photo[..., 1], photo)
    assert 4_000 < len(shown) <= 15_000


class Stops(FakeColorizer):
    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        if len(self.seen) == 3:
            signal.raise_signal(signal.SIGINT)
        return super().predict(lightness, progress)


def test_a_stopped_run_is_reported_with_what_is_left(album: Path, out: Path, restore: Callable[..., int]) -> None:
    for index in range(30):
        GRAY.save(album / f"{index:02}.png")
    report = out / "report.html"
    assert restore(album, "-o", out, "--report", report, colorizer=Stops()) == exit_codes.STOPPED
    made = len(list(out.glob("*.png")))
    run = facts_in(report)["run"]
    assert (run["done"], run["left"]) == (made, 32 - made)
    assert run["stopped"] == "It was stopped."
    assert f"{32 - made} still to be made" in Page(report).words
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    assert "ended early" not in Page(report).words
    assert len(Page(report).images) == 32


def test_a_run_that_could_not_go_on_is_reported_with_its_reason(
    album: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    class Leaves(FakeColorizer):
        def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
            if album.exists():
                album.rename(album.with_name("unplugged"))
            return super().predict(lightness, progress)

    report = out / "report.html"
    assert restore(album, "-o", out, "--report", report, colorizer=Leaves()) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert facts_in(report)["run"]["stopped"] == said
    assert said in Page(report).words


def test_a_photo_that_the_journal_does_not_know_is_reported_too(
    album: Path, out: Path, restore: Callable[..., int], tmp_path: Path
) -> None:
    out.mkdir()
    (out / "street.png").write_text("somebody's")
    report = out / "report.html"
    assert restore(album, tmp_path / "nowhere.jpg", "-o", out, "--report", report) == exit_codes.FAILED
    reasons = {Path(photo["source"]).name: photo["reason"] for photo in facts_in(report)["photos"]}
    assert "it is not there" in reasons["nowhere.jpg"]
    assert "already exists" in reasons["street.png"]


def test_a_result_that_is_gone_is_not_linked(album: Path, out: Path, restore: Callable[..., int]) -> None:
    report = out / "report.html"
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    (out / "street.png").unlink()
    (album / "street.png").unlink()
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    gone = next(photo for photo in facts_in(report)["photos"] if photo["source"].endswith("street.png"))
    assert (gone["result"], gone["thumbnail"]) == (None, None)
    assert "no longer there" in gone["reason"]


def test_a_report_goes_nowhere_where_it_would_do_harm(
    album: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(album, "-o", out, "--report", album / "report.html") == exit_codes.FAILED
    assert "among the originals" in capsys.readouterr().err
    out.mkdir(exist_ok=True)
    (out / "mine.html").write_text("<p>my own page</p>")
    assert restore(album, "-o", out, "--report", out / "mine.html") == exit_codes.FAILED
    assert "no report of Handtint" in capsys.readouterr().err
    assert (out / "mine.html").read_text() == "<p>my own page</p>"
    assert not list(out.glob("*.png"))
    assert restore(album, "-o", out, "--report", out / "report.txt") == exit_codes.WRONG_USAGE
    inside = album / "out"
    assert restore(album, "-o", inside, "--report", inside / "report.html") == exit_codes.OK


def test_a_report_that_cannot_be_saved_is_said_and_the_photos_are_there(
    album: Path,
    out: Path,
    restore: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reporting, "write_whole", refuse)  # for thumbnails, too
    assert restore(album, "-o", out, "--report", out / "report.html") == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "The report" in said
    assert "No space left" in said
    assert len(list(out.glob("*.png"))) == 2


def test_a_thumbnail_that_fails_takes_no_result_back(
    album: Path, out: Path, restore: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(reporting, "thumbnail", fail)
    report = out / "report.html"
    assert restore(album, "-o", out, "--report", report) == exit_codes.OK
    assert facts_in(report)["totals"]["done"] == 2
    assert Page(report).images == []


def test_a_dry_run_writes_no_report(
    album: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    report = out / "report.html"
    assert restore(album, "-o", out, "--dry-run", "--report", report) == exit_codes.OK
    assert f'The report would be "{report}".' in capsys.readouterr().out
    assert not out.exists()
