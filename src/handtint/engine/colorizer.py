"""A model on a device: lightness in, `Prediction` out. Owns device, precision, padding and the memory ladder.

One thread at a time may use a colorizer. The same photo, hints and device give the same result on one machine.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from handtint import paths
from handtint.engine.models import load_model
from handtint.errors import HandtintError
from handtint.imaging.prediction import Prediction
from handtint.imaging.resize import resize_planes
from handtint.model_card import ModelCard, ModelFile
from handtint.progress import Progress

AB_SCALE = 110.0
DEVICES = ("auto", "cuda", "mps", "cpu")


class DeviceError(HandtintError):
    """The device asked for is not there."""


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, then Apple's GPU, then the CPU. Raises `DeviceError`."""
    has_cuda, has_mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if has_cuda else "mps" if has_mps else "cpu")
    if name not in DEVICES:
        raise DeviceError(f'There is no device "{name}". Choose one of {", ".join(DEVICES)}.')
    if name == "cuda" and not has_cuda and paths.flavor() == "cpu":
        raise DeviceError("This Handtint computes on the processor only. Use --device cpu, or install handtint-cuda.")
    if (name == "cuda" and not has_cuda) or (name == "mps" and not has_mps):
        raise DeviceError(f"This computer (or this build of torch) offers no {name} device. Use --device auto or cpu.")
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """What a user calls the device, such as `NVIDIA GeForce RTX 3060` or `CPU`."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"mps": "Apple GPU", "cpu": "CPU"}.get(device.type, device.type)


def describe_devices() -> list[str]:
    """One line for each device at hand, for `handtint doctor`."""
    lines = [f"cpu: {platform.processor() or platform.machine()}, {os.cpu_count()} cores, {_cpu_dtype()}"]
    lines += [f"cuda:{i}: {torch.cuda.get_device_name(i)}" for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        lines.append("mps: Apple GPU")
    if paths.flavor() == "cpu" and sys.platform != "darwin":
        lines.append("cuda: not in this build; the one for NVIDIA cards is called handtint-cuda")
    return lines


def _cpu_dtype() -> torch.dtype:
    # bf16 pays only where the CPU multiplies it itself (measured: 2 to 3.6 times on plain 3x3 convolutions).
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.bfloat16 if supported() else torch.float32


def _dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return _cpu_dtype() if device.type == "cpu" else torch.float32


class TorchColorizer:
    """Colors with one network on one device; see the module's text."""

    def __init__(self, model: nn.Module, card: ModelCard, device: torch.device) -> None:
        self._card = card
        self._device = device
        self._model = model.eval().to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def card(self) -> ModelCard:
        return self._card

    @property
    def device(self) -> str:
        """What a user calls the device."""
        return device_name(self._device)

    def predict(self, lightness: np.ndarray, hints: np.ndarray | None, progress: Progress) -> Prediction:
        """Color of a whole photo.

        Args:
            lightness: (h, w) float32, 0..100, at the working size.
            hints: (h, w, 3) float32 planes a, b (Lab units) and mask, or None; left out by models without hints.
            progress: asked before the pass; a running pass is not cut off.

        Raises `HandtintError` where even the smallest step on the CPU finds no memory.
        """
        progress.step(0.0)
        planes = lightness[..., None] / 50.0 - 1.0
        if self._card.hints:
            if hints is None:
                hints = np.zeros((*lightness.shape, 3), np.float32)
            scale = np.array([AB_SCALE, AB_SCALE, 1.0], np.float32)
            planes = np.concatenate([planes, hints / scale], axis=-1)  # (h, w, 4)
        for size, device, note in self._ladder(lightness.shape):
            progress.step(0.05)
            try:
                ab, logits = self._forward(_resize(planes, size), device)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._release()
                continue
            progress.step(1.0)
            bins = getattr(self._model, "bins", None)
            return Prediction(
                ab=ab,
                logits=logits,
                bins=None if bins is None else bins.float().cpu().numpy(),
                notes=(note,) if note else (),
            )
        raise HandtintError(
            "There is not enough memory to color this photo, even at half size on the CPU. "
            "Your photo is unchanged. Close other programs and try again."
        )

    def _ladder(self, size: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], torch.device, str]]:
        whole, half = (size[0], size[1]), ((size[0] + 1) // 2, (size[1] + 1) // 2)
        yield whole, self._device, ""
        cpu = torch.device("cpu")
        if self._device.type == "cpu":
            yield half, cpu, "Memory ran short: color was decided at half the working size."
            return
        name = self.device
        yield half, self._device, f"{name} ran out of memory: color was decided at half the working size."
        yield whole, cpu, f"{name} ran out of memory: the photo was colored on the CPU."

    @torch.inference_mode()
    def _forward(self, planes: np.ndarray, device: torch.device) -> tuple[np.ndarray, np.ndarray | None]:
        height, width = planes.shape[:2]
        multiple: int = self._model.multiple  # type: ignore[assignment]
        bottom, right = -height % multiple, -width % multiple
        # Edge pixels repeat: a black or gray margin would be taken for part of the picture.
        planes = np.pad(planes, ((0, bottom), (0, right), (0, 0)), mode="edge")
        x = torch.from_numpy(np.ascontiguousarray(planes.transpose(2, 0, 1)[None])).to(device)
        x = x.contiguous(memory_format=torch.channels_last)  # (1, c, h, w)
        model = self._model
        if device != self._device:
            model.to(device)
        try:
            dtype = _dtype(device)
            with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
                ab, logits = model(x)
        finally:
            if device != self._device:
                model.to(self._device)
        ab_planes = _crop(ab.float() * AB_SCALE, (height, width), x.shape[2:])
        if logits is None:
            return ab_planes, None
        return ab_planes, _crop(logits.float(), (height, width), x.shape[2:]).astype(np.float16)

    def _release(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _crop(output: torch.Tensor, size: tuple[int, int], padded: torch.Size) -> np.ndarray:
    """Cut what belongs to the padding off (1, c, h', w'); exact also where the cut falls inside a cell."""
    scale_y, scale_x = output.shape[2] / padded[0], output.shape[3] / padded[1]
    height, width = size[0] * scale_y, size[1] * scale_x
    rows, columns = int(np.ceil(height)), int(np.ceil(width))
    output = output[..., :rows, :columns]
    if rows != height or columns != width:
        # Cells lie at (i + 0.5) / scale; resample so that the last one ends where the picture ends.
        y = (torch.arange(rows, device=output.device) + 0.5) * (height / rows)
        x = (torch.arange(columns, device=output.device) + 0.5) * (width / columns)
        grid = torch.stack(torch.meshgrid(2 * y / rows - 1, 2 * x / columns - 1, indexing="ij")[::-1], dim=-1)[None].to(
            output.dtype
        )
        output = F.grid_sample(output, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return output[0].permute(1, 2, 0).contiguous().cpu().numpy()


def _resize(planes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return resize_planes(planes.astype(np.float32, copy=False), size)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error)


def load_colorizer(model_file: ModelFile, device: str = "auto") -> TorchColorizer:
    """Load a model onto a device (`auto`, `cuda`, `mps`, `cpu`). Raises `ModelError`, `DeviceError`."""
    chosen = choose_device(device)
    if chosen.type == "cpu":
        # More threads cost more than they give on small networks, and stall on a busy machine.
        torch.set_num_threads(max(1, min(4, os.cpu_count() or 1)))
    model, card = load_model(model_file.path)
    return TorchColorizer(model, card, chosen)
