"""The fields of the plan dialog: where the results go, and how they are made and saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QWidget

from handtint.album.choices import Choices
from handtint.album.order import Order
from handtint.album.planning import order_of
from handtint.gui.parts.fields import QualityRow, check_box, form, format_box, typed_path
from handtint.gui.parts.fitting import FieldName
from handtint.gui.parts.model_names import tip_of, title_of
from handtint.gui.parts.translating import tr
from handtint.model_card import ModelFile
from handtint.recipe.saving import SaveOptions


class PlanForm(QWidget):
    """Starts with what is set for the album; `order` and `output` hold what is asked for at present.

    Args:
        choices: what is set for the album.
        models, usual: the models to choose from, and the one to start with.
        retry: whether photos that failed are to be tried again.
    """

    changed = Signal()

    def __init__(
        self, choices: Choices, models: Sequence[ModelFile], usual: ModelFile, retry: bool, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._choices, self._models = choices, list(models)
        self.folder_field = QLineEdit(str(choices.output), self)
        self.folder_field.setAccessibleName(tr("album", "Folder for the results"))
        self.folder_field.setToolTip(tr("album", "Where the results go; created if it does not exist"))
        self.choose_button = QPushButton(tr("album", "C&hoose…"), self)
        self.choose_button.setAutoDefault(False)
        self.choose_button.setToolTip(tr("album", "Choose the folder for the results"))
        self.choose_button.setAccessibleName(tr("album", "Choose the folder for the results"))
        self.model_box = QComboBox(self)
        self.model_box.setAccessibleName(tr("album", "Model"))
        self.model_box.setToolTip(tr("album", "The model that colors the photos; each gives somewhat different colors"))
        for index, file in enumerate(self._models):
            self.model_box.addItem(title_of(file.card.name))
            self.model_box.setItemData(index, tip_of(file), Qt.ItemDataRole.ToolTipRole)
            if file.path == usual.path:
                self.model_box.setCurrentIndex(index)
        tip = tr("album", "The format of the results")
        self.format_box = format_box(choices.save.format or "", tip, self, tr("album", "Same as the photos"))
        tip = tr("album", "For JPEG and WebP: higher keeps more detail and makes larger files")
        self._quality_row = QualityRow(choices.save.quality, tip, self)
        self.quality = self._quality_row.slider
        self.provenance = check_box(
            tr("album", "&Note in the files that a model added the color"),
            tr("album", "Writes model, settings and source into the metadata of the results"),
            choices.save.provenance,
            self,
        )
        self.by_scene = check_box(
            tr("album", "Give photos of one scene the same co&lors"),
            tr("album", "Photos of one scene take their colors from one of them; finding them takes some extra time"),
            choices.by_scene,
            self,
        )
        self.repair = check_box(
            tr("album", "&Repair the photos, each as it needs"),
            tr("album", "Looks for damage, fading and noise in each photo; the report says what was done"),
            choices.recipe.is_repair_automatic,
            self,
        )
        self.recolor = check_box(
            tr("album", "&Include photos that are already in color"),
            tr("album", "Color these again from their lightness alone; otherwise they are left out"),
            choices.settings.recolor,
            self,
        )
        self.retry = check_box(
            tr("album", "Try &again photos that failed before"),
            tr("album", "Otherwise photos that failed are left out until they or their settings change"),
            retry,
            self,
        )
        self.choose_button.clicked.connect(self._choose)
        self.folder_field.textChanged.connect(self.changed)
        self.model_box.currentIndexChanged.connect(self.changed)
        self.format_box.currentIndexChanged.connect(self.changed)
        self.quality.valueChanged.connect(self.changed)
        for box in (self.repair, self.provenance, self.by_scene, self.recolor, self.retry):
            box.toggled.connect(self.changed)
        self._lay_out()

    def _lay_out(self) -> None:
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder_field, 1)
        where.addWidget(self.choose_button)
        how = QHBoxLayout()
        how.setSpacing(8)
        quality = FieldName(tr("album", "&Quality"), self.quality, self)
        how.addWidget(self.format_box, 1)
        how.addSpacing(14)
        how.addWidget(quality)
        how.addLayout(self._quality_row, 1)
        rows: QFormLayout = form(
            (
                (tr("album", "Resul&ts in"), where, self.folder_field),
                (tr("album", "&Model"), self.model_box, self.model_box),
                (tr("album", "F&ormat"), how, self.format_box),
            ),
            8,
            self,
        )
        for box in (self.repair, self.by_scene, self.provenance, self.recolor, self.retry):
            rows.addRow("", box)
        rows.setContentsMargins(0, 0, 0, 0)
        self.setLayout(rows)

    @property
    def output(self) -> Path:
        """The folder for the results."""
        return typed_path(self.folder_field.text(), self._choices.folder.parent)

    @property
    def save(self) -> SaveOptions:
        """How the results are to be saved."""
        return SaveOptions(
            format=self.format_box.currentData() or None,
            quality=self.quality.value(),
            provenance=self.provenance.isChecked(),
        )

    @property
    def model(self) -> ModelFile:
        """The model that was chosen."""
        return self._models[self.model_box.currentIndex()]

    @property
    def order(self) -> Order:
        """What is asked for, for the photos of the album."""
        settings = dataclasses.replace(self._choices.settings, recolor=self.recolor.isChecked())
        by_scene = self.by_scene.isChecked()
        recipe = dataclasses.replace(
            self._choices.recipe.with_color(settings), is_repair_automatic=self.repair.isChecked()
        )
        model = self.model.card.name
        choices = dataclasses.replace(self._choices, recipe=recipe, save=self.save, by_scene=by_scene, model=model)
        order = order_of(choices, self._models, self.model, self.retry.isChecked())
        assert order is not None
        return dataclasses.replace(order, model=self.model)  # another may have its name

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("album", "Folder for the Results"), str(self.output.parent))
        if chosen:
            self.folder_field.setText(chosen)
