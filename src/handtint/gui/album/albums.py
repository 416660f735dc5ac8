"""Albums as the window knows them: opening folders, going between grid, photo and review, starting runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget, QWidget

from handtint.album.photos import AlbumPhoto
from handtint.gui.actions import Actions
from handtint.gui.album.actions import AlbumActions, Situation
from handtint.gui.album.album import Album
from handtint.gui.album.own_settings import OwnSettings
from handtint.gui.album.restoring import Restoring
from handtint.gui.album.review import ReviewWorkspace
from handtint.gui.album.run import RunPhase
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.album.summaries import Summaries
from handtint.gui.album.summary import Summary
from handtint.gui.album.words import status_line
from handtint.gui.album.workspace import AlbumWorkspace
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.action_buttons import add_context_menu
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.recipe.recipe import Recipe


class Albums(QObject):
    """See the module's text.

    Args:
        actions, album_actions: the window's own, and those that only albums have.
        stack: the stack of the window's workspaces.

    Attributes:
        button: for the status bar; visible while an album is being restored and another workspace is on screen.
    """

    saved = Signal(str)  # a result that Save asked for, as a sentence
    moved = Signal()  # to another workspace, or the album's state changed

    def __init__(
        self,
        session: Session,
        memory: Memory,
        actions: Actions,
        album_actions: AlbumActions,
        stack: QStackedWidget,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._memory, self._window_actions, self.actions_ = session, memory, actions, album_actions
        self._stack, self._window = stack, window
        self.has_copied: Callable[[], bool] = lambda: False  # whether there are settings to paste
        self.album = Album(session, memory, self)
        self.runs = AlbumRuns(self.album, session, self)
        self._pictures = Worker("handtint-pictures", self, tr("albums", "reading photos of the album"))
        self.workspace = AlbumWorkspace(self.album, self._pictures, actions.open, self.actions_, window)
        self.review = ReviewWorkspace(self.album, self.runs, session, self._pictures, actions, self.actions_, window)
        stack.addWidget(self.workspace)
        stack.addWidget(self.review)
        self.restoring = Restoring(self.album, self.runs, session, self.workspace, self.actions_, window)
        self.button = QPushButton(window)
        self.button.setProperty("role", "link")
        self.button.setToolTip(tr("albums", "Show the album"))
        self.button.setAccessibleName(tr("albums", "Show the album"))
        self.button.hide()
        self._summary = Summary(self.album, self.workspace, self.restoring, self)
        self._own_settings = OwnSettings(self.album, self.runs, session, self)
        self._summaries = Summaries(self.album, self.tell, window)
        self._connect()
        own = self.actions_
        groups = [[own.show_photo, own.mark], [own.restore_selected, actions.show_folder]]
        add_context_menu(self.workspace.grid, groups)
        self.enable()

    def _connect(self) -> None:
        actions, album = self.actions_, self.album
        connect(
            [
                (actions.review, self.start_review),
                (actions.back, self.back),
                (actions.show_photo, self._show_current),
                (actions.mark, self._mark),
                (actions.accept, lambda: self.review.judge("accepted")),
                (actions.redo, self.review.begin_redo),
                (actions.reject, lambda: self.review.judge("rejected")),
                (actions.report, self._summaries.ask_for_report),
                (actions.sheet, self._summaries.ask_for_sheet),
                (actions.recursive, self._set_recursive),
                (actions.close, self._close_album),
            ]
        )
        self.button.clicked.connect(self.show_album)
        album.loaded.connect(self._show_loaded)
        album.changed.connect(self._summary.follow)
        self.runs.results_changed.connect(self._summary.follow_results)
        self.restoring.changed.connect(self._show_run)
        album.troubled.connect(self.tell)
        album.faulted.connect(self._session.faulted)
        self._session.closed.connect(self.close)
        self._own_settings.saved.connect(self.saved)
        self._own_settings.told.connect(self.tell)
        self.workspace.arranged.connect(self._summary.arrange)
        self.workspace.grid.opened.connect(self.open_photo)
        self.workspace.selection_shown.connect(self.enable)
        self.review.left.connect(self.back)
        self.review.opened.connect(self.open_photo)
        self.review.changed.connect(self.enable)
        self._stack.currentChanged.connect(self._show_workspace)

    # workspaces

    @property
    def home(self) -> QWidget | None:
        """The workspace to show when no photo is open; None without an album."""
        return self.workspace if self.album.choices is not None else None

    @property
    def chosen_path(self) -> Path | None:
        """The current photo of the grid or of the review, whichever is on screen."""
        current = self._stack.currentWidget()
        grid = self.workspace.grid
        photo = grid.current if current is self.workspace else self.review.photo if current is self.review else None
        return photo.path if photo is not None else None

    @property
    def is_seen(self) -> bool:
        """Whether a workspace of the album is on screen."""
        return self._stack.currentWidget() in (self.workspace, self.review)

    def open(self, folder: Path) -> None:
        """Open a folder as an album; it appears once its files are listed."""
        choices = self.album.choices
        if choices is not None and choices.folder == folder.absolute():
            self.show_album()
            if self.runs.is_running:
                return
        if self.runs.is_running:
            self.tell(
                tr("albums", "An album is being restored. Wait until it is done or stop it, then open another one.")
            )
        else:
            self.album.open(folder)

    def show_album(self) -> None:
        """Show the grid, whatever was on screen."""
        if self.album.choices is None:
            return
        if self._stack.currentWidget() is self.review:
            self._end_review()
        shown, self._own_settings.shown = self._session.current, None
        self._session.show(None)
        if shown is not None and self.album.has(shown.path):
            if not shown.is_adjusted:
                self._session.forget(shown)
            self.workspace.grid.select([shown.path], shown.path)
            self.workspace.grid.scroll_to_current()
        self._stack.setCurrentWidget(self.workspace)
        self.workspace.grid.setFocus()

    def back(self) -> bool:
        """Go back from a photo or the review to the grid; returns whether there was anything to go back from."""
        if self.album.choices is None or self._stack.currentWidget() is self.workspace:
            return False
        self.show_album()
        return True

    def open_photo(self, path: Path) -> None:
        """Show one photo of the album on its own."""
        recipe = self.album.recipe_of(path)
        asked = path, recipe.source.page, recipe.part
        known = next((one for one in self._session.photos if (one.path, one.page, one.asked.part) == asked), None)
        if known is not None and known is not self._session.current:
            known.history.settle()  # a step of its own, which can be taken back
            self._session.editing.set_recipe(recipe, photo=known)
        before = self._session.current
        self._session.open([path], recipe)
        self._own_settings.shown = self._session.current
        if (
            before is not None
            and before is not self._own_settings.shown
            and self.album.has(before.path)
            and not before.is_adjusted
        ):
            self._session.forget(before)

    def step(self, by: int) -> bool:
        """Go to the neighbor in the grid; returns False where the open photo is not one of the album."""
        current, shown = self._session.current, self.album.model.shown
        row = self.album.model.row(current.path) if current is not None and self.album.has(current.path) else -1
        if row < 0:
            return False
        self.open_photo(shown[(row + by) % len(shown)].path)
        return True

    def place(self, photo: OpenPhoto) -> str:
        """The photo's position in the album, in words; empty if it is not one of the album."""
        row = self.album.model.row(photo.path) if self.album.has(photo.path) else -1
        number = QLocale().toString
        count = len(self.album.model.shown)
        return (
            tr("albums", "Photo {number} of {count} in the album", number=number(row + 1), count=number(count))
            if row >= 0
            else ""
        )

    def set_mode(self, mode: Mode) -> None:
        """Compare results the way photos are compared."""
        self.review.canvas.set_mode(mode)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self.workspace.set_colors(colors)
        self.review.set_colors(colors)

    def enable(self) -> None:
        """Enable the actions that can be used now; called after the window enabled its own."""
        album, run, current = self.album, self.runs.run, self._stack.currentWidget()
        in_review = current is self.review and self.review.photo is not None
        judged = self.review.photo if in_review else None
        markable = self._photos_to_mark()
        phase = run.phase if run is not None else RunPhase.OVER
        self.actions_.enable(
            Situation(
                is_open=album.choices is not None,
                has_model=bool(self._session.models),
                has_review=album.review is not None,
                has_results=self._summary.has_results,
                is_running=self.runs.is_running,
                is_stopping=phase is RunPhase.STOPPING,
                is_paused=phase in (RunPhase.PAUSED, RunPhase.PAUSING),
                in_grid=current is self.workspace,
                has_current=self.workspace.grid.current is not None,
                has_selection=bool(self.workspace.grid.selected),
                can_judge=judged is not None
                and judged.has_result
                and album.review is not None
                and not self.review.is_redoing,
                can_mark=bool(markable),
                is_marked=bool(markable) and all(photo.is_marked for photo in markable),
            )
        )
        if current is self.workspace and album.choices is not None:
            self._window_actions.copy_settings.setEnabled(True)
            self._window_actions.paste_settings.setEnabled(self.has_copied())
        if self.chosen_path is not None:
            self._window_actions.show_folder.setEnabled(True)
        if in_review:
            for action in self._window_actions.modes.values():
                action.setEnabled(True)
        shown = self._session.current
        if shown is not None and self.album.has(shown.path) and len(album.model.shown) > 1:
            self._window_actions.next_photo.setEnabled(True)
            self._window_actions.previous_photo.setEnabled(True)

    def _show_loaded(self) -> None:
        choices = self.album.choices
        self.workspace.grid.thumbnails.clear()
        if choices is None:
            if self.is_seen:
                self._stack.setCurrentIndex(0 if self._session.current is None else 1)
        else:
            self._memory.add_recent(choices.folder)
            self.actions_.recursive.setChecked(choices.recursive)
            self.workspace.show_album(choices.folder.name or str(choices.folder))
            self.show_album()
        self._summary.show_counts()
        self.moved.emit()

    def _show_workspace(self) -> None:
        self._show_run()
        self.enable()
        self.moved.emit()

    # settings and stars

    def save_result(self, photo: OpenPhoto) -> bool:
        """Make the result of a photo of the album anew, in its place among the album's; False for any other photo."""
        return self._own_settings.save_result(photo)

    @property
    def seen_recipe(self) -> Recipe | None:
        """What is asked of the current photo of the grid, or of the whole album; None where no grid is on screen."""
        if self.album.choices is None or self._stack.currentWidget() is not self.workspace:
            return None
        current = self.workspace.grid.current
        return self.album.recipe_of(current.path if current is not None else Path())

    @property
    def chosen_count(self) -> int:
        """How many photos `change_chosen` changes."""
        return len(self.workspace.grid.selected) or len(self.album.model.photos)

    def holds(self, photo: OpenPhoto) -> bool:
        """Whether it is a photo of the album that is open on its own."""
        return self.album.has(photo.path) and photo is self._own_settings.shown

    def change_chosen(self, name: str, change: Callable[[Recipe], Recipe]) -> None:
        """Change what is asked of the photos chosen in the grid, or of the album; `name` is what is put on them."""
        self._own_settings.change(name, change, self.workspace.grid.selected)

    def results_folder(self, photo: OpenPhoto) -> Path | None:
        """Where results of the album are, for a photo of it."""
        choices = self.album.choices
        return choices.output if choices is not None and self.album.has(photo.path) else None

    def _photos_to_mark(self) -> list[AlbumPhoto]:
        """The photos that get a star if the action is triggered now."""
        current = self._stack.currentWidget()
        if current is self.workspace:
            return self.workspace.grid.selected
        if current is self.review:
            return [self.review.photo] if self.review.photo is not None else []
        shown = self._session.current
        photo = self.album.model.photo(shown.path) if shown is not None and self.album.has(shown.path) else None
        return [photo] if photo is not None else []

    def _mark(self) -> None:
        photos = self._photos_to_mark()
        self.album.mark([photo.path for photo in photos], not all(photo.is_marked for photo in photos))
        self.enable()

    def _show_current(self) -> None:
        if self.workspace.grid.current is not None:
            self.open_photo(self.workspace.grid.current.path)

    def _set_recursive(self) -> None:
        if self.album.choices is not None:
            self.album.open(self.album.choices.folder, self.actions_.recursive.isChecked())

    def ask_for_folder(self) -> None:
        """Let the user choose an album's folder, and open it."""
        folder = QFileDialog.getExistingDirectory(self._window, tr("albums", "Open Album"), self._memory.folder)
        if folder:
            self._memory.folder = folder
            self.open(Path(folder))

    def _close_album(self) -> None:
        self._end_review()
        shown = self._session.current
        if shown is not None and self.album.has(shown.path):
            self._session.show(None)
            self._session.forget(shown)
        self._own_settings.shown = None
        self.album.shut()

    # review

    def start_review(self) -> None:
        """Review the selected results if there are several, else all that the grid shows."""
        selected = [photo for photo in self.workspace.grid.selected if photo.has_result]
        current = self.workspace.grid.current
        photos = selected if len(selected) > 1 else self.album.model.shown
        self.review.begin(photos, current.path if current is not None else None)
        self._stack.setCurrentWidget(self.review)
        self.review.canvas.setFocus()
        self.enable()

    def _end_review(self) -> None:
        photo = self.review.photo
        if self._stack.currentWidget() is self.review and photo is not None:
            self.workspace.grid.select([photo.path], photo.path)
            self.workspace.grid.scroll_to_current()
        self.review.leave()

    # messages

    def tell(self, sentence: str) -> None:
        """Show a sentence where the user is looking: at the foot of the album, or over the photo."""
        if self._stack.currentWidget() is self.review:
            self.review.tell(sentence)
        elif self.is_seen:
            self.restoring.tell(sentence)
        else:
            self._session.troubled.emit(sentence)

    def _show_run(self) -> None:
        run = self.runs.run
        is_worth_showing = run is not None and (not run.is_over or bool(run.sentence))
        self.button.setVisible(is_worth_showing and self._stack.currentWidget() is not self.workspace)
        if run is not None:
            self.button.setText(status_line(run))
        self.enable()

    def close(self) -> None:
        """Save what is unsaved, and end the threads. The session is closed already."""
        self._summary.stop()
        self.album.close()
        self._pictures.close()
