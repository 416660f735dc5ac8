"""The least that each stage of a photo costs: the same result by one call of a codec or the bare arithmetic.

For `handtint bench photo` only. What the stages do beside it (metadata, edges, gamut, bounded memory) is left out here.
"""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from handtint.imaging.color import lab

_STRIP_PIXELS = 1 << 15
_STEPS = 4096


def decode(path: Path) -> np.ndarray:
    """The codec alone, JPEG or PNG."""
    data = path.read_bytes()
    return imagecodecs.jpeg8_decode(data) if data.startswith(b"\xff\xd8") else imagecodecs.png_decode(data)


def lightness(pixels: np.ndarray) -> np.ndarray:
    """One table over a gray picture."""
    return np.zeros(np.iinfo(pixels.dtype).max + 1, np.float32)[pixels]


def upsample(ab: np.ndarray, size: tuple[int, int]) -> list[np.ndarray]:
    """Bilinear enlarging of both planes, blind to the picture's edges."""
    images = (Image.fromarray(np.ascontiguousarray(ab[..., index])) for index in (0, 1))
    return [np.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR)) for image in images]


def merge(lightness: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cubes, one matrix and a table, in strips, blind to the gamut; uint8."""
    pixels = np.empty((*lightness.shape, 3), np.uint8)
    table = np.minimum(lab.linear_to_srgb(np.linspace(0, 1, _STEPS + 1) ** 2) * 255 + 0.5, 255).astype(np.uint8)
    weights = [[np.float32(part * white) for part, white in zip(row, lab.WHITE, strict=True)] for row in lab.XYZ_TO_RGB]
    step = max(_STRIP_PIXELS // lightness.shape[1], 1)
    for top in range(0, len(lightness), step):
        rows = slice(top, top + step)
        y = (lightness[rows] + np.float32(16)) * np.float32(1 / 116)
        planes = [y + a[rows] * np.float32(1 / 500), y, y - b[rows] * np.float32(1 / 200)]
        cubes = [plane * plane * plane for plane in planes]
        for index, row in enumerate(weights):
            channel = sum(cube * weight for cube, weight in zip(cubes, row, strict=True))
            root = np.sqrt(np.maximum(channel, 0)) * np.float32(_STEPS)
            pixels[rows, :, index] = table.take(root.astype(np.intp), mode="clip")
    return pixels


def encode(pixels: np.ndarray, form: str) -> int:
    """The codec alone, "jpeg" at quality 95 or "png" at level 1; bytes."""
    if form == "jpeg":
        return len(imagecodecs.jpeg8_encode(pixels, level=95, subsampling="444"))
    return len(imagecodecs.png_encode(pixels, level=1))
