"""The card under a photo that is cropped: straighten, aspect, what can be found, take it or leave it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QSlider, QWidget

from handtint.gui.parts.fitting import give_room
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import number
from handtint.gui.turning.card import Card
from handtint.recipe.geometry import MAX_STRAIGHTEN

_STEPS = 10  # of the slider, a degree


class CropBar(Card):
    """Its signals come from the user's actions only, never from `show_state`."""

    straightened = Signal(float)  # degrees clockwise
    aspect_chosen = Signal(str)  # of `framing.ASPECTS`
    angle_wanted = Signal()
    line_wanted = Signal(bool)
    print_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("turning", "Crop and straighten"), parent)
        self.angle = QSlider(Qt.Orientation.Horizontal, self)
        limit = round(MAX_STRAIGHTEN * _STEPS)
        self.angle.setRange(-limit, limit)
        self.angle.setPageStep(_STEPS)
        self.angle.setAccessibleName(tr("turning", "Straighten"))
        self.angle.setToolTip(tr("turning", "Turn the photo by up to 15 degrees, until horizon or walls are level"))
        self.angle.valueChanged.connect(self._straighten)
        self._degrees = QLabel(self)
        give_room(self._degrees, tr("turning", "{degrees}°", degrees=number(-15, 1)))
        self._degrees.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.aspect = QComboBox(self)
        self.aspect.setAccessibleName(tr("turning", "Shape"))
        self.aspect.setToolTip(tr("turning", "The aspect ratio that the crop keeps, upright or wide as the crop is"))
        for name, text in (("free", tr("turning", "Free")), ("original", tr("turning", "As the photo"))):
            self.aspect.addItem(text, name)
        for name in ("1:1", "3:2", "4:3", "5:7"):
            self.aspect.addItem(name.replace(":", " : "), name)
        self.aspect.activated.connect(lambda index: self.aspect_chosen.emit(self.aspect.itemData(index)))
        self.line = self.button(
            tr("turning", "By a &Line"),
            tr("turning", "Draw a line along the horizon or a wall; the photo is turned to level it"),
        )
        self.line.setCheckable(True)
        self.line.toggled.connect(self.line_wanted)
        find = self.button(tr("turning", "F&ind"), tr("turning", "Level the photo by its horizon, walls or edges"))
        find.clicked.connect(self.angle_wanted)
        print_ = self.button(
            tr("turning", "Find the &Print"),
            tr("turning", "Crop and straighten to the print on a scan's white or black bed"),
        )
        print_.clicked.connect(self.print_wanted)
        take = self.take_button(tr("turning", "Cr&op"), tr("turning", "Crop the photo (Enter); it can be undone"))
        straighten, shape = (
            self.label(tr("turning", "&Straighten"), self.angle),
            self.label(tr("turning", "S&hape"), self.aspect),
        )
        self.lay_out(
            [straighten, self.angle, self._degrees, self.line, find],
            [shape, self.aspect, print_, None, self.leave_button(), take],
        )
        self.show_state(0.0, "free")

    def show_state(self, degrees: float, aspect: str) -> None:
        """Show these without telling anyone."""
        self.angle.blockSignals(True)
        self.angle.setValue(round(degrees * _STEPS))
        self.angle.blockSignals(False)
        self.aspect.setCurrentIndex(self.aspect.findData(aspect))
        self._degrees.setText(tr("turning", "{degrees}°", degrees=number(degrees, 1)))

    def _straighten(self, value: int) -> None:
        self._degrees.setText(tr("turning", "{degrees}°", degrees=number(value / _STEPS, 1)))
        self.straightened.emit(value / _STEPS)
