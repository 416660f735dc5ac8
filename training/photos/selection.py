"""Which photos teach color and which are held out; asked by `data` for every photo it reads.

A tinted photo (sepia, cyanotype, one color filter over all) has color, but of one hue and a function of its lightness:
taught as the truth, it would tint every photo. (Of 1,354 portraits and nearly gray photos 3 were taken for tinted.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_MIN_TINT = 4.0  # Lab chroma of the mean color; below it, a photo is nearly gray and teaches restraint
_MIN_AGREEMENT = 0.9  # of all colors with their mean: length of the mean over mean length
_MAX_SPREAD = 2.0  # Lab units of color left unexplained by lightness: JPEG's own noise
_FEWEST = 2  # held-out photos


def is_tinted(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether one tint lies over a whole photo.

    Args:
        lightness, a, b: (h, w) float32 Lab planes of a thumbnail.
    """
    mean = float(np.hypot(a.mean(), b.mean()))
    if mean < max(_MIN_TINT, _MIN_AGREEMENT * float(np.hypot(a, b).mean())):
        return False
    x = lightness.ravel().astype(np.float64) / 50 - 1
    powers = np.stack([np.ones_like(x), x, x * x, x**3], axis=1)
    color = np.stack([a.ravel(), b.ravel()], axis=1).astype(np.float64)
    explained = powers @ np.linalg.lstsq(powers, color, rcond=None)[0]
    return float(np.sqrt(((color - explained) ** 2).sum(1).mean())) < _MAX_SPREAD


def held_out(digests: Sequence[bytes], share: float) -> list[bool]:
    """Whether each photo is held out for validation, decided by the hash of its content.

    So a photo stays where it is when others are added. Only where hardly any photo would be held out, those whose
    hashes are smallest are, too; when more photos come, they may be learned from, but no learned one is held out.
    """
    places = [int.from_bytes(digest[:4], "big") / 2**32 for digest in digests]
    chosen = [place < share for place in places]
    if share > 0 and sum(chosen) < min(_FEWEST, len(places) // 2):
        limit = sorted(places)[min(_FEWEST, len(places) // 2) - 1]
        chosen = [place <= limit for place in places]
    return chosen
