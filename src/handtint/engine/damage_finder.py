"""A damage finder on a device: lightness in, the chance of damage out. Owns device, precision and padding.

One thread at a time may use it. The same picture and device give the same result on one machine.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from handtint.engine.colorizer import TorchColorizer, choose_device, is_out_of_memory
from handtint.engine.models import load_model
from handtint.errors import HandtintError
from handtint.model_card import DAMAGE, ModelCard, ModelFile, check_task

_AT_ONCE = 4  # pictures looked at side by side: each takes its own memory


class TorchDamageFinder:
    """Finds damage with one network on one device; what `repair.damage.finding.DamageFinder` asks for."""

    def __init__(self, model: nn.Module, card: ModelCard, device: torch.device) -> None:
        self._card = card
        self._device = device
        model = _without_norms(copy.deepcopy(model).eval())
        self._model = model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self._card

    def chances_in(self, pictures: Iterable[np.ndarray], closely: bool = True) -> Iterator[np.ndarray]:
        """`chances` of each picture, in order; on a CPU so many at once as torch has threads for, four at most."""
        usual = torch.get_num_threads()
        at_once = min(usual, _AT_ONCE) if self._device.type == "cpu" else 1
        try:
            # Each by one thread: two of one picture would wait for each other where another program is busy.
            with ThreadPoolExecutor(at_once, initializer=torch.set_num_threads, initargs=(1,)) as pool:
                yield from pool.map(lambda picture: self.chances(picture, closely), pictures)
        finally:
            torch.set_num_threads(usual)  # which holds for threads to come, too

    @torch.inference_mode()
    def chances(self, lightness: np.ndarray, closely: bool = True) -> np.ndarray:
        """(h, w) float32 L 0..100 to (h, w) uint8: the chance that a pixel is damaged, 255 for certainty.

        To look `closely`, enlarged, tells lines of one or two pixels better, and takes twice as long.

        Raises `HandtintError` where memory does not suffice.
        """
        height, width = lightness.shape
        multiple: int = self._model.multiple  # type: ignore[assignment]
        # Edge pixels repeat: a black or gray margin would be taken for the rim of something.
        padded = np.pad(lightness, ((0, -height % multiple), (0, -width % multiple)), mode="edge")
        x = torch.from_numpy(padded).to(self._device)[None, None] / 50 - 1
        try:
            with TorchColorizer.autocast(self._device):
                logits = self._model(x, closely)
            chance = torch.sigmoid(logits.float())[0, 0, :height, :width]
            return (chance * 255).round().to(torch.uint8).cpu().numpy()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise HandtintError(
                "There is not enough memory to look for damage. Your photo is unchanged. Close other programs and try "
                "again, or use --device cpu."
            ) from error


def _without_norms(module: nn.Module) -> nn.Module:
    """The same function, with what its batch norms do done by the convolutions before them. Changes the module."""
    for name, part in module.named_children():
        match list(part.children()):
            case [nn.Conv2d() as convolution, nn.BatchNorm2d() as norm, nn.ReLU()] if isinstance(part, nn.Sequential):
                setattr(module, name, type(part)(fuse_conv_bn_eval(convolution, norm), nn.ReLU(inplace=True)))
            case _:
                _without_norms(part)
    return module


def load_damage_finder(model_file: ModelFile, device: str = "auto") -> TorchDamageFinder:
    """Load a damage finder onto a device (`auto`, `cuda`, `mps`, `cpu`). Raises `ModelError`, `DeviceError`."""
    chosen = choose_device(device)
    check_task(model_file.card, DAMAGE)
    model, card = load_model(model_file.path)
    return TorchDamageFinder(model, card, chosen)
