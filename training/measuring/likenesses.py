"""Sound pictures that look damaged to a finder: photographs chosen by what they show, and drawings of rarer things.

Leaves, fur, hair, cloth and rain are chosen by the names that the photographs of a tar file bear, whose first part
says where they are from. Lace, strands of hair, rain, stars and text are drawn here, each in its own way every time.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

THEMES = {
    "flowers, leaves and insects": ("flower", "hymen"),
    "fur": ("dogcat", "monkey", "kang", "racc"),
    "faces and hair": ("people", "face", "fexp", "hseg", "mask"),
    "clothes": ("ccp", "cloth"),
    "weather": ("weath",),
}
_SIZE = (720, 960)
_WORDS = ("the", "light", "of", "an", "old", "house", "where", "she", "was", "born", "until", "war", "came", "sea")


def chosen(source: Path, prefixes: tuple[str, ...], count: int) -> Iterator[tuple[str, Image.Image]]:
    """Names and gray pictures of the first photographs of a tar file whose names begin so."""
    with tarfile.open(source) as archive:
        members = [member for member in archive if member.name.rpartition("_")[0] in prefixes]
        for member in members[:count]:
            file = archive.extractfile(member)
            assert file is not None
            yield member.name, Image.open(io.BytesIO(file.read())).convert("L")


def drawn(kind: str, count: int, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Names and (h, w) float32 gray 0..1 of drawings of one of `KINDS`, with grain."""
    for number in range(count):
        gray = ndimage.gaussian_filter(_DRAWINGS[kind](rng), rng.uniform(0.5, 0.9))
        grain = ndimage.gaussian_filter(rng.standard_normal(gray.shape), 0.6)
        yield f"{kind} {number + 1}", np.clip(gray + 0.012 * grain / grain.std(), 0, 1).astype(np.float32)


def _ground(rng: np.random.Generator, low: float, high: float, spread: float) -> np.ndarray:
    """Soft light and shadow around one gray."""
    coarse = rng.standard_normal((_SIZE[0] // 24, _SIZE[1] // 24))
    clouds = np.asarray(ndimage.zoom(ndimage.gaussian_filter(coarse, 4), 24, order=1))
    return rng.uniform(low, high) + spread * clouds / np.abs(clouds).max()


def _lines(strokes: list[tuple[np.ndarray, float, float]], ground: np.ndarray) -> np.ndarray:
    """Lines over a ground: (n, 2) points x, y, width in pixels, and gray; drawn four times as large."""
    scale = 4
    image = Image.fromarray(np.uint8(255 * np.clip(ground, 0, 1))).resize((_SIZE[1] * scale, _SIZE[0] * scale))
    pen = ImageDraw.Draw(image)
    for points, width, gray in strokes:
        pen.line([tuple(point) for point in points * scale], fill=int(255 * gray), width=max(round(width * scale), 1))
    return np.asarray(image.resize((_SIZE[1], _SIZE[0]), Image.Resampling.BOX), np.float64) / 255


def _hair(rng: np.random.Generator) -> np.ndarray:
    """Strands that hang and curl together, a few of them loose before a plain backdrop."""
    along, light = np.linspace(0, 1, 40), rng.uniform(0.25, 0.7)
    strokes = []
    for number in range(1500):
        is_loose = number > 1460
        x = rng.uniform(0.1, 0.9) * _SIZE[1] if is_loose else rng.normal(0.5, 0.12) * _SIZE[1]
        curl, length = rng.uniform(5, 40), rng.uniform(0.4, 1.0) * _SIZE[0]
        sway = curl * np.sin(along * rng.uniform(3, 7) + 3 * x / _SIZE[1]) + rng.normal(0, 40) * along
        points = np.stack([x + sway, rng.uniform(-0.1, 0.3) * _SIZE[0] + length * along], axis=1)
        strokes.append((points, rng.uniform(0.8, 2.0), float(np.clip(light + rng.normal(0, 0.12), 0, 1))))
    return _lines(strokes, _ground(rng, 0.3, 0.8, 0.1))


def _rain(rng: np.random.Generator) -> np.ndarray:
    """Streaks of falling drops, all in nearly one direction."""
    ground = _ground(rng, 0.25, 0.5, 0.2)
    slant, strokes = rng.normal(0, 0.15), []
    for _ in range(int(rng.integers(300, 1200))):
        x, y, length = rng.uniform(0, _SIZE[1]), rng.uniform(-50, _SIZE[0]), rng.uniform(15, 70)
        points = np.array([(x, y), (x + (slant + rng.normal(0, 0.02)) * length, y + length)])
        here = ground[int(np.clip(y, 0, _SIZE[0] - 1)), int(np.clip(x, 0, _SIZE[1] - 1))]
        strokes.append((points, rng.uniform(0.8, 2.2), float(np.clip(here + rng.uniform(0.06, 0.3), 0, 1))))
    return _lines(strokes, ground)


def _stars(rng: np.random.Generator) -> np.ndarray:
    """A night sky over hills."""
    sky = _ground(rng, 0.05, 0.15, 0.05)
    count = int(rng.integers(200, 1500))
    y, x = rng.integers(0, _SIZE[0], count), rng.integers(0, _SIZE[1], count)
    spots = np.zeros(_SIZE)
    np.add.at(spots, (y, x), rng.pareto(1.3, count) * 0.4)
    sky = sky + np.clip(ndimage.gaussian_filter(spots, rng.uniform(0.8, 1.4)) * 6, 0, 0.9)
    hills = _SIZE[0] * (0.85 + 0.05 * np.sin(np.arange(_SIZE[1]) / rng.uniform(80, 200)))
    return np.where(np.arange(_SIZE[0])[:, None] > hills, 0.03, sky)


def _lace(rng: np.random.Generator) -> np.ndarray:
    """A net of white thread with rosettes, over cloth or skin."""
    mesh, turn = rng.uniform(9, 22), rng.uniform(0, np.pi)
    y, x = np.mgrid[: _SIZE[0], : _SIZE[1]]
    thread = np.zeros(_SIZE)
    for angle in turn + np.pi * np.arange(3) / 3:
        wave = x * np.cos(angle) + y * np.sin(angle) + 2 * np.sin(y / 37)
        thread = np.maximum(thread, np.abs(np.cos(np.pi * wave / mesh)) ** 24)
    for _ in range(int(rng.integers(12, 40))):
        away = np.hypot(y - rng.uniform(0, _SIZE[0]), x - rng.uniform(0, _SIZE[1]))
        angle = np.arctan2(y - _SIZE[0] / 2, x - _SIZE[1] / 2)
        radius = rng.uniform(1.5, 4) * mesh * (1 + 0.2 * np.cos(8 * angle))
        thread = np.maximum(thread, np.exp(-(((away - radius) / 1.8) ** 2)))
        thread = np.maximum(thread, 0.9 * (away < 0.35 * radius))
    ground = _ground(rng, 0.2, 0.5, 0.1)
    return ground + thread * (rng.uniform(0.8, 0.95) - ground)


def _text(rng: np.random.Generator) -> np.ndarray:
    """A printed or written page, dark on light or light on dark."""
    image = Image.new("L", (_SIZE[1], _SIZE[0]), 0)
    pen, size = ImageDraw.Draw(image), rng.uniform(11, 34)
    font = ImageFont.load_default(size)
    for y in np.arange(30, _SIZE[0] - 40, 1.5 * size):
        line = ""
        while pen.textlength(line, font) < _SIZE[1] - 160:
            line += rng.choice(_WORDS) + " "
        pen.text((50, float(y)), line, fill=255, font=font)
    ink, paper = np.asarray(image, np.float64) / 255, _ground(rng, 0.75, 0.9, 0.05)
    page = paper + ink * (rng.uniform(0.05, 0.3) - paper)
    return page if rng.random() < 0.75 else 1 - page


_DRAWINGS: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "hair": _hair,
    "lace": _lace,
    "rain": _rain,
    "stars": _stars,
    "text": _text,
}
KINDS = tuple(_DRAWINGS)
