"""A second way to fade color photographs, to measure with: no network learned from it.

It does not model dyes. Each channel gets a black, a white and a gamma of its own; colors are drawn toward gray; a tint
of old paper lies over all, and flare over the darks. `training.photos.fading`, which the network learned from, counts
in the densities of three dyes instead.
"""

from __future__ import annotations

import numpy as np

from handtint.imaging.color import lab


def fade(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) uint8 sRGB of a photograph, faded by chance: between a little and much."""
    how_far = rng.uniform(0.3, 1.0)
    value = pixels.astype(np.float64) / 255
    black = how_far * (rng.uniform(0.0, 0.2) + rng.uniform(0.0, 0.25, 3) * (rng.random(3) < 0.6))
    white = 1 - how_far * rng.uniform(0.0, 0.18, 3)
    value = black + (white - black) * value ** np.exp(how_far * rng.normal(0, 0.2, 3))
    linear = lab.srgb_to_linear(value)
    gray = linear @ np.array(lab.RGB_TO_XYZ[1])
    linear = gray[..., None] + (1 - how_far * rng.uniform(0.0, 0.5)) * (linear - gray[..., None])
    linear = linear * (1 - how_far * np.array([0.02, 0.08, 0.25]) * rng.uniform(0, 1))
    flare = how_far * rng.uniform(0, 0.03)
    faded = lab.linear_to_srgb(np.clip(linear * (1 - flare) + flare, 0, 1))
    return np.rint(np.clip(faded, 0, 1) * 255).astype(np.uint8)
