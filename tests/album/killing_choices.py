"""Kills windows at random moments while they keep stars and verdicts.

`python -m tests.album.killing_choices ALBUM DATA KILLS` prints one JSON object: how often a child was killed, how many
stars and verdicts it had said were kept, and how many of them were found. A process of its own, so that it can fork.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import filelock  # noqa: F401 so that children need not import it
import platformdirs

from handtint.album.choices import read_choices, write_choices
from handtint.album.review import Review, write_review


def main(album: Path, data: str, kills: int) -> None:
    platformdirs.user_data_dir = lambda *_, **__: data  # type: ignore[assignment]
    random_ = random.Random(20261130)
    said = 0
    for number in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            keep(album, number, writing)
            os._exit(0)
        os.close(writing)
        time.sleep(random_.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            said += len(pipe.read())
        choices, review = read_choices(album), Review(album)  # whole, whatever happened
        assert len(choices.marked) >= said, (number, said, len(choices.marked))
        assert len(review.rows()) >= said, (number, said)
    parts = [path.name for folder in (Path(data), album) for path in folder.rglob("*.part")]
    print(json.dumps({"kills": kills, "said": said, "found": len(read_choices(album).marked), "parts": len(parts)}))


def keep(album: Path, number: int, writing: int) -> None:
    """Keep stars and verdicts, one after the other, and say of each that it is on disk."""
    choices, review = read_choices(album), Review(album)
    for count in range(1000):
        name = f"{number}-{count}.png"
        (album / name).write_bytes(b"x")
        review.judge(album / name, "accepted")
        write_review(review)
        choices.marked.add(album / name)
        write_choices(choices)
        os.write(writing, b".")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
