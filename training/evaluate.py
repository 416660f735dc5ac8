"""Figures of a model on photographs it never saw, made through the app's own way: predict, upsample, merge.

Every figure stands beside plain gray's, because PSNR and ab-MSE hardly tell good color from a brown veil:
look at colorfulness and its distance from the originals' as well, and at the pictures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from handtint import restore
from handtint.imaging import lab
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from training.metrics import ab_mse, colorfulness, psnr


def evaluate(
    colorizer: restore.Colorizer,
    photos: Sequence[np.ndarray],
    vividness: Sequence[float],
    progress: Progress | None = None,
) -> dict[str, dict[str, float]]:
    """Figures by row name: `gray`, then `vividness V` for each asked for.

    Args:
        photos: (h, w, 3) uint8 sRGB originals.

    A row holds `psnr` (dB, mean), `ab_mse_mean`, `ab_mse_median` (Lab units squared), `ab_mse_ratio` (mean
    over plain gray's mean), `colorfulness` (mean), `colorfulness_originals`, `photos_per_second` (network and merge).
    """
    progress = progress or Progress()
    figures: dict[str, list[tuple[float, float, float]]] = {"gray": []}
    originals: list[float] = []
    seconds = 0.0
    for index, original in enumerate(photos):
        progress.step(index / len(photos), f"Coloring {index + 1} of {len(photos)}")
        true_ab = _ab(original)
        originals.append(colorfulness(original))
        photo = Photo(original)
        started = time.perf_counter()
        prediction = restore.predict(photo, restore.Settings(), colorizer, Progress())
        seconds += time.perf_counter() - started
        gray = restore.Settings(strength=0.0)
        rows = {"gray": gray} | {f"vividness {v:g}": restore.Settings(vividness=v) for v in vividness}
        for name, settings in rows.items():
            started = time.perf_counter()
            shown = restore.render(photo, prediction, settings, Progress()).pixels
            seconds += time.perf_counter() - started
            one = psnr(shown, original), ab_mse(_ab(shown), true_ab), colorfulness(shown)
            figures.setdefault(name, []).append(one)
    gray_error = float(np.mean([row[1] for row in figures["gray"]]))
    return {
        name: {
            "psnr": float(np.mean([row[0] for row in rows])),
            "ab_mse_mean": float(np.mean([row[1] for row in rows])),
            "ab_mse_median": float(np.median([row[1] for row in rows])),
            "ab_mse_ratio": float(np.mean([row[1] for row in rows])) / gray_error,
            "colorfulness": float(np.mean([row[2] for row in rows])),
            "colorfulness_originals": float(np.mean(originals)),
            "photos_per_second": len(photos) / seconds,
        }
        for name, rows in figures.items()
    }


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| | PSNR dB | ab-MSE mean | ab-MSE median | of gray's | colorfulness | originals' |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, row in figures.items():
        lines.append(
            f"| {name} | {row['psnr']:.2f} | {row['ab_mse_mean']:.1f} | {row['ab_mse_median']:.1f} "
            f"| {row['ab_mse_ratio']:.2f} | {row['colorfulness']:.1f} | {row['colorfulness_originals']:.1f} |"
        )
    return "\n".join(lines)


def _ab(pixels: np.ndarray) -> np.ndarray:
    planes = np.moveaxis(pixels.astype(np.float32) / 255, -1, 0)
    return np.stack(lab.srgb_to_lab(*planes)[1:], axis=-1)
