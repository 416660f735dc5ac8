"""Teaches the tiny networks of repair and writes their model files.

`python -m training.learning.repair faded_color|evenness DATA... --out FILE --steps 6000`
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from handtint.engine.models import save_model
from handtint.model_card import EVENNESS, FADED_COLOR, ModelCard, read_card
from handtint.repair.network import SIDE
from training.learning import dyes, evenness
from training.learning.glance import Course, Glance, widened
from training.photos.found import load_photos

_SEEN = 2 * SIDE  # photographs are faded at twice the size that the network sees
_TASKS = {
    FADED_COLOR: (dyes.teach, "bring back the colors of photos whose dyes have faded"),
    EVENNESS: (evenness.teach, "level uneven fading and vignettes of black-and-white photos"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Teach one network."""
    parser = argparse.ArgumentParser(prog="python -m training.learning.repair", description=__doc__)
    parser.add_argument("task", choices=_TASKS)
    parser.add_argument("data", type=Path, nargs="+", help="folders of photos or tar files")
    parser.add_argument("--out", type=Path, required=True, help="the model's file")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="end earlier, the learning rate at nothing")
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate at most")
    parser.add_argument("--parent", type=Path, help="a model of the same task to go on from")
    parser.add_argument("--width", type=int, default=192, help="of the last layers; a narrower parent is widened")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    photos = small_squares(options.data)
    parent = loaded(options.parent) if options.parent else None
    if parent is not None and parent.said.in_features < options.width:
        parent = widened(parent, options.width)
    course = Course(options.steps, options.minutes, options.rate, options.seed)
    learned = _TASKS[options.task][0](photos, course, parent)
    save(options.out, options.task, learned, f"{len(photos)} photographs", {"steps": options.steps})


def small_squares(sources: Sequence[Path]) -> np.ndarray:
    """(n, 64, 64, 3) uint8: all color photographs found, brought to squares."""
    photos = load_photos(sources, _SEEN).photos
    return np.stack(
        [np.asarray(Image.fromarray(photo).resize((_SEEN, _SEEN), Image.Resampling.BOX)) for photo in photos]
    )


def loaded(path: Path) -> Glance:
    """The network of a model's file. Raises `ModelError`."""
    card = read_card(path)
    learner = Glance(**card.arguments)
    learner.load_state_dict({name: weights.float() for name, weights in load_file(path).items()})
    return learner


def save(path: Path, task: str, learned: Glance, trained_on: str, recipe: dict[str, object]) -> None:
    """Write the model's file, float16, with its card."""
    _, use_when = _TASKS[task]
    card = ModelCard(
        name=task,
        architecture="glance",
        arguments={"outputs": learned.said.out_features, "width": learned.said.in_features},
        working_size=SIDE,
        trained_on=trained_on,
        license="MIT",
        use_when=f"to {use_when}",
        parameters=sum(weights.numel() for weights in learned.parameters()),
        recipe=recipe,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        task=task,
    )
    save_model(path, learned, card)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
