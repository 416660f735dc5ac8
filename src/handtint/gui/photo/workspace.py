"""The workspace of one photo: canvas with hints and messages, panel, filmstrip, the toolbar above, and actions."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from handtint.gui.actions import Actions
from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.adjust.references import References
from handtint.gui.adjust.tool import ProtectTool
from handtint.gui.canvas.canvas import ZOOM_STEP, Mode
from handtint.gui.hints.store import HintStore
from handtint.gui.hints.tool import HintTool
from handtint.gui.parts.action_buttons import add_context_menu
from handtint.gui.parts.action_maker import connect
from handtint.gui.parts.theme import Colors
from handtint.gui.parts.translating import tr
from handtint.gui.photo.announcer import Announcer
from handtint.gui.photo.area import PhotoArea
from handtint.gui.photo.certainty import Certainty
from handtint.gui.photo.changes import Changes
from handtint.gui.photo.edits import Edits
from handtint.gui.photo.filmstrip import Filmstrip
from handtint.gui.photo.neighbors import Neighbors
from handtint.gui.photo.own_models import OwnModels
from handtint.gui.photo.panel import Panel
from handtint.gui.photo.presets_menu import PresetsMenu
from handtint.gui.photo.toolbar import Toolbar
from handtint.gui.photo.variant_choice import VariantChoice
from handtint.gui.repair.actions import RepairActions
from handtint.gui.repair.commands import RepairCommands
from handtint.gui.repair.tool import DamageTool
from handtint.gui.saving.closing import may_drop
from handtint.gui.saving.results import Results
from handtint.gui.saving.saving import Saving
from handtint.gui.session.memory import Memory
from handtint.gui.session.open_photo import OpenPhoto, PhotoState
from handtint.gui.session.session import Session
from handtint.gui.session.step_words import redo_words, undo_words
from handtint.gui.turning.actions import TurnActions
from handtint.gui.turning.flatten_tool import FlattenTool
from handtint.gui.turning.split_tool import SplitTool
from handtint.gui.turning.tool import TurnTool
from handtint.model_card import ModelFile
from handtint.recipe.adjust import Adjust

if TYPE_CHECKING:
    from handtint.gui.saving.printing import Printing

_PAN = 80  # logical pixels for an arrow key
_LINE_STEP = 0.02  # of the visible width of the photo


class PhotoWorkspace(QWidget):
    """Shows the session's current photo, and does what its actions ask for.

    Args:
        toolbar: placed by the window, above all workspaces.
        samples: photos that are not remembered as opened lately.

    Attributes:
        announcer: messages over the photo.
    """

    def __init__(
        self,
        session: Session,
        results: Results,
        saving: Saving,
        memory: Memory,
        actions: Actions,
        turns: TurnActions,
        adjusts: AdjustActions,
        repairs: RepairActions,
        toolbar: Toolbar,
        samples: Collection[Path],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._results, self._saving, self._memory = session, results, saving, memory
        self._actions, self._adjusts, self._samples, self._window = actions, adjusts, samples, window
        self._printing: Printing | None = None  # made when first used: the window is there sooner
        self.toolbar = toolbar
        self.area = PhotoArea(session.tiles, actions.open, actions.close_photo, self)
        self.canvas = self.area.canvas
        self.canvas.set_mode(memory.mode)
        self.hint_tool = HintTool(session, self.canvas, self.area, actions, memory)
        self.panel = Panel(session.models, actions, adjusts, repairs, self)
        self.filmstrip = Filmstrip(self)
        self.announcer = Announcer(session, results, self.area.notice, self)
        self.turn_tool = TurnTool(session, self.canvas, self.area, actions.hints, turns, self.announcer.tell)
        self.flatten_tool = FlattenTool(session, self.canvas, self.area, actions.hints, turns)
        self.split_tool = SplitTool(session, self.canvas, self.area, actions.hints, turns, self.announcer.tell)
        others = [actions.hints, *turns.tools]
        self.protect_tool = ProtectTool(session, self.canvas, self.area, adjusts, others, self.announcer.tell)
        self.damage_tool = DamageTool(
            session, self.canvas, self.area, repairs, [*others, adjusts.protect], self.announcer.tell
        )
        self.area.add_head(self.protect_tool.bar)
        self.area.add_head(self.damage_tool.bar)
        self._repair_commands = RepairCommands(session, self.panel.repair, repairs, self)
        self.references = References(session, self.panel.adjust, adjusts, window)
        self.certainty = Certainty(session, self.canvas, actions.certainty, self.announcer.tell)
        self.variant_choice = VariantChoice(session, self, self.canvas, actions.variants, self.announcer.tell)
        self.hint_store = HintStore(session, memory, self.announcer.tell, self)
        self.edits = Edits(session, self.announcer, self._chosen, window)
        self.own_models = OwnModels(session, self.announcer.tell, self._show_models, window)
        self._changes = Changes(session, self.announcer, self)
        self._neighbors = Neighbors(session, self.announcer.tell, self)
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        groups = [
            [actions.copy, actions.save, actions.save_as],
            *turns.groups[:2],
            [actions.show_folder, actions.close_photo],
        ]
        add_context_menu(self.canvas, groups)
        add_context_menu(self.panel.model, [[actions.rename_model, actions.delete_model]])

    def offer_presets(self, menu: QMenu) -> None:
        """Fill the menu of presets, whenever it opens."""
        self.presets_menu = PresetsMenu(menu, self._session, self.edits.apply_preset, self.announcer.tell, self._window)

    def _chosen(self) -> list[OpenPhoto]:
        """The current photo, and those chosen with it in the filmstrip."""
        current = self._session.current
        return [photo for photo in self._session.photos if photo is current or photo in self.filmstrip.selected]

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.area, 1)
        left.addWidget(self.filmstrip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.panel)

    def _connect_parts(self) -> None:
        session = self._session
        session.current_changed.connect(self._show_current)
        session.photo_read.connect(self._show_photo)
        session.result_changed.connect(self._show_result)
        self.certainty.changed.connect(self._show_result)
        session.list_changed.connect(self._show_list)
        self.toolbar.original_held.connect(self.hold_original)
        self.canvas.zoom_changed.connect(self.toolbar.show_zoom)
        self.filmstrip.chosen.connect(session.show)
        self.panel.model_chosen.connect(self.set_model)
        self.panel.settings_chosen.connect(session.editing.set_settings)
        self.panel.settled.connect(session.editing.settle)
        self.panel.pages.chosen.connect(session.pages.go_to)
        self.panel.pages.all_wanted.connect(session.pages.open_all)
        self.area.part_wanted.connect(session.pages.open_in_part)
        self._results.copied.connect(self._put_on_clipboard)

    def _connect_actions(self) -> None:
        actions, canvas, saving, session = self._actions, self.canvas, self._saving, self._session
        pans = [(action, lambda x=x, y=y: canvas.pan(x * _PAN, y * _PAN)) for (x, y), action in actions.pans.items()]
        connect(
            [
                (actions.save, saving.save),
                (actions.save_as, saving.save_as),
                (actions.save_all, saving.save_all),
                (actions.print, self._print),
                (actions.close_photo, self._close_photo),
                (actions.copy, self._results.copy),
                (actions.reset, self._reset),
                (self._adjusts.reset, self._reset_adjustments),
                (actions.invert, lambda: session.editing.set_inverted(actions.invert.isChecked())),
                (actions.undo, session.editing.undo),
                (actions.redo, session.editing.redo),
                (actions.copy_settings, self.edits.copy),
                (actions.paste_settings, self.edits.ask_and_paste),
                (actions.start_over, self.edits.start_over),
                (actions.forget_edits, self.edits.forget),
                (actions.rename_model, self.own_models.ask_and_rename),
                (actions.delete_model, self.own_models.ask_and_delete),
                (actions.export_recipe, self.edits.ask_and_export),
                (actions.import_recipe, self.edits.ask_and_import),
                (actions.load_hints, self.hint_store.ask_and_load),
                (actions.save_hints, self.hint_store.ask_and_save),
                (actions.cancel, self._cancel),
                (actions.original, lambda: canvas.show_original(actions.original.isChecked())),
                (actions.line_left, lambda: canvas.set_wipe(canvas.wipe - _LINE_STEP)),
                (actions.line_right, lambda: canvas.set_wipe(canvas.wipe + _LINE_STEP)),
                (actions.zoom_in, lambda: canvas.zoom_by(ZOOM_STEP)),
                (actions.zoom_out, lambda: canvas.zoom_by(1 / ZOOM_STEP)),
                (actions.fit, canvas.fit),
                (actions.actual, lambda: canvas.zoom_to(1.0)),
                *pans,
            ]
        )
        actions.original.setCheckable(True)
        actions.keep_keys_to(canvas, [actions.next_in_folder, actions.previous_in_folder], with_parts=True)
        actions.keep_keys_to(canvas, [*actions.pans.values(), actions.line_left, actions.line_right])

    # what is shown

    def show_state(self) -> None:
        """Show whatever depends on how far the current photo is, and enable what can be done with it."""
        session, current = self._session, self._session.current
        self._enable()
        self.panel.show_photo(current, current.model if current is not None else session.default_model)
        is_unreadable = current is not None and current.state is PhotoState.UNREADABLE
        self.area.show_trouble(
            current.error if current is not None and is_unreadable else "",
            current is not None and current.can_be_opened_in_part,
        )
        self._show_list()

    def hold_original(self, is_held: bool) -> None:
        """Show the original while a key or button is held."""
        self.canvas.show_original(is_held or self._actions.original.isChecked())

    def set_mode(self, mode: Mode) -> None:
        """Wipe, side by side, or the result alone."""
        self.canvas.set_mode(mode)

    def set_colors(self, colors: Colors) -> None:
        """Take on the theme's colors."""
        tools = (self.hint_tool, self.turn_tool, self.flatten_tool, self.split_tool, self.variant_choice.grid)
        for part in (self.area, *tools, self.panel, self.filmstrip):
            part.set_colors(colors)

    def _show_current(self) -> None:
        """Another photo, not read yet, or none."""
        self.canvas.show_photo(None)
        self.area.show_trouble("")
        self.toolbar.show_zoom(None)
        self._show_list()

    def _show_photo(self) -> None:
        current = self._session.current
        if current is not None and current.photo is not None:
            self.canvas.show_photo(current.before)
            if current.path not in self._samples and not current.is_passing and current.home is None:
                self._memory.add_recent(current.path)

    def _show_result(self) -> None:
        if self._session.current is not None:
            self.canvas.show_result(self.certainty.layer or self._session.current.after)

    def _show_list(self) -> None:
        self.filmstrip.show_photos(self._session.photos, self._session.current)

    def _enable(self) -> None:
        session, results, actions = self._session, self._results, self._actions
        current = session.current
        is_read = current is not None and current.photo is not None
        is_open = current is not None and current.upright is not None  # also while it is being turned
        is_done = current is not None and current.state is PhotoState.DONE
        is_repairing = session.developing.is_repairing or session.developing.is_looking
        is_colored = is_done and current is not None and current.is_to_be_colored
        many = len(session.photos) > 1
        self._name_steps(current if is_read else None)
        is_edited = is_read and current is not None and (current.asked != current.first or bool(current.history.past))
        actions.invert.setChecked(current is not None and current.asked.is_inverted)
        for group, on in (
            ((actions.save, actions.save_as, actions.copy, actions.print), is_done and not results.is_writing),
            ((actions.save_all,), not results.is_writing and any(photo.is_unsaved for photo in session.photos)),
            ((actions.undo,), is_open and current is not None and bool(current.history.past)),
            ((actions.redo,), is_open and current is not None and bool(current.history.future)),
            ((actions.take_snapshot,), is_read),
            ((actions.compare_snapshot, actions.drop_snapshot), is_read and bool(current and current.snapshots)),
            ((actions.copy_settings, actions.export_recipe, actions.import_recipe), is_read),
            ((actions.paste_settings,), is_read and self.edits.copied is not None),
            ((actions.start_over,), is_read and current is not None and current.asked != current.first),
            ((actions.forget_edits,), is_edited),
            ((actions.rename_model, actions.delete_model), self.own_models.chosen is not None),
            ((actions.hints, actions.certainty, actions.variants), is_colored),
            ((self._adjusts.reset,), is_colored and current is not None and current.settings.adjust != Adjust()),
            ((actions.invert,), is_read),
            ((actions.erase_hints,), is_read and current is not None and bool(current.settings.hints)),
            ((actions.load_hints,), is_read),
            ((actions.save_hints,), any(photo.settings.hints for photo in session.photos)),
            ((actions.reset,), is_colored and current is not None and current.settings != current.first_settings),
            ((actions.cancel,), results.is_writing or session.developing.is_coloring or is_repairing),
            ((actions.close_photo,), current is not None),
            (
                (actions.show_folder, actions.next_in_folder, actions.previous_in_folder),
                current is not None and current.home is None,
            ),
            ((actions.next_photo, actions.previous_photo), many),
            ((*actions.modes.values(), *actions.pans.values()), is_read),
            ((actions.photo_only,), current is not None),
            ((actions.zoom_in, actions.zoom_out, actions.fit, actions.actual), is_read),
            ((actions.original, actions.line_left, actions.line_right), is_done),
        ):
            for action in group:
                action.setEnabled(on)

    def _name_steps(self, current: OpenPhoto | None) -> None:
        """Say in the menu what is taken back, and what is made again."""
        undo = undo_words(current.history, current.recipe) if current is not None else ""
        redo = redo_words(current.history, current.recipe) if current is not None else ""
        words = self._actions
        words.undo.setText(tr("undo", "&Undo {step}", step=_in_menu(undo)) if undo else tr("actions", "&Undo"))
        words.redo.setText(tr("undo", "Re&do {step}", step=_in_menu(redo)) if redo else tr("actions", "Re&do"))

    # what is done

    def set_model(self, model: ModelFile) -> None:
        """Color with this model from now on, in the next run of Handtint too; a photo of an album alone."""
        album, current = self.edits.album, self._session.current
        if album is not None and current is not None and album.holds(current):
            self._session.editing.set_model(model)
        else:
            self._use_for_all(model)

    def _use_for_all(self, model: ModelFile) -> None:
        self._memory.model = model.card.name
        self._session.set_model(model)

    def add_model(self, model: ModelFile) -> None:
        """Offer a model that was not there at the start, and color with it."""
        self._session.add_model(model)
        self.panel.set_models(self._session.models)
        self._use_for_all(model)

    def _show_models(self) -> None:
        """Models are called otherwise, or gone."""
        self.panel.set_models(self._session.models)
        if self._session.default_model is not None:
            self._memory.model = self._session.default_model.card.name
        self._session.state_changed.emit()

    def step(self, by: int) -> None:
        """Show the next of the open photos, or an earlier one."""
        photos, current = self._session.photos, self._session.current
        if current is not None:
            self._session.show(photos[(photos.index(current) + by) % len(photos)])

    def step_in_folder(self, by: int) -> None:
        """Open the next photo of the current one's folder, or an earlier one."""
        self._neighbors.step(by)

    def check_file(self) -> None:
        """See whether another program changed the photo's file."""
        self._changes.check()

    def _print(self) -> None:
        from handtint.gui.saving.printing import Printing

        if self._printing is None:
            self._printing = Printing(self._session, self._results, self.announcer.tell, self._window)
        self._printing.ask()

    def _close_photo(self) -> None:
        session, current = self._session, self._session.current

        def close() -> None:
            if current is session.current:
                session.close_photo()

        session.keeping.now()  # what is kept is not lost
        if current is not None and may_drop(
            [current], self._window, lambda photos: self._saving.save_these(photos, close)
        ):
            close()

    def _put_on_clipboard(self, image: QImage) -> None:
        QGuiApplication.clipboard().setImage(image)

    def _cancel(self) -> None:
        """Stop what takes long: writing, else repairing and coloring."""
        if self._results.is_writing:
            self._results.cancel()
        else:
            self._session.developing.cancel()

    def _reset_adjustments(self) -> None:
        if (current := self._session.current) is not None:
            self._session.editing.set_settings(dataclasses.replace(current.settings, adjust=Adjust()))
            self._session.editing.settle()

    def _reset(self) -> None:
        if self._session.current is not None:
            self._session.editing.set_settings(self._session.current.first_settings)


def _in_menu(text: str) -> str:
    """A step's words without a letter to press."""
    return text.replace("&", "&&")
