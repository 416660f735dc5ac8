"""Writes the table of options in docs/command-line.md anew from the parser: `python packaging/options_table.py`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "command-line.md"
_BEGIN, _END = "<!-- made by packaging/options_table.py -->\n", "<!-- end -->\n"


def table(parser: argparse.ArgumentParser) -> str:
    """A Markdown table of a parser's options, without `--help`."""
    rows = ["| option | meaning |", "|---|---|"]
    for action in parser._actions:
        if not action.option_strings or "--help" in action.option_strings:
            continue
        value = "" if action.nargs == 0 else f" {_metavar(action)}"
        names = ", ".join(f"`{name}{value}`".replace("|", "\\|") for name in action.option_strings)
        meaning = (action.help or "") % {"default": action.default}
        rows.append(f"| {names} | {meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(rows) + "\n"


def _metavar(action: argparse.Action) -> str:
    if action.metavar:
        return str(action.metavar)
    if action.choices:
        return "|".join(map(str, action.choices))
    return action.dest.upper()


def document() -> str:
    """The page with its table as the parser has it now."""
    from handtint.cli import restore_options

    commands = argparse.ArgumentParser().add_subparsers()
    restore_options.add_parser(commands)
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    return before + _BEGIN + table(commands.choices["restore"]) + _END + rest.split(_END)[1]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    DOCUMENT.write_text(document(), encoding="utf-8")
