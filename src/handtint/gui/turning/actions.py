"""The commands that turn and crop a photo, as QActions."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from handtint.gui.parts.action_maker import ActionMaker
from handtint.gui.parts.translating import tr


class TurnActions:
    """The actions by name, made once for a window."""

    def __init__(self, maker: ActionMaker) -> None:
        make = maker.make
        self.left = make(
            tr("turning", "Rotate &Left"),
            tr("turning", "Rotate the photo a quarter turn counterclockwise"),
            "Ctrl+L",
            "rotate-left",
            short=tr("turning", "Rotate Left"),
        )
        self.right = make(
            tr("turning", "Rotate &Right"),
            tr("turning", "Rotate the photo a quarter turn clockwise"),
            "Ctrl+Shift+L",
            "rotate-right",
            short=tr("turning", "Rotate Right"),
        )
        self.flip = make(
            tr("turning", "&Flip"),
            tr("turning", "Exchange left and right, as for a negative scanned from its back"),
            "Ctrl+M",
            "flip",
            short=tr("turning", "Flip"),
        )
        self.flip_over = make(tr("turning", "Flip &Over"), tr("turning", "Exchange top and bottom"))
        self.crop = make(
            tr("turning", "&Crop and Straighten"),
            tr("turning", "Choose which part of the photo is kept, and level it"),
            "C",
            "crop",
            short=tr("turning", "Crop"),
            is_checkable=True,
        )
        self.find_print = make(
            tr("turning", "Find the &Print"),
            tr("turning", "Crop and straighten to the print on a scan's white or black bed"),
            "Shift+C",
            short=tr("turning", "Find the Print"),
        )
        self.split = make(
            tr("turning", "&Split Scan…"),
            tr("turning", "Make a photo of each print on a scan"),
            "Ctrl+Shift+K",
            short=tr("turning", "Split Scan"),
            is_checkable=True,
        )
        self.flatten = make(
            tr("turning", "&Make a Print Flat"),
            tr("turning", "Mark the four corners of a print that was photographed at an angle"),
            "Shift+P",
            short=tr("turning", "Make Flat"),
            is_checkable=True,
        )
        self.whole = make(tr("turning", "&As It Was Scanned"), tr("turning", "Undo all turning and cropping"))

    @property
    def groups(self) -> list[list[QAction]]:
        """As menus show them."""
        return [
            [self.left, self.right, self.flip, self.flip_over],
            [self.crop, self.find_print, self.flatten, self.split],
            [self.whole],
        ]

    @property
    def tools(self) -> list[QAction]:
        """The actions of the tools that take the photo's place."""
        return [self.crop, self.flatten, self.split]

    def rivals_of(self, action: QAction) -> list[QAction]:
        """Those of the others."""
        return [tool for tool in self.tools if tool is not action]

    def menu(self, parent: QWidget) -> QMenu:
        """All of them in a menu of their own."""
        made = QMenu(tr("turning", "Turn and Crop"), parent)
        for group in self.groups:
            made.addActions(group)
            made.addSeparator()
        return made

    def set_enabled(self, on: bool, is_turned: bool, is_print: bool, is_tiny: bool) -> None:
        """Let them be triggered or not; what takes them back only where the photo is turned, splitting a scan once."""
        for action in (self.left, self.right, self.flip, self.flip_over, self.crop, self.find_print):
            action.setEnabled(on)
        self.flatten.setEnabled(on and not is_tiny)
        self.whole.setEnabled(on and is_turned)
        self.split.setEnabled(on and not is_print)
