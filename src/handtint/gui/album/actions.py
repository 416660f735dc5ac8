"""The commands of an album as QActions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QWidget


class Side(Enum):
    """What of a photo the grid shows."""

    BEFORE = "before"
    BOTH = "both"
    AFTER = "after"


class AlbumActions:
    """The actions by name; connected and enabled by `albums.Albums`, which comes later than the menus that hold them.

    Args:
        make: makes an action of the window, as `Actions.make` does.
    """

    def __init__(self, make: Callable[..., QAction], window: QWidget) -> None:
        tr = window.tr
        self.restore = make(
            tr("&Restore Album…"),
            tr("Color the photos of the album; first shows what will be made, and where"),
            "Ctrl+Shift+R",
            "result",
            short=tr("Restore Album…"),
        )
        self.restore_selected = make(
            tr("Restore S&elected…"), tr("Color the selected photos only"), None, short=tr("Restore Selected…")
        )
        self.retry = make(tr("Retry &Failed…"), tr("Try the photos again that failed"), None, short=tr("Retry Failed…"))
        self.pause = make(tr("&Pause"), tr("Begin no further photo for a while"), "Ctrl+Shift+P", "pause")
        self.stop = make(tr("&Stop Restoring"), tr("Stop; it can go on later"), None, "stop", short=tr("Stop"))
        self.review = make(
            tr("Re&view Results"), tr("Look at results one by one: accept, redo, reject"), "F9", "review"
        )
        self.review.setIconText(tr("Review"))
        self.back = make(
            tr("&Back to the Album"), tr("Show the album again; so does Esc"), "Alt+Left", "back", short=tr("Album")
        )
        self.show_photo = make(tr("Sho&w Photo"), tr("Show this photo by itself; so does Enter"), None)
        self.mark = make(tr("&Mark"), tr("Put a star on the photos, or take it off"), "M", "star")
        self.mark.setCheckable(True)
        self.accept = make(tr("&Accept Result"), tr("This one is good"), "A", "done", short=tr("Accept"))
        self.redo = make(
            tr("Re&do with Other Settings"),
            tr("Change vividness and strength, then make it anew"),
            "R",
            "sliders",
            short=tr("Redo…"),
        )
        self.reject = make(
            tr("Re&ject Result"), tr("This one is no good; nothing is deleted"), "X", "close", short=tr("Reject")
        )
        self.set_aside = make(
            tr("Se&t Rejected Aside…"), tr('Move rejected results into the folder "rejected" beside the others'), None
        )
        self.recursive = make(
            tr("Photos in Folders &Inside Too"), tr("Let photos of the folders inside belong to the album"), None
        )
        self.recursive.setCheckable(True)
        self.sides = {
            Side.BEFORE: make(tr("Show &Originals"), tr("The photos as they came"), "Ctrl+Shift+1", "original"),
            Side.BOTH: make(
                tr("Show &Half of Each"), tr("The left half before, the right after"), "Ctrl+Shift+2", "wipe"
            ),
            Side.AFTER: make(tr("Show Res&ults"), tr("The colored photos"), "Ctrl+Shift+3", "photo"),
        }
        group = QActionGroup(window)
        for action in self.sides.values():
            action.setCheckable(True)
            group.addAction(action)
        self.sides[Side.BOTH].setChecked(True)
        self.close = make(tr("Close Alb&um"), tr("Close the album; nothing of it is lost"), None)
        for action in (*(action for group in self.groups() for action in group), self.close):
            action.setEnabled(False)
        self.back.setVisible(False)

    def groups(self) -> Sequence[Sequence[QAction]]:
        """In the order of the menu."""
        return (
            (self.restore, self.restore_selected, self.retry, self.pause, self.stop),
            (self.show_photo, self.back, self.mark, *self.sides.values(), self.recursive),
            (self.review, self.accept, self.redo, self.reject, self.set_aside),
        )
