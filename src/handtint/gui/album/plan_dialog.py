"""Restore Album: what would be made, where, what is left out and why, what it needs; then it may begin."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from handtint.album.choices import Notes
from handtint.album.estimate import Estimate
from handtint.album.plan import Order, Plan
from handtint.album.planning import Wish, order_of
from handtint.gui.album_plan_table import PlanTable
from handtint.gui.parts.dialogs import fit, name_buttons
from handtint.gui.parts.fields import QualityRow, check_box, form, format_box, typed_path
from handtint.gui.parts.theme import set_look
from handtint.gui.teach.words import duration
from handtint.model_card import ModelFile
from handtint.recipe.saving import SaveOptions

_PATIENCE_MS = 250  # after a change, until it is planned anew
AskForPlan = Callable[[Wish, Callable[[Plan], None], Callable[[Estimate], None], Callable[[str], None]], None]


class PlanDialog(QDialog):
    """Asks where and how, and shows the plan for that; nothing is written. `plan`, `order`, `output` hold the answer.

    Args:
        models, usual: which there are, and the name of the one to begin with.
        wish: makes a wish of an order and a folder.
        ask: plans a wish; see `Album.plan`.
        only: how many photos were chosen, if not all.
    """

    def __init__(
        self,
        notes: Notes,
        models: Sequence[ModelFile],
        usual: ModelFile,
        wish: Callable[[Order, Path], Wish],
        ask: AskForPlan,
        parent: QWidget | None,
        *,
        only: int | None = None,
        retry: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Restore Album"))
        self._notes, self._models, self._wish, self._ask = notes, list(models), wish, ask
        self.plan: Plan | None = None
        self.estimate: Estimate | None = None
        self._planned_for: tuple[Order, Path] | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._make_plan)
        title = QLabel(
            self.tr('Restore "{0}"').format(notes.folder.name or str(notes.folder))
            if only is None
            else self.tr('Restore {0} selected photos of "{1}"').format(only, notes.folder.name)
            if only != 1
            else self.tr('Restore the selected photo of "{0}"').format(notes.folder.name),
            self,
        )
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        text = QLabel(self.tr("The originals stay as they are; results go into a folder of their own."), self)
        text.setProperty("role", "muted")
        self._make_fields(usual, retry)
        self.summary = QLabel(self)
        self.summary.setProperty("role", "title")
        self.summary.setWordWrap(True)
        self.needs = QLabel(self)
        self.needs.setProperty("role", "muted")
        self.needs.setWordWrap(True)
        self.needs.setTextFormat(Qt.TextFormat.PlainText)
        self.needs.setMinimumHeight(self.fontMetrics().lineSpacing() * 2)
        self.needs.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.rows = PlanTable(notes.folder, self)
        self.table = QTableView(self)
        self.table.setModel(self.rows)
        self.table.setAccessibleName(self.tr("What will be made"))
        self.table.setToolTip(self.tr("Each photo, and the file its result becomes or why it is left out"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.horizontalHeader().resizeSection(0, 270)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.start_button = self.buttons.addButton(self.tr("&Start"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.start_button.setDefault(True)
        self.start_button.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.start_button.text()) + 150)
        name_buttons(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addSpacing(6)
        layout.addLayout(self._form())
        layout.addSpacing(8)
        layout.addWidget(self.summary)
        layout.addWidget(self.needs)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.buttons)
        fit(self, 820, 720, parent)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._make_plan()

    # the fields

    def _make_fields(self, usual: ModelFile, retry: bool) -> None:
        notes = self._notes
        self.folder_field = QLineEdit(str(notes.output), self)
        self.folder_field.setAccessibleName(self.tr("Folder of the results"))
        self.folder_field.setToolTip(self.tr("Where the results go; made if it is not there"))
        self.choose_button = QPushButton(self.tr("C&hoose…"), self)
        self.choose_button.setAutoDefault(False)
        self.choose_button.setToolTip(self.tr("Choose the folder of the results"))
        self.choose_button.setAccessibleName(self.tr("Choose the folder of the results"))
        self.model_box = QComboBox(self)
        self.model_box.setAccessibleName(self.tr("Model"))
        self.model_box.setToolTip(self.tr("Who colors: each model has its own hand"))
        for index, file in enumerate(self._models):
            self.model_box.addItem(file.card.name)
            self.model_box.setItemData(index, file.card.use_when, Qt.ItemDataRole.ToolTipRole)
            if file.path == usual.path:
                self.model_box.setCurrentIndex(index)
        tip = self.tr("The format of the results")
        self.format_box = format_box(notes.save.format or "", tip, self, self.tr("As the photos"))
        tip = self.tr("Of JPEG and WebP: higher keeps more and makes larger files")
        self._quality_row = QualityRow(notes.save.quality, tip, self)
        self.quality = self._quality_row.slider
        self.provenance = check_box(
            self.tr("&Note in the files that a model added the color"),
            self.tr("Writes model, settings and source into the metadata of the results"),
            notes.save.provenance,
            self,
        )
        self.same_look = check_box(
            self.tr("Photos that show the same get one &look"),
            self.tr("Photos of one scene take their colors from one of them; all are looked through for it first"),
            notes.same_look,
            self,
        )
        self.recolor = check_box(
            self.tr("Also photos that are &in color already"),
            self.tr("Color these anew from their lightness alone; otherwise they are left out"),
            notes.settings.recolor,
            self,
        )
        self.retry = check_box(
            self.tr("Try &again what failed before"),
            self.tr("Otherwise photos that failed are left out until they or their settings change"),
            retry,
            self,
        )
        self.choose_button.clicked.connect(self._choose)
        self.folder_field.textChanged.connect(self._plan_soon)
        self.model_box.currentIndexChanged.connect(self._plan_soon)
        self.format_box.currentIndexChanged.connect(self._plan_soon)
        self.quality.valueChanged.connect(self._plan_soon)
        for box in (self.provenance, self.same_look, self.recolor, self.retry):
            box.toggled.connect(self._plan_soon)

    def _form(self) -> QFormLayout:
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self.folder_field, 1)
        where.addWidget(self.choose_button)
        how = QHBoxLayout()
        how.setSpacing(8)
        quality = QLabel(self.tr("&Quality"), self)
        quality.setBuddy(self.quality)
        how.addWidget(self.format_box, 1)
        how.addSpacing(14)
        how.addWidget(quality)
        how.addLayout(self._quality_row, 1)
        rows = form(
            (
                (self.tr("Resul&ts in"), where, self.folder_field),
                (self.tr("&Model"), self.model_box, self.model_box),
                (self.tr("F&ormat"), how, self.format_box),
            ),
            8,
            self,
        )
        for box in (self.same_look, self.provenance, self.recolor, self.retry):
            rows.addRow("", box)
        return rows

    # the answer

    @property
    def output(self) -> Path:
        return typed_path(self.folder_field.text(), self._notes.folder.parent)

    @property
    def save(self) -> SaveOptions:
        return SaveOptions(
            format=self.format_box.currentData() or None,
            quality=self.quality.value(),
            provenance=self.provenance.isChecked(),
        )

    @property
    def model(self) -> ModelFile:
        return self._models[self.model_box.currentIndex()]

    @property
    def order(self) -> Order:
        settings = dataclasses.replace(self._notes.settings, recolor=self.recolor.isChecked())
        same_look = self.same_look.isChecked()
        notes = dataclasses.replace(self._notes, settings=settings, save=self.save, same_look=same_look)
        order = order_of(notes, [], self.model, self.retry.isChecked())
        assert order is not None
        return order

    # the plan

    def _plan_soon(self) -> None:
        """What is shown is no longer what is asked for."""
        self.plan = self.estimate = None
        self.start_button.setEnabled(False)
        self._patience.start()

    def _make_plan(self) -> None:
        self.plan = self.estimate = None
        self.start_button.setEnabled(False)
        if not self.folder_field.text().strip():
            self._show_trouble(self.tr("Choose a folder for the results."))
            return
        self._say(self.tr("Looking what there is to do…"), "")
        order, output = self.order, self.output
        self._planned_for = (order, output)
        self._ask(self._wish(order, output), self._show_plan, self._show_estimate, self._show_trouble)

    def _show_plan(self, plan: Plan) -> None:
        self.plan = plan
        self.rows.show_plan(plan, self.output)
        count = len(plan.jobs)
        routine = sum(event.is_routine for event in plan.others)
        skipped = sum(event.kind == "skipped" and not event.is_routine for event in plan.others)
        failed = sum(event.kind == "failed" for event in plan.others)
        following = sum(job.follows is not None for job in plan.jobs)
        parts = [
            self.tr("{0} to color").format(count) if count else self.tr("Nothing to color"),
            self.tr("{0} of them like another").format(following) if following else "",
            self.tr("{0} made before").format(routine) if routine else "",
            self.tr("{0} left out").format(skipped) if skipped else "",
            self.tr("{0} not tried").format(failed) if failed else "",
        ]
        self._say(" · ".join(filter(None, parts)), self.tr("Looking how large the photos are…") if count else "")
        self.start_button.setEnabled(count > 0)
        text = self.tr("&Color {0} Photos") if count != 1 else self.tr("&Color {0} Photo")
        self.start_button.setText(text.format(count) if count else self.tr("&Start"))
        self.start_button.setAccessibleName(self.start_button.text().replace("&", ""))
        self.start_button.setToolTip(self.start_button.accessibleName())

    def _show_estimate(self, estimate: Estimate) -> None:
        self.estimate = estimate
        if self.plan is None or not self.plan.jobs:
            return
        free = estimate.free_bytes
        text = self.tr("About {0}, and {1} on the disk").format(
            duration(estimate.seconds), _size(estimate.result_bytes)
        )
        text += self.tr(" ({0} free).").format(_size(free)) if free is not None else "."
        is_tight = free is not None and estimate.result_bytes > free
        if is_tight:
            text += " " + self.tr("There may not be room for all. Free some space, or choose another folder.")
        if self.plan.open:
            text += " " + self.tr("Which photos show the same is found out first; this takes some time more.")
        self._say(self.summary.text(), text, "danger" if is_tight else "muted")

    def _show_trouble(self, sentence: str) -> None:
        self.plan = None
        self.start_button.setEnabled(False)
        self.rows.show_plan(Plan([], []), self.output)
        self._say(self.tr("Nothing can be made like this"), sentence, "danger")

    def _say(self, summary: str, needs: str, role: str = "muted") -> None:
        self.summary.setText(summary)
        self.needs.setText(needs)
        set_look(self.needs, "role", role)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of the Results"), str(self.output.parent))
        if chosen:
            self.folder_field.setText(chosen)

    def accept(self) -> None:
        """Only with a plan that is the one shown."""
        if self.plan is not None and self.plan.jobs and self._planned_for == (self.order, self.output):
            super().accept()


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(round(count / 1e6), 1)} MB"
