"""Which picture of a file is shown: pages, what is there of a damaged one, negatives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.gui.session import tasks
from handtint.gui.session.open_photo import PhotoState
from handtint.imaging.hint_files import read_hints
from handtint.imaging.provenance import read_provenance
from handtint.recipe.geometry import Geometry
from handtint.recipe.hints import Hint
from handtint.recipe.recipe import Recipe
from handtint.recipe.repair import Repair, Sharpness
from handtint.recipe.saving import SaveOptions
from handtint.recipe.settings import Settings
from handtint.recipe.store import RecipeStore
from handtint.stamps import sha256_of
from tests.gui.conftest import Studio


def pages(path: Path, count: int = 3) -> Path:
    """A TIFF of gray ramps, each page lower than the one before."""
    with tifffile.TiffWriter(path) as file:
        for number in range(count):
            ramp = np.linspace(10, 245, 80, dtype=np.uint8)[None].repeat(60 - 5 * number, 0)
            file.write(ramp, photometric="minisblack", metadata=None)
    return path


def half(path: Path) -> Path:
    ramp = np.linspace(10, 245, 160, dtype=np.uint8)[None].repeat(160, 0)
    Image.fromarray(ramp).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    return path


def heights(studio: Studio) -> list[int]:
    return [photo.upright.photo.size[0] for photo in studio.session.photos if photo.upright is not None]


def test_pages_are_chosen_in_the_panel_and_shown_only_where_there_are_several(studio: Studio, tmp_path: Path) -> None:
    row = studio.window.photo_workspace.panel.pages
    studio.open_colored(studio.window._samples[0])
    assert not row.isVisible()
    studio.open_colored(pages(tmp_path / "scan.tif"))
    assert row.isVisible()
    assert [row.field.itemText(index) for index in range(row.field.count())] == ["1 of 3", "2 of 3", "3 of 3"]
    assert row.field.currentIndex() == 0
    row.field.activated.emit(2)
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [50])
    assert [photo.name for photo in studio.session.photos][-1] == "scan.tif, page 3"
    assert len(studio.session.photos) == 2  # the page before was let go
    assert studio.window.windowTitle().startswith("scan.tif, page 3")


def repaired(studio: Studio) -> bool:
    current = studio.session.current
    return current is not None and studio.is_colored() and current.asked.is_repaired and current.is_repair_done


def asked(studio: Studio) -> Recipe:
    assert studio.session.current is not None
    return studio.session.current.asked


def test_each_page_has_edits_of_its_own(studio: Studio, tmp_path: Path) -> None:
    scan = pages(tmp_path / "scan.tif")
    studio.open_colored(scan)
    studio.session.editing.set_repair(Repair(sharpness=Sharpness(40.0)))
    studio.wait_for(lambda: repaired(studio))
    studio.session.pages.go_to(2)
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [55])
    assert not asked(studio).is_repaired
    studio.session.editing.set_repair(Repair(sharpness=Sharpness(10.0)))
    studio.wait_for(lambda: repaired(studio))
    studio.session.keeping.now()
    store, sha256 = RecipeStore(), sha256_of(scan)
    kept = [store.read(sha256, page) for page in (1, 2, 3)]
    assert [one and one.recipe.repair.sharpness.amount for one in kept] == [40.0, 10.0, None]
    studio.session.editing.undo()
    assert asked(studio).source.page == 2  # no step leads to another page
    assert not asked(studio).is_repaired


def test_hints_in_a_file_are_for_their_page_and_print(studio: Studio, tmp_path: Path) -> None:
    session, store = studio.session, studio.window.photo_workspace.hint_store
    studio.open_colored(pages(tmp_path / "scan.tif"))
    studio.window.photo_workspace.panel.pages.every.click()
    session.show(session.photos[1])
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [55])
    scan = session.current
    assert scan is not None
    session.splitting.split(scan, [Geometry(crop=(0, 0, 40, 55)), Geometry(crop=(40, 0, 40, 55))])
    studio.wait_for(studio.is_colored)
    photos = session.photos[:]
    assert [(photo.page, photo.asked.part) for photo in photos] == [(1, 0), (2, 1), (2, 2), (3, 0)]
    own = {photo: (Hint(10 + 10 * number, 9, 2, 30, 30),) for number, photo in enumerate(photos)}
    for photo in photos[:3]:
        session.editing.load_hints(photo, own[photo])
    store.save(tmp_path / "all.json")
    names = ["scan.tif", "scan.tif#page=2&print=1", "scan.tif#page=2&print=2"]
    assert list(read_hints(tmp_path / "all.json")) == names
    for photo in photos:
        session.editing.load_hints(photo, ())
    store.load(tmp_path / "all.json")
    studio.wait_for(lambda: "Hints loaded" in studio.said)  # a page that was not shown is looked up first
    assert [photo.settings.hints for photo in photos] == [*(own[photo] for photo in photos[:3]), ()]
    assert studio.said == 'Hints loaded for "scan.tif", "scan-1.tif, page 2", "scan-2.tif, page 2".'


def test_a_recipe_of_another_page_or_print_leaves_its_places_out(studio: Studio, tmp_path: Path) -> None:
    session, edits = studio.session, studio.window.photo_workspace.edits
    studio.open_colored(pages(tmp_path / "scan.tif"))
    session.editing.set_settings(Settings(0.9, hints=(Hint(9, 9, 2, 30, 30),)))
    edits.export(tmp_path / "one.json")
    session.pages.go_to(2)
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [55])
    edits.import_(tmp_path / "one.json")
    assert (asked(studio).color.vividness, asked(studio).color.hints) == (0.9, ())
    assert 'made for another photo, "scan.tif"' in studio.said
    assert session.current is not None
    session.splitting.split(session.current, [Geometry(crop=(0, 0, 40, 55)), Geometry(crop=(40, 0, 40, 55))])
    studio.wait_for(studio.is_colored)
    (tmp_path / "two.json").write_text('{"scan.tif#page=2": [{"x": 9, "y": 9, "a": 30, "b": 1}]}')
    edits.import_(tmp_path / "two.json")
    assert len(asked(studio).color.hints) == 1
    assert asked(studio).geometry.crop == (0, 0, 40, 55)  # it stays the print that it is


def test_prints_on_a_page_are_kept_and_come_back_beside_the_other_pages(studio: Studio, tmp_path: Path) -> None:
    scan = pages(tmp_path / "scan.tif")
    studio.open_colored(scan)
    studio.session.editing.set_repair(Repair(sharpness=Sharpness(40.0)))
    studio.wait_for(lambda: repaired(studio))
    studio.session.pages.go_to(2)
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [55])
    session = studio.session
    assert session.current is not None
    session.splitting.split(session.current, [Geometry(crop=(0, 0, 40, 55)), Geometry(crop=(40, 0, 40, 55))])
    studio.wait_for(studio.is_colored)
    names = ["scan.tif", "scan-1.tif, page 2", "scan-2.tif, page 2"]
    assert [photo.name for photo in session.photos[-3:]] == names
    assert studio.window.photo_workspace.panel.pages.field.currentIndex() == 1
    session.keeping.now()
    for _ in range(3):
        session.close_photo()
    session.open([scan])
    studio.wait_for(lambda: repaired(studio))
    assert asked(studio).repair.sharpness.amount == 40.0
    session.pages.go_to(2)
    studio.wait_for(lambda: studio.is_colored() and asked(studio).part == 1)
    assert [photo.name for photo in session.photos[-2:]] == names[1:]
    (tmp_path / "out").mkdir()
    studio.window.results.save_all(session.photos[-2:], tmp_path / "out", SaveOptions())
    studio.wait_for(lambda: not studio.window.results.is_writing)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"scan-2-1.tif", "scan-2-2.tif"}


def test_all_pages_become_photos_and_are_saved_under_their_numbers(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(pages(tmp_path / "scan.tif"))
    studio.window.photo_workspace.panel.pages.every.click()
    photos = studio.session.photos
    assert [photo.page for photo in photos] == [1, 2, 3]
    assert studio.window.photo_workspace.filmstrip.list.count() == 3
    target = tmp_path / "results"
    target.mkdir()
    studio.window.results.save_all(photos, target, SaveOptions())
    studio.wait_for(lambda: not studio.window.results.is_writing)
    names = ["scan.tif", "scan-2.tif", "scan-3.tif"]
    assert {path.name for path in target.iterdir()} == set(names)
    assert [tifffile.imread(target / name).shape[0] for name in names] == [60, 55, 50]
    made = read_provenance(target / names[1])
    assert made is not None
    assert made.recipe["source"] == {"page": 2}
    thumbnails = [tasks.thumbnail(photo.path, photo.asked) for photo in photos]
    assert thumbnails[0].height() > thumbnails[2].height()


def test_a_result_of_a_page_leads_back_to_that_page(studio: Studio, tmp_path: Path) -> None:
    studio.open_colored(pages(tmp_path / "scan.tif"))
    studio.session.pages.go_to(2)
    studio.wait_for(lambda: studio.is_colored() and heights(studio) == [55])
    result = tmp_path / "scan-2.tif"
    studio.window.results.save(result, SaveOptions(format="tiff"))
    studio.wait_for(lambda: not studio.window.results.is_writing)
    studio.session.close_photo()
    studio.open_colored(result)
    current = studio.session.current
    assert current is not None
    assert (current.path.name, current.page) == ("scan.tif", 2)


def test_what_is_there_of_a_damaged_file_is_opened_when_asked_for(studio: Studio, tmp_path: Path) -> None:
    area = studio.window.photo_workspace.area
    studio.window.open([half(tmp_path / "aunt.png")])
    studio.wait_for(lambda: studio.session.current and studio.session.current.state is PhotoState.UNREADABLE)
    assert "of its picture is missing" in area.trouble.text.text()
    assert area.trouble.part.isVisible()
    area.trouble.part.click()
    studio.wait_for(studio.is_colored)
    assert not area.trouble.isVisible()
    assert "of its picture is missing" in studio.window.photo_workspace.panel._facts.text()
    target = tmp_path / "result.png"
    studio.window.results.save(target, SaveOptions(format="png"))
    studio.wait_for(lambda: not studio.window.results.is_writing)
    made = read_provenance(target)
    assert made is not None
    assert made.missing is not None
    assert made.missing.endswith(" %")


def test_of_a_file_that_is_no_photo_nothing_is_offered(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "letter.png").write_bytes(b"Dear grandmother")
    studio.window.open([tmp_path / "letter.png"])
    studio.wait_for(lambda: studio.session.current and studio.session.current.state is PhotoState.UNREADABLE)
    assert studio.window.photo_workspace.area.trouble.isVisible()
    assert not studio.window.photo_workspace.area.trouble.part.isVisible()


def test_a_negative_is_noticed_and_inverted_on_wish(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handtint.imaging.negative.looks_negative", lambda photo, judgment: True)
    ramp = np.linspace(10, 245, 80, dtype=np.uint8)[None].repeat(60, 0)
    Image.fromarray(ramp).save(tmp_path / "film.png")
    studio.open_colored(tmp_path / "film.png")
    assert studio.said == "This looks like a negative."
    notice, invert = studio.window.photo_workspace.area.notice, studio.window.actions_.invert
    before = studio.predictions
    notice.button.click()
    studio.wait_for(lambda: studio.is_colored() and studio.predictions == before + 1)
    current = studio.session.current
    assert current is not None
    assert current.photo is not None
    shown = np.asarray(current.photo.pixels)
    assert shown[0, 0] > shown[0, -1]
    assert invert.isChecked()
    assert studio.said == ""
    crop = studio.window.turn_actions.crop
    crop.setChecked(True)
    picture = current.as_scanned  # what the tools that turn it show
    assert picture.pixelColor(0, 0).lightness() > picture.pixelColor(79, 0).lightness() + 100
    crop.setChecked(False)
    small = tasks.thumbnail(tmp_path / "film.png", current.asked)
    assert small.pixelColor(0, 0).lightness() > small.pixelColor(small.width() - 1, 0).lightness() + 100
    studio.session.editing.undo()
    studio.wait_for(studio.is_colored)
    assert not invert.isChecked()
    assert np.array_equal(np.asarray(current.photo.pixels), ramp)
    invert.trigger()
    studio.wait_for(lambda: studio.is_colored() and current.asked.is_inverted)
    assert studio.predictions == before + 1  # both are known by now
