"""Albums made by the pipeline, with a colorizer that needs no torch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from handtint.album import making
from handtint.album import run as running
from handtint.album.entries import State
from handtint.album.journal import Journal
from handtint.album.order import Event, Job, Order, Plan
from handtint.album.plan import plan
from handtint.album.recording import AlbumStopped, record
from handtint.album.run import Threads, run, usual_threads
from handtint.album.watch import watch
from handtint.errors import HandtintError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.model_card import ModelFile
from handtint.progress import Cancelled, Progress
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.stamps import Stamp
from tests.fakes import FakeColorizer, fake_card, restored

GRAY = Image.fromarray(data.camera()[::8, ::10])  # (64, 52)
ORDER = Order(ModelFile(Path("fake.safetensors"), fake_card(), 8))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    folder.mkdir()
    for index in range(12):
        image = GRAY if index % 3 else GRAY.rotate(90, expand=True)
        image.save(folder / f"{index:02}.png")
    return folder


class Out:
    """An output folder, and what is done in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []

    def run(
        self,
        album: Path,
        order: Order = ORDER,
        colorizer: FakeColorizer | None = None,
        progress: Progress | None = None,
        report: Callable[[Event], None] = lambda event: None,
        **options: object,
    ) -> None:
        def told(event: Event) -> None:
            self.events.append(event)
            report(event)

        with Journal(self.folder) as journal:
            jobs = plan([album], self.folder, order, journal).jobs
            load = lambda: colorizer or FakeColorizer()  # noqa: E731
            run(jobs, order, journal, load, progress or Progress(), told, **options)  # type: ignore[arg-type]

    def states(self) -> dict[str, State]:
        with Journal(self.folder) as journal:
            return {entry.target.name: entry.state for entry in journal.entries()}

    def kinds(self) -> dict[str, list[str]]:
        kinds: dict[str, list[str]] = {}
        for event in self.events:
            if event.kind != "progress":
                kinds.setdefault(event.source.name, []).append(event.kind)
        return kinds


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path / "out")


@pytest.mark.parametrize("threads", [Threads(1, 1, 1), Threads(3, 5, 1)])
def test_an_album_is_what_its_photos_are_one_by_one(album: Path, out: Out, threads: Threads) -> None:
    out.run(album, threads=threads)
    assert len(list(out.folder.glob("*.png"))) == 12
    for path in album.iterdir():
        alone = restored(read_photo(path), Settings(), FakeColorizer(), Progress())
        np.testing.assert_array_equal(read_photo(out.folder / path.name).pixels, alone.pixels)
    assert set(out.states().values()) == {"done"}
    assert out.kinds() == {path.name: ["started", "done"] for path in album.iterdir()}


def test_progress_ends_at_one_and_never_runs_back(album: Path, out: Out) -> None:
    seen: list[float] = []
    out.run(album, progress=Progress(lambda fraction, _: seen.append(fraction)))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    for name in ("03.png", "04.png"):
        own = [event.fraction for event in out.events if event.kind == "progress" and event.source.name == name]
        assert own == sorted(own)


def test_photos_have_settings_of_their_own(album: Path, out: Out) -> None:
    out.run(album, Order(ORDER.model, own={album / "01.png": Recipe(Settings(strength=0.0))}))
    assert np.ptp(read_photo(out.folder / "01.png").pixels, axis=-1).max() == 0
    assert np.ptp(read_photo(out.folder / "02.png").pixels, axis=-1).max() > 10


def test_a_pair_that_cannot_be_kept_becomes_a_note_and_the_photo_is_done(album: Path, out: Out) -> None:
    def keep(job: Job, photo: Photo, result: Photo) -> None:
        if job.source.name == "05.png":
            raise OSError("no room for pictures")

    out.run(album, keep=keep)
    assert set(out.states().values()) == {"done"}
    notes = {event.source.name: event.notes for event in out.events if event.kind == "done"}
    assert [note for note in notes["05.png"] if "before and after could not be kept" in note and "no room" in note]
    assert notes["04.png"] == ()


def test_a_pair_is_given_away_for_each_result(album: Path, out: Out) -> None:
    kept: dict[str, tuple[Photo, Photo]] = {}

    def keep(job: Job, photo: Photo, result: Photo) -> None:
        kept[job.source.name] = photo, result

    out.run(album, keep=keep)
    assert set(kept) == {path.name for path in album.iterdir()}
    before, after = kept["05.png"]
    assert before.size == after.size
    np.testing.assert_array_equal(after.pixels, read_photo(out.folder / "05.png").pixels)


class FailsOnOne(FakeColorizer):
    """Fails whole batches that hold a bright photo."""

    def predict_many(self, lightness: Sequence[np.ndarray], progress: Progress) -> list[Prediction]:
        if any(plane.mean() > 90 for plane in lightness):
            raise HandtintError("Too bright.")
        return super().predict_many(lightness, progress)


def test_of_a_batch_that_fails_only_the_photo_at_fault_does(album: Path, out: Out) -> None:
    Image.new("L", GRAY.size, 250).save(album / "04.png")
    out.run(album, colorizer=FailsOnOne())
    states = out.states()
    assert states.pop("04.png") == "failed"
    assert set(states.values()) == {"done"}
    assert [event.text for event in out.events if event.kind == "failed"] == ["Too bright."]


def test_a_stopped_run_goes_on_later_and_makes_nothing_twice(album: Path, out: Out) -> None:
    stop = threading.Event()

    def count(event: Event) -> None:
        if event.kind == "done" and sum(e.kind == "done" for e in out.events) == 4:
            stop.set()

    with pytest.raises(Cancelled):
        out.run(album, progress=Progress(is_cancelled=stop.is_set), report=count, threads=Threads(1, 1, 1))
    first = {path.name: path.stat().st_mtime_ns for path in out.folder.glob("*.png")}
    assert 4 <= len(first) < 12
    assert not list(out.folder.glob(".handtint-*.part"))
    colorizer = FakeColorizer()
    out.run(album, colorizer=colorizer)
    assert len(colorizer.seen) == 12 - len(first)
    assert {name: (out.folder / name).stat().st_mtime_ns for name in first} == first
    assert set(out.states().values()) == {"done"}


def test_a_stop_reaches_the_threads_that_write(album: Path, out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, heard = threading.Event(), threading.Event()

    def write(*arguments: object) -> None:
        stop.set()
        progress = arguments[-1]
        assert isinstance(progress, Progress)
        for _ in range(6000):  # a minute
            try:
                progress.step(0.5)
            except Cancelled:
                heard.set()
                raise
            time.sleep(0.01)

    monkeypatch.setattr(making, "write", write)
    with pytest.raises(Cancelled):
        out.run(album, progress=Progress(is_cancelled=stop.is_set), threads=Threads(1, 1, 1))
    assert heard.is_set()


def test_a_result_stays_known_as_ours_until_another_takes_its_place(album: Path, out: Out) -> None:
    job = Job(album / "00.png", out.folder / "00.png")
    with Journal(out.folder) as journal:
        record(journal, ORDER, job, "done", made=Stamp(5, 6))
        for state in ("started", "failed", "skipped"):
            assert record(journal, ORDER, job, state).made == Stamp(5, 6)
        record(journal, ORDER, job, "done", made=Stamp(7, 8))
        known = journal.entry(job.target)
    assert known is not None
    assert known.made == Stamp(7, 8)


def test_while_paused_no_photo_is_begun(album: Path, out: Out) -> None:
    paused, asked = threading.Event(), 0

    def is_paused() -> bool:
        nonlocal asked
        if paused.is_set():
            asked += 1
            begun = sum(event.kind == "started" for event in out.events)
            at_pause.setdefault("begun", begun)
            assert begun == at_pause["begun"]
            if asked > 5:
                paused.clear()
        return paused.is_set()

    at_pause: dict[str, int] = {}
    pause = lambda event: event.kind == "done" and asked == 0 and paused.set()  # noqa: E731
    out.run(album, is_paused=is_paused, report=pause, threads=Threads(1, 1, 1))
    assert at_pause["begun"] < 12
    assert set(out.states().values()) == {"done"}


def test_large_photos_wait_until_there_is_room(album: Path, out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_BYTES_AT_WORK", 1)
    at_work, most = set(), 0

    def count(event: Event) -> None:
        nonlocal most
        (at_work.add if event.kind == "started" else at_work.discard if event.kind == "done" else len)(event.source)  # type: ignore[arg-type]
        most = max(most, len(at_work))

    out.run(album, report=lambda event: count(event) if event.kind != "progress" else None)
    assert most == 1
    assert set(out.states().values()) == {"done"}


def test_a_source_folder_that_is_gone_ends_the_run_and_blames_no_photo(album: Path, out: Out) -> None:
    def unplug(event: Event) -> None:
        if event.kind == "done" and album.exists():
            album.rename(album.with_name("unplugged"))

    with pytest.raises(AlbumStopped, match="run this again to go on"):
        out.run(album, report=unplug, threads=Threads(1, 1, 1))
    assert "failed" not in out.states().values()
    album.with_name("unplugged").rename(album)
    out.run(album)
    assert set(out.states().values()) == {"done"}
    assert len(out.states()) == 12


def test_a_photo_that_changes_while_it_is_read_is_left_out(
    album: Path, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = album / "07.png"

    class Touches(FakeColorizer):
        def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
            GRAY.rotate(180).save(victim)  # while it waits for its color
            return super().predict(lightness, progress)

    for path in album.iterdir():
        if path != victim:
            path.unlink()
    out.run(album, colorizer=Touches())
    (failed,) = [event for event in out.events if event.kind == "failed"]
    assert "changed while it was read" in failed.text
    assert not list(out.folder.glob("*.png"))
    out.run(album)
    assert out.states() == {"07.png": "done"}


def test_a_watched_folder_gives_what_comes_once_it_is_whole(album: Path, out: Out) -> None:
    made: list[str] = []
    rounds = 0
    late = album / "late.png"

    def step(_fraction: float, _text: str) -> None:
        nonlocal rounds
        rounds += 1
        if rounds <= 3:  # somebody writes to it still
            late.write_bytes(b"x" * rounds)
        elif rounds == 4:
            GRAY.save(late)

    with Journal(out.folder) as journal:

        def look() -> object:
            return plan([album], out.folder, ORDER, journal)

        def make(jobs: list[Job], _: object) -> None:
            made.extend(job.source.name for job in jobs)
            run(jobs, ORDER, journal, FakeColorizer, Progress(), out.events.append)

        progress = Progress(step, lambda: rounds > 12)
        with pytest.raises(Cancelled):
            watch(look, make, out.events.append, progress, interval_s=0.001)  # type: ignore[arg-type]
    assert sorted(made) == sorted([*(f"{index:02}.png" for index in range(12)), "late.png"])
    assert made[-1] == "late.png"
    assert set(out.states().values()) == {"done"}


def test_a_watched_photo_that_is_planned_again_and_again_is_made_once_until_it_changes(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    GRAY.save(photo)
    made: list[Job] = []
    rounds = 0

    def step(_fraction: float, _text: str) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 8:
            GRAY.rotate(90).save(photo)

    job = Job(photo, tmp_path / "out" / "a.png")
    progress = Progress(step, lambda: rounds > 16)
    with pytest.raises(Cancelled):
        watch(lambda: Plan([job], []), lambda jobs, _: made.extend(jobs), lambda _: None, progress, interval_s=0.001)
    assert made == [job, job]


def test_a_watched_file_that_grows_in_bursts_is_no_failure_until_it_stands_still(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.write_bytes(b"half")
    made: list[int] = []
    events: list[Event] = []
    rounds = 0

    def step(_fraction: float, _text: str) -> None:
        nonlocal rounds
        rounds += 1
        if rounds in (6, 12):  # long enough after the last burst to be tried
            photo.write_bytes(b"half of a scan" * rounds)

    def make(jobs: list[Job], tell: Callable[[Event], None]) -> None:
        made.append(rounds)
        tell(Event("failed", photo, text=f"It is damaged ({len(made)})."))

    job = Job(photo, tmp_path / "out" / "a.png")
    progress = Progress(step, lambda: rounds > 18)
    with pytest.raises(Cancelled):
        watch(lambda: Plan([job], []), make, events.append, progress, interval_s=0.001, patience_s=1000)
    assert len(made) == 3
    assert [event.text for event in events] == ["It is damaged (3)."]  # what it came to in the end, once
    events.clear()
    rounds = 20
    progress = Progress(step, lambda: rounds > 30)
    with pytest.raises(Cancelled):
        watch(lambda: Plan([job], []), make, events.append, progress, interval_s=0.001, patience_s=0.0)
    assert len(events) == 1


def test_photos_are_made_in_the_order_in_which_people_count(tmp_path: Path) -> None:
    for name in ("10.png", "9.png", "b2/1.png", "b10/1.png", "A.png", "a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        GRAY.save(tmp_path / name)
    jobs = plan([tmp_path], tmp_path / "out", ORDER, None, recursive=True).jobs
    order = [job.source.relative_to(tmp_path).as_posix() for job in jobs]
    assert order == ["9.png", "10.png", "A.png", "a.png", "b2/1.png", "b10/1.png"]


def test_as_many_threads_as_asked_for_share_the_work() -> None:
    assert usual_threads(1) == Threads(1, 1, 1)
    assert usual_threads(8) == Threads(2, 6, 2)
