"""Training on several GPUs or machines, started by `torchrun -m training fit ...`.

Every process (rank) holds the whole network, takes its share of each batch, and adds up gradients with the others, so
that all of them make the step one process would have made. Gradients are added up once, after a rank's last
micro-batch, and not bucket by bucket as torch's DistributedDataParallel does it: a rank that runs out of memory can
then begin its share again while the others simply wait for it, and branches that got no gradient need no special mode.
Networks of this size lose little by that.

Batch norm takes each rank's own statistics; the running ones are averaged over the ranks.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch import distributed as dist

from handtint.engine.colorizer import choose_device
from handtint.errors import HandtintError


class RanksError(HandtintError):
    """The processes of a training on several devices did not find each other."""


class Ranks:
    """This process among those that train together; alone by default.

    Args:
        rank, count: its number and how many there are.
        device: where tensors that are sent must lie.
    """

    def __init__(self, rank: int = 0, count: int = 1, device: torch.device | None = None) -> None:
        self.rank = rank
        self.count = count
        self._device = device or torch.device("cpu")

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes files and reports."""
        return self.rank == 0

    def share(self, count: int) -> range:
        """Which of `count` photos of a batch are this rank's."""
        return range(count * self.rank // self.count, count * (self.rank + 1) // self.count)

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replace float32 tensors, of the same shapes on every rank, by their sums over the ranks."""
        if self.count == 1:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        dist.all_reduce(flat)
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def largest(self, *values: float) -> tuple[float, ...]:
        """Each value's largest over the ranks."""
        if self.count == 1:
            return values
        sent = torch.tensor(values, dtype=torch.float32 if self._device.type == "mps" else torch.float64)
        sent = sent.to(self._device)
        dist.all_reduce(sent, dist.ReduceOp.MAX)
        return tuple(sent.tolist())

    def copy_first(self, tensors: Sequence[Tensor]) -> None:
        """Give every rank the first one's values."""
        if self.count > 1:
            for tensor in tensors:
                whole = tensor.contiguous()
                dist.broadcast(whole, 0)
                tensor.copy_(whole)


@contextlib.contextmanager
def joined(device_name: str) -> Iterator[tuple[Ranks, torch.device]]:
    """This process's place and device, as torchrun's environment says; alone where it says nothing.

    Raises `RanksError`, `DeviceError`.
    """
    device = choose_device(device_name)
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Ranks(), device
        return
    rank = int(os.environ["RANK"])
    if device.type == "cuda":
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if local >= torch.cuda.device_count():
            raise RanksError(
                f"This machine has {torch.cuda.device_count()} GPUs, too few for process {local + 1} on it. "
                "Start torchrun with a smaller --nproc-per-node."
            )
        device = torch.device("cuda", local)
        torch.cuda.set_device(device)
    try:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", rank=rank, world_size=count)
    except (RuntimeError, ValueError) as error:
        raise RanksError(
            f"Process {rank + 1} of {count} did not reach the others: {str(error).splitlines()[0]} "
            "Check torchrun's address and port, and that every machine was started."
        ) from error
    try:
        yield Ranks(rank, count, device), device
    finally:
        dist.destroy_process_group()
