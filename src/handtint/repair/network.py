"""The tiny network that looks at a whole photo and gives a few numbers, run by numpy in a millisecond or two.

It sees the photo at 32 x 32 pixels: each pixel is described, cells of 2 x 2 of them are, then patches of four of those,
twice; the patches' means and largest values, the pixels' mean and the channels' ranks make the numbers. It is all
matrix products. `training.learning.glance` has its twin in torch.

A value v of 0..1 is also seen as its *depth*, -ln(v + 0.02): 0 is about white, 3.9 black. Encoded values follow about
the 2.2th root of light, so depth is in proportion to the density of a print, in which dyes add up.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from handtint import paths
from handtint.errors import ModelError
from handtint.model_card import SUFFIX, check_task, read_card

SIDE = 32
EPSILON = 0.02
LAYERS = ("pixel1", "pixel2", "cell", "patch1", "patch2", "whole1", "whole2", "said")
RANKS = (0.002, 0.01, 0.03, 0.07, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.93, 0.97, 0.99, 0.998)


def weights(task: str) -> dict[str, np.ndarray]:
    """The float32 weights, by name, of the bundled model for a task. Raises `ModelError`."""
    return _read(paths.bundled_models_dir() / f"{task}{SUFFIX}", task)


@functools.cache
def _read(path: Path, task: str) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    check_task(read_card(path), task)
    try:
        found = {name: values.astype(np.float32) for name, values in load_file(path).items()}
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            'The model "{path}" could not be read: {error}. Install Handtint again.', path=path, error=error
        ) from error
    if set(found) != {f"{layer}.{part}" for layer in LAYERS for part in ("weight", "bias")}:
        raise ModelError(
            'The model "{name}" is not one that repairs {task}. Install Handtint again.', name=path.name, task=task
        )
    if not all(np.isfinite(values).all() for values in found.values()):
        raise ModelError(
            'The model "{name}" is damaged: not all of its weights are numbers. Install it again.', name=path.name
        )
    return found


def depth(srgb: np.ndarray) -> np.ndarray:
    """Depth of encoded values of 0..1."""
    return -np.log(srgb + EPSILON)


def run(weights: dict[str, np.ndarray], small: np.ndarray) -> np.ndarray:
    """(n,) what a network says of a (32, 32, 3) picture of encoded values 0..1."""
    deep = depth(small.astype(np.float32))
    seen = np.concatenate([2 * small - 1, deep - 1], axis=-1).reshape(-1, 6)
    pixels = _layer(weights, "pixel2", _layer(weights, "pixel1", seen))  # (1024, 64)
    cells = pixels.reshape(16, 2, 16, 2, -1).mean(axis=(1, 3))
    place = (np.arange(16, dtype=np.float32) - 7.5) / 8
    where = np.stack(np.meshgrid(place, place, indexing="ij"), axis=-1)
    cells = _layer(weights, "cell", np.concatenate([cells, where], axis=-1))  # (16, 16, 96)
    cells = _layer(weights, "patch2", _patches(_layer(weights, "patch1", _patches(cells))))  # (4, 4, 160)
    ranked = np.sort(deep.reshape(-1, 3), axis=0)[[round(rank * (SIDE * SIDE - 1)) for rank in RANKS]]
    whole = [cells.mean(axis=(0, 1)), cells.max(axis=(0, 1)), pixels.mean(axis=0), ranked.ravel() - 1]
    found = _layer(weights, "whole2", _layer(weights, "whole1", np.concatenate(whole).astype(np.float32)))
    return found @ weights["said.weight"].T + weights["said.bias"]


def _layer(weights: dict[str, np.ndarray], name: str, values: np.ndarray) -> np.ndarray:
    return np.maximum(values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"], 0)


def _patches(cells: np.ndarray) -> np.ndarray:
    """(h, w, c) to (h / 2, w / 2, 4 c): each 2 x 2 cells side by side."""
    h, w, c = cells.shape
    return cells.reshape(h // 2, 2, w // 2, 2, c).transpose(0, 2, 1, 3, 4).reshape(h // 2, w // 2, 4 * c)
