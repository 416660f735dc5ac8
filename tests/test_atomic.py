"""What killed processes left half-written is swept, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handtint import atomic
from handtint.atomic import sweep, write_whole

posix = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
_PART = ".handtint-0123456789abcdef.part"


@pytest.fixture(autouse=True)
def _a_new_process() -> None:
    atomic._sweep_once.cache_clear()


def left_behind(path: Path, age_s: float = 7200) -> Path:
    path.write_text("half a result")
    when = time.time() - age_s
    os.utime(path, (when, when))
    return path


def save(folder: Path) -> None:
    write_whole(folder / "a.txt", lambda file: file.write(b"whole"), overwrite=True)


def test_the_next_save_into_a_folder_sweeps_what_a_killed_one_left(tmp_path: Path) -> None:
    old, young = left_behind(tmp_path / _PART), left_behind(tmp_path / _PART.replace("0", "f"), 60)
    save(tmp_path)
    assert not old.exists()
    assert young.exists()
    assert (tmp_path / "a.txt").read_text() == "whole"


def test_a_process_looks_through_a_folder_once(tmp_path: Path) -> None:
    save(tmp_path)
    old = left_behind(tmp_path / _PART)
    save(tmp_path)
    assert old.exists()


@pytest.mark.parametrize("code", ["pass", "file.flush()"])
def test_what_a_living_process_writes_stays_however_old_it_is(tmp_path: Path, code: str) -> None:
    writing = f"""
import sys, time
from pathlib import Path
from handtint.atomic import write_whole
def write(file):
    file.write(b"half")
    {code}
    print("at work", flush=True)
    sys.stdin.read()
write_whole(Path({str(tmp_path / "b.txt")!r}), write, overwrite=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", writing], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "at work\n"
        (part,) = tmp_path.glob("*.part")
        os.utime(part, (0, 0))
        save(tmp_path)
        sweep(tmp_path, 0)
        assert part.exists()
        process.stdin.close()
    assert (tmp_path / "b.txt").read_text() == "half"


def test_what_was_killed_is_swept_although_it_is_young_where_nobody_else_can_write(tmp_path: Path) -> None:
    part = left_behind(tmp_path / _PART, -3600)  # the clock of a network drive
    sweep(tmp_path, 0)
    assert not part.exists()


@pytest.mark.parametrize("name", ["a.part", ".handtint-x.part", f"x{_PART}", f"{_PART}.png", _PART.replace("a", "A")])
def test_strangers_names_stay(tmp_path: Path, name: str) -> None:
    stranger = left_behind(tmp_path / name)
    save(tmp_path)
    assert stranger.exists()


@posix
def test_links_are_not_followed_and_stay(tmp_path: Path) -> None:
    photo = left_behind(tmp_path / "photo.png")
    home = tmp_path / "home"
    home.mkdir()
    link = home / _PART
    link.symlink_to(photo)
    os.utime(link, (0, 0), follow_symlinks=False)
    (home / _PART.replace("0", "1")).mkdir()
    os.mkfifo(home / _PART.replace("0", "2"))
    os.utime(home / _PART.replace("0", "2"), (0, 0))
    save(home)
    sweep(home, 0)
    assert photo.exists()
    assert len(list(home.glob("*.part"))) == 3
