"""How far the variants of a photo differ, and how near the best of them comes to the original.

The control is what turning all hues would give: the default coloring, turned by plus and minus the angle at which these
three differ as much as the variants do, photo by photo.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from handtint.errors import HandtintError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.progress import Progress
from handtint.recipe.settings import VARIANTS, Settings
from handtint.restore.colorizer import Colorizer
from handtint.restore.rendering import render
from handtint.restore.way import predict
from training.measuring.metrics import colorfulness, delta_e, lab_of, psnr

_PAIRS = ((0, 1), (0, 2), (1, 2))
_WIDEST = 120.0  # degrees: three hues are as far from each other as they can be
_ROUNDS = 10  # halvings of the angle's range: to a tenth of a degree


class VariantsError(HandtintError):
    """The model has no variants."""


def measure_variants(
    colorizer: Colorizer, photos: Sequence[np.ndarray], progress: Progress | None = None
) -> dict[str, dict[str, float]]:
    """Means over photos, (h, w, 3) uint8 sRGB originals, by row: `variant 1` to `variant 3`, `best`, `turned best`.

    A row holds `psnr` (dB), `psnr_gain` (over variant 1, the default), `colorfulness`, `share` (of photos whose best
    the variant is), and those of the bests `delta_e_1_2`, `delta_e_1_3`, `delta_e_2_3` (CIEDE2000 between them) and
    `degrees` (turned). Raises `VariantsError`, `Cancelled`.
    """
    progress = progress or Progress()
    psnrs: list[list[float]] = []
    vivid: list[list[float]] = []
    apart: list[list[float]] = []
    turns: list[float] = []
    for index, original in enumerate(photos):
        progress.step(index / len(photos), f"Coloring {index + 1} of {len(photos)}")
        photo = Photo(original)
        prediction = predict(photo, Settings(recolor=True), colorizer, Progress())
        if prediction.variants < VARIANTS:
            raise VariantsError(f'The model "{colorizer.card.name}" has one coloring of a photo, so no variants.')
        shown = [_render(photo, prediction, number) for number in range(VARIANTS)]
        planes = [lab_of(pixels) for pixels in shown]
        differences = [delta_e(planes[i], planes[j]) for i, j in _PAIRS]
        degrees = _angle(planes[0], float(np.mean(differences)))
        turned = [shown[0]] + [_render(photo, _turned(prediction, angle)) for angle in (degrees, -degrees)]
        turned_planes = [lab_of(pixels) for pixels in turned]
        psnrs.append([psnr(pixels, original) for pixels in (*shown, *turned[1:])])
        vivid.append([colorfulness(pixels) for pixels in shown])
        apart.append(differences + [delta_e(turned_planes[i], turned_planes[j]) for i, j in _PAIRS])
        turns.append(degrees)
    return _rows(np.array(psnrs), np.array(vivid), np.array(apart), turns)


def _render(photo: Photo, prediction: Prediction, variant: int = 0) -> np.ndarray:
    return np.asarray(render(photo, prediction, Settings(variant=variant), Progress()).pixels)


def _turned(prediction: Prediction, degrees: float) -> Prediction:
    """The default coloring, all hues turned."""
    ab = prediction.ab_at(Settings().vividness)
    return replace(prediction, ab=(ab @ _rotation(degrees)).astype(np.float32), logits=None, bins=None)


def _rotation(degrees: float) -> np.ndarray:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cosine, sine], [-sine, cosine]])


def _angle(planes: np.ndarray, wanted: float) -> float:
    """Degrees at which a picture (h, w, 3) Lab and it turned both ways differ by `wanted` in the mean of the pairs."""
    small = planes[::4, ::4]
    low, high = 0.0, _WIDEST
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        three = [np.dstack([small[..., 0], small[..., 1:] @ _rotation(turn)]) for turn in (0.0, middle, -middle)]
        if np.mean([delta_e(three[i], three[j]) for i, j in _PAIRS]) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _rows(psnrs: np.ndarray, vivid: np.ndarray, apart: np.ndarray, turns: list[float]) -> dict[str, dict[str, float]]:
    """Means by row of (photos, 3 + 2) PSNR, (photos, 3) colorfulness, (photos, 3 + 3) delta E."""
    default = float(psnrs[:, 0].mean())
    three, turned = psnrs[:, :3], psnrs[:, [0, 3, 4]]
    winner = three.argmax(1)
    rows: dict[str, dict[str, float]] = {}
    for number in range(VARIANTS):
        mean = float(three[:, number].mean())
        rows[f"variant {number + 1}"] = {
            "psnr": mean,
            "psnr_gain": mean - default,
            "colorfulness": float(vivid[:, number].mean()),
            "share": float((winner == number).mean()),
        }
    for name, group, pairs, degrees in (
        ("best", three, apart[:, :3], 0.0),
        ("turned best", turned, apart[:, 3:], float(np.mean(turns))),
    ):
        best = float(group.max(1).mean())
        between = {f"delta_e_{i + 1}_{j + 1}": float(pairs[:, k].mean()) for k, (i, j) in enumerate(_PAIRS)}
        rows[name] = {"psnr": best, "psnr_gain": best - default, **between, "degrees": degrees}
    return rows


def variants_table(rows: dict[str, dict[str, float]]) -> str:
    """The rows as a Markdown table."""
    names = {"best": "best of the three", "turned best": "best of three, hues turned by {degrees:.0f}°"}
    columns = ("delta_e_1_2", "delta_e_1_3", "delta_e_2_3")
    lines = [
        "| | PSNR dB | gain | best on | colorfulness | delta E 1-2 | 1-3 | 2-3 |",
        "|---" + "|---:" * 7 + "|",
    ]
    for key, row in rows.items():
        share = f"{row['share']:.0%}" if "share" in row else ""
        vivid = f"{row['colorfulness']:.1f}" if "colorfulness" in row else ""
        apart = " | ".join(f"{row[name]:.1f}" if name in row else "" for name in columns)
        name = names.get(key, key).format(**row)
        lines.append(f"| {name} | {row['psnr']:.2f} | {row['psnr_gain']:+.2f} | {share} | {vivid} | {apart} |")
    return "\n".join(lines)
