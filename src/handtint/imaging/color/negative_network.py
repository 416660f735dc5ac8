"""How much a picture looks like a negative in black and white: a little network, run without torch.

What it says only changes its sign when the picture is inverted. It has some 14,000 weights, fitted by
`training/fit_negatives.py` to tell photographs from the same photographs inverted.
"""

from __future__ import annotations

import functools

import numpy as np

from handtint import paths

SIDE = 64  # of the square that a picture is squeezed into
ROOM = (4, 2)  # rows and columns of the places whose features are told apart
_LEAST_CONTRAST = 0.01


def negativeness(gray: np.ndarray) -> float:
    """Above 0 for what looks like a negative: about the log of the odds.

    Args:
        gray: (64, 64), 0..1, encoded.
    """
    picture = in_room(gray[None])
    return _half(-picture[0]) - _half(picture[0])


def in_room(pictures: np.ndarray) -> np.ndarray:
    """(n, h, w) about zero, and of one contrast, so that a faded picture counts as any other."""
    middle = pictures.mean(axis=(1, 2), keepdims=True)
    contrast = np.maximum(pictures.std(axis=(1, 2), keepdims=True), _LEAST_CONTRAST)
    return ((pictures - middle) / contrast).astype(np.float32)


@functools.cache
def _weights() -> dict[str, np.ndarray]:
    with np.load(paths.resources_dir() / "negative.npz") as file:
        return {name: file[name].astype(np.float32) for name in file.files}


def _half(picture: np.ndarray) -> float:
    weights, x = _weights(), picture[None]
    for name in ("first", "second", "third"):
        x = np.maximum(_convolved(x, weights[f"{name}.weight"], weights[f"{name}.bias"]), 0)
    channels, height, width = x.shape
    places = x.reshape(channels, ROOM[0], height // ROOM[0], ROOM[1], width // ROOM[1]).mean(axis=(2, 4))
    return float(weights["last.weight"][0] @ places.ravel())


def _convolved(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(channels, h, w) at every second place, zeros beyond the edges."""
    reach = kernel.shape[2] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[2:], axis=(1, 2))[:, ::2, ::2]
    return np.einsum("chwij,ocij->ohw", windows, kernel, optimize=True) + bias[:, None, None]
