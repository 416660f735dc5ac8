"""Which arithmetic a network is trained in: weights stay float32, convolutions run in half precision where it pays."""

from __future__ import annotations

import torch

_NAMED = {"bf16": torch.bfloat16, "fp16": torch.float16, "float32": torch.float32}


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype:
    """The dtype of a recipe's `precision` on a device; float32 means no autocast.

    "auto" is bf16; fp16 on a GPU that does bf16 only by emulation; float32 on a CPU that does (measured there:
    slower than float32).
    """
    if precision != "auto":
        return _NAMED[precision]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "cpu":
        native = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)()
        return torch.bfloat16 if native else torch.float32
    return torch.float16
