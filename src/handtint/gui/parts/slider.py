"""A labeled slider with its value and a way back to where it began."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts.fitting import FieldName, give_room
from handtint.gui.parts.translating import tr


class GrooveSlider(QSlider):
    """A horizontal slider whose handle goes where its groove is clicked, and can be dragged on from there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part, kind = QStyle.SubControl, QStyle.ComplexControl.CC_Slider
        handle = self.style().subControlRect(kind, option, part.SC_SliderHandle, self)
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(event.position().toPoint()):
            groove = self.style().subControlRect(kind, option, part.SC_SliderGroove, self)
            room = groove.width() - handle.width()
            along = round(event.position().x()) - groove.left() - handle.width() // 2
            self.setValue(
                QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), along, room, option.upsideDown)
            )
        super().mousePressEvent(event)  # which takes hold of the handle


class LabeledSlider(QWidget):
    """A value `minimum`..`maximum` in hundredths: percent, or from below 0 a number with its sign.

    Double click on the slider, or the button beside the value, brings `default` back.
    """

    changed = Signal(float)  # by hand only, not by `set_value`

    def __init__(
        self,
        name: str,
        tip: str,
        maximum: float,
        default: float,
        ends: tuple[str, str] | None,
        parent: QWidget,
        minimum: float = 0.0,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self.slider = GrooveSlider(self)
        self.slider.setRange(round(minimum * 100), round(maximum * 100))
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(name.replace("&", ""))
        self.slider.setToolTip(tip)
        self.slider.setAccessibleDescription(tip)
        self.slider.installEventFilter(self)
        label = FieldName(name, self.slider, self)
        self._value = QLabel(self)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        give_room(self._value, "+100" if minimum < 0 else tr("parts", "{value} %", value=100))
        self.reset_button = QToolButton(self)
        self.reset_button.setAutoRaise(True)
        self.reset_button.setToolTip(tr("parts", "Back to {text_of}", text_of=self._text_of(round(default * 100))))
        self.reset_button.setAccessibleName(tr("parts", "Reset {name}", name=name.replace("&", "")))
        self.reset_button.clicked.connect(self.reset)

        self._top = top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(label)
        top.addStretch()
        top.addWidget(self._value)
        top.addWidget(self.reset_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.slider)
        if ends is not None:
            layout.addLayout(self._scale(ends))
        self.slider.valueChanged.connect(self._tell)
        self.set_value(default)

    def _scale(self, ends: tuple[str, str]) -> QHBoxLayout:
        """What the ends mean."""
        scale = QHBoxLayout()
        for text, alignment in zip(ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            end = QLabel(text, self)
            end.setProperty("role", "muted")
            font = end.font()
            font.setPointSizeF(font.pointSizeF() * 0.9)
            end.setFont(font)
            scale.addWidget(end, alignment=alignment)
        return scale

    @property
    def value(self) -> float:
        """The value, in units of the label."""
        return self.slider.value() / 100

    def set_value(self, value: float) -> None:
        """Show a value without telling anyone."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * 100))
        self.slider.blockSignals(False)
        self._show()

    def reset(self) -> None:
        """Go back to the default."""
        self.slider.setValue(round(self._default * 100))

    def add_beside_value(self, widget: QWidget) -> None:
        """Put a control at the end of the line of the value."""
        self._top.addWidget(widget)

    def set_tip(self, tip: str) -> None:
        """Set the tool tip of slider and label."""
        self.slider.setToolTip(tip)
        self.slider.setAccessibleDescription(tip)

    def _tell(self) -> None:
        self._show()
        self.changed.emit(self.value)

    def _show(self) -> None:
        self._value.setText(self._text_of(self.slider.value()))
        self.reset_button.setEnabled(self.isEnabled() and self.slider.value() != round(self._default * 100))

    def _text_of(self, value: int) -> str:
        return signed(value) if self.slider.minimum() < 0 else tr("parts", "{value} %", value=value)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.EnabledChange:
            self._show()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and self.slider.isEnabled():
            self.reset()
            return True
        return super().eventFilter(watched, event)


def signed(value: float) -> str:
    """A whole number with its sign; 0 has none."""
    return f"{value:+.0f}" if round(value) else "0"
