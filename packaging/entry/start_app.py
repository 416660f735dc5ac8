"""What the programs `handtint` and `handtint-window` start with; they differ in whether they have a console."""

import multiprocessing
import os
import sys
import warnings


def leave_libraries_to_us() -> None:
    """Let programs that Handtint opens, such as the file manager, find the system's libraries instead of ours."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)  # read once, when a program starts
    if before:
        os.environ["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    # torch looks for the source of some of its functions, for a compiler that is not used here.
    warnings.filterwarnings("ignore", message="Unable to retrieve source for @torch.jit._overload")
    multiprocessing.freeze_support()  # before any import: a worker is this program, started again
    if sys.platform == "linux":
        leave_libraries_to_us()
    from handtint.__main__ import main

    sys.exit(main())
