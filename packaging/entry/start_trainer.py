"""What the program `handtint-train` starts with: the trainer, which the window and `handtint finetune` start."""

import multiprocessing
import sys
import warnings

if __name__ == "__main__":
    # torch looks for the source of some of its functions, for a compiler that is not used here.
    warnings.filterwarnings("ignore", message="Unable to retrieve source for @torch.jit._overload")
    multiprocessing.freeze_support()
    from training.__main__ import main

    sys.exit(main())
