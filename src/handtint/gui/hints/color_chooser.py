"""The colors for one hint, in a card beside the photo: likely ones, all others, recent ones; its size.

Knows no session.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.hints.color_field import ColorField
from handtint.gui.hints.swatch import Ab, Swatch, color_at
from handtint.gui.parts import icons
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.keys import ENTER
from handtint.gui.parts.slider import GrooveSlider
from handtint.gui.parts.theme import Colors, restyle
from handtint.gui.parts.translating import tr
from handtint.imaging.color import lab

LIKELY = 5
SIZES = (4, 40)  # thousandths of the short side, for half the side of what a hint covers; `unet` learned from 4 to 35

_WIDTH = 286
_FIELD_EDGES = 24  # of a field: its border, its padding and room for the cursor
_RECENT = 7
_AWAY = 14  # from the photo, logical pixels
_EDGE = 10  # from the edge of the parent
_SAME = 1.0  # Lab units


class ColorChooser(QFrame):
    """Floats over its parent. Signals come from the user's actions only, never from `show_...`."""

    chosen = Signal(object)  # Ab, also while dragging
    let_go = Signal()
    sized = Signal(int)  # one of SIZES
    picking = Signal(bool)
    closed = Signal()
    dragged = Signal(object)  # where in its free room, 0..1 from left and top; None for where it stands by itself

    def __init__(self, erase: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("chooser")
        self.setFixedWidth(_WIDTH)
        self.setAccessibleName(tr("hints", "Colors for this hint"))
        self._lightness = 50.0
        self._hold: QPoint | None = None  # where it is held while it is dragged
        self._began = QPoint()
        self._make(erase)
        self._lay_out()
        self._connect()
        self.hide()

    def _make(self, erase: QAction) -> None:
        self._title = QLabel(tr("hints", "Color here"), self)
        self._title.setProperty("role", "title")
        self._title.setToolTip(
            tr("hints", "Drag this card out of the way; double-click it to let it find its place again")
        )
        self.close_button = self._tool(tr("hints", "Close (Esc)"), tr("hints", "Close"))
        self.likely = [Swatch(32, tr("hints", "Likely"), self) for _ in range(LIKELY)]
        self.gray = QPushButton(tr("hints", "Keep &Gray"), self)
        self.gray.setProperty("role", "link")
        self.gray.setToolTip(tr("hints", "No color here"))
        self.gray.setAccessibleName(tr("hints", "Keep it gray"))
        self.gray.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.field = ColorField(self)
        self._recent_label = QLabel(tr("hints", "Recent"), self)
        self._recent_label.setProperty("role", "muted")
        self.recent = [Swatch(27, tr("hints", "Recent"), self) for _ in range(_RECENT)]
        self.pipette = self._tool(tr("hints", "Take the color from another place of the photo"), tr("hints", "Pipette"))
        self.pipette.setCheckable(True)
        self.text = QLineEdit(self)
        self.text.setMaxLength(9)
        self.text.setAccessibleName(tr("hints", "Color as #rrggbb"))
        self.text.setToolTip(
            tr(
                "hints",
                "Type a color such as #7a4b3c. Its hue and chroma are used; the lightness stays that of the photo.",
            )
        )
        self.erase = self._tool(erase.toolTip(), erase.iconText())
        self.erase.clicked.connect(erase.trigger)
        self.extent = GrooveSlider(self)
        self.extent.setRange(*SIZES)
        self.extent.setPageStep(4)
        self.extent.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.extent.setAccessibleName(tr("hints", "Size of the hint"))
        self.extent.setToolTip(tr("hints", "How much this hint covers ([ and ])"))
        self._size_label = FieldName(tr("hints", "Si&ze"), self.extent, self)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(8)
        top = _row(self._title, None, self.close_button)
        top.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        likely = _row(*self.likely, None, self.gray)
        likely.setSpacing(2)
        layout.addLayout(likely)
        layout.addWidget(self.field)
        recent = _row(self._recent_label, None, *self.recent)
        recent.setSpacing(1)
        layout.addLayout(recent)
        layout.addLayout(_row(self.pipette, self.text, None, self.erase))
        layout.addLayout(_row(self._size_label, self.extent))
        self.text.setFixedWidth(max(104, self.fontMetrics().horizontalAdvance("#000000") + _FIELD_EDGES))
        height = self.recent[0].height()
        self._recent_label.setMinimumHeight(height)

    def _connect(self) -> None:
        for swatch in (*self.likely, *self.recent):
            swatch.clicked.connect(lambda _=False, swatch=swatch: self._choose_once(swatch.ab))
        self.gray.clicked.connect(lambda: self._choose_once((0.0, 0.0)))
        self.field.chosen.connect(self._choose)
        self.field.let_go.connect(self.let_go)
        self.text.editingFinished.connect(self._read_text)
        self.text.textEdited.connect(lambda: self._mark_text(False))
        self.extent.valueChanged.connect(self.sized)
        self.extent.sliderReleased.connect(self.let_go)
        self.pipette.toggled.connect(self.picking)
        self.close_button.clicked.connect(lambda: self.closed.emit())

    def show_hint(self, lightness: float, ab: Ab, likely: Sequence[Ab], recent: Sequence[Ab], size: int) -> None:
        """Offer colors for a hint at a place of this lightness."""
        self.pipette.setChecked(False)
        for number, (swatch, color) in enumerate(_filled(self.likely, likely), 1):
            swatch.show_color(lightness, color, tr("hints", "Likely {number}", number=number))
        for swatch, color in _filled(self.recent, recent):
            swatch.show_color(lightness, color, tr("hints", "Recent"))
        self._recent_label.setVisible(bool(recent))
        self.show_color(lightness, ab, size)

    def show_color(self, lightness: float, ab: Ab, size: int) -> None:
        """The hint's own color and size, for the rest as it is."""
        from handtint.imaging.color import gamut

        self._lightness = lightness
        self.field.show_color(lightness, ab)
        swatches = [*self.likely, *self.recent]
        shown = gamut.within(lightness, [ab, *(swatch.ab for swatch in swatches)]).tolist()
        for swatch, other in zip(swatches, shown[1:], strict=True):
            swatch.set_current(math.dist(other, shown[0]) < _SAME)
        if not (self.text.hasFocus() and self.text.isModified()):
            self.text.setText(color_at(lightness, ab).name())
            self._mark_text(False)
        self.extent.blockSignals(True)
        self.extent.setValue(size)
        self.extent.blockSignals(False)

    def place(self, point: QPoint, photo: QRect, chosen: tuple[float, float] | None) -> None:
        """Stand where the user dragged it, else beside the photo, else over the side of it that is farther away.

        Args:
            point: of the parent, where the hint is.
            photo: what the photo covers of the parent.
            chosen: where in its free room the user dragged it, 0..1 from left and top; None for nowhere.
        """
        layout = self.layout()
        assert layout is not None
        self.setFixedWidth(max(_WIDTH, layout.totalMinimumSize().width()))
        self.adjustSize()
        room = self._room()
        if chosen is not None:
            x = room.left() + chosen[0] * (room.width() - self.width())
            y = room.top() + chosen[1] * (room.height() - self.height())
            self.move(round(x), round(y))
            self.keep_inside()
            if not self.geometry().contains(point):
                return
        needed = self.width() + _AWAY
        left, right = photo.left() - room.left() >= needed, room.right() - photo.right() >= needed
        is_left_half = point.x() < room.center().x()
        if right and (not is_left_half or not left):
            x = photo.right() + _AWAY
        elif left:
            x = photo.left() - needed
        else:
            x = room.right() if is_left_half else room.left()
        self.move(x, point.y() - self.height() // 3)
        self.keep_inside()

    def keep_inside(self) -> None:
        """Stay where it is as far as that is inside its parent."""
        self.adjustSize()
        room = self._room()
        x = max(min(self.x(), room.right() + 1 - self.width()), room.left())
        y = max(min(self.y(), room.bottom() + 1 - self.height()), room.top())
        self.move(x, y)

    def _room(self) -> QRect:
        return self._over.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._hold, self._began = event.position().toPoint(), self.pos()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._hold is not None:
            self.move(self.mapToParent(event.position().toPoint() - self._hold))
            self.keep_inside()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_held, self._hold = self._hold is not None, None
        self.unsetCursor()
        if was_held and self.pos() != self._began:
            room = self._room()
            x = (self.x() - room.left()) / max(room.width() - self.width(), 1)
            y = (self.y() - room.top()) / max(room.height() - self.height(), 1)
            self.dragged.emit((x, y))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.dragged.emit(None)

    def take_focus(self) -> None:
        """Let keys choose: begin with the likeliest color."""
        first = next((swatch for swatch in self.likely if not swatch.isHidden()), None)
        (first or self.field).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        ink, faint = QColor(colors.text), QColor(colors.disabled)
        for button, name in ((self.close_button, "close"), (self.pipette, "pipette"), (self.erase, "bin")):
            button.setIcon(icons.icon(name, ink, faint, 18))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.pipette.isChecked():
                self.pipette.setChecked(False)
            else:
                self.closed.emit()
        elif event.key() not in ENTER:  # which a line or button has taken
            super().keyPressEvent(event)

    def _choose(self, ab: Ab) -> None:
        self.text.setModified(False)
        self.chosen.emit(ab)

    def _choose_once(self, ab: Ab) -> None:
        self._choose(ab)
        self.let_go.emit()

    def _read_text(self) -> None:
        if not self.text.isModified():
            return
        match = re.fullmatch(r"\s*#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})\s*", self.text.text())
        if match is None:
            self._mark_text(True)
        else:
            self._choose_once(lab.ab_of(*(int(part, 16) for part in match.groups())))

    def _mark_text(self, is_wrong: bool) -> None:
        if bool(self.text.property("wrong")) != is_wrong:
            restyle(self.text, "wrong", is_wrong)
            self.text.setAccessibleDescription(tr("hints", "Not a color. Write it as #7a4b3c.") if is_wrong else "")

    def _tool(self, tip: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(name)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets in a row; None is what gives way."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
    return row


def _filled(swatches: Sequence[Swatch], colors: Sequence[Ab]) -> list[tuple[Swatch, Ab]]:
    """Swatches with the colors they get; the others are hidden."""
    for index, swatch in enumerate(swatches):
        swatch.setVisible(index < len(colors))
    return list(zip(swatches, colors, strict=False))
