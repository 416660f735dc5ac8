"""The commands that repair a photo, as QActions."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget

from handtint.gui.parts.action_maker import ActionMaker
from handtint.gui.parts.translating import tr


class RepairActions:
    """The actions by name, made once for a window."""

    def __init__(self, maker: ActionMaker) -> None:
        make = maker.make
        self.auto = make(
            tr("repair", "Look for What It &Needs"),
            tr("repair", "Look at the photo and say what it needs; nothing changes until you apply it"),
            "Ctrl+E",
            short=tr("repair", "Auto"),
        )
        self.take_all = make(
            tr("repair", "Apply All &That Was Found"),
            tr("repair", "Repair all that was found"),
            "Ctrl+Alt+E",
            short=tr("repair", "Apply All"),
        )
        self.reset = make(
            tr("repair", "Turn Repair O&ff"),
            tr("repair", "Repair nothing"),
            "Ctrl+Shift+E",
            short=tr("repair", "Reset Repair"),
        )
        self.marks = make(
            tr("repair", "Show and Edit &Damage"),
            tr("repair", "Mark what will be filled; a click on the photo removes a mark or adds one"),
            "D",
            "damage",
            short=tr("repair", "Marks"),
            is_checkable=True,
        )
        self.brush = make(
            tr("repair", "&Brush for Damage"),
            tr("repair", "Paint over damage; with Shift, remove marks"),
            "Shift+D",
            "brush",
            short=tr("repair", "Brush"),
            is_checkable=True,
        )
        self.white = make(
            tr("repair", "Click on What Was &White"),
            tr("repair", "Click on a place of a faded color photo that was white or gray"),
            "W",
            "pipette",
            short=tr("repair", "White Point"),
            is_checkable=True,
        )

    def menu(self, parent: QWidget) -> QMenu:
        """All of them in a menu of their own."""
        made = QMenu(tr("repair", "Repair"), parent)
        made.addActions([self.auto, self.take_all, self.reset])
        made.addSeparator()
        made.addActions([self.marks, self.brush, self.white])
        return made
