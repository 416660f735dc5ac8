"""CPU seconds and memory of finding and filling damage: `python benchmarks/damage.py [MEGAPIXELS]`.

A sample, enlarged, with grain, is damaged by the painter that figures are measured with, gray and in color. A fresh
process each loads the model, runs it once, and then finds damage, fills what is found, and fills what truly is damaged;
what it holds at most beyond the photo and the model is taken from there. One thread. Linux only (reads /proc).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from handtint import paths
from handtint.engine.damage_finder import load_damage_finder
from handtint.imaging.opening import read_photo
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.model_card import DAMAGE, find_model
from handtint.progress import Progress
from handtint.recipe.damage import Damage
from handtint.repair.damage.filling import fill, with_filling
from handtint.repair.damage.finding import DEFAULT_SENSITIVITY, Found, damaged, doubtful, find
from handtint.repair.damage.places import Places
from training.measuring.damage_painter import paint

_SHARE = 0.003  # of the pixels that is damaged
_BAND = 256
_SAMPLE = "Frederick Douglass 1879.jpg"


def make(megapixels: float) -> tuple[np.ndarray, np.ndarray]:
    """(h, w) uint8 a damaged photo, of four quarters that are each other's mirror images, and where it is damaged."""
    rng = np.random.default_rng(0)
    sample = paths.samples_dir() / _SAMPLE
    height = round((megapixels * 1e6 * 0.75) ** 0.5 / 2)
    plane = resize_planes(read_photo(sample).lightness()[..., None] / 100, (height, round(height / 0.75)))[..., 0]
    gray = np.clip(plane + 0.012 * rng.standard_normal(plane.shape), 0, 1).astype(np.float32)
    painted = paint(gray, rng, _SHARE)
    return _mirrored(np.rint(painted.damaged * 255).astype(np.uint8)), _mirrored(painted.mask)


def _mirrored(quarter: np.ndarray) -> np.ndarray:
    half = np.concatenate([quarter, quarter[:, ::-1]], 1)
    return np.concatenate([half, half[::-1]])


def measure(pixels: np.ndarray, mask: np.ndarray) -> None:
    """Print CPU seconds and MiB beyond photo and model of finding, and of filling what is found and what is there."""
    torch.set_num_threads(1)
    finder = load_damage_finder(find_model("damage", DAMAGE), "cpu")
    for _ in range(2):
        finder.chances(np.full((128, 128), 50, np.float32))
    photo = Photo(pixels)
    there = Places.of_mask(mask)
    del mask
    looked: list[Found] = []

    def filled(places: Places, not_sure: Places | None) -> None:
        result = with_filling(photo, fill(photo, places, Progress(), not_sure))
        for top in range(0, len(pixels), _BAND):
            result.pixels[top : top + _BAND]

    _tell("find", lambda: looked.append(find(photo, finder, Progress())))
    found = damaged(looked[0], Damage(DEFAULT_SENSITIVITY), photo)
    for name, places, not_sure in (("found", found, doubtful(looked[0])), ("there", there, None)):
        share = 100 * len(places) / (photo.size[0] * photo.size[1])
        _tell(f"fill what is {name}, {share:.2f} %", lambda p=places, d=not_sure: filled(p, d))


def _tell(name: str, work: Callable[[], object]) -> None:
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    start = time.process_time()
    work()
    print(f"  {name:28} {time.process_time() - start:6.2f} CPU s {_memory('VmHWM') - before:6.0f} MiB", flush=True)


def _memory(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def main() -> None:
    """Make the photo and measure in a process of its own, in gray and in color."""
    if sys.argv[1:2] == ["--inside"]:
        measure(np.load(sys.argv[2]), np.load(sys.argv[3]))
        return
    gray, mask = make(float(sys.argv[1]) if len(sys.argv) > 1 else 12.0)
    with tempfile.TemporaryDirectory() as folder:
        where, what = Path(folder, "mask.npy"), Path(folder, "pixels.npy")
        np.save(where, mask)
        for name, pixels in (("gray", gray), ("color", np.stack([gray, gray // 8 * 7, gray // 4 * 3], 2))):
            np.save(what, pixels)
            print(f"{name}, {gray.size / 1e6:.1f} megapixels", flush=True)
            subprocess.run([sys.executable, __file__, "--inside", str(what), str(where)], check=True)


if __name__ == "__main__":
    main()
