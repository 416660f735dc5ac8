"""How much a picture looks like a negative in black and white: half of a ResNet18, run without torch.

What it says only changes its sign when the picture is inverted. The network is the published one (ImageNet) up to its
second stage, for one gray plane, batch norm folded in; what it finds in eight parts of the picture is weighed by a
logistic regression, which `training/fit_negatives.py` fits to tell photographs from negatives of them.
"""

from __future__ import annotations

import functools

import numpy as np

from handtint import paths

SIDE = 80  # of the square that a picture is squeezed into
ROOM = (4, 2)  # rows and columns of the places whose features are told apart
BLOCKS = ("layer1.0", "layer1.1", "layer2.0", "layer2.1")
NARROWING = "layer2.0"  # the block whose stride is 2
_LEAST_CONTRAST = 0.01


def negativeness(gray: np.ndarray) -> float:
    """Above 0 for what looks like a negative: about the log of the odds.

    Args:
        gray: (80, 80), 0..1, encoded.
    """
    picture, last = in_room(gray[None])[0], _weights()["last.weight"]
    return float(last @ (features(-picture) - features(picture)))


def in_room(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w) about zero, and of one contrast, so that a faded picture counts as any other."""
    middle = pictures.mean(axis=(1, 2), keepdims=True)
    contrast = np.maximum(pictures.std(axis=(1, 2), keepdims=True), _LEAST_CONTRAST)
    return ((pictures - middle) / contrast).astype(np.float32)


def features(picture: np.ndarray) -> np.ndarray:
    """(1024,) of (80, 80) in room: 128 channels at 4 x 2 places, channels first."""
    x = np.maximum(_convolved(picture[None], "conv1", 2), 0)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))  # zeros are no larger than what is there
    x = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2].max(axis=(3, 4))
    for block in BLOCKS:
        stride = 2 if block == NARROWING else 1
        aside = _convolved(x, f"{block}.downsample", 2) if stride == 2 else x
        x = np.maximum(_convolved(x, f"{block}.conv1", stride), 0)
        x = np.maximum(_convolved(x, f"{block}.conv2", 1) + aside, 0)
    rows, columns = (_places(side, count) for side, count in zip(x.shape[1:], ROOM, strict=True))
    return np.einsum("chw,ih,jw->cij", x, rows, columns, optimize=True).ravel()


@functools.cache
def _weights() -> dict[str, np.ndarray]:
    """Kernels are stored as whole numbers of a step of their own for each channel."""
    with np.load(paths.resources_dir() / "negative.npz") as file:
        stored = {name: file[name].astype(np.float32) for name in file.files}
    steps = {name: stored.pop(name) for name in list(stored) if name.endswith(".step")}
    for name, step in steps.items():
        stored[name.replace(".step", ".weight")] *= step[:, None, None, None]
    return stored


def _convolved(x: np.ndarray, name: str, stride: int) -> np.ndarray:
    """(channels, h, w) at every place or every second one, zeros beyond the edges."""
    kernel, bias = _weights()[f"{name}.weight"], _weights()[f"{name}.bias"]
    reach = kernel.shape[2] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[2:], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("chwij,ocij->ohw", windows, kernel, optimize=True) + bias[:, None, None]


def _places(side: int, count: int) -> np.ndarray:
    """(count, side) shares by which cells make means of `count` parts, which may overlap by a cell."""
    shares = np.zeros((count, side), np.float32)
    for i in range(count):
        start, stop = i * side // count, -(-(i + 1) * side // count)
        shares[i, start:stop] = 1 / (stop - start)
    return shares
