"""What the program `handtint-train` starts with: the trainer, which the window and `handtint finetune` start."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from training.__main__ import main

    sys.exit(main())
