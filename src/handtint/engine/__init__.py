"""Networks and the device they run on. The only room of the app that imports torch."""

from __future__ import annotations

import os


def wait_without_spinning() -> None:
    """Have the network's threads sleep while they wait for each other. Call it before torch is imported.

    As they come they spin: on two cores a pass of `unet` took up to 1.16 CPU seconds by two threads, 0.05 by one, and
    0.05 by two that sleep. What the environment says already stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
