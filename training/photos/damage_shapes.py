"""Shapes of damage: dust, hairs, scratches, cracks, folds, flakes, torn corners, fingerprints, blotches, stains.

A shape is how much of each pixel it covers, 0..1, drawn three times finer than the pixels. Lengths are pixels; planes
are (h, w) float32.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

_FINE = 3  # pixels of the drawing to each of the photo

_Point = tuple[float, float]  # x, y


class Canvas:
    """A plane to draw covers on, finer than the picture."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.height, self.width = shape[:2]
        self._image = Image.new("L", (self.width * _FINE, self.height * _FINE))
        self._draw = ImageDraw.Draw(self._image)
        self.opacity: float | np.ndarray = 1.0
        self.soft = 0.0  # sigma

    def line(self, points: np.ndarray, widths: np.ndarray) -> None:
        """(n, 2) points joined; where a width is 0 the line is broken."""
        fine = points * _FINE
        for (x0, y0), (x1, y1), width in zip(fine[:-1], fine[1:], widths[:-1] * _FINE, strict=True):
            if width >= 0.5:
                self._draw.line((x0, y0, x1, y1), 255, max(round(width), 1))
                if width > 4:
                    r = width / 2
                    self._draw.ellipse((x1 - r, y1 - r, x1 + r, y1 + r), 255)

    def polygon(self, points: np.ndarray, value: int = 255) -> None:
        """An area with these (n, 2) corners."""
        self._draw.polygon([tuple(p) for p in points * _FINE], value)

    def cover(self, rng: np.random.Generator) -> np.ndarray:
        """(h, w) float32 0..1: what was drawn, softened."""
        image = self._image.reduce(_FINE)
        soft = self.soft + rng.uniform(0, 0.35)
        if soft > 0.1:
            image = image.filter(ImageFilter.GaussianBlur(soft))
        return np.asarray(image, np.float32) / 255 * self.opacity


def noise(shape: tuple[int, ...], cell: float, rng: np.random.Generator) -> np.ndarray:
    """Smooth noise of about unit deviation, with details of about `cell` pixels."""
    h, w = int(shape[0] / cell) + 2, int(shape[1] / cell) + 2
    coarse = Image.fromarray(rng.standard_normal((h, w)).astype(np.float32))
    return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)) * np.float32(1.25)


def _cloud(shape: tuple[int, ...], cell: float, rng: np.random.Generator) -> np.ndarray:
    """Noise with details of all sizes from `cell` down."""
    total, weight = np.zeros(shape[:2], np.float32), 1.0
    while cell > 1.5:
        total += weight * noise(shape, cell, rng)
        cell, weight = cell / 2, weight * 0.6
    return total


def _opacity(rng: np.random.Generator) -> float:
    """Most damage covers fully, some half."""
    return 1.0 if rng.random() < 0.55 else float(rng.uniform(0.3, 1.0))


def _start(canvas: Canvas, rng: np.random.Generator) -> _Point:
    return float(rng.uniform(0, canvas.width)), float(rng.uniform(0, canvas.height))


def _path(start: _Point, length: float, heading: float, bend: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) a curve with points about 2 pixels apart; `bend` is the deviation of curvature, radians a pixel."""
    n = max(int(length / 2), 3)
    wander = np.convolve(rng.standard_normal(n + 24), np.ones(24) / 24**0.5, "valid")[:n]
    angles = heading + np.cumsum(2 * bend * (wander + rng.normal(0, 0.7)))
    steps = 2 * np.stack([np.cos(angles), np.sin(angles)], 1)
    return np.array(start) + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, 0)])


def _taper(n: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) 0..1: a width that swells from one end, or both, as far as a half of the line."""
    along = np.linspace(0, 1, n)
    rise = np.clip(along / max(rng.uniform(0, 0.5), 1e-3), 0, 1) if rng.random() < 0.7 else np.ones(n)
    fall = np.clip((1 - along) / max(rng.uniform(0, 0.5), 1e-3), 0, 1) if rng.random() < 0.7 else np.ones(n)
    return np.sqrt(rise * fall)


def _thickness(rng: np.random.Generator, low: float, high: float) -> float:
    return float(low * (high / low) ** rng.random() ** 1.5)


def _hair(canvas: Canvas, rng: np.random.Generator) -> None:
    """Dust fibers and hairs: curved, of even width."""
    length = 12 * (30 ** rng.random())
    bend = rng.uniform(0.02, 0.5) / max(length / 60, 1) ** 0.5 * 0.35
    points = _path(_start(canvas, rng), length, rng.uniform(0, 2 * np.pi), bend, rng)
    width = _thickness(rng, 0.7, 4.0)
    canvas.line(points, width * (0.6 + 0.4 * _taper(len(points), rng)))
    canvas.opacity = _opacity(rng)
    canvas.soft = width * rng.uniform(0, 0.35)


def _scratch(canvas: Canvas, rng: np.random.Generator) -> None:
    """One to four nearly straight lines side by side, broken, with tapered ends."""
    heading = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)], p=[0.15, 0.4, 0.45]) + rng.normal(0, 0.03)
    is_long = rng.random() < 0.5
    length = 1.5 * (canvas.width + canvas.height) if is_long else 10 * (25 ** rng.random())
    points = _path((0, 0), length, heading, rng.uniform(0, 0.003), rng)
    x, y = _start(canvas, rng)
    points += (x, y) if not is_long else np.array((x, y)) - points[len(points) // 2]
    width = _thickness(rng, 0.6, 5.0)
    for _ in range(1 if rng.random() < 0.7 else int(rng.integers(2, 5))):
        offset = rng.normal(0, 6, 2)
        widths = width * _taper(len(points), rng) * rng.uniform(0.7, 1.2)
        if rng.random() < 0.6:  # broken
            gaps = np.convolve(rng.standard_normal(len(points) + 11), np.ones(12) / 12**0.5, "valid")
            widths = widths * np.clip(0.5 + gaps + rng.uniform(-0.3, 1.2), 0, 1)
        canvas.line(points + offset, widths)
    canvas.opacity = _opacity(rng)
    canvas.soft = width * rng.uniform(0, 0.3)


def _outline(x: float, y: float, radius: float, rough: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) a closed curve around a place: an ellipse, the more irregular the rougher."""
    n = int(np.clip(radius * 4, 8, 90))
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = np.ones(n)
    for k in range(2, 9):
        r += rough * rng.normal(0, 1 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    stretch = rng.uniform(0.45, 1) if rng.random() < 0.6 else 1.0
    turn = rng.uniform(0, np.pi)
    px, py = radius * r * np.cos(angle), radius * stretch * r * np.sin(angle)
    return np.stack([x + px * np.cos(turn) - py * np.sin(turn), y + px * np.sin(turn) + py * np.cos(turn)], 1)


def _specks(canvas: Canvas, rng: np.random.Generator) -> None:
    """Dust: one speck or a cloud of them, with soft rims."""
    count = 1 if rng.random() < 0.35 else int(rng.integers(2, 30))
    size = _thickness(rng, 0.7, 8.0)
    cx, cy = _start(canvas, rng)
    spread = rng.uniform(0.05, 0.6) * canvas.width
    for i in range(count):
        x, y = (cx, cy) if i == 0 else (cx + rng.normal(0, spread), cy + rng.normal(0, spread))
        radius = size * rng.uniform(0.5, 1.3) if count == 1 else min(size, 4.0) * rng.uniform(0.4, 1.3)
        canvas.polygon(_outline(x, y, max(radius, 0.55), rng.uniform(0, 0.5), rng))
    canvas.opacity = _opacity(rng)
    canvas.soft = size * rng.uniform(0, 0.4)


def _crack(canvas: Canvas, rng: np.random.Generator) -> None:
    """A jagged line that branches: broken glass, cracked emulsion; at times lifted, with an edge of the other tone."""
    width = _thickness(rng, 0.8, 6.0)
    reach = rng.uniform(0.3, 1.6) * canvas.width
    branches = [(_start(canvas, rng), rng.uniform(0, 2 * np.pi), reach, width)]
    drawn = 0
    while branches and drawn < 14:
        (x, y), heading, length, thick = branches.pop(0)
        drawn += 1
        points, walked = [(x, y)], 0.0
        wavering = rng.uniform(0.1, 0.5)
        while walked < length:
            step = rng.uniform(3, 16)
            angle = heading + rng.normal(0, wavering)
            x, y = x + step * np.cos(angle), y + step * np.sin(angle)
            points.append((x, y))
            walked += step
            heading += rng.normal(0, 0.08)
            if rng.random() < 0.06 and thick > 0.7:
                turn = rng.choice([-1, 1]) * rng.uniform(0.4, 1.3)
                branches.append(((x, y), heading + turn, (length - walked) * rng.uniform(0.3, 0.9), thick * 0.7))
        widths = thick * rng.uniform(0.5, 1.3, len(points)) * np.linspace(1, rng.uniform(0.2, 1), len(points))
        canvas.line(np.array(points), widths)
    canvas.opacity = _opacity(rng)
    canvas.soft = width * rng.uniform(0, 0.15)


def _fold(canvas: Canvas, rng: np.random.Generator) -> None:
    """A crease from edge to edge, flaking: a line of uneven width, at times in pieces far longer than they are wide."""
    heading = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)]) + rng.normal(0, 0.05)
    length = 1.5 * (canvas.width + canvas.height)
    points = _path((0, 0), length, heading, rng.uniform(0, 0.004), rng)
    points += np.array(_start(canvas, rng)) - points[len(points) // 2]
    points += rng.normal(0, 0.5, points.shape)
    width, length = _thickness(rng, 1.2, 10.0), int(3 * 12 ** rng.random())
    rough = np.convolve(rng.standard_normal(len(points) + length - 1), np.ones(length) / length**0.5, "valid")
    thickness = width * (rng.uniform(0.1, 0.9) + 0.6 * rough)
    canvas.line(points, np.clip(thickness, 0 if rng.random() < 0.6 else 0.6, 2 * width))
    canvas.opacity = _opacity(rng)
    canvas.soft = width * rng.uniform(0, 0.3)


def _chip(x: float, y: float, radius: float, rng: np.random.Generator) -> np.ndarray:
    """(n, 2) a piece with few corners and ragged sides, as brittle things break."""
    corners = int(rng.integers(4, 10))
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    away = radius * rng.uniform(0.35, 1.0, corners)
    turn, stretch = rng.uniform(0, np.pi), rng.uniform(0.4, 1)
    px, py = away * np.cos(angle), stretch * away * np.sin(angle)
    points = np.stack([x + px * np.cos(turn) - py * np.sin(turn), y + px * np.sin(turn) + py * np.cos(turn)], 1)
    for _ in range(int(np.clip(np.log2(radius), 1, 4))):  # each side bent in its middle, again and again
        ahead = np.roll(points, -1, 0) - points
        aside = np.stack([-ahead[:, 1], ahead[:, 0]], 1) * rng.normal(0, 0.12, (len(points), 1))
        points = np.stack([points, points + ahead / 2 + aside], 1).reshape(-1, 2)
    return points


def _flakes(canvas: Canvas, rng: np.random.Generator) -> None:
    """Emulsion that has come off, with hard edges: some pieces beside each other, or on both sides of a line."""
    radius = _thickness(rng, 3, 0.2 * canvas.width)
    x, y = _start(canvas, rng)
    heading, is_row = rng.uniform(0, np.pi), rng.random() < 0.4
    for _ in range(int(rng.integers(1, 9))):
        canvas.polygon(_chip(x, y, radius * rng.uniform(0.3, 1), rng))
        if is_row:
            step = radius * rng.uniform(0.8, 4)
            x, y = x + step * np.cos(heading), y + step * np.sin(heading)
            heading += rng.normal(0, 0.1)
        else:
            x, y = x + rng.normal(0, 1.2 * radius), y + rng.normal(0, 1.2 * radius)
    canvas.opacity = 1.0 if rng.random() < 0.75 else float(rng.uniform(0.4, 1.0))
    canvas.soft = rng.uniform(0, 0.5)


def _torn_edge(canvas: Canvas, rng: np.random.Generator) -> None:
    """A corner torn off, or a strip along a side that has come away."""
    w, h = canvas.width, canvas.height
    depth = rng.uniform(0.08, 0.4, 2) * (w, h)
    n = 40
    along = np.linspace(0, 1, n)[:, None]
    if rng.random() < 0.7:  # a corner: from the top to the left side
        edge = np.array((depth[0], 0)) * (1 - along) + np.array((0, depth[1])) * along
        last: list[_Point] = [(-9, depth[1]), (-9, -9), (depth[0], -9)]
    else:
        edge = np.array((0, depth[1] / 2)) * (1 - along) + np.array((w, depth[1] / 2)) * along
        last = [(w + 9, -9), (-9, -9)]
    jags = np.cumsum(rng.normal(0, 1.5, (n, 2)), 0)
    edge = edge + (jags - jags[-1] * along)
    points = np.concatenate([edge, np.array(last)])
    if rng.random() < 0.5:
        points[:, 0] = w - points[:, 0]
    if rng.random() < 0.5:
        points[:, 1] = h - points[:, 1]
    canvas.polygon(points)
    canvas.soft = rng.uniform(0, 0.6)


def _fingerprint(canvas: Canvas, rng: np.random.Generator) -> None:
    """Ridges around a core, in an oval patch that is partly smudged."""
    y, x = np.mgrid[: canvas.height, : canvas.width].astype(np.float32)
    cx, cy = _start(canvas, rng)
    turn, stretch = rng.uniform(0, np.pi), rng.uniform(1.1, 1.7)
    u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
    v = ((y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)) / stretch
    radius = rng.uniform(0.15, 0.45) * canvas.width
    warp = noise((canvas.height, canvas.width), radius / 2, rng) * radius * 0.08
    period = rng.uniform(3.5, 9)
    ridges = np.sin((np.hypot(u, v + 0.25 * np.abs(u)) + warp) * (2 * np.pi / period))
    patch = np.clip((radius - np.hypot(u, v)) / (0.2 * radius), 0, 1)
    smudge = np.clip(0.6 + 0.8 * noise((canvas.height, canvas.width), radius / 3, rng), 0, 1)
    canvas.polygon(np.array([(-9, -9), (canvas.width + 9, -9), (canvas.width + 9, canvas.height + 9), (-9, 9999)]))
    canvas.opacity = np.clip(0.5 + ridges, 0, 1) * patch * smudge * rng.uniform(0.3, 0.9)


def _blotch(canvas: Canvas, rng: np.random.Generator) -> None:
    """A hole in the emulsion or an opaque stain: rough outline, hard or soft."""
    radius = _thickness(rng, 4, 0.22 * canvas.width)
    x, y = _start(canvas, rng)
    canvas.polygon(_outline(x, y, radius, rng.uniform(0.1, 0.7), rng))
    for _ in range(int(rng.integers(0, 6))):  # splashes around it
        angle, away = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.9, 2)
        place = x + away * np.cos(angle), y + away * np.sin(angle)
        canvas.polygon(_outline(*place, radius * rng.uniform(0.05, 0.3), rng.uniform(0, 0.6), rng))
    shape = canvas.height, canvas.width
    if rng.random() < 0.35:  # eaten away unevenly
        worn = np.clip(1.2 + 1.5 * _cloud(shape, radius, rng), 0, 1)
        canvas.opacity = worn * _opacity(rng)
    else:
        canvas.opacity = _opacity(rng)
    canvas.soft = rng.uniform(0, 0.6) if rng.random() < 0.7 else rng.uniform(0, 0.15) * radius


def _tide_line(canvas: Canvas, rng: np.random.Generator) -> None:
    """The rim that a drop leaves when it dries; its inside is hardly changed."""
    radius = rng.uniform(0.05, 0.4) * canvas.width
    outline = _outline(*_start(canvas, rng), radius, rng.uniform(0.1, 0.6), rng)
    outline = np.concatenate([outline, outline[:1]])
    fine = np.linspace(0, len(outline) - 1, max(int(radius * 4), len(outline)))
    at = np.arange(len(outline))
    points = np.stack([np.interp(fine, at, outline[:, i]) for i in (0, 1)], 1)
    width = _thickness(rng, 1.0, 4.0)
    rough = np.convolve(rng.standard_normal(len(points) + 11), np.ones(12) / 12**0.5, "valid")
    canvas.line(points, np.clip(width * (0.8 + 0.4 * rough), 0, None))
    canvas.opacity = rng.uniform(0.2, 0.8)
    canvas.soft = width * rng.uniform(0.1, 0.5)


def _scuffs(canvas: Canvas, rng: np.random.Generator) -> None:
    """Rubbed surface: many short fine strokes in about one direction."""
    heading, (cx, cy) = rng.uniform(0, np.pi), _start(canvas, rng)
    spread, width = rng.uniform(0.05, 0.25) * canvas.width, _thickness(rng, 0.6, 1.6)
    for _ in range(int(rng.integers(8, 40))):
        start = cx + rng.normal(0, spread), cy + rng.normal(0, spread)
        points = _path(start, rng.uniform(5, 40), heading + rng.normal(0, 0.25), 0.004, rng)
        canvas.line(points, width * _taper(len(points), rng))
    canvas.opacity = rng.uniform(0.25, 1.0)
    canvas.soft = rng.uniform(0, 0.3)


# How often in a picture, how many at most, how drawn.
KINDS: tuple[tuple[float, int, Callable[[Canvas, np.random.Generator], None]], ...] = (
    (0.60, 6, _specks),
    (0.45, 4, _hair),
    (0.45, 4, _scratch),
    (0.20, 2, _crack),
    (0.35, 3, _fold),
    (0.35, 3, _flakes),
    (0.05, 1, _torn_edge),
    (0.03, 1, _fingerprint),
    (0.40, 3, _blotch),
    (0.07, 1, _tide_line),
    (0.05, 1, _scuffs),
)
