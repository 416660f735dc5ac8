"""Photographs for training: found in folders and tar shards, decoded once, cropped at random into batches.

Photos stand in memory as uint8 sRGB with a short side of at most `keep` pixels, so that an epoch costs no decoding.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.nn import functional as F

from handtint.errors import HandtintError
from handtint.imaging import lab
from training import selection

_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}
_MIN_SIDE = 64
_MIN_CHROMA = 1.0  # mean Lab chroma under which a photo is gray and teaches nothing


class DataError(HandtintError):
    """The photographs are too few or cannot be read."""


@dataclass(frozen=True)
class PhotoSet:
    """Photos and why others were left out.

    Attributes:
        names: of the photos kept.
        photos: (h, w, 3) uint8 sRGB arrays.
        held_out: whether a photo belongs to the validation part, decided by the hash of its content.
        left_out: how many files were not used, by reason.
    """

    names: list[str]
    photos: list[np.ndarray]
    held_out: list[bool]
    left_out: dict[str, int]

    def part(self, *, held_out: bool) -> PhotoSet:
        chosen = [i for i, held in enumerate(self.held_out) if held == held_out]
        return PhotoSet(
            [self.names[i] for i in chosen],
            [self.photos[i] for i in chosen],
            [held_out] * len(chosen),
            self.left_out,
        )


def load_photos(sources: Sequence[Path], keep: int, validation_share: float = 0.05) -> PhotoSet:
    """Read all color photographs below folders and inside tar files, shrunk to a short side of `keep`.

    Raises `DataError` where a source is missing or holds no color photograph.
    """
    names, photos = [], []
    left_out = {"not readable": 0, "too small": 0, "gray": 0, "tinted": 0, "duplicate": 0}
    seen: dict[bytes, None] = {}  # in order
    with ThreadPoolExecutor(2) as pool:
        for name, digest, result in pool.map(lambda item: _decode(*item, keep), _files(sources)):
            if isinstance(result, str):
                left_out[result] += 1
            elif digest in seen:
                left_out["duplicate"] += 1
            else:
                seen[digest] = None
                names.append(name)
                photos.append(result)
    if not photos:
        where = ", ".join(f'"{source}"' for source in sources)
        raise DataError(f"No color photographs were found in {where}. Choose a folder of color photos or tar files.")
    return PhotoSet(names, photos, selection.held_out(list(seen), validation_share), left_out)


def _files(sources: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    for source in sources:
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.suffix.lower() in _SUFFIXES and path.is_file():
                    yield path.name, path.read_bytes()
        elif source.is_file():
            try:
                with tarfile.open(source) as archive:
                    for member in archive:
                        file = archive.extractfile(member)
                        if file and Path(member.name).suffix.lower() in _SUFFIXES:
                            yield member.name, file.read()
            except tarfile.TarError as error:
                raise DataError(f'"{source}" is not a readable tar file: {error}.') from error
        else:
            raise DataError(f'"{source}" does not exist. Give a folder of photos or a tar file.')


def _decode(name: str, content: bytes, keep: int) -> tuple[str, bytes, np.ndarray | str]:
    digest = hashlib.sha256(content).digest()
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (keep, keep))
            photo = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return name, digest, "not readable"
    short = min(photo.size)
    if short < _MIN_SIDE:
        return name, digest, "too small"
    if short > keep:
        size = (round(photo.width * keep / short), round(photo.height * keep / short))
        photo = photo.resize(size, Image.Resampling.LANCZOS)
    pixels = np.array(photo)
    thumbnail = np.asarray(photo.resize((48, 48), Image.Resampling.BOX), np.float32) / 255
    lightness, a, b = lab.srgb_to_lab(*np.moveaxis(thumbnail, -1, 0))
    if float(np.hypot(a, b).mean()) < _MIN_CHROMA:
        return name, digest, "gray"
    if selection.is_tinted(lightness, a, b):
        return name, digest, "tinted"
    return name, digest, pixels


class Crops:
    """Random square crops of photos, mirrored at random, in batches on a device.

    Drawing is repeatable: batch number `step` depends on the seed and on `step` only.
    """

    def __init__(self, photos: PhotoSet, repeat: dict[str, int], seed: int) -> None:
        self._photos = photos.photos
        self._order = np.array(
            [
                index
                for index, name in enumerate(photos.names)
                for _ in range(max((n for prefix, n in repeat.items() if name.startswith(prefix)), default=1))
            ]
        )
        self._seed = seed

    def __len__(self) -> int:
        """Photos an epoch."""
        return len(self._order)

    def batch(self, drawn: int, count: int, size: int) -> Tensor:
        """(count, 3, size, size) uint8 sRGB: photos number `drawn` to `drawn + count` of the shuffled epochs."""
        out = torch.empty((count, 3, size, size), dtype=torch.uint8)
        for i in range(count):
            epoch, place = divmod(drawn + i, len(self._order))
            order = self._epoch_order(epoch)
            rng = np.random.default_rng((self._seed, 1, drawn + i))
            out[i] = random_crop(self._photos[self._order[order[place]]], size, rng)
        return out

    def _epoch_order(self, epoch: int) -> np.ndarray:
        if getattr(self, "_shuffled", (-1,))[0] != epoch:
            rng = np.random.default_rng((self._seed, 0, epoch))
            self._shuffled = (epoch, rng.permutation(len(self._order)))
        return self._shuffled[1]


def random_crop(photo: np.ndarray, size: int, rng: np.random.Generator) -> Tensor:
    """(3, size, size) uint8: a random square of 60 to 100 % of the short side, resized, half of them mirrored."""
    height, width = photo.shape[:2]
    side = max(int(min(height, width) * rng.uniform(0.6, 1.0)), min(size, height, width))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    crop = torch.from_numpy(photo[top : top + side, left : left + side])
    if rng.random() < 0.5:
        crop = crop.flip(1)
    crop = crop.permute(2, 0, 1)[None].contiguous()
    if side != size:
        crop = F.interpolate(crop, size=(size, size), mode="bilinear", antialias=True)
    return crop[0]
