"""The card under a photo that is cropped: straighten, aspect, what can be found, take it or leave it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.recipe.geometry import MAX_STRAIGHTEN

_WIDTH = 560
_STEPS = 10  # of the slider, a degree
_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CropBar(QFrame):
    """Its signals come from the user's actions only, never from `show_state`."""

    straightened = Signal(float)  # degrees clockwise
    aspect_chosen = Signal(str)  # of `framing.ASPECTS`
    angle_wanted = Signal()
    print_wanted = Signal()
    taken = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chooser")
        self.setAccessibleName(tr("turning", "Crop and straighten"))
        self.angle = QSlider(Qt.Orientation.Horizontal, self)
        limit = round(MAX_STRAIGHTEN * _STEPS)
        self.angle.setRange(-limit, limit)
        self.angle.setPageStep(_STEPS)
        self.angle.setAccessibleName(tr("turning", "Straighten"))
        self.angle.setToolTip(tr("turning", "Turn the photo by up to 15 degrees, until horizon or walls are level"))
        self.angle.valueChanged.connect(self._straighten)
        self._degrees = QLabel(self)
        self._degrees.setMinimumWidth(54)
        self._degrees.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.aspect = QComboBox(self)
        self.aspect.setAccessibleName(tr("turning", "Shape"))
        self.aspect.setToolTip(tr("turning", "The shape that the crop keeps; it lies or stands as the crop does"))
        for name, text in (("free", tr("turning", "Free")), ("original", tr("turning", "As the photo"))):
            self.aspect.addItem(text, name)
        for name in ("1:1", "3:2", "4:3", "5:7"):
            self.aspect.addItem(name.replace(":", " : "), name)
        self.aspect.activated.connect(lambda index: self.aspect_chosen.emit(self.aspect.itemData(index)))
        find = self._button(tr("turning", "F&ind"), tr("turning", "Level the photo by its horizon, walls or edges"))
        find.clicked.connect(self.angle_wanted)
        print_ = self._button(
            tr("turning", "Find the &Print"),
            tr("turning", "Crop and straighten to the print on a scan's white or black bed"),
        )
        print_.clicked.connect(self.print_wanted)
        leave = self._button(tr("turning", "Ca&ncel"), tr("turning", "Leave the photo as it was (Esc)"))
        leave.clicked.connect(self.left)
        take = self._button(tr("turning", "Cr&op"), tr("turning", "Crop the photo (Enter); it can be undone"))
        take.setProperty("role", "primary")
        take.clicked.connect(self.taken)
        self.said = QLabel(self)
        self.said.setProperty("role", "muted")
        self.said.setWordWrap(True)
        self._lay_out(
            [self.said],
            [self._label(tr("turning", "&Straighten"), self.angle), self.angle, self._degrees, find],
            [self._label(tr("turning", "S&hape"), self.aspect), self.aspect, print_, None, leave, take],
        )
        layout = self.layout()
        assert layout is not None
        self.setFixedWidth(max(_WIDTH, layout.totalMinimumSize().width()))
        self.show_state(0.0, "free")
        self.say("")
        self.hide()

    def _label(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text, self)
        label.setBuddy(buddy)
        return label

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(tip)
        button.setAccessibleName(text.replace("&", ""))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(True)  # Enter presses it where it has the focus
        return button

    def _lay_out(self, *rows: list[QWidget | None]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        for widgets in rows:
            row = QHBoxLayout()
            row.setSpacing(8)
            for widget in widgets:
                if widget is None:
                    row.addStretch()
                else:
                    row.addWidget(widget, 1 if widget is self.angle else 0)
            column.addLayout(row)

    def show_state(self, degrees: float, aspect: str) -> None:
        """Show these without telling anyone."""
        self.angle.blockSignals(True)
        self.angle.setValue(round(degrees * _STEPS))
        self.angle.blockSignals(False)
        self.aspect.setCurrentIndex(self.aspect.findData(aspect))
        self._degrees.setText(tr("turning", "{degrees}°", degrees=number(degrees, 1)))

    def say(self, sentence: str) -> None:
        """Say what came of looking for something; an empty sentence takes it away."""
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What no control of ours took: as on the photo."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in _KEYS:
            self.taken.emit()
        else:
            super().keyPressEvent(event)

    def _straighten(self, value: int) -> None:
        self._degrees.setText(tr("turning", "{value}°", value=number(value / _STEPS, 1)))
        self.straightened.emit(value / _STEPS)
