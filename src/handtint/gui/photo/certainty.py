"""Shows how sure the model is of each place's color, in place of the result, with a legend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from handtint.gui.canvas.pixels import Layer
from handtint.gui.hints.swatch import colors_at
from handtint.gui.parts.translating import tr
from handtint.gui.session import tasks
from handtint.gui.session.session import Session

if TYPE_CHECKING:
    from handtint.imaging.coloring.prediction import Prediction
    from handtint.imaging.photo import Photo

_AWAY = 14  # of the legend from the edges, logical pixels
_PAD = 12
_BAR = 120.0, 10.0
_LIGHTNESS = 62.0  # L at which the colors of the legend are shown


class Legend(QWidget):
    """Says in words what the colors mean; over a canvas, below the label of its left half."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = tr("certainty", "sure of the color"), tr("certainty", "a guess")
        self.setAccessibleName(
            tr("certainty", "How sure the model is: gray where it is sure of the color, violet where it guesses")
        )
        self.hide()

    def place(self) -> None:
        """Take its place."""
        texts = [self.fontMetrics().horizontalAdvance(word) for word in self._words]
        width, height = round(sum(texts) + _BAR[0] + 2 * _PAD + 16), self.fontMetrics().height() + _PAD
        self.setGeometry(_AWAY, _AWAY + height + 8, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        from handtint.imaging.coloring.certainty import DOUBT_AB

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(20, 20, 20, 190))
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        left = _PAD + self.fontMetrics().horizontalAdvance(self._words[0]) + 8
        bar = QRectF(left, (room.height() - _BAR[1]) / 2, *_BAR)
        colors = colors_at([_LIGHTNESS] * 3, [(DOUBT_AB[0] * share, DOUBT_AB[1] * share) for share in (0, 0.5, 1)])
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for share, color in zip((0, 0.5, 1), colors, strict=True):
            gradient.setColorAt(share, color)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QColor(245, 245, 245))
        vertical = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room.adjusted(_PAD, 0, 0, 0), vertical | Qt.AlignmentFlag.AlignLeft, self._words[0])
        painter.drawText(room.adjusted(0, 0, -_PAD, 0), vertical | Qt.AlignmentFlag.AlignRight, self._words[1])


class Certainty(QObject):
    """On while its action is checked.

    Args:
        tell: shows an icon's name and a sentence.

    Attributes:
        layer: what is to be shown in place of the current photo's result; None for the result.
    """

    changed = Signal()

    def __init__(self, session: Session, canvas: QWidget, action: QAction, tell: Callable[[str, str], None]) -> None:
        super().__init__(canvas)
        self.layer: Layer | None = None
        self.legend = Legend(canvas)
        self._session, self._action, self._tell = session, action, tell
        self._made_of: tuple[Photo, Prediction] | None = None  # what `layer` shows, or will once it is made
        action.toggled.connect(self._follow)
        session.state_changed.connect(self._follow)
        session.current_changed.connect(self._follow)

    def _follow(self) -> None:
        """Show the picture that belongs to the current photo as it is now."""
        current = self._session.current
        made_of = None
        if current is not None and current.has_result and self._action.isChecked():
            photo, prediction = current.photo, current.shown_prediction
            if photo is not None and prediction is not None:
                made_of = photo, prediction
        if made_of is not None and made_of[1].variants == 1:
            self._action.setChecked(False)
            self._tell("info", tr("certainty", "This model gives one answer and does not say how sure it is of it."))
            return
        if _is_same(made_of, self._made_of):
            return
        self._made_of = made_of
        self._show(None)
        preview = current.preview if current is not None else None
        if made_of is not None and preview is not None:
            photo, prediction = made_of

            def done(layer: Layer | None) -> None:
                if made_of is self._made_of:
                    self._show(layer)

            self._session.run_on_view(lambda progress: tasks.doubt_layer(photo, preview, prediction), done)

    def _show(self, layer: Layer | None) -> None:
        if layer is self.layer:
            return
        self.layer = layer
        self.legend.setVisible(layer is not None)
        if layer is not None:
            self.legend.place()
            self.legend.raise_()
        self.changed.emit()


def _is_same(one: tuple[Photo, Prediction] | None, other: tuple[Photo, Prediction] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one[0] is other[0] and one[1] is other[1]
