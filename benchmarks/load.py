"""Whether memory, open files and threads grow with an album: `python benchmarks/load.py [photos [OPTION...]]`.

Colors many tiny photos (5,000 if not given), one in a hundred of them bad, by a `handtint restore` with the options,
and prints what the program and its reader processes hold after a tenth, a half and all of them. Linux only.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from album_memory import make_model
from PIL import Image

_SIDE, _ONE_BAD_IN = 64, 100
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Make an album, color it and print what that takes."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        bad = make_photos(home / "album", count)
        command = [sys.executable, "-m", "handtint", "restore", home / "album", "-o", home / "out", "--json"]
        command += ["--model", make_model(home), "--device", "cpu", *sys.argv[2:]]
        start, kinds = time.perf_counter(), {"done": 0, "failed": 0, "skipped": 0}
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            kind = json.loads(line)["event"]
            if kind in kinds:
                kinds[kind] += 1
                ended = sum(kinds.values())
                if ended in (count // 10, count // 2, count):
                    print(f"after {ended}: {held(process.pid)}", flush=True)
        code = process.wait()
        print(f"{kinds}, {bad} were bad; exit code {code}; {time.perf_counter() - start:.0f} s")
        left = list((home / "out").rglob("*.part"))
        print(f"{len(list((home / 'out').glob('[!.]*.*')))} results, {len(left)} half-written files")


def make_photos(album: Path, count: int) -> int:
    """Write the photos; returns how many are bad: empty, cut off, no pictures, or damaged inside."""
    album.mkdir()
    rng, bad = np.random.default_rng(0), 0
    for index in range(count):
        picture = Image.fromarray(rng.integers(0, 256, (8, 8), np.uint8)).resize((_SIDE, _SIDE))
        kind, file = ("JPEG", "PNG", "TIFF")[index % 3], io.BytesIO()
        picture.save(file, kind)
        data = file.getvalue()
        if index % _ONE_BAD_IN == _ONE_BAD_IN - 1:
            bad += 1
            data = (b"", data[: len(data) // 2], b"Dear grandmother", data[:20] + bytes(len(data) - 20))[bad % 4]
        (album / f"{index:05}.{kind.lower()}").write_bytes(data)
    return bad


def held(pid: int) -> str:
    """What a process and those it started hold."""
    started_by = Path(f"/proc/{pid}/task").glob("*/children")  # each thread has those that it started
    every = [pid, *(int(child) for file in started_by for child in file.read_text().split())]
    mib = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) * _PAGE_MIB for one in every]
    files = [len(list(Path(f"/proc/{one}/fd").iterdir())) for one in every]
    threads = [len(list(Path(f"/proc/{one}/task").iterdir())) for one in every]
    return (
        f"{mib[0]:.0f} MiB, {files[0]} open files, {threads[0]} threads; in {len(every) - 1} reader processes "
        f"{sum(mib[1:]):.0f} MiB, {sum(files[1:])} open files, {sum(threads[1:])} threads"
    )


if __name__ == "__main__":
    main()
