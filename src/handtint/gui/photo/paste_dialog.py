"""Paste Settings: which parts of a copied recipe."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from handtint.gui.parts.dialogs import name_buttons
from handtint.gui.parts.fields import check_box
from handtint.gui.parts.translating import tr
from handtint.recipe.presets import parts_of
from handtint.recipe.recipe import Recipe


class PasteDialog(QDialog):
    """Asks for parts; `parts` and `with_places` hold the answer.

    Args:
        count: how many photos get them.
    """

    def __init__(self, recipe: Recipe, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("paste_settings", "Paste Settings"))
        words = {
            "color": (
                tr("paste_settings", "&Color"),
                tr("paste_settings", "Model, vividness, strength, variant and adjustments"),
            ),
            "repair": (tr("paste_settings", "&Repair"), tr("paste_settings", "Which damage is repaired, and how much")),
            "geometry": (
                tr("paste_settings", "&Geometry"),
                tr("paste_settings", "Turning, straightening and cropping"),
            ),
        }
        title = QLabel(tr("paste_settings", "Paste to {n} photo(s):", count), self)
        title.setProperty("role", "title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(title)
        self.boxes: dict[str, QCheckBox] = {}
        for part in parts_of(recipe):
            text, tip = words[part]
            self.boxes[part] = check_box(text, tip, part != "geometry", self)
            layout.addWidget(self.boxes[part])
        self.places = check_box(
            tr("paste_settings", "Color &hints, protected places, marks of damage, colors of another photo"),
            tr("paste_settings", "Right only on copies and scans of the same picture"),
            False,
            self,
        )
        color, is_marked = recipe.color, recipe.repair != recipe.repair.without_places()
        has_own = bool(color.hints) or color.protected is not None or color.reference is not None or is_marked
        self.places.setVisible(has_own)
        layout.addWidget(self.places)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        paste = buttons.addButton(tr("paste_settings", "&Paste"), QDialogButtonBox.ButtonRole.AcceptRole)
        paste.setDefault(True)
        name_buttons(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are wanted."""
        return tuple(part for part, box in self.boxes.items() if box.isChecked())

    @property
    def with_places(self) -> bool:
        """Whether what belongs to the one picture is wanted, too."""
        return self.places.isChecked()
