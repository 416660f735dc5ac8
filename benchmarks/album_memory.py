"""Whether memory grows with an album: `python benchmarks/album_memory.py [photos [OPTION...]]`.

Colors 50 tiny photos, then many (5,000 if not given), each by a `handtint restore` of its own with a report and the
options, such as --same-look, and prints the peak memory (resident set) of both. The model is a small network with
random weights, so that the time goes into the album; POSIX only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from handtint.engine.models import build, save_model
from handtint.model_card import ModelCard

_SIDE = 64


def main() -> None:
    """Make an album and print the memory it takes."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        model = make_model(home)
        peaks = {count: peak_mib(home, model, count, sys.argv[2:]) for count in (50, many)}
    for count, peak in peaks.items():
        print(f"{count} photos: {peak:.0f} MiB at most")
    print(f"difference: {peaks[many] - peaks[50]:.0f} MiB")


def make_model(home: Path) -> Path:
    """A model file of a small network with random weights."""
    card = ModelCard(
        name="tiny",
        architecture="unet",
        arguments={"widths": [8, 8, 8, 8, 8], "decoder": [8, 8, 8, 8]},
        working_size=32,
        trained_on="nothing; random weights",
        license="MIT",
        use_when="in benchmarks",
        parameters=0,
    )
    save_model(home / "tiny.safetensors", build(card), card)
    return home / "tiny.safetensors"


def peak_mib(home: Path, model: Path, count: int, options: list[str]) -> float:
    """Most memory that coloring so many photos took."""
    album, out = home / f"album {count}", home / f"out {count}"
    album.mkdir()
    rng = np.random.default_rng(0)
    for index in range(count):
        small = rng.integers(0, 256, (8, 8), np.uint8)
        Image.fromarray(small).resize((_SIDE, _SIDE)).save(album / f"{index:05}.jpg")
    command = [sys.executable, "-m", "handtint", "restore", album, "-o", out, "--model", model, "--device", "cpu"]
    command += ["--report", out / "report.html", *options]
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    assert len(list(out.glob("*.jpg"))) == count
    return used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
