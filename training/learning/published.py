"""ImageNet weights as torchvision publishes them, for the two encoders of `vgg_resnet_unet`.

They are looked for in a file or folder that was named, else in torch's own cache. Nothing is downloaded but by
`download`. Only tensors are read: pickled files by torch's reader that refuses anything else.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from handtint.engine.architectures.vgg_resnet_unet import torchvision_models
from handtint.errors import ModelError

_ENCODERS = ("vgg", "resnet")
_FILE_NAMES = {"vgg": "vgg16-*.pth", "resnet": "resnet50-*.pth"}
_UNUSED = ("classifier.", "fc.")  # what classifies ImageNet


def find_published(path: Path | None) -> dict[str, Path] | None:
    """Files that hold both encoders, by encoder; None where none are at hand.

    Args:
        path: a safetensors file with both (keys `vgg.N.weight`, `resnet.conv1.weight`; a saved vgg_resnet_unet is one),
            or a folder with torchvision's `vgg16-*.pth` and `resnet50-*.pth`; None looks in torch's cache.

    Raises `ModelError` where `path` was named and holds no such weights.
    """
    if path is not None and path.is_file():
        return dict.fromkeys(_ENCODERS, path)
    if path is not None and not path.is_dir():
        raise ModelError(f'"{path}" does not exist. Name the encoders\' weights, or leave --encoder out.')
    folder = path or _cache()
    found = {name: sorted(folder.glob(pattern))[-1:] for name, pattern in _FILE_NAMES.items()}
    if all(found.values()):
        return {name: paths[0] for name, paths in found.items()}
    if path is None:
        return None
    lacking = " and ".join(_FILE_NAMES[name] for name, paths in found.items() if not paths)
    raise ModelError(f'"{path}" holds no {lacking}. Name a folder with torchvision\'s published files.')


def load_published(model: nn.Module, files: dict[str, Path]) -> list[str]:
    """Put published weights into both encoders; returns the names of the parameters that were set.

    Raises `ModelError` where a file cannot be read or does not fit.
    """
    taken = []
    for name, path in files.items():
        encoder: nn.Module = getattr(model, name)
        try:
            encoder.load_state_dict(_encoder_weights(path, name))
        except (OSError, RuntimeError, SafetensorError, pickle.UnpicklingError, AttributeError, EOFError) as error:
            raise ModelError(
                f'"{path}" could not be read as published weights of the {name} encoder: '
                f"{str(error).strip().splitlines()[0]} Get the file again or name another."
            ) from error
        taken += [f"{name}.{key}" for key, _ in encoder.named_parameters()]
    return taken


def download() -> None:
    """Fetch what is missing into torch's cache, from where torchvision says. Raises `ModelError`."""
    for name, weights in _torchvision_weights().items():
        if not any(_cache().glob(_FILE_NAMES[name])):
            try:
                torch.hub.load_state_dict_from_url(weights.url, map_location="cpu", check_hash=True, weights_only=True)
            except (OSError, RuntimeError) as error:
                raise ModelError(
                    f"The published {name} weights could not be downloaded: {error}. "
                    "Check the connection, or name files you have with --encoder."
                ) from error


def _torchvision_weights() -> dict[str, Any]:
    models = torchvision_models()
    return {"vgg": models.VGG16_Weights.IMAGENET1K_V1, "resnet": models.ResNet50_Weights.IMAGENET1K_V2}


def _cache() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints"


def _encoder_weights(path: Path, name: str) -> dict[str, Tensor]:
    """Weights with the encoder's own keys, float32 where they are floating-point."""
    if path.suffix == ".safetensors":
        prefix = f"{name}."
        weights = load_file(path)
    else:
        prefix = "features." if name == "vgg" else ""
        weights = torch.load(path, map_location="cpu", weights_only=True)
    return {
        key.removeprefix(prefix): value.float() if value.is_floating_point() else value
        for key, value in weights.items()
        if key.startswith(prefix) and not key.startswith(_UNUSED)
    }
