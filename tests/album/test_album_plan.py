"""What a run would do, decided from folders and the journal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from handtint.album.entries import Entry
from handtint.album.journal import Journal
from handtint.album.order import Job, Order, Plan
from handtint.album.pace import Pace, estimate
from handtint.album.plan import plan
from handtint.model_card import ModelFile
from handtint.plain import duration
from handtint.recipe.recipe import Recipe
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.stamps import sha256_of, stamp_of
from tests.fakes import fake_card

GRAY = Image.fromarray(data.camera()[::16, ::16])
ORDER = Order(ModelFile(Path("fake.safetensors"), fake_card(), 8))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    (folder / "a").mkdir(parents=True)
    (folder / "b").mkdir()
    GRAY.save(folder / "a" / "x.png")
    GRAY.rotate(90).save(folder / "b" / "x.png")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def made(journal: Journal, job: Job, order: Order = ORDER, text: str = "made", **changes: object) -> None:
    """As if a run had made it."""
    job.target.parent.mkdir(parents=True, exist_ok=True)
    job.target.write_text(text)
    values = {
        "target": job.target,
        "source": job.source.absolute(),
        "state": "done",
        "stamp": stamp_of(job.source),
        "work": order.work(job.source),
        "sha256": sha256_of(job.source),
        "made": stamp_of(job.target),
    }
    journal.write(Entry(**(values | changes)))  # type: ignore[arg-type]


def targets(plan: Plan, folder: Path) -> list[str]:
    return [job.target.relative_to(folder).as_posix() for job in plan.jobs]


def test_a_name_given_in_an_earlier_run_stays_the_photos(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        (job,) = plan([album / "a"], out, ORDER, journal).jobs
        made(journal, job)
        (other,) = plan([album / "b"], out, ORDER, journal).jobs
        assert other.target.name == "x (2).png"
        assert "x.png" in other.note
        made(journal, other)
        later = plan([album / "b", album / "a"], out, ORDER, journal)
    assert later.jobs == []
    assert {event.target for event in later.others} == {out / "x.png", out / "x (2).png"}


def test_an_album_that_moved_is_known_by_its_content(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        for job in plan([album], out, ORDER, journal, recursive=True).jobs:
            made(journal, job)
        moved = album.rename(album.with_name("moved"))
        assert plan([moved], out, ORDER, journal, recursive=True).jobs == []


def test_a_folder_of_results_that_moved_keeps_its_journal(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        made(journal, plan([album / "a"], out, ORDER, journal).jobs[0])
    moved = out.rename(out.with_name("moved"))
    with Journal(moved) as journal:
        assert plan([album / "a"], moved, ORDER, journal).jobs == []


@pytest.mark.parametrize(
    "order",
    [
        Order(ORDER.model, Recipe(Settings(vividness=0.1))),
        Order(ORDER.model, save=SaveOptions(quality=50)),
        Order(ModelFile(Path("fake.safetensors"), fake_card(), 9)),
        Order(ModelFile(Path("fake.safetensors"), fake_card("other"), 8)),
    ],
)
def test_other_settings_or_models_make_a_photo_anew_in_place_of_our_result(
    album: Path, out: Path, order: Order
) -> None:
    with Journal(out) as journal:
        made(journal, plan([album / "a"], out, ORDER, journal).jobs[0])
        (job,) = plan([album / "a"], out, order, journal).jobs
    assert job.replaces
    assert "changed" in job.why


def test_settings_of_one_photo_concern_no_other(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        for job in plan([album], out, ORDER, journal, recursive=True).jobs:
            made(journal, job)
        order = Order(ORDER.model, own={album / "a" / "x.png": Recipe(Settings(strength=0.5))})
        assert targets(plan([album], out, order, journal, recursive=True), out) == ["a/x.png"]


def test_a_photo_that_was_only_copied_is_not_made_anew_but_a_changed_one_is(album: Path, out: Path) -> None:
    photo = album / "a" / "x.png"
    with Journal(out) as journal:
        made(journal, plan([photo], out, ORDER, journal).jobs[0])
        os.utime(photo, (1, 1))
        assert plan([photo], out, ORDER, journal).jobs == []
        GRAY.rotate(180).save(photo)
        assert [job.why for job in plan([photo], out, ORDER, journal).jobs] == ["the photo changed"]


def test_a_result_that_someone_worked_on_is_left_alone(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        (job,) = plan([album / "a"], out, ORDER, journal).jobs
        made(journal, job)
        job.target.write_text("made, then retouched")
        order = Order(ORDER.model, Recipe(Settings(vividness=0.1)))
        changed = plan([album / "a"], out, order, journal)
        assert changed.jobs == []
        assert "changed by someone" in changed.others[0].text
        order = Order(ORDER.model, Recipe(Settings(vividness=0.1)), SaveOptions(overwrite=True))
        assert plan([album / "a"], out, order, journal).jobs[0].replaces


def test_a_result_that_was_deleted_is_made_again(album: Path, out: Path) -> None:
    with Journal(out) as journal:
        (job,) = plan([album / "a"], out, ORDER, journal).jobs
        made(journal, job)
        job.target.unlink()
        (again,) = plan([album / "a"], out, ORDER, journal).jobs
    assert not again.replaces
    assert "no longer there" in again.why


def test_what_failed_waits_for_a_request_or_a_change(album: Path, out: Path) -> None:
    photo = album / "a" / "x.png"
    with Journal(out) as journal:
        (job,) = plan([photo], out, ORDER, journal).jobs
        made(journal, job, state="failed", reason="It is damaged.", made=None)
        job.target.unlink()
        failed = plan([photo], out, ORDER, journal)
        assert (failed.jobs, failed.others[0].kind) == ([], "failed")
        assert failed.others[0].text.startswith("It is damaged.")
        assert len(plan([photo], out, Order(ORDER.model, retry=True), journal).jobs) == 1
        GRAY.rotate(180).save(photo)
        assert len(plan([photo], out, ORDER, journal).jobs) == 1


def test_links_to_folders_are_followed_but_not_in_circles(album: Path, tmp_path: Path, out: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    GRAY.save(tmp_path / "elsewhere" / "y.png")
    (album / "link").symlink_to(tmp_path / "elsewhere")
    (album / "a" / "circle").symlink_to(album)
    assert targets(plan([album], out, ORDER, recursive=True), out) == ["a/x.png", "b/x.png", "link/y.png"]


def test_a_folder_that_cannot_be_searched_is_named_and_the_rest_is_planned(
    album: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def refuse(path: object) -> object:  # rights do not bind root, so the refusal is made here
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refuse)
    found = plan([album], out, ORDER, recursive=True)
    assert targets(found, out) == ["a/x.png"]
    (event,) = found.others
    assert event.kind == "failed"
    assert str(album / "b") in event.text


def test_an_estimate_counts_pixels_without_decoding(album: Path, out: Path) -> None:
    jobs = plan([album], out, ORDER, recursive=True).jobs
    needed = estimate(jobs, out, Pace(s_per_megapixel=2.0))
    assert needed.megapixels == pytest.approx(2 * 32 * 32 / 1e6)
    assert needed.free_bytes is not None
    assert needed.free_bytes > needed.result_bytes > 0
    assert needed.seconds > 2.0 * needed.megapixels


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5340, "89 min"), (7190, "2 h 0 min"), (12000, "3 h 20 min")],
)
def test_time_is_said_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_folder_without_photos_is_a_failure_unless_they_are_yet_to_come(tmp_path: Path, out: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert [event.kind for event in plan([folder], out, ORDER).others] == ["failed"]
    assert plan([folder], out, ORDER, may_be_empty=True).others == []
    assert [event.kind for event in plan([tmp_path / "gone"], out, ORDER, may_be_empty=True).others] == ["failed"]
