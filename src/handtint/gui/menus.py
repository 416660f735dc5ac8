"""The menu bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar

from handtint.gui.actions import Actions
from handtint.gui.adjust.actions import AdjustActions
from handtint.gui.album.actions import AlbumActions
from handtint.gui.parts.translating import tr
from handtint.gui.parts.words import isolated
from handtint.gui.repair.actions import RepairActions
from handtint.gui.turning.actions import TurnActions


def fill(
    bar: QMenuBar,
    actions: Actions,
    album: AlbumActions,
    turns: TurnActions,
    adjusts: AdjustActions,
    repairs: RepairActions,
    samples: Sequence[Path],
    recent: Callable[[], Sequence[Path]],
    open_path: Callable[[Path], None],
) -> QMenu:
    """Add all menus; returns that of presets, which others fill. Recent photos are asked for when their menu opens."""

    def fill_recent() -> None:
        recent_menu.clear()
        paths = list(recent())
        for path in paths:
            _add_path(recent_menu, path.name, path, open_path)
        if not paths:
            recent_menu.addAction(tr("menus", "None yet")).setEnabled(False)
        recent_menu.addSeparator()
        recent_menu.addAction(actions.clear_recent)

    file = bar.addMenu(tr("menus", "&File"))
    file.addActions([actions.open, actions.open_album])
    recent_menu = file.addMenu(tr("menus", "Open &Recent"))
    recent_menu.setToolTipsVisible(True)
    recent_menu.aboutToShow.connect(fill_recent)  # not before: a drive that does not answer must not hold up the start
    recent_menu.addAction(actions.clear_recent)
    sample_menu = file.addMenu(tr("menus", "Sa&mples"))
    for path in samples:
        _add_path(sample_menu, path.stem, path, open_path)
    sample_menu.setEnabled(bool(samples))
    file.addSeparator()
    file.addActions([actions.save, actions.save_as, actions.save_all])
    file.addSeparator()
    file.addActions([actions.load_hints, actions.save_hints])
    file.addActions([actions.import_recipe, actions.export_recipe, actions.forget_edits])
    file.addSeparator()
    file.addAction(actions.print)
    file.addSeparator()
    file.addActions([actions.show_folder, actions.close_photo, album.close, actions.quit])

    edit = bar.addMenu(tr("menus", "&Edit"))
    edit.addActions([actions.undo, actions.redo])
    edit.addSeparator()
    edit.addActions([actions.copy, actions.paste])
    edit.addSeparator()
    edit.addActions([actions.copy_settings, actions.paste_settings])
    presets = edit.addMenu(tr("menus", "Pre&sets"))
    edit.addMenu(turns.menu(edit))
    edit.addAction(actions.invert)
    edit.addActions([actions.reset, actions.start_over])
    edit.addSeparator()
    edit.addMenu(repairs.menu(edit))
    edit.addSeparator()
    edit.addActions([actions.take_snapshot, actions.compare_snapshot, actions.drop_snapshot])
    edit.addSeparator()
    edit.addActions([actions.erase_hint, actions.larger_hint, actions.smaller_hint, actions.erase_hints])
    edit.addSeparator()
    edit.addActions([actions.cancel, actions.preferences])

    view = bar.addMenu(tr("menus", "&View"))
    view.addActions(list(actions.modes.values()))
    view.addActions([actions.original, actions.certainty, actions.variants])
    view.addSeparator()
    view.addActions([actions.zoom_in, actions.zoom_out, actions.fit, actions.actual])
    view.addSeparator()
    view.addActions([actions.next_photo, actions.previous_photo])
    view.addActions([actions.next_in_folder, actions.previous_in_folder])
    view.addSeparator()
    view.addActions([actions.filmstrip, actions.history])
    view.addSeparator()
    view.addMenu(tr("menus", "&Theme")).addActions(list(actions.themes.values()))
    view.addSeparator()
    view.addActions([actions.fullscreen, actions.photo_only])

    albums = bar.addMenu(tr("menus", "&Album"))
    for group in album.groups():
        albums.addActions(group)
        albums.addSeparator()

    tools = bar.addMenu(tr("menus", "&Tools"))
    tools.addAction(actions.hints)
    for group in adjusts.groups:
        tools.addActions(group)
        tools.addSeparator()
    tools.addAction(actions.teach)
    tools.addSeparator()
    tools.addActions([actions.rename_model, actions.delete_model])
    help_ = bar.addMenu(tr("menus", "&Help"))
    help_.addActions([actions.guide, actions.shortcuts])
    help_.addSeparator()
    help_.addActions([actions.updates, actions.about])
    return presets


def _add_path(menu: QMenu, text: str, path: Path, open_path: Callable[[Path], None]) -> None:
    action = menu.addAction(isolated(text.replace("&", "&&")))
    action.setToolTip(isolated(path))
    action.triggered.connect(lambda: open_path(path))
