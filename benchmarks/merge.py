"""How fast upsampling and merging color is beside scikit-image: `python benchmarks/merge.py [megapixels]`.

Both turn the same lightness and small ab picture into 8-bit sRGB, in turns within one process, so that other
work on the machine slows both; the ratio counts. Prints CPU seconds of the quickest of three rounds.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from skimage.color import lab2rgb

from handtint.imaging.chroma import ChromaField, paint, positions
from handtint.imaging.resize import resize_planes
from handtint.imaging.tiles import bands


def ours(lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
    height, width = lightness.shape
    pixels = np.empty((height, width, 3), np.uint8)
    field = ChromaField(ab, lightness)
    x = positions(0, width, width)
    for rows in bands(range(height), width):
        pixels[rows] = paint(lightness[rows], field, positions(rows.start, rows.stop, height), x)
    return pixels


def theirs(lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
    srgb = lab2rgb(np.dstack([lightness, resize_planes(ab, lightness.shape)]))
    return (srgb * 255 + 0.5).astype(np.uint8)


def main() -> None:
    megapixels = float(sys.argv[1]) if len(sys.argv) > 1 else 12
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    width = height * 4 // 3
    rng = np.random.default_rng(0)
    coarse = rng.normal([55, 8, 10], [20, 12, 12], (12, 16, 3)).astype(np.float32)
    lightness = np.clip(resize_planes(coarse[..., :1], (height, width))[..., 0], 0, 100)
    ab = resize_planes(coarse[..., 1:], (128, 171))
    seconds: dict[str, float] = {}
    for _ in range(3):
        for way in (ours, theirs):
            start = time.process_time()
            way(lightness, ab)
            spent = time.process_time() - start
            seconds[way.__name__] = min(spent, seconds.get(way.__name__, spent))
    print(f"{height * width / 1e6:.1f} megapixels: Handtint {seconds['ours']:.2f} s, ", end="")
    print(f"scikit-image {seconds['theirs']:.2f} s, ratio {seconds['theirs'] / seconds['ours']:.1f}")


if __name__ == "__main__":
    main()
