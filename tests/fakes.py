"""Stand-ins for what is slow or needs torch, for tests of the rooms above the engine."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from skimage import data

from handtint.errors import HandtintError
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.imaging.resize import resize_planes
from handtint.model_card import ModelCard
from handtint.palette.carry import Reference
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore import way
from handtint.restore.colorizer import Colorizer

_BINS = np.array([(0, 0), (40, 40), (-30, 30), (10, -40)], np.float32)


def maybe_in_color() -> Image.Image:
    """64x64, with so little color left that nobody can be sure."""
    whole = np.asarray(Image.fromarray(data.astronaut()).reduce(8), np.float32)
    gray = whole.mean(axis=2, keepdims=True)
    return Image.fromarray((gray + 0.16 * (whole - gray)).clip(0, 255).astype(np.uint8))


def fake_card(name: str = "fake", working_size: int = 32) -> ModelCard:
    return ModelCard(
        name=name,
        architecture="UNet",
        arguments={"width": 4},
        working_size=working_size,
        trained_on="nothing; colors by rule",
        license="MIT",
        use_when="in tests",
        parameters=4,
        metrics={"psnr": 21.0},
    )


def restored(
    photo: Photo,
    settings: Settings,
    colorizer: Colorizer,
    progress: Progress | None = None,
    reference: Reference | None = None,
) -> Photo:
    """A photo that is open, taken the usual way, except for the file; all its pixels made."""
    progress = progress or Progress()
    prediction = way.predict(photo, settings, colorizer, progress, reference)
    result = way.color(photo, prediction, settings, colorizer.card)
    return dataclasses.replace(result, pixels=np.asarray(result.pixels))


class FakeColorizer:
    """A deterministic `Colorizer`: dark is blue, light is orange; quick and torch-free.

    Its features are the light and shade of each 8 x 8 pixels and their surroundings.

    Args:
        card: what it says it is.
        delay_s: how long a prediction takes; it is cancelled within a hundredth of that.
        failure: raised by every prediction in place of a result.
        notes: passed on with every prediction.
        fail_first: only so many predictions fail; None for all.

    Attributes:
        seen: lightness of every call, in order.
        go: once it is set, no prediction takes its delay any more.
    """

    def __init__(
        self,
        card: ModelCard | None = None,
        *,
        delay_s: float = 0.0,
        failure: HandtintError | None = None,
        fail_first: int | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.card = card or fake_card()
        self.seen: list[np.ndarray] = []
        self.go = threading.Event()
        self._delay_s = delay_s
        self._failure = failure
        self._failures_left = fail_first
        self._notes = notes

    batch_size = 3

    def predict_many(self, lightness: Sequence[np.ndarray], progress: Progress) -> list[Prediction]:
        assert len({plane.shape for plane in lightness}) == 1
        return [self.predict(plane, progress) for plane in lightness]

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        self.seen.append(lightness)
        progress.step(0.0)
        for hundredth in range(100 if self._delay_s else 0):
            self.go.wait(self._delay_s / 100)
            progress.step((hundredth + 1) / 100)
        if self._failure is not None and self._failures_left != 0:
            if self._failures_left is not None:
                self._failures_left -= 1
            raise self._failure
        half = (max(lightness.shape[0] // 2, 1), max(lightness.shape[1] // 2, 1))
        light = resize_planes(lightness[..., None], half)  # (h, w, 1)
        warmth = light / 50 - 1
        ab = np.concatenate([15 * warmth, 20 * warmth], axis=-1)
        logits = -((ab[..., None, :] * 2 - _BINS) ** 2).sum(-1) / 200  # (h, w, bins)
        progress.step(1.0)
        return Prediction(ab.astype(np.float32), logits.astype(np.float16), _BINS, self._notes)

    def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
        progress.step(0.0)
        rows, columns = (-(-side // 8) for side in lightness.shape)
        small = resize_planes(lightness[..., None], (rows * 4, columns * 4))[..., 0]
        around = sliding_window_view(np.pad(small, 2, mode="edge"), (8, 8))[::4, ::4].reshape(rows, columns, 64)
        shade = around - around.mean(2, keepdims=True)
        progress.step(1.0)
        return (shade / np.maximum(np.linalg.norm(shade, axis=2, keepdims=True), 1e-3)).astype(np.float16)


class FakeFinder:
    """A damage finder that is given picture after picture; those who inherit say the `chances` of one."""

    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        raise NotImplementedError

    def chances_in(self, pictures: Iterable[np.ndarray], closely: bool = True) -> Iterator[np.ndarray]:
        return (self.chances(picture, closely) for picture in pictures)
