"""The section of the panel that adjusts colors: sliders, the brush, and the photo whose colors are taken."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.parts import icons
from handtint.gui.parts.action_buttons import action_button, push_button
from handtint.gui.parts.fitting import ElidedLabel
from handtint.gui.parts.fold import Fold
from handtint.gui.parts.slider import LabeledSlider
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.recipe.adjust import MAX_SATURATION, MAX_WARMTH, Adjust
from handtint.recipe.reference import ReferencePhoto

_PICTURE = QSize(72, 54)  # of the photo whose colors are taken, logical pixels


class AdjustSection(QWidget):
    """Shows how the current photo is adjusted and says when the user changes it. Folded away at first."""

    chosen = Signal(object)  # Adjust
    settled = Signal()  # a slider was released

    def __init__(self, actions: AdjustActions, parent: QWidget) -> None:
        super().__init__(parent)
        self._adjust = Adjust()
        self.steps = QWidget(self)
        self.fold = Fold(
            tr("adjust", "Adjust"),
            tr("adjust", "Show or hide the color adjustments"),
            tr("adjust", "Adjust colors"),
            self.steps,
            self,
        )
        self.protect = action_button(actions.protect, self, has_text=True, is_framed=True)
        self.sliders = {key: self._slider(key, *words) for key, words in self._rows().items()}
        self.reset = push_button(actions.reset, self.steps)
        self.take = push_button(actions.take_colors, self.steps)
        self.picture = QLabel(self.steps)
        self.picture.setFixedSize(_PICTURE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = ElidedLabel(self.steps)
        self.drop = action_button(actions.drop_colors, self.steps)
        self._lay_out()
        self.show_photo(None)
        self.show_reference(None, QImage())

    def _rows(self) -> dict[str, tuple[str, str]]:
        """Name and tool tip of each slider, by its field of `Adjust`."""
        return {
            "warmth": (tr("adjust", "Warmth"), tr("adjust", "Shift all colors toward evening light, or toward noon")),
            "skin": (tr("adjust", "Skin"), tr("adjust", "How strong the colors of skin are; wood and brick follow")),
            "foliage": (tr("adjust", "Foliage"), tr("adjust", "How strong greens and yellowish greens are")),
            "sky": (tr("adjust", "Sky"), tr("adjust", "How strong blues are")),
            "other": (tr("adjust", "Other colors"), tr("adjust", "How strong all other colors are")),
        }

    def _slider(self, key: str, name: str, tip: str) -> LabeledSlider:
        if key == "warmth":
            ends = (tr("adjust", "Cooler"), tr("adjust", "Warmer"))
            slider = LabeledSlider(name, tip, MAX_WARMTH / 100, 0.0, ends, self.steps, -MAX_WARMTH / 100)
        else:
            slider = LabeledSlider(name, tip, MAX_SATURATION / 100, 1.0, None, self.steps)
        slider.changed.connect(lambda value: self._choose(key, float(round(value * 100))))
        slider.slider.sliderReleased.connect(self.settled)
        return slider

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.fold)
        head.addStretch(1)
        head.addWidget(self.protect)
        rows = QVBoxLayout(self.steps)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(8)
        for slider in self.sliders.values():
            rows.addWidget(slider)
        rows.addWidget(self.reset)
        rows.addWidget(self.take)
        reference = QHBoxLayout()
        reference.setSpacing(8)
        reference.addWidget(self.picture)
        reference.addWidget(self.name, 1)
        reference.addWidget(self.drop)
        rows.addLayout(reference)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.steps)

    def show_photo(self, photo: OpenPhoto | None) -> None:
        """Show how a photo is adjusted, without telling anyone."""
        is_done = photo is not None and photo.state is PhotoState.DONE and photo.is_to_be_colored
        self._adjust = photo.settings.adjust if photo is not None else Adjust()
        for key, slider in self.sliders.items():
            slider.set_value(getattr(self._adjust, key) / 100)
            slider.setEnabled(is_done)

    def show_reference(self, reference: ReferencePhoto | None, picture: QImage) -> None:
        """Show the photo whose colors are taken; a null picture where it cannot be seen."""
        for widget in (self.picture, self.name, self.drop):
            widget.setVisible(reference is not None)
        if reference is None:
            return
        ratio = self.devicePixelRatioF()
        shown = QPixmap()
        if not picture.isNull():
            size, keep = _PICTURE * ratio, Qt.AspectRatioMode.KeepAspectRatio
            shown = QPixmap.fromImage(picture.scaled(size, keep, Qt.TransformationMode.SmoothTransformation))
            shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(shown)
        self.picture.setAccessibleName(tr("adjust", 'Small picture of "{photo}"', photo=reference.name))
        self.picture.setToolTip(tr("adjust", "The photo whose colors are taken"))
        self.name.show_text(reference.name, reference.path)
        self.fold.setChecked(True)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        for slider in self.sliders.values():
            slider.reset_button.setIcon(icons.icon("reset", QColor(colors.muted), QColor(colors.disabled), 14))
            slider.reset_button.setIconSize(QSize(14, 14))

    def _choose(self, key: str, value: float) -> None:
        self._adjust = dataclasses.replace(self._adjust, **{key: value})
        self.chosen.emit(self._adjust)
