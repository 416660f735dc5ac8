"""The colorings of a photo side by side, small and live; a click or an arrow key chooses one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from handtint.gui.parts import icons
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.translating import tr
from handtint.gui.session.open_photo import OpenPhoto, PhotoState

_PICTURE = QSize(76, 46)


class VariantStrip(QWidget):
    """Shows the current photo's variants and says when the user chooses one."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tips = (
            tr("photo", "The coloring that the model considers most likely"),
            tr("photo", "Warmer where the color is uncertain; the rest stays the same"),
            tr("photo", "Cooler where the color is uncertain; the rest stays the same"),
        )
        names = (
            tr("photo", "Variant 1, likeliest"),
            tr("photo", "Variant 2, warmer"),
            tr("photo", "Variant 3, cooler"),
        )
        self._shown: tuple[QImage, ...] | None = None
        self._group = QButtonGroup(self)  # exclusive: the arrow keys go from one to the next
        frame = QFrame(self)
        frame.setObjectName("variants")
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, name in enumerate(names):
            button = QToolButton(frame)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(_PICTURE)
            button.setText(str(number + 1))
            button.setAccessibleName(name)
            self._group.addButton(button, number)
            row.addWidget(button, 1)
        self._group.button(0).setChecked(True)
        label = FieldName(tr("photo", "Var&iants"), self._group.button(0), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(frame)
        self._group.idToggled.connect(self._tell)
        self.show_photo(None)

    @property
    def buttons(self) -> list[QToolButton]:
        """One for each variant."""
        return [button for button in self._group.buttons() if isinstance(button, QToolButton)]

    def show_photo(self, photo: OpenPhoto | None) -> None:
        """Show a photo's variants, without telling anyone; what does nothing now is disabled, never hidden."""
        prediction = photo.prediction if photo is not None else None
        has_choice = prediction is None or prediction.variants > 1
        is_colored = photo is not None and photo.state is PhotoState.DONE and photo.is_to_be_colored
        self.setEnabled(is_colored and has_choice)
        for button, tip in zip(self.buttons, self._tips, strict=True):
            button.setToolTip(
                tip if has_choice else tr("photo", "This model gives only one answer, so there is nothing to choose")
            )
        with QSignalBlocker(self._group):
            self._group.button(photo.settings.variant if photo is not None else 0).setChecked(True)
        images = photo.variants if photo is not None else ()
        if images != self._shown:
            self._shown = images
            for number, button in enumerate(self.buttons):
                button.setIcon(self._icon(images[number]) if number < len(images) else _blank())

    def _icon(self, image: QImage) -> QIcon:
        pixmap = icons.rounded(image, _PICTURE, self.devicePixelRatioF())
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Disabled)  # or it would turn gray while another model colors
        return icon

    def _tell(self, number: int, is_checked: bool) -> None:
        if is_checked:
            self.chosen.emit(number)


def _blank() -> QIcon:
    pixmap = QPixmap(_PICTURE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
