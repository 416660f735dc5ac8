"""`handtint models`: list the models at hand."""

from __future__ import annotations

import argparse
import json
import sys

from handtint import model_card, paths
from handtint.cli.exit_codes import FAILED, OK
from handtint.model_card import DEFAULT_MODEL, ModelFile
from handtint.plain import printable


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the program's; `command` runs it."""
    parser = commands.add_parser("models", help="list the models at hand", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON list")


def command(args: argparse.Namespace) -> int:
    """Print the list and return the exit code."""
    models = model_card.list_models()
    if args.json:
        print(json.dumps([_describe(model) for model in models], indent=2))
        return OK
    if not models:
        print(
            "There are no models here. Reinstall Handtint, or give a model file: --model FILE.",
            file=sys.stderr,
        )
        return FAILED
    for model in models:
        card = model.card
        default = " (default)" if card.name == DEFAULT_MODEL else ""
        lines = [
            f"{card.name}{default}: {card.use_when}",
            f"  size        {model.size_bytes / 2**20:.1f} MiB, {card.parameters:,} parameters",
            f"  trained on  {card.trained_on}",
            f"  license     {card.license}",
            *(f"  {name:<11} {_figures(value)}" for name, value in card.metrics.items()),
            f"  file        {model.path}",
        ]
        print(*map(printable, lines), sep="\n")
    print(f"How the bundled ones were made, and where they fail: {paths.models_document()}")
    return OK


def _figures(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_figures(figure)}" for name, figure in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _describe(model: ModelFile) -> dict[str, object]:
    card = model.card
    return {
        "name": card.name,
        "file": str(model.path),
        "size_bytes": model.size_bytes,
        "parameters": card.parameters,
        "architecture": card.architecture,
        "trained_on": card.trained_on,
        "license": card.license,
        "metrics": card.metrics,
        "use_when": card.use_when,
        "card_sha256": card.sha256,
    }
