"""Options that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from handtint.model_card import DEFAULT_MODEL


def add_model(parser: argparse.ArgumentParser, help_text: str = "see `handtint models`") -> None:
    """Add `--model`."""
    text = f"{help_text} (default: %(default)s)"
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME|FILE", help=text)


def add_device(parser: argparse.ArgumentParser, help_text: str = "where the model runs") -> None:
    """Add `--device`."""
    from handtint.engine import DEVICES

    text = f"{help_text} (default: %(default)s)"
    parser.add_argument("--device", choices=DEVICES, default="auto", help=text)


def number_between(low: float, high: float, kind: type = float) -> Callable[[str], float]:
    """A type for argparse: a number in this range; numbers that are whole with `kind` int."""

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:  # not a number is in no range
            noun = "whole number" if kind is int else "number"
            raise argparse.ArgumentTypeError(f'"{text}" is not a {noun} from {low} to {high}')
        return value

    return parse
