"""The commands of an album as QActions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QAction

from handtint.gui.parts.action_maker import ActionMaker
from handtint.gui.parts.translating import tr


class CellView(Enum):
    """Which version of a photo a cell of the grid shows."""

    ORIGINAL = "original"
    HALVES = "halves"
    RESULT = "result"


@dataclass(frozen=True)
class Situation:
    """What decides which actions of an album can be triggered.

    Attributes:
        is_open: whether an album is open.
        has_model: whether there is a model to color with.
        has_review: whether verdicts can be read and written in the folder of the results.
        has_results: whether any photo of the album has a result.
        is_running, is_stopping, is_paused: what the run is doing, if there is one.
        in_grid: whether the grid is on screen.
        has_current, has_selection: whether the grid has a current photo, and selected ones.
        can_judge: whether the result in review can be given a verdict.
        can_mark, is_marked: whether there are photos to put a star on, and whether all of them have one.
    """

    is_open: bool
    has_model: bool
    has_review: bool
    has_results: bool
    is_running: bool
    is_stopping: bool
    is_paused: bool
    in_grid: bool
    has_current: bool
    has_selection: bool
    can_judge: bool
    can_mark: bool
    is_marked: bool


class AlbumActions:
    """The actions by name. `albums.Albums`, made after the menus, connects them and says when they can be used."""

    def __init__(self, maker: ActionMaker) -> None:
        make = maker.make
        self.restore = make(
            tr("album_actions", "&Restore Album…"),
            tr("album_actions", "Color the photos of the album; you see first what will be made, and where"),
            "Ctrl+Shift+R",
            "result",
            short=tr("album_actions", "Restore Album…"),
        )
        self.restore_selected = make(
            tr("album_actions", "Restore S&elected…"),
            tr("album_actions", "Color the selected photos only"),
            short=tr("album_actions", "Restore Selected…"),
        )
        self.retry = make(
            tr("album_actions", "Retry &Failed…"),
            tr("album_actions", "Try the photos that failed again"),
            short=tr("album_actions", "Retry Failed…"),
        )
        self.pause = make(
            tr("album_actions", "&Pause"),
            tr("album_actions", "Start no further photos until you go on"),
            "Ctrl+Shift+P",
            "pause",
        )
        self.stop = make(
            tr("album_actions", "&Stop Restoring"),
            tr("album_actions", "Stop; you can go on later"),
            None,
            "stop",
            short=tr("album_actions", "Stop"),
        )
        self.review = make(
            tr("album_actions", "Re&view Results"),
            tr("album_actions", "Go through the results one by one and accept, redo or reject them"),
            "F9",
            "review",
            short=tr("album_actions", "Review"),
        )
        self.back = make(
            tr("album_actions", "&Back to the Album"),
            tr("album_actions", "Go back to the album; so does Esc"),
            "Alt+Left",
            "back",
            short=tr("album_actions", "Album"),
        )
        self.show_photo = make(
            tr("album_actions", "Sho&w Photo"), tr("album_actions", "Show this photo on its own; so does Enter")
        )
        self.mark = make(
            tr("album_actions", "&Mark"),
            tr("album_actions", "Mark the photos with a star, or remove it"),
            "M",
            "star",
            is_checkable=True,
        )
        self.accept = make(
            tr("album_actions", "&Accept Result"),
            tr("album_actions", "Accept this result"),
            "A",
            "done",
            short=tr("album_actions", "Accept"),
        )
        self.redo = make(
            tr("album_actions", "Re&do with Other Settings"),
            tr("album_actions", "Change preset, model, variant, vividness and strength, then color it again"),
            "R",
            "sliders",
            short=tr("album_actions", "Redo…"),
        )
        self.reject = make(
            tr("album_actions", "Re&ject Result"),
            tr("album_actions", "Reject this result; nothing is deleted"),
            "X",
            "close",
            short=tr("album_actions", "Reject"),
        )
        self.set_aside = make(
            tr("album_actions", "Se&t Rejected Aside…"),
            tr("album_actions", 'Move rejected results into a folder "rejected" among the results'),
        )
        self.report = make(
            tr("album_actions", "Save Report Pa&ge…"),
            tr("album_actions", "A page on all results: thumbnails, what failed and why, how each was made"),
        )
        self.sheet = make(
            tr("album_actions", "Save Co&ntact Sheet…"),
            tr("album_actions", "A picture of the results with their originals side by side"),
        )
        self.recursive = make(
            tr("album_actions", "&Include Subfolders"),
            tr("album_actions", "Count photos in subfolders as part of the album"),
            is_checkable=True,
        )
        self.views = {
            CellView.ORIGINAL: make(
                tr("album_actions", "Show &Originals"),
                tr("album_actions", "The photos as they are on disk"),
                "Ctrl+Shift+1",
                "original",
            ),
            CellView.HALVES: make(
                tr("album_actions", "Show &Half of Each"),
                tr("album_actions", "The left half of the original, the right half of the result"),
                "Ctrl+Shift+2",
                "wipe",
            ),
            CellView.RESULT: make(
                tr("album_actions", "Show Res&ults"), tr("album_actions", "The colored photos"), "Ctrl+Shift+3", "photo"
            ),
        }
        maker.group(self.views.values())
        self.views[CellView.HALVES].setChecked(True)
        self.close = make(
            tr("album_actions", "Close Alb&um"),
            tr("album_actions", "Close the album; its settings and results are kept"),
        )
        for action in (*(action for group in self.groups() for action in group), self.close):
            action.setEnabled(False)
        self.back.setVisible(False)

    def enable(self, now: Situation) -> None:
        """Enable what can be done now, and name and check the actions accordingly."""
        can_start = now.is_open and now.has_model and not now.is_running
        is_going = now.is_running and not now.is_stopping
        for action, on in (
            (self.restore, can_start),
            (self.restore_selected, can_start and now.has_selection),
            (self.retry, can_start),
            (self.pause, is_going),
            (self.stop, is_going),
            (self.review, now.in_grid and now.has_results),
            (self.back, now.is_open and not now.in_grid),
            (self.show_photo, now.in_grid and now.has_current),
            (self.mark, now.can_mark),
            (self.accept, now.can_judge),
            (self.reject, now.can_judge),
            (self.redo, now.can_judge and now.has_model),
            (self.set_aside, now.is_open and now.has_review and not now.is_running),
            (self.report, now.has_results and now.has_model and not now.is_running),
            (self.sheet, now.has_results and not now.is_running),
            (self.recursive, now.is_open and not now.is_running),
            (self.close, now.is_open and not now.is_running),
        ):
            action.setEnabled(on)
        for action in self.views.values():
            action.setEnabled(now.in_grid)
        self.back.setVisible(now.is_open)
        self.pause.setText(tr("album_actions", "&Go On") if now.is_paused else tr("album_actions", "&Pause"))
        self.mark.setChecked(now.is_marked)

    def groups(self) -> Sequence[Sequence[QAction]]:
        """In the order of the menu."""
        return (
            (self.restore, self.restore_selected, self.retry, self.pause, self.stop),
            (self.show_photo, self.back, self.mark, *self.views.values(), self.recursive),
            (self.review, self.accept, self.redo, self.reject, self.set_aside),
            (self.report, self.sheet),
        )
