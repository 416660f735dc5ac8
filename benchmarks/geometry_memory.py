"""What a photo of 100 megapixels takes to turn when it is read in bands: `python benchmarks/geometry_memory.py`.

Prints for some geometries the peak of numpy's allocations, CPU seconds, and how often the source was read.
"""

from __future__ import annotations

import time
import tracemalloc

import numpy as np

from handtint.imaging.photo import Photo
from handtint.imaging.rows import Rows, band_rows
from handtint.recipe.geometry import Geometry
from handtint.repair.geometry import applied

HEIGHT, WIDTH = 8660, 11547
WAYS = (
    Geometry(crop=(10, 10, 5000, 5000)),
    Geometry(90),
    Geometry(straighten=2.0),
    Geometry(straighten=15.0),
)


def main() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, WIDTH, 3), dtype=np.uint8)
    for geometry in WAYS:
        count = 0

        def read(top: int, stop: int) -> np.ndarray:
            nonlocal count
            count += stop - top
            return np.resize(noise, (stop - top, WIDTH, 3))

        source = Photo(Rows((HEIGHT, WIDTH, 3), np.uint8, band_rows(WIDTH), read))
        tracemalloc.start()
        start = time.process_time()
        pixels = applied(source, geometry).pixels
        assert isinstance(pixels, Rows)
        for top in range(0, pixels.shape[0], pixels.step):
            pixels[top : top + pixels.step]
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        print(f"{geometry}: {peak:.0f} MiB, {time.process_time() - start:.1f} CPU s, read {count / HEIGHT:.2f} times")


if __name__ == "__main__":
    main()
