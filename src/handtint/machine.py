"""What this computer has."""

from __future__ import annotations

import contextlib
import os


def memory_bytes() -> int | None:
    """The memory of this computer; None where it does not say, as on Windows."""
    if hasattr(os, "sysconf"):
        with contextlib.suppress(OSError, ValueError):
            return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None
