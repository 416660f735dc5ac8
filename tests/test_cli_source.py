"""`--page`, `--partial` and `--invert` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from handtint.cli import exit_codes
from handtint.cli import main as cli
from handtint.imaging.opening import read_photo
from handtint.imaging.provenance import read_provenance
from handtint.recipe.recipe import Recipe
from handtint.recipe.settings import Settings
from handtint.recipe.source import Source
from handtint.recipe.store import RecipeStore, kept_now
from handtint.stamps import sha256_of
from tests.album.standin import make_model
from tests.fakes import FakeColorizer


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A scan of three pages, each lower than the one before, half a PNG, and a whole one."""
    folder = tmp_path / "album"
    folder.mkdir()
    with tifffile.TiffWriter(folder / "scan.tif") as file:
        for number in range(3):
            file.write(ramp(60 - 5 * number), photometric="minisblack", metadata=None)
    noise = np.random.default_rng(0).integers(0, 256, (60, 80), np.uint8)
    Image.fromarray(noise).save(folder / "half.png")
    (folder / "half.png").write_bytes((folder / "half.png").read_bytes()[:2500])
    Image.fromarray(ramp(40)).save(folder / "whole.png")
    return folder


def ramp(height: int) -> np.ndarray:
    return np.linspace(10, 245, 80, dtype=np.uint8)[None].repeat(height, 0)


def restore(tmp_path: Path, *arguments: object) -> int:
    command = ["restore", *map(str, arguments), "--model", str(make_model(tmp_path))]
    return cli.main(command, lambda *_: FakeColorizer())


def heights(out: Path) -> dict[str, int]:
    return {path.name: read_photo(path).size[0] for path in sorted(out.iterdir()) if path.suffix in (".tif", ".png")}


def test_a_page_is_restored_under_its_number(tmp_path: Path, album: Path, out: Path) -> None:
    assert restore(tmp_path, album / "scan.tif", "-o", out, "--page", 2) == exit_codes.OK
    assert restore(tmp_path, album / "scan.tif", "-o", out) == exit_codes.OK
    assert heights(out) == {"scan-2.tif": 55, "scan.tif": 60}
    made = read_provenance(out / "scan-2.tif")
    assert made is not None
    assert made.recipe["source"] == {"page": 2}


def test_all_pages_become_results_beside_photos_of_one(tmp_path: Path, album: Path, out: Path) -> None:
    (album / "half.png").unlink()
    assert restore(tmp_path, album, "-o", out, "--page", "all") == exit_codes.OK
    now = heights(out)
    assert now == {"scan-1.tif": 60, "scan-2.tif": 55, "scan-3.tif": 50, "whole.png": 40}
    times = {path: path.stat().st_mtime_ns for path in out.glob("[!.]*")}
    assert restore(tmp_path, album, "-o", out, "--page", "all") == exit_codes.OK  # nothing is made again
    assert {path: path.stat().st_mtime_ns for path in out.glob("[!.]*")} == times


def test_a_page_that_there_is_not_is_told(
    tmp_path: Path, album: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(tmp_path, album / "scan.tif", "-o", out, "--page", 4) == exit_codes.FAILED
    assert "it holds 3 pages, so there is no page 4" in capsys.readouterr().err
    assert restore(tmp_path, album / "whole.png", "-o", out, "--page", 2) == exit_codes.FAILED
    assert "it holds one picture, so there is no page 2" in capsys.readouterr().err
    assert restore(tmp_path, album, "-o", out, "--page", "all", "--split") == exit_codes.FAILED
    assert "--page all does not go with --split" in capsys.readouterr().err


def test_a_cut_off_photo_is_left_out_by_name_and_made_with_partial(
    tmp_path: Path, album: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert restore(tmp_path, album, "-o", out) == exit_codes.FAILED
    said = capsys.readouterr()
    assert '"half.png"' in said.err
    assert "of its picture is missing" in said.err
    assert "--partial makes a result of what is there." in said.err
    first = {path: path.stat().st_mtime_ns for path in out.glob("[!.]*")}
    assert [path.name for path in sorted(first)] == ["scan.tif", "whole.png"]
    assert restore(tmp_path, album, "-o", out, "--partial") == exit_codes.OK
    assert "of its picture is missing" in capsys.readouterr().out
    made = read_provenance(out / "half.png")
    assert made is not None
    assert made.missing is not None
    assert {path: path.stat().st_mtime_ns for path in first} == first  # the others stay


def test_hints_color_the_page_that_they_name(
    tmp_path: Path, album: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    red = [{"x": 20, "y": 20, "radius": 10, "color": "#ff2020"}]
    (tmp_path / "hints.json").write_text(json.dumps({"scan.tif#page=2": red}))
    asked = [album / "scan.tif", "-o", out, "--hints", tmp_path / "hints.json"]
    assert restore(tmp_path, *asked, "--page", 2) == exit_codes.OK
    assert restore(tmp_path, *asked) == exit_codes.OK
    assert '"scan.tif#page=2"' in capsys.readouterr().err
    color = {name: tifffile.imread(out / name)[20, 20].astype(int) for name in ("scan-2.tif", "scan.tif")}
    assert color["scan-2.tif"][0] > color["scan-2.tif"][1] + 50
    assert color["scan.tif"][0] < color["scan.tif"][1] + 30
    asked[-1] = out / "scan-2.tif"  # a result says which page it is of
    assert restore(tmp_path, *asked, "--page", 2, "--overwrite") == exit_codes.OK
    assert capsys.readouterr().err == ""
    assert restore(tmp_path, *asked[:3], "--recipe", out / "scan-2.tif", "--page", 3) == exit_codes.FAILED
    assert "was made for page 2" in capsys.readouterr().err


def test_the_recipe_of_each_page_and_print_is_printed(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan, store = album / "scan.tif", RecipeStore()
    for page, part, amount in ((1, 0, 0.1), (2, 0, 0.2), (2, 1, 0.3)):
        recipe = Recipe(Settings(amount), source=Source(page), part=part)
        store.write(kept_now(sha256_of(scan), "scan.tif", recipe, [], []))
    for options, amount in (((), 0.1), (("--page", "2"), 0.2), (("--page", "2", "--print", "1"), 0.3)):
        assert cli.main(["recipe", str(scan), *options]) == exit_codes.OK
        assert json.loads(capsys.readouterr().out)["recipe"]["color"]["vividness"] == amount
    assert cli.main(["recipe", str(scan), "--page", "3"]) == exit_codes.FAILED
    assert 'Nothing was changed on page 3 of "scan.tif" yet' in capsys.readouterr().err
    assert cli.main(["recipe", str(scan), "--print", "1"]) == exit_codes.FAILED
    assert 'There is no print 1 on "scan.tif"' in capsys.readouterr().err


def test_a_negative_is_inverted_before_anything_else(tmp_path: Path, album: Path, out: Path) -> None:
    assert restore(tmp_path, album / "whole.png", "-o", out, "--invert") == exit_codes.OK
    lightness = read_photo(out / "whole.png").lightness()
    assert lightness[:, :8].mean() > 90
    assert lightness[:, -8:].mean() < 10
    made = read_provenance(out / "whole.png")
    assert made is not None
    assert made.recipe["is_inverted"] is True


def test_inspect_looks_at_a_page_and_at_what_is_there(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["inspect", str(album / "half.png")]) == exit_codes.FAILED
    assert "of its picture is missing" in capsys.readouterr().out
    assert cli.main(["inspect", str(album / "half.png"), "--partial", "--json"]) == exit_codes.OK
    assert json.loads(capsys.readouterr().out)["negative"] is False
    assert cli.main(["inspect", str(album / "scan.tif"), "--page", "9"]) == exit_codes.FAILED
