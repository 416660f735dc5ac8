"""`last.safetensors`: everything a training needs to go on as if it had never stopped. Nothing is pickled.

Tensors, all in full precision: `model.KEY`, `average.KEY` (the averaged weights), `optimizer.INDEX.NAME`. Under the
metadata key `training` one JSON text: counters, optimizer numbers, the scaler of fp16 and the recipe. The random states
are counters too: everything drawn (crops, aging, dropout) is drawn from generators that are seeded, for
each batch, with the recipe's seed and the number of its first photo.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from handtint.atomic import write_whole
from handtint.errors import HandtintError, ModelError
from handtint.model_card import SUFFIX, read_card
from training.config import Recipe
from training.learning.learner import Learner

NAME = "last.safetensors"
_KEY = "training"
_WORDS = {"use_when", "trained_on", "license"}  # of a recipe; they change no weight


class CheckpointError(HandtintError):
    """A checkpoint could not be written or read, or belongs to another training."""


@dataclass
class Counters:
    """Where a training stands.

    Attributes:
        steps: of the optimizer.
        drawn: photos, over all epochs.
        trained_s: seconds, pauses left out.
        best: smallest validation figure so far; infinite before the first.
        looked_drawn, looked_s: `drawn` and `trained_s` at the last validation; -1 before the first.
        photos: in the training part.
        patience: what `Patience.restore` takes.
    """

    steps: int = 0
    drawn: int = 0
    trained_s: float = 0.0
    best: float = float("inf")
    looked_drawn: int = -1
    looked_s: float = -1.0
    photos: int = 0
    patience: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """A checkpoint to go on from, and `published` of its `Learner`, which the optimizer is built by."""

    path: Path
    published: list[str]


def save_checkpoint(path: Path, learner: Learner, counters: Counters, recipe: Recipe) -> None:
    """Write a checkpoint whole or not at all: an older one stays until the new one is on the disk.

    Raises `CheckpointError`.
    """
    tensors = {f"model.{key}": value for key, value in learner.model.state_dict().items()}
    tensors |= {f"average.{key}": value for key, value in learner.average.state_dict().items()}
    numbers: dict[str, Any] = {}
    for index, state in learner.optimizer.state_dict()["state"].items():
        for name, value in state.items():
            if isinstance(value, Tensor):
                tensors[f"optimizer.{index}.{name}"] = value
            else:
                numbers[f"optimizer.{index}.{name}"] = value
    about = {
        "counters": dataclasses.asdict(counters),
        "numbers": numbers,
        "scaler": learner.scaler.state_dict(),
        "published": learner.published,
        "recipe": recipe.to_dict(),
    }
    content = save(
        {key: value.detach().cpu().contiguous() for key, value in tensors.items()}, {_KEY: json.dumps(about)}
    )
    try:
        write_whole(path, lambda file: file.write(content), overwrite=True)
    except OSError as error:
        kept = "The one saved before is unchanged. " if path.exists() else ""
        raise CheckpointError(
            f'The state of the training could not be saved in "{path.parent}": {_why(error, path, len(content))}. '
            f"{kept}Make room there, then start the same training again."
        ) from error


def _why(error: OSError, path: Path, size: int | None = None) -> str:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return error.strerror or str(error)
    needed = f"{size / 1e6:.0f} MB needed, " if size else ""
    return f"the disk is full ({needed}{shutil.disk_usage(path.parent).free / 1e6:.0f} MB free)"


@contextlib.contextmanager
def saving_to(path: Path) -> Iterator[None]:
    """Turn a failure to write `path` into a `CheckpointError`."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        kept = "The one saved before is unchanged. " if path.exists() else ""
        why = _why(error, path) if isinstance(error, OSError) else str(error)
        raise CheckpointError(
            f'"{path.name}" could not be saved in "{path.parent}": {why}. {kept}Make room there or check its rights.'
        ) from error


def load_checkpoint(path: Path, learner: Learner) -> Counters:
    """Put a checkpoint's tensors into `learner` and return its counters. Raises `CheckpointError`."""
    with _readable(path) as (about, tensor, keys):
        for part, module in (("model.", learner.model), ("average.", learner.average)):
            module.load_state_dict({key[len(part) :]: tensor(key) for key in keys if key.startswith(part)})
        parameters = [p for group in learner.optimizer.param_groups for p in group["params"]]
        state: dict[int, dict[str, Any]] = {}
        for key in keys + list(about["numbers"]):
            kind, index, name = [*key.split(".", 2), "", ""][:3]
            if kind != "optimizer":
                continue
            value = about["numbers"][key] if key in about["numbers"] else tensor(key)
            if isinstance(value, Tensor) and value.shape == parameters[int(index)].shape:
                # The parameter's own layout, so that sums run in the order they would have run in.
                value = torch.empty_like(parameters[int(index)]).copy_(value)
            state.setdefault(int(index), {})[name] = value
        groups = learner.optimizer.state_dict()["param_groups"]
        learner.optimizer.load_state_dict({"state": state, "param_groups": groups})
        if about["scaler"]:
            learner.scaler.load_state_dict(about["scaler"])
        return Counters(**about["counters"])


def checkpoint_to_resume(folder: Path, recipe: Recipe) -> Saved | None:
    """The checkpoint in a run's folder, or None where the folder is new.

    Raises `CheckpointError` where the folder holds another training, whose files would be lost.
    """
    path = folder / NAME
    if not path.is_file():
        others = [file for file in sorted(folder.glob(f"*{SUFFIX}")) if not file.name.startswith(".")]
        if others:
            raise CheckpointError(
                f'"{folder}" holds the model "{others[0].name}"{_architecture(others[0])} but no training to go on '
                "with. It was left alone: choose another folder with --out."
            )
        return None
    with _readable(path) as (about, _, _):
        there, published = about["recipe"], about["published"]
    here = json.loads(json.dumps(recipe.to_dict()))  # tuples become lists
    if there.get("architecture") != here["architecture"]:
        raise CheckpointError(
            f'"{folder}" holds a training of the architecture "{there.get("architecture")}", not '
            f'"{here["architecture"]}". It was left alone: choose another folder with --out.'
        )
    differing = [
        f"{key} is {json.dumps(there.get(key))} there, {json.dumps(here.get(key))} here"
        for key in sorted(here.keys() | there.keys())
        if here.get(key) != there.get(key) and key not in _WORDS
    ]
    if differing:
        raise CheckpointError(
            f'"{folder}" holds a training by another recipe ({"; ".join(differing[:3])}). It was left alone: '
            "choose another folder with --out, or the recipe it was begun with."
        )
    return Saved(path, published)


def recipe_in(folder: Path) -> dict[str, Any] | None:
    """The recipe of the training in a run's folder, None where there is none. Raises `CheckpointError`."""
    path = folder / NAME
    if not path.is_file():
        return None
    with _readable(path) as (about, _, _):
        return about["recipe"]


def _architecture(path: Path) -> str:
    try:
        return f' of the architecture "{read_card(path).architecture}"'
    except ModelError:
        return ""


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[tuple[dict[str, Any], Callable[[str], Tensor], list[str]]]:
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[_KEY])
            yield about, file.get_tensor, list(file.keys())
    except (SafetensorError, OSError, KeyError, ValueError, TypeError, RuntimeError, IndexError) as error:
        raise CheckpointError(
            f'The training in "{path.parent}" cannot go on: "{path.name}" is damaged or of another version '
            f"({str(error).partition(chr(10))[0]}). Choose another folder with --out; the models there are unchanged."
        ) from error


def remove_unfinished(folder: Path) -> None:
    """Remove what a process that was killed while it wrote has left."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            path.unlink()
