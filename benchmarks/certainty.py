"""How far off colors are where a model is sure, and where it guesses: `python benchmarks/certainty.py val.tar [COUNT]`.

On photographs that no model was trained on. Prints, for each share of all places from the surest to the least sure, the
spread there and how far the predicted ab (vividness 0) lies from the photograph's own.
"""

from __future__ import annotations

import io
import itertools
import sys
import tarfile

import numpy as np
from PIL import Image

from handtint.engine.colorizer import load_colorizer
from handtint.imaging.color.lab import srgb_to_lab
from handtint.imaging.coloring.certainty import spread
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.model_card import DEFAULT_MODEL, find_model
from handtint.progress import Progress
from handtint.restore.colorizer import model_input

_SEED = 7
_SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def main(archive: str, count: int) -> None:
    """Print the table."""
    colorizer = load_colorizer(find_model(DEFAULT_MODEL), "cpu")
    spreads, errors = [], []
    with tarfile.open(archive) as tar:
        names = [one for one in tar.getmembers() if one.name.lower().endswith((".jpg", ".png", ".webp"))]
        for number in np.random.default_rng(_SEED).choice(len(names), min(count, len(names)), replace=False):
            file = tar.extractfile(names[number])
            assert file is not None
            pixels = np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB"))
            lightness = model_input(Photo(pixels), colorizer.card, Progress())
            made = colorizer.predict(lightness, Progress())
            joined = type(made)(made.ab, made.logits, made.bins, lightness=lightness).joined
            if joined is None or made.bins is None:
                sys.exit("this model has no distribution")
            planes = np.stack(srgb_to_lab(*np.moveaxis(pixels.astype(np.float32) / 255, 2, 0)), axis=2)
            size = joined.shape[:2]
            far = resize_planes(planes[..., 1:].astype(np.float32), size) - resize_planes(made.ab, size)
            spreads.append(spread(joined, made.bins).ravel())
            errors.append(np.hypot(far[..., 0], far[..., 1]).ravel())
    found, error = np.concatenate(spreads), np.concatenate(errors)
    edges = np.quantile(found, _SHARES)
    print("| places | spread | median error | within 10 | off by more than 20 |\n|---|---|---:|---:|---:|")
    for place, (low, high) in enumerate(itertools.pairwise(edges)):
        some = error[(found >= low) & (found <= high)]
        share = f"{_SHARES[place]:.0%} to {_SHARES[place + 1]:.0%}"
        figures = f"{np.median(some):.1f} | {(some < 10).mean():.0%} | {(some > 20).mean():.0%}"
        print(f"| {share} | {low:.1f} to {high:.1f} | {figures} |")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100)
