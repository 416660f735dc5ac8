"""What is shown before a photo is open: where to drop one, a button, and the sample photographs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QImage
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from handtint.gui.parts import icons
from handtint.gui.parts.fitting import Scrolled
from handtint.gui.parts.theme import Colors, restyle
from handtint.gui.parts.translating import tr

_THUMBNAIL = QSize(132, 96)
_SAMPLE_WIDTH = 156
_COLUMNS = 4
_WIDTH, _TEXT_WIDTH = 640, 576


class Welcome(QFrame):
    """The empty state."""

    sample_chosen = Signal(object)  # Path

    def __init__(self, open_action: QAction, samples: Sequence[Path], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        whole = QWidget(self)
        self._drop = QFrame(whole)
        self._drop.setObjectName("drop")
        self._drop.setFixedWidth(_WIDTH)
        self._picture = QLabel(self._drop)
        title = QLabel(tr("photo", "Bring an old photograph back to color"), self._drop)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        title.setWordWrap(True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = QLabel(tr("photo", "Drop photographs or a folder here. Nothing leaves this computer."), self._drop)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (title, text):  # their height is not asked for in a place that scrolls
            label.setFixedSize(_TEXT_WIDTH, label.heightForWidth(_TEXT_WIDTH))
        self.open_button = QPushButton(open_action.text(), self._drop)
        self.open_button.setProperty("role", "primary")
        self.open_button.setToolTip(open_action.toolTip())
        self.open_button.setAccessibleName(open_action.iconText())
        self.open_button.clicked.connect(open_action.trigger)
        inside = QVBoxLayout(self._drop)
        inside.setContentsMargins(32, 34, 32, 34)
        inside.setSpacing(12)
        for widget in (self._picture, title, text):
            inside.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        inside.addSpacing(8)
        inside.addWidget(self.open_button, alignment=Qt.AlignmentFlag.AlignHCenter)

        layout = QVBoxLayout(whole)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch(3)
        layout.addWidget(self._drop, alignment=Qt.AlignmentFlag.AlignHCenter)
        self.samples: dict[Path, QToolButton] = {}
        if samples:
            layout.addSpacing(22)
            heading = QLabel(tr("photo", "Or try one of these"), self)
            heading.setProperty("role", "section")
            layout.addWidget(heading, alignment=Qt.AlignmentFlag.AlignHCenter)
            grid = QGridLayout()
            grid.setSpacing(4)
            for index, path in enumerate(samples):
                grid.addWidget(self._sample(path), index // _COLUMNS, index % _COLUMNS)
            layout.addLayout(grid)
            layout.setAlignment(grid, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(4)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(Scrolled(whole, self))

    def set_thumbnail(self, path: Path, image: QImage) -> None:
        """Show the picture of a sample."""
        if path in self.samples and not image.isNull():
            ratio = self.devicePixelRatioF()
            self.samples[path].setIcon(QIcon(icons.rounded(image, _THUMBNAIL, ratio)))

    def set_hot(self, on: bool) -> None:
        """Show that a drop would be accepted."""
        restyle(self._drop, "hot", on)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        self._picture.setPixmap(icons.pixmap("handtint", None, 72, self.devicePixelRatioF()))
        blank = QImage(_THUMBNAIL, QImage.Format.Format_RGB32)
        blank.fill(QColor(colors.hover))
        for button in self.samples.values():
            if button.icon().isNull():
                button.setIcon(QIcon(icons.rounded(blank, _THUMBNAIL, 1.0)))

    def _sample(self, path: Path) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName("sample")
        name = path.stem
        button.setText(button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _SAMPLE_WIDTH - 8))
        button.setToolTip(tr("photo", 'Open "{name}"', name=name))
        button.setAccessibleName(tr("photo", "Sample: {name}", name=name))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(_THUMBNAIL)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.setFixedWidth(_SAMPLE_WIDTH)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(lambda: self.sample_chosen.emit(path))
        self.samples[path] = button
        return button
