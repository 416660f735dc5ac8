"""A second painter of damage, to measure by: it shares no code or way of drawing with the one that models learn from.

It draws with distances: how far each pixel is from a curve or a center, in pixels of the photo, turned into how much of
it is covered. It works in the photo's encoded gray, 0..1, as dust on a scanner's glass and flaked prints do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

_SEEN_L = 3.0  # lightness by which a pixel must differ for anybody to see it
_STEP = 0.5  # pixels between the points of a curve


@dataclass(frozen=True)
class Painted:
    """A damaged photo and the truth about it.

    Attributes:
        sound: (h, w) float32, 0..1.
        damaged: (h, w) float32, 0..1.
        mask: (h, w) bool, where the two can be told apart.
    """

    sound: np.ndarray
    damaged: np.ndarray
    mask: np.ndarray


def paint(sound: np.ndarray, rng: np.random.Generator, share: float = 0.006) -> Painted:
    """Damage a sound photo, (h, w) float32, until about a share of its pixels is covered."""
    cover, tone = np.zeros_like(sound), np.zeros_like(sound)
    white = rng.random() < 0.55
    size = np.sqrt(min(sound.shape) / 500)  # larger scans show the same damage larger, though not all of it
    kinds = [_fiber, _dust, _dust, _groove, _fracture, _flake, _crease, _ring]
    for _ in range(200):
        if (cover > 0.3).mean() >= share:
            break
        kind = kinds[int(rng.integers(len(kinds)))]
        layer = kind(sound.shape, size, rng)
        layer *= rng.choice([1.0, rng.uniform(0.35, 0.9)])
        light = white if rng.random() < 0.9 else not white
        value = rng.uniform(0.8, 1.0) if light else rng.uniform(0.0, 0.2)
        tone = np.where(layer > cover, value, tone)
        cover = np.maximum(cover, layer)
    cover = ndimage.gaussian_filter(cover, rng.uniform(0.2, 0.7))
    tone = tone + 0.02 * rng.standard_normal(sound.shape)
    damaged = np.clip(sound * (1 - cover) + cover * tone, 0, 1).astype(np.float32)
    mask = np.abs(_lightness(damaged) - _lightness(sound)) >= _SEEN_L
    return Painted(sound, damaged, mask)


def _lightness(gray: np.ndarray) -> np.ndarray:
    linear = np.where(gray <= 0.04045, gray / 12.92, ((gray + 0.055) / 1.055) ** 2.4)
    return np.where(linear > 0.008856, 116 * np.cbrt(linear) - 16, 903.3 * linear)


def _along(shape: tuple[int, ...], curve: np.ndarray, half_width: np.ndarray) -> np.ndarray:
    """(h, w) cover 0..1 of a curve of (n, 2) points y, x about `_STEP` apart, with half its width at each."""
    cover = np.zeros(shape, np.float32)
    inside = (curve > -8).all(1) & (curve < np.array(shape) + 8).all(1) & (half_width > 0.05)
    reach = int(half_width.max(initial=0) + 2)
    points, half = curve[inside], half_width[inside]
    base = np.floor(points).astype(int)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            at = base + np.array((dy, dx))
            ok = (at >= 0).all(1) & (at < shape).all(1)
            distance = np.hypot(*(at[ok] - points[ok]).T)
            np.maximum.at(
                cover, tuple(at[ok].T), np.clip(half[ok] + 0.5 - distance, 0, 1) * np.minimum(2 * half[ok], 1)
            )
    return cover


def _bezier(start: np.ndarray, length: float, loops: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) a chain of cubic Bezier curves that join smoothly."""
    pieces, heading, here = max(int(length / 60), 1), rng.uniform(0, 2 * np.pi), start
    curve = []
    for _ in range(pieces):
        span = length / pieces
        turn = rng.normal(0, loops)
        a = here + span / 3 * np.array([np.sin(heading), np.cos(heading)])
        heading += turn
        end = here + span * 0.9 * np.array([np.sin(heading - turn / 2), np.cos(heading - turn / 2)])
        b = end - span / 3 * np.array([np.sin(heading), np.cos(heading)])
        t = np.linspace(0, 1, max(int(span / _STEP), 4), endpoint=False)[:, None]
        curve.append((1 - t) ** 3 * here + 3 * t * (1 - t) ** 2 * a + 3 * t * t * (1 - t) * b + t**3 * end)
        here = end
    return np.concatenate(curve)


def _anywhere(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(0, 1, 2) * shape[:2]


def _fiber(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    curve = _bezier(_anywhere(shape, rng), rng.uniform(20, 220) * size, rng.uniform(0.1, 1.6), rng)
    half = rng.uniform(0.5, 1.5) * size * np.ones(len(curve))
    from_end = np.minimum(np.arange(len(curve)), np.arange(len(curve))[::-1])
    return _along(shape, curve, half * np.clip(from_end / 8, 0.4, 1))


def _dust(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    cover = np.zeros(shape, np.float32)
    center, spread = _anywhere(shape, rng), rng.uniform(20, 250) * size
    for _ in range(int(rng.integers(1, 25))):
        place = center + rng.normal(0, spread, 2)
        ry, rx = rng.gamma(2.0, 0.7, 2) * size + 0.6
        power, turn, hard = rng.uniform(1.4, 3), rng.uniform(0, np.pi), rng.uniform(0.6, 3)
        reach = int(2 * max(ry, rx) + 4)
        top, left = (int(v) - reach for v in place)
        rows, columns = slice(max(top, 0), max(top + 2 * reach, 0)), slice(max(left, 0), max(left + 2 * reach, 0))
        window = cover[rows, columns]
        if window.size:
            y, x = np.ogrid[rows.start : rows.start + window.shape[0], columns.start : columns.start + window.shape[1]]
            v, u = y - place[0], x - place[1]
            v, u = v * np.cos(turn) + u * np.sin(turn), u * np.cos(turn) - v * np.sin(turn)
            norm = (np.abs(v / ry) ** power + np.abs(u / rx) ** power) ** (1 / power)
            np.maximum(window, np.clip((1 - norm) * min(ry, rx) * hard + 0.5, 0, 1), out=window)
    return cover


def _groove(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    """A scratch: an arc of a very large circle, in dashes."""
    start, angle = _anywhere(shape, rng), rng.choice([np.pi / 2, rng.uniform(0, np.pi)])
    length = rng.choice([rng.uniform(30, 200) * size, 2.0 * max(shape)])
    s = np.arange(-length / 2, length / 2, _STEP)
    bow = rng.normal(0, 0.00015)
    ahead, aside = np.array([np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    curve = start + s[:, None] * ahead + (bow * s * s)[:, None] * aside
    half = rng.uniform(0.4, 1.6) * size * np.ones(len(s))
    if rng.random() < 0.6:
        at = 0
        while at < len(s):
            on, off = rng.exponential(80), rng.exponential(25)
            half[int(at + on) : int(at + on + off)] = 0
            at += on + off + 1
    half *= np.sin(np.linspace(0.15, np.pi - 0.15, len(s))) ** rng.uniform(0.1, 0.8)
    return _along(shape, curve, half)


def _fracture(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    """A crack by displaced midpoints, with side cracks that leave it."""
    cover = np.zeros(shape, np.float32)
    ends = [(_anywhere(shape, rng), _anywhere(shape, rng), rng.uniform(0.6, 1.8) * size)]
    for _ in range(int(rng.integers(0, 4))):
        a, b, half = ends[0]
        root = a + (b - a) * rng.uniform(0.2, 0.8)
        ends.append((root, root + rng.normal(0, 0.15, 2) * max(shape), half * 0.7))
    for a, b, half in ends:
        points = np.stack([a, b])
        sway = np.hypot(*(b - a)) * 0.08
        while np.hypot(*np.diff(points, axis=0).T).max() > 7:
            middle = (points[1:] + points[:-1]) / 2 + rng.normal(0, sway, (len(points) - 1, 2))
            merged = np.empty((len(points) + len(middle), 2))
            merged[::2], merged[1::2] = points, middle
            points, sway = merged, sway * 0.55
        lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        s = np.arange(0, lengths[-1], _STEP)
        curve = np.stack([np.interp(s, lengths, points[:, i]) for i in (0, 1)], 1)
        knots = np.arange(0, lengths[-1] + 12, 12)
        wide = half * (1 + 0.4 * np.interp(s, knots, rng.standard_normal(len(knots))))
        crack = _along(shape, curve, np.clip(wide, 0.3, None) * np.linspace(1, 0.5, len(s)))
        np.maximum(cover, crack, out=cover)
    return cover


def _flake(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    """Where emulsion has come off: a level set of noise within a disc."""
    cover = np.zeros(shape, np.float32)
    radius = int(rng.uniform(5, 22) * size)
    place = _anywhere(shape, rng).astype(int)
    rows, columns = (slice(max(at - radius, 0), max(at + radius, 0)) for at in place)
    window = cover[rows, columns]
    if window.size:
        y, x = np.mgrid[rows.start : rows.start + window.shape[0], columns.start : columns.start + window.shape[1]]
        noise = ndimage.gaussian_filter(rng.standard_normal(window.shape), radius / 4)
        noise /= noise.std() + 1e-9
        level = 1.4 - 2.4 * np.hypot(y - place[0], x - place[1]) / radius + 0.5 * noise
        window[:] = np.clip(level * radius / 2.4 + 0.5, 0, 1)
    return cover


def _crease(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    """A fold across the whole print, its ridge rubbed off here and there."""
    a = _anywhere(shape, rng)
    angle = rng.choice([0, np.pi / 2]) + rng.normal(0, 0.2)
    s = np.arange(-max(shape), max(shape), _STEP)
    curve = a + np.stack([s * np.sin(angle), s * np.cos(angle)], 1)
    curve += ndimage.gaussian_filter1d(rng.normal(0, 8, curve.shape), 12, axis=0)
    rubbed = ndimage.gaussian_filter1d(rng.standard_normal(len(s)), 14)
    rubbed /= rubbed.std()
    return _along(shape, curve, np.clip(rng.uniform(0.8, 2) * size * (0.6 + 0.6 * rubbed), 0, 5 * size))


def _ring(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> np.ndarray:
    """The edge of a dried drop."""
    angle = np.arange(0, 2 * np.pi, _STEP / (60 * size))
    radius = rng.uniform(10, 60) * size * np.ones(len(angle))
    for waves, depth in ((2, 0.12), (3, 0.08)):
        radius *= 1 + depth * np.sin(waves * angle + rng.uniform(0, 2 * np.pi))
    curve = _anywhere(shape, rng) + np.stack([radius * np.sin(angle), radius * np.cos(angle)], 1)
    return 0.7 * _along(shape, curve, rng.uniform(0.5, 1.3) * size * np.ones(len(angle)))
