"""`handtint` on workers that die: `python -m tests.album.mortal restore … --cluster local:2`.

One worker is killed just before it writes the result of 03.png, one just after it wrote that of 10.png. Every result
that was written stands in the file named by MORTAL_LOG, a line each.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from handtint.cli import main as cli
from handtint.model_card import ModelFile
from handtint.restore import way
from tests.fakes import FakeColorizer

_write = way.write_photo


def load(model: ModelFile, device: str, threads: int | None) -> FakeColorizer:
    """Called once in every worker."""
    way.write_photo = _write_and_die
    return FakeColorizer(delay_s=0.05)


def _write_and_die(path: Path, *rest: object) -> tuple[str, ...]:
    log = Path(os.environ["MORTAL_LOG"])
    if path.name == "03.png":
        _die_once(log.with_name("died before"))
    notes = _write(path, *rest)  # type: ignore[arg-type]
    with log.open("a") as file:
        file.write(f"{path.name}\n")
    if path.name == "10.png":
        _die_once(log.with_name("died after"))
    return notes


def _die_once(mark: Path) -> None:
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    from tests.album.mortal import load as known_to_workers

    sys.exit(cli.main(sys.argv[1:], known_to_workers))
