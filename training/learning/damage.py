"""Teaches a network where photographs are damaged: `python -m training.learning.damage PHOTOS... --out FOLDER`.

Sound photographs are brought to a scan's size (at times larger than they are, and soft, as a scan at 1200 dpi is),
aged, damaged by `training.photos.damage`, and the network learns where. The model is written into the folder every few
minutes, as the mean of its last weights, and training goes on from there when the command is given again.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import io
import tarfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from handtint.engine.models import build, load_model, save_model
from handtint.model_card import DAMAGE, ModelCard
from training.learning.device import autocast_dtype
from training.photos.damage import Damaged, damage
from training.reports import Report, ignore, show

_SIZE = 192
_CLOSE = 0.6  # share of batches seen enlarged, of which a part of each example as large as that again is cut out
_BATCH = 5
_NEW = 1  # example of a batch that was not seen before
_STOCK = 1500  # examples to draw the others from
_RATE = 3e-3
_DECAY = 0.01
_MEAN = 0.998  # of the weights, a step
_SAVE_EVERY_S = 240.0
_QUIET = 0.2  # gain of layers that a network's parent lacks
_POSITIVE = 2.0  # weight of damaged pixels


def load_gray(sources: Sequence[Path], most: int, seed: int) -> list[np.ndarray]:
    """(h, w) uint8 photographs out of tar files, `most` of them, each as some emulsion saw it."""
    rng = np.random.default_rng(seed)
    photos = []
    for n, source in enumerate(sources):
        left = (most - len(photos)) // (len(sources) - n)
        with tarfile.open(source) as archive:
            members = [member for member in archive if member.isfile() and not member.name.endswith(".mask.png")]
            for place in rng.permutation(len(members))[:left]:
                file = archive.extractfile(members[place])
                assert file is not None
                rgb = np.asarray(Image.open(io.BytesIO(file.read())).convert("RGB"))
                weights = np.array((0.3, 0.6, 0.1)) if rng.random() < 0.5 else rng.dirichlet((0.6, 1.2, 1.0))
                photos.append((rgb @ weights.astype(np.float32)).astype(np.uint8))
    return photos


def scan(photo: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size) float32 L 0..100: a part of a sound photograph as a scan would show it, before any damage."""
    height, width = photo.shape
    scale = float(np.exp(rng.uniform(np.log(0.9), np.log(4.0))))
    side = min(size / scale, height, width)
    left, top = rng.uniform(0, width - side), rng.uniform(0, height - side)
    method = rng.choice([Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR])
    image = Image.fromarray(photo).resize((size, size), Image.Resampling(method), (left, top, left + side, top + side))
    if rng.random() < 0.5:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.15:
        image = image.transpose(Image.Transpose.ROTATE_90)
    if rng.random() < 0.06:
        _write(image, rng)
    if rng.random() < 0.08:
        _frame(image, rng)
    if side < size and rng.random() < 0.3:  # enlarged: as sharp as a scan often is made
        image = image.filter(ImageFilter.UnsharpMask(float(size / side), int(rng.integers(30, 130)), 0))
    plane = np.asarray(image, np.float32) / 255
    plane = plane ** rng.uniform(0.6, 1.6)
    low, high = rng.uniform(0, 0.3) * (rng.random() < 0.5), 1 - rng.uniform(0, 0.3) * (rng.random() < 0.5)
    plane = low + plane * (high - low)
    if rng.random() < 0.7:
        plane = plane + _grain(size, rng) * 0.003 * 20 ** rng.random()
    return np.clip(plane * 100, 0, 100).astype(np.float32)


def _grain(size: int, rng: np.random.Generator) -> np.ndarray:
    """(size, size) film grain of unit deviation, fine or coarse."""
    noise = torch.from_numpy(rng.standard_normal((1, 1, size, size)).astype(np.float32))
    return _blurred(noise, rng.uniform(0, 1.3), True)[0, 0].numpy()


def _blurred(x: Tensor, sigma: float, unit: bool = False) -> Tensor:
    """(1, 1, h, w) after a Gaussian blur; with `unit`, white noise keeps its deviation."""
    if sigma < 0.25:
        return x
    radius = int(3 * sigma) + 1
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = kernel / (kernel.square().sum().sqrt() if unit else kernel.sum())
    x = F.pad(x, (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(x, kernel[None, None, None]), kernel[None, None, :, None])


def _write(image: Image.Image, rng: np.random.Generator) -> None:
    """A caption: writing belongs to the photograph."""
    letters = "".join(chr(int(c)) for c in rng.integers(65, 122, int(rng.integers(3, 14))))
    place = (int(rng.uniform(-10, image.width * 0.7)), int(rng.uniform(0, image.height)))
    font = ImageFont.load_default(float(rng.uniform(7, 30)))
    ImageDraw.Draw(image).text(place, letters, int(rng.choice([0, 255])), font)


def _frame(image: Image.Image, rng: np.random.Generator) -> None:
    """A mount or the rim of a plate on one to three sides: it belongs to the photograph too."""
    draw, (w, h) = ImageDraw.Draw(image), image.size
    tone, line = int(rng.choice([rng.uniform(0, 40), rng.uniform(190, 255)])), int(rng.uniform(0, 255))
    depth = int(rng.uniform(0.02, 0.3) * w)
    sides = [(0, 0, depth, h), (w - depth, 0, w, h), (0, 0, w, depth), (0, h - depth, w, h)]
    for place in rng.permutation(4)[: int(rng.integers(1, 4))]:
        draw.rectangle(sides[place], tone, line, int(rng.integers(0, 4)))


def example(photo: np.ndarray, size: int, rng: np.random.Generator) -> Damaged:
    """A scan with damage, after the blur of enlarger and scanner, its noise and at times a JPEG's blocks."""
    sigma = rng.uniform(0.3, 1.2) if rng.random() < 0.5 else 0.0
    damaged = damage(
        scan(photo, size, rng), rng, lambda plane: _blurred(torch.from_numpy(plane)[None, None], sigma)[0, 0].numpy()
    )
    plane = damaged.lightness
    if rng.random() < 0.6:
        plane = plane + rng.standard_normal(plane.shape).astype(np.float32) * rng.uniform(0.1, 2.0)
    plane = np.clip(plane, 0, 100)
    if rng.random() < 0.25:
        stored = io.BytesIO()
        Image.fromarray((plane * 2.55 + 0.5).astype(np.uint8)).save(stored, "JPEG", quality=int(rng.integers(55, 98)))
        plane = np.asarray(Image.open(stored), np.float32) / 2.55
    return dataclasses.replace(damaged, lightness=plane)


def batches(photos: Sequence[np.ndarray], seed: int, enlarged: float) -> Iterator[tuple[Tensor, Tensor, Tensor, bool]]:
    """Endlessly: planes of L/50 - 1, masks 0 or 1, and weights, each (batch, 1, size, size), and how to look.

    Where the network is to look closely, which is `enlarged`, it is given so much smaller parts.

    Painting takes as long as learning from it, so that each example is seen a few times, mirrored, turned and inverted
    anew: a batch holds few that are new.
    """
    rng = np.random.default_rng(seed)
    stock: list[Damaged] = []
    while True:
        for _ in range(_BATCH if len(stock) < 4 * _BATCH else _NEW):
            made = example(photos[int(rng.integers(len(photos)))], _SIZE, rng)
            if len(stock) < _STOCK:
                stock.append(made)
            else:
                stock[int(rng.integers(_STOCK))] = made
        newest = stock[-_NEW:] if len(stock) < _STOCK else []
        others = [stock[i] for i in rng.integers(0, len(stock), _BATCH - len(newest))]
        drawn = [_seen_anew(d, rng) for d in (*newest, *others)]
        closely = bool(rng.random() < _CLOSE)
        if closely:
            drawn = [_part(d, int(_SIZE / enlarged / 16) * 16, rng) for d in drawn]
        planes = np.stack([d.lightness for d in drawn])[:, None] / np.float32(50) - 1
        masks = np.stack([d.mask for d in drawn])[:, None]
        weights = np.stack([d.weight for d in drawn])[:, None]
        yield torch.from_numpy(planes), torch.from_numpy(masks).float(), torch.from_numpy(weights), closely


def _part(damaged: Damaged, size: int, rng: np.random.Generator) -> Damaged:
    """A square of a damaged picture."""
    top, left = (int(v) for v in rng.integers(0, _SIZE - size + 1, 2))
    planes = (damaged.lightness, damaged.mask, damaged.weight)
    return Damaged(*(plane[top : top + size, left : left + size] for plane in planes))


def _seen_anew(damaged: Damaged, rng: np.random.Generator) -> Damaged:
    """Mirrored, at times lying on its side or a negative, lighter or darker, with more or less contrast."""
    turns = int(rng.integers(0, 4)) if rng.random() < 0.3 else 0
    step = -1 if rng.random() < 0.5 else 1
    planes = [np.rot90(p, turns)[:, ::step] for p in (damaged.lightness, damaged.mask, damaged.weight)]
    lightness = planes[0] if rng.random() < 0.9 else 100 - planes[0]
    middle = rng.uniform(30, 70)
    lightness = (lightness - middle) * rng.uniform(0.8, 1.15) + middle + rng.normal(0, 4)
    return Damaged(np.clip(lightness, 0, 100).astype(np.float32), planes[1], planes[2])


def loss_of(logits: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy, and one minus the overlap of what is found with what is there, over the batch."""
    logits = logits.float()
    entropy = F.binary_cross_entropy_with_logits(logits, mask, weight, pos_weight=torch.tensor(_POSITIVE))
    chance = torch.sigmoid(logits) * weight
    overlap = 2 * (chance * mask).sum() / (chance.sum() + mask.sum() + 1)
    return 3 * entropy + (1 - overlap)


def fit(
    photos: Sequence[np.ndarray],
    card: ModelCard,
    out: Path,
    minutes: float,
    seed: int = 0,
    rate: float = _RATE,
    report: Report = ignore,
    parent: Path | None = None,
) -> None:
    """Train a `damage_finder` for so long; the learning rate falls to zero over that time.

    Args:
        photos: (h, w) uint8.
        card: what network; where the folder `out` holds a model of its name, training goes on from that.
        parent: a model of the same width to start from where `out` holds none, however large it looks at pictures and
            though it may have fewer layers.
    """
    path = out / f"{card.name}.safetensors"
    network = load_model(path)[0] if path.is_file() else build(card)
    if parent is not None and not path.is_file():
        _start_from(network, parent)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean = copy.deepcopy(network).eval()
    network.train()
    dtype = autocast_dtype("auto", torch.device("cpu"))
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=_DECAY)
    start = saved = time.monotonic()
    seen = {"loss": 0.0, "found": 0.0, "right": 0.0, "there": 0.0}
    for step, (x, mask, weight, closely) in enumerate(batches(photos, seed, card.arguments["enlarged"])):
        done = (time.monotonic() - start) / (60 * minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(step / 100, 1, 0.5 + 0.5 * float(np.cos(np.pi * done)))
        with torch.autocast("cpu", dtype=dtype, enabled=dtype != torch.float32):
            logits = network(x.contiguous(memory_format=torch.channels_last), closely)
        loss = loss_of(logits, mask, weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        _follow(mean, network, min(_MEAN, step / (step + 20)))
        found = (logits > 0) & (weight > 0)
        seen["loss"] += loss.item()
        seen["found"] += found.sum().item()
        seen["right"] += (found * mask).sum().item()
        seen["there"] += mask.sum().item()
        if step % 100 == 99:
            precision, recall = seen["right"] / max(seen["found"], 1), seen["right"] / max(seen["there"], 1)
            minute = (time.monotonic() - start) / 60
            text = (
                f"{minute:6.1f} min  step {step + 1:6}  loss {seen['loss'] / 100:.4f}  "
                f"precision {precision:.3f}  recall {recall:.3f}"
            )
            report({"event": "step", "step": step + 1, "done": done, "text": text})
            seen = dict.fromkeys(seen, 0.0)
        if time.monotonic() - saved > _SAVE_EVERY_S:
            saved = time.monotonic()
            save_model(path, mean, card)
    save_model(path, mean, card)


@torch.no_grad()
def _start_from(network: nn.Module, parent: Path) -> None:
    """Take over a model's weights. Layers that it lacks say little at first."""
    lacking, _ = network.load_state_dict(load_file(parent), strict=False)
    for name in lacking:
        if name.endswith("1.weight"):  # of a batch norm
            network.get_parameter(name).fill_(_QUIET)


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, keep: float) -> None:
    for old, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, 1 - keep)
        else:
            old.copy_(new)


def new_card(width: int, enlarged: float) -> ModelCard:
    """The card of a damage finder to be trained."""
    card = ModelCard(
        name="damage",
        architecture="damage_finder",
        arguments={"width": width, "enlarged": enlarged},
        working_size=_SIZE,
        trained_on="Damage painted over photographs of the training shards (docs/repair.md), from random weights.",
        license="MIT, as far as our rights reach; see docs/models.md for the photographs it was trained from.",
        use_when="Finds dust, hairs, scratches, cracks and holes.",
        parameters=0,
        task=DAMAGE,
    )
    return dataclasses.replace(card, parameters=sum(p.numel() for p in build(card).parameters()))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m training.learning.damage", description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+", help="tar files of photographs")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=_RATE, help="learning rate at first")
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--enlarged", type=float, default=1.5, help="how large the network looks at the picture")
    parser.add_argument("--most", type=int, default=10000, help="photographs to learn from")
    parser.add_argument("--parent", type=Path, help="a model of the same width to start from")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    photos = load_gray(options.photos, options.most, options.seed)
    show({"event": "data", "photos": len(photos), "text": f"{len(photos)} photographs"})
    card = new_card(options.width, options.enlarged)
    fit(photos, card, options.out, options.minutes, options.seed, options.rate, show, options.parent)


if __name__ == "__main__":
    main()
