"""`handtint doctor`: versions, devices, folders and a self-test, as text for a bug report."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from handtint import __version__, model_card, paths
from handtint.cli.exit_codes import FAILED, OK
from handtint.cli.options import add_device
from handtint.errors import HandtintError
from handtint.model_card import DEFAULT_MODEL, ModelFile
from handtint.plain import printable

if TYPE_CHECKING:
    from handtint.restore.colorizer import Load

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


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
    parser = commands.add_parser(
        "doctor",
        help="show versions, devices and folders, and color one sample as a test",
        allow_abbrev=False,
    )
    add_device(parser, "where the test runs")


def command(args: argparse.Namespace, load: Load) -> int:
    """Print what `examine` finds and return the exit code."""
    return OK if examine(load, DEFAULT_MODEL, args.device) else FAILED


def examine(load: Load, model_name: str, device: str) -> bool:
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
    except Exception as error:  # noqa: BLE001 a broken installation may raise anything; that is what is examined here
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
        from handtint.engine import importing_torch

        with importing_torch():
            from handtint.engine.colorizer import describe_devices

        return describe_devices()
    except HandtintError as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001 a driver may answer with anything
        return [f"unknown: {type(error).__name__}: {error}"]


def self_test(load: Load, model: ModelFile, device: str) -> str:
    """Color a small gray sample, save it, read it back, and say how it went.

    Raises what coloring raises; a result that is gray or of another lightness gives a text that begins
    with `failed`.
    """
    import numpy as np

    from handtint.imaging.opening import read_photo
    from handtint.progress import Progress
    from handtint.recipe.recipe import Recipe
    from handtint.recipe.saving import SaveOptions
    from handtint.restore.way import restore

    sample = paths.samples_dir() / _SAMPLE
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="handtint-") as folder:
        target = Path(folder) / "self-test.png"
        restore(sample, target, Recipe(), load(model, device, None), SaveOptions(), Progress())
        saved = read_photo(target)
    seconds = time.perf_counter() - start
    photo = read_photo(sample)
    off = float(np.abs(saved.lightness() - photo.lightness()).max())
    if off > _MOST_LIGHTNESS_OFF:
        return f'failed: the lightness of "{sample.name}" changed by up to {off:.2f}.'
    chroma = float(np.hypot(*np.moveaxis(saved.ab(), -1, 0)).mean())
    if not chroma > _LEAST_CHROMA:
        return f'failed: "{sample.name}" came out gray (mean chroma {chroma:.2f}).'
    return f'passed: "{sample.name}" in color with {model.card.name} in {seconds:.1f} s'
