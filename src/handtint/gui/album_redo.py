"""Beside a result in review: vividness and strength for making it anew."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from handtint.gui.album_side import color_reset_buttons, color_sliders
from handtint.gui.panel import WIDTH
from handtint.gui.theme import Colors
from handtint.imaging.prediction import Prediction
from handtint.restore import Settings


class RedoPanel(QFrame):
    """Vividness and strength for one photo that is to be made anew."""

    chosen = Signal(object)  # Settings, while they change
    accepted = Signal(object)  # Settings
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setFixedWidth(WIDTH)
        self.settings = Settings()
        title = QLabel(self.tr("Redo with other settings"), self)
        title.setProperty("role", "section")
        self.text = QLabel(self)
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.text.setMinimumHeight(self.fontMetrics().lineSpacing() * 3)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.vividness, self.strength = color_sliders(self)
        self.make_button = QPushButton(self.tr("Make &Anew"), self)
        self.make_button.setProperty("role", "primary")
        self.cancel_button = QPushButton(self.tr("&Leave As It Is"), self)
        for button, tip in (
            (self.make_button, self.tr("Color this photo with these settings in place of the result")),
            (self.cancel_button, self.tr("Back to the result that is there")),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(button.text().replace("&", ""))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addWidget(self.text)
        layout.addWidget(self.vividness)
        layout.addSpacing(10)
        layout.addWidget(self.strength)
        layout.addStretch(1)
        layout.addWidget(self.cancel_button)
        layout.addWidget(self.make_button)
        self.vividness.changed.connect(lambda value: self._choose(vividness=value))
        self.strength.changed.connect(lambda value: self._choose(strength=value))
        self.make_button.clicked.connect(lambda: self.accepted.emit(self.settings))
        self.cancel_button.clicked.connect(self.cancelled)

    def begin(self, settings: Settings) -> None:
        """Begin with these; what they look like comes with `show_range`."""
        self.settings = settings
        self.vividness.set_value(settings.vividness)
        self.strength.set_value(settings.strength)
        self.text.setText(self.tr("Asking the model what it sees…"))

    def show_range(self, prediction: Prediction) -> None:
        """The model has answered: what is set now shows at once."""
        self.vividness.setEnabled(prediction.logits is not None)
        self.text.setText(self.tr("The picture shows what would be made. The file stays as it is until then."))

    def set_colors(self, colors: Colors) -> None:
        color_reset_buttons((self.vividness, self.strength), colors)

    def _choose(self, **values: float) -> None:
        self.settings = dataclasses.replace(self.settings, **values)
        self.chosen.emit(self.settings)
