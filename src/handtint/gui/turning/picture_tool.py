"""What the tools here share: a view over the canvas and a card at its foot, on while an action is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QWidget

from handtint.gui.parts.theme import Colors
from handtint.gui.session.open_photo import OpenPhoto
from handtint.gui.session.session import Session
from handtint.gui.turning.card import Card
from handtint.gui.turning.picture import PictureView
from handtint.recipe.geometry import Geometry

if TYPE_CHECKING:
    from handtint.imaging.photo import Photo

Found = TypeVar("Found")

_AWAY = 14  # of the card from the edge, logical pixels


class PictureTool(QObject):
    """Begins and leaves; a tool says what it shows in `begin`, and what comes of it in `take`.

    Args:
        rivals: actions of other tools, which leave when this one begins, as it does when they do.

    Attributes:
        view, card: over the canvas, and over `area`, which the canvas fills; shown while the tool is on.
    """

    def __init__(
        self,
        session: Session,
        canvas: QWidget,
        area: QWidget,
        action: QAction,
        rivals: Sequence[QAction],
        view: PictureView,
        card: Card,
    ) -> None:
        super().__init__(area)
        self.session, self.view, self.card = session, view, card
        self._canvas, self._area, self._action, self._rivals = canvas, area, action, rivals
        self._views: list[PictureView] = [view]
        self._photo: OpenPhoto | None = None
        self._began = Geometry()
        area.installEventFilter(self)
        action.toggled.connect(lambda on: self._switch() if on else self.leave())
        for rival in rivals:
            rival.toggled.connect(lambda on: self.leave() if on else None)
        session.state_changed.connect(self._follow)
        session.current_changed.connect(self.leave)
        session.result_changed.connect(self._show_color)
        view.taken.connect(self.take)
        view.left.connect(self.leave)
        card.taken.connect(self.take)
        card.left.connect(self.leave)

    @property
    def is_on(self) -> bool:
        """Whether it is used on the current photo."""
        return self._photo is not None

    def begin(self, photo: OpenPhoto) -> None:
        """Show a photo that is read; called again where it was turned meanwhile."""
        raise NotImplementedError

    def take(self) -> None:
        """Do what was prepared, and leave."""
        raise NotImplementedError

    def add_view(self, view: PictureView) -> None:
        """Another view of the tool."""
        self._views.append(view)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        for view in self._views:
            view.surround, view.focus = QColor(colors.surround), QColor(colors.focus)
            view.update()

    def leave(self) -> None:
        """Leave the photo as it was."""
        focus = self.card.window().focusWidget()
        had_focus = focus is not None and (self.card.isAncestorOf(focus) or focus in self._views)
        self._photo = None
        for view in self._views:
            view.hide()
        self.card.hide()
        self._action.setChecked(False)
        if had_focus:
            self._canvas.setFocus()

    def say(self, sentence: str) -> None:
        """Say something on the card."""
        self.card.say(sentence)
        self.fit_card()

    def show_view(self, view: PictureView) -> None:
        """Show this one of the tool's views."""
        for other in self._views:
            other.setVisible(other is view)
        view.raise_()
        view.setFocus()

    def search(self, work: Callable[[Photo], Found], found: Callable[[Found], None]) -> None:
        """Look for something in the current photo as it was scanned, on a working thread."""
        current = self.session.current
        if current is None or current.upright is None:
            return
        photo = current.upright.photo

        def done(what: Any) -> None:
            if current is self.session.current:
                found(what)

        self.session.run_on_view(lambda progress: work(photo), done)

    def _switch(self) -> None:
        current = self.session.current
        if current is None or current.upright is None:
            self.leave()
            return
        for rival in self._rivals:
            rival.setChecked(False)
        self.card.say("")
        self._begin(current)
        self.card.show()
        self.card.raise_()
        self.fit_card()
        self.show_view(self.view)

    def _begin(self, photo: OpenPhoto) -> None:
        self._photo, self._began = photo, photo.asked.geometry
        self.begin(photo)

    def _follow(self) -> None:
        """The photo may have been turned, undone or closed meanwhile."""
        current = self.session.current
        if self._photo is None or current is None:
            return
        if current.upright is None:
            self.leave()
        elif current.asked.geometry != self._began:
            self._begin(current)

    def _show_color(self) -> None:
        if self._photo is not None:
            for view in self._views:
                view.show_picture(self._photo)

    # where the card is

    def fit_card(self) -> None:
        """Give the card the room it needs, and the picture what is left."""
        self.card.fit(self._area.width() - 2 * _AWAY)
        for view in self._views:
            view.foot = self.card.height() + _AWAY
            view.update()
        self._place_card()

    def _place_card(self) -> None:
        x = (self._area.width() - self.card.width()) // 2
        self.card.move(max(x, 0), self._area.height() - self.card.height() - _AWAY)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit_card() if self.card.isVisible() else self._place_card()
        return super().eventFilter(watched, event)
