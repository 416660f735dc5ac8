"""What a recipe leaves open, settled before a training begins: labels and published encoders.

The settled recipe stands in the model's card, so that the card says what was there and what was not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.config import Recipe
from training.learning.published import find_published
from training.photos.found import PhotoSet


def settle(
    recipe: Recipe,
    photos: PhotoSet,
    encoder: Path | None,
    say: Callable[[str], None],
    *,
    has_parent: bool = False,
    begun: dict[str, Any] | None = None,
) -> Recipe:
    """The recipe as it can be followed with these photos; what was left open is reported.

    Args:
        encoder: published weights that were named; None leaves it to torch's cache.
        has_parent: whether the weights, encoders included, come from another model.
        begun: the recipe of the training that is gone on with, if any.

    Raises `ModelError` where named weights are not there.
    """
    if recipe.architecture == "fusion":
        recipe = _settle_labels(recipe, photos, say)
    if recipe.architecture == "vgg_resnet_unet" and not has_parent:
        recipe = _settle_encoders(recipe, encoder, say)
    has_trunk = "encoder" in begun.get("arguments", {}) if begun else has_parent or encoder is not None
    if recipe.arguments.get("encoder") == "efficientnet_lite2" and not has_trunk:
        recipe = _without_trunk(recipe, say)
    return recipe


def _settle_labels(recipe: Recipe, photos: PhotoSet, say: Callable[[str], None]) -> Recipe:
    if recipe.alpha <= 0:
        return recipe
    known = recipe.arguments.get("classes")
    reason = ""
    if not photos.classes:
        reason = "The photos have no labels (sub-folders, or CIFAR-10's classes)"
    elif known and tuple(known) != photos.classes:
        reason = "The photos' labels are not the classes this network knows"
    if reason:
        say(f"{reason}: alpha is 0, and the network learns color only.")
        note = f" {reason}: it learned color only (alpha 0)."
        return replace(recipe, alpha=0.0, trained_on=recipe.trained_on + note)
    say(f"Labels: {', '.join(photos.classes)}.")
    return replace(recipe, arguments={**recipe.arguments, "classes": list(photos.classes)})


def _without_trunk(recipe: Recipe, say: Callable[[str], None]) -> Recipe:
    """A trunk without batch norm cannot learn from random weights; ResNet18's layout can."""
    say(
        "No encoder weights were named, so its encoder begins at random, in the layout of ResNet18. "
        "Name EfficientNet-Lite2's with --encoder."
    )
    arguments = {key: value for key, value in recipe.arguments.items() if key != "encoder"}
    trained_on = f"{recipe.trained_on.partition('; encoder')[0].removesuffix('.')}; its encoder began at random."
    return replace(recipe, arguments=arguments, trained_on=trained_on)


def _settle_encoders(recipe: Recipe, encoder: Path | None, say: Callable[[str], None]) -> Recipe:
    published = find_published(encoder)
    if published:
        names = " and ".join(sorted({path.name for path in published.values()}))
        note = f"Its encoders hold published ImageNet weights ({names}) and stayed frozen."
    else:
        note = (
            "No published encoder weights were at hand: its encoders began at random and were trained along. "
            "Name them with --encoder, or let --download fetch them."
        )
    say(note)
    said = note.split(". Name", 1)[0].removesuffix(".")
    stands_in = "torchvision's ResNet50 stands in for the original's v2 variant."
    return replace(
        recipe,
        arguments={**recipe.arguments, "frozen": published is not None},
        trained_on=f"{recipe.trained_on} {said}. {stands_in}",
    )
