"""Figures of a colored picture against its original. Lab units and 8-bit sRGB; sources stand at each."""

from __future__ import annotations

import numpy as np

from handtint.imaging import lab


def colorfulness(srgb: np.ndarray) -> float:
    """Colorfulness M of (h, w, 3) sRGB 0..255 (Hasler, Suesstrunk 2003)."""
    red, green, blue = (srgb[..., i].astype(np.float64) for i in range(3))
    rg, yb = red - green, 0.5 * (red + green) - blue
    return float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))


def psnr(srgb: np.ndarray, original: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of (h, w, 3) sRGB 0..255 over all channels."""
    error = np.mean((srgb.astype(np.float64) - original.astype(np.float64)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-10)))


def ab_mse(ab: np.ndarray, original: np.ndarray) -> float:
    """Mean squared error of (h, w, 2) ab over pixels and both channels, Lab units squared."""
    return float(np.mean((ab.astype(np.float64) - original.astype(np.float64)) ** 2))


def lab_of(srgb: np.ndarray) -> np.ndarray:
    """(h, w, 3) float32 Lab of (h, w, 3) uint8 sRGB."""
    planes = np.moveaxis(srgb.astype(np.float32) / 255, -1, 0)
    return np.stack(lab.srgb_to_lab(*planes), axis=-1)


def delta_e(lab_planes: np.ndarray, original: np.ndarray) -> float:
    """Mean color difference CIEDE2000 of (h, w, 3) Lab (Sharma, Wu, Dalal 2005); about 1 is just seen."""
    from skimage.color import deltaE_ciede2000  # training does without its import's second

    return float(deltaE_ciede2000(original, lab_planes).mean())


def ssim(srgb: np.ndarray, original: np.ndarray) -> float:
    """Structural similarity of (h, w, 3) uint8 sRGB, mean over the channels (Wang et al. 2004); 1 is the same."""
    from skimage.metrics import structural_similarity

    return float(np.asarray(structural_similarity(original, srgb, channel_axis=2, data_range=255)))
