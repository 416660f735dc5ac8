"""How fast color is merged, and upsampled and merged, beside scikit-image: `python benchmarks/merge.py [megapixels]`.

Both merge the same full-size L, a and b to 8-bit sRGB; then the same with a small ab picture that is brought to full
size first (guided by L here, plainly by Pillow there). Measured in turns within one process, so that other work on the
machine slows both; the ratio counts. Prints CPU seconds, medians of five rounds, and by how much colors within sRGB
differ at most.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from skimage.color import lab2rgb

from handtint.imaging.color import lab
from handtint.imaging.color.merge import encoded
from handtint.imaging.coloring.chroma import ChromaField, paint, positions
from handtint.imaging.resize import resize_planes
from handtint.imaging.rows import bands


def merge(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Lightness and ab to sRGB, ours."""
    return encoded(lightness, a, b, np.uint8)


def merge_there(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The same by scikit-image."""
    return (lab2rgb(np.dstack([lightness, a, b])) * 255 + 0.5).astype(np.uint8)


def upsample(lightness: np.ndarray, ab: np.ndarray, seen: np.ndarray) -> list[np.ndarray]:
    """Bands, as an encoder takes them; `seen` is the lightness that the model saw."""
    height, width = lightness.shape
    field, x = ChromaField(ab, seen), positions(0, width, width)
    rows = list(bands(range(height), width))
    return [paint(lightness[band], field, positions(band.start, band.stop, height), x) for band in rows]


def upsample_there(lightness: np.ndarray, ab: np.ndarray, _seen: np.ndarray) -> np.ndarray:
    """A small ab picture brought to full size by plain interpolation."""
    full = resize_planes(ab, lightness.shape)
    return merge_there(lightness, full[..., 0], full[..., 1])


def main() -> None:
    """Time both in turns and print the ratio."""
    megapixels = float(sys.argv[1]) if len(sys.argv) > 1 else 12
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    rng = np.random.default_rng(0)
    coarse = rng.normal([55, 8, 10], [20, 12, 12], (12, 16, 3)).astype(np.float32)
    lightness = np.clip(resize_planes(coarse[..., :1], (height, width))[..., 0], 0, 100)
    ab = resize_planes(coarse[..., 1:], (128, 171))
    a, b = (np.ascontiguousarray(plane) for plane in np.moveaxis(resize_planes(ab, (height, width)), 2, 0))
    seen = resize_planes(lightness[..., None], ab.shape[:2])[..., 0]
    ways = (
        ("merge", merge, merge_there, (lightness, a, b)),
        ("upsample and merge", upsample, upsample_there, (lightness, ab, seen)),
    )
    print(f"{height * width / 1e6:.1f} megapixels, CPU s: Handtint, scikit-image, how many times faster")
    for name, ours, theirs, planes in ways:
        seconds: dict[Callable[..., object], list[float]] = {ours: [], theirs: []}
        for _ in range(5):
            for way, spent in seconds.items():
                start = time.process_time()
                way(*planes)
                spent.append(time.process_time() - start)
        here, there = statistics.median(seconds[ours]), statistics.median(seconds[theirs])
        print(f"  {name:18} {here:6.3f} {there:6.2f} {there / here:6.1f}")
    linear = np.stack(lab.lab_to_linear(lightness, a, b))
    has = ((linear >= 0) & (linear <= 1)).all(0)
    apart = np.abs(merge(lightness, a, b)[has].astype(np.int16) - merge_there(lightness, a, b)[has]).max()
    print(f"  {has.mean():.1%} of the pixels are in sRGB; of them codes differ by {apart} of 255 at the most")


if __name__ == "__main__":
    main()
