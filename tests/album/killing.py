"""Kills runs of an album at random moments until one ends by itself, and looks at what each left behind.

`python -m tests.album.killing ALBUM OUT MODEL [OPTION...]` prints one JSON object. A process of its own, so that it can
fork: a fresh start for every run would take ten times as long.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from PIL import Image

from handtint.cli import main as cli
from handtint.cli import restore as restore_command  # noqa: F401 the second so that children need not import it
from tests.album.standin import load


def main(album: str, out: str, model: str, *options: str) -> None:
    random_ = random.Random(20261121)
    seen: dict[str, int] = {}
    found: dict[str, list[str]] = {"broken": [], "made again": [], "foreign": []}
    kills = halves = 0
    while True:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(cli.main(["restore", album, "-o", out, "--recursive", "--model", model, *options], load))
        time.sleep(random_.uniform(0.0, 0.1 + 0.04 * kills))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        halves += look(Path(out), seen, found)
        if os.WIFEXITED(status):
            break
        kills += 1
    code = os.WEXITSTATUS(status)
    print(json.dumps({"kills": kills, "code": code, "halves": halves, "results": sorted(seen), **found}))


def look(out: Path, seen: dict[str, int], found: dict[str, list[str]]) -> int:
    """Check every file in the folder of the results; gives the number of parts that lie there."""
    parts = 0
    for path in out.rglob("*"):
        name = str(path.relative_to(out))
        if path.is_dir() or name.startswith(".handtint" + os.sep):
            continue
        if path.name.endswith(".part"):
            parts += 1
            continue
        if path.suffix != ".png":
            found["foreign"].append(name)
            continue
        try:
            with Image.open(path) as image:
                image.load()
        except OSError:
            found["broken"].append(name)
        time_ns = path.stat().st_mtime_ns
        if seen.setdefault(name, time_ns) != time_ns:
            found["made again"].append(name)
    return parts


if __name__ == "__main__":
    main(*sys.argv[1:])
