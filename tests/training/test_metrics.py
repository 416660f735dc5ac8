"""Figures of pictures, against scikit-image's."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000
from skimage.metrics import structural_similarity

from training.measuring.metrics import delta_e, ssim


def test_delta_e_is_scikit_images() -> None:
    random = np.random.default_rng(0)
    original = random.uniform((0, -90, -90), (100, 90, 90), (60, 50, 3))
    other = original + random.normal(0, 8, original.shape)
    original[:5, :, 1:] = 0  # gray beside color, color beside gray, gray beside gray
    other[3:8, :, 1:] = 0
    for row in range(len(original)):
        expected = deltaE_ciede2000(original[row], other[row]).mean()
        assert delta_e(other[row : row + 1], original[row : row + 1]) == pytest.approx(expected, rel=1e-9)


def test_structural_similarity_is_scikit_images() -> None:
    random = np.random.default_rng(1)
    original = random.integers(0, 256, (40, 53, 3), dtype=np.uint8)
    other = np.clip(original + random.normal(0, 20, original.shape), 0, 255).astype(np.uint8)
    expected = structural_similarity(original, other, channel_axis=2, data_range=255)
    assert ssim(other, original) == pytest.approx(expected, rel=1e-9)
    assert ssim(original, original) == pytest.approx(1)
