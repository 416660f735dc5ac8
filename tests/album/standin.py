"""`handtint` with a colorizer that needs no torch, as a process: `python -m tests.album.standin restore …`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from skimage import data

from handtint import model_card
from handtint.cli import main as cli
from handtint.model_card import ModelFile
from tests.fakes import FakeColorizer, fake_card

ROOT = Path(__file__).resolve().parents[2]
GRAY = Image.fromarray(data.camera()[::8, ::10])  # (64, 52)
SCENE_SIZE = 192  # at which the fake's features tell scenes apart


def make_album(folder: Path, count: int) -> Path:
    """So many photos, each different; every third on end, every fourth in a folder inside."""
    (folder / "inside").mkdir(parents=True)
    for index in range(count):
        image = GRAY.rotate(90, expand=True) if index % 3 else GRAY
        image = image.point(lambda value, index=index: (value + index) % 256)
        image.save(folder / ("inside" if index % 4 == 3 else "") / f"{index:02}.png")
    return folder


def save_frame(path: Path, top: int, left: int) -> None:
    """Save what one frame shows of a man with a camera before a skyline."""
    scene = data.camera()[30:350, 60:440]
    Image.fromarray(scene[top : top + SCENE_SIZE, left : left + SCENE_SIZE]).save(path)


def make_scenes(folder: Path) -> Path:
    """An album of three frames of one scene, of which e.png is most like the others, and two photos of other things."""
    folder.mkdir()
    for name, place in {"b.png": (16, 40), "c.png": (32, 60), "e.png": (40, 24)}.items():
        save_frame(folder / name, *place)
    Image.fromarray(data.coins()[:SCENE_SIZE, :SCENE_SIZE]).save(folder / "a.png")
    Image.fromarray(data.page()[:SCENE_SIZE, :SCENE_SIZE]).save(folder / "d.png")
    return folder


def make_model(folder: Path, working_size: int = 32) -> Path:
    """A model file for those who only read its card."""
    path = folder / "fake.safetensors"
    card = fake_card(working_size=working_size)
    save_file({"w": np.zeros(4, np.float16)}, path, {model_card.CARD_KEY: card.to_json()})
    return path


def environment(**more: str) -> dict[str, str]:
    """For processes that import the sources and the tests."""
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))} | more


def load(model: ModelFile, device: str, threads: int | None) -> FakeColorizer:
    return FakeColorizer(model.card, delay_s=float(os.environ.get("STANDIN_DELAY_S", "0")))


if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:], load))
