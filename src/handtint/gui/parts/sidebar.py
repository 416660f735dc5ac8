"""Beside the photo or the grid: controls that scroll where they do not fit, over a foot that stays in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.fitting import Scrolled
from handtint.gui.parts.slider import LabeledSlider
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.recipe.settings import Settings

WIDTH = 296
_WIDEST, _WIDEST_SHARE = 440, 0.55  # at least, and of the window: the photo needs its room, too


class Sidebar(QFrame):
    """Has controls of color that every photo has; who derives from it makes and lays them out among the rest.

    The order in which controls are made is that of the Tab key.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setFixedWidth(WIDTH)  # at least
        self._scrolled: Scrolled | None = None
        self._fitting = QTimer(self)
        self._fitting.setSingleShot(True)
        self._fitting.timeout.connect(self._fit)

    def make_color_controls(self) -> None:
        """Vividness, strength, and whether the model looks closely."""
        default = Settings()
        self.vividness = LabeledSlider(
            tr("parts", "Vivi&dness"),
            tr("parts", "From quiet, most likely colors to the liveliest that the model considers possible"),
            1.0,
            default.vividness,
            (tr("parts", "Quiet"), tr("parts", "Lively")),
            self,
        )
        self.strength = LabeledSlider(
            tr("parts", "St&rength"),
            tr("parts", "How strong the color is; 100 % is what the model predicts"),
            2.0,
            default.strength,
            (tr("parts", "Gray"), tr("parts", "Double")),
            self,
        )
        self.closely = check_box(
            tr("parts", "Look closel&y"),
            tr(
                "parts",
                "For groups and streets: the model sees small faces and things better. It takes several times as long, "
                "and large plain things may become patchy.",
            ),
            default.closely,
            self,
        )

    def add_color_controls(self, rows: QVBoxLayout) -> None:
        """Add these below each other."""
        rows.addWidget(self.vividness)
        rows.addSpacing(10)
        rows.addWidget(self.strength)
        rows.addSpacing(6)
        rows.addWidget(self.closely)
        rows.addSpacing(10)

    def show_color(self, settings: Settings) -> None:
        """Let the controls show what is asked for."""
        self.vividness.set_value(settings.vividness)
        self.strength.set_value(settings.strength)
        self.closely.setChecked(settings.closely)

    def lay_out(self, rows: QVBoxLayout, foot: QLayout) -> None:
        """Put the rows of controls over the foot."""
        inside = QWidget(self)
        rows.setContentsMargins(20, 18, 20, 8)
        rows.setSpacing(8)
        rows.addStretch(1)
        inside.setLayout(rows)
        foot.setContentsMargins(20, 8, 20, 18)
        foot.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)  # the frame's line
        whole.setSpacing(0)
        self._scrolled = Scrolled(inside, self)
        whole.addWidget(self._scrolled, 1)
        whole.addLayout(foot)
        inside.installEventFilter(self)
        parent = self.parentWidget()
        assert parent is not None
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wider where large letters or another language need it."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            # Not at once: a layout that is at work would go on with the width it began with.
            self._fitting.start()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        layout = self.layout()
        if self._scrolled is not None and layout is not None:
            wanted = max(self._scrolled.width_wanted() + 1, layout.minimumSize().width())
            widest = max(_WIDEST, round((self.parentWidget() or self).width() * _WIDEST_SHARE))
            self.setMaximumWidth(min(max(wanted, WIDTH), widest))  # as wide as that where there is room

    def sizeHint(self) -> QSize:
        return QSize(self.maximumWidth(), super().sizeHint().height())

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        for slider in (self.vividness, self.strength):
            slider.reset_button.setIcon(icons.icon("reset", QColor(colors.muted), QColor(colors.disabled), 14))
            slider.reset_button.setIconSize(QSize(14, 14))
