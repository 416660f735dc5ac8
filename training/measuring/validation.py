"""A network's figures on held-out photographs while it learns, and a sheet to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from handtint.atomic import write_whole
from training.learning.step import Step, to_srgb
from training.measuring.metrics import colorfulness
from training.photos.crops import random_crop
from training.photos.found import DataError, PhotoSet

_PHOTOS = 160
_MOST_PHOTOS = 1000  # of small pictures
_PIXELS = 160 * 128**2
_BATCH = 16
_SHOWN = 12


def validation_crops(photos: PhotoSet, size: int) -> Tensor:
    """(n, 3, size, size) uint8: one fixed crop of each held-out photo. Raises `DataError` where there is none."""
    if not photos.photos:
        raise DataError("No photo fell into the held-out part. Add more photos.")
    count = min(_MOST_PHOTOS, max(_PHOTOS, _PIXELS // size**2))
    return torch.stack(
        [random_crop(photo, size, np.random.default_rng(i)) for i, photo in enumerate(photos.photos[:count])]
    )


@torch.no_grad()
def validate(
    step: Step, model: nn.Module, crops: Tensor, at_once: int = _BATCH, labels: Tensor | None = None
) -> dict[str, float]:
    """ab-MSE beside plain gray's, and colorfulness beside the originals', of the regression output.

    Networks that paint RGB or tell classes apart also get `rgb_mse` or, with labels, `accuracy`.

    Args:
        crops: (n, 3, h, w) uint8.
        at_once: the most photos that fit into memory together.
        labels: (n,) classes of the photos, -1 where unknown.
    """
    error = gray = 0.0
    native: dict[str, tuple[float, float]] = {}
    vivid: list[float] = []
    vivid_true: list[float] = []
    at_once = min(_BATCH, at_once)
    for start in range(0, len(crops), at_once):
        batch = crops[start : start + at_once]
        sums = step.native_sums(model, batch, None if labels is None else labels[start : start + at_once])
        for name, (total, count) in sums.items():
            before = native.get(name, (0.0, 0.0))
            native[name] = before[0] + total, before[1] + count
        example, ab, _ = step.predict(model, batch)
        error += float(((ab - example.ab) ** 2).sum())
        gray += float((example.ab**2).sum())
        vivid += [colorfulness(p) for p in _pixels(to_srgb(example.lightness, ab))]
        vivid_true += [colorfulness(p) for p in _pixels(batch / 255)]
    return {
        "ab_mse_ratio": error / gray,
        "colorfulness": float(np.mean(vivid)),
        "colorfulness_true": float(np.mean(vivid_true)),
        **{name: total / max(count, 1) for name, (total, count) in native.items()},
    }


@torch.no_grad()
def save_samples(step: Step, model: nn.Module, crops: Tensor, path: Path, parent: nn.Module | None = None) -> None:
    """A sheet: rows of gray, the parent's color if there is one, predicted, original for the first held-out photos.

    Whole or not at all, since a window may be reading it. Raises OSError.
    """
    batch = crops[:_SHOWN]
    example, ab, _ = step.predict(model, batch)
    colors = [torch.zeros_like(ab)] + ([step.predict(parent, batch)[1]] if parent else []) + [ab]
    rows = [to_srgb(example.lightness, color) for color in colors] + [batch.to(ab.device) / 255]
    sheet = np.concatenate([np.concatenate(list(_pixels(row)), axis=1) for row in rows], axis=0)
    write_whole(path, lambda file: Image.fromarray(sheet).save(file, "JPEG", quality=90), overwrite=True)


def _pixels(rgb: Tensor) -> np.ndarray:
    """(N, 3, h, w) 0..1 to (N, h, w, 3) uint8."""
    return (rgb * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
