"""Fit the detector of black-and-white negatives, and measure its hits and false alarms.

    python -m training.fit_negatives FILE.npz --encoder ENCODER.safetensors --train A.tar B.tar --bar C.tar --test D.tar
        [--unseen PREFIX ...] [--most N]

The archives hold photographs; those whose names begin with a prefix of `--unseen` are left out of `--train` and
`--bar`, and only those are taken of `--test`. `imaging.color.negative_network` runs the network without torch. Its
convolutions are the published ResNet18's as they are; fitted is a logistic regression on the difference between what
they find in a picture and in the same one inverted. In training, and to measure, a negative is made in two ways:
`inverted`, levels exchanged, and `on_film`, as a scanner gives it, levels stretched. Some ten minutes on one core.
"""

from __future__ import annotations

import argparse
import io
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from handtint.engine.architectures.resnet18_gray import ResNet18Gray
from handtint.imaging.color.negative_network import BLOCKS, NARROWING, ROOM, SIDE, in_room
from training.learning.encoders import start_encoder

_SIDE_READ = 112  # from which pieces of the training pictures are cut
_BATCH = 32
_CONTRAST = 2.0  # deviations of a picture that make 1 for the encoder
_FILM, _PRINT = 0.6, 2.2  # density of film over the logarithm of exposure; power of a print's encoded values
_SHRINK = 300.0
_SURE = 0.995  # of the photographs of `--bar` are called no negatives


def pictures(archives: list[Path], side: int, most: int, is_wanted: Callable[[str], bool]) -> np.ndarray:
    """(n, side, side) uint8, encoded, gray; squeezed to squares."""

    def read() -> Iterator[np.ndarray]:
        for archive in archives:
            count = 0
            with tarfile.open(archive) as tar:
                for member in tar:
                    file = tar.extractfile(member) if member.isfile() and is_wanted(Path(member.name).name) else None
                    if file is None:
                        continue
                    image = Image.open(io.BytesIO(file.read())).convert("L")
                    yield np.asarray(image.resize((side, side), Image.Resampling.BOX))
                    count += 1
                    if count == most:
                        break

    return np.stack(list(read()))


class Encoder:
    """The convolutions, as torch computes them."""

    def __init__(self, network: ResNet18Gray) -> None:
        self._network = network.eval()

    def __call__(self, room: np.ndarray) -> np.ndarray:
        """(n, 1024) of (n, 80, 80) in room."""
        with torch.no_grad():
            x = self._network.encode(torch.from_numpy(room)[:, None] / _CONTRAST)
        return F.adaptive_avg_pool2d(x, ROOM).flatten(1).numpy()

    def weights(self) -> dict[str, np.ndarray]:
        """As `negative_network` reads them: batch norm folded in, kernels in whole numbers of -127 to 127."""
        state = self._network.state_dict()
        names = {"conv1": ("conv1", "bn1")}
        for block in BLOCKS:
            names |= {f"{block}.conv{i}": (f"{block}.conv{i}", f"{block}.bn{i}") for i in (1, 2)}
        names[f"{NARROWING}.downsample"] = (f"{NARROWING}.downsample.0", f"{NARROWING}.downsample.1")
        found = {}
        for name, (convolution, norm) in names.items():
            gain = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + 1e-5)
            kernel = (state[f"{convolution}.weight"] * gain[:, None, None, None]).numpy()
            kernel = kernel / _CONTRAST if name == "conv1" else kernel
            step = np.maximum(np.abs(kernel).max(axis=(1, 2, 3)), 1e-8) / 127
            found[f"{name}.weight"] = np.rint(kernel / step[:, None, None, None]).astype(np.int8)
            found[f"{name}.step"] = step.astype(np.float32)
            found[f"{name}.bias"] = (state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * gain).numpy()
        return found


def pieces(batch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Parts of pictures as prints may have become, 0..1: other tones, flatter, with a vignette, mirrored."""
    result = []
    for picture in batch:
        side = int(rng.integers(SIDE, len(picture) + 1))
        top, left = rng.integers(0, len(picture) - side + 1, 2)
        image = Image.fromarray(picture[top : top + side, left : left + side])
        x = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))[:, :: rng.choice((1, -1))] / 255
        x = x ** np.exp(rng.normal(0, 0.35))
        y = np.linspace(-1, 1, SIDE)
        x = x + rng.normal(0, 0.08) * (y[:, None] ** 2 + y**2)
        result.append(x + rng.normal(0, rng.uniform(0, 0.04), x.shape))
    return np.clip(np.stack(result), 0, 1)


def inverted(x: np.ndarray) -> np.ndarray:
    """Pictures, 0..1, with dark and light exchanged."""
    return 1 - x


def on_film(x: np.ndarray) -> np.ndarray:
    """Pictures, (n, h, w) 0..1 encoded, as scans of the negatives they were printed from: dark parts of the scene are
    clear film, light ones dense."""
    light = (np.maximum(x, 0) ** _PRINT + 0.01) ** (-_FILM / _PRINT)
    low = light.min(axis=(1, 2), keepdims=True)
    return (light - low) / np.maximum(np.ptp(light, axis=(1, 2), keepdims=True), 1e-6)


def difference(network: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    """(n, 1024) by which pictures, 0..1, differ from the same inverted."""
    room = in_room(x)
    return network(room) - network(-room)


def fitted(rows: np.ndarray) -> np.ndarray:
    """(n,) weights under which the (m, n) differences of photographs are above 0: a logistic regression."""
    spread = rows.std(axis=0) + 1e-3
    rows, weights = rows / spread, np.zeros(rows.shape[1])
    for _ in range(12):
        told = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        curvature = (rows * (told * (1 - told) + 1e-4)[:, None]).T @ rows + _SHRINK * np.eye(len(weights))
        weights += np.linalg.solve(curvature, rows.T @ (1 - told) - _SHRINK * weights)
    return weights / spread


def main(arguments: list[str]) -> int:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--encoder", type=Path, required=True)
    for option in ("--train", "--bar", "--test"):
        parser.add_argument(option, type=Path, nargs="+", required=True)
    parser.add_argument("--unseen", nargs="*", default=[], help="prefixes of names")
    parser.add_argument("--most", type=int, default=6000, help="photographs of an archive")
    args = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rng, published = np.random.default_rng(1), ResNet18Gray()
    start_encoder(published, args.encoder, torch.zeros(2, 1, SIDE, SIDE))
    network = Encoder(published)

    def is_unseen(name: str) -> bool:
        return any(name.startswith(f"{prefix}_") for prefix in args.unseen)

    train = pictures(args.train, _SIDE_READ, args.most, lambda name: not is_unseen(name))
    rows = []
    for at in range(0, len(train), _BATCH):
        x = pieces(train[at : at + _BATCH], rng)
        is_film = (rng.random(len(x)) < 0.5)[:, None, None]
        rows.append(-difference(network, np.where(is_film, on_film(x), inverted(x))))
    weights = fitted(np.concatenate(rows))

    def margins(archives: list[Path], is_wanted: Callable[[str], bool]) -> Iterator[np.ndarray]:
        photos = pictures(archives, SIDE, args.most, is_wanted) / np.float32(255)
        for made in (lambda x: x, inverted, on_film):
            parts = (photos[at : at + _BATCH] for at in range(0, len(photos), _BATCH))
            yield np.concatenate([difference(network, made(part)) for part in parts]) @ -weights

    photographs, *_ = margins(args.bar, lambda name: not is_unseen(name))
    weights /= np.quantile(photographs, _SURE)  # so that the bar is 1
    for archive in args.test:
        photographs, plain, film = margins([archive], lambda name: not args.unseen or is_unseen(name))
        sys.stdout.write(
            f"{archive.name}: {len(photographs)} photographs, {(photographs > 1).mean():.2%} called negatives; "
            f"noticed {(plain > 1).mean():.1%} inverted, {(film > 1).mean():.1%} on film\n"
        )
    np.savez_compressed(args.file, **network.weights(), **{"last.weight": weights.astype(np.float32)})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
