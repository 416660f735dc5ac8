"""Starting an encoder from published ResNet18 weights.

Two kinds of files are taken, both with torchvision's key names and a gray first convolution: with batch norm, or
with batch norm folded into the convolutions. For a folded one, batch norm is rebuilt as an identity on a calibration
batch (scale = measured deviation, shift = measured mean + folded bias), so that it can be tuned like the original.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from handtint.engine.architectures.efficientnet import EfficientNetLite2, fold
from handtint.errors import ModelError

# The published first convolution takes (gray - 0.449) / 0.226 with gray 0..1; ours takes L/50 - 1, and gray is
# close to L/100: gray = (x + 1) / 2.
_GAIN = 0.5 / 0.226
_OFFSET = (0.5 - 0.449) / 0.226


def start_encoder(model: nn.Module, path: Path, calibration: Tensor) -> list[str]:
    """Put published weights into the encoder of `model`; returns the names of the parameters that were set.

    Args:
        calibration: (N, c, h, w), an input batch of the network, for batch norm's statistics or a trunk's gains.

    Raises `ModelError` where the file cannot be read or fits no layer.
    """
    if path.is_dir():
        raise ModelError(f'"{path}" is a folder. Name the file of the encoder weights in it.')
    try:
        weights = {key: value.float() for key, value in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise ModelError(f'The encoder weights "{path}" could not be read: {error}.') from error
    trunk = getattr(model, "trunk", None)
    if isinstance(trunk, EfficientNetLite2):
        _start_trunk(trunk, weights, path)
        model.calibrate(calibration)  # type: ignore[operator]
        return []
    folded = "conv1_gray.weight" in weights
    first = weights.get("conv1_gray.weight" if folded else "conv1.weight")
    if first is None:
        raise ModelError(f'The encoder weights "{path.name}" do not fit this network.')
    shift = _OFFSET * first.sum((1, 2, 3))
    state = model.state_dict()
    taken = []
    for key, value in weights.items():
        if key in state and key != "conv1.weight" and state[key].shape == value.shape:
            state[key].copy_(value)
            taken.append(key)
    if "conv1.weight" not in state or state["conv1.weight"].shape[0] != first.shape[0] or not taken:
        raise ModelError(f'The encoder weights "{path.name}" do not fit this network.')
    with torch.no_grad():
        state["conv1.weight"].copy_(first * _GAIN)
    taken.append("conv1.weight")
    if folded:
        biases = {key[: -len(".bias")]: value for key, value in weights.items() if key.endswith(".bias")}
        biases["conv1"] = biases.pop("conv1_gray") + shift
        _rebuild_batch_norm(model, biases, calibration)
        taken += [_norm_of(name) + suffix for name in biases for suffix in (".weight", ".bias")]
    else:
        state["bn1.running_mean"] -= shift
    parameters = dict(model.named_parameters())
    return [name for name in taken if name in parameters]


def _start_trunk(trunk: EfficientNetLite2, weights: dict[str, Tensor], path: Path) -> None:
    try:
        trunk.load_state_dict(fold(weights))
    except (KeyError, RuntimeError) as error:
        raise ModelError(f'The encoder weights "{path.name}" do not fit this network.') from error


def _norm_of(convolution: str) -> str:
    """Name of the batch norm behind a convolution: conv1 -> bn1, downsample.0 -> downsample.1."""
    head, _, last = convolution.rpartition(".")
    norm = "1" if last == "0" else last.replace("conv", "bn")
    return f"{head}.{norm}" if head else norm


@torch.no_grad()
def _rebuild_batch_norm(model: nn.Module, biases: dict[str, Tensor], calibration: Tensor) -> None:
    modules = dict(model.named_modules())
    measured: dict[str, tuple[Tensor, Tensor]] = {}
    hooks = []
    for convolution, bias in biases.items():
        name = _norm_of(convolution)
        norm = modules.get(name)
        if not isinstance(norm, nn.BatchNorm2d):
            continue
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.copy_(bias)

        def measure(_module: nn.Module, inputs: tuple[Tensor], name: str = name) -> None:
            x = inputs[0]
            measured[name] = x.mean((0, 2, 3)), x.var((0, 2, 3))

        hooks.append(norm.register_forward_pre_hook(measure))
    was_training = model.training
    model.eval()
    model(calibration)
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    for name, (mean, variance) in measured.items():
        norm = modules[name]
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)
