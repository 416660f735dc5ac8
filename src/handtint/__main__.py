"""`handtint`: a command where one is named, else the window with the photos given."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

from handtint import paths, starting
from handtint.cli import main as cli
from handtint.cli.exit_codes import FAILED
from handtint.imaging.formats import READER_FLAG

_NEW_WINDOW = "--new-window"


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of the program; returns its exit code."""
    multiprocessing.freeze_support()  # a frozen program starts itself for every worker
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == [READER_FLAG]:
        from handtint.imaging.formats import reader_process  # with numpy, which the command line's help can do without

        return reader_process.main(arguments[1:])
    files = [argument for argument in arguments if argument != _NEW_WINDOW]
    if not names_photos(files):
        return cli.main(arguments)
    if trouble := starting.display_trouble():
        return _cannot_start(trouble)
    try:
        with starting.without_collecting():
            from handtint.gui.app import run  # the command line needs no Qt
    except ImportError as error:
        if (error.name or "").startswith("handtint"):  # a bug of ours, not something this computer lacks
            raise
        return _cannot_start(str(starting.not_loaded("The window", error)))

    return run([Path(file) for file in files], _NEW_WINDOW in arguments)


def _cannot_start(sentence: str) -> int:
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(f"{sentence}\n")
    return FAILED


def names_photos(arguments: Sequence[str]) -> bool:
    """Whether the arguments are for the window: none, or paths only. `handtint restor` is a typo, not a path."""
    if arguments and arguments[0] in cli.COMMANDS:
        return False
    return all(
        not argument.startswith("-")
        and (Path(argument).suffix != "" or len(Path(argument).parts) > 1 or paths.is_there(Path(argument)))
        for argument in arguments
    )


if __name__ == "__main__":
    sys.exit(main())
