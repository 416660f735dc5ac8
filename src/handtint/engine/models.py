"""Model files: a network's weights in half precision with its card, as safetensors. Nothing is unpickled."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import nn

from handtint.atomic import write_whole
from handtint.engine.architectures import ARCHITECTURES, FINDERS
from handtint.errors import ModelError
from handtint.machine import memory_bytes
from handtint.model_card import CARD_KEY, ModelCard, read_card

_BYTES_PER_VALUE = 10  # while it is loaded: as the file has it, widened, and in the network


def build(card: ModelCard) -> nn.Module:
    """The network a card describes, with fresh weights. Raises `ModelError`."""
    network = ARCHITECTURES.get(card.architecture) or FINDERS.get(card.architecture)
    if network is None:
        known = ", ".join(sorted(ARCHITECTURES))
        raise ModelError(
            'The model "{name}" needs the architecture "{architecture}", which this Handtint does '
            "not have (it has {known}). Update Handtint, or choose another model.",
            name=card.name,
            architecture=card.architecture,
            known=known,
        )
    try:
        return network(**card.arguments)
    except Exception as error:  # arguments of a file may be anything, and torch answers that with anything
        raise ModelError(
            'The card of the model "{name}" does not fit its architecture: {error}. '
            "Get the file again or choose another model.",
            name=card.name,
            error=error,
        ) from error


def load_model(path: Path) -> tuple[nn.Module, ModelCard]:
    """Network in float32 and evaluation mode on the CPU, and its card. Raises `ModelError`."""
    card = read_card(path)
    try:
        _check_fit(path, card)
        model = build(card)
        model.load_state_dict({key: _widen(value) for key, value in load_file(path).items()})
    except (SafetensorError, RuntimeError, OSError) as error:
        raise ModelError(
            'The weights in "{name}" do not fit its card or are damaged. '
            "Get the file again or choose another model. ({line})",
            name=path.name,
            line=str(error).splitlines()[0],
        ) from error
    if not all(torch.isfinite(value).all() for value in model.state_dict().values() if value.is_floating_point()):
        raise ModelError(
            'Some weights in "{name}" are no finite numbers: its training went wrong or the file is damaged. '
            "Get the file again or choose another model.",
            name=path.name,
        )
    return model.eval(), card


def _check_fit(path: Path, card: ModelCard) -> None:
    """See from headers alone, before any memory is taken, that the file holds what its card asks for, and no more.

    Raises `ModelError`, `RuntimeError`.
    """
    with torch.device("meta"):
        wanted = {key: tuple(tensor.shape) for key, tensor in build(card).state_dict().items()}
    needed = sum(map(math.prod, wanted.values()))
    if needed > path.stat().st_size:  # a value takes two bytes, a few take eight
        raise ModelError(
            'The card of "{name}" asks for a network of {needed} values, more than the file can hold. '
            "Get the file again or choose another model.",
            name=path.name,
            needed=f"{needed:,}",
        )
    memory = memory_bytes()
    if memory is not None and needed * _BYTES_PER_VALUE > memory:
        raise ModelError(
            'The model "{name}" needs {needed} GiB of memory to be loaded; this '
            "computer has {memory}. Choose another model.",
            name=card.name,
            needed=f"{needed * _BYTES_PER_VALUE / 2**30:.0f}",
            memory=f"{memory / 2**30:.0f}",
        )
    with safe_open(path, "pt") as file:
        held = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118 it is no mapping
    if held != wanted:
        key = sorted(held.items() ^ wanted.items())[0][0]
        raise RuntimeError(f'"{key}" is not as the card says')


def save_model(path: Path, model: nn.Module, card: ModelCard) -> None:
    """Write weights in float16 and the card, whole or not at all. Raises OSError."""
    tensors = {key: _narrow(value.detach().cpu()) for key, value in model.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    content = save(tensors, {CARD_KEY: card.to_json()})
    write_whole(path, lambda file: file.write(content), overwrite=True)


def _narrow(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.half().contiguous() if tensor.is_floating_point() else tensor.contiguous()


def _widen(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
