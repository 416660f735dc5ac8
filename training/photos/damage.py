"""Paints damage over sound photographs, and says which pixels count as damaged.

A damage is a shape (see `damage_shapes`) and a tone, bright or dark, laid over the lightness. What counts as damaged is
what visibly differs: the network should find nothing that nobody can see. Lengths are pixels; planes (h, w) float32.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from handtint.repair.damage.places import spread
from training.photos.damage_shapes import KINDS, Canvas, noise

_SEEN = 3.0  # L by which a pixel must differ to count as damaged
_HIDDEN = 0.9  # and by how much of the deviation of what is around: grain and detail hide damage, but not the rims
_RIM = 2  # pixels to each side of damage that can be seen in which `_SEEN` is enough
_AROUND = 5  # pixels to each side
_HARDLY_SEEN = 2.0  # L; a pixel that differs less counts as sound, one between the two teaches nothing
_COVERED = 0.2  # share of a pixel under damage from which it is not called sound, though nobody sees it
_SOUND = 0.15  # share of pictures left sound
_STRONG = (10.0, 40.0)  # L of difference from which, and up to which, a damaged pixel teaches more
_STRONGEST = 2.0  # times as much


@dataclass(frozen=True)
class Damaged:
    """A damaged picture.

    Attributes:
        lightness: (h, w) L 0..100 with the damage.
        mask: (h, w) bool, where the damage can be seen.
        weight: (h, w) float32, how much a pixel teaches: 1, more where damage is strong, 0 where it can hardly be
            seen, which is neither sound nor damaged.
    """

    lightness: np.ndarray
    mask: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class _Layer:
    cover: np.ndarray  # (h, w) 0..1
    tone: np.ndarray | float  # L that it has where it covers


def damage(
    lightness: np.ndarray, rng: np.random.Generator, finish: Callable[[np.ndarray], np.ndarray] | None = None
) -> Damaged:
    """(h, w) float32 L 0..100 with some damage or none.

    Args:
        finish: what happens to the picture after the damage and moves nothing, such as the blur of an enlarger; it is
            applied to the sound and the damaged picture before these are compared.
    """
    finish = finish or (lambda plane: plane)
    damaged, covered = lightness, np.zeros(lightness.shape, np.float32)
    layers = [] if rng.random() < _SOUND else _layers(lightness.shape, rng)
    for layer in layers:
        damaged = damaged + layer.cover * (layer.tone - damaged)
        covered = np.maximum(covered, layer.cover)
    damaged = np.clip(damaged, 0, 100).astype(np.float32)
    result = np.clip(finish(damaged), 0, 100)
    sound = np.clip(finish(lightness), 0, 100)
    difference = np.abs(result - sound)
    seen = difference >= np.maximum(_SEEN, _HIDDEN * _deviation(sound))
    mask = (difference >= _SEEN) & spread(seen, _RIM)
    unsure = ((difference >= _HARDLY_SEEN) | (covered >= _COVERED)) & ~mask
    weight = np.where(mask, np.interp(difference, _STRONG, (1, _STRONGEST)), ~unsure).astype(np.float32)
    return Damaged(result, mask, weight)


def _deviation(plane: np.ndarray) -> np.ndarray:
    """(h, w) standard deviation within `_AROUND` pixels."""
    return np.sqrt(np.maximum(_mean_around(plane * plane) - _mean_around(plane) ** 2, 0))


def _mean_around(plane: np.ndarray) -> np.ndarray:
    side = 2 * _AROUND + 1
    sums = np.pad(plane.astype(np.float64), _AROUND, mode="reflect").cumsum(0).cumsum(1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    return (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2


def _layers(shape: tuple[int, ...], rng: np.random.Generator) -> list[_Layer]:
    """Some damages of one picture. Most are of one kind of tone: a negative's dust prints white, a print's is dark."""
    bright = rng.random() < 0.6
    layers = []
    while not layers:
        for often, most, draw in KINDS:
            if rng.random() < often:
                for _ in range(int(rng.integers(1, most + 1))):
                    canvas = Canvas(shape)
                    draw(canvas, rng)
                    is_bright = bright if rng.random() < 0.85 else not bright
                    layers.append(_Layer(canvas.cover(rng), _tone(shape, is_bright, rng)))
    return layers


def _tone(shape: tuple[int, ...], bright: bool, rng: np.random.Generator) -> np.ndarray | float:
    base = 100 - abs(rng.normal(0, 14)) if bright else abs(rng.normal(0, 14))
    if rng.random() < 0.15:
        base = rng.uniform(0, 100)  # a smear, a stain, glue
    if rng.random() < 0.5:
        return float(base)
    rough = noise(shape, rng.uniform(1, 8), rng) * rng.uniform(1, 8)
    return np.clip(base + rough, 0, 100).astype(np.float32)
