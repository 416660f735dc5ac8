"""What is said of the device that the model computes on; in the build for the processor, how to get the other one."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication

from handtint import paths


def device_tip() -> str:
    """For the place of the window that names the device."""
    tip = QCoreApplication.translate("device", "Where the model computes")
    if paths.flavor() != "cpu" or sys.platform != "linux":  # for others, no build with CUDA is made
        return tip
    return tip + QCoreApplication.translate(
        "device",
        ". This is Handtint for the processor. On a computer with an NVIDIA card, the build called handtint-cuda "
        "colors and learns faster; install it in place of this one.",
    )
