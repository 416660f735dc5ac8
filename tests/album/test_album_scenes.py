"""Photos of one scene in an album take their colors from one of them, also over several runs."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.color import rgb2lab

from handtint.album import run as running
from handtint.album.journal import Journal
from handtint.album.order import Job, Order
from handtint.album.run import Threads
from handtint.album.scenes import followers
from handtint.album.scenes.followers import Followers
from handtint.album.scenes.known import Groups, Lead
from handtint.album.watch import watch
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.cli import restore as restore_command
from handtint.errors import HandtintError
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.model_card import ModelFile
from handtint.palette.carry import Reference
from handtint.paths import samples_dir
from handtint.progress import Cancelled, Progress
from handtint.restore import way
from tests.album.standin import ROOT, SCENE_SIZE, environment, make_model, make_scenes, save_frame
from tests.fakes import FakeColorizer, fake_card

LEAD = "e.png"  # what most others are like


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return make_scenes(tmp_path / "album")


class Painter(FakeColorizer):
    """Counts how often it is asked for features."""

    described = 0

    def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
        self.described += 1
        return super().features(lightness, progress)


class Out:
    """A folder of results, and the command that writes into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = make_model(folder.parent, SCENE_SIZE)
        self.colorizer = Painter(fake_card(working_size=SCENE_SIZE))

    def restore(self, *arguments: object, colorizer: Painter | None = None) -> int:
        self.colorizer = colorizer or Painter(fake_card(working_size=SCENE_SIZE))
        command = ["restore", *map(str, arguments), "-o", str(self.folder), "--model", str(self.model)]
        return cli.main(command, lambda *_: self.colorizer)

    def times(self) -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in self.folder.glob("*.png")}

    def made_since(self, times: dict[str, int]) -> set[str]:
        return {name for name, time in self.times().items() if times.get(name) != time}

    def following(self) -> dict[str, str]:
        """Which photo follows which, as the results' notes say."""
        with Journal(self.folder) as journal:
            told = {entry.target.name: " ".join(entry.notes) for entry in journal.entries()}
        return {name: text.split('"')[1] for name, text in told.items() if "colors follow" in text}


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path / "out")


def test_two_crops_of_one_photo_come_out_with_at_most_half_the_color_difference(tmp_path: Path) -> None:
    pixels = read_photo(samples_dir() / "Broadway, Saratoga Springs 1905.jpg").pixels
    height, width = pixels.shape[:2]
    down, across = height // 8, width // 10
    (tmp_path / "album").mkdir()
    Image.fromarray(pixels[: height - down, : width - across]).save(tmp_path / "album" / "1.png")
    Image.fromarray(pixels[down:, across:]).save(tmp_path / "album" / "2.png")
    differences = []
    for options in ([], ["--same-look"]):
        out = tmp_path / f"out {len(options)}"
        assert (
            cli.main(["restore", str(tmp_path / "album"), "-o", str(out), "--device", "cpu", *options]) == exit_codes.OK
        )
        first, second = (rgb2lab(read_photo(out / name).pixels)[..., 1:] for name in ("1.png", "2.png"))
        shared = second[: height - 2 * down, : width - 2 * across]
        differences.append(np.linalg.norm(shared - first[down:, across:], axis=-1).mean())
    assert differences[1] <= 0.5 * differences[0]


def test_frames_of_one_scene_follow_one_of_them_and_other_photos_stay_as_they_were(album: Path, out: Out) -> None:
    assert out.restore(album) == exit_codes.OK
    alone = {path.name: read_photo(path).pixels for path in out.folder.glob("*.png")}
    before = out.times()
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.following() == {"b.png": LEAD, "c.png": LEAD}
    assert out.made_since(before) == {"b.png", "c.png"}
    assert not np.array_equal(read_photo(out.folder / "b.png").pixels, alone["b.png"])
    provenance = read_provenance(out.folder / "b.png")
    assert provenance is not None
    assert provenance.follows == LEAD
    assert getattr(read_provenance(out.folder / LEAD), "follows", "") is None
    before = out.times()
    assert out.restore(album) == exit_codes.OK
    assert out.made_since(before) == {"b.png", "c.png"}
    assert np.array_equal(read_photo(out.folder / "b.png").pixels, alone["b.png"])


def test_a_second_run_looks_at_nothing_and_makes_nothing(album: Path, out: Out) -> None:
    assert out.restore(album, "--same-look") == exit_codes.OK
    before = out.times()
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.made_since(before) == set()
    assert (out.colorizer.described, len(out.colorizer.seen)) == (0, 0)


def test_made_anew_an_album_is_grouped_anew(album: Path, out: Out) -> None:
    Image.fromarray(data.moon()[:SCENE_SIZE, :SCENE_SIZE]).save(album / LEAD)
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.following() == {}
    save_frame(album / LEAD, 40, 24)
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert len(set(out.following().values())) == 1
    assert LEAD in out.following()  # those that were there before stay as they are
    before = out.times()
    assert out.restore(album, "--same-look", "--no-resume") == exit_codes.OK
    assert out.made_since(before) == set(before)
    assert out.following() == {"b.png": LEAD, "c.png": LEAD}
    assert out.colorizer.described == 3  # the reference and its followers


def test_what_comes_later_follows_the_lead_whose_result_stays(album: Path, out: Out) -> None:
    assert out.restore(album, "--same-look") == exit_codes.OK
    before = out.times()
    save_frame(album / "0.png", 24, 50)
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.following() == {"b.png": LEAD, "c.png": LEAD, "0.png": LEAD}
    assert out.made_since(before) == {"0.png"}
    assert len(out.colorizer.seen) == 2  # the lead once more


def test_a_moved_album_keeps_its_groups_and_its_results(album: Path, out: Out) -> None:
    assert out.restore(album, "--same-look") == exit_codes.OK
    before, moved = out.times(), shutil.move(album, album.with_name("moved"))
    assert out.restore(moved, "--same-look") == exit_codes.OK
    assert out.made_since(before) == set()
    assert out.colorizer.described == 0


def hints(path: Path, color: str) -> Path:
    path.write_text(json.dumps({LEAD: [{"x": 90, "y": 90, "color": color, "radius": 9}]}))
    return path


def test_followers_are_made_anew_when_their_lead_is_set_otherwise(
    album: Path, out: Out, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    red, blue = hints(tmp_path / "red.json", "#a03030"), hints(tmp_path / "blue.json", "#3030a0")
    assert out.restore(album, "--same-look", "--hints", red) == exit_codes.OK
    before = out.times()
    assert out.restore(album, "--same-look", "--hints", blue, "--dry-run") == exit_codes.OK
    told = capsys.readouterr().out
    assert told.count("again: the colors that it takes from another changed") == 2
    assert told.count(f'Its colors will follow "{LEAD}"') == 2
    assert out.restore(album, "--same-look", "--hints", blue) == exit_codes.OK
    assert out.made_since(before) == {"b.png", "c.png", LEAD}


def test_a_copy_of_the_lead_takes_the_colors_of_the_leads_hint(album: Path, out: Out, tmp_path: Path) -> None:
    shutil.copy(album / LEAD, album / "f.png")
    red, blue = hints(tmp_path / "red.json", "#a03030"), hints(tmp_path / "blue.json", "#3030a0")
    assert out.restore(album, "--same-look", "--hints", red) == exit_codes.OK
    assert out.following() == {"b.png": LEAD, "c.png": LEAD, "f.png": LEAD}
    lead, copy = warmth(out.folder / LEAD), warmth(out.folder / "f.png")
    before = out.times()
    assert out.restore(album, "--same-look", "--hints", red) == exit_codes.OK
    assert out.made_since(before) == set()
    assert out.restore(album, "--same-look", "--hints", blue) == exit_codes.OK
    assert out.made_since(before) == {"b.png", "c.png", "f.png", LEAD}
    assert lead - warmth(out.folder / LEAD) > 20
    assert copy - warmth(out.folder / "f.png") > 0.5 * (lead - warmth(out.folder / LEAD))


def warmth(result: Path) -> float:
    """How much more red than blue there is around the hint, in steps of 255."""
    pixels = read_photo(result).pixels[75:105, 75:105].astype(float)
    return float((pixels[..., 0] - pixels[..., 2]).mean())


def test_a_copy_alone_made_anew_still_follows_its_lead(album: Path, out: Out) -> None:
    shutil.copy(album / LEAD, album / "f.png")
    assert out.restore(album, "--same-look") == exit_codes.OK
    (out.folder / "f.png").unlink()
    before = out.times()
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.made_since(before) == {"f.png"}
    assert out.following()["f.png"] == LEAD


def test_a_copy_that_was_parted_from_its_lead_stands_alone(album: Path, out: Out) -> None:
    shutil.copy(album / LEAD, album / "f.png")
    assert out.restore(album, "--same-look") == exit_codes.OK
    Groups(out.folder).part(album / "f.png")
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert "f.png" not in out.following()


def test_followers_of_a_lead_that_changed_are_grouped_anew(album: Path, out: Out) -> None:
    assert out.restore(album, "--same-look") == exit_codes.OK
    before = out.times()
    Image.fromarray(data.moon()[:SCENE_SIZE, :SCENE_SIZE]).save(album / LEAD)
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.made_since(before) == {"b.png", "c.png", LEAD}
    assert out.following() == {}


def test_a_photo_that_cannot_be_read_is_in_no_group_and_told_of(
    album: Path, out: Out, capsys: pytest.CaptureFixture[str]
) -> None:
    (album / LEAD).write_bytes(b"Dear Sir")
    assert out.restore(album, "--same-look") == exit_codes.FAILED
    assert LEAD in capsys.readouterr().err
    assert out.following() == {}
    assert set(out.times()) == {"a.png", "b.png", "c.png", "d.png"}


def test_without_its_lead_a_photo_is_colored_by_itself_once(
    album: Path, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise HandtintError("No reference.")

    with monkeypatch.context() as patch:
        patch.setattr(followers, "make_reference", fail)
        assert out.restore(album, "--same-look") == exit_codes.OK
    with Journal(out.folder) as journal:
        entry = journal.entry(out.folder / "b.png")
    assert entry is not None
    assert "colored by itself" in " ".join(entry.notes)
    before = out.times()
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.made_since(before) == set()


def test_a_photo_whose_lead_failed_follows_it_once_it_is_made(
    album: Path, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_photo = way.open_photo

    def fail(path: Path, *rest: object) -> way.Ready:
        if path.name == LEAD:
            raise HandtintError("The scanner holds it.")
        return open_photo(path, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(way, "open_photo", fail)
        assert out.restore(album, "--same-look") == exit_codes.FAILED
        alone = out.times()
        assert set(alone) == {"a.png", "b.png", "c.png", "d.png"}
        assert out.restore(album, "--same-look") == exit_codes.FAILED  # reported again; nothing is made twice
        assert out.made_since(alone) == set()
    assert out.restore(album, "--same-look", "--retry") == exit_codes.OK
    assert out.made_since(alone) == {LEAD, "b.png", "c.png"}
    assert out.following() == {"b.png": LEAD, "c.png": LEAD}


def test_a_model_that_cannot_tell_is_told_of_before_anything_is_made(
    album: Path, out: Out, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Painter, "features", lambda *_: None)
    assert out.restore(album, "--same-look") == exit_codes.FAILED
    assert "cannot tell which photos show the same" in capsys.readouterr().err
    assert out.times() == {}


def test_of_photos_that_come_one_by_one_the_first_of_a_scene_leads(
    album: Path, out: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    coming = [LEAD, "a.png", "b.png", "c.png"]
    rounds = 0

    class Stopped(Progress):
        def step(self, fraction: float, text: str = "") -> None:
            nonlocal rounds
            rounds += text == "Waiting for photos"
            if rounds % 4 == 1 and coming and text == "Waiting for photos":
                shutil.copy(album / coming.pop(0), watched)
            if rounds > 24:
                raise Cancelled

    monkeypatch.setattr(restore_command, "Progress", Stopped)
    monkeypatch.setattr(restore_command, "watch", functools.partial(watch, interval_s=0.001))
    assert out.restore(watched, "--same-look", "--watch") == exit_codes.OK
    assert set(out.times()) == {"a.png", "b.png", "c.png", LEAD}
    assert out.following() == {"b.png": LEAD, "c.png": LEAD}


@pytest.mark.parametrize("options", [["--shard", "1/2"], ["--cluster", "local:2"]])
def test_photos_of_one_scene_get_the_same_colors_from_one_process_only(
    album: Path, out: Out, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert out.restore(album, "--same-look", *options) == exit_codes.FAILED
    assert "leave out --same-look" in capsys.readouterr().err.lower()
    assert not out.folder.exists()


def test_what_was_looked_at_when_the_run_was_stopped_is_not_looked_at_again(
    album: Path, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaks(Painter):
        def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
            if self.described == 3:
                raise HandtintError("The power is gone.")
            return super().features(lightness, progress)

    assert out.restore(album, "--same-look", colorizer=Breaks(fake_card(working_size=SCENE_SIZE))) == exit_codes.FAILED
    assert out.times() == {}
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert out.colorizer.described == 2 + 1 + 2  # the photos left, the reference, its followers
    assert out.following() == {"b.png": LEAD, "c.png": LEAD}


def test_a_follower_waits_until_its_lead_was_asked_or_failed(tmp_path: Path) -> None:
    lead, follower = tmp_path / "a.png", tmp_path / "b.png"
    jobs = [Job(path, tmp_path / "out" / path.name) for path in (lead, follower)]
    leads = {lead: None, follower: Lead(lead, "0123")}
    order = Order(ModelFile(tmp_path / "fake.safetensors", fake_card(), 0), by_scene=True, leads=leads)
    waiting = Followers(jobs, order, tmp_path / "out", Progress())
    assert waiting.may_begin(lead)
    assert not waiting.may_begin(follower)
    waiting.fail(lead)
    assert waiting.may_begin(follower)


def test_references_in_memory_are_few_however_many_groups_there_are(
    tmp_path: Path, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    album = tmp_path / "pairs"
    album.mkdir()
    scenes = np.random.default_rng(0).integers(0, 255, (12, 8, 8), np.uint8)
    for number, scene in enumerate(scenes):
        wide = Image.fromarray(scene).resize((SCENE_SIZE, SCENE_SIZE), Image.Resampling.BICUBIC)
        wide.save(album / f"{number:02} a.png")
        wide.point(lambda value: value * 0.9).save(album / f"{number:02} b.png")
    alive: set[int] = set()
    made = most = 0
    make = followers.make_reference

    def make_counted(*arguments: object) -> Reference:
        nonlocal made, most
        reference = make(*arguments)  # type: ignore[arg-type]
        alive.add(id(reference))
        weakref.finalize(reference, alive.discard, id(reference))
        made, most = made + 1, max(most, len(alive))
        return reference

    monkeypatch.setattr(followers, "make_reference", make_counted)
    monkeypatch.setattr(running, "usual_threads", lambda: Threads(1, 1, 1))
    assert out.restore(album, "--same-look") == exit_codes.OK
    assert len(out.times()) == 24
    assert made >= 8
    assert 1 <= most <= 4
    assert not alive


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_run_by_scene_that_is_killed_at_any_moment_makes_nothing_twice(tmp_path: Path, out: Out) -> None:
    album = tmp_path / "album"
    album.mkdir()
    for number in range(10):
        save_frame(album / f"{number:02}.png", 4 * number, 60 - 4 * number)
    command = [sys.executable, "-m", "tests.album.killing", album, out.folder, out.model, "--same-look"]
    slow = environment(STANDIN_DELAY_S="0.01")
    done = subprocess.run(command, env=slow, cwd=ROOT, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert seen["kills"] >= 3
    assert seen["code"] == exit_codes.OK
    assert (seen["broken"], seen["made again"], seen["foreign"]) == ([], [], [])
    assert len(seen["results"]) == 10
    made = [read_provenance(path) for path in out.folder.glob("*.png")]  # the journal's notes may go with a kill
    assert sum(note is not None and note.follows is not None for note in made) >= 7


def test_a_jpeg_is_read_small_to_be_looked_at(tmp_path: Path) -> None:
    Image.fromarray(data.camera()).resize((1600, 1600)).save(tmp_path / "large.jpg")
    assert read_photo(tmp_path / "large.jpg", shortest=380).size == (400, 400)
    assert read_photo(tmp_path / "large.jpg", shortest=2000).size == (1600, 1600)
