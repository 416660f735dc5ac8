"""Figures of repair's tone and color steps, on photographs that nothing was trained on.

`python -m training.measuring.tone DATA... [--fadings 200] [--megapixels 12]` prints

- faded color: the mean difference (CIEDE2000) to the photograph of faded ones as they are, with each channel stretched
  and the mean made gray, and repaired, for dyes as the network has learned them and for the second way of `fadings`;
- uneven light: the same for gray photographs, as the mean distance in percent of white;
- sound photographs: how far `auto` moves them, in color and in gray;
- CPU seconds of each step on a picture of that many megapixels.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from handtint.imaging.photo import Photo
from handtint.recipe.repair import Fade, FadedColor, Noise, Repair, Sharpness
from handtint.repair.inspecting import inspect
from handtint.repair.steps import repaired
from handtint.repair.survey import LUMA
from training.measuring import ciede2000, fadings
from training.photos import fading
from training.photos.found import load_photos

_SIDE = 256
_SEED = 18


def main(arguments: Sequence[str] | None = None) -> None:
    """Print all figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m training.measuring.tone", description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="folders of photos or tar files")
    parser.add_argument("--fadings", type=int, default=200, help="photographs that are faded")
    parser.add_argument("--megapixels", type=float, default=12.0, help="size of the picture that steps are timed on")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    photos = load_photos(options.data, _SIDE).photos
    some = photos[: options.fadings]
    figures = {
        "faded color, dyes": faded_color(some, _dyes),
        "faded color, second way": faded_color(some, fadings.fade),
        "uneven light": uneven(some),
        "sound color": sound(photos),
        "sound gray": sound([_gray(photo) for photo in photos]),
        "CPU seconds": seconds(photos[0], options.megapixels),
    }
    print(json.dumps(figures, indent=2))


def faded_color(
    photos: Sequence[np.ndarray], fade: Callable[[np.ndarray, np.random.Generator], np.ndarray]
) -> dict[str, float]:
    """Mean CIEDE2000 to (h, w, 3) uint8 photographs of faded ones: as they are, stretched to gray, and repaired."""
    rng = np.random.default_rng(_SEED)
    repair = Repair(faded_color=FadedColor(100))
    found = []
    for photo in photos:
        faded = fade(photo, rng)
        after = np.asarray(repaired(Photo(faded), repair).pixels)
        found.append([_off(photo, other) for other in (faded, gray_world(faded), after)])
    nothing, usual, ours = np.mean(found, axis=0)
    worse = float(np.mean(np.array(found)[:, 2] > np.array(found)[:, 0]))
    return _rounded(
        {
            "photos": len(found),
            "nothing": nothing,
            "gray world and stretch": usual,
            "repaired": ours,
            "of nothing": ours / nothing,
            "of gray world and stretch": ours / usual,
            "made worse": worse,
        }
    )


def gray_world(pixels: np.ndarray) -> np.ndarray:
    """The usual remedy: each channel stretched from its 0.5 to its 99.5 percent, then the mean made gray."""
    value = pixels.astype(np.float64)
    low, high = np.percentile(value, (0.5, 99.5), axis=(0, 1))
    value = np.clip((value - low) / np.maximum(high - low, 1), 0, 1)
    mean = value.mean(axis=(0, 1))
    return np.rint(255 * np.clip(value * (mean.mean() / np.maximum(mean, 1e-3)), 0, 1)).astype(np.uint8)


def uneven(photos: Sequence[np.ndarray]) -> dict[str, float]:
    """Mean distance to even gray photographs, percent of white, of uneven ones as they are and repaired."""
    generator = torch.Generator().manual_seed(_SEED)
    found = []
    for photo in photos:
        gray = torch.from_numpy(photo @ LUMA / 255)[None, None]
        truth, seen = (np.rint(255 * plane[0, 0].numpy()) for plane in fading.make_uneven(gray, generator))
        if np.abs(truth - seen).mean() < 255 * 0.02:
            continue
        after = np.asarray(repaired(Photo(seen.astype(np.uint8)), Repair(fade=Fade(0, 100))).pixels)
        found.append([np.abs(other - truth).mean() / 2.55 for other in (seen, after.astype(np.float64))])
    nothing, ours = np.mean(found, axis=0)
    return _rounded({"photos": len(found), "nothing": nothing, "leveled": ours, "of nothing": ours / nothing})


def sound(photos: Sequence[np.ndarray]) -> dict[str, float]:
    """How far `auto` moves the tones and colors of photographs with nothing wrong: mean CIEDE2000, share touched."""
    moved, touched = [], 0
    for photo in photos:
        auto = inspect(Photo(photo)).repair
        repair = replace(Repair(), fade=auto.fade, gray=auto.gray, faded_color=auto.faded_color)
        result = np.asarray(repaired(Photo(photo), repair).pixels)
        touched += not repair.is_off
        before, after = (p if p.ndim == 3 else np.repeat(p[..., None], 3, axis=2) for p in (photo, result))
        moved.append(_off(before, after))
    return _rounded({"photos": len(moved), "moved": float(np.mean(moved)), "touched": touched / len(moved)})


def seconds(photo: np.ndarray, megapixels: float) -> dict[str, float]:
    """CPU seconds of each step, whole picture made: of a gray one and of one in color."""
    scale = int(np.ceil(np.sqrt(megapixels * 1e6 / (photo.shape[0] * photo.shape[1]))))
    large = np.repeat(np.repeat(photo, scale, axis=0), scale, axis=1)
    large = large[: int(megapixels * 1e6 / large.shape[1])]
    grain = np.random.default_rng(_SEED).integers(-9, 10, large.shape[:2])
    large = np.clip(large + grain[..., None], 0, 255).astype(np.uint8)
    steps = {
        "fade": Repair(fade=Fade(60, 50)),
        "faded color": Repair(faded_color=FadedColor(100)),
        "noise": Repair(noise=Noise(60, 20, 40)),
        "sharpness": Repair(sharpness=Sharpness(50)),
    }
    found = {}
    for kind, pixels in (("gray", _gray(large)), ("color", large)):
        for name, repair in steps.items():
            start = time.process_time()
            made = repaired(Photo(pixels), repair)
            if made.pixels is pixels:
                continue
            for top in range(0, pixels.shape[0], 256):
                made.pixels[top : top + 256]
            found[f"{name}, {kind}"] = time.process_time() - start
    return _rounded(found)


def _off(first: np.ndarray, second: np.ndarray) -> float:
    """Mean CIEDE2000 of every second pixel of every second row."""
    return float(ciede2000.between(first[::2, ::2], second[::2, ::2]).mean())


def _gray(photo: np.ndarray) -> np.ndarray:
    return np.rint(photo @ LUMA).astype(np.uint8)


def _dyes(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    generator = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
    srgb = torch.from_numpy(photo).permute(2, 0, 1)[None].float() / 255
    return np.rint(255 * fading.fade(srgb, 0.0, generator)[0].permute(1, 2, 0).numpy()).astype(np.uint8)


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in figures.items()}


if __name__ == "__main__":
    main()
