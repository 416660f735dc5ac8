"""New photographs staged like old ones: people before a studio's backdrop, pictures on a mount or with a plate's rim.

Modern color photographs show few of either, and a network that has seen neither paints a plain backdrop like a lawn
out of focus and a mount like the sea. What surrounds the picture is gray or faintly brown, as it was.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from handtint.imaging.color import lab

_EDGE = (0.35, 0.8)  # of a mask, between which a person's outline fades
_TOUCHES = 0.04  # share of a side of the photo over which a person reaches beyond it
_WIDEST = 0.6  # how much more of the backdrop than the photo has
_VIGNETTE = 0.2  # chance that a portrait fades into the paper


def before_backdrop(photo: np.ndarray, person: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) uint8 sRGB: the person of a photo before a backdrop, at times with more of it around.

    Args:
        photo: (h0, w0, 3) uint8 sRGB.
        person: (h0, w0) uint8, 255 where the person is.
    """
    photo, person = _with_room(photo, person, rng)
    alpha = np.clip((person.astype(np.float32) / 255 - _EDGE[0]) / (_EDGE[1] - _EDGE[0]), 0, 1)[..., None]
    height, width = person.shape
    around = _even(height, width, rng.uniform(12, 88), rng)
    staged = photo * alpha + around * (1 - alpha)
    if rng.random() < _VIGNETTE:
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        reach = np.hypot(x / rng.uniform(0.75, 1.0), (y - rng.uniform(-0.1, 0.1)) / rng.uniform(0.75, 1.0))
        fade = np.clip((reach - 0.75) / rng.uniform(0.1, 0.4), 0, 1)[..., None]
        paper = _even(height, width, rng.uniform(55, 96), rng)
        staged = staged * (1 - fade) + paper * fade
    return staged.round().astype(np.uint8)


def on_mount(crop: Tensor, rng: np.random.Generator) -> Tensor:
    """(3, size, size) uint8 sRGB: the picture, smaller, on a board or with the bare rim of its plate or film around."""
    size = crop.shape[1]
    is_rim = rng.random() < 0.4
    if is_rim:
        edges = rng.uniform(0, 0.07, 4) * (rng.random(4) < 0.7)
        lightness = rng.choice([rng.uniform(0, 12), rng.uniform(88, 100)])
    else:
        edges = rng.uniform(0.05, 0.22) * rng.uniform(0.6, 1.4, 4)
        lightness = rng.uniform(8, 97)
    top, bottom, left, right = (int(edge * size) for edge in edges)
    inner = (size - top - bottom, size - left - right)
    board = _even(size, size, lightness, rng, amplitude=2.0 if is_rim else 6.0)
    if not is_rim and rng.random() < 0.5:  # a line around the picture
        line, gap = int(rng.integers(1, 4)), int(rng.integers(0, 5))
        board[
            max(top - gap - line, 0) : size - max(bottom - gap - line, 0),
            max(left - gap - line, 0) : size - max(right - gap - line, 0),
        ] = rng.uniform(0, 255)
    out = torch.from_numpy(board.round().astype(np.uint8)).permute(2, 0, 1).contiguous()
    out[:, top : size - bottom, left : size - right] = F.interpolate(
        crop[None], size=inner, mode="bilinear", antialias=True
    )[0]
    return out


def _with_room(photo: np.ndarray, person: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Photo and mask with room on the sides where the person is not cut off, so that all of a backdrop can be seen."""
    if rng.random() < 0.4:
        return photo, person
    height, width = person.shape
    inside = person > 127
    room = rng.uniform(0, _WIDEST)
    free = [inside[0].mean() < _TOUCHES, inside[:, 0].mean() < _TOUCHES, inside[:, -1].mean() < _TOUCHES]
    top, left, right = (
        int(share * room * side * is_free)
        for share, side, is_free in zip((0.5, *rng.dirichlet((4, 4))), (height, width, width), free, strict=True)
    )
    margins = ((top, 0), (left, right))
    return np.pad(photo, (*margins, (0, 0))), np.pad(person, margins)


def _even(height: int, width: int, base: float, rng: np.random.Generator, amplitude: float = 14.0) -> np.ndarray:
    """(height, width, 3) float32 sRGB 0..255 of an even thing: L around `base`, sloping, darker or lighter towards its
    edges, mottled; gray, or faintly colored as paint, paper and card are.
    """
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    slope = rng.normal(0, amplitude / 2, 2)
    at = rng.uniform(-0.5, 0.5, 2)
    lightness = base + slope[0] * y + slope[1] * x
    lightness -= rng.normal(0.4, 0.7) * amplitude * ((y - at[0]) ** 2 + (x - at[1]) ** 2) / 2
    lightness += rng.uniform(0, amplitude / 3) * _mottling(height, width, int(rng.integers(3, 14)), rng)
    lightness += rng.uniform(0, amplitude / 3) * _texture(height, width, rng)
    kind = rng.random()
    if kind < 0.6:  # gray
        a, b = rng.normal(0, 1.2, 2)
    elif kind < 0.9:  # brown or cream
        a, b = rng.normal(1.5, 1.5), rng.normal(5, 3)
    else:  # any paint, faded
        a, b = rng.normal(0, 5, 2)
    plane = np.clip(lightness, 0, 100).astype(np.float32)
    rgb = lab.lab_to_srgb(plane, np.full_like(plane, a), np.full_like(plane, b))
    return np.clip(np.stack(rgb, -1), 0, 1).astype(np.float32) * 255


def _mottling(height: int, width: int, cells: int, rng: np.random.Generator) -> np.ndarray:
    """(height, width) smooth noise of about unit deviation, `cells` of it along each side."""
    coarse = torch.from_numpy(rng.standard_normal((1, 1, cells, cells)).astype(np.float32))
    return F.interpolate(coarse, size=(height, width), mode="bicubic")[0, 0].numpy()


def _texture(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """(height, width) noise of unit deviation whose strength falls with its frequency, as brushed canvas, plaster and
    the coarse grain of an enlarged plate have.
    """
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    falloff = np.maximum(frequency, 1 / 64) ** -rng.uniform(0.4, 1.6)
    noise = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((height, width))) * falloff, (height, width))
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)
