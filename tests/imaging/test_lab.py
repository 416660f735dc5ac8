"""Lab against scikit-image, for numpy arrays and torch tensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.color import lab2rgb, rgb2lab

from handtint.imaging.color import lab


def colors() -> np.ndarray:
    """(N, 3) sRGB 0..1: a full cube with its faces, edges and corners, dark colors and random ones."""
    side = np.linspace(0, 1, 33)
    cube = np.stack(np.meshgrid(side, side, side), -1).reshape(-1, 3)
    random = np.random.default_rng(0).random((4000, 3))
    return np.concatenate([cube, random, random * 0.05])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_numpy_lab_agrees_with_scikit_image(dtype: type) -> None:
    srgb = colors()
    ours = np.stack(lab.srgb_to_lab(*srgb.astype(dtype).T), -1)
    assert ours.dtype == dtype
    assert np.abs(ours - rgb2lab(srgb)).max() < 0.001


def test_torch_lab_agrees_with_scikit_image() -> None:
    srgb = colors()
    ours = torch.stack(lab.srgb_to_lab(*torch.tensor(srgb.T, dtype=torch.float32)), -1)
    assert ours.dtype == torch.float32
    assert np.abs(ours.numpy() - rgb2lab(srgb)).max() < 0.001


@pytest.mark.parametrize("module", [np, torch])
def test_srgb_of_lab_agrees_with_scikit_image(module: object) -> None:
    values = rgb2lab(colors())
    planes = values.T.astype(np.float32)
    back = lab.lab_to_srgb(*(torch.from_numpy(planes.copy()) if module is torch else planes))
    assert np.abs(np.stack([np.asarray(plane) for plane in back], -1) - lab2rgb(values)).max() < 2e-5


def test_lightness_of_gray_is_that_of_its_color() -> None:
    gray = np.linspace(0, 1, 256)
    assert np.abs(lab.gray_to_lightness(gray) - rgb2lab(np.stack([gray] * 3, -1))[:, 0]).max() < 0.001


def test_colors_outside_srgb_leave_the_unit_range_instead_of_being_clipped() -> None:
    red, green, blue = lab.lab_to_srgb(*np.array([[50.0], [120.0], [0.0]]))
    assert red[0] > 1 or green[0] < 0 or blue[0] < 0
    assert np.isfinite([red, green, blue]).all()
