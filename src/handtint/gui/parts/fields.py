"""Fields that ask how results are saved: format, quality, provenance; and rows of fields with their names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLabel, QLayout, QSpinBox, QWidget

from handtint.gui.parts.fitting import FieldName, WrappedCheckBox, give_room
from handtint.gui.parts.slider import GrooveSlider
from handtint.gui.parts.translating import tr
from handtint.recipe.saving import SUFFIXES

# format of SaveOptions -> what users call it, suffixes (the first is proposed), whether 16 bit fits in
FORMATS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    name: (label, SUFFIXES[name], keeps_depth)
    for name, label, keeps_depth in (
        ("jpeg", "JPEG", False),
        ("png", "PNG", True),
        ("tiff", "TIFF", True),
        ("webp", "WebP", False),
    )
}


def typed_path(text: str, beside: Path) -> Path:
    """The path that somebody typed: ~ is the home folder, and what is not absolute lies in the folder `beside`."""
    path = Path(text.strip())
    with contextlib.suppress(RuntimeError):  # ~nobody stays as it is
        path = path.expanduser()
    return beside / path  # which an absolute one takes the place of


def spin_box(parent: QWidget) -> QSpinBox:
    """A field for a whole number; its digits stand off its edge, where no style sheet moves them."""
    box = QSpinBox(parent)
    box.lineEdit().setTextMargins(8, 0, 8, 0)
    return box


def combo_box(name: str, tip: str, parent: QWidget) -> QComboBox:
    """A box to choose from, with its accessible name and tip."""
    box = QComboBox(parent)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def format_box(chosen: str, tip: str, parent: QWidget, as_source: str = "") -> QComboBox:
    """A box of formats, each with its name in `SaveOptions` as data; `as_source` names the choice of none."""
    box = combo_box(tr("parts", "Format"), tip, parent)
    if as_source:
        box.addItem(as_source, "")
    for name, (label, _, _) in FORMATS.items():
        box.addItem(label, name)
    box.setCurrentIndex(box.findData(chosen))
    return box


class QualityRow(QHBoxLayout):
    """A slider for the quality of JPEG and WebP, and its value."""

    def __init__(self, quality: int, tip: str, parent: QWidget) -> None:
        super().__init__()
        self.slider = GrooveSlider(parent)
        self.slider.setRange(50, 100)
        self.slider.setValue(quality)
        self.slider.setAccessibleName(tr("parts", "Quality"))
        self.slider.setToolTip(tip)
        self._value = QLabel(str(quality), parent)
        give_room(self._value, "100")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self.slider, 1)
        self.addWidget(self._value)
        self.slider.valueChanged.connect(lambda value: self._value.setText(str(value)))

    def set_enabled(self, on: bool) -> None:
        """Let the quality be chosen or not."""
        self.slider.setEnabled(on)
        self._value.setEnabled(on)


def check_box(text: str, tip: str, is_on: bool, parent: QWidget) -> QCheckBox:
    """A box to check, with its text as its name."""
    box = WrappedCheckBox(text, parent)
    box.setChecked(is_on)
    box.setToolTip(tip)
    box.setAccessibleName(text.replace("&", ""))
    return box


def form(rows: Iterable[tuple[str, QWidget | QLayout, QWidget]], spacing: int, parent: QWidget) -> QFormLayout:
    """Rows of a name, what stands beside it, and the field that the name's key leads to."""
    made = QFormLayout()
    made.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    made.setHorizontalSpacing(14)
    made.setVerticalSpacing(spacing)
    for text, row, field in rows:
        name = FieldName(text, field, parent)
        name.setContentsMargins(0, 3, 0, 3)  # names are centered beside fields up to 7/4 of their own height
        made.addRow(name, row)  # type: ignore[arg-type]
    return made
