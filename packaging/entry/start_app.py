"""What the programs `handtint` and `handtint-window` start with; they differ in whether they have a console."""

import multiprocessing
import os
import sys


def leave_libraries_to_us() -> None:
    """Let programs that Handtint opens, such as the file manager, find the system's libraries instead of ours."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)  # read once, when a program starts
    if before:
        os.environ["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    multiprocessing.freeze_support()  # before any import: a worker is this program, started again
    if sys.platform == "linux":
        leave_libraries_to_us()
    from handtint.__main__ import main

    sys.exit(main())
