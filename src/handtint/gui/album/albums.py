"""Albums as the app's window knows them: opens folders, leads from grid to photo, review and back, starts runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget, QWidget

from handtint.album.photos import AlbumPhoto, Show, Sort
from handtint.gui import menus
from handtint.gui.actions import Actions, connect
from handtint.gui.album.actions import AlbumActions
from handtint.gui.album.album import Album
from handtint.gui.album.page import AlbumPage
from handtint.gui.album.restoring import Restoring
from handtint.gui.album.review import ReviewPage
from handtint.gui.album.run import Phase
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.album.words import count_states, line_of
from handtint.gui.album_choice import Choice
from handtint.gui.canvas.canvas import Mode
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.worker import Worker
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session

_LATELY_MS = 250  # counts and order follow what happens at most so often
_MANY = 200  # photos from which on drawing all that is seen takes less than telling of each


class Albums(QObject):
    """See the module's text.

    Args:
        actions, album_actions: of the window, and those that only albums have.
        pages: where the album's pages go.

    Attributes:
        button: for the status bar; there while an album is restored and another page is seen.
    """

    moved = Signal()  # another page, or another state of the album

    def __init__(
        self,
        session: Session,
        memory: Memory,
        actions: Actions,
        album_actions: AlbumActions,
        pages: QStackedWidget,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._memory, self._window_actions, self.actions_ = session, memory, actions, album_actions
        self._pages, self._over = pages, window
        self.album = Album(session, self)
        self.runs = AlbumRuns(self.album, session, self)
        self._pictures = Worker("handtint-pictures", self)
        self.page = AlbumPage(self.album, self._pictures, actions.open, self.actions_, window)
        self.review = ReviewPage(self.album, self.runs, session, self._pictures, actions, self.actions_, window)
        self.choice = Choice(self.album, self.page)
        pages.addWidget(self.page)
        pages.addWidget(self.review)
        self.restoring = Restoring(self.album, self.runs, session, self.page, self.actions_, window)
        self._shown: OpenPhoto | None = None  # of the album
        self.button = QPushButton(window)
        self.button.setProperty("role", "link")
        self.button.setToolTip(self.tr("Show the album"))
        self.button.setAccessibleName(self.tr("Show the album"))
        self.button.hide()
        self._lately = QTimer(self)
        self._lately.setSingleShot(True)
        self._lately.setInterval(_LATELY_MS)
        self._lately.timeout.connect(self._show_lately)
        self._has_results = False
        self._connect()
        chosen = self.actions_
        menus.offer(self.page.grid, [[chosen.show_photo, chosen.mark], [chosen.restore_selected, actions.show_folder]])
        self.enable()

    def _connect(self) -> None:
        actions, album = self.actions_, self.album
        connect(
            [
                (self._window_actions.open_album, self._ask_for_folder),
                (actions.review, self.start_review),
                (actions.back, self.back),
                (actions.show_photo, self._show_chosen),
                (actions.mark, self._mark),
                (actions.accept, lambda: self.review.judge("accepted")),
                (actions.redo, self.review.begin_redo),
                (actions.reject, lambda: self.review.judge("rejected")),
                (actions.recursive, self._set_recursive),
                (actions.close, self._close_album),
            ]
        )
        self.button.clicked.connect(self.show_album)
        album.loaded.connect(self._show_loaded)
        album.changed.connect(self._follow)
        self.runs.results_changed.connect(self._follow_results)
        self.restoring.changed.connect(self._show_run)
        album.troubled.connect(self.tell)
        album.faulted.connect(self._session.faulted)
        self._session.closed.connect(self.close)
        self._session.state_changed.connect(self._take_settings)
        self.page.arranged.connect(self._arrange)
        self.page.grid.opened.connect(self.open_photo)
        self.choice.shown.connect(self.enable)
        self.review.left.connect(self.back)
        self.review.changed.connect(self.enable)
        self._pages.currentChanged.connect(self._show_page)

    # what is seen

    @property
    def home(self) -> QWidget | None:
        """The page to show where no photo is; None without an album."""
        return self.page if self.album.notes is not None else None

    @property
    def chosen_path(self) -> Path | None:
        """The photo of the grid, or of the review, that is looked at."""
        current = self._pages.currentWidget()
        photo = (
            self.page.grid.current if current is self.page else self.review.photo if current is self.review else None
        )
        return photo.path if photo is not None else None

    @property
    def is_seen(self) -> bool:
        """Whether a page of the album is shown."""
        return self._pages.currentWidget() in (self.page, self.review)

    def open(self, folder: Path) -> None:
        """Open a folder as an album; it is shown once it was looked through."""
        notes = self.album.notes
        if notes is not None and notes.folder == folder.absolute():
            self.show_album()
            if self.runs.is_running:
                return
        if self.runs.is_running:
            self.tell(self.tr("An album is being restored. Wait for it or stop it, then open another one."))
        else:
            self.album.open(folder)

    def show_album(self) -> None:
        """The grid, whatever was shown before."""
        if self.album.notes is None:
            return
        if self._pages.currentWidget() is self.review:
            self._end_review()
        shown, self._shown = self._session.current, None
        self._session.show(None)
        if shown is not None and self._is_ours(shown):
            if not shown.is_adjusted:
                self._session.forget(shown)
            self.page.grid.select([shown.path], shown.path)
            self.page.grid.scroll_to_current()
        self._pages.setCurrentWidget(self.page)
        self.page.grid.setFocus()

    def back(self) -> bool:
        """From a photo or the review back to the grid; whether there was a way back."""
        if self.album.notes is None or self._pages.currentWidget() is self.page:
            return False
        self.show_album()
        return True

    def open_photo(self, path: Path) -> None:
        """Show one photo of the album by itself."""
        settings = self.album.settings_of(path)
        known = next((photo for photo in self._session.photos if photo.path == path), None)
        if known is not None and known is not self._session.current:
            known.settings = settings
        before = self._session.current
        self._session.open([path], settings)
        self._shown = self._session.current
        if before is not None and before is not self._shown and self._is_ours(before) and not before.is_adjusted:
            self._session.forget(before)

    def step(self, by: int) -> bool:
        """From a photo of the album to its neighbor in the grid; whether that is one."""
        current, shown = self._session.current, self.album.model.shown
        row = self.album.model.row(current.path) if current is not None and self._is_ours(current) else -1
        if row < 0:
            return False
        self.open_photo(shown[(row + by) % len(shown)].path)
        return True

    def place(self, photo: OpenPhoto) -> str:
        """Which one of the album a photo is; empty if it is none."""
        row = self.album.model.row(photo.path) if self._is_ours(photo) else -1
        number = QLocale().toString
        count = len(self.album.model.shown)
        return self.tr("Photo {0} of {1} in the album").format(number(row + 1), number(count)) if row >= 0 else ""

    def set_mode(self, mode: Mode) -> None:
        self.review.canvas.set_mode(mode)

    def set_colors(self, colors: Colors) -> None:
        self.page.set_colors(colors)
        self.review.set_colors(colors)

    def enable(self) -> None:
        """Let be triggered what can be done now; after the window's own actions were enabled."""
        actions, album, run = self.actions_, self.album, self.runs.run
        current = self._pages.currentWidget()
        is_open, is_running = album.notes is not None, self.runs.is_running
        in_review = current is self.review and self.review.photo is not None
        judged = self.review.photo if in_review else None
        can_judge = judged is not None and judged.has_result and album.review is not None
        can_judge = can_judge and not self.review.is_redoing
        chosen = self._marked_ones()
        is_model = bool(self._session.models)
        phase = run.phase if run is not None else Phase.OVER
        for action, on in (
            (actions.restore, is_open and is_model and not is_running),
            (actions.restore_selected, is_open and is_model and not is_running and bool(self.page.grid.selected)),
            (actions.retry, is_open and is_model and not is_running),
            (actions.pause, is_running and phase is not Phase.STOPPING),
            (actions.stop, is_running and phase is not Phase.STOPPING),
            (actions.review, current is self.page and self._has_results),
            (actions.back, is_open and current is not self.page),
            (actions.show_photo, current is self.page and self.page.grid.current is not None),
            (actions.mark, bool(chosen)),
            (actions.accept, can_judge),
            (actions.reject, can_judge),
            (actions.redo, can_judge and is_model),
            (actions.set_aside, is_open and not is_running and album.review is not None),
            (actions.recursive, is_open and not is_running),
            (actions.close, is_open and not is_running),
        ):
            action.setEnabled(on)
        for action in actions.sides.values():
            action.setEnabled(current is self.page)
        if self.chosen_path is not None:
            self._window_actions.show_folder.setEnabled(True)
        actions.back.setVisible(is_open)
        is_paused = phase in (Phase.PAUSED, Phase.PAUSING)
        actions.pause.setText(self.tr("&Go On") if is_paused else self.tr("&Pause"))
        actions.mark.setChecked(bool(chosen) and all(photo.is_marked for photo in chosen))
        if in_review:
            for action in self._window_actions.modes.values():
                action.setEnabled(True)
        shown = self._session.current
        if shown is not None and self._is_ours(shown) and len(album.model.shown) > 1:
            self._window_actions.next_photo.setEnabled(True)
            self._window_actions.previous_photo.setEnabled(True)

    def _is_ours(self, photo: OpenPhoto) -> bool:
        return self.album.notes is not None and self.album.model.photo(photo.path) is not None

    def _show_loaded(self) -> None:
        notes = self.album.notes
        self.page.grid.thumbnails.clear()
        if notes is None:
            if self.is_seen:
                self._pages.setCurrentIndex(0 if self._session.current is None else 1)
        else:
            self._memory.add_recent(notes.folder)
            self.actions_.recursive.setChecked(notes.recursive)
            self.page.show_album(notes.folder.name or str(notes.folder))
            self.show_album()
        self._show_counts()
        self.moved.emit()

    def _show_page(self) -> None:
        self._show_run()
        self.enable()
        self.moved.emit()

    def _follow(self, paths: Sequence[Path] | None) -> None:
        if paths is None or len(paths) > _MANY:
            self.page.grid.look()
            self.page.grid.viewport().update()
        else:
            self.album.model.tell(paths)
        if not self._lately.isActive():
            self._lately.start()

    def _follow_results(self, photos: Sequence[AlbumPhoto]) -> None:
        for photo in photos:
            self.page.grid.refresh(photo)

    def _show_lately(self) -> None:
        """What need not follow at once: the order of the rows, counts, the panel."""
        self.album.model.refresh()
        self._show_counts()

    def _show_counts(self) -> None:
        counts = count_states(self.album.model.photos)
        self._has_results = bool(counts["done"])
        self.page.show_counts(counts)
        self.choice.show()
        self.restoring.show_counts(counts)

    def _arrange(self, text: str, show: Show, sort: Sort) -> None:
        self.album.model.arrange(text, show, sort)
        self.page.grid.scroll_to_current()
        if sort is Sort.DATE:
            self.album.look_up_dates(self.album.model.refresh)

    # what is set

    def _take_settings(self) -> None:
        shown = self._session.current
        if shown is not None and shown is self._shown:
            self.choice.take(shown)

    def _marked_ones(self) -> list[AlbumPhoto]:
        """Those that the star is about now."""
        current = self._pages.currentWidget()
        if current is self.page:
            return self.page.grid.selected
        if current is self.review:
            return [self.review.photo] if self.review.photo is not None else []
        shown = self._session.current
        photo = self.album.model.photo(shown.path) if shown is not None and self._is_ours(shown) else None
        return [photo] if photo is not None else []

    def _mark(self) -> None:
        chosen = self._marked_ones()
        self.album.mark([photo.path for photo in chosen], not all(photo.is_marked for photo in chosen))
        self.enable()

    def _show_chosen(self) -> None:
        if self.page.grid.current is not None:
            self.open_photo(self.page.grid.current.path)

    def _set_recursive(self) -> None:
        if self.album.notes is not None:
            self.album.open(self.album.notes.folder, self.actions_.recursive.isChecked())

    def _ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._over, self.tr("Open Album"), self._memory.folder)
        if chosen:
            self._memory.folder = chosen
            self.open(Path(chosen))

    def _close_album(self) -> None:
        self._end_review()
        shown = self._session.current
        if shown is not None and self._is_ours(shown):
            self._session.show(None)
            self._session.forget(shown)
        self._shown = None
        self.album.shut()

    # review

    def start_review(self) -> None:
        """Look at results one by one: the selected ones, or all that are shown."""
        chosen = [photo for photo in self.page.grid.selected if photo.has_result]
        current = self.page.grid.current
        photos = chosen if len(chosen) > 1 else self.album.model.shown
        self.review.begin(photos, current.path if current is not None else None)
        self._pages.setCurrentWidget(self.review)
        self.review.canvas.setFocus()
        self.enable()

    def _end_review(self) -> None:
        photo = self.review.photo
        if self._pages.currentWidget() is self.review and photo is not None:
            self.page.grid.select([photo.path], photo.path)
            self.page.grid.scroll_to_current()
        self.review.leave()

    # what is said

    def tell(self, sentence: str) -> None:
        """Say news where they are seen: at the foot of the album, or over the photo."""
        if self._pages.currentWidget() is self.review:
            self.review.tell(sentence)
        elif self.is_seen:
            self.restoring.tell(sentence)
        else:
            self._session.troubled.emit(sentence)

    def _show_run(self) -> None:
        run = self.runs.run
        is_news = run is not None and (not run.is_over or bool(run.sentence))
        self.button.setVisible(is_news and self._pages.currentWidget() is not self.page)
        if run is not None:
            self.button.setText(line_of(run))
        self.enable()

    def close(self) -> None:
        """Write down what is not, and end the threads. The session is closed already."""
        self._lately.stop()
        self.album.close()
        self._pictures.close()
