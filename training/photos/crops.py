"""Random crops of photographs in batches, the people in some staged like old pictures."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training.photos import studio
from training.photos.found import PhotoSet
from training.photos.plain import plain

_SMALLEST = 0.65  # side of a crop to learn from, of the size it is brought to
_LEAST = 0.5  # side of a crop, of the photo's short side, where the photo is large enough
_STRETCH = 4 / 3  # most that a crop is higher than wide, or wider than high, before it is brought to a square


class Crops:
    """Random square crops of photos, mirrored at random, in batches on a device.

    Drawing is repeatable: batch number `step` depends on the seed and on `step` only.

    Args:
        studio: chance that a person with a mask is set before a studio's backdrop.
        mounts: chance that a photo is set on a mount, or gets the rim of a plate.
        plain: chance that a person with a mask of the face gets plain clothes and white, gray or black hair.
    """

    def __init__(
        self,
        photos: PhotoSet,
        repeat: dict[str, int],
        seed: int,
        studio: float = 0.0,
        mounts: float = 0.0,
        plain: float = 0.0,
    ) -> None:
        self._photos = photos.photos
        self._people = photos.people
        self._studio = studio
        self._mounts = mounts
        self._plain = plain
        self._labels = photos.label_numbers()
        self._order = np.array(
            [
                index
                for index, name in enumerate(photos.names)
                for _ in range(max((n for prefix, n in repeat.items() if name.startswith(prefix)), default=1))
            ]
        )
        self._seed = seed
        self._shuffled: tuple[int, np.ndarray] = (-1, self._order)

    def __len__(self) -> int:
        """Photos an epoch."""
        return len(self._order)

    def batch(self, drawn: int, count: int, size: int) -> Tensor:
        """(count, 3, size, size) uint8 sRGB: photos number `drawn` to `drawn + count` of the shuffled epochs."""
        out = torch.empty((count, 3, size, size), dtype=torch.uint8)
        for i in range(count):
            rng = np.random.default_rng((self._seed, 1, drawn + i))
            out[i] = self._crop(self._photo_number(drawn + i), size, rng)
        return out

    def _crop(self, number: int, size: int, rng: np.random.Generator) -> Tensor:
        photo = self._photos[number]
        person = self._people[number] if self._people else None
        if person is not None:
            if self._plain and rng.random() < self._plain:
                photo = plain(photo, person[..., 0], person[..., 1], rng)
            if rng.random() < self._studio:
                photo = studio.before_backdrop(photo, person[..., 0], rng)
        crop = random_crop(photo, size, rng)
        return studio.on_mount(crop, rng) if self._mounts and rng.random() < self._mounts else crop

    def labels(self, drawn: int, count: int) -> Tensor:
        """(count,) int64 classes of the photos that `batch` crops for these numbers; -1 for no label."""
        return self._labels[[self._photo_number(drawn + i) for i in range(count)]]

    def _photo_number(self, drawn: int) -> int:
        epoch, place = divmod(drawn, len(self._order))
        return int(self._order[self._epoch_order(epoch)[place]])

    def _epoch_order(self, epoch: int) -> np.ndarray:
        shuffled = self._shuffled  # batches are made in another thread than labels are asked for in
        if shuffled[0] != epoch:
            rng = np.random.default_rng((self._seed, 0, epoch))
            shuffled = self._shuffled = epoch, rng.permutation(len(self._order))
        return shuffled[1]


def random_crop(photo: np.ndarray, size: int, rng: np.random.Generator) -> Tensor:
    """(3, size, size) uint8: a random part of a photo, brought to a square, half of them mirrored.

    Its sides are about half to all of the photo's short side, one up to a third longer than the other; it is enlarged
    by a half at most.
    """
    height, width = photo.shape[:2]
    short = min(height, width)
    side = short * rng.uniform(_LEAST, 1.0)
    stretch = _STRETCH ** rng.uniform(-0.5, 0.5)
    least = min(int(size * _SMALLEST), short)
    high, wide = int(np.clip(side * stretch, least, height)), int(np.clip(side / stretch, least, width))
    top, left = rng.integers(0, height - high + 1), rng.integers(0, width - wide + 1)
    crop = torch.from_numpy(photo[top : top + high, left : left + wide])
    if rng.random() < 0.5:
        crop = crop.flip(1)
    crop = crop.permute(2, 0, 1)[None].contiguous()
    if (high, wide) != (size, size):
        crop = F.interpolate(crop, size=(size, size), mode="bilinear", antialias=True)
    return crop[0]
