"""Restoring the open album, as the window shows it: the plan, pause and stop, the bar at the foot, closing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from handtint.album.photos import Show, count_states
from handtint.gui.album.actions import AlbumActions
from handtint.gui.album.album import Album
from handtint.gui.album.run import RunPhase
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.album.words import BarCommands, bar_message
from handtint.gui.album.workspace import AlbumWorkspace
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.dialogs import ask
from handtint.gui.parts.translating import tr
from handtint.gui.session.session import Session

if TYPE_CHECKING:
    from handtint.gui.album.plan_dialog import PlanDialog


class Restoring(QObject):
    """See the module's text.

    Attributes:
        dialog: the plan dialog, while it is open.
    """

    changed = Signal()  # which actions can be used

    def __init__(
        self,
        album: Album,
        runs: AlbumRuns,
        session: Session,
        workspace: AlbumWorkspace,
        actions: AlbumActions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._album, self._runs, self._session, self._workspace, self._window = album, runs, session, workspace, window
        self.dialog: PlanDialog | None = None
        self._message = ""
        self._counts = count_states([])
        self._commands = BarCommands(
            pause=self.pause,
            stop=self.stop,
            go_on=actions.restore.trigger,
            retry=actions.retry.trigger,
            show_failed=lambda: workspace.show_only(Show.FAILED),
            show_folder=self._show_folder,
        )
        connect(
            [
                (actions.restore, self.restore),
                (actions.restore_selected, lambda: self.restore(only=[p.path for p in workspace.grid.selected])),
                (actions.retry, lambda: self.restore(retry=True)),
                (actions.pause, self.pause),
                (actions.stop, self.stop),
                (actions.set_aside, self.set_aside),
            ]
        )
        runs.changed.connect(self.show_run)
        album.loaded.connect(self._forget)

    def restore(self, only: Sequence[Path] | None = None, retry: bool = False) -> None:
        """Show the plan, and start the run once the user agrees."""
        choices, order = self._album.choices, self._album.order()
        if choices is None or order is None or self._runs.is_running:
            return
        self.tell("")
        from handtint.gui.album.plan_dialog import PlanDialog  # only now: the window starts sooner

        dialog = PlanDialog(
            choices,
            self._session.models,
            order.model,
            lambda order, output: self._runs.request(order, output, only),
            self._runs.plan,
            self._window,
            only=None if only is None else len(only),
            retry=retry,
        )
        self.dialog = dialog

        def begin() -> None:
            self._runs.stop_planning()
            if dialog.plan is not None:
                self._album.leave_out(dialog.rows.left_out)
                form, order = dialog.form, dialog.form.order
                self._album.choose(form.output, form.save, form.model.card.name, order.recipe, order.by_scene)
                self._runs.start(dialog.chosen, order)

        def end() -> None:
            self._runs.stop_planning()
            self.dialog = None
            dialog.deleteLater()

        dialog.accepted.connect(begin)
        dialog.finished.connect(end)
        dialog.open()

    def pause(self) -> None:
        """Start no further photos, or go on."""
        run = self._runs.run
        if run is not None:
            if run.phase is RunPhase.RUNNING:
                run.pause()
            else:
                run.resume()

    def stop(self) -> None:
        """End the run; the user can go on later."""
        if self._runs.run is not None:
            self._runs.run.stop()

    def set_aside(self) -> None:
        """Ask, then move the rejected results into a folder of their own."""
        rejected = self._album.rejected()
        if not rejected or self._album.review is None:
            self.tell(tr("album", "No results are rejected, or all of them have been set aside already."))
            return
        folder = self._album.review.folder / "rejected"
        if ask(
            self._window,
            tr("album", "Set {rejected_count} rejected results aside?", rejected_count=len(rejected))
            if len(rejected) != 1
            else tr("album", "Set the rejected result aside?"),
            tr(
                "album",
                'They are moved to "{folder}"; nothing is deleted. Accepting one brings it back.',
                folder=folder,
            ),
            tr("album", "&Set Aside"),
            tr("album", "&Leave Them"),
        ):
            count = self._album.set_rejected_aside()
            text = (
                tr("album", '{count} results are now in "{folder}".', count=count, folder=folder)
                if count != 1
                else tr("album", '1 result is now in "{folder}".', folder=folder)
            )
            self.tell(text)

    def tell(self, sentence: str) -> None:
        """Show a sentence in the bar until the user closes it."""
        self._message = sentence
        self.show_run()

    def show_counts(self, counts: Counter[str]) -> None:
        """Take over how many photos of each kind the album has now."""
        self._counts = counts
        self.show_run()

    def show_run(self) -> None:
        """Show how far the album is."""
        message = bar_message(self._runs.run, self._counts, self._commands)
        if self._message:
            message = dataclasses.replace(message, text=self._message, close=lambda: self.tell(""))
        self._workspace.bar.show_message(message)
        self.changed.emit()

    def _forget(self) -> None:
        """Another album was opened."""
        self._message = ""

    def _show_folder(self) -> None:
        if self._runs.run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._runs.run.output)))

    def may_close(self) -> bool:
        """Ask if an album is being restored; returns whether the window may close. Results made so far are kept."""
        run = self._runs.run
        if run is None or run.is_over:
            return True
        number = QLocale().toString
        return ask(
            self._window,
            tr("album", "Stop restoring the album and close?"),
            tr(
                "album",
                "{done} of {count} photos are done and kept. To go on, open the album again and press Go On.",
                done=number(run.counts["done"]),
                count=number(len(run.jobs)),
            ),
            tr("album", "&Stop and Close"),
        )
