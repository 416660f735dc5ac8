"""People in training photographs given plain clothes and gray or white hair, as most wear in old photographs.

Modern portraits hold few old people, and their clothes have any color. A network that learned from them alone gives
white hair the skin's tone and a dark suit any color there is. Skin keeps its own.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from handtint.imaging.color import lab

_LIKE_SKIN = 9.0  # ab distance from the face's mean color at which a thing is hardly skin
_BALD = 5.0  # distance of half L, a and b between forehead and crown below which there is no hair to be told from skin
_EDGE = (0.45, 0.75)  # of a mask, between which a person's outline fades
_SMALLEST = 60  # pixels of a face by which skin's color is known
_CLOTHES = 0.75  # chance that clothes are made plain, where a person is
_HAIR = 0.75  # and hair


def plain(photo: np.ndarray, person: np.ndarray, face: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(h, w, 3) uint8 sRGB with hair and clothes neutral, or the photo itself where it shows no face.

    Args:
        photo: (h, w, 3) uint8 sRGB.
        person, face: (h, w) uint8, 255 where they are.
    """
    inside = face > 127
    if inside.sum() < _SMALLEST:
        return photo
    lightness, a, b = lab.srgb_to_lab(*np.moveaxis(photo.astype(np.float32) / 255, -1, 0))
    outline = np.clip((person.astype(np.float32) / 255 - _EDGE[0]) / (_EDGE[1] - _EDGE[0]), 0, 1)
    away = np.hypot(a - np.median(a[inside]), b - np.median(b[inside]))
    dark = lightness < 0.45 * np.median(lightness[inside])
    skin = np.where(dark, 0.0, np.clip(2 - away / _LIKE_SKIN, 0, 1)).astype(np.float32)
    face_rows, face_columns = np.nonzero(inside)
    wide = float(np.ptp(face_columns)) + 1
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    high = np.ptp(face_rows)
    chin = face_rows.max() - 0.1 * high
    above, brow = y < face_rows.min() - 0.1 * high, y < face_rows.min() + 0.22 * high
    forehead, crown = inside & brow, (outline > 0.9) & above & (np.abs(x - face_columns.mean()) < 0.6 * wide)
    if min(forehead.sum(), crown.sum()) >= _SMALLEST / 2:
        # Fair hair has nearly skin's hue: beside and above the face a pixel is what it is more like, forehead or crown.
        colors = np.stack([lightness / 2, a, b], -1)
        of_skin, of_hair = (np.median(colors[part], 0) for part in (forehead, crown))
        if np.linalg.norm(of_skin - of_hair) > _BALD:
            to_skin, to_hair = (np.linalg.norm(colors - color, axis=-1) for color in (of_skin, of_hair))
            likeness = np.clip(0.5 + 2 * (to_hair - to_skin) / np.maximum(to_hair + to_skin, 1e-3), 0, 1)
            skin = np.where(y < chin, likeness, skin).astype(np.float32)
    skin = np.maximum(_blurred(skin, max(1, int(wide * 0.04))), _blurred(inside.astype(np.float32), int(wide * 0.03)))
    changed = outline * (1 - np.clip(2 * skin, 0, 1))
    # Hair lies above the chin and not far to the sides of the face; what is lower may be clothes or long hair.
    beside = np.abs(x - face_columns.mean()) < 1.1 * wide
    head = _blurred(((y < chin) & beside).astype(np.float32), max(1, int(wide * 0.04)))
    hair, clothes = changed * head, changed * (1 - head)
    if rng.random() < _CLOTHES:
        a, b = _neutral(a, clothes, rng.normal(0, 1.2), rng), _neutral(b, clothes, rng.normal(0, 2.0), rng)
    if rng.random() < _HAIR and hair.sum() > _SMALLEST:
        a, b = _neutral(a, hair, rng.normal(0, 1.0), rng), _neutral(b, hair, rng.normal(2.0, 2.0), rng)
        if rng.random() < 0.75:  # white or gray, not black
            mean = (lightness * hair).sum() / hair.sum()
            white = np.clip(rng.uniform(55, 88) + (lightness - mean) * rng.uniform(0.7, 1.5), 3, 99)
            lightness = lightness + hair * (white - lightness)
    rgb = np.stack(lab.lab_to_srgb(lightness, a, b), -1)
    return (np.clip(rgb, 0, 1) * 255).round().astype(np.uint8)


def _neutral(plane: np.ndarray, share: np.ndarray, value: float, rng: np.random.Generator) -> np.ndarray:
    return plane + share * (np.float32(value) - plane * np.float32(1 - rng.uniform(0, 0.12)))


def _blurred(plane: np.ndarray, radius: int) -> np.ndarray:
    """(h, w) means of squares of `radius` to each side."""
    tensor = torch.from_numpy(np.ascontiguousarray(plane, np.float32))[None, None]
    padded = F.pad(tensor, (radius,) * 4, mode="replicate")
    return F.avg_pool2d(padded, 2 * radius + 1, 1)[0, 0].numpy()
