"""A model on a device: lightness in, `Prediction` out. Owns device, precision, padding and the memory ladder.

One thread at a time may use a colorizer. The same photo and device give the same result on one machine.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from handtint import paths
from handtint.engine import DEVICES
from handtint.engine.models import load_model
from handtint.errors import DeviceError, HandtintError, ModelError, Sentence
from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.resize import resize_planes, working_size
from handtint.model_card import COLOR, ModelCard, ModelFile, check_task
from handtint.progress import Progress

_log = logging.getLogger(__name__)

AB_SCALE = 110.0
_MOST_AB = 4.0  # in that scale: no screen or paper shows a third of it
# What torch calls it on Windows' and Linux' processors and on Apple's GPUs, where it is no error of its own.
_OUT_OF_MEMORY = ("not enough memory", "can't allocate memory", "backend out of memory")

_Outputs = Sequence[torch.Tensor | None]  # each (n, c, h, w)


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name; `auto` takes CUDA, then Apple's GPU, then the CPU. Raises `DeviceError`."""
    has_cuda, has_mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if has_cuda else "mps" if has_mps else "cpu")
    if name not in DEVICES:
        raise DeviceError('There is no device "{name}". Choose one of {names}.', name=name, names=", ".join(DEVICES))
    if name == "cuda" and _lacks_cuda():
        raise DeviceError("This Handtint runs on the CPU only. Use --device cpu, or install handtint-cuda.")
    if (name == "cuda" and not has_cuda) or (name == "mps" and not has_mps):
        raise DeviceError(
            "This computer (or this build of torch) offers no {name} device. Use --device auto or cpu.", name=name
        )
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
    if _lacks_cuda():
        lines.append("cuda: not in this build; for NVIDIA cards there is handtint-cuda, to install in its place")
    return lines


def _lacks_cuda() -> bool:
    """Whether this is an installed Handtint for the processor, of a system that has one for NVIDIA cards too."""
    return paths.flavor() == "cpu" and sys.platform == "linux"


def _cpu_dtype() -> torch.dtype:
    # bf16 pays only where the CPU multiplies it itself (measured: 2 to 3.6 times on plain 3x3 convolutions).
    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return torch.bfloat16 if supported() else torch.float32


def _dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return _cpu_dtype() if device.type == "cpu" else torch.float32


def _is_plausible(ab: np.ndarray, logits: np.ndarray | None) -> bool:
    """Whether an answer is finite and its colors are plausible."""
    is_finite = logits is None or bool(np.isfinite(logits.sum(dtype=np.float32)))
    return is_finite and bool(np.abs(ab).max(initial=0) <= _MOST_AB)  # false for NaN too


class TorchColorizer:
    """Colors with one network on one device; see the module's text."""

    def __init__(self, model: nn.Module, card: ModelCard, device: torch.device) -> None:
        self._card = card
        self._device = device
        self._model = model.eval().to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @property
    def card(self) -> ModelCard:
        """The card of the model."""
        return self._card

    @property
    def device(self) -> str:
        """What a user calls the device."""
        return device_name(self._device)

    def take_threads(self, count: int | None) -> None:
        """From now on a pass on the CPU takes so many threads, None: as many as usual. On the thread that uses it."""
        if self._device.type == "cpu":
            # More threads cost more than they give on small networks, and stall on a busy machine.
            torch.set_num_threads(count or max(1, min(4, os.cpu_count() or 1)))

    def predict(self, lightness: np.ndarray, progress: Progress) -> Prediction:
        """Color of a whole photo.

        Args:
            lightness: (h, w) float32, 0..100, at the working size, or at the card's `seen_size` for a
                closer look.
            progress: asked before the pass; a running pass is not cut off.

        Raises `HandtintError` where even the smallest step on the CPU finds no memory.
        """
        return self.predict_many([lightness], progress)[0]

    @property
    def batch_size(self) -> int:
        """How many photos are worth a pass: a GPU needs many to be busy, a CPU one or two."""
        return 2 if self._device.type == "cpu" else 8

    def predict_many(self, lightness: Sequence[np.ndarray], progress: Progress) -> list[Prediction]:
        """`predict` for several photos of one size, in one pass where memory allows.

        Where it does not, the batch is halved as often as need be before a photo is given less than its size.
        Raises `ModelError` for an answer that is no color.
        """
        bins = getattr(self._model, "bins", None)
        bins = None if bins is None else bins.float().cpu().numpy()
        predictions = []
        planes = _planes(lightness)
        for (ab, logits), notes in self._pass(self._network_for(planes.shape[1:3]), planes, progress):
            assert ab is not None
            if not _is_plausible(ab, logits):
                raise ModelError(
                    'The model "{name}" answered with colors that are no numbers or far out of range. '
                    "Your photo is unchanged. Choose another model.",
                    name=self._card.name,
                )
            logits = None if logits is None else logits.astype(np.float16)
            predictions.append(Prediction(ab * np.float32(AB_SCALE), logits, bins, notes))
        return predictions

    def _network_for(self, size: tuple[int, ...]) -> Callable[[torch.Tensor], _Outputs]:
        """How a picture of (h, w) is looked at: one that is large enough closer, too."""
        closer = working_size(size, self._card.seen_size)
        is_large = size[0] >= closer[0] and size[1] >= closer[1]
        return getattr(self._model, "see", self._model) if is_large else self._model

    def pass_alone(self, size: tuple[int, int]) -> Callable[[], object]:
        """The network's arithmetic on a picture of this size that is at hand already; what `predict` is measured by."""
        multiple: int = self._model.multiple  # type: ignore[assignment]
        x = torch.zeros(1, 1, *(side + -side % multiple for side in size))
        x = x.to(self._device).contiguous(memory_format=torch.channels_last)

        network = self._network_for(size)

        @torch.inference_mode()
        def run() -> object:
            with self.autocast(self._device):
                return network(x)

        return run

    @staticmethod
    def autocast(device: torch.device) -> torch.autocast:
        """Half precision where the device is faster by it."""
        dtype = _dtype(device)
        return torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32)

    def features(self, lightness: np.ndarray, progress: Progress) -> np.ndarray | None:
        """(h', w', c) float16: what each cell of the photo looks like to the network, from its encoder alone.

        The same thing in two photos has nearly the same features, those of one model only. None where the network has
        none to give. Arguments and errors as for `predict`.
        """
        describe = getattr(self._model, "describe", None)
        if describe is None:
            return None
        (((features,), _),) = self._pass(lambda x: (describe(x),), _planes([lightness]), progress)
        assert features is not None
        return features.astype(np.float16)

    def _pass(
        self, network: Callable[[torch.Tensor], _Outputs], planes: np.ndarray, progress: Progress
    ) -> list[tuple[list[np.ndarray | None], tuple[str, ...]]]:
        """What the network gives for whole pictures.

        Args:
            planes: (n, h, w, c).

        Returns for each picture its outputs, each (h', w', c) float32, and notes on how they were had.
        """
        progress.step(0.0)
        for size, device, note in self._ladder(planes.shape[1:3]):
            progress.step(0.05, note)
            try:
                outputs = self._forward(network, np.stack([_resize(p, size) for p in planes]), device)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    if device.type == "cpu":
                        raise
                    said = self._leave_device(error)
                    return [(out, (said, *notes)) for out, notes in self._pass(network, planes, progress)]
                self._release()
                if len(planes) > 1:
                    parts = planes[: len(planes) // 2], planes[len(planes) // 2 :]
                    return [outputs for part in parts for outputs in self._pass(network, part, progress)]
                continue
            progress.step(1.0)
            notes = (note,) if note else ()
            return [([None if o is None else o[i] for o in outputs], notes) for i in range(len(planes))]
        raise HandtintError(
            "There is not enough memory to color this photo, even at a quarter of the size on the CPU. "
            "Your photo is unchanged. Close other programs and try again."
        )

    def _leave_device(self, error: Exception) -> str:
        """Go over to the CPU for good, since the device failed; a sentence on that.

        Raises `DeviceError` where the model cannot be had back from it.
        """
        broken, cpu = self.device, torch.device("cpu")
        _log.error("%s stopped working", broken, exc_info=error)
        try:
            self._model.to(cpu)
        except RuntimeError as failure:
            raise DeviceError(
                "{broken} stopped working, and the model in its memory is lost. Your photo is unchanged. "
                "Start Handtint again; if that happens once more, compute on the processor (--device cpu).",
                broken=broken,
            ) from failure
        self._device = cpu
        self.take_threads(None)
        return Sentence(
            "{device} stopped working: this photo and those after it are colored on the CPU.", device=broken
        )

    def _ladder(self, size: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], torch.device, str]]:
        """Sizes and devices to try, one after the other, and what to say of each."""
        cpu = torch.device("cpu")
        for device in dict.fromkeys((self._device, cpu)):
            for parts, words in ((1, ""), (2, "half"), (4, Sentence("a quarter of"))):
                said = []
                if device != self._device:
                    said.append(
                        Sentence("{device} ran out of memory: the photo was colored on the CPU.", device=self.device)
                    )
                if words:
                    said.append(
                        Sentence(
                            "{device} ran out of memory: color was decided at {words} the working size.",
                            device=device_name(device),
                            words=words,
                        )
                    )
                yield (-(-size[0] // parts), -(-size[1] // parts)), device, " ".join(said)

    @torch.inference_mode()
    def _forward(
        self, network: Callable[[torch.Tensor], _Outputs], planes: np.ndarray, device: torch.device
    ) -> list[np.ndarray | None]:
        """From (n, h, w, c) planes, what the network gives, each (n, h', w', c')."""
        height, width = planes.shape[1:3]
        multiple: int = self._model.multiple  # type: ignore[assignment]
        bottom, right = -height % multiple, -width % multiple
        # Edge pixels repeat: a black or gray margin would be taken for part of the picture.
        planes = np.pad(planes, ((0, 0), (0, bottom), (0, right), (0, 0)), mode="edge")
        x = torch.from_numpy(np.ascontiguousarray(planes.transpose(0, 3, 1, 2))).to(device)
        x = x.contiguous(memory_format=torch.channels_last)  # (n, c, h, w)
        model = self._model
        if device != self._device:
            model.to(device)
        try:
            with self.autocast(device):
                outputs = network(x)
        finally:
            if device != self._device:
                model.to(self._device)
        return [None if output is None else _crop(output.float(), (height, width), x.shape[2:]) for output in outputs]

    def _release(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()


def _planes(lightness: Sequence[np.ndarray]) -> np.ndarray:
    """(n, h, w, 1) what a network takes of (h, w) L."""
    return np.stack(lightness)[..., None] / np.float32(50) - 1


def _crop(output: torch.Tensor, size: tuple[int, int], padded: torch.Size) -> np.ndarray:
    """Cut what belongs to the padding off (n, c, h', w'), exactly also where that falls inside a cell; (n, h, w, c)."""
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
        grid = grid.expand(len(output), -1, -1, -1)
        output = F.grid_sample(output, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return output.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _resize(planes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return resize_planes(planes.astype(np.float32, copy=False), size)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on whatever device and in whatever words torch says so."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return any(words in str(error) for words in _OUT_OF_MEMORY)


def load_colorizer(model_file: ModelFile, device: str = "auto", threads: int | None = None) -> TorchColorizer:
    """Load a model onto a device (`auto`, `cuda`, `mps`, `cpu`). Raises `ModelError`, `DeviceError`.

    Args:
        threads: how many threads of the CPU a network takes; fewer than usual where others have work for them.
    """
    chosen = choose_device(device)
    check_task(model_file.card, COLOR)
    model, card = load_model(model_file.path)
    colorizer = TorchColorizer(model, card, chosen)
    colorizer.take_threads(threads)
    return colorizer
