"""Time and memory of a photo beside a well-known pipeline: `python benchmarks/reference.py [megapixels] [rounds]`.

The reference has the layers of the network for real-time user-guided colorization (Zhang, Zhu, Isola, Geng, Lin, Yu,
Efros, SIGGRAPH 2017), built from its description with random weights (its time does not depend on them), at 256 x 256
in float32, and the usual pipeline around it: scikit-image's Lab in double precision, bilinear upsampling of ab, RGBA as
PNG. matplotlib, the usual choice for that, is no dependency: Pillow at level 6, which it calls, does the same work.

Both color the same PNG in fresh processes, in turns, with model and libraries loaded and run once before: CPU seconds
and peak memory are the photo's alone. Linux only (reads /proc); set OMP_NUM_THREADS=1 to compare work and not threads.
"""

from __future__ import annotations

import itertools
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

_WARM = (256, 256)


def main() -> None:
    """Time both pipelines in turns, each in a process of its own."""
    megapixels, rounds = (float(sys.argv[1]) if len(sys.argv) > 1 else 12.0), int((sys.argv[2:] or ["3"])[0])
    from large import make

    with tempfile.TemporaryDirectory() as folder:
        found: dict[tuple[str, str], list[list[float]]] = {}
        for kind in ("png-gray", "png-color"):
            photo = Path(folder, f"{kind}.png")
            make(photo, kind, megapixels)
            for _ in range(rounds):
                for way in ("reference", "handtint"):
                    command = [sys.executable, __file__, way, str(photo), folder]
                    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()[-3:]
                    found.setdefault((kind, way), []).append([float(value) for value in said])
    print(f"{megapixels:g} megapixels, medians of {rounds}: CPU s, MiB at most, CPU s of the network alone")
    for kind in ("png-gray", "png-color"):
        theirs, ours = (
            [statistics.median(column) for column in zip(*found[kind, way], strict=True)]
            for way in ("reference", "handtint")
        )
        for name, values in (("reference", theirs), ("handtint", ours)):
            print(f"  {kind:10} {name:10} {values[0]:7.2f} {values[1]:8.0f} {values[2]:8.3f}")
        print(
            f"  {'':10} {'ratio':10} {theirs[0] / ours[0]:7.1f} {theirs[1] / ours[1]:8.1f} {theirs[2] / ours[2]:8.1f}"
        )


def measured(color: Callable[[], object], network: Callable[[], object]) -> None:
    """Print CPU seconds and MiB of `color`, and CPU seconds of `network`."""
    network()
    network()
    times = []
    for _ in range(3):
        start = time.process_time()
        network()
        times.append(time.process_time() - start)
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    start = time.process_time()
    color()
    print(f"{time.process_time() - start:.3f} {_memory('VmHWM') - before:.1f} {min(times):.4f}")


def _memory(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def handtint(photo: Path, folder: Path) -> None:
    """Restore a photo our way."""
    from handtint import model_card
    from handtint.cli import main as cli
    from handtint.cli import restore as _imported_before
    from handtint.engine.colorizer import load_colorizer
    from handtint.progress import Progress

    assert _imported_before
    colorizer = load_colorizer(
        model_card.find_model("unet"), "cpu", int(os.environ.get("OMP_NUM_THREADS", "0")) or None
    )
    gray = np.full(_WARM, 50, np.float32)
    arguments = ["restore", str(photo), "-o", str(folder / "out"), "--recolor", "--overwrite"]
    measured(
        lambda: cli.main(arguments, load=lambda *_: colorizer),
        lambda: colorizer.predict(gray, Progress()),
    )


def reference(photo: Path, folder: Path) -> None:
    """Restore a photo as the best-known pipeline does."""
    import torch
    from PIL import Image
    from skimage.color import lab2rgb, rgb2lab
    from torch.nn import functional as F

    model = build().eval()
    size = 256

    def network(lightness: np.ndarray) -> torch.Tensor:
        planes = torch.zeros(1, 4, size, size)  # no hints
        planes[0, 0] = torch.from_numpy(lightness) / 100 - 0.5
        with torch.inference_mode():
            return model(planes) * 110

    def color() -> None:
        rgb = np.asarray(Image.open(photo).convert("RGB"))
        small = np.asarray(Image.fromarray(rgb).resize((size, size), Image.Resampling.BICUBIC))
        lightness = rgb2lab(rgb)[..., 0]
        ab = network(rgb2lab(small)[..., 0].astype(np.float32))
        ab = F.interpolate(ab, size=lightness.shape, mode="bilinear")
        both = torch.cat((torch.from_numpy(lightness)[None, None].float(), ab), 1)
        result = lab2rgb(both[0].numpy().transpose(1, 2, 0).astype(np.float64))
        rgba = np.dstack(((result * 255).astype(np.uint8), np.full(lightness.shape, 255, np.uint8)))
        Image.fromarray(rgba).save(folder / "reference.png", compress_level=6)

    rgb2lab(np.zeros((8, 8, 3), np.uint8))
    measured(color, lambda: network(np.full((size, size), 50, np.float32)))


def build():
    """The network, from (N, 4, 256, 256) to ab (N, 2, 256, 256)."""
    import torch
    from torch import nn

    def stage(widths: list[int], dilation: int = 1) -> nn.Sequential:
        layers: list[nn.Module] = []
        for first, second in itertools.pairwise(widths):
            layers += [nn.Conv2d(first, second, 3, 1, dilation, dilation), nn.ReLU()]
        return nn.Sequential(*layers, nn.BatchNorm2d(widths[-1]))

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = stage([4, 64, 64]), stage([64, 128, 128])
            self.three, self.four = stage([128, 256, 256, 256]), stage([256, 512, 512, 512])
            self.five, self.six = stage([512] * 4, 2), stage([512] * 4, 2)
            self.seven = stage([512] * 4)
            self.up8, self.skip8 = nn.ConvTranspose2d(512, 256, 4, 2, 1), nn.Conv2d(256, 256, 3, 1, 1)
            self.eight = nn.Sequential(nn.ReLU(), stage([256] * 3))
            self.up9, self.skip9 = nn.ConvTranspose2d(256, 128, 4, 2, 1), nn.Conv2d(128, 128, 3, 1, 1)
            self.nine = nn.Sequential(nn.ReLU(), stage([128] * 2))
            self.up10, self.skip10 = nn.ConvTranspose2d(128, 128, 4, 2, 1), nn.Conv2d(64, 128, 3, 1, 1)
            self.ten = nn.Sequential(nn.ReLU(), nn.Conv2d(128, 128, 3, 1, 1), nn.LeakyReLU(0.2))
            self.out = nn.Sequential(nn.Conv2d(128, 2, 1), nn.Tanh())

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            one = self.one(x)
            two = self.two(one[..., ::2, ::2])
            three = self.three(two[..., ::2, ::2])
            seven = self.seven(self.six(self.five(self.four(three[..., ::2, ::2]))))
            eight = self.eight(self.up8(seven) + self.skip8(three))
            nine = self.nine(self.up9(eight) + self.skip9(two))
            return self.out(self.ten(self.up10(nine) + self.skip10(one)))

    return Network()


if __name__ == "__main__":
    if sys.argv[1:2] in (["reference"], ["handtint"]):
        (reference if sys.argv[1] == "reference" else handtint)(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
