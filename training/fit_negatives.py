"""Fit the little network by which a negative in black and white is noticed, and measure its false alarms.

    python -m training.fit_negatives FILE.npz --train A.tar B.tar --test C.tar

The archives hold photographs. The network is `imaging.color.negative_network`, which runs it without torch; here it is
trained to tell a picture from the same picture inverted, in half an hour on one core.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from handtint.imaging.color.negative_network import ROOM, SIDE, in_room

_SIDE_READ = 96  # from which pieces of the training pictures are cut
_BATCH, _EPOCHS = 64, 6


def pictures(archives: list[Path], side: int, most: int) -> np.ndarray:
    """(n, side, side) float32, 0..1, encoded, gray; squeezed to squares."""

    def read() -> Iterator[np.ndarray]:
        for archive in archives:
            with tarfile.open(archive) as tar:
                for count, member in enumerate(one for one in tar if one.isfile()):
                    file = tar.extractfile(member)
                    if count >= most or file is None:
                        break
                    image = Image.open(io.BytesIO(file.read())).convert("L")
                    yield np.asarray(image.resize((side, side), Image.Resampling.BOX), np.float32) / 255

    return np.stack(list(read()))


class Network(nn.Module):
    """Half of the sum: `forward` takes what it says of the inverted picture off."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, 16, 5, 2, 2)
        self.second = nn.Conv2d(16, 32, 3, 2, 1)
        self.third = nn.Conv2d(32, 64, 3, 2, 1)
        self.last = nn.Linear(64 * ROOM[0] * ROOM[1], 1, bias=False)

    def one_way(self, x: torch.Tensor) -> torch.Tensor:
        """(n,) of (n, 1, 64, 64) pictures in room."""
        for layer in (self.first, self.second, self.third):
            x = F.relu(layer(x))
        x = F.avg_pool2d(x, (x.shape[2] // ROOM[0], x.shape[3] // ROOM[1]))
        return self.last(F.dropout(x.flatten(1), 0.2, self.training))[:, 0]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n,) above 0 for photographs, below 0 for negatives."""
        return self.one_way(x) - self.one_way(-x)


def disturbed(batch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pieces of pictures as prints may have become: other tones, flatter, with a vignette, mirrored."""
    result = []
    for picture in batch:
        side = int(rng.integers(SIDE, len(picture) + 1))
        top, left = rng.integers(0, len(picture) - side + 1, 2)
        piece = picture[top : top + side, left : left + side]
        image = Image.fromarray(piece).resize((SIDE, SIDE), Image.Resampling.BOX)
        x = np.asarray(image)[:, :: rng.choice((1, -1))] ** np.exp(rng.normal(0, 0.35))
        y = np.linspace(-1, 1, SIDE)
        x = x + rng.normal(0, 0.08) * (y[:, None] ** 2 + y**2)
        result.append(x + rng.normal(0, rng.uniform(0, 0.04), x.shape))
    return in_room(np.stack(result).astype(np.float32))


def main(arguments: list[str]) -> int:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--test", type=Path, nargs="+", required=True)
    parser.add_argument("--most", type=int, default=6000, help="photographs of an archive")
    args = parser.parse_args(arguments)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rng, network = np.random.default_rng(1), Network()
    train = pictures(args.train, _SIDE_READ, args.most)
    test = torch.from_numpy(in_room(pictures(args.test, SIDE, args.most)))[:, None]
    steps = _EPOCHS * (len(train) // _BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, steps)
    for epoch in range(_EPOCHS):
        network.train()
        order = rng.permutation(len(train))
        for at in range(0, len(order) - _BATCH + 1, _BATCH):
            x = torch.from_numpy(disturbed(train[order[at : at + _BATCH]], rng))[:, None]
            loss = F.softplus(-network(x)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        network.eval()
        with torch.no_grad():
            said = network(test).numpy()
        rates = [f"{sure}: {(said < -sure).mean():.2%} false, {(said > sure).mean():.1%} found" for sure in range(1, 7)]
        sys.stdout.write(f"{epoch + 1}/{_EPOCHS}: {(said > 0).mean():.1%} right; beyond {', '.join(rates)}\n")
        sys.stdout.flush()
        np.savez_compressed(
            args.file, **{name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()}
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
