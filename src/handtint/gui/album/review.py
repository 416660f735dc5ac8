"""The review: results one by one at full window size, before and after; accept, redo with other settings, reject."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.album.photos import AlbumPhoto
from handtint.album.review import Verdict
from handtint.gui.actions import Actions
from handtint.gui.album.actions import AlbumActions
from handtint.gui.album.album import Album
from handtint.gui.album.pair import Pair, PairReader
from handtint.gui.album.redo import Redo, RedoPanel
from handtint.gui.album.runs import AlbumRuns
from handtint.gui.canvas.canvas import ZOOM_STEP, Canvas
from handtint.gui.canvas.tiles import Tiles
from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import action_button, segments
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.flow import Flow
from handtint.gui.parts.theme import LIGHT, Colors
from handtint.gui.parts.translating import tr
from handtint.gui.parts.worker import Worker
from handtint.gui.session.session import Session
from handtint.recipe.recipe import Recipe


class ReviewWorkspace(QWidget):
    """`begin` starts a review of some photos."""

    left = Signal()
    opened = Signal(object)  # Path of a photo that is wanted on its own
    changed = Signal()  # another photo, or another verdict

    def __init__(
        self,
        album: Album,
        runs: AlbumRuns,
        session: Session,
        worker: Worker,
        window: Actions,
        actions: AlbumActions,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._album, self._runs, self._colors = album, runs, LIGHT
        self._photos: list[AlbumPhoto] = []
        self._index = 0
        self._pair: Pair | None = None
        self._reader = PairReader(worker, self)
        self.tiles = Tiles(worker, self)
        self.canvas = Canvas(self.tiles, self)
        self.canvas.setAccessibleDescription(
            tr(
                "album",
                "The original and its result. Left and right go to another one, A accepts, X rejects, R redoes.",
            )
        )
        self.name = ElidedLabel(self)
        self.place = ElidedLabel(self, role="muted")
        self.verdict = QLabel(self)
        self.verdict_icon = QLabel(self)
        self.trouble = QLabel(self.canvas)
        self.trouble.setWordWrap(True)
        self.trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.trouble.setObjectName("trouble")
        self.trouble.setMargin(24)
        self.trouble.hide()
        self.redo_panel = RedoPanel(self)
        self.redo_panel.hide()
        self.redo = Redo(self.redo_panel, session, worker, self)
        self.previous = self._plain(tr("album", "&Previous"), tr("album", "Previous result (Left)"))
        self.next = self._plain(tr("album", "&Next"), tr("album", "Next result (Right)"))
        head = self._head(window, actions)
        foot = self._foot(actions)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.redo_panel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addLayout(middle, 1)
        layout.addWidget(foot)
        self._reader.arrived.connect(self._put)
        self._reader.faulted.connect(session.faulted)
        self.tiles.failed.connect(session.faulted)
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.redo.rendered.connect(self.canvas.show_result)
        self.redo_panel.accepted.connect(self._redo)
        self.redo_panel.cancelled.connect(self.end_redo)
        self.redo_panel.more_wanted.connect(self._show_alone)
        runs.results_changed.connect(self._reload)
        album.changed.connect(lambda paths: self._show_words())

    # going through the results

    @property
    def photo(self) -> AlbumPhoto | None:
        """The photo on screen."""
        return self._photos[self._index] if self._index < len(self._photos) else None

    @property
    def is_redoing(self) -> bool:
        """Whether settings for another try are being chosen."""
        return self.redo.is_open

    def begin(self, photos: Sequence[AlbumPhoto], first: Path | None) -> None:
        """Review these photos, starting with `first`; those without a result are left out."""
        self._photos = [photo for photo in photos if photo.has_result]
        places = [index for index, photo in enumerate(self._photos) if photo.path == first]
        self._show(places[0] if places else 0)

    def leave(self) -> None:
        """End the review."""
        self.end_redo()
        self._reader.cancel()
        self._photos, self._pair = [], None
        self.canvas.show_photo(None)

    def step(self, by: int) -> None:
        """Go forward or back by so many photos; at either end, stay."""
        if 0 <= self._index + by < len(self._photos):
            self._show(self._index + by)

    def judge(self, verdict: Verdict) -> None:
        """Accept or reject the photo on screen and go on to the next; the same verdict again takes it back."""
        photo = self.photo
        if photo is None:
            return
        takes_back = photo.verdict == verdict
        if self._album.judge(photo.path, None if takes_back else verdict) and not takes_back:
            self.step(1)

    def _show(self, index: int) -> None:
        self.end_redo()
        self._index = index
        self._pair = None
        self.canvas.show_photo(None)
        self.trouble.hide()
        photo = self.photo
        result = self._album.result_of(photo) if photo is not None else None
        if photo is not None and result is not None:
            self._reader.request(photo.path, result, self._after(index + 1))
        elif photo is not None:
            self._show_trouble(tr("album", "This photo no longer has a result."))
        self._show_words()
        self.canvas.setFocus()

    def _after(self, index: int) -> tuple[Path, Path] | None:
        photo = self._photos[index] if index < len(self._photos) else None
        result = self._album.result_of(photo) if photo is not None else None
        return (photo.path, result) if photo is not None and result is not None else None

    def _put(self, pair: Pair) -> None:
        if self.photo is None or pair.source != self.photo.path:
            return
        self._pair = pair
        self.canvas.show_photo(pair.before)
        self.canvas.show_result(pair.after)
        self._show_trouble(pair.trouble)
        self.changed.emit()

    def _reload(self, photos: Sequence[AlbumPhoto]) -> None:
        if self.photo in photos and not self.is_redoing and self.isVisible():
            self._show(self._index)

    def _show_trouble(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))
        if sentence:
            self.trouble.setFixedWidth(min(460, self.canvas.width() - 20))
            self.trouble.adjustSize()
            room = self.canvas.size() - self.trouble.size()
            self.trouble.move(room.width() // 2, room.height() // 2)

    def tell(self, sentence: str) -> None:
        """Show what went wrong over the photo, until the next one is shown."""
        self._show_trouble(sentence)

    def _show_words(self) -> None:
        if not self._photos and not self.isVisible():
            return
        photo = self.photo
        name = photo.path.name if photo is not None else tr("album", "No results to review yet")
        self.name.show_text(name, str(photo.path) if photo is not None else "")
        number = QLocale().toString
        verdicts = [each.verdict for each in self._photos]
        place = tr("album", "{number} of {count}", number=number(self._index + 1), count=number(len(self._photos)))
        counts = tr(
            "album",
            "{accepted} accepted, {rejected} rejected, {left} to judge",
            accepted=number(verdicts.count("accepted")),
            rejected=number(verdicts.count("rejected")),
            left=number(verdicts.count(None)),
        )
        where = f"{place} · {counts}" if self._photos else ""
        self.place.show_text(where, where)
        verdict = photo.verdict if photo is not None else None
        words = {
            "accepted": tr("album", "Accepted"),
            "rejected": tr("album", "Rejected"),
            None: tr("album", "Not judged yet"),
        }
        waits = photo is not None and photo.path in self._runs.redo_queue
        is_made = photo is not None and not photo.has_result
        self.verdict.setText(tr("album", "Being colored again") if waits or is_made else words[verdict])
        self._show_icon(verdict)
        self.previous.setEnabled(self._index > 0)
        self.next.setEnabled(self._index + 1 < len(self._photos))
        self.changed.emit()

    # redo

    def begin_redo(self) -> None:
        """Open the panel with the photo's settings, and preview what they give."""
        photo, pair, order = self.photo, self._pair, self._album.order()
        if photo is None or pair is None or pair.preview is None or order is None or self.is_redoing:
            return
        lead = order.lead_of(photo.path)
        recipe = self._album.recipe_of(photo.path)
        self.redo.begin(pair, recipe, lead and (lead.path, order.settings_of(lead.path)))
        self.changed.emit()

    def end_redo(self) -> None:
        """Close the panel and show the existing result again."""
        if self.is_redoing:
            self.redo.end()
            if self._pair is not None:
                self.canvas.show_result(self._pair.after)
            self.canvas.setFocus()
            self.changed.emit()

    def _redo(self, recipe: Recipe) -> None:
        photo = self.photo
        self.end_redo()
        if photo is not None:
            self._runs.redo(photo.path, recipe)
            self.step(1)

    def _show_alone(self) -> None:
        photo = self.photo
        self.end_redo()
        if photo is not None:
            self.opened.emit(photo.path)

    # parts

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._colors = colors
        self.canvas.surround = QColor(colors.surround)
        self.canvas.update()
        self.redo_panel.set_colors(colors)
        self._show_icon(self.photo.verdict if self.photo is not None else None)

    def _show_icon(self, verdict: Verdict | None) -> None:
        name = {"accepted": "done", "rejected": "close", None: "info"}[verdict]
        color = QColor(self._colors.danger if verdict == "rejected" else self._colors.muted)
        self.verdict_icon.setPixmap(icons.pixmap(name, color, 20, self.devicePixelRatioF()))

    def _head(self, window: Actions, actions: AlbumActions) -> QFrame:
        head = QFrame(self)
        head.setObjectName("bar")
        head.setFixedHeight(52)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 18, 0)
        row.setSpacing(8)
        row.addWidget(action_button(actions.back, head, has_text=True))
        row.addSpacing(8)
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(segments(window.modes.values(), head), alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self.place)
        return head

    def _foot(self, actions: AlbumActions) -> QFrame:
        foot = QFrame(self)
        foot.setObjectName("strip")
        row = Flow(foot)
        row.setContentsMargins(18, 10, 14, 10)
        row.addWidget(self.verdict_icon)
        row.addWidget(self.verdict)
        row.add_stretch()
        row.addWidget(self.previous)
        for action in (actions.reject, actions.redo, actions.accept):
            row.addWidget(action_button(action, foot, has_text=True, is_framed=True))
        row.addWidget(self.next)
        row.add_stretch()
        row.addWidget(action_button(actions.mark, foot))
        return foot

    def _plain(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        return button

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.step((len(self._photos) - 1 if key == Qt.Key.Key_End else 0) - self._index)
        elif key == Qt.Key.Key_Escape:
            if self.is_redoing:
                self.end_redo()
            else:
                self.left.emit()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Backslash):
            self.canvas.show_original(True)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.canvas.zoom_by(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.canvas.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.canvas.fit()
        elif key == Qt.Key.Key_1:
            self.canvas.zoom_to(1.0)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Backslash):
            if not event.isAutoRepeat():
                self.canvas.show_original(False)
        else:
            super().keyReleaseEvent(event)
