"""Whatever Handtint keeps or writes: where the disk is full or read-only, a sentence says so and the old file stays."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from handtint import logs, paths
from handtint.album import journal
from handtint.album.choices import Choices, read_choices, usual_output, write_choices
from handtint.album.review import Review, write_review
from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.errors import HandtintError
from handtint.imaging.hint_files import write_hints
from handtint.recipe.files import RecipeFile, write_recipe_file
from handtint.recipe.hints import Hint
from handtint.recipe.presets import Presets
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.store import Kept, RecipeStore
from handtint.teaching.runs import Request, list_runs, run_for
from tests.album.standin import environment, make_album, make_model
from tests.fakes import FakeColorizer

SHA256 = "ab" * 32


def keep_choices(folder: Path, number: int) -> None:
    choices = read_choices(folder) if number else Choices(folder, usual_output(folder))
    choices.marked.add(folder / f"{number}.png")
    write_choices(choices)


def keep_verdicts(folder: Path, number: int) -> None:
    (folder / f"{number}.png").touch()
    review = Review(folder)
    review.judge(folder / f"{number}.png", "accepted")
    write_review(review)


def keep_edits(folder: Path, number: int) -> None:
    RecipeStore(folder).write(Kept(SHA256, Recipe(Settings(number / 10))))


def write_a_recipe(folder: Path, number: int) -> None:
    write_recipe_file(folder / "a.json", RecipeFile(Recipe(Settings(number / 10))), overwrite=True)


def write_some_hints(folder: Path, number: int) -> None:
    write_hints(folder / "a.json", {"a.png": [Hint(number, 1, 1, 1, 1)]}, overwrite=True)


def save_a_preset(folder: Path, number: int) -> None:
    Presets(folder).save("mine", Recipe(Settings(number / 10)), overwrite=True)


WRITERS = [keep_choices, keep_verdicts, keep_edits, write_a_recipe, write_some_hints, save_a_preset]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_cannot_be_written_is_said_and_the_old_file_stays(
    tmp_path: Path, user_folders: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, int], None], code: int
) -> None:
    write(tmp_path, 0)
    files = [path for home in (tmp_path, user_folders) for path in home.rglob("*") if path.suffix == ".json"]
    assert files
    before = [path.read_bytes() for path in files]
    real_open = Path.open

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    def refuse_new(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "x" in mode:
            refuse(0)
        return real_open(self, mode, *rest, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        if code in (errno.ENOSPC, errno.EIO):  # noticed when all was written
            patch.setattr(os, "fsync", refuse)
        else:
            patch.setattr(Path, "open", refuse_new)
        with pytest.raises(HandtintError) as caught:
            write(tmp_path, 1)
    assert os.strerror(code) in str(caught.value)
    assert [path.read_bytes() for path in files] == before
    assert not [path for home in (tmp_path, user_folders) for path in home.rglob("*.part")]
    write(tmp_path, 1)  # and goes on when there is room


def test_a_lesson_without_room_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(HandtintError, match="Nothing was begun"):
            run_for(Request((tmp_path,)))
    assert list_runs() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_log_without_room_is_silent(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    paths.log_dir().mkdir(parents=True)
    (paths.log_dir() / logs.FILE_NAME).symlink_to("/dev/full")
    with logs.log_to_file():
        logging.getLogger("handtint").warning("the disk is full")
    assert capfd.readouterr().err == ""


def mount(folder: Path, *options: str) -> bool:
    """A disk of its own, in memory, where this user may have one."""
    command = ["mount", "-t", "tmpfs", "-o", ",".join(("size=4m", *options)), "tmpfs", str(folder)]
    return sys.platform == "linux" and not subprocess.run(command, capture_output=True, check=False).returncode


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount(folder):
        pytest.skip("no rights to mount a disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_an_album_into_a_read_only_disk_is_refused_in_a_sentence(
    tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    album, model = make_album(tmp_path / "album", 2), make_model(tmp_path)
    command = ["restore", str(album), "-o", str(disk / "out"), "--recursive", "--model", str(model)]
    assert mount(disk, "remount", "ro")
    assert cli.main(command, lambda *_: FakeColorizer()) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "Read-only file system. Your originals are unchanged." in said
    assert mount(disk, "remount", "rw")
    assert cli.main(command, lambda *_: FakeColorizer()) == exit_codes.OK
    (disk / "out" / ".handtint" / "holder.txt").unlink()
    assert mount(disk, "remount", "ro")  # with a journal in it, which cannot be opened for writing
    assert cli.main([*command, "--overwrite"], lambda *_: FakeColorizer()) == exit_codes.FAILED
    (said,) = capsys.readouterr().err.splitlines()
    assert "Read-only file system. Your originals are unchanged." in said


@pytest.mark.parametrize("is_journal_closed", [False, True], ids=["results", "results and journal"])
def test_a_disk_that_turns_read_only_midway_ends_the_run_and_the_next_run_makes_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_journal_closed: bool
) -> None:
    album, out, model = make_album(tmp_path / "album", 12), tmp_path / "out", make_model(tmp_path)
    originals = {path: path.read_bytes() for path in album.rglob("*.png")}
    command = ["restore", str(album), "-o", str(out), "--recursive", "--model", str(model)]
    real_open, real_connect, databases, written = Path.open, journal.connect, list[sqlite3.Connection](), Counter[str]()

    def connect(*given: object, **more: object) -> sqlite3.Connection:
        databases.append(real_connect(*given, **more))  # type: ignore[arg-type]
        return databases[-1]

    def turn_read_only(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "x" in mode and self.is_relative_to(out):
            written["results"] += 1
            if written["results"] > 5:
                for database in databases if is_journal_closed else ():
                    database.execute("PRAGMA query_only = 1")
                    written["closed"] += 1
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real_open(self, mode, *rest, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", turn_read_only)
        patch.setattr(journal, "connect", connect)
        assert cli.main(command, lambda *_: FakeColorizer()) == exit_codes.FAILED
    assert bool(written["closed"]) == is_journal_closed
    (said,) = capsys.readouterr().err.splitlines()
    assert "safe" in said
    assert "run this again" in said
    made = {path: path.stat().st_mtime_ns for path in out.rglob("*.png")}
    assert 0 < len(made) <= 5
    assert not list(out.rglob("*.part"))
    assert cli.main(command, lambda *_: FakeColorizer()) == exit_codes.OK
    assert len(list(out.rglob("*.png"))) == 12
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert {path: path.read_bytes() for path in originals} == originals


def test_a_window_starts_and_edits_where_nothing_can_be_written(disk: Path, tmp_path: Path) -> None:
    """Settings, log, edits and choices all lie on a read-only disk; photos do not."""
    assert mount(disk, "remount", "ro")
    Image.new("L", (40, 30), 100).save(tmp_path / "a.png")
    env = environment(**{f"XDG_{kind}_HOME": str(disk) for kind in ("DATA", "CONFIG", "CACHE", "STATE")})
    done = subprocess.run(
        [sys.executable, "-c", _WINDOW, str(tmp_path / "a.png")], env=env, capture_output=True, text=True, timeout=120
    )
    said = [line for line in done.stderr.splitlines() if "This plugin does not support" not in line]
    assert (done.returncode, said) == (0, [])
    assert "could not be kept" in done.stdout


_WINDOW = """
import os, sys, time
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from pathlib import Path
from PySide6.QtCore import QTimer
from handtint.gui import app
from handtint.gui.main_window import MainWindow
from handtint.gui.session.open_photo import PhotoState
from handtint.model_card import ModelFile
from handtint.recipe.settings import Settings
from tests.fakes import FakeColorizer, fake_card
app.list_models = lambda: [ModelFile(Path("/m.safetensors"), fake_card("unet"), 1)]
app.load_colorizer = lambda model: FakeColorizer(model.card)
windows, until = [], time.monotonic() + 60
class Window(MainWindow):
    def __init__(self, *given):
        super().__init__(*given)
        windows.append(self)
        self.session.troubled.connect(print)
        self.session.prepare = lambda: None
        self.timer = QTimer(self, interval=20)
        self.timer.timeout.connect(self.edit)
        self.timer.start()
    def edit(self):
        current = self.session.current
        if current is not None and current.state is PhotoState.DONE:
            self.timer.stop()
            self.session.editing.set_settings(Settings(0.2))
            QTimer.singleShot(1500, self.end)
        elif time.monotonic() > until:
            self.end()
    def end(self):
        self.shutdown.is_allowed = lambda: True
        self.close()
app.MainWindow = Window
sys.exit(app.run([Path(sys.argv[1])], new_window=True))
"""
