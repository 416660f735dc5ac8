"""What the tests of albums share: albums of tiny files, and functions that drive the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from handtint.gui.album.albums import Albums
from handtint.gui.album.plan_dialog import PlanDialog
from tests.gui.conftest import Studio, gray_photo


def make_album(folder: Path, names: Sequence[str] = ("a.png", "b.png", "c.png")) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        gray_photo(folder / name, (24, 32))
    return folder


def open_album(studio: Studio, folder: Path) -> Albums:
    """Open a folder and wait until it is shown."""
    seen: list[bool] = []
    albums = studio.window.albums
    albums.album.loaded.connect(lambda: seen.append(True))
    studio.window.open([folder])
    studio.wait_for(lambda: seen and albums.is_seen)
    return albums


def plan_dialog(studio: Studio, albums: Albums) -> PlanDialog:
    """Ask for the plan and wait until all of it is shown."""
    albums.actions_.restore.trigger()
    dialog = albums.restoring.dialog
    assert dialog is not None
    wait_for_plan(studio, dialog)
    return dialog


def wait_for_plan(studio: Studio, dialog: PlanDialog) -> None:
    studio.wait_for(lambda: dialog.plan is not None and (dialog.estimate is not None or not dialog.plan.jobs))


def is_over(albums: Albums) -> bool:
    return albums.runs.run is not None and albums.runs.run.is_over


def restore(studio: Studio, albums: Albums) -> None:
    """Restore the whole album and wait for its end."""
    dialog = plan_dialog(studio, albums)
    before = albums.runs.run
    dialog.accept()
    studio.wait_for(lambda: albums.runs.run is not before and is_over(albums))


def shown(albums: Albums) -> list[str]:
    return [photo.path.name for photo in albums.album.model.shown]


def states(albums: Albums) -> list[str]:
    return [photo.state.value for photo in albums.album.model.photos]
