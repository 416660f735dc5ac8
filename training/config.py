"""Recipes: JSON files that say how a model is trained. Unknown keys and values are errors that name the nearest.

A recipe is a name (a file in `training/recipes/`) or a path. Flags of the command line override its values.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handtint.engine.architectures import ARCHITECTURES
from handtint.errors import HandtintError

_RECIPES = Path(__file__).with_name("recipes")


class RecipeError(HandtintError):
    """A recipe is missing or wrong."""


@dataclass(frozen=True)
class Stage:
    """A share of the training at one picture size (progressive resizing).

    Attributes:
        size: side of the square crops in pixels.
        share: part of the whole training, relative to the other stages.
        batch: photos a step.
    """

    size: int
    share: float
    batch: int


@dataclass(frozen=True)
class Recipe:
    """How a model is trained; see `docs/models.md` for the reasons.

    Attributes:
        name: name of the model it makes.
        architecture, arguments: what the card will say.
        working_size: short side at which whole photos will go through the network.
        use_when, trained_on, license: lines of the card.
        stages: see `Stage`.
        learning_rate: peak; the encoder takes `encoder_rate` times it.
        trunk_blocks: how many blocks of a network's trunk learn, counted from the top; 0 leaves the trunk as it is.
            Only for networks that have one.
        weight_decay: of "adamw" and "sgd".
        optimizer: "adamw", "adam" or "sgd" (with Nesterov momentum).
        momentum: of "sgd".
        warmup_steps: linear rise to the peak; then a cosine down to zero.
        ema: decay of the averaged weights that are evaluated and shipped; 0 turns it off.
        clip: largest norm of the gradient.
        loss: "rebalanced" (smooth L1 on ab and class-rebalanced cross-entropy on the bins), "mse" (on ab) or "rgb_mse"
            (on sRGB 0..1, for networks that paint RGB).
        beta: where smooth L1 turns from square to straight, in units of ab/110: small gives medians, which are quiet
            and sharp, 1 gives means, which have the least squared error.
        class_weight: weight of the cross-entropy on the bins beside the regression.
        alpha: weight of the cross-entropy on the photos' labels beside the color loss, for networks with classes.
        teacher: name or file of a model whose colors are mostly learned instead of the photos' own, see `teacher`.
        gray: what the network sees of a color photo: its Lab "lightness", or the lightness of the gray
            "0.21R+0.72G+0.07B".
        aging: chance that a photo is aged before the network sees its lightness.
        studio: chance that a person whose mask is among the data is set before a studio's backdrop, see `studio`.
        mounts: chance that a photo is set on a mount or has the rim of its plate.
        plain: chance that a person whose mask tells the face gets plain clothes and gray or white hair, see `plain`.
        repeat: how often photos whose name begins with the key are drawn an epoch.
        hold_out: photos whose name begins with one of these are held out beside those whose hash is: whole sources, so
            that it is seen how the model does on others than it learned from.
        seed: of everything random.
        validate_every_epochs: how often held-out photos are looked at; 0 leaves it to the loop.
        patience: training ends once the held-out error rose this many times in a row; 0 never ends it early.
        precision: of the network's arithmetic: "auto" (bf16, or fp16 on a GPU without it, or float32 on a CPU
            without it), "bf16", "fp16" or "float32".
        freeze_batch_norm: whether batch norm keeps its statistics instead of taking each batch's.
    """

    name: str
    architecture: str
    working_size: int
    use_when: str
    trained_on: str
    license: str
    stages: tuple[Stage, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    learning_rate: float = 6e-4
    encoder_rate: float = 0.3
    trunk_blocks: int = 0
    weight_decay: float = 0.01
    optimizer: str = "adamw"
    momentum: float = 0.9
    warmup_steps: int = 300
    ema: float = 0.998
    clip: float = 1.0
    loss: str = "rebalanced"
    beta: float = 0.1
    class_weight: float = 0.1
    alpha: float = 0.0
    teacher: str = ""
    gray: str = "lightness"
    aging: float = 0.4
    studio: float = 0.0
    mounts: float = 0.0
    plain: float = 0.0
    repeat: dict[str, int] = field(default_factory=dict)
    hold_out: list[str] = field(default_factory=list)
    seed: int = 0
    validate_every_epochs: float = 0.0
    patience: int = 0
    precision: str = "auto"
    freeze_batch_norm: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        return dataclasses.asdict(self)


_KINDS = {"int": int, "float": (int, float), "str": str, "bool": bool, "dict": dict, "list": list}
_CHOICES = {
    "architecture": tuple(ARCHITECTURES),
    "optimizer": ("adamw", "adam", "sgd"),
    "loss": ("rebalanced", "mse", "rgb_mse"),
    "gray": ("lightness", "0.21R+0.72G+0.07B"),
    "precision": ("auto", "bf16", "fp16", "float32"),
}


def recipe_names() -> list[str]:
    """Names of the recipes that come with Handtint."""
    return sorted(path.stem for path in _RECIPES.glob("*.json"))


def load_recipe(name_or_path: str, changes: Sequence[str] = ()) -> Recipe:
    """Read and check a recipe. Raises `RecipeError`.

    Args:
        changes: `key=value` texts that override the file's values; a value is JSON, or a text as it stands.
    """
    path = _RECIPES / f"{name_or_path}.json"
    if not path.is_file():
        path = Path(name_or_path)
    if not path.is_file():
        near = _nearest(name_or_path, recipe_names())
        raise RecipeError(f'There is no recipe "{name_or_path}"{near}. Recipes are {", ".join(recipe_names())}.')
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RecipeError(f'The recipe "{path.name}" is not valid JSON: {error}.') from error
    if not isinstance(values, dict):
        raise RecipeError(f'The recipe "{path.name}" must be a JSON object.')
    return recipe_from(path.name, changed(values, changes))


def changed(values: dict[str, Any], changes: Sequence[str]) -> dict[str, Any]:
    """A recipe's values with `key=value` texts put in. Raises `RecipeError`."""
    values = dict(values)
    for text in changes:
        key, equals, value = text.partition("=")
        if not equals:
            raise RecipeError(f'"{text}" changes nothing: write key=value, such as learning_rate=1e-4.')
        try:
            values[key.strip()] = json.loads(value)
        except ValueError:
            values[key.strip()] = value
    return values


def recipe_from(source: str, values: dict[str, Any]) -> Recipe:
    """A recipe from JSON values, checked; `source` names them in errors. Raises `RecipeError`."""
    _check_keys(source, values, Recipe)
    for key, choices in _CHOICES.items():
        if key in values and values[key] not in choices:
            near = _nearest(str(values[key]), choices)
            raise RecipeError(
                f'In the recipe "{source}", {key} is "{values[key]}"{near}. It is one of {", ".join(choices)}.'
            )
    stages = values.get("stages")
    if not (isinstance(stages, list) and stages and all(isinstance(stage, dict) for stage in stages)):
        raise RecipeError(f'The recipe "{source}" needs "stages": a list of objects with size, share, batch.')
    for stage in stages:
        _check_keys(source, stage, Stage)
        if stage["size"] < 1 or stage["batch"] < 1 or not stage["share"] > 0:
            raise RecipeError(f'In the recipe "{source}", size, batch and share of a stage must be above 0: {stage}.')
    recipe = Recipe(**{**values, "stages": tuple(Stage(**stage) for stage in stages)})
    _check_loss(source, recipe)
    return recipe


def _check_loss(source: str, recipe: Recipe) -> None:
    """Raises `RecipeError` where the network does not have what the loss is about."""
    native = getattr(ARCHITECTURES[recipe.architecture], "native", "ab")
    if recipe.loss == "rgb_mse" and native != "rgb":
        raise RecipeError(
            f'In the recipe "{source}", loss is "rgb_mse", but {recipe.architecture} paints no RGB. Use "mse".'
        )
    if recipe.teacher and recipe.loss == "rebalanced":
        raise RecipeError(
            f'The recipe "{source}" has a teacher and the loss "rebalanced": a distribution can be learned from '
            'photographs only. Use "mse", or leave out the teacher.'
        )
    if recipe.alpha > 0 and native != "classes":
        raise RecipeError(f'In the recipe "{source}", alpha must be 0: {recipe.architecture} tells no classes apart.')


def _check_keys(source: str, values: dict[str, Any], record: type) -> None:
    fields = {f.name: f for f in dataclasses.fields(record)}
    for key, value in values.items():
        if key not in fields:
            near = _nearest(key, list(fields))
            raise RecipeError(f'The recipe "{source}" has an unknown key "{key}"{near}.')
        expected = _KINDS.get(str(fields[key].type).partition("[")[0])
        if expected and (not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool)):
            raise RecipeError(f'In the recipe "{source}", {key} must be of type {fields[key].type}, not {value!r}.')
    missing = [
        name
        for name, f in fields.items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING and name not in values
    ]
    if missing:
        raise RecipeError(f'The recipe "{source}" lacks {", ".join(missing)}.')


def _nearest(word: str, known: list[str] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, 1)
    return f' (did you mean "{near[0]}"?)' if near else ""
