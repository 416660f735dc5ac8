"""What both dialogs for saving ask for: where, in which format and quality, and whether the file names the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton

from handtint.gui.parts.fields import QualityRow, check_box, form, format_box
from handtint.gui.parts.translating import tr
from handtint.recipe.saving import SaveOptions

_SPACING = 12


@dataclass(frozen=True)
class FieldTexts:
    """What a dialog calls its fields.

    Attributes:
        place, place_name, place_tip: the label of the path, its accessible name and its tip.
        choose: what the button beside it does.
        as_source: names the choice of each photo's own format; empty where there is none.
    """

    place: str
    place_name: str
    place_tip: str
    choose: str
    format_tip: str
    quality_tip: str
    provenance: str
    provenance_tip: str
    as_source: str = ""


class SaveFields:
    """Makes the fields as parts of a dialog, which lays them out among its own.

    Args:
        place: a path to begin with.
        format_name: of `SaveOptions`, to begin with; empty for each photo's own.
        choose: asks for another path.

    Attributes:
        place: the path as typed.
        trouble: why the dialog cannot be closed with this answer; cleared as soon as the path changes.
    """

    def __init__(
        self,
        dialog: QDialog,
        texts: FieldTexts,
        place: str,
        format_name: str,
        options: SaveOptions,
        choose: Callable[[], object],
    ) -> None:
        self._dialog, self._texts = dialog, texts
        self.place = QLineEdit(place, dialog)
        self.place.setAccessibleName(texts.place_name)
        self.place.setToolTip(texts.place_tip)
        self._choose = QPushButton(tr("save_fields", "C&hoose…"), dialog)
        self._choose.setAutoDefault(False)
        self._choose.setToolTip(texts.choose)
        self._choose.setAccessibleName(texts.choose)
        self._choose.clicked.connect(lambda: choose())
        self.format_box = format_box(format_name, texts.format_tip, dialog, texts.as_source)
        self.quality_row = QualityRow(options.quality, texts.quality_tip, dialog)
        self.provenance = check_box(texts.provenance, texts.provenance_tip, options.provenance, dialog)
        self.trouble = QLabel(dialog)
        self.trouble.setProperty("role", "danger")
        self.trouble.setWordWrap(True)
        self.place.textChanged.connect(lambda: self.trouble.clear())

    def rows(self) -> QFormLayout:
        """Path, format and quality, with their labels."""
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.place, 1)
        where.addWidget(self._choose)
        return form(
            (
                (self._texts.place, where, self.place),
                (tr("save_fields", "F&ormat"), self.format_box, self.format_box),
                (tr("save_fields", "&Quality"), self.quality_row, self.quality_row.slider),
            ),
            _SPACING,
            self._dialog,
        )
