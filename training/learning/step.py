"""From a batch of color photographs to a network's input and target, and to the loss; all on the device."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.imaging.color import lab
from training.config import Recipe
from training.learning import losses
from training.learning.device import autocast_dtype
from training.photos.aging import age, emulsion_lightness

AB_SCALE = 110.0
_REGRESSION_WEIGHT = 10.0  # brings smooth L1 on ab/110 to the size of a cross-entropy
_OLD_EMULSIONS = 0.3  # chance that a photo is seen as old film saw it


@dataclass(frozen=True)
class Example:
    """A batch as the network meets it.

    Attributes:
        inputs: (N, 1, h, w): L/50 - 1.
        ab: (N, 2, h, w) Lab units, the truth.
        lightness: (N, 1, h, w) 0..100, the unaged original's.
        srgb: (N, 3, h, w) 0..1, what a network that paints RGB should paint: the original or, aged, its colors on the
            aged lightness.
    """

    inputs: Tensor
    ab: Tensor
    lightness: Tensor
    srgb: Tensor


class Step:
    """Makes examples and losses for one recipe on one device.

    Args:
        generator: CPU generator of everything drawn; the same on every device.
    """

    def __init__(self, recipe: Recipe, device: torch.device, generator: torch.Generator) -> None:
        self._recipe = recipe
        self._device = device
        self._generator = generator
        self._dtype = autocast_dtype(recipe.precision, device)

    def example(self, photos: Tensor, *, training: bool) -> Example:
        """(N, 3, h, w) uint8 sRGB to an `Example`; aged only in training."""
        srgb = photos.to(self._device, non_blocking=True).float() / 255
        linear = lab.srgb_to_linear(srgb)
        lightness, a, b = lab.linear_to_lab(*linear.split(1, 1))  # each (N, 1, h, w)
        ab = torch.cat([a, b], 1)
        weighted = self._recipe.gray != "lightness"
        seen = _weighted_lightness(srgb) if weighted else lightness
        if training and self._recipe.aging > 0:
            if not weighted:
                seen = emulsion_lightness(linear, self._recipe.aging * _OLD_EMULSIONS, self._generator)
            seen = age(seen, self._recipe.aging, self._generator)
            srgb = to_srgb(seen, ab)
        inputs = (seen / 50 - 1).contiguous(memory_format=torch.channels_last)
        return Example(inputs, ab, lightness, srgb)

    def forward(self, model: nn.Module, inputs: Tensor, **options: bool) -> tuple[Tensor, Tensor | None]:
        """Loss and figures of one batch."""
        with torch.autocast(self._device.type, dtype=self._dtype, enabled=self._dtype != torch.float32):
            return model(inputs, **options)

    def losses(
        self,
        model: nn.Module,
        photos: Tensor,
        targets: losses.BinTargets | None,
        weights: Tensor | None,
        labels: Tensor | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss to descend, and its parts by name for the log.

        Args:
            labels: (N,) classes of the photos, -1 where unknown; needed where the recipe's alpha is over 0.
        """
        example = self.example(photos, training=True)
        if self._recipe.loss == "rgb_mse":
            painted, _ = self.forward(model, example.inputs, native=True)
            error = F.mse_loss(painted.float(), _shrink(example.srgb, painted))
            return error, {"rgb_mse": error.detach()}
        if self._recipe.alpha > 0:
            predicted, logits = self.forward(model, example.inputs, native=True)
        else:
            predicted, logits = self.forward(model, example.inputs)
        truth = _shrink(example.ab, predicted) / AB_SCALE
        regression = losses.regression(predicted, truth, self._recipe.loss, self._recipe.beta)
        if self._recipe.alpha > 0:
            assert logits is not None
            assert labels is not None
            entropy = losses.label_entropy(logits, labels.to(self._device))
            total = regression + self._recipe.alpha * entropy
            return total, {"regression": regression.detach(), "labels": entropy.detach()}
        if logits is None or targets is None or weights is None:
            return regression, {"regression": regression.detach()}
        classes = losses.classification(logits, _shrink(example.ab, logits), targets, weights)
        total = _REGRESSION_WEIGHT * regression + self._recipe.class_weight * classes
        return total, {"regression": regression.detach(), "classes": classes.detach()}

    @torch.no_grad()
    def predict(self, model: nn.Module, photos: Tensor) -> tuple[Example, Tensor, Tensor | None]:
        """Example, ab (N, 2, h, w) in Lab units at full size, logits; no aging."""
        example = self.example(photos, training=False)
        predicted, logits = self.forward(model, example.inputs)
        ab = F.interpolate(predicted.float() * AB_SCALE, example.ab.shape[2:], mode="bilinear")
        return example, ab, logits

    @torch.no_grad()
    def native_sums(self, model: nn.Module, photos: Tensor, labels: Tensor | None) -> dict[str, tuple[float, float]]:
        """What a network is taught beside ab, on held-out photos, as (sum, count) by name: `rgb_mse`, `accuracy`."""
        if self._recipe.loss != "rgb_mse" and not (self._recipe.alpha > 0 and labels is not None):
            return {}
        example = self.example(photos, training=False)
        output, logits = self.forward(model, example.inputs, native=True)
        if self._recipe.loss == "rgb_mse":
            error = F.mse_loss(output.float(), _shrink(example.srgb, output))
            return {"rgb_mse": (float(error) * len(photos), len(photos))}
        assert logits is not None
        assert labels is not None
        right = (logits.argmax(1).cpu() == labels).sum()
        return {"accuracy": (float(right), float((labels >= 0).sum()))}


def _weighted_lightness(srgb: Tensor) -> Tensor:
    """(N, 1, h, w) L of the gray 0.21 R + 0.72 G + 0.07 B of (N, 3, h, w) encoded sRGB 0..1."""
    red, green, blue = srgb.split(1, 1)
    return lab.gray_to_lightness(0.21 * red + 0.72 * green + 0.07 * blue).clamp(0, 100)


def to_srgb(lightness: Tensor, ab: Tensor) -> Tensor:
    """(N, 1, h, w) and (N, 2, h, w) Lab to (N, 3, h, w) sRGB 0..1, clipped."""
    return torch.cat(lab.lab_to_srgb(lightness, *ab.split(1, 1)), 1).clamp(0, 1)


def _shrink(ab: Tensor, like: Tensor) -> Tensor:
    return ab if ab.shape[2:] == like.shape[2:] else F.interpolate(ab, like.shape[2:], mode="area")
