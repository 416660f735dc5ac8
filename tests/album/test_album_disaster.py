"""Albums under what happens to computers: killed at any moment, disks that fill up, drives that are pulled out."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.album.journal import Journal
from handtint.album.order import Job, Order
from handtint.album.recording import record
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.errors import DeviceError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.model_card import ModelFile, read_card
from handtint.progress import Progress
from handtint.restore import way
from handtint.restore.colorizer import Colorizer
from tests.album.standin import GRAY, ROOT, environment, make_album, make_model
from tests.fakes import FakeColorizer


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def restore(model: Path) -> Callable[..., int]:
    """The command in this process."""

    def run(*arguments: object, colorizer: Colorizer | None = None) -> int:
        command = ["restore", *map(str, arguments), "--recursive", "--model", str(model)]
        return cli.main(command, lambda *_: colorizer or FakeColorizer())

    return run


def results(folder: Path) -> dict[str, int]:
    """Every result with its time; all of them can be read."""
    found = {}
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            image.load()
        found[path.relative_to(folder).as_posix()] = path.stat().st_mtime_ns
    return found


def names(album: Path) -> set[str]:
    return {path.relative_to(album).as_posix() for path in album.rglob("*.png")}


def states(out: Path) -> dict[str, str]:
    with Journal(out) as journal:
        return {entry.target.relative_to(out).as_posix(): entry.state for entry in journal.entries()}


def wait_for(is_so: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 300
    while not is_so():
        assert process.poll() is None, "it ended too soon"
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_run_killed_at_any_moment_leaves_nothing_half_and_is_made_whole_by_the_next(
    tmp_path: Path, out: Path, model: Path
) -> None:
    album = make_album(tmp_path / "album", 36)
    command = [sys.executable, "-m", "tests.album.killing", album, out, model]
    done = subprocess.run(
        command, env=environment(STANDIN_DELAY_S="0.01"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    assert seen["kills"] >= 3
    assert seen["code"] == exit_codes.OK
    assert (seen["broken"], seen["made again"], seen["foreign"]) == ([], [], [])
    assert set(seen["results"]) == names(album)
    assert list(out.rglob("*.part")) == []
    assert states(out) == dict.fromkeys(names(album), "done")


def test_the_real_program_goes_on_where_it_was_killed(tmp_path: Path, out: Path) -> None:
    album = make_album(tmp_path / "album", 12)
    command = [sys.executable, "-m", "handtint", "restore", album, "-o", out, "--recursive"]
    command += ["--model", "resnet18_gray", "--device", "cpu", "--json"]
    with subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        wait_for(lambda: results(out), process)
        process.kill()
    first = results(out)
    again = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=True)
    now = results(out)
    assert {name: now[name] for name in first} == first
    assert set(now) == names(album)
    finished = json.loads(again.stdout.splitlines()[-1])
    assert finished["done"] == 12 - len(first) > 0
    assert list(out.rglob("*.part")) == []


def test_a_second_run_on_the_same_folder_says_so_and_changes_nothing(
    tmp_path: Path, out: Path, model: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album = make_album(tmp_path / "album", 16)
    command = [sys.executable, "-m", "tests.album.standin", "restore", album, "-o", out, "--model", model]
    slow = environment(STANDIN_DELAY_S="1")
    with subprocess.Popen(command, env=slow, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        wait_for(lambda: results(out), process)
        assert restore(album, "-o", out) == exit_codes.FAILED
        process.kill()
    (said,) = capsys.readouterr().err.splitlines()
    assert "Another Handtint is writing into" in said
    assert f"process {process.pid}" in said
    assert len(results(out)) < 16
    assert restore(album, "-o", out) == exit_codes.OK  # the lock went with its process
    assert set(results(out)) == names(album)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 1 MB, where this user may have one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no rights to mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_on_a_full_disk_the_run_ends_with_one_sentence_and_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album, out = make_album(tmp_path / "album", 30), small_disk / "out"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    assert restore(album, "-o", out) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "the disk is full" in said
    first = results(out)
    assert 0 < len(first) < 30
    assert list(out.rglob("*.part")) == []
    ballast.unlink()
    assert restore(album, "-o", out) == exit_codes.OK
    now = results(out)
    assert set(now) == names(album)
    assert {name: now[name] for name in first} == first
    assert set(states(out).values()) == {"done"}


class PullsTheDrive(FakeColorizer):
    """Takes a folder away at the third photo."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        if len(self.seen) == 3:
            self.folder.rename(self.folder.with_name("unplugged"))
        return super().predict(lightness, progress)


def test_an_album_whose_drive_is_pulled_out_ends_with_one_sentence_and_blames_no_photo(
    tmp_path: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album = make_album(tmp_path / "album", 30)
    assert restore(album, "-o", out, colorizer=PullsTheDrive(album)) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "run this again to go on" in said
    assert "failed" not in states(out).values()
    album.with_name("unplugged").rename(album)
    assert restore(album, "-o", out) == exit_codes.OK
    assert states(out) == dict.fromkeys(names(album), "done")


class LosesItsDevice(FakeColorizer):
    """Cannot compute any more from the third photo on."""

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        if len(self.seen) >= 3:
            raise DeviceError("The GPU stopped working.")
        return super().predict(lightness, progress)


def test_an_album_whose_device_fails_ends_with_one_sentence_and_blames_no_photo(
    tmp_path: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album = make_album(tmp_path / "album", 12)
    assert restore(album, "-o", out, colorizer=LosesItsDevice()) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("The GPU stopped working. The run ended after")
    assert "failed" not in states(out).values()
    assert restore(album, "-o", out) == exit_codes.OK
    assert states(out) == dict.fromkeys(names(album), "done")


def test_results_inside_the_album_and_links_in_circles_make_no_photo_twice(
    tmp_path: Path, restore: Callable[..., int]
) -> None:
    album = make_album(tmp_path / "album", 8)
    photos, out = names(album), album / "out"
    (album / "inside" / "around").symlink_to(album, target_is_directory=True)
    (out / "inside").mkdir(parents=True)
    (album / "to-results").symlink_to(out, target_is_directory=True)
    (album / "to-some-results").symlink_to(out / "inside", target_is_directory=True)
    for _ in range(2):
        assert restore(album, "-o", out) == exit_codes.OK
        assert set(results(out)) == photos


def test_an_empty_file_is_named_and_the_rest_is_made(
    tmp_path: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album = make_album(tmp_path / "album", 4)
    (album / "empty.jpg").touch()
    assert restore(album, "-o", out) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "empty.jpg" in said
    assert "0 bytes" in said
    assert set(results(out)) == names(album)


def test_a_photo_written_to_while_it_is_read_is_made_by_the_next_run_unasked(
    tmp_path: Path, out: Path, restore: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    album = make_album(tmp_path / "album", 1)
    read = way.read_photo

    def read_while_it_is_written(path: Path, *rest: object, **more: object) -> Photo:
        photo = read(path, *rest, **more)  # type: ignore[arg-type]
        GRAY.rotate(180).save(path)
        return photo

    with monkeypatch.context() as patch:
        patch.setattr(way, "read_photo", read_while_it_is_written)
        assert restore(album, "-o", out) == exit_codes.FAILED
    assert states(out) == {"00.png": "failed"}
    assert restore(album, "-o", out) == exit_codes.OK
    assert states(out) == {"00.png": "done"}


def test_a_file_that_was_there_before_work_began_is_not_taken_for_its_result(
    tmp_path: Path, out: Path, model: Path
) -> None:
    album = make_album(tmp_path / "album", 1)
    order = Order(ModelFile(model, read_card(model), 0))
    job = Job(album / "00.png", out / "00.png", replaces=True)
    out.mkdir()
    job.target.write_text("somebody's")
    with Journal(out) as journal:  # with --overwrite; the process ends here
        record(journal, order, job, "started")
    assert states(out) == {"00.png": "started"}
    job.target.write_text("a result")
    assert states(out) == {"00.png": "done"}


def test_a_result_that_several_shards_know_is_told_once_as_the_last_of_them_does(
    tmp_path: Path, out: Path, model: Path
) -> None:
    order = Order(ModelFile(model, read_card(model), 0))
    jobs = [Job(tmp_path / name, out / name) for name in ("a.png", "b.png", "c.png")]
    with Journal(out, (2, 2)) as journal:
        for job in jobs[1:]:
            record(journal, order, job, "failed", reason="It was so.")
    with Journal(out) as journal:
        for job in jobs[:2]:
            record(journal, order, job, "skipped")
        assert [(entry.target.name, entry.state) for entry in journal.entries()] == [
            ("a.png", "skipped"),
            ("b.png", "skipped"),
            ("c.png", "failed"),
        ]


def test_a_folder_of_results_that_is_gone_ends_the_run_and_does_not_come_back_empty(
    tmp_path: Path, out: Path, restore: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    album = make_album(tmp_path / "album", 20)
    assert restore(album, "-o", out, colorizer=PullsTheDrive(out)) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert str(out) in said
    assert not out.exists()
    out.with_name("unplugged").rename(out)
    assert restore(album, "-o", out) == exit_codes.OK
    assert states(out) == dict.fromkeys(names(album), "done")


def test_what_a_killed_shard_left_is_settled_by_a_run_of_the_whole(tmp_path: Path, out: Path, model: Path) -> None:
    order = Order(ModelFile(model, read_card(model), 0))
    with Journal(out, (1, 2)) as journal:
        for name in ("a.png", "b.png"):
            record(journal, order, Job(tmp_path / name, out / name), "started")
    (out / "a.png").write_text("a result")
    (out / ".handtint-0123456789abcdef.part").write_text("half of one")
    assert states(out) == {"a.png": "done", "b.png": "started"}
    assert list(out.glob("*.part")) == []
    with Journal(out) as journal:
        record(journal, order, Job(tmp_path / "a.png", out / "a.png"), "failed", reason="It was so.")
    assert states(out) == {"a.png": "failed", "b.png": "started"}
