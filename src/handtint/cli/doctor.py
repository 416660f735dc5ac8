"""`handtint doctor`: versions, devices, folders and a self-test, as text for a bug report."""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from handtint import __version__, model_card, paths
from handtint.errors import HandtintError
from handtint.imaging.photo import SaveOptions, read_photo, write_photo
from handtint.model_card import ModelFile
from handtint.plain import printable
from handtint.progress import Progress
from handtint.recipe.settings import Settings
from handtint.restore.way import restore

if TYPE_CHECKING:
    from handtint.restore.way import Colorizer

# Their versions are told; a bundle holds what names them.
PACKAGES = (
    "torch",
    "numpy",
    "pillow",
    "tifffile",
    "imagecodecs",
    "pi-heif",
    "safetensors",
    "PySide6-Essentials",
)
_SAMPLE = "Peasant girls 1909.png"
_MOST_LIGHTNESS_OFF = 0.5  # what 8-bit rounding explains, in L
_LEAST_CHROMA = 1.0  # mean chroma below which a result is gray to the eye


def examine(load: Callable[[ModelFile, str, int | None], Colorizer], model_name: str, device: str) -> bool:
    """Print all there is to know and return whether the self-test passed."""
    print(f"Handtint    {__version__}")
    print(f"Python      {platform.python_version()} on {platform.platform()}, {sys.executable}")
    for package in PACKAGES:
        print(f"  {package:<19} {_version(package)}")
    print("Devices")
    for line in _devices():
        print(f"  {line}")
    print("Folders")
    print(f"  models      {paths.bundled_models_dir()}")
    print(f"  own models  {paths.user_models_dir()}")
    print(f"  logs        {paths.log_dir()}")
    print("Models")
    models = model_card.list_models()
    for model in models:
        print(printable(f"  {model.card.name:<11} {model.size_bytes / 2**20:.1f} MiB, {model.path}"))
    if not models:
        print("  none")
    try:
        result = self_test(load, model_card.find_model(model_name), device)
    except HandtintError as error:
        result = f"failed: {error}"
    except Exception as error:  # a broken installation may raise anything; that is what is examined here
        result = f"failed: {type(error).__name__}: {error}"
    print(printable(f"Self-test   {result}"))
    return not result.startswith("failed")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _devices() -> list[str]:
    try:
        from handtint.engine.colorizer import describe_devices

        return describe_devices()
    except Exception as error:  # torch fails to import in many ways; say which
        return [f"unknown, torch does not start: {type(error).__name__}: {error}"]


def self_test(load: Callable[[ModelFile, str, int | None], Colorizer], model: ModelFile, device: str) -> str:
    """Color a small gray sample, save it, read it back, and say how it went.

    Raises what coloring raises; a result that is gray or of another lightness gives a text that begins
    with `failed`.
    """
    sample = paths.samples_dir() / _SAMPLE
    start = time.perf_counter()
    photo = read_photo(sample)
    result = restore(photo, Settings(), load(model, device, None), Progress())
    with tempfile.TemporaryDirectory(prefix="handtint-") as folder:
        target = Path(folder) / "self-test.png"
        write_photo(target, result, SaveOptions(format="png"))
        saved = read_photo(target)
    seconds = time.perf_counter() - start
    off = float(np.abs(saved.lightness() - photo.lightness()).max())
    if off > _MOST_LIGHTNESS_OFF:
        return f'failed: the lightness of "{sample.name}" changed by up to {off:.2f}.'
    chroma = float(np.hypot(*np.moveaxis(saved.ab(), -1, 0)).mean())
    if not chroma > _LEAST_CHROMA:
        return f'failed: "{sample.name}" came out gray (mean chroma {chroma:.2f}).'
    return f'passed: "{sample.name}" in color with {model.card.name} in {seconds:.1f} s'
