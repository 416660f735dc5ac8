"""Help > About: the version, what it is made with, the device it computes on, and where its log is."""

from __future__ import annotations

import platform
import sys

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from handtint import __version__, paths
from handtint.gui.help import licenses
from handtint.gui.parts import icons
from handtint.gui.parts.dialogs import close_button, keep_room
from handtint.gui.parts.translating import tr


def device_tip() -> str:
    """The tool tip of the device's name; in the CPU build for Linux it also says how to get the CUDA build."""
    tip = tr("device", "The device the model runs on")
    if paths.flavor() != "cpu" or sys.platform != "linux":  # no build with CUDA is made for other systems
        return tip
    return tip + tr(
        "device",
        ". This is Handtint for the CPU. On a computer with an NVIDIA graphics card, the build called handtint-cuda "
        "is faster at coloring and teaching; install it in place of this one.",
    )


_LETTERS = 54  # of a line


class AboutDialog(QDialog):
    """Version, device, folders, and where the licenses are."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(tr("device", "About Handtint"))
        picture = QLabel(self)
        picture.setPixmap(icons.pixmap("handtint", None, 84, self.devicePixelRatioF()))
        name = QLabel(tr("device", "Handtint {version}", version=__version__), self)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(font.Weight.DemiBold)
        name.setFont(font)
        text = QLabel(
            tr(
                "device",
                "Restores and colorizes old photographs on your own computer. Nothing is sent anywhere.\n\n"
                "MIT license. The color is a model's guess, not a record of what was there.\n"
                "Made with Qt and PySide6 (LGPL), PyTorch, Pillow, tifffile and others; "
                "their licenses come with the program (Licenses, below).",
            ),
            self,
        )
        text.setWordWrap(True)
        text.setFixedWidth(_LETTERS * self.fontMetrics().averageCharWidth())
        facts = QLabel(
            tr(
                "device",
                "Python {python_version}, Qt {pyside_version}\nLog: {log_dir}",
                python_version=platform.python_version(),
                pyside_version=pyside_version,
                log_dir=paths.log_dir(),
            ),
            self,
        )
        facts.setProperty("role", "muted")
        facts.setWordWrap(True)
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(12)
        for label in (name, text, facts):
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(22)
        row.addWidget(picture, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.setSpacing(18)
        layout.addLayout(row)
        buttons = close_button(self)
        licenses.add_button(buttons, self)
        layout.addWidget(buttons)
        keep_room(self, 0)
