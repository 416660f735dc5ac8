"""The user's own models: the titles they gave them, and how they are deleted. Bundled ones stay as they are.

A title is only shown. Recipes, results and albums know a model by the name in its card, which stays, so that nothing is
made anew for a title. Titles lie in `titles.json` among the user's models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from handtint import paths
from handtint.atomic import write_whole
from handtint.errors import ModelError
from handtint.foreign import read_small
from handtint.model_card import ModelFile

LONGEST = 60


def is_own(model: ModelFile) -> bool:
    """Whether it is one of the user's models, and none that came with Handtint."""
    return model.path.parent == paths.user_models_dir()


def titles() -> dict[str, str]:
    """The titles that the user gave, by the models' names."""
    try:
        known = json.loads(read_small(_file()))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {name: title for name, title in known.items() if isinstance(title, str) and title}


def rename(model: ModelFile, title: str, taken: Iterable[str]) -> None:
    """Give one of the user's models a title. `taken`: what other models are called. Raises `ModelError`."""
    title = " ".join(title.split())
    if not is_own(model):
        raise ModelError(f'The model "{model.card.name}" comes with Handtint and keeps its name.')
    if not title or len(title) > LONGEST or not title.isprintable():
        raise ModelError(f"A model needs a name of 1 to {LONGEST} letters.")
    if title.casefold() in {other.casefold() for other in taken}:
        raise ModelError(f'There is a model called "{title}" already. Choose another name.')
    _write({**titles(), model.card.name: title})


def delete(model: ModelFile) -> None:
    """Delete the file of one of the user's models. Raises `ModelError`."""
    if not is_own(model):
        raise ModelError(f'The model "{model.card.name}" comes with Handtint and stays.')
    try:
        model.path.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            f'The model "{model.path}" could not be deleted: {error.strerror or error}. '
            "Check your rights to its folder."
        ) from error
    known = titles()
    if known.pop(model.card.name, None) is not None:
        _write(known)


def _file() -> Path:
    return paths.user_models_dir() / "titles.json"


def _write(known: Mapping[str, str]) -> None:
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_file(), lambda file: file.write(json.dumps(known).encode()), overwrite=True)
    except OSError as error:
        raise ModelError(f"The name could not be kept: {error.strerror or error}. The model is as it was.") from error
