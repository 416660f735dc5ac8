"""Figures of a model on photographs it never saw, made the way the app does: predict, upsample, merge.

Every figure is given beside plain gray's, because PSNR and ab-MSE hardly tell good color from a brown veil:
look at colorfulness and its distance from the originals' as well, and at the pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.hints import Hint
from handtint.recipe.settings import Settings
from handtint.restore.colorizer import Colorizer
from handtint.restore.rendering import render
from handtint.restore.way import predict
from training.hint_filter import spread
from training.measuring.metrics import ab_mse, colorfulness, delta_e, lab_of, psnr, ssim

_HINT_RADIUS = 1 / 256  # of the short side: 2 x 2 pixels of a photo of 256
_SEED = 7

T = TypeVar("T")


@dataclass(frozen=True)
class Measured:
    """One colored photo against its original.

    Attributes:
        psnr: dB. ab_mse: Lab units squared. delta_e: CIEDE2000, mean. ssim: 1 is the same.
        colorfulness, colorfulness_original: Hasler-Suesstrunk.
        seconds: of prediction and merge.
    """

    psnr: float
    ab_mse: float
    delta_e: float
    ssim: float
    colorfulness: float
    colorfulness_original: float
    seconds: float


def measure(
    colorizer: Colorizer,
    photos: Sequence[np.ndarray],
    rows: Mapping[str, Settings],
    hints: Sequence[int] = (),
    progress: Progress | None = None,
) -> dict[str, list[Measured]]:
    """Figures of every photo by row name, all from one prediction: those of `rows`; `hints N`, at vividness 0, and
    `hints N, filter`, the control, which is the same hints spread without a model (see `hint_filter`).

    Args:
        photos: (h, w, 3) uint8 sRGB originals.
        hints: numbers of true-color patches, 2 x 2 pixels of a photo of 256, at random places; the places of a smaller
            number are among those of a larger one.

    Raises `Cancelled`.
    """
    progress = progress or Progress()
    measured: dict[str, list[Measured]] = {}
    for index, original in enumerate(photos):
        progress.step(index / len(photos), f"Coloring {index + 1} of {len(photos)}")
        truth = _Truth(original)
        photo = Photo(original)
        plain, seconds = _timed(lambda photo=photo: predict(photo, Settings(recolor=True), colorizer, Progress()))
        for name, settings in rows.items():
            measured.setdefault(name, []).append(truth.compare(photo, plain, settings, seconds))
        patches = true_hints(truth.lab, max(hints, default=0), index)
        for count in hints:
            settings = Settings(vividness=0.0, hints=patches[:count])
            measured.setdefault(f"hints {count}", []).append(truth.compare(photo, plain, settings, seconds))
            if count:
                lightness = photo.lightness()
                control = Prediction(spread(lightness, settings.hints, photo.size), lightness=lightness)
                row = truth.compare(photo, control, Settings(), 0.0)
                measured.setdefault(f"hints {count}, filter", []).append(row)
    return measured


class _Truth:
    """An original, and what colored versions of it are compared with."""

    def __init__(self, original: np.ndarray) -> None:
        self.lab = lab_of(original)
        self._original = original
        self._colorfulness = colorfulness(original)

    def compare(self, photo: Photo, prediction: Prediction, settings: Settings, seconds: float) -> Measured:
        rendered, merge_seconds = _timed(lambda: render(photo, prediction, settings, Progress()))
        shown = np.asarray(rendered.pixels)
        shown_lab = lab_of(shown)
        return Measured(
            psnr(shown, self._original),
            ab_mse(shown_lab[..., 1:], self.lab[..., 1:]),
            delta_e(shown_lab, self.lab),
            ssim(shown, self._original),
            colorfulness(shown),
            self._colorfulness,
            seconds + merge_seconds,
        )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def true_hints(lab_planes: np.ndarray, count: int, seed: int) -> tuple[Hint, ...]:
    """Hints of true color at random places of a photo (h, w, 3) Lab; a larger count begins with the same ones."""
    height, width = lab_planes.shape[:2]
    radius = max(min(height, width) * _HINT_RADIUS, 0.5)
    hints = []
    for u, v in np.random.default_rng((_SEED, seed)).random((count, 2)):
        x, y = radius + u * (width - 2 * radius), radius + v * (height - 2 * radius)
        rows, columns = slice(int(y - radius), int(y + radius) + 1), slice(int(x - radius), int(x + radius) + 1)
        a, b = lab_planes[rows, columns, 1:].reshape(-1, 2).mean(0)
        hints.append(Hint(float(x), float(y), float(radius), float(a), float(b)))
    return tuple(hints)


def evaluate(
    colorizer: Colorizer,
    photos: Sequence[np.ndarray],
    vividness: Sequence[float],
    hints: Sequence[int] = (),
    progress: Progress | None = None,
) -> dict[str, dict[str, float]]:
    """Figures over all photos by row name: `gray`, `vividness V`, `hints N`, `hints N, filter`; see `measure`.

    A row holds `psnr` (dB, mean), `psnr_gain` (over plain gray's), `ab_mse_mean`, `ab_mse_median` (Lab units squared),
    `ab_mse_ratio` (mean over plain gray's mean), `delta_e` (CIEDE2000), `ssim`, `colorfulness`,
    `colorfulness_originals`, `colorfulness_distance` (mean distance from each original's), `photos_per_second` (network
    and merge).
    """
    settings = {"gray": Settings(strength=0.0)}
    settings |= {f"vividness {value:g}": Settings(vividness=value) for value in vividness}
    rows = measure(colorizer, photos, settings, hints, progress)
    gray = figures_of(rows["gray"])
    return {
        name: {
            **figures,
            "psnr_gain": figures["psnr"] - gray["psnr"],
            "ab_mse_ratio": figures["ab_mse_mean"] / gray["ab_mse_mean"],
        }
        for name, figures in ((name, figures_of(row)) for name, row in rows.items())
    }


def figures_of(row: Sequence[Measured]) -> dict[str, float]:
    """Figures over all photos of a row; those of `evaluate` that need no other row."""
    errors = [one.ab_mse for one in row]
    return {
        "psnr": float(np.mean([one.psnr for one in row])),
        "ab_mse_mean": float(np.mean(errors)),
        "ab_mse_median": float(np.median(errors)),
        "delta_e": float(np.mean([one.delta_e for one in row])),
        "ssim": float(np.mean([one.ssim for one in row])),
        "colorfulness": float(np.mean([one.colorfulness for one in row])),
        "colorfulness_originals": float(np.mean([one.colorfulness_original for one in row])),
        "colorfulness_distance": float(np.mean([abs(one.colorfulness - one.colorfulness_original) for one in row])),
        "photos_per_second": len(row) / sum(one.seconds for one in row),
    }


def table(figures: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| | PSNR dB | gain | ab-MSE mean | ab-MSE median | of gray's | delta E | SSIM "
        "| colorfulness | originals' | distance | photos/s |",
        "|---" + "|---:" * 11 + "|",
    ]
    for name, row in figures.items():
        lines.append(
            f"| {name} | {row['psnr']:.2f} | {row['psnr_gain']:+.2f} | {row['ab_mse_mean']:.1f} "
            f"| {row['ab_mse_median']:.1f} | {row['ab_mse_ratio']:.2f} | {row['delta_e']:.2f} | {row['ssim']:.3f} "
            f"| {row['colorfulness']:.1f} | {row['colorfulness_originals']:.1f} | {row['colorfulness_distance']:.1f} "
            f"| {row['photos_per_second']:.1f} |"
        )
    return "\n".join(lines)
