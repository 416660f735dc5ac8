"""Sheets of unnamed versions, and what was chosen on them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handtint.imaging.coloring.prediction import Prediction
from handtint.imaging.photo import Photo
from handtint.recipe.settings import Settings
from tests.fakes import FakeColorizer
from training.__main__ import main
from training.measuring.judging import JudgeError, Tally, Version, choices_table, count_choices, make_sheets


class OneColor(FakeColorizer):
    """Gives all things one color."""

    def __init__(self, ab: tuple[float, float]) -> None:
        super().__init__()
        self._ab = ab

    def predict(self, lightness, progress):
        return Prediction(np.full((*lightness.shape, 2), self._ab, np.float32))


RED, GREEN, BLUE = (45.0, 20.0), (-45.0, 30.0), (10.0, -45.0)


def versions() -> list[Version]:
    colors = {"red": RED, "green": GREEN, "blue": BLUE}
    return [Version(name, OneColor(ab), Settings()) for name, ab in colors.items()]


def photos(count: int) -> list[tuple[str, Photo]]:
    return [(f"photo {i}", Photo(np.full((40, 30), 110 + i, np.uint8))) for i in range(count)]


def made(folder: Path, count: int = 12, seed: int = 0) -> dict:
    make_sheets(photos(count), versions(), folder, seed)
    return json.loads((folder / "key.json").read_text())


def shown(sheet: Path) -> str:
    """First letters of the versions on a sheet, from left to right."""
    pixels = np.asarray(Image.open(sheet))
    row = pixels[pixels.shape[0] // 2].astype(int)
    names = "".join("rgb"[int(pixel.argmax())] if np.ptp(pixel) > 30 else " " for pixel in row)
    return "".join(part[0] for part in names.split())


def test_the_key_says_which_letter_is_which_version(tmp_path) -> None:
    key = made(tmp_path)
    assert len(key["sheets"]) == 12
    for number, sheet in key["sheets"].items():
        names = [sheet[letter] for letter in "ABC"]
        assert sorted(names) == ["blue", "green", "red"]
        assert shown(tmp_path / f"{number}.png") == "".join(name[0] for name in names)


def test_versions_and_photos_are_shuffled_and_a_seed_brings_the_same_again(tmp_path) -> None:
    key = made(tmp_path / "a")
    firsts = {sheet["A"] for sheet in key["sheets"].values()}
    assert len(firsts) > 1
    order = [sheet["photo"] for sheet in key["sheets"].values()]
    assert sorted(order) == sorted(name for name, _ in photos(12))
    assert order != sorted(order)
    assert made(tmp_path / "b") == key
    assert made(tmp_path / "c", seed=1) != key


def test_choices_are_counted_by_version(tmp_path) -> None:
    key = made(tmp_path, 2)
    letters = {number: {name: letter for letter, name in sheet.items()} for number, sheet in key["sheets"].items()}
    one, two = letters["001"], letters["002"]
    (tmp_path / "first look.txt").write_text(
        f"1 {one['red']} {one['green']}{one['blue']}\n\n2 - {two['green']} # all too red\n"
    )
    (tmp_path / "second look.txt").write_text(f"001 {one['red']}\n")
    counted = count_choices(tmp_path)
    assert counted == {"red": Tally(2, 0, 3), "green": Tally(0, 2, 3), "blue": Tally(0, 1, 3)}
    assert "| red | 67% | 0% | 3 |" in choices_table(counted)


def test_each_version_is_looked_at_as_it_says(tmp_path) -> None:
    usual, closely = FakeColorizer(), FakeColorizer()
    chosen = [Version("usual", usual, Settings()), Version("closely", closely, Settings(closely=True))]
    make_sheets([("wide", Photo(np.full((80, 100), 120, np.uint8)))], chosen, tmp_path, 0)
    assert [colorizer.seen[0].shape for colorizer in (usual, closely)] == [(32, 40), (64, 80)]


@pytest.mark.parametrize("line", ["9 A", "1", "1 D", "1 AB", "1 A BD", "1 A B C", "one A"])
def test_a_line_that_is_no_choice_is_said(tmp_path, line: str) -> None:
    made(tmp_path, 2)
    (tmp_path / "look.txt").write_text(f"2 A\n{line}\n")
    with pytest.raises(JudgeError, match=r'Line 2 of "look\.txt"'):
        count_choices(tmp_path)


def test_sheets_that_are_there_are_left_alone(tmp_path, capsys) -> None:
    key = made(tmp_path, 2)
    with pytest.raises(JudgeError, match="left alone"):
        make_sheets(photos(2), versions(), tmp_path, 1)
    assert json.loads((tmp_path / "key.json").read_text()) == key
    assert main(["judge", "--count", str(tmp_path)]) == 1
    assert "no choices" in capsys.readouterr().err
    assert main(["judge", "--count", str(tmp_path / "none")]) == 1
    assert "no sheets" in capsys.readouterr().err


def test_the_command_makes_sheets_of_photos_in_color_and_gray(tmp_path, capsys) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.fromarray(np.full((48, 40), 120, np.uint8)).save(folder / "gray.png")
    Image.fromarray(np.full((48, 40, 3), (200, 90, 30), np.uint8)).save(folder / "color.png")
    out = tmp_path / "sheets"
    arguments = [
        "judge",
        str(folder),
        "--version",
        "resnet18_gray:0",
        "--version",
        "resnet18_gray:0:0",
        "--version",
        "resnet18_gray:0+closely",
        "--out",
        str(out),
    ]
    assert main(arguments) == 0
    key = json.loads((out / "key.json").read_text())
    assert {sheet["photo"] for sheet in key["sheets"].values()} == {"gray.png", "color.png"}
    assert key["versions"] == ["resnet18_gray:0", "resnet18_gray:0:0", "resnet18_gray:0+closely"]
    assert "2 sheets" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["judge", str(folder), "--version", "resnet18_gray", "--out", str(tmp_path / "more")])
