"""Runs: what is to be taught, and the folder in which it is.

A model lives there until it is installed among the user's models or discarded. No torch, no Qt.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handtint import model_card, paths
from handtint.atomic import write_whole
from handtint.errors import HandtintError
from handtint.model_card import DEFAULT_MODEL, ModelCard

Event = dict[str, Any]  # of the trainer: one JSON object

_REQUEST = "request.json"
RESULT = "result.json"
CHECKPOINT = "last.safetensors"
_ARCHITECTURES = ("unet", "resnet18_gray", "unet_rgb", "dense_autoencoder", "fusion")
_WITH_TORCHVISION = ("vgg_resnet_unet",)


class FinetuneError(HandtintError):
    """A model cannot be taught as asked."""


@dataclass(frozen=True)
class Request:
    """What is to be taught.

    Attributes:
        folders: of color photos, or tar files.
        name: of the new model.
        model: name or file of the parent.
        minutes, epochs: how long; at most one is set, and the trainer's default serves where neither is.
        device: auto, cuda, mps or cpu.
    """

    folders: tuple[Path, ...]
    name: str = "mine"
    model: str = DEFAULT_MODEL
    minutes: float | None = None
    epochs: float | None = None
    device: str = "auto"


@dataclass(frozen=True)
class Run:
    """A request and the folder of its run, which may be gone on with."""

    folder: Path
    request: Request

    @property
    def can_go_on(self) -> bool:
        """Whether something was learned, but not to the end."""
        return self.result is None and (self.folder / CHECKPOINT).is_file()

    @property
    def result(self) -> Event | None:
        """The event `finished` of a run that came to its end."""
        try:
            return json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def runs_dir() -> Path:
    """Where runs live. May not exist yet."""
    return paths.user_models_dir().parent / "runs"


def list_runs() -> list[Run]:
    """All runs, the one begun last first; folders that are none are left out."""
    found = []
    for file in runs_dir().glob(f"*/{_REQUEST}"):
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            values = json.loads(file.read_text(encoding="utf-8"))
            request = Request(**{**values, "folders": tuple(Path(folder) for folder in values["folders"])})
            found.append((file.stat().st_mtime, Run(file.parent, request)))
    return [run for _, run in sorted(found, key=lambda item: item[0], reverse=True)]


def run_for(request: Request) -> Run:
    """The unfinished run of the same request, or a new one. Raises `FinetuneError`."""
    model = Path(request.model)
    request = dataclasses.replace(
        request,
        folders=tuple(folder.absolute() for folder in request.folders),
        model=str(model.absolute()) if model.is_file() else request.model,
    )
    check_name(request.name, overwrite=True)
    for run in list_runs():
        if run.result is None and run.request == request:
            return run
    number = 1
    while True:
        folder = runs_dir() / (request.name if number == 1 else f"{request.name} {number}")
        try:
            folder.mkdir(parents=True)
            values = dataclasses.asdict(request) | {"folders": [str(folder) for folder in request.folders]}
            write_json(folder / _REQUEST, values)
            return Run(folder, request)
        except FileExistsError:
            number += 1
        except OSError as error:
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise FinetuneError(
                'The folder "{folder}" for what will be learned cannot be made: {reason}. '
                "Nothing was begun. Make room or check the rights there.",
                folder=folder,
                reason=error.strerror or error,
            ) from error


def discard(run: Run) -> None:
    """Remove a run's folder and all that was learned in it; an installed model stays."""
    shutil.rmtree(run.folder, ignore_errors=True)


def check_name(name: str, *, overwrite: bool = False) -> None:
    """Raise `FinetuneError` where a model cannot be called so; with `overwrite`, one's own model may be replaced."""
    if not re.fullmatch(r"\w[\w .-]{0,62}", name) or name.endswith((".", " ")):
        raise FinetuneError(
            'A model cannot be called "{name}". Use letters, digits, spaces, "-", "_" and ".", '
            "and begin with a letter or digit.",
            name=name,
        )
    for model in model_card.list_models():
        if model.card.name != name and model.path.stem != name:
            continue
        if model.path.parent == paths.bundled_models_dir():
            raise FinetuneError('"{name}" is a model that came with Handtint. Choose another name.', name=name)
        if not overwrite:
            raise FinetuneError(
                'You already have a model named "{name}"; it was left as it is. '
                "Choose another name, or replace it with --overwrite.",
                name=name,
            )


def can_teach(parent: ModelCard) -> bool:
    """Whether the trainer at hand can build and train what this card describes."""
    has_torchvision = importlib.util.find_spec("torchvision") is not None  # not in every installed app
    return parent.architecture in _ARCHITECTURES + (_WITH_TORCHVISION if has_torchvision else ())


def install(model: Path, *, overwrite: bool = False) -> Path:
    """Copy a run's model among the user's models, whole or not at all, and return where it is.

    Raises `FinetuneError`, `ModelError`.
    """
    card = model_card.read_card(model)
    check_name(card.name, overwrite=overwrite)
    target = paths.user_models_dir() / f"{card.name}{model_card.SUFFIX}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with model.open("rb") as source:
            write_whole(target, lambda copy: shutil.copyfileobj(source, copy), overwrite=True)
    except OSError as error:
        raise FinetuneError(
            'The model "{name}" could not be put into "{parent}": {reason}. '
            'It is safe in "{model}"; make room or check the rights, then try again.',
            name=card.name,
            parent=target.parent,
            reason=error.strerror or error,
            model=model,
        ) from error
    return target


def write_json(path: Path, values: Event) -> None:
    """Write a JSON object as a file, whole or not at all. Raises `OSError`."""
    write_whole(path, lambda file: file.write(json.dumps(values).encode()), overwrite=True)
