"""Small photos and recipes that networks of some thousand weights learn from in seconds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from training.config import Recipe, load_recipe
from training.photos.found import PhotoSet

VALUES = {
    "name": "small",
    "architecture": "unet",
    "arguments": {"widths": [8, 8, 8, 16, 16], "decoder": [16, 8, 8, 8]},
    "working_size": 64,
    "use_when": "Use in tests.",
    "trained_on": "drawn landscapes",
    "license": "MIT",
    "stages": [{"size": 32, "share": 1.0, "batch": 8}, {"size": 64, "share": 1.0, "batch": 4}],
    "learning_rate": 0.005,
    "warmup_steps": 5,
    "ema": 0.9,
}


def landscape(seed: int, size: tuple[int, int] = (72, 64)) -> np.ndarray:
    """Blue above, orange below, with grain."""
    rng = np.random.default_rng(seed)
    horizon = int(size[0] * rng.uniform(0.35, 0.65))
    photo = np.empty((*size, 3))
    photo[:horizon], photo[horizon:] = (150, 190, 240), (120, 70, 30)
    return np.clip(photo * rng.uniform(0.8, 1.05) + rng.normal(0, 6, (*size, 1)), 0, 255).astype(np.uint8)


def album(folder: Path, count: int) -> Path:
    folder.mkdir(exist_ok=True)
    for i in range(count):
        Image.fromarray(landscape(i)).save(folder / f"photo {i:02d}.png")
    return folder


def photo_set(learning: int = 24, held_out: int = 4) -> PhotoSet:
    count = learning + held_out
    photos = [landscape(i) for i in range(count)]
    return PhotoSet([f"{i}" for i in range(count)], photos, [i >= learning for i in range(count)], {})


def recipe_file(folder: Path, **changes: object) -> Path:
    path = folder / "recipe.json"
    path.write_text(json.dumps(VALUES | changes))
    return path


def recipe(folder: Path, **changes: object) -> Recipe:
    return load_recipe(str(recipe_file(folder, **changes)))
