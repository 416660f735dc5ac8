"""Albums made by several processes: every photo once, whichever worker dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from handtint import paths
from handtint.album.cluster.worker import Assignment, make
from handtint.album.journal import Journal
from handtint.album.order import Job, Order
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.errors import ModelError
from handtint.imaging.opening import read_photo
from handtint.model_card import ModelFile, read_card
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.stamps import stamp_of
from tests.album.standin import ROOT, environment, load, make_album, make_model
from tests.fakes import FakeColorizer, restored


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def command(album: Path, out: Path, model: Path, *options: object) -> list[str]:
    known = ["restore", album, "-o", out, "--model", model, "--recursive", "--json", *options]
    return [sys.executable, "-m", "tests.album.mortal", *map(str, known)]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_every_photo_is_made_once_though_workers_are_killed(tmp_path: Path, out: Path, model: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    album, log = make_album(tmp_path / "album", 20), tmp_path / "log"
    report = out / "report.html"
    called = command(album, out, model, "--cluster", "local:2", "--report", report)
    # However long a worker takes to come back, on a machine with much else to do: Dask gave it up after this time.
    env = environment(MORTAL_LOG=str(log), DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT="10ms")
    done = subprocess.run(called, env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == exit_codes.OK, done.stderr
    assert (tmp_path / "died before").exists()
    assert (tmp_path / "died after").exists()
    photos = {path.name: path for path in album.rglob("*.png")}
    assert sorted(log.read_text().split()) == sorted(photos)
    for path in photos.values():
        alone = restored(read_photo(path), Settings(), FakeColorizer(), Progress())
        np.testing.assert_array_equal(read_photo(out / path.relative_to(album)).pixels, alone.pixels)
    with Journal(out) as journal:
        entries = {entry.target.name: entry for entry in journal.entries()}
    assert entries.keys() == photos.keys()
    assert {entry.state for entry in entries.values()} == {"done"}
    assert all(entry.is_untouched and entry.sha256 for entry in entries.values())
    assert list(out.rglob("*.part")) == []
    assert len(json.loads(report.with_suffix(".json").read_text())["photos"]) == 20
    events = [json.loads(line)["event"] for line in done.stdout.splitlines()]
    at_work = np.cumsum([{"started": 1, "done": -1}.get(event, 0) for event in events])
    assert at_work.max() <= 4  # two for each worker
    assert at_work[-1] == 0
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups")
def test_ctrl_c_ends_a_cluster_in_order(tmp_path: Path, out: Path, model: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    album, log = make_album(tmp_path / "album", 40), tmp_path / "log"
    called = command(album, out, model, "--cluster", "local:1")
    environ = environment(MORTAL_LOG=str(log))
    (tmp_path / "died before").touch()
    (tmp_path / "died after").touch()
    with subprocess.Popen(
        called, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not log.exists():
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        told = process.communicate(timeout=300)[0]
    assert process.returncode == exit_codes.STOPPED
    finished = json.loads(told.splitlines()[-1])
    assert finished["done"] == len(list(out.rglob("*.png"))) < 40
    with Journal(out) as journal:
        assert {entry.state for entry in journal.entries()} == {"done"}


def test_without_the_package_it_says_what_helps_where_it_runs(
    tmp_path: Path, out: Path, model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    album = make_album(tmp_path / "album", 2)
    arguments = ["restore", album, "-o", out, "--model", model, "--cluster", "local:2"]
    assert cli.main([*map(str, arguments)], load) == exit_codes.FAILED
    assert "pip install distributed" in capsys.readouterr().err
    monkeypatch.setattr(paths, "is_frozen", lambda: True)  # where pip could not add it
    monkeypatch.setattr(sys, "_MEIPASS", str(ROOT), raising=False)
    assert cli.main([*map(str, arguments)], load) == exit_codes.FAILED
    said = capsys.readouterr().err
    assert "pip" not in said
    assert "from its source" in said
    assert "--shard" in said


@pytest.mark.parametrize("address", ["", "local:", "local:0", "local:many"])
def test_an_address_that_cannot_be_one_is_wrong_usage(address: str, tmp_path: Path, out: Path) -> None:
    assert cli.main(["restore", str(tmp_path), "-o", str(out), "--cluster", address], load) == exit_codes.WRONG_USAGE
    assert not out.exists()


def assignment(tmp_path: Path, model: Path, **changes: object) -> Assignment:
    (tmp_path / "out").mkdir(exist_ok=True)
    job = Job(tmp_path / "album" / "00.png", tmp_path / "out" / "00.png")
    order = Order(ModelFile(model, read_card(model), 0))
    return Assignment(**{**vars(Assignment(job, order, None, tmp_path / "out", load, "cpu", None)), **changes})  # type: ignore[arg-type]


def test_a_worker_finds_what_one_before_it_made(tmp_path: Path, model: Path) -> None:
    make_album(tmp_path / "album", 1)
    first = make(assignment(tmp_path, model)).made
    assert first is not None
    again = make(assignment(tmp_path, model)).made
    assert again is not None
    assert (again.stamp, again.sha256, again.pixels) == (first.stamp, first.sha256, first.pixels)


def test_a_worker_leaves_a_file_alone_that_was_there_before(tmp_path: Path, model: Path) -> None:
    make_album(tmp_path / "album", 1)
    (tmp_path / "out").mkdir()
    mine = tmp_path / "out" / "00.png"
    mine.write_text("somebody's")
    answer = make(assignment(tmp_path, model, before=stamp_of(mine)))
    assert answer.made is None
    assert answer.event is not None
    assert "is there already" in answer.event.text
    assert mine.read_text() == "somebody's"


def test_a_worker_without_a_folder_for_results_ends_the_run(tmp_path: Path, model: Path) -> None:
    make_album(tmp_path / "album", 1)
    answer = make(assignment(tmp_path, model, folder=tmp_path / "gone"))
    assert "is gone" in answer.ends
    assert not (tmp_path / "gone").exists()


def test_a_worker_takes_its_own_copy_of_the_model(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_album(tmp_path / "album", 1)
    asked: list[Path] = []

    def load_from(file: ModelFile, device: str, threads: int | None) -> FakeColorizer:
        asked.append(file.path)
        if not file.path.exists():
            raise ModelError("It is not here.")
        return FakeColorizer()

    there = ModelFile(tmp_path / "elsewhere" / "fake.safetensors", read_card(model), 0)
    monkeypatch.setattr("handtint.model_card.list_models", lambda: [ModelFile(model, there.card, 0)])
    monkeypatch.setattr("handtint.album.cluster.worker._colorizers", {})
    made = make(assignment(tmp_path, model, order=Order(there), load=load_from)).made
    assert made is not None
    assert asked == [model]
