"""What a model file says of itself, read without torch.

A model is a safetensors file whose header carries one JSON text under the key `card`. Layout of the header
(safetensors format): 8 bytes little-endian length, then that many bytes of JSON; user data stands under
`__metadata__`. Weights without a card are not a model, and nothing is guessed from a file name.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import json
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handtint import paths
from handtint.errors import ModelError, Sentence
from handtint.plain import nearest

CARD_KEY = "card"
SUFFIX = ".safetensors"
COLOR = "color"  # tasks
DAMAGE = "damage"
FADED_COLOR = "faded_color"
EVENNESS = "evenness"
DEFAULT_MODEL = "unet"  # the one that colors where none was chosen
_MAX_HEADER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class ModelCard:
    """The card of a model.

    Attributes:
        name: what users type and choose, e.g. `unet`.
        architecture: a key of `engine.architectures.ARCHITECTURES`.
        arguments: keyword arguments of that architecture, JSON values only.
        working_size: short side in pixels at which the whole photo goes through the network.
        trained_on: one sentence on the photographs and the encoder it started from.
        license: terms of the weights.
        use_when: one line that helps a user choose between models.
        parameters: number of weights.
        metrics: figures on held-out photographs, by name, with the data they were computed on.
        recipe: the recipe it was trained with.
        parent: name and card hash of the model it was tuned from, if any.
        created: ISO 8601 time, UTC.
        task: what the model is for: `color`, or a step of repair: `damage`, `faded_color`, `evenness`.
    """

    name: str
    architecture: str
    arguments: dict[str, Any]
    working_size: int
    trained_on: str
    license: str
    use_when: str
    parameters: int
    metrics: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)
    parent: str | None = None
    created: str = ""
    task: str = COLOR

    def to_json(self) -> str:
        """The card as JSON text."""
        values = dataclasses.asdict(self)
        if self.task == COLOR:  # cards had no task at first: their hashes, which results carry, stay as they are
            del values["task"]
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @property
    def sha256(self) -> str:
        """Hash of the card's canonical JSON; written into provenance."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    @property
    def seen_size(self) -> int:
        """Short side in pixels of what the network is shown: more than `working_size` if it takes a closer look."""
        return round(self.working_size * float(self.arguments.get("closer_look", 1)))

    @property
    def parent_name(self) -> str:
        """Name of the model that this one was tuned from, empty where there is none: `parent` is `NAME HASH`."""
        return self.parent.rsplit(" ", 1)[0] if self.parent else ""

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Raises ValueError or TypeError for keys that are missing, unknown or of a wrong type, or no Unicode."""
        values = json.loads(text)
        if not isinstance(values, dict):
            raise TypeError("the card is not a JSON object")
        card = cls(**values)
        for kind, wanted, keys in _TYPES:
            for key in keys:
                if type(getattr(card, key)) is not kind:
                    raise TypeError(f"{key} must be {wanted}")
        if not (card.parent is None or isinstance(card.parent, str)):
            raise TypeError("parent must be a text or null")
        if not 1 <= card.working_size <= _LARGEST:
            raise ValueError(f"working_size must be from 1 to {_LARGEST}")
        closer = card.arguments.get("closer_look", 1)
        if type(closer) not in (int, float) or not 1 <= closer <= _LARGEST / card.working_size:
            raise ValueError(f"closer_look must be a number from 1, and with working_size at most {_LARGEST}")
        card.to_json().encode()  # half a character, as JSON can hold it, could be neither hashed nor shown
        return card


_LARGEST = 1024  # working size in pixels: past it one photo takes gigabytes of memory, 10,000,000 took all there was
_TYPES = (  # compared exactly, so that true is no number
    (str, "a text", ("name", "architecture", "trained_on", "license", "use_when", "created", "task")),
    (int, "a whole number", ("working_size", "parameters")),
    (dict, "an object", ("arguments", "metrics", "recipe")),
)


@dataclass(frozen=True)
class ModelFile:
    """A model on disk."""

    path: Path
    card: ModelCard
    size_bytes: int


def read_card(path: Path) -> ModelCard:
    """Read the card of a model file. Raises `ModelError`."""
    path = Path(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise OSError(errno.EINVAL, Sentence("it is a folder, a pipe or a device"))
        file_bytes = status.st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if not 2 <= length <= min(_MAX_HEADER_BYTES, file_bytes - 8):
                raise ModelError(
                    '"{name}" is not a Handtint model: it is damaged, incomplete or no '
                    "safetensors file. Get the file again or choose another model.",
                    name=path.name,
                )
            header = json.loads(file.read(length))
    except OSError as error:
        raise ModelError(
            'The model "{path}" could not be read: {reason}. '
            "Check the path, or run `handtint models` for the models at hand.",
            path=path,
            reason=error.strerror or error,
        ) from error
    except (ValueError, RecursionError) as error:
        raise ModelError(
            '"{name}" is not a Handtint model: its header is damaged. Get the file again or choose another model.',
            name=path.name,
        ) from error
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    text = metadata.get(CARD_KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise ModelError(
            '"{name}" holds weights without a model card, so Handtint cannot tell what they are. '
            "Choose a model made by Handtint.",
            name=path.name,
        )
    _check_complete(path, header, length, file_bytes)
    try:
        return ModelCard.from_json(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise ModelError(
            'The model card in "{name}" is not readable ({error}). '
            "It may come from a newer Handtint; update, or choose another model.",
            name=path.name,
            error=error,
        ) from error


def check_task(card: ModelCard, task: str) -> None:
    """Raises `ModelError` for a model that was made for something else."""
    if card.task != task:
        raise ModelError(
            'The model "{name}" is made for {task}, not for {wanted}. Choose another model.',
            name=card.name,
            task=_words(card.task),
            wanted=_words(task),
        )


def _words(task: str) -> str:
    words = {
        COLOR: "coloring",
        DAMAGE: Sentence("finding damage"),
        FADED_COLOR: Sentence("faded color"),
        EVENNESS: Sentence("uneven light"),
    }
    return words.get(task, f'"{task}"')


def _check_complete(path: Path, header: dict[str, Any], length: int, file_bytes: int) -> None:
    try:
        ends = [int(v["data_offsets"][1]) for k, v in header.items() if k != "__metadata__"]
    except (KeyError, IndexError, TypeError, ValueError, OverflowError) as error:
        raise ModelError(
            '"{name}" is not a Handtint model: its header is damaged. Get the file again or choose another model.',
            name=path.name,
        ) from error
    expected = 8 + length + max(ends, default=0)
    if expected > file_bytes:
        raise ModelError(
            '"{name}" is incomplete: {file_bytes} bytes are there, {expected} belong there. Get the file again.',
            name=path.name,
            file_bytes=file_bytes,
            expected=expected,
        )
    if expected < file_bytes:
        raise ModelError(
            '"{name}" is damaged: {file_bytes} bytes are there, only {expected} belong there. Get the file again.',
            name=path.name,
            file_bytes=file_bytes,
            expected=expected,
        )


def list_models(task: str = COLOR) -> list[ModelFile]:
    """Models for a task, bundled ones first, then the user's own, each by name. Files that are no models are left out.

    Models for other tasks are left out too: one that finds damage is not to be offered for coloring.
    """
    found = []
    for folder in (paths.bundled_models_dir(), paths.user_models_dir()):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                model = ModelFile(path, read_card(path), path.stat().st_size)
            except (ModelError, OSError):
                continue
            if model.card.task == task:
                found.append(model)
    return found


def find_model(name_or_path: str, task: str = COLOR) -> ModelFile:
    """A model for a task by name, or by the path of its file. Raises `ModelError` naming the nearest known one."""
    models = list_models(task)
    for model in models:
        if model.card.name == name_or_path:
            return model
    path = Path(name_or_path)
    is_file = path.suffix == SUFFIX
    with contextlib.suppress(OSError):  # a name too long, no rights to look
        is_file = is_file or path.is_file()
    if is_file:
        model = ModelFile(path, read_card(path), path.stat().st_size)
        check_task(model.card, task)
        return model
    names = [model.card.name for model in models]
    near = nearest(name_or_path, names)
    all_ = Sentence("There are: {names}.", names=", ".join(names) or "none")
    hint = Sentence('Did you mean "{name}"?', name=near) if near else all_
    raise ModelError('There is no model named "{name_or_path}". {hint}', name_or_path=name_or_path, hint=hint)
